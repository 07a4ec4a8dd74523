//! A bounded run of what needs nothing but values: the loops and functions that put texts together. Nothing outside the
//! program is touched: calls of objects are passed over, what they give is not known, and a decision that depends on it
//! ends the run. Steps are counted per run and per project.

mod read;
mod tree;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use self::tree::{Case, Expr, Leave, Start, Step, Test};
use super::folding::{Known, Outer, Work};
use super::functions::{self, MAX_TEXT};
use super::lexer::Lexed;
use super::operators::{Operator, complement, negate};
use super::program::Module;
use super::syntax::Procedure;
use super::value::{Folded, Value};

pub(super) use self::tree::Block;

/// Steps of one run: decoding ten thousand characters takes as many.
const MAX_STEPS: usize = 150_000;
/// Functions calling functions.
const MAX_CALLS: usize = 12;
/// Members of a list that a program may ask for.
const MAX_LIST: usize = 65_536;

/// The functions of a project that may be run.
#[derive(Debug)]
pub(super) struct Functions<'a> {
    modules: &'a [Module],
    constants: &'a [Known],
    project: &'a Known,
    /// By lower-case name; those of one name in several modules by none.
    by_name: HashMap<String, Option<(usize, usize)>>,
    read: RefCell<HashMap<(usize, usize), Rc<Block>>>,
}

impl<'a> Functions<'a> {
    /// Functions of these modules, with the constants of each.
    pub(super) fn new(modules: &'a [Module], constants: &'a [Known], project: &'a Known) -> Self {
        let mut by_name: HashMap<String, Option<(usize, usize)>> = HashMap::new();
        for (index, module) in modules.iter().enumerate() {
            for (number, procedure) in module.code.procedures.iter().enumerate() {
                let place = Some((index, number));
                let _ = by_name.entry(procedure.name.to_lowercase()).and_modify(|known| *known = None).or_insert(place);
            }
        }
        Functions { modules, constants, project, by_name, read: RefCell::default() }
    }

    fn find(&self, name: &str) -> Option<(usize, &'a Procedure, Rc<Block>)> {
        let (module, number) = (*self.by_name.get(name)?)?;
        let code = &self.modules.get(module)?.code;
        let procedure = code.procedures.get(number)?;
        let block = {
            let mut read = self.read.borrow_mut();
            read.entry((module, number)).or_insert_with(|| Rc::new(read::procedure(&code.lexed, procedure))).clone()
        };
        Some((module, procedure, block))
    }

    /// Whether a name is a function of the project.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(Option::is_some)
    }

    /// What a function gives for these values; unknown where that depends on anything else.
    pub(super) fn call(&self, name: &str, arguments: Vec<Value>, work: &mut Work) -> Value {
        if arguments.iter().any(|value| matches!(value, Value::Unknown | Value::Document(_, None))) {
            return Value::Unknown;
        }
        let Some((_, procedure, _)) = self.find(name) else { return Value::Unknown };
        if !procedure.is_function || arguments.len() > procedure.parameters.len() {
            return Value::Unknown;
        }
        let arguments = arguments.into_iter().map(Value::plain).collect();
        let mut runner = Runner { functions: self, outer: None, steps: MAX_STEPS, depth: 0, work };
        runner.procedure(name, arguments).map_or(Value::Unknown, |(value, _)| whole(value))
    }

    fn outer(&self, module: usize) -> Outer<'_> {
        Outer { module: self.constants.get(module).unwrap_or(self.project), project: self.project, ..Outer::default() }
    }
}

/// A text that a run made is one computed piece.
fn whole(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(Folded::computed(text.text)),
        Value::Empty => Value::Unknown,
        other => other,
    }
}

/// Runs a whole loop on what is known before it; what the variables it assigns hold afterwards, if that is known.
pub(super) fn run_loop(
    lexed: &Lexed,
    statements: &[Range<usize>],
    outer: Outer<'_>,
    before: impl Fn(&str) -> Option<Value>,
    work: &mut Work,
) -> Option<Vec<(String, Value)>> {
    let functions = outer.functions?;
    let block = read::statements(lexed, statements);
    if !block.makes_texts {
        return None;
    }
    let mut runner = Runner { functions, outer: Some(outer), steps: MAX_STEPS, depth: 0, work };
    let mut frame = vec![None; block.names.len()];
    for (slot, name) in frame.iter_mut().zip(&block.names) {
        *slot = before(name);
    }
    for number in &block.assigned {
        if let Some(slot @ None) = frame.get_mut(*number) {
            *slot = Some(Value::Unknown);
        }
    }
    runner.start(&block, &mut frame);
    let _ = runner.steps(&block.steps, &block, &mut frame).ok()?;
    let after = block.assigned.iter().filter_map(|number| {
        let value = frame.get_mut(*number)?.take()?;
        Some((block.names.get(*number)?.clone(), if value == Value::Empty { Value::Empty } else { whole(value) }))
    });
    Some(after.collect())
}

/// The run ends here: what follows is not known.
struct Halt;

/// How a statement goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Leave(Leave),
}

type Frame = Vec<Option<Value>>;

struct Runner<'a, 'w> {
    functions: &'a Functions<'a>,
    /// Where names without a variable are looked up.
    outer: Option<Outer<'a>>,
    steps: usize,
    depth: usize,
    work: &'w mut Work,
}

impl Runner<'_, '_> {
    fn pay(&mut self, steps: usize) -> Result<(), Halt> {
        self.steps = self.steps.checked_sub(steps).ok_or(Halt)?;
        if self.work.step(steps) { Ok(()) } else { Err(Halt) }
    }

    /// Runs a procedure; its value, and the parameters as it leaves them.
    fn procedure(&mut self, name: &str, arguments: Vec<Value>) -> Result<(Value, Vec<Value>), Halt> {
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
    fn start(&mut self, block: &Block, frame: &mut Frame) {
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

    fn steps(&mut self, steps: &[Step], block: &Block, frame: &mut Frame) -> Result<Flow, Halt> {
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
            Step::AssignMember(target, index, value) => {
                let index = self.value(index, block, frame)?.count();
                let value = self.value(value, block, frame)?;
                match (frame.get_mut(*target), index) {
                    (Some(Some(Value::List(list))), Some(index)) => match list.get_mut(index) {
                        Some(slot) => *slot = value,
                        None => return Err(Halt),
                    },
                    _ => set(frame, *target, Value::Unknown),
                }
            }
            Step::Overwrite { target, start, length, value } => {
                let start = self.value(start, block, frame)?.count().ok_or(Halt)?;
                let length = match length {
                    Some(length) => self.value(length, block, frame)?.count().ok_or(Halt)?,
                    None => usize::MAX,
                };
                let text = self.value(value, block, frame)?.into_text().ok_or(Halt)?;
                let old = frame.get_mut(*target).and_then(Option::take).and_then(Value::into_text).ok_or(Halt)?;
                self.pay((old.text.len() / 32).saturating_add(1))?;
                set(frame, *target, functions::overwrite(&old.text, start, length, &text.text));
            }
            Step::Size { target, upper, keeps } => {
                let upper = self.value(upper, block, frame)?.count().filter(|upper| *upper < MAX_LIST).ok_or(Halt)?;
                self.pay(upper / 8)?;
                let old = frame.get_mut(*target).and_then(Option::take);
                let value = match old {
                    Some(Value::List(mut members)) if *keeps => {
                        members.resize(upper.saturating_add(1), Value::Empty);
                        Value::List(members)
                    }
                    _ => list(0, upper),
                };
                set(frame, *target, value);
            }
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

    /// `x = x & e` in place: copying the text each time would be quadratic. An addition of numbers looks the same.
    fn append(&mut self, target: usize, value: &Expr, block: &Block, frame: &mut Frame) -> Result<(), Halt> {
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

    fn count(
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

    fn repeat(
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

    /// A procedure of the program is run, and gives back what it does to the variables it is given; what others do to
    /// them is not known.
    fn invoke(&mut self, name: usize, arguments: &[Expr], block: &Block, frame: &mut Frame) -> Result<(), Halt> {
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

    fn truth(&mut self, condition: &Expr, block: &Block, frame: &mut Frame) -> Result<bool, Halt> {
        let number = self.value(condition, block, frame)?.number().ok_or(Halt)?;
        Ok(number != 0.0)
    }

    fn matches(&mut self, subject: &Value, cases: &[Case], block: &Block, frame: &mut Frame) -> Result<bool, Halt> {
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

    fn value(&mut self, expression: &Expr, block: &Block, frame: &mut Frame) -> Result<Value, Halt> {
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

#[cfg(test)]
mod tests;
