//! The operators of expressions on known values, MS-VBAL 5.6.9.

use super::lexer::Lexed;
use super::value::{Folded, Value};

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `&`.
    Join,
    /// `+`, which joins texts.
    Add,
    Subtract,
    Multiply,
    Divide,
    /// `\`.
    DivideWhole,
    Modulo,
    Power,
    And,
    Or,
    Xor,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `Like`, `Is`, `Eqv`, `Imp`: read over, never computed.
    Other,
}

impl Operator {
    /// The operator at a token of a statement that ends before `end`; how tightly it binds, and the tokens that spell it.
    pub(super) fn at(lexed: &Lexed, token: usize, end: usize) -> Option<(Operator, u8, usize)> {
        let next = token.saturating_add(1);
        let following = if next < end { lexed.lower(next) } else { "" };
        let (operator, power, is_long) = Operator::read(lexed.lower(token), following)?;
        Some((operator, power, if is_long { 2 } else { 1 }))
    }

    /// The operator a token, with the symbol after it, spells; how tightly it binds, and whether it takes both tokens.
    fn read(token: &str, next: &str) -> Option<(Operator, u8, bool)> {
        Some(match (token, next) {
            ("<", ">") => (Operator::Unequal, 2, true),
            ("<", "=") => (Operator::LessOrEqual, 2, true),
            (">", "=") => (Operator::GreaterOrEqual, 2, true),
            ("<", _) => (Operator::Less, 2, false),
            (">", _) => (Operator::Greater, 2, false),
            ("=", _) => (Operator::Equal, 2, false),
            ("like" | "is", _) => (Operator::Other, 2, false),
            ("eqv" | "imp", _) => (Operator::Other, 1, false),
            ("xor", _) => (Operator::Xor, 1, false),
            ("or", _) => (Operator::Or, 1, false),
            ("and", _) => (Operator::And, 1, false),
            ("&", _) => (Operator::Join, 3, false),
            ("+", _) => (Operator::Add, 4, false),
            ("-", _) => (Operator::Subtract, 4, false),
            ("mod", _) => (Operator::Modulo, 5, false),
            ("\\", _) => (Operator::DivideWhole, 6, false),
            ("*", _) => (Operator::Multiply, 6, false),
            ("/", _) => (Operator::Divide, 6, false),
            ("^", _) => (Operator::Power, 7, false),
            _ => return None,
        })
    }

    /// Whether it makes one text of these.
    pub(super) fn joins(self, left: &Value, right: &Value) -> bool {
        let is_text = |value: &Value| matches!(value, Value::Text(_) | Value::Document(..));
        match self {
            Operator::Join => true,
            // `"2" + 3` is a sum, `"2" + "3"` is not.
            Operator::Add => {
                is_text(left) && is_text(right) || (is_text(left) || is_text(right)) && !both_count(left, right)
            }
            _ => false,
        }
    }

    /// The result on numbers and, for comparisons, texts. Whatever cannot be computed is unknown, never an error.
    pub(super) fn compute(self, left: &Value, right: &Value) -> Value {
        if let (Value::Text(left), Value::Text(right)) = (left, right)
            && let Some(truth) = self.compare(left.text.as_str(), right.text.as_str())
        {
            return boolean(truth);
        }
        let (Some(a), Some(b)) = (left.number(), right.number()) else { return self.compare_mixed(left, right) };
        if let Some(truth) = self.compare(a, b) {
            return boolean(truth);
        }
        let whole = || Some((left.integer()?, right.integer()?));
        let number = match self {
            Operator::Add => Some(a + b),
            Operator::Subtract => Some(a - b),
            Operator::Multiply => Some(a * b),
            Operator::Divide => (b != 0.0).then(|| a / b),
            Operator::Power => Some(a.powf(b)),
            Operator::DivideWhole => whole().and_then(|(a, b)| a.checked_div(b)).map(|number| number as f64),
            Operator::Modulo => whole().and_then(|(a, b)| a.checked_rem(b)).map(|number| number as f64),
            Operator::Xor => whole().map(|(a, b)| (a ^ b) as f64),
            Operator::And => whole().map(|(a, b)| (a & b) as f64),
            Operator::Or => whole().map(|(a, b)| (a | b) as f64),
            _ => None,
        };
        number.filter(|number| number.is_finite()).map_or(Value::Unknown, Value::Number)
    }

    fn compare<T: PartialOrd>(self, left: T, right: T) -> Option<bool> {
        Some(match self {
            Operator::Equal => left == right,
            Operator::Unequal => left != right,
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Greater => left > right,
            Operator::GreaterOrEqual => left >= right,
            _ => return None,
        })
    }

    /// A text against nothing, or against a number it is not.
    fn compare_mixed(self, left: &Value, right: &Value) -> Value {
        let text = |value: &Value| match value {
            Value::Text(text) => Some(text.text.clone()),
            Value::Empty => Some(String::new()),
            _ => None,
        };
        match (text(left), text(right)) {
            (Some(left), Some(right)) => self.compare(left, right).map_or(Value::Unknown, boolean),
            _ => Value::Unknown,
        }
    }
}

fn both_count(left: &Value, right: &Value) -> bool {
    left.number().is_some() && right.number().is_some()
}

/// `True` is -1.
pub(super) fn boolean(truth: bool) -> Value {
    Value::Number(if truth { -1.0 } else { 0.0 })
}

/// `Not`.
pub(super) fn complement(value: &Value) -> Value {
    value.integer().map_or(Value::Unknown, |number| Value::Number(!number as f64))
}

/// A minus before it.
pub(super) fn negate(value: &Value) -> Value {
    value.number().map_or(Value::Unknown, |number| Value::Number(-number))
}

/// A number literal: decimal, `&H` or `&O`.
pub(super) fn literal(text: &str) -> Option<f64> {
    let is_long = text.ends_with('&');
    let text = text.trim_end_matches('&');
    let based = |digits: &str, base: u32| {
        let value = i64::from_str_radix(digits, base).ok()?;
        // Up to sixteen bits are an Integer, up to 32 a Long: &HFFFF is -1, &HFFFF& is not.
        Some(match value {
            0x8000..=0xffff if !is_long && digits.len() <= 6 => value.saturating_sub(0x1_0000) as f64,
            0x8000_0000..=0xffff_ffff => value.saturating_sub(0x1_0000_0000) as f64,
            value => value as f64,
        })
    };
    if let Some(hex) = text.strip_prefix("&h") {
        return based(hex, 16);
    }
    if let Some(octal) = text.strip_prefix("&o") {
        return based(octal, 8);
    }
    text.replace('d', "e").parse().ok().filter(|number: &f64| number.is_finite())
}

/// A text as a value.
pub(super) fn computed(text: String) -> Value {
    Value::Text(Folded::computed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(operator: Operator, a: f64, b: f64) -> Option<f64> {
        operator.compute(&Value::Number(a), &Value::Number(b)).number()
    }

    #[test]
    fn nothing_divides_by_zero_or_overflows() {
        assert_eq!(number(Operator::Divide, 1.0, 0.0), None);
        assert_eq!(number(Operator::Modulo, 1.0, 0.0), None);
        assert_eq!(number(Operator::DivideWhole, 1.0, 0.0), None);
        assert_eq!(number(Operator::Power, 1e300, 9.0), None);
        assert_eq!(number(Operator::Xor, 1e300, 1.0), None);
    }

    #[test]
    fn numbers_and_texts_compare() {
        assert_eq!(number(Operator::Xor, 72.0, 5.0), Some(77.0));
        assert_eq!(number(Operator::LessOrEqual, 1.0, 1.0), Some(-1.0));
        let text = |text: &str| Value::Text(Folded::literal(text.into()));
        assert_eq!(Operator::Unequal.compute(&text("a"), &Value::Empty).number(), Some(-1.0));
        assert!(Operator::Add.joins(&text("a"), &Value::Number(1.0)));
        assert!(!Operator::Add.joins(&text("2"), &Value::Number(1.0)));
    }

    #[test]
    fn literals_are_as_long_as_they_say() {
        assert_eq!(literal("&hffff"), Some(-1.0));
        assert_eq!(literal("&hffff&"), Some(65535.0));
        assert_eq!(literal("&hffffffff"), Some(-1.0));
        assert_eq!(literal("&o17"), Some(15.0));
        assert_eq!(literal("1d3"), Some(1000.0));
    }
}
