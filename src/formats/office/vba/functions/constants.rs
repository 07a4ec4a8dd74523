//! Named constants of the VBA library, of the Constants module in MS-VBAL 6.1.2.

use super::super::value::{Folded, Value};

/// The value of a named constant of the library.
pub(in super::super) fn constant(name: &str) -> Option<Value> {
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
