//! What a format folder declares about itself.

use super::{Analyzer, Unpacker};
use crate::model::{Artifact, FormatId};

/// The family a format belongs to; its folder under `src/formats/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Messages and mailboxes.
    Mail,
    /// Containers and compressed files.
    Archive,
    /// Images of disks.
    Disk,
    /// Documents of office programs, and the macros inside them.
    Office,
    /// Other documents.
    Document,
    /// Scripts.
    Script,
    /// What Windows and others run.
    Program,
    /// Pictures, sound, film.
    Media,
    /// Plain text and data.
    Text,
}

impl Family {
    /// Lower-case name, as in `sekisho formats`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Family::Mail => "mail",
            Family::Archive => "archive",
            Family::Disk => "disk",
            Family::Office => "office",
            Family::Document => "document",
            Family::Script => "script",
            Family::Program => "program",
            Family::Media => "media",
            Family::Text => "text",
        }
    }
}

impl FormatSpec {
    /// A format of a family of which nothing else is said: what declarations of similar formats start from.
    pub const fn of(family: Family) -> Self {
        Self {
            id: FormatId::UNKNOWN,
            title: "",
            family,
            extensions: &[],
            media_types: &[],
            magic: &[],
            probe: Probe::MagicOnly,
            reading: Reading::Full,
            references: &[],
            limitations: &[],
            unpacker: None,
            analyzers: &[],
        }
    }

    /// The format this one narrows, whose stages run as well.
    pub fn broader(&self) -> Option<FormatId> {
        match self.probe {
            Probe::Within(broad, _) => Some(broad),
            Probe::MagicOnly | Probe::Structure(_) | Probe::Text(_) => None,
        }
    }
}

/// Bytes at a fixed offset that make a format a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Magic {
    /// Offset of the bytes. tar's, for one, sit 257 bytes into the header.
    pub offset: usize,
    /// The bytes.
    pub bytes: &'static [u8],
}

impl Magic {
    /// Magic at the very start.
    pub const fn start(bytes: &'static [u8]) -> Self {
        Magic { offset: 0, bytes }
    }

    /// Magic further in.
    pub const fn at(offset: usize, bytes: &'static [u8]) -> Self {
        Magic { offset, bytes }
    }

    /// Whether it is there.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        bytes.get(self.offset..).is_some_and(|rest| rest.starts_with(self.bytes))
    }
}

/// A specification or other source.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// Its title, with section if it is one section.
    pub title: &'static str,
    /// Where it is published.
    pub url: &'static str,
}

/// How a format is recognised beyond its magic.
#[derive(Clone, Copy)]
pub enum Probe {
    /// The magic alone decides.
    MagicOnly,
    /// The magic (if any is declared) makes a candidate; this check of the structure decides.
    Structure(fn(&Artifact) -> bool),
    /// Text without magic: asked, in registry order, only when no other format claims the bytes.
    Text(fn(&Artifact) -> bool),
    /// A narrower reading of another format (`ooxml-word` of `zip`), decided by this check.
    Within(FormatId, fn(&Artifact) -> bool),
}

/// How much of a format is read; what is not read is never called clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Everything in it that can carry content is unpacked or analysed, within the stated limitations.
    Full,
    /// Recognised only: each artifact of this format leaves coverage partial.
    RecognisedOnly,
}

/// All we know of a format, as data.
pub struct FormatSpec {
    /// Short name.
    pub id: FormatId,
    /// Full name.
    pub title: &'static str,
    /// Family.
    pub family: Family,
    /// Lower-case extensions it honestly goes by, the usual one first.
    pub extensions: &'static [&'static str],
    /// Media types it honestly goes by.
    pub media_types: &'static [&'static str],
    /// Candidate bytes; any one suffices. Empty if the probe alone decides.
    pub magic: &'static [Magic],
    /// What decides.
    pub probe: Probe,
    /// How much is read.
    pub reading: Reading,
    /// Specifications.
    pub references: &'static [Reference],
    /// What is not read of it, a sentence each.
    pub limitations: &'static [&'static str],
    /// Takes it apart.
    pub unpacker: Option<&'static dyn Unpacker>,
    /// Look at it.
    pub analyzers: &'static [&'static dyn Analyzer],
}
