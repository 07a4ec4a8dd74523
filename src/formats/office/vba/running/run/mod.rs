//! The run itself: a frame of variables, and the steps of a tree one after the other. What cannot be followed ends it.
//!
//! `control_flow` loops and conditions; `assignment` assignments and calls; `expression` values.

mod assignment;
mod control_flow;
mod expression;

use super::super::folding::{Outer, Work};
use super::super::value::Value;
use super::Functions;
use super::tree::{Block, Leave, Start, Step};

/// Steps of one run: decoding ten thousand characters takes as many.
const MAX_STEPS: usize = 150_000;
/// Functions calling functions.
const MAX_CALLS: usize = 12;
/// Members of a list that a program may ask for.
const MAX_LIST: usize = 65_536;

/// The run ends here: what follows is not known.
pub(super) struct Halt;

/// How a statement goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Leave(Leave),
}

pub(super) type Frame = Vec<Option<Value>>;

pub(super) struct Runner<'a, 'w> {
    functions: &'a Functions<'a>,
    /// Where names without a variable are looked up.
    outer: Option<Outer<'a>>,
    steps: usize,
    depth: usize,
    work: &'w mut Work,
}

impl<'a, 'w> Runner<'a, 'w> {
    pub(super) fn new(functions: &'a Functions<'a>, outer: Option<Outer<'a>>, work: &'w mut Work) -> Self {
        Runner { functions, outer, steps: MAX_STEPS, depth: 0, work }
    }
}

impl Runner<'_, '_> {
    fn pay(&mut self, steps: usize) -> Result<(), Halt> {
        self.steps = self.steps.checked_sub(steps).ok_or(Halt)?;
        if self.work.step(steps) { Ok(()) } else { Err(Halt) }
    }

    /// Runs a procedure; its value, and the parameters as it leaves them.
    pub(super) fn procedure(&mut self, name: &str, arguments: Vec<Value>) -> Result<(Value, Vec<Value>), Halt> {
        if self.depth >= MAX_CALLS {
            return Err(Halt);
        }
        let functions = self.functions;
        let (module, procedure, block) = functions.find(name).ok_or(Halt)?;
        self.pay(block.names.len().saturating_add(4))?;
        let mut frame: Frame = vec![None; block.names.len()];
        for number in block.assigned.iter().chain(&block.result) {
            // A variable of the module may hold anything by now, unless it is one of the procedure's own.
            let name = block.names.get(*number).map_or("", String::as_str);
            let is_own =
                Some(*number) == block.result || procedure.locals.contains(name) || !self.is_global(module, name);
            if let Some(slot) = frame.get_mut(*number) {
                *slot = Some(if is_own { Value::Empty } else { Value::Unknown });
            }
        }
        for (index, number) in block.parameters.iter().enumerate() {
            if let Some(slot) = frame.get_mut(*number) {
                *slot = Some(arguments.get(index).cloned().unwrap_or(Value::Empty));
            }
        }
        let outer = self.outer.replace(functions.outer(module));
        self.depth = self.depth.saturating_add(1);
        self.start(&block, &mut frame);
        let done = self.steps(&block.steps, &block, &mut frame);
        self.depth = self.depth.saturating_sub(1);
        self.outer = outer;
        let _ = done?;
        let mut take = |number: usize| frame.get_mut(number).and_then(Option::take).unwrap_or(Value::Unknown);
        let value = block.result.map_or(Value::Unknown, &mut take);
        Ok((value, block.parameters.iter().map(|number| take(*number)).collect()))
    }

    fn is_global(&self, module: usize, name: &str) -> bool {
        self.functions.modules.get(module).is_some_and(|module| module.code.globals.contains(name))
    }

    /// Declared variables start empty.
    pub(super) fn start(&mut self, block: &Block, frame: &mut Frame) {
        for (number, start) in &block.starts {
            let value = match start {
                Start::Value(value) => value.clone(),
                Start::List(upper, lower) => {
                    let upper = self.value(upper, block, frame).ok().and_then(|value| value.count());
                    let lower = lower.as_ref().and_then(|lower| self.value(lower, block, frame).ok()?.count());
                    upper.map_or(Value::Unknown, |upper| list(lower.unwrap_or(0), upper))
                }
            };
            if let Some(slot) = frame.get_mut(*number) {
                *slot = Some(value);
            }
        }
    }

    pub(super) fn steps(&mut self, steps: &[Step], block: &Block, frame: &mut Frame) -> Result<Flow, Halt> {
        for step in steps {
            let flow = self.step(step, block, frame)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn step(&mut self, step: &Step, block: &Block, frame: &mut Frame) -> Result<Flow, Halt> {
        self.pay(1)?;
        match step {
            Step::Assign(target, value) => {
                let value = self.value(value, block, frame)?;
                set(frame, *target, value);
            }
            Step::Append(target, value) => self.append(*target, value, block, frame)?,
            Step::AssignMember(target, index, value) => self.assign_member(*target, index, value, block, frame)?,
            Step::Overwrite { target, start, length, value } => {
                self.overwrite(*target, (start, length.as_ref(), value), block, frame)?;
            }
            Step::Size { target, upper, keeps } => self.size(*target, upper, *keeps, block, frame)?,
            Step::If(arms, otherwise) => {
                for (condition, steps) in arms {
                    if self.truth(condition, block, frame)? {
                        return self.steps(steps, block, frame);
                    }
                }
                return self.steps(otherwise, block, frame);
            }
            Step::Select(subject, arms, otherwise) => {
                let subject = self.value(subject, block, frame)?;
                for (cases, steps) in arms {
                    if self.matches(&subject, cases, block, frame)? {
                        return self.steps(steps, block, frame);
                    }
                }
                return self.steps(otherwise, block, frame);
            }
            Step::Count { counter, from, to, by, body } => {
                return self.count((*counter, from, to, by.as_ref()), body, block, frame);
            }
            Step::Each { member, list, body } => {
                let Value::List(members) = self.value(list, block, frame)? else { return Err(Halt) };
                for value in members {
                    set(frame, *member, value);
                    match self.steps(body, block, frame)? {
                        Flow::On => {}
                        Flow::Leave(Leave::For) => break,
                        flow @ Flow::Leave(_) => return Ok(flow),
                    }
                }
            }
            Step::Repeat { before, after, body } => {
                return self.repeat(before.as_ref(), after.as_ref(), body, block, frame);
            }
            Step::Leave(what) => return Ok(Flow::Leave(*what)),
            Step::Invoke(name, arguments) => self.invoke(*name, arguments, block, frame)?,
            Step::Touch(touched) => {
                for number in touched {
                    if frame.get(*number).is_some_and(Option::is_some) {
                        set(frame, *number, Value::Unknown);
                    }
                }
            }
            Step::Stop => return Err(Halt),
        }
        Ok(Flow::On)
    }
}

fn set(frame: &mut Frame, number: usize, value: Value) {
    if let Some(slot) = frame.get_mut(number) {
        *slot = Some(value);
    }
}

/// A list of nothing yet. Places below its first are not known, so that `LBound` finds the first.
fn list(lower: usize, upper: usize) -> Value {
    if upper >= MAX_LIST {
        return Value::Unknown;
    }
    Value::List((0..=upper).map(|index| if index < lower { Value::Unknown } else { Value::Empty }).collect())
}
