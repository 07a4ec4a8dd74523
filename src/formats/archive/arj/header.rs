//! One header: the archive's own, or that of a file.

use crate::formats::fields::{u16_at, u32_at, until_nul};

/// A header, ARJ technical notes "Structure of archive block".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// System the file came from.
    pub(super) host: u8,
    /// Flags.
    pub(super) flags: u8,
    /// Method.
    pub(super) method: u8,
    /// What it describes: 0 binary, 1 text, 2 the archive, 3 folder, 4 label, 5 chapter.
    pub(super) kind: u8,
    /// What the password's bytes are shifted by.
    pub(super) modifier: u8,
    /// Packed bytes, as stated.
    pub(super) packed: u32,
    /// Bytes of content, as stated.
    pub(super) size: u32,
    /// CRC-32 of the content.
    pub(super) crc: u32,
    /// Attributes, of DOS or Unix.
    pub(super) mode: u16,
    /// In the archive's own header, which cipher is used.
    pub(super) cipher: u8,
    /// Name.
    pub(super) name: &'a [u8],
    /// Comment.
    pub(super) comment: &'a [u8],
    /// Where the header with its extended headers ends.
    pub(super) end: usize,
    /// Whether its CRC is right.
    pub(super) is_crc_right: bool,
}

/// What follows the mark.
pub(super) enum Next<'a> {
    Header(Header<'a>),
    /// A header of no bytes ends the archive.
    End(usize),
}

/// Largest header the programs read.
const LARGEST: usize = 2600;
/// Extended headers passed over.
const MAX_EXTENDED: usize = 64;

impl<'a> Header<'a> {
    /// The header at an offset.
    pub(super) fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        match Self::next(bytes, at)? {
            Next::Header(header) => Some(header),
            Next::End(_) => None,
        }
    }

    /// The header at an offset, or the end; none if there is neither.
    pub(super) fn next(bytes: &'a [u8], at: usize) -> Option<Next<'a>> {
        let rest = bytes.get(at..)?;
        if !rest.starts_with(b"\x60\xea") {
            return None;
        }
        let size = usize::from(u16_at(rest, 2)?);
        if size == 0 {
            return Some(Next::End(at.checked_add(4)?));
        }
        let body = rest.get(4..size.checked_add(4)?)?;
        let fixed = usize::from(*body.first()?);
        if size > LARGEST || fixed < 30 || fixed >= size {
            return None;
        }
        let byte = |index: usize| body.get(index).copied().unwrap_or(0);
        let name = until_nul(body, fixed, LARGEST)?;
        let comment = until_nul(body, fixed.checked_add(name.len())?.checked_add(1)?, LARGEST).unwrap_or_default();
        let stored = u32_at(rest, size.checked_add(4)?)?;
        let mut end = size.checked_add(8)?;
        for _ in 0..MAX_EXTENDED {
            let length = usize::from(u16_at(rest, end)?);
            end = end.checked_add(2)?;
            if length == 0 {
                break;
            }
            end = end.checked_add(length)?.checked_add(4)?;
        }
        Some(Next::Header(Header {
            host: byte(3),
            flags: byte(4),
            method: byte(5),
            kind: byte(6),
            modifier: byte(7),
            packed: u32_at(body, 12)?,
            size: u32_at(body, 16)?,
            crc: u32_at(body, 20)?,
            mode: u16_at(body, 26)?,
            cipher: byte(28),
            name,
            comment,
            end: at.checked_add(end)?,
            is_crc_right: crc32fast::hash(body) == stored,
        }))
    }
}
