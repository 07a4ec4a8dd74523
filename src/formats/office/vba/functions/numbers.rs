//! Functions that make numbers, or texts of numbers: conversion and arithmetic, of the modules Conversion and Math in
//! MS-VBAL 6.1.2.

use super::super::operators::{boolean, computed};
use super::super::value::{Value, number_text};
use super::substrings::{find, length};

/// Functions that make numbers, or texts of numbers.
pub(super) fn numbers(name: &str, first: Value, rest: &[Value]) -> Option<Value> {
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
        "cbool" => boolean(first.number()? != 0.0),
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
        "isnumeric" => boolean(!matches!(first, Value::Unknown) && first.number().is_some()),
        "isarray" => boolean(matches!(first, Value::List(_))),
        "isempty" => boolean(first == Value::Empty),
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

fn finite(number: f64) -> Option<Value> {
    number.is_finite().then_some(Value::Number(number))
}

pub(super) fn character(code: i64) -> Option<char> {
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
