//! Bytes to objects (ISO 32000-1 §7.2 and §7.3). Total: whatever the bytes are, a value comes out or the reading
//! stops, and each byte is looked at a bounded number of times.

use super::object::{Dictionary, Name, Text, Value};

/// Nesting beyond this is cut off; honest files stay below twenty.
const MAX_DEPTH: usize = 64;

/// Numbers kept at the start of an array; nothing here looks at longer tables.
const KEPT_NUMBERS: usize = 64;

/// A cursor over PDF syntax.
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    position: usize,
    /// Values that may still be made: a file of a million tiny objects must not become gigabytes.
    values_left: usize,
    depth: usize,
    /// Whether a string ran into the end.
    is_unterminated: bool,
}

impl<'a> Lexer<'a> {
    /// A cursor at a position.
    pub(crate) fn new(bytes: &'a [u8], position: usize, values_left: usize) -> Self {
        Lexer { bytes, position, values_left, depth: 0, is_unterminated: false }
    }

    /// Where it stands.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Values that may still be made.
    pub(crate) fn values_left(&self) -> usize {
        self.values_left
    }

    /// Whether a string ran into the end of the bytes.
    pub(crate) fn is_unterminated(&self) -> bool {
        self.is_unterminated
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    fn step(&mut self, count: usize) {
        self.position = self.position.saturating_add(count).min(self.bytes.len());
    }

    /// Skips white space and comments, §7.2.2 and §7.2.3.
    pub(crate) fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            if is_blank(byte) {
                self.step(1);
            } else if byte == b'%' {
                let line = memchr::memchr2(b'\n', b'\r', self.rest()).unwrap_or(self.rest().len());
                self.step(line);
            } else {
                break;
            }
        }
    }

    /// Whether a keyword stands here; it is taken.
    pub(crate) fn take(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.step(word.len());
        }
        found
    }

    /// An unsigned integer; taken only if there is one.
    pub(crate) fn take_integer(&mut self) -> Option<u64> {
        let digits = self.rest().iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest().get(..digits).filter(|digits| !digits.is_empty())?;
        let number = std::str::from_utf8(text).ok()?.parse().ok()?;
        self.step(digits);
        Some(number)
    }

    /// The next object; none at the end, at a closing bracket or a keyword that ends objects.
    pub(crate) fn value(&mut self) -> Option<Value> {
        self.skip_blanks();
        self.values_left = self.values_left.checked_sub(1)?;
        match self.peek()? {
            b'/' => Some(Value::Name(self.name())),
            b'(' => Some(Value::Text(self.literal())),
            b'<' if self.rest().starts_with(b"<<") => self.nested(|lexer| Some(Value::Dictionary(lexer.dictionary()))),
            b'<' => Some(Value::Text(self.hexadecimal())),
            b'[' => self.nested(|lexer| Some(Value::Array(lexer.array()))),
            b']' | b'>' | b'}' | b')' => None,
            b'{' => {
                self.step(1);
                Some(Value::Other)
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => Some(self.number_or_reference()),
            _ => {
                let length = self.regular();
                let word = self.rest().get(..length).unwrap_or_default();
                if word.starts_with(b"endobj") || word.starts_with(b"endstream") || word.starts_with(b"stream") {
                    return None;
                }
                self.step(length.max(1));
                Some(Value::Other)
            }
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<Value>) -> Option<Value> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        let value = read(self);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    /// Length of the run of regular characters here, §7.2.2.
    fn regular(&self) -> usize {
        self.rest().iter().take_while(|byte| !is_blank(**byte) && !is_delimiter(**byte)).count()
    }

    /// A name, §7.3.5.
    fn name(&mut self) -> Name {
        self.step(1);
        let length = self.regular();
        let raw = self.rest().get(..length).unwrap_or_default();
        self.step(length);
        let mut bytes = Vec::new();
        let mut is_disguised = false;
        let mut rest = raw;
        while let Some((first, tail)) = rest.split_first() {
            match (first, tail) {
                (b'#', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                    (Some(high), Some(low)) => {
                        let byte = high << 4 | low;
                        is_disguised |= byte.is_ascii_alphanumeric();
                        bytes.push(byte);
                        rest = after;
                    }
                    _ => {
                        bytes.push(*first);
                        rest = tail;
                    }
                },
                _ => {
                    bytes.push(*first);
                    rest = tail;
                }
            }
        }
        Name { text: String::from_utf8_lossy(&bytes).into_owned(), is_disguised }
    }

    /// A literal string, §7.3.4.2.
    fn literal(&mut self) -> Text {
        self.step(1);
        let mut bytes = Vec::new();
        let mut open = 1usize;
        let mut is_encoded = false;
        while let Some(byte) = self.peek() {
            self.step(1);
            match byte {
                b'(' => open = open.saturating_add(1),
                b')' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    let Some(escaped) = self.peek() else { break };
                    match escaped {
                        b'n' => bytes.push(b'\n'),
                        b'r' => bytes.push(b'\r'),
                        b't' => bytes.push(b'\t'),
                        b'b' => bytes.push(8),
                        b'f' => bytes.push(12),
                        b'0'..=b'7' => {
                            is_encoded = true;
                            let digits = self.rest().iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
                            let code = self
                                .rest()
                                .iter()
                                .take(digits)
                                .fold(0u16, |code, digit| (code << 3) | u16::from(digit.wrapping_sub(b'0')));
                            bytes.push((code & 0xff) as u8);
                            self.step(digits);
                            continue;
                        }
                        b'\r' | b'\n' => {
                            is_encoded = true;
                            self.step(if self.rest().starts_with(b"\r\n") { 2 } else { 1 });
                            continue;
                        }
                        other => bytes.push(other),
                    }
                    self.step(1);
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
        self.is_unterminated |= open > 0;
        is_encoded |= bytes.starts_with(b"\xfe\xff") || bytes.starts_with(b"\xff\xfe");
        Text { bytes, is_encoded }
    }

    /// A hexadecimal string, §7.3.4.3.
    fn hexadecimal(&mut self) -> Text {
        self.step(1);
        let end = memchr::memchr(b'>', self.rest());
        self.is_unterminated |= end.is_none();
        let length = end.unwrap_or(self.rest().len());
        let bytes = from_hex(self.rest().get(..length).unwrap_or_default());
        self.step(length.saturating_add(1));
        Text { bytes, is_encoded: true }
    }

    fn array(&mut self) -> Vec<Value> {
        self.step(1);
        let mut values = Vec::new();
        loop {
            match self.value() {
                // Tables of widths and offsets: read, not kept, not counted.
                Some(Value::Integer(_) | Value::Other) if values.len() >= KEPT_NUMBERS => {
                    self.values_left = self.values_left.saturating_add(1);
                }
                Some(value) => values.push(value),
                None => {
                    self.take(b"]");
                    return values;
                }
            }
        }
    }

    /// A dictionary, §7.3.7. Keys that are no names are passed over.
    fn dictionary(&mut self) -> Dictionary {
        self.step(2);
        let mut entries = Vec::new();
        loop {
            self.skip_blanks();
            if self.take(b">>") {
                break;
            }
            if self.peek() == Some(b'/') {
                let name = self.name();
                self.skip_blanks();
                // A key without a value, at the end.
                let value = if self.rest().starts_with(b">>") { Some(Value::Other) } else { self.value() };
                match value {
                    Some(value) => entries.push((name, value)),
                    None => {
                        // A stray bracket, a cut-off, or nesting too deep: the key is kept, for what it says.
                        entries.push((name, Value::Other));
                        if self.values_left == 0 || !self.pass_stray() {
                            break;
                        }
                    }
                }
            } else if self.value().is_none() && (self.values_left == 0 || !self.pass_stray()) {
                break;
            }
        }
        Dictionary(entries)
    }

    /// Steps over a bracket that closes nothing; false where the dictionary should be given up.
    fn pass_stray(&mut self) -> bool {
        match self.peek() {
            Some(b']' | b')' | b'}' | b'[' | b'<') => {
                self.step(1);
                true
            }
            Some(b'>') if !self.rest().starts_with(b">>") => {
                self.step(1);
                true
            }
            Some(b'>') => true,
            _ => false,
        }
    }

    /// A number, or `N G R`, §7.3.10.
    fn number_or_reference(&mut self) -> Value {
        let start = self.position;
        if let Some(number) = self.take_integer() {
            let after = self.position;
            if let Ok(number) = u32::try_from(number) {
                self.skip_spaces();
                if self.position > after && self.take_integer().is_some() {
                    let generation_end = self.position;
                    self.skip_spaces();
                    if self.position > generation_end && self.peek() == Some(b'R') {
                        self.step(1);
                        if self.regular() == 0 {
                            return Value::Reference(number);
                        }
                    }
                }
            }
            self.position = after;
            if self.regular() == 0 {
                return i64::try_from(number).map_or(Value::Other, Value::Integer);
            }
        }
        self.position = start;
        let length = self.regular().max(1);
        let text = self.rest().get(..length).unwrap_or_default();
        let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok());
        self.step(length);
        number.map_or(Value::Other, Value::Integer)
    }

    fn skip_spaces(&mut self) {
        let blanks = self.rest().iter().take_while(|byte| is_blank(**byte)).count();
        self.step(blanks);
    }
}

/// White space, §7.2.2 table 1.
pub(crate) const fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

/// Delimiters, §7.2.2 table 2.
const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Hexadecimal digits to bytes, anything else passed over; a missing last digit is zero.
pub(super) fn from_hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text.iter().filter_map(|byte| hex_digit(*byte)).collect();
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        Lexer::new(text.as_bytes(), 0, 1_000).value().unwrap()
    }

    #[test]
    fn reads_names_strings_and_references() {
        let value = read("<< /#4a#53 (a\\(b\\)\\101) /K [1 -2 3 0 R 4.5] /H <FEFF 0041> /N /x#2Fy >>");
        let dictionary = value.dictionary().unwrap();
        assert_eq!(dictionary.get("JS").unwrap().text().unwrap(), "a(b)A");
        assert!(dictionary.0.first().unwrap().0.is_disguised);
        assert_eq!(dictionary.get("H").unwrap().text().unwrap(), "A");
        let Some(Value::Array(values)) = dictionary.get("K") else { panic!("no array") };
        assert_eq!(values, &[Value::Integer(1), Value::Integer(-2), Value::Reference(3), Value::Other]);
        // A slash in a name has to be escaped: no disguise.
        assert!(matches!(dictionary.get("N"), Some(Value::Name(name)) if name.text == "x/y" && !name.is_disguised));
    }

    #[test]
    fn damaged_nesting_ends() {
        for text in ["<< /A [ 1 2 >> ", "<< /A << /B ] >> >>", "[[[[", "<< /A", "<< ) ) /B 1 >>", "(((", "<41"] {
            let _ = Lexer::new(text.as_bytes(), 0, 1_000).value();
        }
        let deep = "[".repeat(100_000);
        let _ = Lexer::new(deep.as_bytes(), 0, 1_000_000).value();
        let deep = "<</A".repeat(100_000);
        let _ = Lexer::new(deep.as_bytes(), 0, 1_000_000).value();
    }
}
