//! VBA source to tokens, MS-VBAL 3.2 and 3.3: comments and continued lines are gone, names are case-blind, texts keep
//! their content. Whatever is malformed becomes some token; nothing stops the lexer.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or keyword; of `[a name]`, the name without its brackets.
    Word,
    /// A text literal, with its quotes.
    Text,
    /// A number.
    Number,
    /// A date between `#`.
    Date,
    /// One other character.
    Symbol,
    /// The end of a logical line.
    LineEnd,
}

/// A token: where it stands in the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    start: u32,
    end: u32,
    /// Line, counted from 1.
    pub(super) line: u32,
}

impl Token {
    fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Source cut into tokens. It is at most some megabytes, so offsets take 32 bits.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// The source.
    pub(super) text: String,
    /// The source in ASCII lower case: same offsets, so that names compare by slices.
    pub(super) lower: String,
    pub(super) tokens: Vec<Token>,
}

impl Lexed {
    /// Cuts source into tokens.
    pub(super) fn new(text: &str) -> Self {
        let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, line: 1, tokens: Vec::new() };
        while lexer.step() {}
        lexer.push(TokenKind::LineEnd, text.len());
        Lexed { text: text.to_owned(), lower: text.to_ascii_lowercase(), tokens: lexer.tokens }
    }

    /// A token's spelling in lower case; empty past the end.
    pub(super) fn lower(&self, index: usize) -> &str {
        self.tokens.get(index).and_then(|token| self.lower.get(token.range())).unwrap_or_default()
    }

    /// A token's own spelling.
    pub(super) fn spelling(&self, index: usize) -> &str {
        self.tokens.get(index).and_then(|token| self.text.get(token.range())).unwrap_or_default()
    }

    pub(super) fn kind(&self, index: usize) -> TokenKind {
        self.tokens.get(index).map_or(TokenKind::LineEnd, |token| token.kind)
    }

    pub(super) fn line(&self, index: usize) -> u32 {
        self.tokens.get(index).map_or(0, |token| token.line)
    }

    /// Whether a token is this symbol.
    pub(super) fn is(&self, index: usize, symbol: &str) -> bool {
        self.kind(index) == TokenKind::Symbol && self.lower(index) == symbol
    }

    /// Whether a token is this word, in lower case.
    pub(super) fn is_word(&self, index: usize, word: &str) -> bool {
        self.kind(index) == TokenKind::Word && self.lower(index) == word
    }

    /// What a text literal says: without its quotes, doubled quotes halved.
    pub(super) fn literal(&self, index: usize) -> String {
        let spelling = self.spelling(index);
        let inner = spelling.strip_prefix('"').unwrap_or(spelling);
        inner.strip_suffix('"').unwrap_or(inner).replace("\"\"", "\"")
    }
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    tokens: Vec<Token>,
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.at.checked_add(ahead).and_then(|at| self.bytes.get(at)).copied()
    }

    /// Pushes a token from here to `end` and goes there.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, start: offset(self.at), end: offset(end), line: self.line });
        self.at = end;
    }

    /// First offset from here on where the byte does not satisfy a test.
    fn run(&self, from: usize, test: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        from.saturating_add(rest.iter().position(|byte| !test(*byte)).unwrap_or(rest.len()))
    }

    fn step(&mut self) -> bool {
        let Some(byte) = self.peek(0) else { return false };
        let next = self.at.saturating_add(1);
        match byte {
            b'\r' | b'\n' => {
                let end = if byte == b'\r' && self.peek(1) == Some(b'\n') { next.saturating_add(1) } else { next };
                self.push(TokenKind::LineEnd, end);
                self.line = self.line.saturating_add(1);
            }
            b'_' if self.continuation(self.at).is_some() && self.after_blank() => {
                self.at = self.continuation(self.at).unwrap_or(next);
                self.line = self.line.saturating_add(1);
            }
            byte if byte.is_ascii_whitespace() || byte == 0 => self.at = next,
            0xc2 | 0xe2 | 0xe3 | 0xef if self.wide_blank(self.at).is_some() => {
                self.at = self.wide_blank(self.at).unwrap_or(next);
            }
            b'\'' => self.comment(),
            b'"' => self.text_literal(),
            b'[' => self.bracketed(),
            b'#' => self.date_or_symbol(),
            b'&' if self.is_based_number() => {
                let end = self.run(self.at.saturating_add(2), |byte| byte.is_ascii_hexdigit());
                let end = if self.bytes.get(end) == Some(&b'&') { end.saturating_add(1) } else { end };
                self.push(TokenKind::Number, end);
            }
            b'0'..=b'9' => {
                let mut end = self.run(next, |byte| byte.is_ascii_digit() || byte == b'.');
                if matches!(self.bytes.get(end), Some(b'e' | b'E' | b'd' | b'D')) {
                    let sign = end.saturating_add(1);
                    let digits =
                        if matches!(self.bytes.get(sign), Some(b'+' | b'-')) { sign.saturating_add(1) } else { sign };
                    if self.bytes.get(digits).is_some_and(u8::is_ascii_digit) {
                        end = self.run(digits, |byte| byte.is_ascii_digit());
                    }
                }
                self.push(TokenKind::Number, end);
                // Type suffixes of numbers; `&` too, since no operand follows a number directly.
                if matches!(self.peek(0), Some(b'%' | b'!' | b'@' | b'#' | b'^')) {
                    self.at = self.at.saturating_add(1);
                }
            }
            byte if is_name_byte(byte) => self.word(),
            _ => self.push(TokenKind::Symbol, next),
        }
        true
    }

    fn word(&mut self) {
        let mut end = self.run(self.at, is_name_byte);
        let is_ascii = self.bytes.get(self.at..end).is_none_or(<[u8]>::is_ascii);
        if !is_ascii && let Some(blank) = (self.at..end).find(|at| self.wide_blank(*at).is_some()) {
            end = blank;
        }
        let word = self.bytes.get(self.at..end).unwrap_or_default();
        // `Rem` makes a comment at the start of a statement only.
        if word.eq_ignore_ascii_case(b"rem") && self.starts_statement() {
            self.comment();
            return;
        }
        self.push(TokenKind::Word, end);
        // The suffix of a string function or variable says nothing that its name does not.
        if self.peek(0) == Some(b'$') {
            self.at = self.at.saturating_add(1);
        }
    }

    /// Where a blank outside ASCII ends, if one starts here: no-break, ideographic and other wide spaces, byte order marks.
    fn wide_blank(&self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at..)?;
        let length = match rest {
            [0xc2, 0xa0, ..] => 2,
            [0xe2, 0x80, 0x80..=0x8b | 0xaf, ..] | [0xe3, 0x80, 0x80, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
            _ => return None,
        };
        at.checked_add(length)
    }

    fn starts_statement(&self) -> bool {
        self.tokens.last().is_none_or(|last| match last.kind {
            TokenKind::LineEnd => true,
            TokenKind::Symbol => self.bytes.get(last.range().start) == Some(&b':'),
            TokenKind::Word => {
                let word = self.bytes.get(last.range()).unwrap_or_default();
                word.eq_ignore_ascii_case(b"then") || word.eq_ignore_ascii_case(b"else")
            }
            _ => false,
        })
    }

    fn after_blank(&self) -> bool {
        self.at.checked_sub(1).and_then(|at| self.bytes.get(at)).is_none_or(u8::is_ascii_whitespace)
    }

    /// Where the next line starts, if the underscore at `at` continues this one: only blanks may follow it.
    fn continuation(&self, at: usize) -> Option<usize> {
        let end = self.run(at.checked_add(1)?, |byte| byte == b' ' || byte == b'\t');
        match (self.bytes.get(end)?, self.bytes.get(end.checked_add(1)?)) {
            (b'\r', Some(b'\n')) => end.checked_add(2),
            (b'\r' | b'\n', _) => end.checked_add(1),
            _ => None,
        }
    }

    /// A comment ends with its logical line: one that ends in ` _` goes on in the next.
    fn comment(&mut self) {
        loop {
            let end = self.run(self.at, |byte| byte != b'\r' && byte != b'\n');
            let line = self.bytes.get(self.at..end).unwrap_or_default().trim_ascii_end();
            let goes_on = matches!(line, [.., b' ' | b'\t', b'_']);
            let underscore = self.at.saturating_add(line.len()).saturating_sub(1);
            match self.continuation(underscore).filter(|_| goes_on) {
                Some(next) => {
                    self.at = next;
                    self.line = self.line.saturating_add(1);
                }
                None => {
                    self.at = end;
                    return;
                }
            }
        }
    }

    /// A text ends at its closing quote (two quotes are one inside it) or, where there is none, with the line.
    fn text_literal(&mut self) {
        let mut end = self.at.saturating_add(1);
        loop {
            end = self.run(end, |byte| !matches!(byte, b'"' | b'\r' | b'\n'));
            if self.bytes.get(end) != Some(&b'"') {
                break;
            }
            end = end.saturating_add(1);
            if self.bytes.get(end) != Some(&b'"') {
                break;
            }
            end = end.saturating_add(1);
        }
        self.push(TokenKind::Text, end);
    }

    fn bracketed(&mut self) {
        let inner = self.at.saturating_add(1);
        let end = self.run(inner, |byte| !matches!(byte, b']' | b'\r' | b'\n'));
        if self.bytes.get(end) == Some(&b']') && end > inner {
            self.at = inner;
            self.push(TokenKind::Word, end);
            self.at = end.saturating_add(1);
        } else {
            self.push(TokenKind::Symbol, inner);
        }
    }

    /// `#1/2/2016#` is a date; `#1` a file number, `#If` a directive.
    fn date_or_symbol(&mut self) {
        let next = self.at.saturating_add(1);
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b':' | b'-' | b' ' | b'.');
        let end = self.run(next, is_part);
        let inner = self.bytes.get(next..end).unwrap_or_default();
        let is_date = self.bytes.get(end) == Some(&b'#')
            && inner.iter().any(u8::is_ascii_digit)
            && inner.iter().any(|byte| matches!(byte, b'/' | b':' | b'-'));
        if is_date {
            self.push(TokenKind::Date, end.saturating_add(1));
        } else {
            self.push(TokenKind::Symbol, next);
        }
    }

    /// `&H41` and `&O101`, where no operand stands before that `&` would join.
    fn is_based_number(&self) -> bool {
        let is_digit: fn(u8) -> bool = match self.peek(1) {
            Some(b'h' | b'H') => |byte| byte.is_ascii_hexdigit(),
            Some(b'o' | b'O') => |byte| byte.is_ascii_digit(),
            _ => return false,
        };
        let end = self.run(self.at.saturating_add(2), is_digit);
        let ends_well = self.bytes.get(end).is_none_or(|byte| !is_name_byte(*byte));
        let after_operand = self.tokens.last().is_some_and(|last| match last.kind {
            TokenKind::Text | TokenKind::Number | TokenKind::Date => true,
            TokenKind::Word => {
                let word = self.bytes.get(last.range()).unwrap_or_default();
                !WORDS_BEFORE_OPERANDS.iter().any(|known| word.eq_ignore_ascii_case(known))
                    && self.peek(2).is_some_and(|_| last.range().end == self.at)
            }
            TokenKind::Symbol => self.bytes.get(last.range().start) == Some(&b')'),
            TokenKind::LineEnd => false,
        });
        end > self.at.saturating_add(2) && ends_well && !after_operand
    }
}

const WORDS_BEFORE_OPERANDS: [&[u8]; 10] =
    [b"xor", b"and", b"or", b"mod", b"not", b"to", b"step", b"case", b"eqv", b"imp"];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        let lexed = Lexed::new(source);
        (0..lexed.tokens.len())
            .filter(|index| lexed.kind(*index) != TokenKind::LineEnd)
            .map(|index| lexed.lower(index).to_owned())
            .collect()
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(words("x = 1 ' Shell \"a\"\ny"), ["x", "=", "1", "y"]);
        assert_eq!(words("Rem Shell\nRemote = 1: REM Shell\nz"), ["remote", "=", "1", ":", "z"]);
        assert_eq!(words("' hides _\r\nShell \"a\"\r\nb"), ["b"], "a comment goes on after an underscore");
        assert_eq!(words("' a_\nb"), ["b"], "an underscore without a blank before it continues nothing");
    }

    #[test]
    fn texts_keep_quotes_and_apostrophes() {
        let lexed = Lexed::new("a = \"it's \"\"x\"\"\" & \"open");
        assert_eq!(lexed.literal(2), "it's \"x\"");
        assert_eq!(lexed.literal(4), "open");
    }

    #[test]
    fn lines_are_joined_and_counted() {
        let lexed = Lexed::new("Shell _ \r\n  \"a\"\r\nNext");
        assert_eq!(words("Shell _ \r\n  \"a\"\r\nNext"), ["shell", "\"a\"", "next"]);
        assert_eq!(lexed.line(0), 1);
        assert_eq!(lexed.tokens.iter().position(|t| t.line == 3 && t.kind == TokenKind::Word), Some(3));
    }

    #[test]
    fn numbers_dates_and_brackets() {
        assert_eq!(words("x = &H41 & &HFF& & Chr$(9)"), ["x", "=", "&h41", "&", "&hff&", "&", "chr", "(", "9", ")"]);
        assert_eq!(words("a &Head"), ["a", "&head"]);
        assert_eq!(words("a&b"), ["a", "&", "b"]);
        assert_eq!(words("d = #1/2/2016 10:00 AM#"), ["d", "=", "#1/2/2016 10:00 am#"]);
        assert_eq!(words("Print #1, [Shell]"), ["print", "#", "1", ",", "shell"]);
        assert_eq!(words("x = 1.5E+3#"), ["x", "=", "1.5e+3"]);
    }

    #[test]
    fn blanks_of_other_scripts_are_blanks() {
        assert_eq!(words("Shell\u{3000}\"a\"\u{a0}& 集計\u{2003}x"), ["shell", "\"a\"", "&", "集計", "x"]);
    }

    #[test]
    fn anything_goes_through() {
        let noise: String = (0..20_000u32).map(|n| char::from((n.wrapping_mul(2_654_435_761) >> 24) as u8)).collect();
        let lexed = Lexed::new(&noise);
        assert!(lexed.tokens.len() > 10);
        Lexed::new("\"");
        Lexed::new("_");
        Lexed::new("&H");
        Lexed::new("#");
        Lexed::new("[");
    }
}
