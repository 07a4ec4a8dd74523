//! Functions of the VBA library that turn known values into known values, MS-VBAL 6.1.2. Only what droppers hide text
//! with; every result is capped.

use super::operators::computed;
use super::value::{Folded, Value, number_text};

/// Characters one folded text may have. Payloads are longer, addresses and commands never.
pub(super) const MAX_TEXT: usize = 256 << 10;
/// Members one folded list may have.
const MAX_LIST: usize = 65_536;

/// Modules of the VBA library that may stand before a function's name.
pub(super) const LIBRARY: [&str; 8] =
    ["vba", "strings", "conversion", "interaction", "information", "math", "filesystem", "me"];

/// Whether a name is one of the functions below.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

const KNOWN: [&str; 66] = [
    "abs",
    "array",
    "asc",
    "ascb",
    "ascw",
    "cbool",
    "cbyte",
    "ccur",
    "cdbl",
    "cdec",
    "choose",
    "chr",
    "chrb",
    "chrw",
    "cint",
    "clng",
    "clnglng",
    "clngptr",
    "csng",
    "cstr",
    "cvar",
    "environ",
    "exp",
    "filter",
    "fix",
    "hex",
    "iif",
    "instr",
    "instrb",
    "instrrev",
    "int",
    "isarray",
    "isempty",
    "isnumeric",
    "join",
    "lbound",
    "lcase",
    "left",
    "leftb",
    "len",
    "lenb",
    "log",
    "ltrim",
    "mid",
    "midb",
    "oct",
    "replace",
    "rgb",
    "right",
    "rightb",
    "round",
    "rtrim",
    "sgn",
    "space",
    "split",
    "sqr",
    "str",
    "strcomp",
    "strconv",
    "string",
    "strreverse",
    "switch",
    "trim",
    "ubound",
    "ucase",
    "val",
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
        "vbformfeed" => "\u{c}",
        "vbback" => "\u{8}",
        "vbverticaltab" => "\u{b}",
        "vbhide" | "false" | "vbbinarycompare" => return Some(Value::Number(0.0)),
        "true" => return Some(Value::Number(-1.0)),
        "vbuppercase" | "vbtextcompare" => return Some(Value::Number(1.0)),
        "vblowercase" => return Some(Value::Number(2.0)),
        "vbunicode" => return Some(Value::Number(64.0)),
        "vbfromunicode" => return Some(Value::Number(128.0)),
        _ => return None,
    };
    Some(Value::Text(Folded::literal(text.to_owned())))
}

/// Calls a function with values; unknown where it cannot be told.
pub(super) fn call(name: &str, arguments: Vec<Value>) -> Value {
    apply(name, arguments).unwrap_or(Value::Unknown)
}

/// What a function says of a value that is too long to be copied for every question.
pub(super) fn ask(name: &str, subject: &Value, rest: &[Value]) -> Value {
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

fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Characters from one on.
fn middle(text: &str, start: usize, length: usize) -> &str {
    if text.is_ascii() {
        let start = start.min(text.len());
        return text.get(start..start.saturating_add(length).min(text.len())).unwrap_or_default();
    }
    let offset = |text: &str, count: usize| text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    let rest = text.get(offset(text, start)..).unwrap_or_default();
    rest.get(..offset(rest, length)).unwrap_or_default()
}

/// `Mid(text, start, length) = with`, which never changes the length. `start` counts from 1.
pub(super) fn overwrite(text: &str, start: usize, length: usize, with: &str) -> Value {
    let Some(start) = start.checked_sub(1) else { return Value::Unknown };
    let mut out: Vec<char> = text.chars().collect();
    let slots = out.iter_mut().skip(start).take(length);
    for (slot, character) in slots.zip(with.chars()) {
        *slot = character;
    }
    computed(out.into_iter().collect())
}

fn apply(name: &str, arguments: Vec<Value>) -> Option<Value> {
    if name == "array" {
        return Some(Value::List(arguments.into_iter().take(MAX_LIST).collect()));
    }
    let count = arguments.len();
    let mut arguments = arguments.into_iter();
    let first = arguments.next()?;
    let rest: Vec<Value> = arguments.map(Value::plain).collect();
    let first = first.plain();
    let is_unknown = matches!(first, Value::Unknown | Value::Document(_, None));
    match name {
        "choose" | "switch" | "iif" => select(name, &first, rest),
        _ if is_unknown => None,
        "mid" | "midb" | "len" | "ubound" | "lbound" | "left" | "leftb" | "right" | "rightb" | "lcase" | "ucase"
        | "trim" | "ltrim" | "rtrim" | "strreverse" | "replace" | "space" | "string" | "join" | "split" | "filter"
        | "lenb" | "environ" => texts(name, first, rest, count),
        "strconv" => convert(first, rest.first()?.integer()?),
        _ => numbers(name, first, &rest),
    }
}

/// Functions that choose among values.
fn select(name: &str, first: &Value, rest: Vec<Value>) -> Option<Value> {
    match name {
        "iif" => rest.into_iter().nth(usize::from(first.number()? == 0.0)),
        "choose" => rest.into_iter().nth(first.count()?.checked_sub(1)?),
        _ => {
            let mut condition = first.number()?;
            let mut rest = rest.into_iter();
            while let Some(value) = rest.next() {
                if condition != 0.0 {
                    return Some(value);
                }
                condition = rest.next()?.number()?;
            }
            None
        }
    }
}

/// Functions from texts to texts and lists.
fn texts(name: &str, first: Value, rest: Vec<Value>, count: usize) -> Option<Value> {
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
fn convert(first: Value, mode: i64) -> Option<Value> {
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

/// Functions that make numbers, or texts of numbers.
fn numbers(name: &str, first: Value, rest: &[Value]) -> Option<Value> {
    let truth = super::operators::boolean;
    Some(match name {
        "chr" | "chrw" | "chrb" => computed(character(first.integer()?)?.to_string()),
        "asc" | "ascw" | "ascb" => Value::Number(f64::from(u32::from(first.into_text()?.text.chars().next()?))),
        "hex" => computed(format!("{:X}", first.integer()? & 0xffff_ffff)),
        "oct" => computed(format!("{:o}", first.integer()? & 0xffff_ffff)),
        "val" => Value::Number(val(&first.into_text()?.text)),
        "cstr" | "cvar" => match first {
            Value::Number(number) => computed(number_text(number)),
            other => Value::Text(other.into_text()?),
        },
        "str" => computed(format!(" {}", number_text(first.number()?))),
        "cint" | "clng" | "cbyte" | "clnglng" | "clngptr" => Value::Number(first.number()?.round_ties_even()),
        "cdbl" | "csng" | "cdec" | "ccur" => Value::Number(first.number()?),
        "cbool" => truth(first.number()? != 0.0),
        "int" => Value::Number(first.number()?.floor()),
        "fix" => Value::Number(first.number()?.trunc()),
        "abs" => Value::Number(first.number()?.abs()),
        "sgn" => Value::Number(first.number().map(|n| if n == 0.0 { 0.0 } else { n.signum() })?),
        "sqr" => finite(first.number()?.sqrt())?,
        "exp" => finite(first.number()?.exp())?,
        "log" => finite(first.number()?.ln())?,
        "round" => {
            let places = rest.first().map_or(Some(0), Value::count).filter(|places| *places <= 15)?;
            let scale = 10f64.powi(i32::try_from(places).ok()?);
            finite((first.number()? * scale).round_ties_even() / scale)?
        }
        "rgb" => {
            let part = |value: Option<&Value>| value.and_then(Value::integer).map(|part| part.clamp(0, 255) as f64);
            Value::Number(part(Some(&first))? + part(rest.first())? * 256.0 + part(rest.get(1))? * 65_536.0)
        }
        "isnumeric" => truth(!matches!(first, Value::Unknown) && first.number().is_some()),
        "isarray" => truth(matches!(first, Value::List(_))),
        "isempty" => truth(first == Value::Empty),
        "strcomp" => {
            let (mut a, mut b) = (first.into_text()?.text, rest.first()?.clone().into_text()?.text);
            if rest.get(1).and_then(Value::integer) == Some(1) {
                (a, b) = (a.to_lowercase(), b.to_lowercase());
            }
            Value::Number(f64::from(a.cmp(&b) as i8))
        }
        "instr" | "instrb" => find(first, rest)?,
        "instrrev" => {
            let source = first.into_text()?.text;
            let wanted = rest.first()?.clone().into_text()?.text;
            let found = source.rfind(&wanted).and_then(|at| source.get(..at));
            Value::Number(found.map_or(0.0, |before| length(before) as f64 + 1.0))
        }
        _ => return None,
    })
}

/// `InStr([start,] text, wanted)`.
fn find(first: Value, rest: &[Value]) -> Option<Value> {
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

fn finite(number: f64) -> Option<Value> {
    number.is_finite().then_some(Value::Number(number))
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
