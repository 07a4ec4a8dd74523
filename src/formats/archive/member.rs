//! What members of the simpler archives have in common. cpio, ar, cabinets, ARJ and their like give each member a name,
//! a few attributes and some bytes, and leave the same things to be said about them.

use std::io::Read;
use std::ops::Range;

use bytes::Bytes;

use super::escape;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError};

/// A member as its header describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Member {
    /// Names.
    pub(crate) name: EntryName,
    /// Offset of its header.
    pub(crate) offset: usize,
    /// How it is stored, in words: the origin's detail.
    pub(crate) detail: String,
    /// Whether it is marked hidden or system.
    pub(crate) is_hidden: bool,
}

impl Member {
    /// Where problems of this member are.
    pub(crate) fn place(&self) -> Location {
        Location::part(format!("entry {}", self.name.file_name())).with_offset(self.offset as u64)
    }

    fn origin(&self) -> Origin {
        Origin::file(OriginKind::Entry, self.detail.clone())
    }

    /// Says what name and attributes show, whether or not the content can be read.
    pub(crate) fn announce(&self, out: &mut Outcome<'_>) {
        escape::raise(&self.name, out);
        if self.is_hidden {
            out.fact("hidden-entry", self.name.text.clone());
        }
    }

    /// Says what a link points to; one that leads out is written through by what follows, so its target counts too.
    pub(crate) fn link(&self, key: &'static str, target: &str, out: &mut Outcome<'_>) {
        out.fact(key, format!("{} -> {target}", self.name.text));
    }

    /// Gives bytes stored as they are: a slice of the archive unless they exceed what one artifact may have.
    pub(crate) fn stored(
        &self,
        parent: &Artifact,
        range: Range<usize>,
        out: &mut Outcome<'_>,
    ) -> Result<(), StageError> {
        let end = range.end.min(parent.bytes.len());
        self.held(parent.bytes.slice(range.start.min(end)..end), out)
    }

    /// Gives bytes at hand.
    pub(crate) fn held(&self, bytes: Bytes, out: &mut Outcome<'_>) -> Result<(), StageError> {
        if bytes.len() as u64 > out.budget().limits().artifact_bytes {
            return out.child(self.name.clone(), self.origin(), bytes.as_ref());
        }
        out.child_bytes(self.name.clone(), self.origin(), bytes)
    }

    /// Gives what a decoder makes; whether it reached its end.
    pub(crate) fn decoded(&self, body: impl Read, out: &mut Outcome<'_>) -> Result<bool, StageError> {
        out.child_checked(self.name.clone(), self.origin(), body)
    }

    /// Gives the name alone, for content that cannot be had, and says why.
    pub(crate) fn nameless(&self, problem: Problem, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.problem(problem);
        out.child_bytes(self.name.clone(), self.origin(), Bytes::new())
    }

    /// The name alone, of content in a method that is not decoded.
    pub(crate) fn unsupported(&self, what: impl Into<String>, out: &mut Outcome<'_>) -> Result<(), StageError> {
        self.nameless(Problem::unsupported(what, self.place()), out)
    }

    /// The name alone, of content nothing unlocked.
    pub(crate) fn locked(&self, what: impl Into<String>, out: &mut Outcome<'_>) -> Result<(), StageError> {
        self.nameless(Problem::encrypted(what, self.place()), out)
    }

    /// Says that bytes of the member lie beyond the end of the archive.
    pub(crate) fn missing(&self, count: u64, out: &mut Outcome<'_>) {
        if count > 0 {
            out.problem(Problem::damaged(format!("{count} bytes of the entry are missing"), self.place()));
        }
    }

    /// Says that the content has another checksum than stated.
    pub(crate) fn checked(&self, is_right: bool, out: &mut Outcome<'_>) {
        if !is_right {
            out.problem(Problem::damaged("content has a wrong checksum", self.place()));
        }
    }
}

/// Gives what lies behind an archive, and says so. Zeros, and the end marks of CP/M and XMODEM, are padding.
pub(crate) fn overlay(parent: &Artifact, at: usize, format: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let at = at.min(parent.bytes.len());
    let rest = parent.bytes.slice(at..);
    if rest.iter().all(|byte| matches!(byte, 0 | 0x1a)) {
        return Ok(());
    }
    out.problem(Problem::odd(format!("data after the {format}"), Location::at(at)));
    let name = EntryName::new(format!("{} (after the {format})", parent.name.file_name()));
    out.child_bytes(name, Origin::part(OriginKind::Overlay, format!("after offset {at:#x}")), rest)
}

/// A reader that sums CRC-32 over what passes.
pub(crate) struct Summed<R> {
    inner: R,
    crc: crc32fast::Hasher,
}

impl<R: Read> Summed<R> {
    pub(crate) fn new(inner: R) -> Self {
        Summed { inner, crc: crc32fast::Hasher::new() }
    }

    /// The checksum of what was read.
    pub(crate) fn crc(&self) -> u32 {
        self.crc.clone().finalize()
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// Contents one after the other, each opened when its turn comes.
pub(crate) struct Sequence<'a, I> {
    parts: I,
    current: Option<Box<dyn Read + 'a>>,
}

impl<'a, I: Iterator<Item = std::io::Result<Box<dyn Read + 'a>>>> Sequence<'a, I> {
    pub(crate) fn new(parts: I) -> Self {
        Sequence { parts, current: None }
    }
}

impl<'a, I: Iterator<Item = std::io::Result<Box<dyn Read + 'a>>>> Read for Sequence<'a, I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(current) = &mut self.current {
                let count = current.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    return Ok(count);
                }
            }
            match self.parts.next() {
                Some(part) => self.current = Some(part?),
                None => return Ok(0),
            }
        }
    }
}
