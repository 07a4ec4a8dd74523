//! The headers and the directory. Every listing chunk is read where it lies; the links between chunks, which could lead
//! in circles, are not needed.

use bytes::Bytes;

use crate::formats::fields::{has, size_at, u32_at, u64_at};
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path, with a slash in front for what the author put in.
    pub path: String,
    /// 0: as it is; 1: in the compressed stream.
    pub section: u64,
    /// Where it lies in the section.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

impl Entry {
    /// Whether it is of the format's own inside (`::DataSpace`), which no program lists.
    pub fn is_inner(&self) -> bool {
        !self.path.starts_with('/')
    }

    /// Whether it is an index the compiler makes: a sign in front, and no extension.
    pub fn is_index(&self) -> bool {
        matches!(self.path.get(1..2), Some("#" | "$")) && !self.path.contains('.')
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }
}

/// The directory.
#[derive(Debug, Default)]
pub struct ChmView {
    /// In the order of the directory.
    pub entries: Vec<Entry>,
    /// Where section 0 starts in the file.
    pub content: usize,
    /// Windows language of the help.
    pub language: u32,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
}

/// Entries kept.
const MAX_ENTRIES: usize = 1 << 17;
/// Longest path.
const MAX_PATH: usize = 4_096;

impl View for ChmView {
    /// "The header" and "the header section table" of Russotto's description; all numbers are little-endian.
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let early = |at: u64| ParseError::new("CHM header ends early", at);
        let version = u32_at(bytes, 4).ok_or_else(|| early(4))?;
        let place = |at: usize| usize::try_from(u64_at(bytes, at)?).ok();
        let directory = place(0x48).ok_or_else(|| early(0x48))?;
        let length = place(0x50).ok_or_else(|| early(0x50))?;
        let mut view = ChmView { language: u32_at(bytes, 0x14).unwrap_or(0), ..ChmView::default() };
        // Version 2 has no field for the content, which follows the directory.
        view.content = match place(0x58) {
            Some(content) if version >= 3 => content,
            _ => directory.saturating_add(length),
        };
        if !has(bytes, directory, b"ITSP") {
            return Err(ParseError::new("no CHM directory", directory as u64));
        }
        let field = |at: usize| size_at(bytes, directory.saturating_add(at));
        let (Some(header), Some(chunk), Some(count)) = (field(8), field(0x10), field(0x2c)) else {
            return Err(early(directory as u64));
        };
        if !(0x20..=1 << 20).contains(&chunk) {
            return Err(ParseError::new(format!("CHM directory chunks of {chunk} bytes"), directory as u64));
        }
        let first = directory.saturating_add(header);
        let mut seen = 0usize;
        for index in 0..count {
            let at = first.saturating_add(index.saturating_mul(chunk));
            let Some(bytes) = bytes.get(at..at.saturating_add(chunk).min(bytes.len())).filter(|b| !b.is_empty()) else {
                let what = format!("CHM directory ends after {index} of {count} chunks");
                view.problems.push(Problem::damaged(what, Location::at(at)));
                break;
            };
            seen = seen.saturating_add(1);
            if bytes.starts_with(b"PMGL") && !view.read_listing(bytes) {
                view.say(Problem::damaged("CHM directory chunk ends inside an entry", Location::at(at)));
            }
            if view.entries.len() >= MAX_ENTRIES {
                let what = format!("more than {MAX_ENTRIES} entries; the others are not read");
                view.problems.push(Problem::new(ProblemKind::Limit, what, Location::at(at)));
                break;
            }
        }
        if view.entries.is_empty() {
            view.problems.push(Problem::damaged(format!("no entry in {seen} chunks"), Location::at(first)));
        }
        Ok(view)
    }
}

impl ChmView {
    fn say(&mut self, problem: Problem) {
        if self.problems.len() < 32 {
            self.problems.push(problem);
        }
    }

    /// "The listing chunks": entries from 0x14 up to the free space; false if one is cut.
    fn read_listing(&mut self, chunk: &[u8]) -> bool {
        let free = size_at(chunk, 4).unwrap_or(0);
        let end = chunk.len().saturating_sub(free);
        let mut cursor = Cursor { bytes: chunk.get(..end).unwrap_or_default(), at: 0x14 };
        while cursor.at < end && self.entries.len() < MAX_ENTRIES {
            let Some(entry) = cursor.entry() else { return false };
            self.entries.push(entry);
        }
        true
    }

    /// The entry of this path, without regard to case.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.path.eq_ignore_ascii_case(path))
    }

    /// The bytes of an entry in section 0, as far as they are there.
    pub fn plain<'a>(&self, bytes: &'a [u8], entry: &Entry) -> &'a [u8] {
        let start = usize::try_from(entry.offset).unwrap_or(usize::MAX).saturating_add(self.content).min(bytes.len());
        let end = start.saturating_add(usize::try_from(entry.length).unwrap_or(usize::MAX)).min(bytes.len());
        bytes.get(start..end).unwrap_or_default()
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// Seven bits a byte, the highest first; the top bit says that more follow.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for _ in 0..10 {
            let byte = *self.bytes.get(self.at)?;
            self.at = self.at.checked_add(1)?;
            value = value.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn entry(&mut self) -> Option<Entry> {
        let length = usize::try_from(self.number()?).ok().filter(|length| *length <= MAX_PATH)?;
        let name = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at = self.at.checked_add(length)?;
        let path = String::from_utf8_lossy(name).into_owned();
        Some(Entry { path, section: self.number()?, offset: self.number()?, length: self.number()? })
    }
}
