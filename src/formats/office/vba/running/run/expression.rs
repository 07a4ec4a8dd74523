//! The values of expressions.

use super::super::super::functions::{self, MAX_TEXT};
use super::super::super::operators::{complement, negate};
use super::super::super::value::Value;
use super::super::tree::{Block, Expr};
use super::{Frame, Halt, Runner, set};

impl Runner<'_, '_> {
    pub(super) fn value(&mut self, expression: &Expr, block: &Block, frame: &mut Frame) -> Result<Value, Halt> {
        self.pay(1)?;
        Ok(match expression {
            Expr::Value(value) => value.clone(),
            Expr::Name(number) => {
                self.look_up(*number, block, frame)?;
                let value = frame.get(*number).and_then(Option::as_ref).cloned().unwrap_or(Value::Unknown);
                self.pay(value.size() / 64)?;
                value
            }
            Expr::Call(number, arguments) => self.call(*number, arguments, block, frame)?,
            Expr::Not(inner) => complement(&self.value(inner, block, frame)?),
            Expr::Negate(inner) => negate(&self.value(inner, block, frame)?),
            Expr::Binary(operator, left, right) => {
                let left = self.value(left, block, frame)?;
                let right = self.value(right, block, frame)?;
                if !operator.joins(&left, &right) {
                    return Ok(operator.compute(&left, &right));
                }
                match (left.into_text(), right.into_text()) {
                    (Some(mut left), Some(right)) => {
                        if left.text.len().saturating_add(right.text.len()) > MAX_TEXT
                            || !self.work.pay(right.text.len())
                        {
                            return Err(Halt);
                        }
                        left.compute(&right.text);
                        Value::Text(left)
                    }
                    _ => Value::Unknown,
                }
            }
        })
    }

    /// A name without a variable: a constant, or a function without arguments. It is looked up once per run.
    fn look_up(&mut self, number: usize, block: &Block, frame: &mut Frame) -> Result<(), Halt> {
        if frame.get(number).is_none_or(Option::is_some) {
            return Ok(());
        }
        let name = block.names.get(number).map_or("", String::as_str);
        let value = match self.outer.and_then(|outer| outer.get(name)) {
            Some(value) => value.clone(),
            None if self.functions.has(name) => self.procedure(name, Vec::new())?.0,
            None => functions::constant(name).unwrap_or(Value::Unknown),
        };
        self.pay(value.size() / 64)?;
        set(frame, number, value);
        Ok(())
    }

    fn call(&mut self, number: usize, arguments: &[Expr], block: &Block, frame: &mut Frame) -> Result<Value, Halt> {
        let name = block.names.get(number).map_or("", String::as_str);
        let is_function = Some(number) == block.result;
        if !is_function
            && frame.get(number).is_some_and(Option::is_none)
            && self.outer.is_some_and(|outer| outer.get(name).is_some())
        {
            self.look_up(number, block, frame)?;
        }
        if !is_function && frame.get(number).is_some_and(Option::is_some) {
            let index = match arguments {
                [index] => self.value(index, block, frame)?.count(),
                _ => None,
            };
            return Ok(match (frame.get(number), index) {
                (Some(Some(Value::List(list))), Some(index)) => list.get(index).cloned().unwrap_or(Value::Unknown),
                _ => Value::Unknown,
            });
        }
        // Of a long text one character is asked for again and again: it is not copied each time.
        if let ("mid" | "len" | "ubound" | "lbound", [Expr::Name(first), rest @ ..]) = (name, arguments) {
            self.look_up(*first, block, frame)?;
            let mut values = Vec::new();
            for value in rest {
                values.push(self.value(value, block, frame)?);
            }
            let subject = frame.get(*first).and_then(Option::as_ref).unwrap_or(&Value::Unknown);
            self.steps = self.steps.saturating_sub(subject.size() / 512);
            return Ok(functions::ask(name, subject, &values));
        }
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.value(argument, block, frame)?);
        }
        if self.functions.has(name) {
            if values.contains(&Value::Unknown) {
                return Ok(Value::Unknown);
            }
            return Ok(self.procedure(name, values)?.0);
        }
        if !functions::is_known(name) {
            return Ok(Value::Unknown);
        }
        let size = values.iter().map(Value::size).fold(0usize, usize::saturating_add);
        self.pay((size / 32).saturating_add(1))?;
        let value = functions::call(name, values);
        self.pay(value.size() / 32)?;
        Ok(value)
    }
}
