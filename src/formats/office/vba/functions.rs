//! Functions of the VBA library that turn known values into known values, MS-VBAL 6.1.2. Only what droppers hide text
//! with; every result is capped.

use super::value::{Folded, Value, number_text};

/// Characters one folded text may have. Payloads are longer, addresses and commands never.
pub(super) const MAX_TEXT: usize = 256 << 10;
/// Members one folded list may have.
const MAX_LIST: usize = 65_536;

/// Whether a name is one of the functions below.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

const KNOWN: [&str; 38] = [
    "chr",
    "chrw",
    "chrb",
    "asc",
    "ascw",
    "ascb",
    "strreverse",
    "replace",
    "mid",
    "midb",
    "left",
    "right",
    "lcase",
    "ucase",
    "trim",
    "ltrim",
    "rtrim",
    "space",
    "string",
    "hex",
    "oct",
    "val",
    "cstr",
    "cvar",
    "cint",
    "clng",
    "cbyte",
    "cdbl",
    "array",
    "join",
    "split",
    "len",
    "instr",
    "environ",
    "int",
    "fix",
    "strconv",
    "str",
];

/// The value of a named constant of the library.
pub(super) fn constant(name: &str) -> Option<Value> {
    let text = match name {
        "vbcrlf" | "vbnewline" => "\r\n",
        "vbcr" => "\r",
        "vblf" => "\n",
        "vbtab" => "\t",
        "vbnullstring" => "",
        "vbnullchar" => "\0",
        "vbhide" => return Some(Value::Number(0.0)),
        _ => return None,
    };
    Some(Value::Text(Folded::literal(text.to_owned())))
}

/// Calls a function with values; unknown where it cannot be told.
pub(super) fn call(name: &str, arguments: Vec<Value>) -> Value {
    apply(name, arguments).unwrap_or(Value::Unknown)
}

fn apply(name: &str, arguments: Vec<Value>) -> Option<Value> {
    let count = arguments.len();
    let mut arguments = arguments.into_iter();
    if name == "array" {
        return Some(Value::List(arguments.take(MAX_LIST).collect()));
    }
    let first = arguments.next()?;
    let rest: Vec<Value> = arguments.collect();
    let number = |index: usize| rest.get(index).and_then(Value::count);
    let text = |index: usize| match rest.get(index) {
        Some(Value::Text(text)) => Some(text.text.as_str()),
        _ => None,
    };
    Some(match name {
        "chr" | "chrw" | "chrb" => Value::Text(Folded::computed(character(first.integer()?)?.to_string())),
        "asc" | "ascw" | "ascb" => Value::Number(f64::from(u32::from(first.into_text()?.text.chars().next()?))),
        "strreverse" => computed(first.into_text()?.text.chars().rev().collect()),
        "replace" => {
            let (from, to) = (text(0)?, text(1)?);
            let source = first.into_text()?.text;
            if from.is_empty() {
                return Some(computed(source));
            }
            let grown = source.len().saturating_add(source.matches(from).count().saturating_mul(to.len()));
            if grown > MAX_TEXT {
                return None;
            }
            computed(source.replace(from, to))
        }
        "mid" | "midb" => {
            let start = number(0)?.checked_sub(1)?;
            let length = if count > 2 { number(1)? } else { usize::MAX };
            computed(first.into_text()?.text.chars().skip(start).take(length).collect())
        }
        "left" => computed(first.into_text()?.text.chars().take(number(0)?).collect()),
        "right" => {
            let source = first.into_text()?.text;
            let skip = source.chars().count().saturating_sub(number(0)?);
            computed(source.chars().skip(skip).collect())
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
        "hex" => Value::Text(Folded::computed(format!("{:X}", first.integer()? & 0xffff_ffff))),
        "oct" => Value::Text(Folded::computed(format!("{:o}", first.integer()? & 0xffff_ffff))),
        "val" => Value::Number(val(&first.into_text()?.text)),
        "cstr" | "cvar" | "strconv" => match first {
            Value::Number(number) => Value::Text(Folded::computed(number_text(number))),
            other => Value::Text(other.into_text()?),
        },
        "str" => Value::Text(Folded::computed(format!(" {}", number_text(first.number()?)))),
        "cint" | "clng" | "cbyte" => Value::Number(first.number()?.round_ties_even()),
        "cdbl" => Value::Number(first.number()?),
        "int" => Value::Number(first.number()?.floor()),
        "fix" => Value::Number(first.number()?.trunc()),
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
        "len" => Value::Number(first.into_text()?.text.chars().count() as f64),
        "instr" => {
            let found = first.into_text()?.text.find(text(0)?);
            Value::Number(found.map_or(0.0, |at| at as f64 + 1.0))
        }
        // Shown as cmd writes it, so that a path stays readable.
        "environ" => Value::Text(Folded::literal(format!("%{}%", first.into_text()?.text))),
        _ => return None,
    })
}

fn computed(text: String) -> Value {
    Value::Text(Folded::computed(text))
}

fn character(code: i64) -> Option<char> {
    // ChrW takes negative numbers for the upper half of the plane.
    let code = if (-32768..0).contains(&code) { code.checked_add(65536)? } else { code };
    char::from_u32(u32::try_from(code).ok()?)
}

/// `Val` reads the number a text starts with, `&H` included, and skips blanks.
fn val(text: &str) -> f64 {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).take(64).collect();
    if let Some(hex) = text.get(..2).filter(|head| head.eq_ignore_ascii_case("&h")).and_then(|_| text.get(2..)) {
        let digits: String = hex.chars().take_while(char::is_ascii_hexdigit).take(8).collect();
        return i64::from_str_radix(&digits, 16).map_or(0.0, |number| number as f64);
    }
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+')).collect();
    digits.parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Value {
        Value::Text(Folded::literal(value.to_owned()))
    }

    fn said(name: &str, arguments: Vec<Value>) -> String {
        call(name, arguments).into_text().map(|text| text.text).unwrap_or_default()
    }

    #[test]
    fn the_usual_disguises_fold() {
        assert_eq!(said("chr", vec![Value::Number(65.0)]), "A");
        assert_eq!(said("chrw", vec![Value::Number(-20000.0)]), "\u{b1e0}");
        assert_eq!(said("strreverse", vec![text("exe.a")]), "a.exe");
        assert_eq!(said("replace", vec![text("hXXttp"), text("XX"), text("")]), "http");
        assert_eq!(said("mid", vec![text("xxhttp"), Value::Number(3.0), Value::Number(2.0)]), "ht");
        assert_eq!(said("mid", vec![text("xxhttp"), Value::Number(3.0)]), "http");
        assert_eq!(said("right", vec![text("abc"), Value::Number(2.0)]), "bc");
        assert_eq!(said("join", vec![Value::List(vec![text("a"), text("b")]), text("")]), "ab");
        assert_eq!(call("val", vec![text("&H41")]).number(), Some(65.0));
        assert_eq!(said("environ", vec![text("TEMP")]), "%TEMP%");
    }

    #[test]
    fn nothing_grows_without_bound() {
        assert_eq!(call("space", vec![Value::Number(1e12)]), Value::Unknown);
        assert_eq!(call("string", vec![Value::Number(1e9), text("a")]), Value::Unknown);
        let long = text(&"a".repeat(200_000));
        assert_eq!(call("replace", vec![long, text("a"), text("bbbb")]), Value::Unknown);
        assert_eq!(call("chr", vec![Value::Number(-70000.0)]), Value::Unknown);
    }
}
