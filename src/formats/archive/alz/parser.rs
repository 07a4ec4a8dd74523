//! The walk over an ALZ archive.

use std::ops::Range;

use bytes::Bytes;
use encoding_rs::EUC_KR;

use crate::formats::archive::{old_names, zip_crypto};
use crate::formats::fields::{number_at, range_in, u16_at, u32_at};
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// Attributes of DOS.
    pub attributes: u8,
    /// Method: 0 stored, 1 bzip2, 2 deflate.
    pub method: u8,
    /// Bytes of content, as stated.
    pub size: u64,
    /// CRC-32 of the content.
    pub crc: u32,
    /// The cipher's header, if the content is encrypted.
    pub lock: Option<Range<usize>>,
    /// What the last byte of that header must be.
    pub check: u8,
    /// Packed content.
    pub data: Range<usize>,
    /// Packed bytes beyond the end of the archive.
    pub missing: u64,
    /// Offset of the header.
    pub offset: usize,
}

/// The archive's files.
#[derive(Debug, Default)]
pub struct AlzView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged.
    pub problems: Vec<Problem>,
}

const FILE: &[u8] = b"BLZ\x01";
/// Files kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;

impl View for AlzView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if !bytes.starts_with(b"ALZ\x01") {
            return Err(ParseError::new("no ALZ header", 0));
        }
        let mut view = AlzView::default();
        let mut at = 8usize;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            let rest = bytes.get(at..).unwrap_or_default();
            if let Some((entry, end)) = entry(bytes, at) {
                view.entries.push(entry);
                at = end;
                continue;
            }
            // The directory at the end repeats what was said.
            if [&b"CLZ\x01"[..], b"CLZ\x02", b"ELZ\x01"].iter().any(|mark| rest.starts_with(mark)) {
                return Ok(view);
            }
            match memchr::memmem::find(rest.get(1..).unwrap_or_default(), FILE) {
                Some(index) => {
                    view.say("no ALZ entry where one should be", at);
                    at = at.saturating_add(index).saturating_add(1);
                }
                None => break,
            }
        }
        view.say("the archive has no end", at);
        Ok(view)
    }
}

impl AlzView {
    fn say(&mut self, what: &str, at: usize) {
        const MAX: usize = 32;
        if self.problems.len() < MAX {
            self.problems.push(Problem::damaged(what, Location::at(at)));
        }
    }
}

/// A file's header and where its content ends.
fn entry(bytes: &[u8], at: usize) -> Option<(Entry, usize)> {
    let header = bytes.get(at..)?;
    if !header.starts_with(FILE) {
        return None;
    }
    let (length, attributes) = (usize::from(u16_at(header, 4)?), *header.get(6)?);
    let descriptor = *header.get(11)?;
    // The upper half says how wide sizes are; a folder has none.
    let width = usize::from(descriptor >> 4);
    let mut next = 13usize;
    let (mut method, mut crc, mut packed, mut size) = (0, 0, 0, 0);
    if width > 0 {
        if !matches!(width, 1 | 2 | 4 | 8) {
            return None;
        }
        (method, crc) = (*header.get(13)?, u32_at(header, 15)?);
        packed = number_at(header, 19, width)?;
        size = number_at(header, width.checked_add(19)?, width)?;
        next = width.checked_mul(2)?.checked_add(19)?;
    }
    let raw = header.get(next..next.checked_add(length)?)?;
    let mut data_at = at.checked_add(next)?.checked_add(length)?;
    let lock = if descriptor & 1 != 0 {
        let end = data_at.checked_add(zip_crypto::HEADER)?;
        let lock = data_at..end;
        data_at = end;
        Some(lock)
    } else {
        None
    };
    let data = range_in(bytes, data_at, packed);
    let entry = Entry {
        name: name(raw),
        attributes,
        method,
        size,
        crc,
        lock,
        check: (crc >> 24) as u8,
        missing: packed.saturating_sub(data.len() as u64),
        data: data.clone(),
        offset: at,
    };
    Some((entry, data.end.max(at.checked_add(13)?)))
}

/// Names are in the code page of Korean Windows.
fn name(raw: &[u8]) -> EntryName {
    match std::str::from_utf8(raw) {
        Ok(text) => EntryName::new(text),
        Err(_) => match EUC_KR.decode_without_bom_handling_and_without_replacement(raw) {
            Some(text) => EntryName { raw: Some(raw.to_vec()), ..EntryName::new(text) },
            None => old_names::decode(raw),
        },
    }
}
