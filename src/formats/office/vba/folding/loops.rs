//! Loops that only make values: they are found here and run by `running`.

use std::ops::Range;

use super::super::lexer::TokenKind;
use super::super::running::run_loop;
use super::super::value::Value;
use super::Folder;

impl Folder<'_> {
    /// Statements of the loop that starts here.
    pub(super) fn loop_length(&self, statements: &[Range<usize>]) -> Option<usize> {
        const MAX_LENGTH: usize = 400;
        let first = |range: &Range<usize>| {
            let at = range.start;
            let is_number = self.lexed.kind(at) == TokenKind::Number;
            self.lexed.lower(if is_number { at.saturating_add(1) } else { at })
        };
        let mut depth = 0usize;
        for (index, statement) in statements.iter().take(MAX_LENGTH).enumerate() {
            match first(statement) {
                "for" | "do" | "while" => depth = depth.saturating_add(1),
                "next" | "loop" | "wend" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(index.saturating_add(1));
                    }
                }
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// What a loop leaves behind, if it needs nothing but values.
    pub(super) fn ran(&mut self, statements: &[Range<usize>]) -> Option<Vec<(String, Value)>> {
        let (known, fresh, local) = (&self.known, &self.fresh, &self.local);
        let before = |name: &str| match known.get(name) {
            Some(value) => Some(value.clone()),
            None if fresh.contains(name) => Some(Value::Empty),
            None => local.contains(name).then_some(Value::Unknown),
        };
        run_loop(self.lexed, statements, self.outer, before, self.work)
    }
}
