//! URLs that code puts together from pieces: literals joined by an operator, lists of literals, format strings, and
//! characters given by their codes. Languages are not told apart: what reads as an expression of constants in any of
//! them is joined. What needs variables or calls is not followed here; VBA modules have their own folding.

use super::reading::{Finds, Origin, Reading};
use super::scan::scan;

/// Bytes of one literal, and of one joined text.
const MAX_TEXT: usize = 4_096;
/// Codes a bare list of numbers has at least: `http://a.b`.
const MIN_CODES: usize = 10;

/// Joins every constant expression of a text and looks for URLs in what comes out.
pub(super) fn read(reading: &Reading<'_>, finds: &mut Finds) {
    let mut code = Code { text: reading.text, at: 0 };
    while code.at < reading.text.len() && !finds.is_full() {
        let start = code.at;
        if let Some(joined) = code.expression().filter(|joined| joined.contains("://")) {
            let origin = Origin::Piece(reading.place(start));
            let inner = Reading { text: &joined, how: Some("joined"), origin, is_prose: true, trusts_domains: false };
            finds.pay(joined.len());
            scan(&inner, None, finds);
        }
        if code.at <= start {
            code.at = start;
            code.step();
        }
    }
}

/// Bytes an operand may start with.
const fn may_start(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'[' | b'0'..=b'9' | b'c' | b'C' | b's' | b'S')
}

/// A place in code.
struct Code<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Code<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Goes on to the next place where an operand may start.
    fn step(&mut self) {
        self.skip(1);
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let passed = rest.iter().take_while(|byte| !may_start(**byte)).count();
            self.skip(passed);
            let starts = match self.byte() {
                b'"' | b'\'' | b'[' => true,
                _ if passed >= rest.len() => return,
                _ => {
                    let before = self.at.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(0);
                    !is_word(before)
                }
            };
            if starts && self.text.is_char_boundary(self.at) {
                return;
            }
            self.skip(1);
        }
    }

    /// Goes past a literal that nothing is joined to: what nearly every literal is, and every attribute of XML. False if
    /// the one at this place may be part of an expression.
    fn skip_lone_literal(&mut self) -> bool {
        let quote = self.byte();
        let bytes = self.text.as_bytes();
        let Some(body) = bytes.get(self.at.saturating_add(1)..) else { return false };
        let body = body.get(..MAX_TEXT).unwrap_or(body);
        let Some(length) = memchr::memchr3(quote, b'\r', b'\n', body) else { return false };
        if body.get(length) != Some(&quote) {
            return false;
        }
        let after = self.at.saturating_add(length).saturating_add(2);
        // The most common followers of a literal that is not joined; anything else is looked at closely.
        if !matches!(bytes.get(after), Some(b'>' | b'/' | b')' | b';' | b']' | b'}' | b'?' | b'a'..=b'z' | b'<')) {
            let is_apart = bytes.get(after) == Some(&b' ')
                && bytes.get(after.saturating_add(1)).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/');
            if !is_apart {
                return false;
            }
        }
        self.at = after;
        true
    }

    /// Operands joined by operators or commas; none if it is a single one or holds nothing new.
    fn expression(&mut self) -> Option<String> {
        if self.byte().is_ascii_digit() {
            return self.codes(MIN_CODES);
        }
        let is_literal = matches!(self.byte(), b'"' | b'\'');
        if is_literal && self.skip_lone_literal() {
            return None;
        }
        let mut all = self.operand()?;
        let mut count = 1usize;
        let mut is_list = false;
        let mut holds_url = holds_whole_url(&all);
        loop {
            let end = self.at;
            let Some(glue) = self.glue() else { break };
            if glue == Glue::Format {
                let given = self.list();
                return (!given.is_empty()).then(|| filled(&all, &given));
            }
            let Some(next) = self.operand().filter(|next| all.len().saturating_add(next.len()) <= MAX_TEXT) else {
                self.at = end;
                break;
            };
            is_list |= glue == Glue::Comma;
            holds_url |= holds_whole_url(&next);
            all.push_str(&next);
            count = count.saturating_add(1);
        }
        // A list of whole URLs is no URL in pieces; a joined one may have been found cut.
        let is_new = if is_list { !holds_url } else { count > 1 || !is_literal };
        is_new.then_some(all)
    }

    /// `"a", "b"`.
    fn list(&mut self) -> Vec<String> {
        const MOST: usize = 256;
        let mut all: Vec<String> = Vec::new();
        self.blanks();
        if self.byte() == b'(' {
            self.skip(1);
        }
        while let Some(next) = self.operand().filter(|_| all.len() < MOST) {
            all.push(next);
            let end = self.at;
            self.blanks();
            if self.byte() != b',' {
                self.at = end;
                break;
            }
            self.skip(1);
            self.blanks();
        }
        all
    }

    /// What stands between two operands, with the blanks, line ends and continuations around it.
    fn glue(&mut self) -> Option<Glue> {
        let start = self.at;
        self.blanks();
        let glue = match self.byte() {
            b'&' | b'+' | b'.' => Glue::Operator,
            b',' => Glue::Comma,
            b'-' if self.rest().get(..2).is_some_and(|word| word.eq_ignore_ascii_case("-f")) => Glue::Format,
            _ => {
                self.at = start;
                return None;
            }
        };
        self.skip(if glue == Glue::Format { 2 } else { 1 });
        self.blanks();
        Some(glue)
    }

    fn blanks(&mut self) {
        const MOST: usize = 200;
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'_' | b'`');
        let blanks = self.rest().as_bytes().iter().take(MOST).take_while(is_blank).count();
        self.skip(blanks);
    }

    /// A literal or characters by their codes.
    fn operand(&mut self) -> Option<String> {
        match self.byte() {
            b'"' | b'\'' => self.literal(),
            b'[' => self.cast(),
            b'c' | b'C' | b's' | b'S' => self.call(),
            _ => None,
        }
    }

    /// A literal that ends on its line; a doubled quote is one (VBA, VBScript, PowerShell).
    fn literal(&mut self) -> Option<String> {
        let quote = self.byte();
        let body = self.text.as_bytes().get(self.at.saturating_add(1)..)?;
        let mut literal = Vec::new();
        let mut bytes = body.iter().copied().take(MAX_TEXT).enumerate().peekable();
        while let Some((index, byte)) = bytes.next() {
            if matches!(byte, b'\r' | b'\n') {
                return None;
            }
            if byte == quote {
                // An empty literal is not a doubled quote.
                let is_doubled = index > 0 && bytes.peek().is_some_and(|(_, next)| *next == quote);
                if !is_doubled {
                    self.skip(index.saturating_add(2));
                    return String::from_utf8(literal).ok();
                }
                bytes.next();
            }
            literal.push(byte);
        }
        None
    }

    /// `[char]104` and `[char[]](104, 116)` (PowerShell).
    fn cast(&mut self) -> Option<String> {
        let start = self.at;
        for name in ["[char]", "[char[]]", "[byte[]]"] {
            if self.rest().get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
                self.skip(name.len());
                let found = self.codes(1);
                if found.is_none() {
                    self.at = start;
                }
                return found;
            }
        }
        None
    }

    /// `Chr(104)`, `ChrW$(&H68)`, `String.fromCharCode(104, 116)`.
    fn call(&mut self) -> Option<String> {
        let start = self.at;
        for name in ["string.fromcharcode", "chrw$", "chrw", "chr$", "chr"] {
            if self.rest().get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
                self.skip(name.len());
                let found = (self.byte() == b'(').then(|| self.codes(1)).flatten();
                if found.is_none() {
                    self.at = start;
                }
                return found;
            }
        }
        None
    }

    /// Codes with commas between them, in brackets or not; at least so many, all of printable characters.
    fn codes(&mut self, least: usize) -> Option<String> {
        let is_open = matches!(self.byte(), b'(' | b'@');
        while matches!(self.byte(), b'(' | b'@') {
            self.skip(1);
        }
        let mut all = String::new();
        let mut count = 0usize;
        loop {
            if is_open || count > 0 {
                self.blanks();
            }
            let Some(c) = self.number().and_then(printable) else {
                if count == 0 {
                    return None;
                }
                break;
            };
            if all.len() < MAX_TEXT {
                all.push(c);
            }
            count = count.saturating_add(1);
            let end = self.at;
            self.blanks();
            if self.byte() != b',' || !is_open && least == 1 {
                self.at = end;
                break;
            }
            self.skip(1);
        }
        if is_open && self.byte() == b')' {
            self.skip(1);
        }
        (count >= least).then_some(all)
    }

    /// A decimal or hexadecimal number.
    fn number(&mut self) -> Option<u32> {
        let rest = self.rest();
        let prefix =
            rest.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("0x") || prefix.eq_ignore_ascii_case("&h"));
        let (skipped, radix) = prefix.map_or((0, 10), |_| (2, 16));
        let digits = rest.get(skipped..)?;
        let count = digits.bytes().take(7).take_while(|byte| char::from(*byte).is_digit(radix)).count();
        let value = u32::from_str_radix(digits.get(..count)?, radix).ok()?;
        self.skip(skipped.saturating_add(count));
        Some(value)
    }
}

/// How two operands are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Glue {
    Operator,
    Comma,
    Format,
}

fn holds_whole_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["http://", "https://", "ftp://"].iter().any(|scheme| lower.contains(scheme))
}

fn printable(code: u32) -> Option<char> {
    char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
}

/// A format string with its places filled (PowerShell's `-f`, .NET composite formatting).
fn filled(format: &str, given: &[String]) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let place =
            tail.split_once('}').and_then(|(index, after)| Some((given.get(index.parse::<usize>().ok()?)?, after)));
        match place {
            Some((text, after)) if out.len().saturating_add(text.len()) <= MAX_TEXT => {
                out.push_str(text);
                rest = after;
            }
            _ => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

const fn is_word(byte: u8) -> bool {
    super::reading::is_word(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let reading = Reading { text, how: None, origin: Origin::Same, is_prose: true, trusts_domains: false };
        let mut finds = Finds::new(text.len());
        read(&reading, &mut finds);
        finds.list.into_iter().map(|find| find.value).filter(|value| value.contains("://")).collect()
    }

    #[test]
    fn pieces_are_joined_in_every_language() {
        for code in [
            r#"x = "ht" & "tp://exa" & _
                "mple.com/a""#,
            "var x = 'ht' + 'tp://exam'+\n 'ple.com/a';",
            r"$x = 'http://exam'.'ple.com/a';",
            r#"$u = "{1}{0}" -f "tp://example.com/a", "ht""#,
            r#"var a = ["ht","tp","://example.com/a"].join("");"#,
            r#"x = Join(Array("ht", "tp://", "example.com/a"), "")"#,
            r#"x = Chr(104) & ChrW(&H74) & Chr$(116) & Chr(112) & "://example.com/a""#,
            "String.fromCharCode(104,116,116,112,58,47,47,101,120,97,109,112,108,101,46,99,111,109,47,97)",
            "[char]104+[char]0x74+'tp://example.com/a'",
            "-join [char[]](104,116,116,112,58,47,47,101,120,97,109,112,108,101,46,99,111,109,47,97)",
            "x = Array(104, 116, 116, 112, 58, 47, 47, 101, 120, 97, 109, 112, 108, 101, 46, 99, 111, 109, 47, 97)",
            "0x68,0x74,0x74,0x70,0x3a,0x2f,0x2f,0x65,0x78,0x61,0x6d,0x70,0x6c,0x65,0x2e,0x63,0x6f,0x6d,0x2f,0x61",
        ] {
            assert_eq!(found(code), ["http://example.com/a"], "{code}");
        }
    }

    #[test]
    fn what_is_not_joined_stays_apart() {
        for code in [
            r#"["http://example.com/a", "b"]"#,
            r#"x = "http" : y = "://example.com/a""#,
            r#"x = "ht" & name & "tp://example.com/a""#,
            "104, 116, 116",
            "don't say 'http' + anything",
            "\"unclosed + \n \"://example.com/a",
        ] {
            let all = found(code);
            assert!(
                all.iter().all(|url| url == "http://example.com/a" && code.contains(url.as_str())),
                "{code}: {all:?}"
            );
        }
    }

    #[test]
    fn hostile_code_ends() {
        for piece in ["'", "\"a\"+", "[char]1+", "chr(", "1,", "\"{0}\"-f", "\"{\"-f\"a\",", "日\"本'", "{0}{0}"] {
            found(&piece.repeat(20_000));
        }
    }
}
