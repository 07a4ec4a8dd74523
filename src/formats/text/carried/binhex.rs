//! BinHex 4.0 (RFC 1741): a Macintosh file, data fork and resource fork, in 64 printable characters between colons, runs
//! shortened. Decoding is a stream, since a run of one character in the text may be 255 bytes.

use std::io::{self, Read};

/// The line that stands before the data; what follows in it differs between writers.
const MARK: &[u8] = b"(This file must be converted";

/// A BinHex file in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Offset of the line that announces it.
    pub(super) offset: usize,
    /// Offset of the first character of its data.
    pub(super) data: usize,
}

/// The BinHex files in a text.
pub(super) fn places(input: &[u8]) -> Vec<Place> {
    const MAX_FILES: usize = 100;
    let mut found: Vec<Place> = Vec::new();
    for offset in memchr::memmem::find_iter(input, MARK).take(MAX_FILES) {
        // Between the mark and the colon stand the version and line ends.
        const LONGEST_GAP: usize = 256;
        let start = offset.saturating_add(MARK.len());
        let gap = input.get(start..start.saturating_add(LONGEST_GAP).min(input.len())).unwrap_or_default();
        let line = memchr::memchr2(b'\n', b'\r', gap).unwrap_or(gap.len());
        let Some(colon) = gap.get(line..).and_then(|rest| memchr::memchr(b':', rest)) else { continue };
        let data = start.saturating_add(line).saturating_add(colon).saturating_add(1);
        found.push(Place { offset, data });
    }
    found
}

/// The alphabet, RFC 1741 appendix A.
const ALPHABET: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

const VALUES: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut value = 0;
    while value < 64 {
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[ALPHABET[value] as usize] = value as u8;
        }
        value += 1;
    }
    table
};

/// The bytes of a BinHex stream: six bits a character, runs expanded (`0x90 count` repeats the byte before it).
#[derive(Debug)]
pub(super) struct Decoder<'a> {
    input: &'a [u8],
    at: usize,
    held: u32,
    bits: u8,
    last: u8,
    repeats: u8,
    is_done: bool,
    /// An error that comes after bytes already handed out.
    failed: Option<io::Error>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(input: &'a [u8], place: Place) -> Self {
        Decoder { input, at: place.data, held: 0, bits: 0, last: 0, repeats: 0, is_done: false, failed: None }
    }

    /// The next byte before runs are expanded; none at the colon that ends the data.
    fn raw(&mut self) -> io::Result<Option<u8>> {
        // Lines are short; more white space than this is no line end.
        const LONGEST_GAP: usize = 4_096;
        let mut gap = 0usize;
        while self.bits < 8 {
            let Some(&character) = self.input.get(self.at) else {
                self.is_done = true;
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "BinHex data without its last colon"));
            };
            self.at = self.at.saturating_add(1);
            if character.is_ascii_whitespace() && gap < LONGEST_GAP {
                gap = gap.saturating_add(1);
                continue;
            }
            if character == b':' {
                self.is_done = true;
                return Ok(None);
            }
            let value = VALUES.get(usize::from(character)).copied().unwrap_or(0xff);
            if value == 0xff {
                self.is_done = true;
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a character that is none of BinHex"));
            }
            self.held = (self.held << 6) | u32::from(value);
            self.bits = self.bits.saturating_add(6);
        }
        self.bits = self.bits.saturating_sub(8);
        let [.., byte] = (self.held >> self.bits).to_be_bytes();
        self.held &= (1 << self.bits) - 1;
        Ok(Some(byte))
    }

    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        const RUN: u8 = 0x90;
        loop {
            if let Some(left) = self.repeats.checked_sub(1) {
                self.repeats = left;
                return Ok(Some(self.last));
            }
            if self.is_done {
                return Ok(None);
            }
            let Some(byte) = self.raw()? else { return Ok(None) };
            if byte != RUN {
                self.last = byte;
                return Ok(Some(byte));
            }
            match self.raw()? {
                None => return Ok(None),
                // A run marker that stands for itself.
                Some(0) => {
                    self.last = RUN;
                    return Ok(Some(RUN));
                }
                Some(count) => self.repeats = count.saturating_sub(1),
            }
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut given = 0usize;
        for slot in out.iter_mut() {
            match self.next_byte() {
                Ok(Some(byte)) => *slot = byte,
                Ok(None) => break,
                Err(error) if given > 0 => {
                    self.failed = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
            given = given.saturating_add(1);
        }
        Ok(given)
    }
}

/// The header of a BinHex file, RFC 1741 appendix A.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Its name, MacRoman.
    pub(super) name: Vec<u8>,
    /// Type and creator, four characters each.
    pub(super) kind: String,
    /// Bytes of the data fork.
    pub(super) data: u64,
    /// Bytes of the resource fork.
    pub(super) resource: u64,
}

impl Head {
    /// Reads it: length and name, a zero, type, creator, flags, two lengths, a checksum.
    pub(super) fn read(from: &mut Decoder<'_>) -> Option<Head> {
        let mut length = [0u8];
        from.read_exact(&mut length).ok()?;
        let [length @ 1..=63] = length else { return None };
        let mut name = vec![0u8; usize::from(length)];
        from.read_exact(&mut name).ok()?;
        let mut rest = [0u8; 1 + 4 + 4 + 2 + 4 + 4 + 2];
        from.read_exact(&mut rest).ok()?;
        let number = |at: usize| rest.get(at..).and_then(<[u8]>::first_chunk::<4>).map(|raw| u32::from_be_bytes(*raw));
        let kind = rest.get(1..9).unwrap_or_default();
        Some(Head {
            name,
            kind: String::from_utf8_lossy(kind).into_owned(),
            data: u64::from(number(11)?),
            resource: u64::from(number(15)?),
        })
    }
}

/// Skips the checksum behind a fork.
pub(super) fn skip_checksum(from: &mut Decoder<'_>) {
    let mut checksum = [0u8; 2];
    let _ = from.read_exact(&mut checksum);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &[u8]) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let result = Decoder::new(text, Place { offset: 0, data: 0 }).read_to_end(&mut out);
        (out, result.is_ok())
    }

    #[test]
    fn characters_and_runs() {
        // 0x90 0x00 is the marker itself; "a" 0x90 0x04 is four a's.
        let text: Vec<u8> = sekisho_samples::mail::binhex_characters(&[b'a', 0x90, 4, b'b', 0x90, 0, b'c']);
        assert_eq!(decoded(&[text.as_slice(), b":"].concat()), (b"aaaab\x90c".to_vec(), true));
        assert!(!decoded(&text).1);
        assert!(!decoded(b"!!!~").1);
    }

    #[test]
    fn the_mark_is_found_and_a_mention_of_it_is_not() {
        let text = b"x\n(This file must be converted with BinHex 4.0)\r\n\r\n:abc:";
        assert_eq!(places(text), [Place { offset: 2, data: 52 }]);
        assert!(places(b"(This file must be converted with BinHex 4.0) they say").is_empty());
    }
}
