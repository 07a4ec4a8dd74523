//! What folding finds in a statement: the names that are used, and the texts that are made.

use super::super::value::Folded;

/// A name used in code, with what it was given.
#[derive(Debug)]
pub(in super::super) struct Use {
    /// Token of the name.
    pub(in super::super) token: usize,
    /// What stands before it.
    pub(in super::super) receiver: Receiver,
    /// Texts of its arguments, where known.
    pub(in super::super) arguments: Vec<Option<String>>,
    /// What an argument takes from the document, where it does: `UserForm1.Label1.Caption`.
    pub(in super::super) document: Option<String>,
    /// Whether it names a class, after `New` or `As`.
    pub(in super::super) is_new: bool,
    /// Whether it is assigned to.
    pub(in super::super) is_target: bool,
}

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Receiver {
    /// Nothing: a call or a variable.
    None,
    /// A dot after another name, whose token this is.
    Name(usize),
    /// A dot after something else, or the object of a `With`.
    Other,
}

/// A text that came of folding and that the source does not hold as one literal.
#[derive(Debug, Clone)]
pub(in super::super) struct Made {
    pub(in super::super) line: u32,
    pub(in super::super) text: Folded,
}
