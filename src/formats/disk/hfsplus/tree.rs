//! B-trees, TN1150 "B-Trees": only leaves matter here, and those are chained.

use std::collections::HashSet;
use std::io::Read;

use crate::formats::disk::content::Runs;
use crate::formats::disk::volume::{MAX_ENTRIES, Volume};
use crate::formats::fields::{u16_be_at, u32_be_at};
use crate::stage::{Outcome, StageError};

/// Bytes of a tree that are read.
const MAX_TREE: u64 = 128 << 20;

/// Calls with every record of the leaves: its key, and what follows it.
pub(super) fn leaves(
    volume: &Volume<'_>,
    runs: &Runs,
    size: u64,
    what: &str,
    out: &mut Outcome<'_>,
    mut each: impl FnMut(&[u8], &[u8]),
) -> Result<(), StageError> {
    if size == 0 {
        return Ok(());
    }
    let (bytes, stop) = out.pull(runs.reader(volume.disk, size.min(MAX_TREE), size).take(MAX_TREE));
    if stop.is_some() || size > MAX_TREE {
        volume.damaged("the tree ends early", what, out);
    }
    let node_size = usize::from(u16_be_at(&bytes, 32).unwrap_or_default());
    if node_size < 512 {
        volume.damaged("the tree's header is broken", what, out);
        return Ok(());
    }
    let node = |number: u32| {
        let at = (number as usize).checked_mul(node_size)?;
        bytes.get(at..at.checked_add(node_size)?)
    };
    let mut next = u32_be_at(&bytes, 24).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut count = 0usize;
    while next != 0 {
        out.budget().check_deadline()?;
        let leaf = node(next).filter(|leaf| leaf.get(8) == Some(&0xff));
        let Some(leaf) = leaf.filter(|_| seen.insert(next)) else {
            volume.damaged("the chain of leaves is broken", what, out);
            return Ok(());
        };
        let records = usize::from(u16_be_at(leaf, 10).unwrap_or_default());
        // Offsets stand at the end of the node, last record first.
        let offset = |index: usize| {
            let at = node_size.checked_sub(index.checked_add(1)?.checked_mul(2)?)?;
            u16_be_at(leaf, at).map(usize::from)
        };
        for index in 0..records.min(node_size / 2) {
            count = count.saturating_add(1);
            if count > MAX_ENTRIES.saturating_mul(4) {
                volume.damaged("too many records", what, out);
                return Ok(());
            }
            let record = offset(index).zip(offset(index.saturating_add(1))).and_then(|(from, to)| leaf.get(from..to));
            let Some(record) = record else {
                volume.damaged("a record leads out of its node", what, out);
                break;
            };
            let length = usize::from(u16_be_at(record, 0).unwrap_or_default());
            if let Some((key, data)) = record.get(2..).and_then(|rest| rest.split_at_checked(length)) {
                each(key, data.get(length % 2..).unwrap_or_default());
            }
        }
        next = u32_be_at(leaf, 0).unwrap_or_default();
    }
    Ok(())
}
