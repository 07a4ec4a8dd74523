//! Structured header values: `type/subtype; name=value` (RFC 2045 section 5.1), with the character sets and
//! continuations of RFC 2231, read both as the grammar says and as mailers write it.

use crate::formats::mail::encoded_word;
use crate::formats::text::percent::percent_decoded;

use super::header::without_comments;
use super::segments;

/// Parameters read from one value.
const MAX_PARAMS: usize = 200;
/// Segments of one continued parameter.
pub(super) const MAX_SEGMENTS: usize = 1_000;

/// Parameters that may be continued in one value.
const MAX_JOINED: usize = 16;

/// How a parameter was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `name*=charset''text`, whole or in segments (RFC 2231).
    Extended,
    /// `name=value`.
    Plain,
    /// `name=value` read differently: up to the first blank, percent signs decoded.
    Guessed,
}

/// One reading of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name, lower case, without the asterisks of RFC 2231.
    pub name: String,
    /// Its value, decoded.
    pub value: String,
    /// How it was written.
    pub form: Form,
}

/// A structured value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structured {
    /// What comes before the parameters, lower case, comments removed: `text/plain`, `attachment`.
    pub head: String,
    /// Every reading of every parameter, in the order written.
    pub params: Vec<Param>,
}

impl Structured {
    /// Every reading of a parameter, without repeats.
    pub fn all(&self, name: &str) -> Vec<&Param> {
        let mut found: Vec<&Param> = Vec::new();
        for param in self.params.iter().filter(|param| param.name == name) {
            if !found.iter().any(|known| known.value == param.value) {
                found.push(param);
            }
        }
        found
    }

    /// The first reading of a parameter.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|param| param.name == name).map(|param| param.value.as_str())
    }
}

/// A value as written: quotes removed.
pub(super) struct Written {
    pub(super) name: String,
    pub(super) value: String,
    is_quoted: bool,
}

/// Reads a structured value.
pub fn parse(value: &str) -> Structured {
    let (head, mut rest) = split_head(value);
    let mut written: Vec<Written> = Vec::new();
    while written.len() < MAX_PARAMS.saturating_add(MAX_SEGMENTS) {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if rest.is_empty() {
            break;
        }
        let (param, after) = split_param(rest);
        written.extend(param);
        rest = after;
    }
    Structured { head, params: readings(written) }
}

fn split_head(value: &str) -> (String, &str) {
    let uncommented_end = value.find(';').unwrap_or(value.len());
    let (head, rest) = value.split_at(uncommented_end);
    // A value that starts with a comment may hide a semicolon in it.
    if head.contains('(')
        && !head.contains(')')
        && let Some(close) = value.find(')')
    {
        let (_, after) = value.split_at(close.saturating_add(1));
        let end = after.find(';').unwrap_or(after.len());
        let (head, rest) = after.split_at(end);
        return (clean_head(head), rest);
    }
    // No semicolon before the first parameter: `text/plain charset=x`.
    let clean = clean_head(head);
    match head.trim_start().find(char::is_whitespace) {
        Some(blank) if head.contains('=') => {
            let trimmed = head.trim_start();
            let skipped = head.len().saturating_sub(trimmed.len()).saturating_add(blank);
            (clean_head(trimmed.get(..blank).unwrap_or(trimmed)), value.get(skipped..).unwrap_or(rest))
        }
        _ => (clean, rest),
    }
}

fn clean_head(head: &str) -> String {
    without_comments(head).split_whitespace().collect::<String>().trim_matches('"').to_ascii_lowercase()
}

/// One `name=value` at the start, and what follows it.
fn split_param(text: &str) -> (Option<Written>, &str) {
    let end_of_name = text.find(['=', ';']).unwrap_or(text.len());
    let (name, after) = text.split_at(end_of_name);
    let Some(after) = after.strip_prefix('=') else { return (None, after) };
    let name = without_comments(name).split_whitespace().collect::<String>().to_ascii_lowercase();
    let value = after.trim_start();
    if let Some(quoted) = value.strip_prefix('"') {
        let (value, rest) = quoted_string(quoted);
        return (Some(Written { name, value, is_quoted: true }), rest);
    }
    let end = value.find(';').unwrap_or(value.len());
    let (value, rest) = value.split_at(end);
    // Without a semicolon between them: `name=a charset=b`.
    let next_param = value.find('=').filter(|_| !name.ends_with('*')).and_then(|equals| {
        let (before, _) = value.split_at(equals);
        let blank = before.trim_end().rfind(char::is_whitespace)?;
        let candidate = before.get(blank..)?.trim();
        candidate.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'*').then_some(blank)
    });
    if let Some(blank) = next_param {
        let (value, _) = value.split_at(blank);
        let consumed = after.len().saturating_sub(after.trim_start().len()).saturating_add(blank);
        let rest = after.get(consumed..).unwrap_or(rest);
        return (Some(Written { name, value: value.trim().to_owned(), is_quoted: false }), rest);
    }
    (Some(Written { name, value: value.trim().to_owned(), is_quoted: false }), rest)
}

/// The inside of a quoted string (RFC 5322 section 3.2.4), and what follows it. Without an end quote the string ends
/// at the first semicolon, or with the value. A backslash before anything but a quote or a backslash is kept: Windows
/// mailers put paths there.
fn quoted_string(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, text.get(at.saturating_add(1)..).unwrap_or("")),
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\\'))) => out.push(escaped),
                Some((_, other)) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    let end = text.find(';').unwrap_or(text.len());
    let (inside, rest) = text.split_at(end);
    (inside.trim().to_owned(), rest)
}

/// The readings of what was written: RFC 2231 segments joined, encoded words decoded, and second opinions.
fn readings(written: Vec<Written>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    let mut joined: Vec<String> = Vec::new();
    for param in &written {
        if params.len() >= MAX_PARAMS {
            break;
        }
        let Some((base, _)) = param.name.split_once('*') else {
            plain_readings(param, &mut params);
            continue;
        };
        if joined.len() >= MAX_JOINED || joined.iter().any(|known| known == base) {
            continue;
        }
        joined.push(base.to_owned());
        params.extend(segments::readings(base, &written));
    }
    params
}

fn plain_readings(param: &Written, params: &mut Vec<Param>) {
    let value = encoded_word::decode(&param.value);
    let push = |params: &mut Vec<Param>, value: String, form| {
        params.push(Param { name: param.name.clone(), value, form });
    };
    if param.name == "boundary" {
        // Boundaries are bytes; a comment behind one is none of it (RFC 5322 section 3.2.2).
        push(params, param.value.clone(), Form::Plain);
        let bare = if param.is_quoted { param.value.clone() } else { without_comments(&param.value).trim().to_owned() };
        if bare != param.value && !bare.is_empty() {
            push(params, bare, Form::Guessed);
        }
    }
    if !param.is_quoted
        && let Some((token, _)) = value.split_once(char::is_whitespace)
    {
        let token = token.to_owned();
        push(params, value.clone(), Form::Plain);
        push(params, token, Form::Guessed);
    } else {
        push(params, value.clone(), Form::Plain);
    }
    if param.name.ends_with("name") && value.contains('%') {
        let bytes = percent_decoded(value.as_bytes());
        if let Ok(decoded) = String::from_utf8(bytes)
            && decoded != value
        {
            push(params, decoded, Form::Guessed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, name: &str) -> Vec<String> {
        parse(text).all(name).into_iter().map(|param| param.value.clone()).collect()
    }

    #[test]
    fn reads_ordinary_values() {
        let value = parse("Multipart/Mixed;\tboundary=\"a b;c\"; charset=utf-8 ; x = 1");
        assert_eq!(value.head, "multipart/mixed");
        assert_eq!(value.first("boundary"), Some("a b;c"));
        assert_eq!(value.first("charset"), Some("utf-8"));
        assert_eq!(value.first("x"), Some("1"));
    }

    #[test]
    fn reads_rfc_2231() {
        assert_eq!(values("attachment; filename*=UTF-8''%E8%88%AA%E7%A9%BA.pdf", "filename"), ["航空.pdf"]);
        assert_eq!(values("attachment; filename*1*=df.exe; filename*0*=UTF-8'ja't.p", "filename")[0], "t.pdf.exe");
        assert_eq!(values("attachment; filename*0=\"long \"; filename*1=name.pdf", "filename"), ["long name.pdf"]);
        assert_eq!(values("attachment; filename*=iso-2022-jp''%1B%24B9R6u%1B%28B.pdf", "filename"), ["航空.pdf"]);
        // The character is cut between the segments.
        assert_eq!(values("a; name*0*=utf-8''%E8%88; name*1*=%AA", "name"), ["航"]);
        assert_eq!(values("m/x; boundary*=us-ascii''a%20b; boundary*0=c; boundary*1=d", "boundary"), ["a b", "cd"]);
    }

    #[test]
    fn keeps_every_reading() {
        let conflict = "attachment; filename=\"t.pdf\"; filename*0*=UTF-8''t.p; filename*1*=df.exe";
        assert_eq!(values(conflict, "filename"), ["t.pdf", "t.pdf.exe"]);
        assert_eq!(values("multipart/mixed; boundary=a; boundary=\"b\"", "boundary"), ["a", "b"]);
        assert_eq!(values("attachment; filename=my file.pdf", "filename"), ["my file.pdf", "my"]);
        assert_eq!(values("m/x; boundary=a(b)", "boundary"), ["a(b)", "a"]);
        // A program that stops at the gap, the later of two segments, and the order they stand in.
        assert_eq!(values("a; name*0=a.pdf; name*2=.exe", "name"), ["a.pdf.exe", "a.pdf"]);
        assert_eq!(values("a; name*0=a; name*1=.pdf; name*1=.exe", "name"), ["a.pdf", "a.exe", "a.pdf.exe"]);
        assert_eq!(values("a; name*1=.exe; name*0=a.pdf", "name"), ["a.pdf.exe", ".exea.pdf"]);
        assert_eq!(values("attachment; filename=\"%E8%88%AA.pdf\"", "filename"), ["%E8%88%AA.pdf", "航.pdf"]);
    }

    #[test]
    fn tolerates_what_mailers_write() {
        assert_eq!(values("attachment; filename=\"a.pdf", "filename"), ["a.pdf"]);
        assert_eq!(values("attachment;; filename=a(1).pdf;", "filename"), ["a(1).pdf"]);
        assert_eq!(values("text/plain charset=utf-8 name=x.txt", "name"), ["x.txt"]);
        assert_eq!(parse("text/plain charset=utf-8").head, "text/plain");
        assert_eq!(parse("(a;b) text/plain (c); charset=x").head, "text/plain");
        assert_eq!(values("a; name=\"=?utf-8?B?44GC?=.pdf\"", "name"), ["あ.pdf"]);
        assert_eq!(values("a; name=\"C:\\dir\\a.pdf\"", "name"), ["C:\\dir\\a.pdf"]);
        assert_eq!(values("a; name=\"a\\\"b.pdf\"", "name"), ["a\"b.pdf"]);
    }
}
