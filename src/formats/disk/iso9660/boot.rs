//! Boot images, El Torito 1.0: a catalogue of entries of 32 bytes.

use super::descriptors::SECTOR;
use crate::formats::disk::content::Runs;
use crate::formats::disk::trees::Tree;
use crate::formats::disk::volume::{Entry, Volume};
use crate::formats::fields::{u16_at, u32_at};
use crate::model::{EntryName, Problem};
use crate::stage::{Outcome, StageError};

/// Entries read.
const MAX_ENTRIES: usize = 63;

/// Gives the boot images that are not files of a tree.
pub(super) fn give(
    volume: &Volume<'_>,
    catalogue: u64,
    trees: &[Tree],
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let bytes = volume.read(catalogue.saturating_mul(SECTOR), 2048);
    // The validation entry.
    if bytes.first() != Some(&1) || bytes.get(30..32) != Some(&[0x55, 0xaa]) {
        out.problem(Problem::damaged("the boot catalogue is broken", volume.place("boot catalogue")));
        return Ok(());
    }
    for (index, entry) in bytes.chunks_exact(32).skip(1).take(MAX_ENTRIES).enumerate() {
        let (Some(0x88), Some(media)) = (entry.first(), entry.get(1)) else { continue };
        let sectors = u64::from(u16_at(entry, 6).unwrap_or_default());
        let at = u64::from(u32_at(entry, 8).unwrap_or_default()).saturating_mul(SECTOR);
        let known = trees.iter().flat_map(|tree| &tree.nodes).any(|node| node.runs.start() == Some(at));
        if at == 0 || known {
            continue;
        }
        let size = match media & 0x0f {
            1 => 1_228_800,
            2 => 1_474_560,
            3 => 2_949_120,
            _ => sectors.saturating_mul(512),
        };
        let size = size.min(volume.disk.size().saturating_sub(at));
        let mut said = Entry::new(EntryName::new(format!("boot image {}", index.saturating_add(1))), "El Torito");
        said.is_part = true;
        let runs = Runs::one(at, size);
        volume.give(&said, runs.reader(volume.disk, size, size), out)?;
    }
    Ok(())
}
