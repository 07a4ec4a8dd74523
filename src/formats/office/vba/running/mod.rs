//! A bounded run of what needs nothing but values: the loops and functions that put texts together. Nothing outside the
//! program is touched: calls of objects are passed over, what they give is not known, and a decision that depends on it
//! ends the run. Steps are counted per run and per project.
//!
//! `tree` statements as a tree, `read` source to it, `run` what it gives. Here the functions and loops that are run.

mod read;
mod run;
mod tree;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use self::run::Runner;
use self::tree::Block;
use super::folding::{Known, Outer, Work};
use super::lexer::Lexed;
use super::program::Module;
use super::syntax::Procedure;
use super::value::{Folded, Value};

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
        let mut runner = Runner::new(self, None, work);
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
    let mut runner = Runner::new(functions, Some(outer), work);
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

#[cfg(test)]
mod tests;
