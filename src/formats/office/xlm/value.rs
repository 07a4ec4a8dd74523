//! What a formula comes to without Excel: a value, or as much of a text as can be known.

use std::sync::Arc;

use super::program::Value;
use super::text::number_text;

/// Bytes of one text.
pub(super) const MAX_TEXT: usize = 1 << 16;
/// Stands in a text for a piece that is not known.
pub(super) const GAP: char = '…';

/// A value while macros are followed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Worth {
    /// Nothing: an empty cell, an argument left out.
    Nothing,
    /// A number.
    Number(f64),
    /// A text; a piece that is not known is a [`GAP`] in it.
    Text(Arc<str>),
    /// TRUE or FALSE.
    Bool(bool),
    /// An error.
    Error(&'static str),
    /// Cells of a sheet: the first and the last, as row and column.
    Cells(usize, (u32, u32), (u32, u32)),
    /// Several values, by rows.
    Many(Vec<Vec<Worth>>),
    /// Not known.
    Unknown,
}

impl Worth {
    pub(super) fn text(text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        if text.len() > MAX_TEXT {
            text.truncate(text.floor_char_boundary(MAX_TEXT));
        }
        Worth::Text(text.into())
    }

    /// As text; what is not known is a gap.
    pub(super) fn as_text(&self) -> String {
        match self {
            Worth::Nothing => String::new(),
            Worth::Number(number) => number_text(*number),
            Worth::Text(text) => text.to_string(),
            Worth::Bool(true) => "TRUE".to_owned(),
            Worth::Bool(false) => "FALSE".to_owned(),
            Worth::Error(error) => (*error).to_owned(),
            Worth::Many(rows) => rows.first().and_then(|row| row.first()).map_or_else(String::new, Worth::as_text),
            Worth::Cells(..) | Worth::Unknown => GAP.to_string(),
        }
    }

    /// As a number, if it is one.
    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            Worth::Nothing => Some(0.0),
            Worth::Number(number) => Some(*number),
            Worth::Bool(value) => Some(f64::from(u8::from(*value))),
            Worth::Text(text) => text.trim().parse().ok(),
            Worth::Many(rows) => rows.first().and_then(|row| row.first()).and_then(Worth::as_number),
            Worth::Error(_) | Worth::Cells(..) | Worth::Unknown => None,
        }
    }

    /// As a condition, if it is known.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Worth::Text(text) if text.eq_ignore_ascii_case("TRUE") => Some(true),
            Worth::Text(text) if text.eq_ignore_ascii_case("FALSE") => Some(false),
            other => other.as_number().map(|number| number != 0.0),
        }
    }

    /// A number that counts something.
    pub(super) fn as_count(&self) -> Option<usize> {
        let number = self.as_number()?;
        (0.0..1e9).contains(&number).then_some(number as usize)
    }

    pub(super) fn is_unknown(&self) -> bool {
        match self {
            Worth::Unknown => true,
            Worth::Text(text) => text.contains(GAP),
            _ => false,
        }
    }
}

impl From<&Value> for Worth {
    fn from(value: &Value) -> Self {
        match value {
            Value::Empty => Worth::Nothing,
            Value::Number(number) => Worth::Number(*number),
            Value::Text(text) => Worth::Text(text.clone()),
            Value::Bool(value) => Worth::Bool(*value),
            Value::Error(error) => Worth::Error(error),
        }
    }
}
