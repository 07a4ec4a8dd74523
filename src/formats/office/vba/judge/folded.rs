//! Texts that code puts together, given to be searched.

use super::super::program::Program;
use crate::model::{EntryName, Origin, OriginKind};
use crate::stage::{Outcome, StageError};

/// Texts that came together from pieces, one a line, as a child: rules and indicators are looked for there too.
pub(super) fn give_folded(program: &Program, out: &mut Outcome<'_>) -> Result<(), StageError> {
    const MAX_LINES: usize = 1_000;
    const MAX_BYTES: usize = 1 << 20;
    /// Nothing worth finding is shorter.
    const MIN_TEXT: usize = 4;
    let mut known = std::collections::BTreeSet::new();
    let mut text = String::new();
    for (_, made) in program.made() {
        let made = &made.text.text;
        if known.len() >= MAX_LINES || text.len().saturating_add(made.len()) > MAX_BYTES {
            break;
        }
        if made.trim().len() < MIN_TEXT || !known.insert(made.as_str()) {
            continue;
        }
        let is_literal = program
            .modules
            .iter()
            .any(|module| memchr::memmem::find(module.code.lexed.text.as_bytes(), made.as_bytes()).is_some());
        if !is_literal {
            text.extend(made.chars().map(|c| if c.is_control() { ' ' } else { c }));
            text.push('\n');
        }
    }
    if text.is_empty() {
        return Ok(());
    }
    out.child_bytes(
        EntryName::new("folded strings"),
        Origin::part(OriginKind::Decoded, "folded strings"),
        text.into_bytes().into(),
    )
}
