//! A directory record, ECMA-119 9.1.

use crate::formats::archive::old_names;
use crate::formats::fields::{u16_be_at, u32_at, u32_be_at};
use crate::model::EntryName;

use super::descriptors::Names;

/// One record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Stored bytes of the name.
    pub(super) name: Vec<u8>,
    /// First block, by the little-endian field and by the big-endian one.
    pub(super) blocks: (u32, u32),
    /// Bytes, by both fields.
    pub(super) sizes: (u32, u32),
    pub(super) flags: u8,
    /// Blocks of the extended attribute record before the content.
    pub(super) attributes: u8,
    /// Blocks in a piece and in the gap after it, for interleaved files.
    pub(super) unit: u8,
    pub(super) gap: u8,
    /// What lies behind the name.
    pub(super) system_use: Vec<u8>,
    /// Bytes of the record.
    pub(super) length: usize,
}

impl Record {
    /// The record at the start of some bytes; none where the rest of a sector is unused or the record is broken.
    pub(super) fn read(bytes: &[u8]) -> Option<Record> {
        let length = usize::from(*bytes.first()?);
        let record = bytes.get(..length).filter(|record| record.len() >= 34)?;
        let name_length = usize::from(*record.get(32)?);
        let name_end = name_length.checked_add(33)?;
        let name = record.get(33..name_end)?;
        let padded = name_end.checked_add(usize::from(name_length.is_multiple_of(2)))?;
        Some(Record {
            name: name.to_vec(),
            blocks: (u32_at(record, 2)?, u32_be_at(record, 6)?),
            sizes: (u32_at(record, 10)?, u32_be_at(record, 14)?),
            flags: *record.get(25)?,
            attributes: *record.get(1)?,
            unit: *record.get(26)?,
            gap: *record.get(27)?,
            system_use: record.get(padded..).unwrap_or_default().to_vec(),
            length,
        })
    }

    pub(super) fn is_folder(&self) -> bool {
        self.flags & 0x02 != 0
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.flags & 0x01 != 0
    }

    /// Whether it is the fork of a file that has another record.
    pub(super) fn is_associated(&self) -> bool {
        self.flags & 0x04 != 0
    }

    /// Whether the content goes on in the next record.
    pub(super) fn goes_on(&self) -> bool {
        self.flags & 0x80 != 0
    }

    /// Whether it is the folder itself or the one above it.
    pub(super) fn is_dots(&self) -> bool {
        matches!(self.name.as_slice(), [0 | 1])
    }

    /// Whether the fields that say the same in two byte orders differ.
    pub(super) fn is_torn(&self) -> bool {
        self.blocks.0 != self.blocks.1 || self.sizes.0 != self.sizes.1
    }

    /// The name as text, without its version.
    pub(super) fn text(&self, names: Names) -> EntryName {
        let name = match names {
            Names::Joliet => {
                let units: Vec<u16> = self.name.chunks_exact(2).filter_map(|pair| u16_be_at(pair, 0)).collect();
                EntryName::new(String::from_utf16_lossy(&units))
            }
            Names::Primary | Names::Enhanced => old_names::decode(&self.name),
        };
        // A slash cannot be part of a name; one that has it would lead elsewhere, and is kept to be said.
        let text = match name.text.rsplit_once(';') {
            Some((base, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => base,
            _ => name.text.as_str(),
        };
        // ISO 9660 writes the dot of a name without extension.
        let text = match (names, text.strip_suffix('.')) {
            (Names::Primary, Some(base)) if !base.is_empty() && !base.contains('.') => base,
            _ => text,
        };
        EntryName { text: text.to_owned(), raw: name.raw, others: Vec::new() }
    }
}
