//! Headers and lists of a cabinet.

use std::ops::Range;

use bytes::Bytes;

use crate::formats::archive::old_names;
use crate::formats::fields::{range_in, size_at, u16_at, u32_at, until_nul};
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// A folder, MS-CAB "CFFOLDER".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Offset of its first block.
    pub start: usize,
    /// Blocks, as stated.
    pub blocks: u16,
    /// Method and its parameters, as stored.
    pub method: u16,
}

/// Where the folder of a file lies, MS-CAB "CFFILE iFolder".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// In this cabinet.
    Here(usize),
    /// Its beginning lies in the cabinet before.
    Before,
    /// Its end lies in the next cabinet.
    After,
    /// It began before and goes on after this cabinet.
    Through,
}

/// A file, MS-CAB "CFFILE".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Name.
    pub name: EntryName,
    /// Bytes of content, as stated.
    pub size: u64,
    /// Where the content begins in the folder's stream.
    pub start: u64,
    /// Its folder.
    pub home: Home,
    /// Attributes, as stored.
    pub attributes: u16,
    /// Offset of its record.
    pub offset: usize,
    /// Its whole record in the cabinet.
    pub record: Range<usize>,
}

impl File {
    /// The folder of this cabinet that has content of the file, if `folders` says how many there are.
    pub fn folder(&self, folders: usize) -> Option<usize> {
        match self.home {
            Home::Here(index) => Some(index),
            Home::Before => Some(0),
            Home::After | Home::Through => folders.checked_sub(1),
        }
    }
}

/// A cabinet's lists.
#[derive(Debug, Default)]
pub struct CabView {
    /// Folders, in order.
    pub folders: Vec<Folder>,
    /// Files, in order.
    pub files: Vec<File>,
    /// Bytes reserved in each block's header.
    pub block_reserve: usize,
    /// Size of the cabinet, as stated.
    pub size: usize,
    /// Name of the cabinet before, if it continues one.
    pub previous: Option<String>,
    /// Name of the next cabinet, if it goes on there.
    pub next: Option<String>,
    /// Id of the set and place in it.
    pub set: (u16, u16),
    /// Bytes reserved in the header, where signing tools put a pointer to the signature.
    pub reserved: usize,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
}

const HAS_PREVIOUS: u16 = 1;
const HAS_NEXT: u16 = 2;
const HAS_RESERVE: u16 = 4;
const NAME_IS_UTF: u16 = 0x80;
/// Longest name; the specification says 256 with its zero.
const MAX_NAME: usize = 1024;
/// Problems said.
const MAX_PROBLEMS: usize = 32;

/// Whether bytes start as a cabinet: the reserved fields are zero in all that Windows writes, and the list of files lies
/// behind the header.
pub(crate) fn is_header(bytes: &[u8]) -> bool {
    let files = size_at(bytes, 16).unwrap_or(0);
    let counts = u16_at(bytes, 26).zip(u16_at(bytes, 28));
    bytes.starts_with(b"MSCF")
        && u32_at(bytes, 4) == Some(0)
        && files >= 36
        && bytes.get(25) == Some(&1)
        && counts.is_some_and(|(folders, files)| folders > 0 || files > 0)
}

impl View for CabView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let cut = |at: usize| ParseError::new("cabinet header is cut off", at as u64);
        if !is_header(bytes) {
            return Err(ParseError::new("no cabinet header", 0));
        }
        let word = |at: usize| u16_at(bytes, at).ok_or_else(|| cut(at));
        let (folders, files, flags) = (word(26)?, word(28)?, word(30)?);
        let mut view =
            CabView { size: size_at(bytes, 8).unwrap_or(0), set: (word(32)?, word(34)?), ..CabView::default() };
        let mut at = 36usize;
        let mut folder_reserve = 0usize;
        if flags & HAS_RESERVE != 0 {
            let header_reserve = word(36)?;
            let [folder, block] = *bytes.get(38..40).unwrap_or_default() else { return Err(cut(38)) };
            (folder_reserve, view.block_reserve) = (usize::from(folder), usize::from(block));
            view.reserved = usize::from(header_reserve);
            at = 40usize.saturating_add(view.reserved);
        }
        let mut text = |wanted: u16| {
            if flags & wanted == 0 {
                return None;
            }
            // The cabinet's name, and then the disk's label.
            let name = until_nul(bytes, at, MAX_NAME)?;
            at = at.saturating_add(name.len()).saturating_add(1);
            let label = until_nul(bytes, at, MAX_NAME)?;
            at = at.saturating_add(label.len()).saturating_add(1);
            Some(old_names::decode(name).text)
        };
        view.previous = text(HAS_PREVIOUS);
        view.next = text(HAS_NEXT);
        view.read_folders(bytes, at, folders, folder_reserve);
        view.read_files(bytes, size_at(bytes, 16).unwrap_or(0), files);
        Ok(view)
    }
}

impl CabView {
    fn read_folders(&mut self, bytes: &[u8], mut at: usize, count: u16, reserve: usize) {
        for index in 0..count {
            let Some(((start, blocks), method)) =
                size_at(bytes, at).zip(u16_at(bytes, at.saturating_add(4))).zip(u16_at(bytes, at.saturating_add(6)))
            else {
                let what = format!("the list of folders ends inside folder {index}");
                self.say(Problem::damaged(what, Location::at(at)));
                return;
            };
            self.folders.push(Folder { start, blocks, method });
            at = at.saturating_add(8).saturating_add(reserve);
        }
    }

    fn read_files(&mut self, bytes: &[u8], mut at: usize, count: u16) {
        for index in 0..count {
            let Some((file, end)) = file(bytes, at) else {
                let what = format!("the list of files ends inside file {index}");
                self.say(Problem::damaged(what, Location::at(at)));
                return;
            };
            at = end;
            self.files.push(file);
        }
    }

    fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// A file's record and where it ends.
fn file(bytes: &[u8], at: usize) -> Option<(File, usize)> {
    let record = bytes.get(at..)?;
    let (size, start, folder) = (u32_at(record, 0)?, u32_at(record, 4)?, u16_at(record, 8)?);
    let attributes = u16_at(record, 14)?;
    let raw = until_nul(record, 16, MAX_NAME)?;
    // The zero must be there, or the list is cut off.
    let length = raw.len().checked_add(17)?;
    record.get(..length)?;
    let name = match std::str::from_utf8(raw) {
        Ok(text) if attributes & NAME_IS_UTF != 0 => EntryName::new(text),
        _ => old_names::decode(raw),
    };
    let home = match folder {
        0xfffd => Home::Before,
        0xfffe => Home::After,
        0xffff => Home::Through,
        index => Home::Here(usize::from(index)),
    };
    let end = at.checked_add(length)?;
    let file = File { name, size: size.into(), start: start.into(), home, attributes, offset: at, record: at..end };
    Some((file, end))
}

/// A block's header and its packed bytes, MS-CAB "CFDATA".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Checksum; 0 if none was made.
    pub(super) checksum: u32,
    /// Packed bytes.
    pub(super) packed: Range<usize>,
    /// Packed bytes beyond the end of the cabinet.
    pub(super) missing: usize,
    /// Bytes they unpack to; 0 if the rest of the block is in the next cabinet.
    pub(super) size: usize,
    /// What the checksum covers after the packed bytes: the two sizes and the reserve.
    pub(super) counted: Range<usize>,
}

impl Block {
    /// The block at an offset; none if its header lies beyond the end.
    pub(super) fn read(bytes: &[u8], at: usize, reserve: usize) -> Option<Self> {
        let (checksum, packed, size) =
            (u32_at(bytes, at)?, u16_at(bytes, at.checked_add(4)?)?, u16_at(bytes, at.checked_add(6)?)?);
        let data = at.checked_add(8)?.checked_add(reserve)?;
        let range = range_in(bytes, data, packed);
        Some(Block {
            checksum,
            missing: usize::from(packed).saturating_sub(range.len()),
            packed: range,
            size: usize::from(size),
            counted: at.checked_add(4)?..data,
        })
    }

    /// Where the next block begins.
    pub(super) fn end(&self) -> usize {
        self.packed.end
    }

    /// Whether the checksum is right or none was made.
    pub(super) fn is_sum_right(&self, bytes: &[u8]) -> bool {
        let packed = bytes.get(self.packed.clone()).unwrap_or_default();
        let counted = bytes.get(self.counted.clone()).unwrap_or_default();
        self.checksum == 0 || sum(counted, sum(packed, 0)) == self.checksum
    }
}

/// MS-CAB "Checksum method": words xored; what is left at the end counts with its first byte highest.
pub(super) fn sum(bytes: &[u8], seed: u32) -> u32 {
    let words = bytes.chunks_exact(4);
    let rest = words.remainder().iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte));
    let whole = words.fold(seed, |sum, word| sum ^ word.iter().rev().fold(0u32, |v, byte| (v << 8) | u32::from(*byte)));
    whole ^ rest
}
