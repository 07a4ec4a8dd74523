//! Functions of the VBA library that turn known values into known values, MS-VBAL 6.1.2. Only what droppers hide text
//! with; every result is capped.
//!
//! `strings` `substrings` texts, `numbers` numbers, `choice` one of several; `constants` the names of values. Here which
//! functions there are, and calls of them.

mod choice;
mod constants;
mod numbers;
mod strings;
mod substrings;

use super::value::Value;

pub(super) use self::constants::constant;
pub(super) use self::substrings::{ask, overwrite};

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

/// Calls a function with values; unknown where it cannot be told.
pub(super) fn call(name: &str, arguments: Vec<Value>) -> Value {
    apply(name, arguments).unwrap_or(Value::Unknown)
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
        "choose" | "switch" | "iif" => choice::select(name, &first, rest),
        _ if is_unknown => None,
        "mid" | "midb" | "len" | "ubound" | "lbound" | "left" | "leftb" | "right" | "rightb" | "lcase" | "ucase"
        | "trim" | "ltrim" | "rtrim" | "strreverse" | "replace" | "space" | "string" | "join" | "split" | "filter"
        | "lenb" | "environ" => strings::texts(name, first, rest, count),
        "strconv" => strings::convert(first, rest.first()?.integer()?),
        _ => numbers::numbers(name, first, &rest),
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::Folded;
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
