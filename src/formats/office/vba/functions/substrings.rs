//! Parts of texts, counted in characters: `Len`, `Mid`, `InStr`.

use super::super::operators::computed;
use super::super::value::{Value, number_text};

/// What a function says of a value that is too long to be copied for every question.
pub(in super::super) fn ask(name: &str, subject: &Value, rest: &[Value]) -> Value {
    let number = |index: usize| rest.get(index).and_then(Value::count);
    let answer = match (name, subject) {
        ("len", Value::Text(text)) => Some(Value::Number(length(&text.text) as f64)),
        ("len", Value::Empty) => Some(Value::Number(0.0)),
        ("len", Value::Number(value)) => Some(Value::Number(number_text(*value).len() as f64)),
        ("ubound", Value::List(list)) => Some(Value::Number(list.len() as f64 - 1.0)),
        ("lbound", Value::List(list)) => {
            let first = list.iter().position(|value| *value != Value::Unknown);
            Some(Value::Number(first.unwrap_or(0) as f64))
        }
        ("mid", Value::Text(text)) => number(0).and_then(|start| start.checked_sub(1)).and_then(|start| {
            let length = if rest.len() > 1 { number(1)? } else { usize::MAX };
            Some(computed(middle(&text.text, start, length).to_owned()))
        }),
        ("mid", Value::Empty) => Some(computed(String::new())),
        _ => None,
    };
    answer.unwrap_or(Value::Unknown)
}

pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Characters from one on.
pub(super) fn middle(text: &str, start: usize, length: usize) -> &str {
    if text.is_ascii() {
        let start = start.min(text.len());
        return text.get(start..start.saturating_add(length).min(text.len())).unwrap_or_default();
    }
    let offset = |text: &str, count: usize| text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    let rest = text.get(offset(text, start)..).unwrap_or_default();
    rest.get(..offset(rest, length)).unwrap_or_default()
}

/// `Mid(text, start, length) = with`, which never changes the length. `start` counts from 1.
pub(in super::super) fn overwrite(text: &str, start: usize, length: usize, with: &str) -> Value {
    let Some(start) = start.checked_sub(1) else { return Value::Unknown };
    let mut out: Vec<char> = text.chars().collect();
    let slots = out.iter_mut().skip(start).take(length);
    for (slot, character) in slots.zip(with.chars()) {
        *slot = character;
    }
    computed(out.into_iter().collect())
}

/// `InStr([start,] text, wanted)`.
pub(super) fn find(first: Value, rest: &[Value]) -> Option<Value> {
    let (start, source, wanted) = match (&first, rest) {
        (Value::Number(_), [source, wanted, ..]) => (first.count()?.checked_sub(1)?, source.clone(), wanted),
        (_, [wanted, ..]) => (0, first, wanted),
        _ => return None,
    };
    let source = source.into_text()?.text;
    let wanted = wanted.clone().into_text()?.text;
    let rest = middle(&source, start, usize::MAX);
    let found = rest.find(&wanted).and_then(|at| rest.get(..at));
    Some(Value::Number(found.map_or(0.0, |before| (length(before).saturating_add(start)) as f64 + 1.0)))
}
