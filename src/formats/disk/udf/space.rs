//! Block numbers of partitions of all kinds as places on the disk. OSTA UDF 2.2.8 to 2.2.10.

use super::entry::{self, FileEntry};
use super::structure::Structure;
use crate::formats::disk::content::{Run, Runs};
use crate::formats::disk::volume::Volume;
use crate::formats::fields::{u16_at, u32_at};

/// How one of the logical volume's partitions is laid out.
enum Kind {
    /// One after the other.
    Plain,
    /// Through a table in a file.
    Virtual(Vec<u32>),
    /// Packets that went bad are elsewhere: first block of each, and where it is instead.
    Sparable { packet: u32, moved: Vec<(u32, u32)> },
    /// Blocks of a file.
    Metadata(Runs),
}

/// The partitions.
pub(super) struct Space<'a> {
    pub(super) volume: &'a Volume<'a>,
    pub(super) block: u64,
    /// First block on the disk, and layout.
    partitions: Vec<(u32, Kind)>,
}

/// Entries of a table of virtual or spare blocks.
const MAX_TABLE: usize = 1 << 20;

impl<'a> Space<'a> {
    /// Reads the maps; what cannot be mapped is read as if it were plain, and said by the second value.
    pub(super) fn new(volume: &'a Volume<'a>, structure: &Structure) -> (Space<'a>, Vec<&'static str>) {
        let mut problems = Vec::new();
        let mut space = Space { volume, block: structure.block, partitions: Vec::new() };
        for map in &structure.maps {
            let number = if map.first() == Some(&1) { u16_at(map, 4) } else { u16_at(map, 38) };
            let first = structure.partitions.iter().find(|(known, _)| Some(*known) == number).map(|(_, first)| *first);
            let first = first.or_else(|| structure.partitions.first().map(|(_, first)| *first)).unwrap_or_default();
            let plain = Space { volume, block: structure.block, partitions: vec![(first, Kind::Plain)] };
            let name = map.get(5..28).unwrap_or_default();
            let kind = match map.first() {
                Some(2) if name.starts_with(b"*UDF Virtual") => match plain.virtual_table() {
                    Some(table) => Kind::Virtual(table),
                    None => {
                        problems.push("the table of virtual blocks is missing");
                        Kind::Plain
                    }
                },
                Some(2) if name.starts_with(b"*UDF Sparable") => plain.sparing(map),
                Some(2) if name.starts_with(b"*UDF Metadata") => match plain.metadata(map) {
                    Some(runs) => Kind::Metadata(runs),
                    None => {
                        problems.push("the metadata file cannot be read");
                        Kind::Plain
                    }
                },
                _ => Kind::Plain,
            };
            space.partitions.push((first, kind));
        }
        (space, problems)
    }

    /// Adds where some bytes from a block on lie.
    pub(super) fn add(&self, partition: u16, block: u32, length: u64, runs: &mut Runs) {
        let Some((first, kind)) = self.partitions.get(usize::from(partition)) else { return };
        let place = |block: u32| u64::from(*first).saturating_add(u64::from(block)).saturating_mul(self.block);
        match kind {
            Kind::Plain => runs.push(Run { at: Some(place(block)), length }),
            Kind::Virtual(table) => {
                // A virtual block is one block; what is larger is not virtual.
                let to = table.get(block as usize).copied().unwrap_or(block);
                runs.push(Run { at: Some(place(to)), length });
            }
            Kind::Sparable { packet, moved } => {
                let mut left = length;
                let mut block = block;
                while left > 0 && place(block) < self.volume.disk.size() {
                    let within = block.checked_rem(*packet).unwrap_or_default();
                    let start = block.saturating_sub(within);
                    let to = moved.iter().find(|(from, _)| *from == start).map(|(_, to)| *to);
                    let here = u64::from(packet.saturating_sub(within)).saturating_mul(self.block).min(left).max(1);
                    let at = match to {
                        Some(to) => u64::from(to).saturating_add(u64::from(within)).saturating_mul(self.block),
                        None => place(block),
                    };
                    runs.push(Run { at: Some(at), length: here });
                    left = left.saturating_sub(here);
                    block = start.saturating_add((*packet).max(1));
                }
            }
            Kind::Metadata(file) => {
                let mut skip = u64::from(block).saturating_mul(self.block);
                let mut left = length;
                for run in file.iter() {
                    if skip >= run.length {
                        skip = skip.saturating_sub(run.length);
                        continue;
                    }
                    let here = run.length.saturating_sub(skip).min(left);
                    runs.push(Run { at: run.at.map(|at| at.saturating_add(skip)), length: here });
                    skip = 0;
                    left = left.saturating_sub(here);
                    if left == 0 {
                        break;
                    }
                }
            }
        }
    }

    /// Up to `length` bytes from a block on.
    pub(super) fn read(&self, partition: u16, block: u32, length: usize) -> Vec<u8> {
        let mut runs = Runs::default();
        self.add(partition, block, length as u64, &mut runs);
        self.read_runs(&runs, length)
    }

    /// Up to `length` bytes of some stretches.
    pub(super) fn read_runs(&self, runs: &Runs, length: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for run in runs.iter() {
            let wanted = length.saturating_sub(bytes.len()).min(usize::try_from(run.length).unwrap_or(usize::MAX));
            if wanted == 0 {
                break;
            }
            match run.at {
                Some(at) => {
                    let part = self.volume.read(at, wanted);
                    let is_short = part.len() < wanted;
                    bytes.extend(part);
                    if is_short {
                        break;
                    }
                }
                // Holes in what describes a volume are not written by anyone.
                None => break,
            }
        }
        bytes
    }

    /// The content of an entry in this space.
    pub(super) fn content(&self, entry: &FileEntry, longest: usize) -> Vec<u8> {
        let length = usize::try_from(entry.size).unwrap_or(usize::MAX).min(longest);
        match &entry.inline {
            Some(bytes) => bytes.get(..length).unwrap_or(bytes).to_vec(),
            None => self.read_runs(&entry.runs, length),
        }
    }

    fn metadata(&self, map: &[u8]) -> Option<Runs> {
        // The file, or its mirror.
        [40, 44].into_iter().filter_map(|at| u32_at(map, at)).find_map(|block| {
            let entry = entry::read(self, 0, block)?;
            entry.runs.start().is_some().then_some(entry.runs)
        })
    }

    /// The table stands in the last block that was written, or near it. Images may be padded with blocks of zeros.
    fn virtual_table(&self) -> Option<Vec<u32>> {
        const LOOK_BACK: u64 = 512;
        const MAX_PADDING: u64 = 1 << 18;
        let size = self.volume.disk.size().checked_div(self.block)?;
        let is_blank =
            |block: &u64| self.volume.read(block.saturating_mul(self.block), 16).iter().all(|byte| *byte == 0);
        let padding = (1..=size.min(MAX_PADDING)).take_while(|back| is_blank(&size.saturating_sub(*back))).count();
        let last = size.saturating_sub(padding as u64);
        let first = self.partitions.first()?.0;
        for back in 1..=LOOK_BACK.min(last) {
            let block = u32::try_from(last.saturating_sub(back)).ok()?.checked_sub(first)?;
            let Some(entry) = entry::read(self, 0, block).filter(|entry| matches!(entry.kind, 0 | 248)) else {
                continue;
            };
            let content = self.content(&entry, MAX_TABLE.saturating_mul(4));
            let numbers = match entry.kind {
                248 => content.get(usize::from(u16_at(&content, 0)?)..)?,
                // UDF 1.50: the table first, 36 bytes about it last.
                _ => content.get(..content.len().checked_sub(36)?)?,
            };
            return Some(numbers.chunks_exact(4).filter_map(|number| u32_at(number, 0)).collect());
        }
        None
    }

    /// OSTA UDF 2.2.11.
    fn sparing(&self, map: &[u8]) -> Kind {
        let packet = u32::from(u16_at(map, 40).unwrap_or(32)).max(1);
        let tables = usize::from(map.get(42).copied().unwrap_or_default()).min(4);
        let mut moved = Vec::new();
        for index in 0..tables {
            let at = index.saturating_mul(4).saturating_add(48);
            let Some(block) = u32_at(map, at) else { break };
            let table = self.volume.read(u64::from(block).saturating_mul(self.block), 64 << 10);
            let count = u16_at(&table, 48).map(usize::from).unwrap_or_default();
            if !table.get(21..).is_some_and(|rest| rest.starts_with(b"*UDF Sparing")) {
                continue;
            }
            let entries = table.get(56..).unwrap_or_default().chunks_exact(8).take(count);
            moved.extend(
                entries
                    .filter_map(|entry| Some((u32_at(entry, 0)?, u32_at(entry, 4)?)))
                    .filter(|(from, _)| *from < 0xffff_fff0),
            );
            break;
        }
        Kind::Sparable { packet, moved }
    }
}
