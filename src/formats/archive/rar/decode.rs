//! Packed data to content, by the codecs of the `rars` crate. They know nothing of headers: our walk says where data
//! lies, how it is packed and what it continues, so that a damaged archive still gives what can be read.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use rars::codec::rar13::Unpack15;
use rars::codec::rar20::Unpack20;
use rars::codec::rar29::Unpack29;
use rars::codec::rar50::{DecodedChunk, StreamDecodeError, Unpack50Decoder};

use super::entry::{Entry, Method};
use super::keys::{Cipher, Decrypting};

/// Packed data of one entry, piece by piece.
pub(super) struct Pieces<'a> {
    bytes: &'a Bytes,
    ranges: std::slice::Iter<'a, Range<usize>>,
    now: &'a [u8],
}

impl<'a> Pieces<'a> {
    pub(super) fn of(bytes: &'a Bytes, entry: &'a Entry) -> Self {
        Pieces { bytes, ranges: entry.data.iter(), now: &[] }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            match self.ranges.next() {
                Some(range) => self.now = self.bytes.get(range.clone()).unwrap_or_default(),
                None => return Ok(0),
            }
        }
        self.now.read(buffer)
    }
}

/// The decoders of an archive and what they remember from entry to entry.
#[derive(Default)]
pub(super) struct Chain {
    old15: Option<Box<Unpack15>>,
    old20: Option<Box<Unpack20>>,
    old29: Option<Box<Unpack29>>,
    new: Option<Box<Unpack50Decoder>>,
    /// Whether an entry failed, so that those that continue it cannot be read.
    is_broken: bool,
    /// Whether anything was decoded.
    has_begun: bool,
}

/// Bytes a codec of RAR 2, which gives nothing before the end, may give.
const MAX_AT_ONCE: u64 = 256 << 20;

impl Chain {
    /// Why an entry cannot be decoded, if so.
    pub(super) fn why_not(&self, entry: &Entry) -> Option<String> {
        if entry.method == Method::Stored {
            return None;
        }
        if entry.is_continued {
            return Some("content that begins in another volume cannot be decoded".to_owned());
        }
        if let Method::Unknown(version) = entry.method {
            return Some(format!("RAR method version {version} is not decoded"));
        }
        (entry.is_solid && self.is_broken).then(|| "the entry continues one that could not be decoded".to_owned())
    }

    /// Notes that an entry was not decoded.
    pub(super) fn skip(&mut self, entry: &Entry) {
        if entry.method != Method::Stored {
            self.is_broken = true;
            (self.old15, self.old20, self.old29, self.new) = (None, None, None, None);
        }
    }

    /// Writes an entry's content. An error leaves what was written.
    pub(super) fn decode(
        &mut self,
        bytes: &Bytes,
        entry: &Entry,
        cipher: Option<Cipher>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let pieces = Pieces::of(bytes, entry);
        if entry.method == Method::Stored {
            return match cipher {
                // What follows the content in its last block is padding.
                Some(cipher) => {
                    let size = entry.size.unwrap_or(u64::MAX);
                    io::copy(&mut Decrypting::new(pieces, cipher).take(size), out).map(drop)
                }
                None => io::copy(&mut { pieces }, out).map(drop),
            };
        }
        let mut packed: Box<dyn Read + '_> = match cipher {
            Some(cipher) => Box::new(Decrypting::new(pieces, cipher)),
            None => Box::new(pieces),
        };
        // Third-party decoders may panic on hostile data; the other entries are still wanted.
        let ended = catch_unwind(AssertUnwindSafe(|| self.unpack(entry, &mut packed, out)));
        let ended = ended.unwrap_or_else(|_| Err(io::Error::other("the decoder failed")));
        self.has_begun = true;
        self.is_broken = ended.is_err();
        if ended.is_err() {
            (self.old15, self.old20, self.old29, self.new) = (None, None, None, None);
        }
        ended
    }

    fn unpack(&mut self, entry: &Entry, packed: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
        let (mut packed, mut out) = (packed, out);
        let size = entry.size.unwrap_or(u64::MAX >> 1);
        let size = usize::try_from(size).map_err(|_| io::Error::other("too large"))?;
        let is_solid = entry.is_solid && self.has_begun;
        if size == 0 && entry.packed() == 0 {
            return Ok(());
        }
        let failed = |error: rars::codec::Error| io::Error::other(error.to_string());
        match entry.method {
            Method::Stored => Ok(()),
            // RAR 1.3 and 1.5 say in the archive's header only whether it is solid; the walk has told the entries.
            Method::Old(0..=15) => {
                let decoder = self.old15.get_or_insert_default();
                decoder.decode_member_from_reader(&mut packed, size, is_solid, &mut out).map_err(failed)
            }
            Method::Old(16..=28) => {
                let size = size.min(usize::try_from(MAX_AT_ONCE).unwrap_or(usize::MAX));
                if !is_solid {
                    self.old20 = None;
                }
                let decoder = self.old20.get_or_insert_default();
                decoder.decode_member_from_reader(&mut packed, size, &mut out).map_err(failed)
            }
            Method::Old(_) => {
                let decoder = self.old29.get_or_insert_default();
                match is_solid {
                    true => decoder.decode_member_from_reader(&mut packed, size, &mut out),
                    false => decoder.decode_non_solid_member_from_reader(&mut packed, size, &mut out),
                }
                .map_err(failed)
            }
            Method::New { algorithm, dictionary } => {
                let dictionary = usize::try_from(dictionary).unwrap_or(usize::MAX);
                let decoder = self.new.get_or_insert_with(|| Box::new(Unpack50Decoder::new()));
                let sink = |chunk: DecodedChunk<'_>| match chunk {
                    DecodedChunk::Bytes(bytes) => out.write_all(bytes),
                    DecodedChunk::Repeated { byte, len } => {
                        io::copy(&mut io::repeat(byte).take(len as u64), &mut out).map(drop)
                    }
                };
                let ended = decoder.decode_member_from_reader_with_dictionary_to_sink(
                    &mut packed,
                    algorithm,
                    size,
                    dictionary,
                    is_solid,
                    sink,
                );
                ended.map_err(|error| match error {
                    StreamDecodeError::Decode(error) => failed(error),
                    StreamDecodeError::Sink(error) => error,
                    StreamDecodeError::FilteredMember => io::Error::other("a filter too large to apply"),
                })
            }
            Method::Unknown(_) => Err(io::Error::other("unknown method")),
        }
    }
}

/// Sums what passes, in every way an entry may be summed.
pub(super) struct Summing<'a> {
    inner: &'a mut dyn Write,
    pub(super) crc: crc32fast::Hasher,
    /// The rotating sum of RAR 1.3.
    pub(super) sum: u16,
    pub(super) length: u64,
}

impl<'a> Summing<'a> {
    pub(super) fn new(inner: &'a mut dyn Write) -> Self {
        Summing { inner, crc: crc32fast::Hasher::new(), sum: 0, length: 0 }
    }
}

impl Write for Summing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        let written = bytes.get(..count).unwrap_or_default();
        self.crc.update(written);
        for byte in written {
            self.sum = self.sum.wrapping_add(u16::from(*byte)).rotate_left(1);
        }
        self.length = self.length.saturating_add(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
