//! Texts of BIFF: bytes in a code page up to BIFF5, Unicode with a flag byte in BIFF8 (MS-XLS 2.5.240, 2.5.293 to
//! 2.5.296).

use encoding_rs::UTF_16LE;

use crate::formats::fields::u16_at;
use crate::formats::office::vba::CodePage;

/// A text in a code page.
pub(super) fn narrow(bytes: &[u8], count: usize, page: CodePage) -> String {
    page.decode(bytes.get(..count).unwrap_or(bytes)).0
}

/// UTF-16, at most `count` units.
pub(super) fn wide(bytes: &[u8], count: usize) -> String {
    let end = count.saturating_mul(2).min(bytes.len());
    UTF_16LE.decode_without_bom_handling(bytes.get(..end).unwrap_or_default()).0.into_owned()
}

/// A text behind its count of characters, and the bytes it took with its flag byte (XLUnicodeStringNoCch, 2.5.296).
/// Formatting runs and phonetic data, which some records allow, are skipped.
pub(super) fn unicode(bytes: &[u8], count: usize) -> (String, usize) {
    let Some((flags, rest)) = bytes.split_first() else { return (String::new(), 0) };
    let mut skip = 0usize;
    let mut tail = 0usize;
    if flags & 0x08 != 0 {
        tail = usize::from(u16_at(rest, skip).unwrap_or_default()).saturating_mul(4);
        skip = skip.saturating_add(2);
    }
    if flags & 0x04 != 0 {
        let size = crate::formats::fields::size_at(rest, skip).unwrap_or_default();
        tail = tail.saturating_add(size);
        skip = skip.saturating_add(4);
    }
    let rest = rest.get(skip..).unwrap_or_default();
    let (text, size) = if flags & 1 == 0 {
        // The low bytes of UTF-16: Latin-1 proper, not a code page.
        (rest.iter().take(count).map(|byte| char::from(*byte)).collect(), count)
    } else {
        (wide(rest, count), count.saturating_mul(2))
    };
    (text, size.min(rest.len()).saturating_add(skip).saturating_add(tail).saturating_add(1).min(bytes.len()))
}

/// Bytes of a record and its CONTINUE records, read in order. Characters go on in the next record behind a new flag byte.
pub(super) struct Pieces<'a> {
    pieces: Vec<&'a [u8]>,
    piece: usize,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(pieces: Vec<&'a [u8]>) -> Self {
        Pieces { pieces, piece: 0, at: 0 }
    }

    fn rest(&mut self) -> Option<&'a [u8]> {
        loop {
            let piece = *self.pieces.get(self.piece)?;
            match piece.get(self.at..) {
                Some(rest) if !rest.is_empty() => return Some(rest),
                _ => {
                    self.piece = self.piece.saturating_add(1);
                    self.at = 0;
                }
            }
        }
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.rest()?.first()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 {
            let Some(rest) = self.rest() else { return };
            let step = count.min(rest.len());
            self.at = self.at.saturating_add(step);
            count = count.saturating_sub(step);
        }
    }

    /// XLUnicodeRichExtendedString, 2.5.293.
    pub(super) fn rich(&mut self) -> Option<String> {
        let mut count = usize::from(self.u16()?);
        let mut flags = self.byte()?;
        let runs = if flags & 0x08 != 0 { usize::from(self.u16()?) } else { 0 };
        let phonetic = if flags & 0x04 != 0 { usize::try_from(self.u32()?).ok()? } else { 0 };
        let mut text = String::new();
        while count > 0 {
            let Some(rest) = self.rest() else { break };
            let is_next = self.at == 0 && !text.is_empty();
            let rest = if is_next {
                flags = self.byte()?;
                rest.get(1..).unwrap_or_default()
            } else {
                rest
            };
            let unit = if flags & 1 == 0 { 1usize } else { 2 };
            let taken = count.min(rest.len().checked_div(unit).unwrap_or_default());
            if taken == 0 {
                // Half a character, or a flag byte with nothing behind it.
                self.skip(rest.len());
                continue;
            }
            let size = taken.saturating_mul(unit);
            let bytes = rest.get(..size).unwrap_or_default();
            if unit == 1 {
                text.extend(bytes.iter().map(|byte| char::from(*byte)));
            } else {
                text.push_str(&wide(bytes, taken));
            }
            self.skip(size);
            count = count.saturating_sub(taken);
        }
        self.skip(runs.saturating_mul(4).saturating_add(phonetic));
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_and_wide_texts() {
        assert_eq!(unicode(&[0, b'a', 0xE9, b'x'], 2), ("aé".to_owned(), 3));
        assert_eq!(unicode(&[1, 0x42, 0x30], 1), ("あ".to_owned(), 3));
        assert_eq!(unicode(&[8, 1, 0, b'a', 9, 9, 9, 9, 7], 1), ("a".to_owned(), 8));
        assert_eq!(narrow(&[0x83, 0x41], 2, CodePage(932)), "ア");
    }

    #[test]
    fn a_text_goes_on_in_the_next_record_in_another_width() {
        let mut pieces = Pieces::new(vec![&[4, 0, 0, b'a', b'b'], &[1, 0x42, 0x30, 0x44, 0x30, 1, 0, 0, b'z']]);
        assert_eq!(pieces.rich().as_deref(), Some("abあい"));
        assert_eq!(pieces.rich().as_deref(), Some("z"));
        assert_eq!(pieces.rich(), None);
    }
}
