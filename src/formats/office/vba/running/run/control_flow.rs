//! Loops, and the conditions of branches.

use super::super::super::operators::Operator;
use super::super::super::value::Value;
use super::super::tree::{Block, Case, Expr, Leave, Step, Test};
use super::{Flow, Frame, Halt, Runner, set};

impl Runner<'_, '_> {
    pub(super) fn matches(
        &mut self,
        subject: &Value,
        cases: &[Case],
        block: &Block,
        frame: &mut Frame,
    ) -> Result<bool, Halt> {
        let holds = |value: Value| value.number().map(|number| number != 0.0).ok_or(Halt);
        for case in cases {
            let found = match case {
                Case::Is(operator, value) => {
                    let value = self.value(value, block, frame)?;
                    holds(operator.compute(subject, &value))?
                }
                Case::Between(from, to) => {
                    let (from, to) = (self.value(from, block, frame)?, self.value(to, block, frame)?);
                    holds(Operator::GreaterOrEqual.compute(subject, &from))?
                        && holds(Operator::LessOrEqual.compute(subject, &to))?
                }
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn count(
        &mut self,
        (counter, from, to, by): (usize, &Expr, &Expr, Option<&Expr>),
        body: &[Step],
        block: &Block,
        frame: &mut Frame,
    ) -> Result<Flow, Halt> {
        let mut at = self.value(from, block, frame)?.number().ok_or(Halt)?;
        let to = self.value(to, block, frame)?.number().ok_or(Halt)?;
        let by = match by {
            Some(by) => self.value(by, block, frame)?.number().ok_or(Halt)?,
            None => 1.0,
        };
        if by == 0.0 {
            return Err(Halt);
        }
        while (by > 0.0 && at <= to) || (by < 0.0 && at >= to) {
            self.pay(1)?;
            set(frame, counter, Value::Number(at));
            match self.steps(body, block, frame)? {
                Flow::On => {}
                Flow::Leave(Leave::For) => return Ok(Flow::On),
                flow @ Flow::Leave(_) => return Ok(flow),
            }
            at = frame.get(counter).and_then(Option::as_ref).and_then(Value::number).ok_or(Halt)? + by;
        }
        set(frame, counter, Value::Number(at));
        Ok(Flow::On)
    }

    pub(super) fn repeat(
        &mut self,
        before: Option<&Test>,
        after: Option<&Test>,
        body: &[Step],
        block: &Block,
        frame: &mut Frame,
    ) -> Result<Flow, Halt> {
        loop {
            self.pay(1)?;
            if let Some(test) = before
                && self.truth(&test.condition, block, frame)? != test.goes_on_if
            {
                return Ok(Flow::On);
            }
            match self.steps(body, block, frame)? {
                Flow::On => {}
                Flow::Leave(Leave::Do) => return Ok(Flow::On),
                flow @ Flow::Leave(_) => return Ok(flow),
            }
            if let Some(test) = after
                && self.truth(&test.condition, block, frame)? != test.goes_on_if
            {
                return Ok(Flow::On);
            }
        }
    }

    pub(super) fn truth(&mut self, condition: &Expr, block: &Block, frame: &mut Frame) -> Result<bool, Halt> {
        let number = self.value(condition, block, frame)?.number().ok_or(Halt)?;
        Ok(number != 0.0)
    }
}
