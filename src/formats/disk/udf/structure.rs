//! From the recognition sequence over the anchor to the volume's descriptors, ECMA-167 2/8, 3/8 and 3/10.

use crate::formats::disk::source::{Disk, read};
use crate::formats::fields::{u16_at, u32_at};

/// What the descriptors say.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// Bytes of a block.
    pub(super) block: u64,
    /// Partitions: number and first block.
    pub(super) partitions: Vec<(u16, u32)>,
    /// The logical volume's maps, each with its bytes.
    pub(super) maps: Vec<Vec<u8>>,
    /// Where the file set is: an allocation descriptor of 16 bytes.
    pub(super) file_set: Vec<u8>,
    pub(super) label: String,
}

/// Sectors of the recognition sequence looked at.
const RECOGNITION: std::ops::Range<u64> = 16..32;
/// Blocks of a descriptor sequence.
const MAX_SEQUENCE: u64 = 64;
/// Partition maps kept.
const MAX_MAPS: usize = 16;

/// Whether a disk has the recognition sequence of UDF.
pub(super) fn is_there(disk: &dyn Disk) -> bool {
    for sector in RECOGNITION {
        let bytes = read(disk, sector.saturating_mul(2048), 6);
        match bytes.get(1..6) {
            Some(b"NSR02" | b"NSR03") => return true,
            Some(b"BEA01" | b"CD001" | b"TEA01" | b"BOOT2" | b"CDW02") => {}
            // Blocks larger than a sector leave gaps of zeros.
            Some([0, 0, 0, 0, 0]) => {}
            _ => return false,
        }
    }
    false
}

/// The kind of a descriptor, if its checksum is right. ECMA-167 3/7.2.
pub(super) fn tag(bytes: &[u8]) -> Option<u16> {
    let head = bytes.get(..16)?;
    let sum =
        head.iter().enumerate().filter(|(index, _)| *index != 4).fold(0u8, |sum, (_, byte)| sum.wrapping_add(*byte));
    (head.get(4) == Some(&sum)).then(|| u16_at(bytes, 0)).flatten()
}

/// The descriptors, by whichever anchor and sequence can be read.
pub(super) fn find(disk: &dyn Disk) -> Option<Structure> {
    for block in [2048u64, 512, 4096, 1024] {
        let last = disk.size().checked_div(block)?.saturating_sub(1);
        for anchor in [256, last.saturating_sub(256), last, 512] {
            let bytes = read(disk, anchor.saturating_mul(block), 512);
            if tag(&bytes) != Some(2) || u32_at(&bytes, 12).map(u64::from) != Some(anchor) {
                continue;
            }
            for at in [16, 24] {
                let (Some(length), Some(start)) = (u32_at(&bytes, at), u32_at(&bytes, at.saturating_add(4))) else {
                    continue;
                };
                let found = sequence(disk, block, start, length);
                if !found.maps.is_empty() && !found.partitions.is_empty() {
                    return Some(found);
                }
            }
        }
    }
    None
}

fn sequence(disk: &dyn Disk, block: u64, start: u32, length: u32) -> Structure {
    let mut found = Structure { block, ..Structure::default() };
    let count = u64::from(length).checked_div(block).unwrap_or_default().min(MAX_SEQUENCE);
    for index in 0..count {
        let at = u64::from(start).saturating_add(index).saturating_mul(block);
        let bytes = read(disk, at, usize::try_from(block).unwrap_or_default());
        match tag(&bytes) {
            Some(5) => {
                if let (Some(number), Some(first)) = (u16_at(&bytes, 22), u32_at(&bytes, 188)) {
                    found.partitions.push((number, first));
                    found.partitions.truncate(MAX_MAPS);
                }
            }
            Some(6) => logical(&bytes, &mut found),
            Some(8) | None => break,
            _ => {}
        }
    }
    found
}

/// The logical volume descriptor, ECMA-167 3/10.6.
fn logical(bytes: &[u8], found: &mut Structure) {
    if let Some(size) = u32_at(bytes, 212).filter(|size| size.is_power_of_two() && (512..=32768).contains(size)) {
        found.block = u64::from(size);
    }
    found.label = dstring(bytes.get(84..212).unwrap_or_default());
    found.file_set = bytes.get(248..264).unwrap_or_default().to_vec();
    found.maps.clear();
    let mut rest = bytes.get(440..).unwrap_or_default();
    let count = u32_at(bytes, 268).unwrap_or_default() as usize;
    for _ in 0..count.min(MAX_MAPS) {
        let Some(length) = rest.get(1).map(|length| usize::from(*length)).filter(|length| *length >= 6) else { break };
        let Some(map) = rest.get(..length) else { break };
        found.maps.push(map.to_vec());
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// A string of a fixed field: the last byte says how long it is. OSTA UDF 2.1.3.
fn dstring(field: &[u8]) -> String {
    let length = field.last().map(|length| usize::from(*length)).unwrap_or_default();
    text(field.get(..length.min(field.len())).unwrap_or_default())
}

/// Compressed Unicode, OSTA UDF 2.1.1: the first byte says whether a character has 8 or 16 bits.
pub(super) fn text(bytes: &[u8]) -> String {
    match bytes.split_first() {
        Some((8 | 254, rest)) => rest.iter().map(|byte| char::from(*byte)).collect(),
        Some((16 | 255, rest)) => {
            let units: Vec<u16> =
                rest.chunks_exact(2).filter_map(|pair| crate::formats::fields::u16_be_at(pair, 0)).collect();
            String::from_utf16_lossy(&units)
        }
        Some((_, rest)) => String::from_utf8_lossy(rest).into_owned(),
        None => String::new(),
    }
}
