//! Arguments of calls, and what of them is told of a call.

use super::super::value::{Folded, Value};
use super::{Folder, JOINED};

impl Folder<'_> {
    /// Arguments, up to the closing parenthesis or the end of the statement.
    pub(super) fn values(&mut self, in_parentheses: bool) -> Vec<Value> {
        const MAX_ARGUMENTS: usize = 65_536;
        let mut values = Vec::new();
        let mut is_empty = true;
        while self.at < self.end {
            if in_parentheses && self.is(")") {
                self.advance();
                break;
            }
            if self.is(",") || self.is(";") {
                if is_empty {
                    values.push(Value::Unknown);
                }
                is_empty = true;
                self.advance();
                continue;
            }
            // `name:=value`
            if self.lexed.is(self.at.saturating_add(1), ":") && self.lexed.is(self.at.saturating_add(2), "=") {
                self.at = self.at.saturating_add(3);
            }
            let before = self.at;
            let line = self.lexed.line(self.at);
            let value = self.expression(0);
            match &value {
                Value::Text(text) => {
                    let text = text.clone();
                    self.note(&text, line);
                }
                // Put together from what the document holds: nowhere else does it stand in one piece. That is no disguise.
                Value::Document(name, Some(text)) if name.ends_with(JOINED) => {
                    let mut text = Folded::literal(text.clone());
                    text.append(&Folded::literal(String::new()));
                    self.note(&text, line);
                }
                _ => {}
            }
            if self.at == before {
                self.advance();
            } else if values.len() < MAX_ARGUMENTS {
                values.push(value);
                is_empty = false;
            }
        }
        values
    }
}

/// Texts of values, where they are texts.
pub(super) fn texts(values: Vec<Value>) -> Vec<Option<String>> {
    values
        .into_iter()
        .map(|value| match value {
            Value::Text(text) => Some(text.text),
            Value::Document(_, text) => text,
            _ => None,
        })
        .collect()
}

/// What the first of some values that comes of the document is called.
pub(super) fn document(values: &[Value]) -> Option<String> {
    values.iter().find_map(|value| match value {
        Value::Document(name, _) => Some(name.clone()),
        _ => None,
    })
}
