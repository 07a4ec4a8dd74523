//! Compressed RTF (MS-OXRTFCP): LZ77 over a window that starts out filled with common control words.

use std::io::{self, Read};

use crate::formats::fields::u32_at;

/// The window at the start, MS-OXRTFCP 2.1.2.1.
const PRELOADED: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \
\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;
const HEADER: usize = 16;

/// Whether bytes start with the header of a compressed RTF.
pub(crate) fn decoder(bytes: &[u8]) -> Option<Decoder<'_>> {
    let declared = u32_at(bytes, 4)?;
    // The size counts itself out: it leaves its own four bytes away.
    let end = usize::try_from(u32_at(bytes, 0)?).ok()?.saturating_add(4).min(bytes.len());
    let packed = bytes.get(HEADER..end)?;
    let is_compressed = match bytes.get(8..12)? {
        b"LZFu" => true,
        b"MELA" => false,
        _ => return None,
    };
    Some(Decoder { packed, is_compressed, declared, ..Decoder::over(packed) })
}

/// Decodes as it is read.
pub(crate) struct Decoder<'a> {
    packed: &'a [u8],
    is_compressed: bool,
    /// Bytes the header promises.
    pub(crate) declared: u32,
    window: [u8; WINDOW],
    write: usize,
    /// Flags of the run of eight tokens under way, and how many are left.
    flags: u8,
    left: u8,
    /// A match being copied: from where, how many more.
    copy: (usize, usize),
    ended: bool,
}

impl<'a> Decoder<'a> {
    fn over(packed: &'a [u8]) -> Self {
        let mut window = [b' '; WINDOW];
        for (slot, byte) in window.iter_mut().zip(PRELOADED) {
            *slot = *byte;
        }
        Decoder {
            packed,
            is_compressed: true,
            declared: 0,
            window,
            write: PRELOADED.len(),
            flags: 0,
            left: 0,
            copy: (0, 0),
            ended: false,
        }
    }

    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.packed.split_first()?;
        self.packed = rest;
        Some(*first)
    }

    fn put(&mut self, byte: u8) -> u8 {
        if let Some(slot) = self.window.get_mut(self.write) {
            *slot = byte;
        }
        self.write = self.write.wrapping_add(1) % WINDOW;
        byte
    }

    /// The next byte; none at the end, whether marked or not.
    fn next(&mut self) -> Option<u8> {
        loop {
            if self.copy.1 > 0 {
                let byte = self.window.get(self.copy.0).copied()?;
                self.copy = (self.copy.0.wrapping_add(1) % WINDOW, self.copy.1.saturating_sub(1));
                return Some(self.put(byte));
            }
            if self.left == 0 {
                self.flags = self.take()?;
                self.left = 8;
            }
            let is_match = self.flags & 1 == 1;
            self.flags >>= 1;
            self.left = self.left.saturating_sub(1);
            if !is_match {
                let byte = self.take()?;
                return Some(self.put(byte));
            }
            let token = u16::from_be_bytes([self.take()?, self.take()?]);
            let from = usize::from(token >> 4);
            // A match at the writing place is the mark of the end.
            if from == self.write {
                return None;
            }
            self.copy = (from, usize::from(token & 0xF).saturating_add(2));
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.is_compressed {
            let mut packed = self.packed;
            let read = packed.read(out)?;
            self.packed = packed;
            return Ok(read);
        }
        let mut filled = 0usize;
        for slot in out.iter_mut() {
            if self.ended {
                break;
            }
            match self.next() {
                Some(byte) => *slot = byte,
                None => {
                    self.ended = true;
                    break;
                }
            }
            filled = filled.saturating_add(1);
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decoder(bytes)?.read_to_end(&mut out).unwrap();
        Some(out)
    }

    /// The examples of MS-OXRTFCP 3.1 and 3.2.
    const PLAIN: &[u8] = &[
        0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00,
        0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09,
        0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
    ];
    const OVERLAPPING: &[u8] = &[
        0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0x00,
        0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0,
    ];

    #[test]
    fn decodes_the_examples_of_the_specification() {
        assert_eq!(decoded(PLAIN).unwrap(), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(decoded(OVERLAPPING).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    }

    #[test]
    fn stored_text_comes_out_as_it_is() {
        let mut bytes = Vec::new();
        bytes.extend(17u32.to_le_bytes());
        bytes.extend(5u32.to_le_bytes());
        bytes.extend(b"MELA\0\0\0\0{\\rt}");
        assert_eq!(decoded(&bytes).unwrap(), b"{\\rt}");
        assert!(decoded(b"nothing of the kind").is_none());
    }

    #[test]
    fn cut_anywhere_it_ends_quietly() {
        for cut in 0..PLAIN.len() {
            let _ = decoded(&PLAIN[..cut]);
        }
    }
}
