//! RTF to tokens, the way Word cuts it (RTF 1.9.1, "Basic Entities"): any word is taken, lengths are clamped, nothing is
//! an error. Each byte is looked at once.

use memchr::memchr3;

/// Longest control word with its number, backslash included; Word cuts there, and what follows is text.
const MAX_WORD: usize = 254;

/// A piece of RTF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\word` or `\word-12`, without the blank that ends it.
    Word { name: &'a [u8], number: Option<i64> },
    /// `\*`, `\~`: one character that is no letter.
    Symbol(u8),
    /// `\'hh`; none where no two digits follow.
    Hex(Option<u8>),
    /// The bytes of `\bin`.
    Binary { data: &'a [u8], trick: Option<BinaryTrick> },
    /// Bytes up to the next brace or backslash.
    Text(&'a [u8]),
}

/// A length of `\bin` that no writer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BinaryTrick {
    /// None, or zero.
    Empty,
    /// Below zero.
    Negative,
    /// Beyond the end of the file.
    Beyond,
}

/// The tokens of a document.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// From the start.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Tokens { bytes, at: 0 }
    }

    /// Where the next token begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to read on from an offset: after binary data that claimed more than there is.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The next token.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.bytes.get(self.at..)?;
        match rest.first()? {
            b'{' => {
                self.at = self.at.saturating_add(1);
                Some(Token::Open)
            }
            b'}' => {
                self.at = self.at.saturating_add(1);
                Some(Token::Close)
            }
            b'\\' => Some(self.control(rest)),
            _ => {
                let length = memchr3(b'\\', b'{', b'}', rest).unwrap_or(rest.len());
                self.at = self.at.saturating_add(length);
                Some(Token::Text(rest.get(..length).unwrap_or(rest)))
            }
        }
    }

    /// What a backslash begins.
    fn control(&mut self, rest: &'a [u8]) -> Token<'a> {
        let Some(second) = rest.get(1).copied() else {
            self.at = self.at.saturating_add(1);
            return Token::Symbol(b'\\');
        };
        if second == b'\'' {
            let digits = (rest.get(2).and_then(|d| digit(*d)), rest.get(3).and_then(|d| digit(*d)));
            return match digits {
                (Some(high), Some(low)) => {
                    self.at = self.at.saturating_add(4);
                    Token::Hex(Some((high << 4) | low))
                }
                _ => {
                    self.at = self.at.saturating_add(2);
                    Token::Hex(None)
                }
            };
        }
        if !second.is_ascii_alphabetic() {
            self.at = self.at.saturating_add(2);
            return Token::Symbol(second);
        }
        let within = rest.get(..MAX_WORD).unwrap_or(rest);
        let letters = within.iter().skip(1).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let name_end = letters.saturating_add(1);
        let name = within.get(1..name_end).unwrap_or_default();
        let mut end = name_end;
        let is_negative =
            within.get(end) == Some(&b'-') && within.get(end.saturating_add(1)).is_some_and(u8::is_ascii_digit);
        end = end.saturating_add(usize::from(is_negative));
        let mut number: Option<i64> = None;
        while let Some(byte) = within.get(end).filter(|byte| byte.is_ascii_digit()) {
            let value = number.unwrap_or(0).saturating_mul(10).saturating_add(i64::from(byte.wrapping_sub(b'0')));
            number = Some(value);
            end = end.saturating_add(1);
        }
        if is_negative {
            number = number.map(i64::saturating_neg);
        }
        if rest.get(end) == Some(&b' ') {
            end = end.saturating_add(1);
        }
        self.at = self.at.saturating_add(end);
        if name == b"bin" { self.binary(number) } else { Token::Word { name, number } }
    }

    fn binary(&mut self, number: Option<i64>) -> Token<'a> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (data, trick) = match number {
            Some(length @ 1..) => match usize::try_from(length).ok().and_then(|length| rest.get(..length)) {
                Some(data) => (data, None),
                None => (rest, Some(BinaryTrick::Beyond)),
            },
            Some(0) | None => (&[][..], Some(BinaryTrick::Empty)),
            Some(_) => (&[][..], Some(BinaryTrick::Negative)),
        };
        self.at = self.at.saturating_add(data.len());
        Token::Binary { data, trick }
    }
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    match super::hex::VALUES.get(usize::from(byte)) {
        Some(value @ 0..=15) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8]) -> Vec<Token<'_>> {
        let mut tokens = Tokens::new(bytes);
        std::iter::from_fn(|| tokens.next()).collect()
    }

    #[test]
    fn words_numbers_symbols_and_text() {
        assert_eq!(
            tokens(br"{\rt\u-12 a\'4A\~b}"),
            [
                Token::Open,
                Token::Word { name: b"rt", number: None },
                Token::Word { name: b"u", number: Some(-12) },
                Token::Text(b"a"),
                Token::Hex(Some(0x4A)),
                Token::Symbol(b'~'),
                Token::Text(b"b"),
                Token::Close,
            ]
        );
        // A minus without a number is text.
        assert_eq!(tokens(br"\b-x"), [Token::Word { name: b"b", number: None }, Token::Text(b"-x")]);
        assert_eq!(tokens(br"\'zz"), [Token::Hex(None), Token::Text(b"zz")]);
        assert_eq!(tokens(b"\\"), [Token::Symbol(b'\\')]);
    }

    #[test]
    fn binary_lengths_are_clamped() {
        let binary = |data, trick| Token::Binary { data, trick };
        assert_eq!(tokens(br"\bin2 }{a"), [binary(b"}{", None), Token::Text(b"a")]);
        assert_eq!(tokens(br"\bin a"), [binary(b"", Some(BinaryTrick::Empty)), Token::Text(b"a")]);
        assert_eq!(tokens(br"\bin-4 a"), [binary(b"", Some(BinaryTrick::Negative)), Token::Text(b"a")]);
        let long = [br"\bin".to_vec(), b"9".repeat(200), b" ab".to_vec()].concat();
        assert_eq!(tokens(&long), [binary(b"ab", Some(BinaryTrick::Beyond))]);
    }

    #[test]
    fn a_word_is_cut_where_word_cuts_it() {
        let long = [b"\\".to_vec(), b"x".repeat(300)].concat();
        let cut = tokens(&long);
        assert!(matches!(cut.first(), Some(Token::Word { name, .. }) if name.len() == MAX_WORD - 1));
        assert!(matches!(cut.get(1), Some(Token::Text(text)) if text.len() == 47));
    }
}
