//! Values that are known without running code, and where each part of a text came from: a word that no literal of the
//! source holds was cut or coded on purpose.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Not known.
    Unknown,
    /// Nothing was assigned yet: an empty text, and zero.
    Empty,
    /// A number.
    Number(f64),
    /// A text.
    Text(Folded),
    /// A list of values, from `Array`, `Split` or `Dim`. Places below its first are not known.
    List(Vec<Value>),
    /// Taken from something the document keeps outside its code: how the code names it, and the text, if it is known.
    Document(String, Option<String>),
}

/// A text and the pieces it was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// The text.
    pub(super) text: String,
    /// Where each piece ends, and whether it was computed and not written.
    pieces: Vec<(usize, bool)>,
}

impl Folded {
    /// A literal.
    pub(super) fn literal(text: String) -> Self {
        let pieces = vec![(text.len(), false)];
        Folded { text, pieces }
    }

    /// Something computed: a character from its code, a reversed text.
    pub(super) fn computed(text: String) -> Self {
        let pieces = vec![(text.len(), true)];
        Folded { text, pieces }
    }

    /// Joins another to its end.
    pub(super) fn append(&mut self, other: &Folded) {
        let base = self.text.len();
        self.text.push_str(&other.text);
        self.pieces.extend(other.pieces.iter().map(|(end, computed)| (base.saturating_add(*end), *computed)));
    }

    /// Adds computed characters to its end, which stay one piece.
    pub(super) fn compute(&mut self, text: &str) {
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some((end, true)) => *end = self.text.len(),
            _ => self.pieces.push((self.text.len(), true)),
        }
    }

    /// The same with each character mapped, keeping the pieces where the length stays.
    pub(super) fn map(mut self, change: impl FnOnce(&str) -> String) -> Self {
        let text = change(&self.text);
        if text.len() != self.text.len() {
            return Folded::computed(text);
        }
        self.text = text;
        self
    }

    /// Whether it is more than one literal.
    pub(super) fn is_made(&self) -> bool {
        self.pieces.len() > 1 || self.pieces.iter().any(|(_, computed)| *computed)
    }

    /// Characters that were computed one by one or in runs.
    pub(super) fn computed_pieces(&self) -> usize {
        self.pieces.iter().filter(|(_, computed)| *computed).count()
    }

    /// Whether the bytes from `start` to `end` lie in one literal.
    pub(super) fn is_written(&self, start: usize, end: usize) -> bool {
        let piece = self.pieces.partition_point(|(piece_end, _)| *piece_end <= start);
        self.pieces.get(piece).is_some_and(|(piece_end, computed)| end <= *piece_end && !computed)
    }
}

impl Value {
    /// The value as text, as `&` would join it.
    pub(super) fn into_text(self) -> Option<Folded> {
        match self {
            Value::Text(text) => Some(text),
            Value::Number(number) => Some(Folded::computed(number_text(number))),
            Value::Empty => Some(Folded::default()),
            Value::Document(_, Some(text)) => Some(Folded::literal(text)),
            Value::Unknown | Value::List(_) | Value::Document(_, None) => None,
        }
    }

    /// The value as a number, as arithmetic would take it.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text_number(&text.text),
            Value::Empty => Some(0.0),
            Value::Document(_, Some(text)) => text_number(text),
            Value::Unknown | Value::List(_) | Value::Document(_, None) => None,
        }
    }

    /// The same, where a known text of the document is a text like others.
    pub(super) fn plain(self) -> Self {
        match self {
            Value::Document(_, Some(text)) => Value::Text(Folded::literal(text)),
            other => other,
        }
    }

    /// Bytes it takes, roughly.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Text(text) => text.text.len(),
            Value::Document(name, text) => name.len().saturating_add(text.as_ref().map_or(0, String::len)),
            Value::List(list) => list.len().saturating_mul(48),
            Value::Number(_) | Value::Unknown | Value::Empty => 8,
        }
    }

    /// The value as a whole number.
    pub(super) fn integer(&self) -> Option<i64> {
        let number = self.number()?.round_ties_even();
        // Beyond 2^53 a float no longer counts in ones.
        (number.abs() < 9e15).then_some(number as i64)
    }

    /// The value as an offset or count.
    pub(super) fn count(&self) -> Option<usize> {
        self.integer().and_then(|number| usize::try_from(number).ok())
    }
}

/// The number a text is taken for: decimal, or with `&H` or `&O`.
fn text_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let based = |digits: &str, base| i64::from_str_radix(digits.trim_end_matches('&'), base).ok();
    match (text.get(..2), text.get(2..)) {
        (Some(head), Some(digits)) if head.eq_ignore_ascii_case("&h") => based(digits, 16).map(|number| number as f64),
        (Some(head), Some(digits)) if head.eq_ignore_ascii_case("&o") => based(digits, 8).map(|number| number as f64),
        _ => text.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

pub(super) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 9e15 { format!("{}", number as i64) } else { format!("{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_was_cut_and_what_was_written() {
        let mut text = Folded::literal("ht".into());
        text.append(&Folded::literal("tp://a".into()));
        text.append(&Folded::computed("b".into()));
        assert_eq!(text.text, "http://ab");
        assert!(!text.is_written(0, 4));
        assert!(text.is_written(2, 8));
        assert!(!text.is_written(8, 9));
        assert!(text.is_made() && !Folded::literal("x".into()).is_made());
    }
}
