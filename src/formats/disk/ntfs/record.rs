//! A record of the master file table: fix-ups, attributes, runs.

use crate::formats::disk::content::{Run, Runs};
use crate::formats::fields::{clipped, size_at, u16_at, u32_at, u64_at, wide_at};

/// A record with its fix-ups undone.
#[derive(Debug)]
pub(super) struct Record {
    bytes: Vec<u8>,
    /// Whether it describes a file that is there.
    pub(super) is_used: bool,
    pub(super) is_folder: bool,
    /// The record this one continues.
    pub(super) base: Option<u64>,
    /// Whether a sector of it was written at another time than the others.
    pub(super) is_torn: bool,
}

/// Where an attribute's value is.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// In the record.
    Here(Vec<u8>),
    /// On the disk: a part of the runs, from a cluster of the value on.
    There { from: u64, runs: Runs, size: u64, valid: u64, unit: u32 },
}

/// One attribute.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) kind: u32,
    pub(super) name: String,
    pub(super) flags: u16,
    pub(super) value: Value,
}

/// The number in a reference to a record.
pub(super) fn number(reference: u64) -> u64 {
    reference & 0xffff_ffff_ffff
}

impl Record {
    /// The record, if there is one.
    pub(super) fn read(mut bytes: Vec<u8>) -> Option<Record> {
        if !bytes.starts_with(b"FILE") {
            return None;
        }
        let (at, count) = (usize::from(u16_at(&bytes, 4)?), usize::from(u16_at(&bytes, 6)?));
        let fixes = clipped(&bytes, at, count.saturating_mul(2)).to_vec();
        let mut is_torn = false;
        if let Some((mark, fixes)) = fixes.split_at_checked(2) {
            // The last two bytes of each sector were exchanged for a mark.
            for (sector, fix) in bytes.chunks_exact_mut(512).zip(fixes.chunks_exact(2)) {
                if let Some(end) = sector.get_mut(510..512) {
                    is_torn |= &*end != mark;
                    end.copy_from_slice(fix);
                }
            }
        }
        let flags = u16_at(&bytes, 22)?;
        let base = number(u64_at(&bytes, 32)?);
        Some(Record {
            is_used: flags & 1 != 0,
            is_folder: flags & 2 != 0,
            base: (base != 0).then_some(base),
            is_torn,
            bytes,
        })
    }

    /// The attributes, in order; runs in clusters of this size.
    pub(super) fn attributes(&self, cluster: u64) -> Vec<Attribute> {
        let mut found = Vec::new();
        let mut at = usize::from(u16_at(&self.bytes, 20).unwrap_or_default());
        while let Some(kind) = u32_at(&self.bytes, at).filter(|kind| *kind != u32::MAX) {
            let Some(length) = size_at(&self.bytes, at.saturating_add(4)).filter(|length| *length >= 24) else { break };
            let raw = clipped(&self.bytes, at, length);
            found.extend(attribute(kind, raw, cluster));
            at = at.saturating_add(length);
        }
        found
    }
}

fn attribute(kind: u32, raw: &[u8], cluster: u64) -> Option<Attribute> {
    let is_there = *raw.get(8)? != 0;
    let name_length = usize::from(*raw.get(9)?);
    let name_at = usize::from(u16_at(raw, 10)?);
    let name = match name_length {
        0 => String::new(),
        length => wide_at(raw, name_at, length)?.0,
    };
    let value = if is_there {
        let from = u64_at(raw, 16)?;
        let runs = runs(raw.get(usize::from(u16_at(raw, 32)?)..)?, cluster);
        let unit = u32::from(u16_at(raw, 34)?);
        // Sizes stand in the first part only.
        let (size, valid) = (u64_at(raw, 48).unwrap_or_default(), u64_at(raw, 56).unwrap_or_default());
        Value::There { from, runs, size, valid, unit }
    } else {
        let at = usize::from(u16_at(raw, 20)?);
        Value::Here(clipped(raw, at, size_at(raw, 16)?).to_vec())
    };
    Some(Attribute { kind, name, flags: u16_at(raw, 12)?, value })
}

/// Runs: a byte says how many bytes a length and an offset have; offsets count from the run before. No offset is a hole.
fn runs(mut bytes: &[u8], cluster: u64) -> Runs {
    let mut found = Runs::default();
    let mut place = 0i64;
    while let Some((head, rest)) = bytes.split_first().filter(|(head, _)| **head != 0) {
        let (length_width, offset_width) = (usize::from(head & 15), usize::from(head >> 4));
        let (Some(length), Some(offset)) =
            (rest.get(..length_width), rest.get(length_width..length_width.saturating_add(offset_width)))
        else {
            break;
        };
        if length_width > 8 || offset_width > 8 {
            break;
        }
        let length =
            length.iter().rev().fold(0u64, |value, byte| (value << 8) | u64::from(*byte)).saturating_mul(cluster);
        let at = match offset.last() {
            None => None,
            Some(last) => {
                let sign: i64 = if last & 0x80 != 0 { -1 } else { 0 };
                let step = offset.iter().rev().fold(sign, |value, byte| (value << 8) | i64::from(*byte));
                place = place.saturating_add(step);
                Some(u64::try_from(place).unwrap_or(u64::MAX).saturating_mul(cluster))
            }
        };
        found.push(Run { at, length });
        bytes = rest.get(length_width.saturating_add(offset_width)..).unwrap_or_default();
    }
    found
}
