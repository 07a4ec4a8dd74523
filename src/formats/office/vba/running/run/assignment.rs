//! Assignments, and calls as statements.

use super::super::super::functions::{self, MAX_TEXT};
use super::super::super::operators::Operator;
use super::super::super::value::Value;
use super::super::tree::{Block, Expr};
use super::{Frame, Halt, MAX_LIST, Runner, list, set};

impl Runner<'_, '_> {
    /// `x = x & e` in place: copying the text each time would be quadratic. An addition of numbers looks the same.
    pub(super) fn append(&mut self, target: usize, value: &Expr, block: &Block, frame: &mut Frame) -> Result<(), Halt> {
        let more = self.value(value, block, frame)?;
        let old = frame.get_mut(target).and_then(Option::take).unwrap_or(Value::Unknown);
        let sum = match (old, more) {
            (Value::Number(old), Value::Number(more)) => {
                Operator::Add.compute(&Value::Number(old), &Value::Number(more))
            }
            (old @ (Value::Text(_) | Value::Empty | Value::Number(_)), more) => {
                let mut text = old.into_text().ok_or(Halt)?;
                let more = more.into_text().ok_or(Halt)?.text;
                if text.text.len().saturating_add(more.len()) > MAX_TEXT || !self.work.pay(more.len()) {
                    return Err(Halt);
                }
                text.compute(&more);
                Value::Text(text)
            }
            _ => return Err(Halt),
        };
        set(frame, target, sum);
        Ok(())
    }

    /// `x(i) = e`.
    pub(super) fn assign_member(
        &mut self,
        target: usize,
        index: &Expr,
        value: &Expr,
        block: &Block,
        frame: &mut Frame,
    ) -> Result<(), Halt> {
        let index = self.value(index, block, frame)?.count();
        let value = self.value(value, block, frame)?;
        match (frame.get_mut(target), index) {
            (Some(Some(Value::List(list))), Some(index)) => match list.get_mut(index) {
                Some(slot) => *slot = value,
                None => return Err(Halt),
            },
            _ => set(frame, target, Value::Unknown),
        }
        Ok(())
    }

    /// `Mid(x, start[, length]) = e`.
    pub(super) fn overwrite(
        &mut self,
        target: usize,
        (start, length, value): (&Expr, Option<&Expr>, &Expr),
        block: &Block,
        frame: &mut Frame,
    ) -> Result<(), Halt> {
        let start = self.value(start, block, frame)?.count().ok_or(Halt)?;
        let length = match length {
            Some(length) => self.value(length, block, frame)?.count().ok_or(Halt)?,
            None => usize::MAX,
        };
        let text = self.value(value, block, frame)?.into_text().ok_or(Halt)?;
        let old = frame.get_mut(target).and_then(Option::take).and_then(Value::into_text).ok_or(Halt)?;
        self.pay((old.text.len() / 32).saturating_add(1))?;
        set(frame, target, functions::overwrite(&old.text, start, length, &text.text));
        Ok(())
    }

    /// `ReDim x(upper)`.
    pub(super) fn size(
        &mut self,
        target: usize,
        upper: &Expr,
        keeps: bool,
        block: &Block,
        frame: &mut Frame,
    ) -> Result<(), Halt> {
        let upper = self.value(upper, block, frame)?.count().filter(|upper| *upper < MAX_LIST).ok_or(Halt)?;
        self.pay(upper / 8)?;
        let old = frame.get_mut(target).and_then(Option::take);
        let value = match old {
            Some(Value::List(mut members)) if keeps => {
                members.resize(upper.saturating_add(1), Value::Empty);
                Value::List(members)
            }
            _ => list(0, upper),
        };
        set(frame, target, value);
        Ok(())
    }

    /// A procedure of the program is run, and gives back what it does to the variables it is given; what others do to
    /// them is not known.
    pub(super) fn invoke(
        &mut self,
        name: usize,
        arguments: &[Expr],
        block: &Block,
        frame: &mut Frame,
    ) -> Result<(), Halt> {
        let callee = block.names.get(name).map_or("", String::as_str);
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.value(argument, block, frame)?);
        }
        let is_known = self.functions.has(callee) && !values.contains(&Value::Unknown);
        let left = is_known.then(|| self.procedure(callee, values).ok()).flatten();
        self.pay(1)?;
        for (index, argument) in arguments.iter().enumerate() {
            if let Expr::Name(number) = argument
                && frame.get(*number).is_some_and(Option::is_some)
            {
                let value = left.as_ref().and_then(|(_, left)| left.get(index)).cloned();
                set(frame, *number, value.unwrap_or(Value::Unknown));
            }
        }
        Ok(())
    }
}
