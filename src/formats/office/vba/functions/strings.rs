//! Functions from texts to texts and lists, of the Strings module in MS-VBAL 6.1.2.

use super::super::operators::computed;
use super::super::value::{Folded, Value, number_text};
use super::numbers::character;
use super::substrings::{ask, length, middle};
use super::{MAX_LIST, MAX_TEXT};

/// Functions from texts to texts and lists.
pub(super) fn texts(name: &str, first: Value, rest: Vec<Value>, count: usize) -> Option<Value> {
    let number = |index: usize| rest.get(index).and_then(Value::count);
    let text = |index: usize| match rest.get(index) {
        Some(Value::Text(text)) => Some(text.text.as_str()),
        Some(Value::Empty) => Some(""),
        _ => None,
    };
    Some(match name {
        "mid" | "len" | "ubound" | "lbound" => return Some(ask(name, &first, &rest)),
        "midb" => {
            let start = number(0)?.checked_sub(1)?;
            let length = if count > 2 { number(1)? } else { usize::MAX };
            computed(middle(&first.into_text()?.text, start, length).to_owned())
        }
        "lenb" => Value::Number(first.into_text()?.text.encode_utf16().count() as f64 * 2.0),
        "left" | "leftb" => computed(middle(&first.into_text()?.text, 0, number(0)?).to_owned()),
        "right" | "rightb" => {
            let source = first.into_text()?.text;
            let skip = length(&source).saturating_sub(number(0)?);
            computed(middle(&source, skip, usize::MAX).to_owned())
        }
        "strreverse" => computed(first.into_text()?.text.chars().rev().collect()),
        "replace" => {
            let (from, to) = (text(0)?, text(1)?);
            let source = first.into_text()?.text;
            if from.is_empty() {
                return Some(computed(source));
            }
            // vbTextCompare.
            if rest.get(4).and_then(Value::integer) == Some(1) && source.is_ascii() && from.is_ascii() {
                return replace_any_case(&source, from, to);
            }
            let grown = source.len().saturating_add(source.matches(from).count().saturating_mul(to.len()));
            if grown > MAX_TEXT {
                return None;
            }
            computed(source.replace(from, to))
        }
        "lcase" => Value::Text(first.into_text()?.map(str::to_lowercase)),
        "ucase" => Value::Text(first.into_text()?.map(str::to_uppercase)),
        "trim" => Value::Text(first.into_text()?.map(|text| text.trim_matches(' ').to_owned())),
        "ltrim" => Value::Text(first.into_text()?.map(|text| text.trim_start_matches(' ').to_owned())),
        "rtrim" => Value::Text(first.into_text()?.map(|text| text.trim_end_matches(' ').to_owned())),
        "space" => Value::Text(Folded::literal(" ".repeat(first.count().filter(|n| *n <= MAX_TEXT)?))),
        "string" => {
            let times = first.count().filter(|n| *n <= MAX_TEXT / 4)?;
            let unit = match rest.into_iter().next()? {
                Value::Text(text) => text.text.chars().next()?,
                other => character(other.integer()?)?,
            };
            Value::Text(Folded::literal(std::iter::repeat_n(unit, times).collect()))
        }
        "join" => {
            let Value::List(list) = first else { return None };
            let separator = if count > 1 { text(0)? } else { " " };
            let mut out = Folded::default();
            for (index, member) in list.into_iter().enumerate() {
                if index > 0 {
                    out.append(&Folded::literal(separator.to_owned()));
                }
                out.append(&member.into_text()?);
                if out.text.len() > MAX_TEXT {
                    return None;
                }
            }
            Value::Text(out)
        }
        "split" => {
            let source = first.into_text()?.text;
            let separator = if count > 1 { text(0)? } else { " " };
            if separator.is_empty() {
                return Some(Value::List(vec![computed(source)]));
            }
            Value::List(source.split(separator).take(MAX_LIST).map(|part| computed(part.to_owned())).collect())
        }
        "filter" => {
            let Value::List(list) = first else { return None };
            let wanted = text(0)?;
            let keeps = number(1).unwrap_or(1) != 0;
            let holds = |value: &Value| matches!(value, Value::Text(text) if text.text.contains(wanted));
            Value::List(list.into_iter().filter(|value| holds(value) == keeps).collect())
        }
        // Shown as cmd writes it, so that a path stays readable.
        _ => Value::Text(Folded::literal(format!("%{}%", first.into_text()?.text))),
    })
}

fn replace_any_case(source: &str, from: &str, to: &str) -> Option<Value> {
    let (lower, wanted) = (source.to_ascii_lowercase(), from.to_ascii_lowercase());
    let mut out = String::new();
    let mut at = 0usize;
    for (found, _) in lower.match_indices(&wanted) {
        out.push_str(source.get(at..found)?);
        out.push_str(to);
        at = found.saturating_add(wanted.len());
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    out.push_str(source.get(at..)?);
    Some(computed(out))
}

/// `StrConv`: case, and texts as bytes.
pub(super) fn convert(first: Value, mode: i64) -> Option<Value> {
    Some(match (mode, first) {
        (1, value) => Value::Text(value.into_text()?.map(str::to_uppercase)),
        (2, value) => Value::Text(value.into_text()?.map(str::to_lowercase)),
        (64, Value::List(list)) => {
            let mut text = String::new();
            for member in list.iter().take(MAX_LIST) {
                text.push(character(member.integer()?)?);
            }
            computed(text)
        }
        (128, Value::Text(text)) => {
            let codes = text.text.chars().map(|c| Value::Number(f64::from(u32::from(c))));
            Value::List(codes.take(MAX_LIST).collect())
        }
        (_, Value::Number(number)) => computed(number_text(number)),
        (_, value) => Value::Text(value.into_text()?),
    })
}
