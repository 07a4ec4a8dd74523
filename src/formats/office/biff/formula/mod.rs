//! Formulas from tokens (Ptg, MS-XLS 2.5.198 and MS-XLSB 2.5.98): a stack machine's program in reverse Polish notation,
//! run here to rebuild the text it was made of.
//!
//! `tokens` the tokens; `operands` references and constants; `functions` and `commands` the numbers of functions; `context`
//! what numbers of names and sheets stand for.

mod commands;
mod context;
mod functions;
mod operands;
mod tokens;

pub(super) use context::{Book, Context};
pub(crate) use functions::function_named;
pub(super) use operands::error;
pub(super) use tokens::{Fault, Parsed, parse};

#[cfg(test)]
mod tests;
