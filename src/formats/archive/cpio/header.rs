//! One header of any make.

use crate::formats::fields::u16_at;

/// A header, cpio(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The make, in words.
    pub(super) make: &'static str,
    /// File type and permissions.
    pub(super) mode: u64,
    /// Bytes of the name, its zero included.
    pub(super) name_size: usize,
    /// Bytes of content, as stated.
    pub(super) size: u64,
    /// Sum of the content's bytes, of the CRC make.
    pub(super) sum: Option<u32>,
    /// Bytes of the header itself.
    length: usize,
    /// What name and content are padded to.
    unit: usize,
}

/// Longest name; no file system takes longer ones.
const MAX_NAME: usize = 64 << 10;

impl Header {
    /// The header at an offset; none if there is no such thing with a name behind it.
    pub(super) fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let header = match rest.get(..6)? {
            b"070701" => Self::new_ascii(rest, false)?,
            b"070702" => Self::new_ascii(rest, true)?,
            b"070707" => Self::portable(rest)?,
            b"070727" => Self::large(rest)?,
            [0xc7, 0x71, ..] => Self::binary(rest, u16::from_le_bytes)?,
            [0x71, 0xc7, ..] => Self::binary(rest, u16::from_be_bytes)?,
            _ => return None,
        };
        let end = header.length.checked_add(header.name_size)?;
        let is_named = (1..=MAX_NAME).contains(&header.name_size) && rest.get(end.checked_sub(1)?) == Some(&0);
        is_named.then_some(header)
    }

    /// "New ASCII" (SVR4): hexadecimal fields.
    fn new_ascii(rest: &[u8], has_sum: bool) -> Option<Self> {
        let field = |index: usize| digits(rest, index.checked_mul(8)?.checked_add(6)?, 8, 16);
        // All thirteen must be numbers, or letters that look like the magic would pass.
        for index in 0..13 {
            field(index)?;
        }
        Some(Header {
            make: if has_sum { "new ASCII with sums" } else { "new ASCII" },
            mode: field(1)?,
            name_size: usize::try_from(field(11)?).ok()?,
            size: field(6)?,
            sum: if has_sum { u32::try_from(field(12)?).ok() } else { None },
            length: 110,
            unit: 4,
        })
    }

    /// "Portable ASCII" (POSIX.1-1988): octal fields.
    fn portable(rest: &[u8]) -> Option<Self> {
        Some(Header {
            make: "portable ASCII",
            mode: digits(rest, 18, 6, 8)?,
            name_size: usize::try_from(digits(rest, 59, 6, 8)?).ok()?,
            size: digits(rest, 65, 11, 8)?,
            sum: None,
            length: 76,
            unit: 1,
        })
    }

    /// afio's header for large files: hexadecimal fields with letters between them.
    fn large(rest: &[u8]) -> Option<Self> {
        let letters = [(30, b'm'), (85, b'n'), (98, b's'), (115, b':')];
        if !letters.iter().all(|(at, letter)| rest.get(*at) == Some(letter)) {
            return None;
        }
        Some(Header {
            make: "afio",
            mode: digits(rest, 31, 6, 8)?,
            name_size: usize::try_from(digits(rest, 86, 4, 16)?).ok()?,
            size: digits(rest, 99, 16, 16)?,
            sum: None,
            length: 116,
            unit: 1,
        })
    }

    /// "Old binary": words in the byte order of the machine, long numbers with the high word first.
    fn binary(rest: &[u8], order: fn([u8; 2]) -> u16) -> Option<Self> {
        let word = |index: usize| u16_at(rest, index.checked_mul(2)?).map(|word| order(word.to_le_bytes()));
        Some(Header {
            make: "old binary",
            mode: word(3)?.into(),
            name_size: word(10)?.into(),
            size: (u64::from(word(11)?) << 16) | u64::from(word(12)?),
            sum: None,
            length: 26,
            unit: 2,
        })
    }

    /// Where the name begins.
    pub(super) fn name_at(&self, at: usize) -> usize {
        at.saturating_add(self.length)
    }

    /// Where the content begins: behind the name, padded together with the header.
    pub(super) fn data_at(&self, at: usize) -> usize {
        at.saturating_add(self.padded(self.length.saturating_add(self.name_size)))
    }

    /// A length with its padding.
    pub(super) fn padded(&self, length: usize) -> usize {
        length.checked_next_multiple_of(self.unit).unwrap_or(length)
    }
}

/// A number in digits; blanks may stand for leading zeros.
fn digits(rest: &[u8], at: usize, width: usize, radix: u32) -> Option<u64> {
    let text = std::str::from_utf8(rest.get(at..at.checked_add(width)?)?).ok()?.trim_matches([' ', '\0']);
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    if is_number { u64::from_str_radix(text, radix).ok() } else { None }
}
