//! Deflated content of a document, given as far as it goes: a stream that breaks has given what stands before the break,
//! and one that lacks its end is whole if it has given what its header promises, since PowerPoint writes such.

use std::io::{Error, ErrorKind, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// Reads zlib data, or bare deflate where the two bytes of its header are wrong.
pub(crate) struct Inflater<'a> {
    rest: &'a [u8],
    state: Decompress,
    produced: u64,
    /// Bytes the document says there are; none if it does not say.
    promised: Option<u64>,
    failure: Option<&'static str>,
    is_done: bool,
}

impl<'a> Inflater<'a> {
    /// Of the stored bytes, with the size the document promises.
    pub(crate) fn new(stored: &'a [u8], promised: Option<u64>) -> Self {
        let has_header = has_zlib_header(stored);
        // The header is skipped rather than believed: its checksum and that at the end are nothing to an attacker.
        let rest = if has_header { stored.get(2..).unwrap_or_default() } else { stored };
        Inflater { rest, state: Decompress::new(false), produced: 0, promised, failure: None, is_done: false }
    }

    fn end(&mut self) -> std::io::Result<usize> {
        self.is_done = true;
        let is_whole = self.promised.is_some_and(|promised| self.produced >= promised);
        match self.failure.take() {
            Some(what) if !is_whole => Err(Error::new(ErrorKind::InvalidData, what)),
            _ => Ok(0),
        }
    }
}

/// RFC 1950 2.2: deflate with a window of at most 32 KB, and a checksum over the two bytes.
pub(crate) fn has_zlib_header(stored: &[u8]) -> bool {
    matches!(stored, [method, flags, ..]
        if method & 0x0F == 8 && method >> 4 <= 7 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31))
}

impl Read for Inflater<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.is_done || out.is_empty() {
            return Ok(0);
        }
        if self.failure.is_some() {
            return self.end();
        }
        let (taken, given) = (self.state.total_in(), self.state.total_out());
        let result = self.state.decompress(self.rest, out, FlushDecompress::None);
        let taken = self.state.total_in().saturating_sub(taken);
        let given = self.state.total_out().saturating_sub(given);
        self.rest = self.rest.get(usize::try_from(taken).unwrap_or(usize::MAX)..).unwrap_or_default();
        self.produced = self.produced.saturating_add(given);
        match result {
            Ok(Status::StreamEnd) => self.is_done = true,
            Ok(_) if given == 0 && (taken == 0 || self.rest.is_empty()) => {
                self.failure = Some("incomplete deflate stream");
                return self.end();
            }
            Ok(_) => {}
            Err(_) if given == 0 => {
                self.failure = Some("corrupt deflate stream");
                return self.end();
            }
            Err(_) => self.failure = Some("corrupt deflate stream"),
        }
        Ok(usize::try_from(given).unwrap_or(out.len()).min(out.len()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(stored: &[u8], promised: Option<u64>) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let is_whole = Inflater::new(stored, promised).read_to_end(&mut out).is_ok();
        (out, is_whole)
    }

    #[test]
    fn what_is_whole_is_read_whole() {
        let data: Vec<u8> = (0..100_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        let stored = deflated(&data);
        assert_eq!(read(&stored, Some(100_000)), (data.clone(), true));
        assert_eq!(read(&stored, None), (data.clone(), true));
        // Neither the checksum nor the header is needed.
        assert_eq!(read(&stored[..stored.len() - 4], None), (data.clone(), true));
        assert_eq!(read(&stored[2..], None), (data, true));
    }

    #[test]
    fn what_breaks_gives_what_came_before() {
        let data: Vec<u8> = (0..100_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut stored = deflated(&data);
        let (start, is_whole) = read(&stored[..stored.len() / 2], Some(100_000));
        assert!(start.len() > 10_000 && !is_whole);
        assert!(data.starts_with(&start));
        assert_eq!(read(&stored[..stored.len() / 2], Some(10_000)), (start, true));
        let middle = stored.len() / 2;
        stored[middle..].fill(0xFF);
        assert!(read(&stored, Some(100_000)).0.len() > 10_000);
        assert_eq!(read(b"\x78\x9c\xff\xff\xff\xff", Some(10)), (Vec::new(), false));
    }
}
