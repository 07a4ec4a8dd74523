//! Inflates through the members of a gzip file as one stream, as gunzip does, and remembers what was odd on the way.

use std::io::{BufRead, Read};

use flate2::bufread::DeflateDecoder;

use super::parser::read_header;
use crate::model::{Location, Problem};

/// The concatenated content of all members.
pub(super) struct Members<'a> {
    bytes: &'a [u8],
    current: Option<Member<'a>>,
    /// Offset of what comes after the last member, once it is known.
    next: usize,
    /// Offsets at which members start.
    pub(super) starts: Vec<usize>,
    /// What was damaged or odd.
    pub(super) problems: Vec<Problem>,
    /// Offset of bytes after the last member that are no member, if there are any.
    pub(super) trailing: Option<usize>,
    /// Members without content seen in a row.
    empty: u32,
}

struct Member<'a> {
    decoder: DeflateDecoder<&'a [u8]>,
    crc: crc32fast::Hasher,
    /// Content bytes modulo 2^32, RFC 1952 §2.3.1 "ISIZE".
    size: u32,
}

/// Members whose place is remembered; `bgzip` writes one for each 64 KiB.
const MAX_STARTS: usize = 64;

/// Members without content in a row; beyond it the reader would be busy without giving anything.
const MAX_EMPTY: u32 = 4096;

impl<'a> Members<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Members { bytes, current: None, next: 0, starts: Vec::new(), problems: Vec::new(), trailing: None, empty: 0 }
    }

    /// Opens the member at `next`; without one, what is left is trailing.
    fn open(&mut self) -> bool {
        match read_header(self.bytes, self.next) {
            Ok(header) => {
                if self.starts.len() < MAX_STARTS {
                    self.starts.push(self.next);
                }
                if header.is_crc_right == Some(false) {
                    self.say(Problem::odd("gzip header checksum is wrong", Location::at(self.next)));
                }
                if header.has_reserved_flags {
                    self.say(Problem::odd("gzip header sets reserved flags", Location::at(self.next)));
                }
                let data = self.bytes.get(header.data..).unwrap_or_default();
                self.current =
                    Some(Member { decoder: DeflateDecoder::new(data), crc: crc32fast::Hasher::new(), size: 0 });
                true
            }
            Err(error) => {
                let rest = self.bytes.get(self.next..).unwrap_or_default();
                // Tapes and block devices pad with zeros.
                if rest.iter().any(|byte| *byte != 0) {
                    if rest.starts_with(b"\x1f\x8b") {
                        self.say(Problem::damaged(error.what, Location::offset(error.offset)));
                    }
                    self.trailing = Some(self.next);
                }
                self.next = self.bytes.len();
                false
            }
        }
    }

    /// Checks the trailer of a member that was read to its end: CRC32 and size, RFC 1952 §2.3.1.
    fn close(&mut self, member: Member<'a>) {
        let rest: &[u8] = member.decoder.into_inner();
        let at = self.bytes.len().saturating_sub(rest.len());
        let Some((trailer, _)) = rest.split_at_checked(8) else {
            self.say(Problem::damaged("data ends inside a gzip member", Location::at(self.bytes.len())));
            self.next = self.bytes.len();
            return;
        };
        let mut wanted = member.crc.finalize().to_le_bytes().to_vec();
        wanted.extend(member.size.to_le_bytes());
        if trailer != wanted {
            self.say(Problem::damaged("content does not have the checksum or size gzip states", Location::at(at)));
        }
        self.next = at.saturating_add(8);
    }

    fn say(&mut self, problem: Problem) {
        const MAX: usize = 16;
        if self.problems.len() < MAX {
            self.problems.push(problem);
        }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let Some(member) = &mut self.current else {
                if self.next >= self.bytes.len() || !self.open() {
                    return Ok(0);
                }
                continue;
            };
            match member.decoder.read(buffer) {
                Ok(0) if buffer.is_empty() => return Ok(0),
                Ok(0) => {
                    if let Some(member) = self.current.take() {
                        self.empty = if member.size == 0 { self.empty.saturating_add(1) } else { 0 };
                        self.close(member);
                    }
                    if self.empty > MAX_EMPTY {
                        self.next = self.bytes.len();
                        return Err(std::io::Error::other("thousands of gzip members without content"));
                    }
                }
                Ok(count) => {
                    let got = buffer.get(..count).unwrap_or_default();
                    member.crc.update(got);
                    member.size = member.size.wrapping_add(count as u32);
                    return Ok(count);
                }
                Err(error) => {
                    let left = member.decoder.get_mut().fill_buf().map(<[u8]>::len).unwrap_or_default();
                    let at = self.bytes.len().saturating_sub(left);
                    self.current = None;
                    self.next = self.bytes.len();
                    return Err(std::io::Error::new(error.kind(), format!("{error} near offset {at:#x}")));
                }
            }
        }
    }
}
