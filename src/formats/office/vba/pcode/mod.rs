//! Compiled VBA ("p-code"): what Office runs in place of the source when its own version compiled it. Its layout is not
//! published.
//!
//! `bytes` fields in either order; `project` `reserved` the identifiers; `module` a module's tables; `opcodes` `line`
//! its instructions; `operands` what they point at; `source` `expressions` `statements` `files` `declarations` back to
//! source; `listing` both for reading; `compare` compiled code against source.

mod bytes;
mod compare;
mod declarations;
mod expressions;
mod files;
mod line;
mod listing;
mod module;
mod opcodes;
mod operands;
mod project;
mod reserved;
mod source;
mod statements;

pub(super) use compare::Comparison;
pub(super) use listing::has_code;
pub use listing::{ListedLine, Listing};
pub use project::{Damage, Names};
pub(super) use source::MAX_WORK;

#[cfg(test)]
mod tests;
