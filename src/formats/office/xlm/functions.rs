//! Functions that make a value of values: texts and numbers put together.

use super::value::{MAX_TEXT, Worth};

/// The result of a function whose arguments are known as far as they can be; none where the function is not one of these.
pub(super) fn apply(name: &str, arguments: &[Worth]) -> Option<Worth> {
    let text = |index: usize| arguments.get(index).map(Worth::as_text).unwrap_or_default();
    let number = |index: usize| arguments.get(index).and_then(Worth::as_number);
    let count = |index: usize| arguments.get(index).and_then(Worth::as_count);
    let has = |index: usize| arguments.get(index).is_some_and(|argument| *argument != Worth::Nothing);
    let unknown = |index: usize| arguments.get(index).is_some_and(Worth::is_unknown);
    let of_number = |apply: fn(f64) -> f64| number(0).map_or(Worth::Unknown, |number| Worth::Number(apply(number)));
    Some(match name {
        "CHAR" | "UNICHAR" | "_xlfn.UNICHAR" => match number(0) {
            Some(code) => character(code, name == "CHAR"),
            None => Worth::Unknown,
        },
        "CODE" => match text(0).chars().next() {
            Some(c) if !unknown(0) => Worth::Number(f64::from(u32::from(c))),
            _ => Worth::Unknown,
        },
        "CONCATENATE" | "CONCAT" => Worth::text(arguments.iter().map(Worth::as_text).collect::<String>()),
        "LEFT" if !unknown(0) => {
            let size = if has(1) { count(1) } else { Some(1) };
            size.map_or(Worth::Unknown, |size| Worth::text(text(0).chars().take(size).collect::<String>()))
        }
        "RIGHT" if !unknown(0) => {
            let all: Vec<char> = text(0).chars().collect();
            let size = if has(1) { count(1) } else { Some(1) };
            size.map_or(Worth::Unknown, |size| {
                Worth::text(all.iter().skip(all.len().saturating_sub(size)).collect::<String>())
            })
        }
        "MID" if !unknown(0) => match (count(1), count(2)) {
            (Some(0), _) => Worth::Error("#VALUE!"),
            (Some(start), Some(size)) => {
                Worth::text(text(0).chars().skip(start.saturating_sub(1)).take(size).collect::<String>())
            }
            _ => Worth::Unknown,
        },
        "LEN" if !unknown(0) => Worth::Number(text(0).chars().count() as f64),
        "UPPER" => Worth::text(text(0).to_uppercase()),
        "LOWER" => Worth::text(text(0).to_lowercase()),
        "TRIM" => Worth::text(text(0).split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")),
        "CLEAN" => Worth::text(text(0).chars().filter(|c| !c.is_control()).collect::<String>()),
        "T" => match arguments.first() {
            Some(Worth::Text(text)) => Worth::Text(text.clone()),
            Some(Worth::Unknown) | None => Worth::Unknown,
            _ => Worth::text(""),
        },
        "TEXT" if !unknown(0) => formatted(&arguments.first().cloned().unwrap_or(Worth::Nothing), &text(1)),
        "VALUE" | "N" => number(0).map_or(Worth::Unknown, Worth::Number),
        "REPT" if !unknown(0) => match count(1) {
            Some(times) if times.saturating_mul(text(0).len()) <= MAX_TEXT => Worth::text(text(0).repeat(times)),
            _ => Worth::Unknown,
        },
        "SUBSTITUTE" if !unknown(0) && !unknown(1) && !unknown(2) => substitute(&text(0), &text(1), &text(2), count(3)),
        "REPLACE" if !unknown(0) => match (count(1), count(2)) {
            (Some(start), Some(size)) => {
                let all: Vec<char> = text(0).chars().collect();
                let start = start.saturating_sub(1).min(all.len());
                let before: String = all.iter().take(start).collect();
                let behind: String = all.iter().skip(start.saturating_add(size)).collect();
                Worth::text(format!("{before}{}{behind}", text(3)))
            }
            _ => Worth::Unknown,
        },
        "FIND" | "SEARCH" if !unknown(0) && !unknown(1) => find(&text(0), &text(1), name == "SEARCH"),
        "EXACT" if !unknown(0) && !unknown(1) => Worth::Bool(text(0) == text(1)),
        "INT" => of_number(f64::floor),
        "TRUNC" => of_number(f64::trunc),
        "ABS" => of_number(f64::abs),
        "SQRT" => of_number(f64::sqrt),
        "SIGN" => of_number(f64::signum),
        "ROUND" | "ROUNDUP" | "ROUNDDOWN" => match (number(0), number(1).unwrap_or_default()) {
            (Some(value), digits) if (-20.0..=20.0).contains(&digits) => {
                let scale = 10f64.powi(digits as i32);
                let scaled = value * scale;
                let rounded = match name {
                    "ROUNDUP" => scaled.abs().ceil().copysign(scaled),
                    "ROUNDDOWN" => scaled.trunc(),
                    _ => scaled.round(),
                };
                Worth::Number(rounded / scale)
            }
            _ => Worth::Unknown,
        },
        "MOD" => match (number(0), number(1)) {
            (Some(value), Some(by)) if by != 0.0 => Worth::Number(value - by * (value / by).floor()),
            _ => Worth::Unknown,
        },
        "QUOTIENT" => match (number(0), number(1)) {
            (Some(value), Some(by)) if by != 0.0 => Worth::Number((value / by).trunc()),
            _ => Worth::Unknown,
        },
        "POWER" => match (number(0), number(1)) {
            (Some(value), Some(by)) => Worth::Number(value.powf(by)),
            _ => Worth::Unknown,
        },
        "BITXOR" => match (count(0), count(1)) {
            (Some(left), Some(right)) => Worth::Number((left ^ right) as f64),
            _ => Worth::Unknown,
        },
        "HEX2DEC" if !unknown(0) => {
            u64::from_str_radix(text(0).trim(), 16).map_or(Worth::Error("#NUM!"), |value| Worth::Number(value as f64))
        }
        "DEC2HEX" => count(0).map_or(Worth::Unknown, |value| Worth::text(format!("{value:X}"))),
        "SUM" | "PRODUCT" | "MAX" | "MIN" | "AVERAGE" | "COUNT" | "COUNTA" => over_all(name, arguments),
        "AND" | "OR" => {
            let known: Vec<Option<bool>> = arguments.iter().map(Worth::as_bool).collect();
            let decides = name == "OR";
            if known.contains(&Some(decides)) {
                Worth::Bool(decides)
            } else if known.contains(&None) {
                Worth::Unknown
            } else {
                Worth::Bool(!decides)
            }
        }
        "NOT" => arguments.first().and_then(Worth::as_bool).map_or(Worth::Unknown, |value| Worth::Bool(!value)),
        "TRUE" => Worth::Bool(true),
        "FALSE" => Worth::Bool(false),
        "NA" => Worth::Error("#N/A"),
        "ISNUMBER" | "ISTEXT" | "ISERROR" | "ISERR" | "ISNA" | "ISBLANK" | "ISLOGICAL" => {
            is_what(name, arguments.first()?)
        }
        "CHOOSE" => match count(0) {
            Some(index) => arguments.get(index.max(1)).cloned().unwrap_or(Worth::Error("#VALUE!")),
            None => Worth::Unknown,
        },
        _ => return None,
    })
}

/// CHAR: a byte of the ANSI code page; UNICHAR: a code point.
fn character(code: f64, is_ansi: bool) -> Worth {
    let code = code.trunc();
    if is_ansi {
        if !(1.0..256.0).contains(&code) {
            return Worth::Error("#VALUE!");
        }
        let byte = [code as u8];
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
        return Worth::text(text.into_owned());
    }
    let code = if (1.0..1_114_112.0).contains(&code) { code as u32 } else { 0 };
    char::from_u32(code).filter(|c| *c != '\0').map_or(Worth::Error("#VALUE!"), |c| Worth::text(c.to_string()))
}

/// Formats that keep a number as it is, or fill it with zeros.
fn formatted(value: &Worth, format: &str) -> Worth {
    match value {
        Worth::Text(text) => Worth::Text(text.clone()),
        Worth::Number(number) if !format.is_empty() && format.chars().all(|c| c == '0') => {
            Worth::text(format!("{:0width$}", number.round(), width = format.len().min(64)))
        }
        Worth::Number(_) if matches!(format, "" | "General" | "general" | "#" | "@") => Worth::text(value.as_text()),
        _ => Worth::Unknown,
    }
}

fn substitute(text: &str, old: &str, new: &str, which: Option<usize>) -> Worth {
    if old.is_empty() {
        return Worth::text(text);
    }
    let Some(which) = which.filter(|which| *which > 0) else {
        let times = text.matches(old).count();
        if times.saturating_mul(new.len()).saturating_add(text.len()) > MAX_TEXT.saturating_mul(2) {
            return Worth::Unknown;
        }
        return Worth::text(text.replace(old, new));
    };
    match text.match_indices(old).nth(which.saturating_sub(1)) {
        Some((at, _)) => {
            let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
            Worth::text(format!("{before}{new}{}", behind.get(old.len()..).unwrap_or_default()))
        }
        None => Worth::text(text),
    }
}

fn find(what: &str, text: &str, folds: bool) -> Worth {
    let (what, text) =
        if folds { (what.to_lowercase(), text.to_lowercase()) } else { (what.to_owned(), text.to_owned()) };
    match text.find(&what) {
        Some(at) => {
            let before = text.get(..at).unwrap_or_default().chars().count();
            Worth::Number(before.saturating_add(1) as f64)
        }
        None => Worth::Error("#VALUE!"),
    }
}

fn over_all(name: &str, arguments: &[Worth]) -> Worth {
    let mut numbers = Vec::new();
    let mut filled = 0usize;
    let rows = arguments.iter().flat_map(|argument| match argument {
        Worth::Many(rows) => rows.iter().flatten().collect::<Vec<_>>(),
        other => vec![other],
    });
    for value in rows {
        match value {
            Worth::Unknown => return Worth::Unknown,
            Worth::Nothing => continue,
            Worth::Number(number) => numbers.push(*number),
            other => numbers.extend(other.as_number()),
        }
        filled = filled.saturating_add(1);
    }
    Worth::Number(match name {
        "SUM" => numbers.iter().sum(),
        "PRODUCT" => numbers.iter().product(),
        "MAX" => numbers.iter().copied().fold(f64::MIN, f64::max).max(if numbers.is_empty() { 0.0 } else { f64::MIN }),
        "MIN" => numbers.iter().copied().fold(f64::MAX, f64::min).min(if numbers.is_empty() { 0.0 } else { f64::MAX }),
        "AVERAGE" if numbers.is_empty() => return Worth::Error("#DIV/0!"),
        "AVERAGE" => numbers.iter().sum::<f64>() / numbers.len() as f64,
        "COUNT" => numbers.len() as f64,
        _ => filled as f64,
    })
}

fn is_what(name: &str, value: &Worth) -> Worth {
    if *value == Worth::Unknown {
        return Worth::Unknown;
    }
    Worth::Bool(match name {
        "ISNUMBER" => matches!(value, Worth::Number(_)),
        "ISTEXT" => matches!(value, Worth::Text(_)),
        "ISBLANK" => *value == Worth::Nothing,
        "ISLOGICAL" => matches!(value, Worth::Bool(_)),
        "ISNA" => *value == Worth::Error("#N/A"),
        _ => matches!(value, Worth::Error(_)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Worth {
        Worth::text(text)
    }

    fn n(number: f64) -> Worth {
        Worth::Number(number)
    }

    #[test]
    fn texts_are_put_together() {
        let of = |name: &str, arguments: &[Worth]| apply(name, arguments).unwrap();
        assert_eq!(of("CHAR", &[n(104.0)]), t("h"));
        assert_eq!(of("CHAR", &[n(0.0)]), Worth::Error("#VALUE!"));
        assert_eq!(of("MID", &[t("abcdef"), n(2.0), n(3.0)]), t("bcd"));
        assert_eq!(of("LEFT", &[t("abc")]), t("a"));
        assert_eq!(of("RIGHT", &[t("abc"), n(2.0)]), t("bc"));
        assert_eq!(of("SUBSTITUTE", &[t("a-b-c"), t("-"), t("")]), t("abc"));
        assert_eq!(of("SUBSTITUTE", &[t("a-b-c"), t("-"), t("+"), n(2.0)]), t("a-b+c"));
        assert_eq!(of("REPLACE", &[t("abcdef"), n(2.0), n(2.0), t("X")]), t("aXdef"));
        assert_eq!(of("CONCATENATE", &[t("a"), Worth::Unknown, n(1.0)]), t("a…1"));
        assert_eq!(of("MOD", &[n(-1.0), n(3.0)]), n(2.0));
        assert_eq!(of("ROUND", &[n(2.45), n(1.0)]), n(2.5));
        assert_eq!(of("SEARCH", &[t("B"), t("abc")]), n(2.0));
        assert_eq!(of("REPT", &[t("x"), n(1e8)]), Worth::Unknown);
        assert_eq!(of("AND", &[Worth::Unknown, Worth::Bool(false)]), Worth::Bool(false));
        assert_eq!(apply("EXEC", &[]), None);
    }
}
