//! The directory: entries of 128 bytes, linked into one search tree of siblings per storage (MS-CFB 2.6). The tree is
//! walked rather than searched, so that a wrong order or colour hides nothing; what no link reaches is listed as well.

use crate::formats::fields::{clsid_at, u16_at, u32_at};

/// Bytes of an entry.
const ENTRY: usize = 128;
/// A sibling or child link that leads nowhere.
const NO_STREAM: u32 = 0xFFFF_FFFF;
/// Storages inside storages; Windows itself gives up long before.
const MAX_DEPTH: usize = 64;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawKind {
    /// Not in use, though its old name may remain.
    Unused,
    Storage,
    Stream,
    Root,
    Other(u8),
}

/// An entry as stored.
#[derive(Debug)]
pub(super) struct RawEntry {
    pub(super) name: String,
    pub(super) kind: RawKind,
    pub(super) clsid: [u8; 16],
    left: u32,
    right: u32,
    child: u32,
    pub(super) start: u32,
    pub(super) size: u64,
}

/// An entry in its place.
#[derive(Debug)]
pub(super) struct Placed {
    /// Number of the entry in the directory.
    pub(super) id: usize,
    /// The storage it is in, as an index into the list of placed entries.
    pub(super) parent: Option<usize>,
    pub(super) is_orphan: bool,
}

impl RawEntry {
    /// A root that holds nothing, for a file whose directory is gone.
    pub(super) fn root() -> Self {
        RawEntry {
            name: "Root Entry".to_owned(),
            kind: RawKind::Root,
            clsid: [0; 16],
            left: NO_STREAM,
            right: NO_STREAM,
            child: NO_STREAM,
            start: u32::MAX,
            size: 0,
        }
    }
}

/// Whether bytes begin with the entry of the root.
pub(super) fn begins_with_root(bytes: &[u8]) -> bool {
    bytes.get(66) == Some(&5) && is_plausible(bytes)
}

/// Whether a sector is one of the directory: entries that can be, one of them in use.
pub(super) fn looks_like_directory(sector: &[u8]) -> bool {
    let mut is_used = false;
    for raw in sector.chunks_exact(ENTRY) {
        // An unused entry is all zero but for its links.
        let is_unused = raw.get(66) == Some(&0) && raw.iter().take(66).all(|byte| *byte == 0);
        if !is_unused && !is_plausible(raw) {
            return false;
        }
        is_used |= !is_unused;
    }
    is_used
}

/// Whether 128 bytes can be an entry: a name closed by zero where its length says, a kind and a colour that exist.
fn is_plausible(raw: &[u8]) -> bool {
    let length = u16_at(raw, 64).map_or(0, usize::from);
    let is_name = (4..=64).contains(&length)
        && length.is_multiple_of(2)
        && u16_at(raw, length.saturating_sub(2)) == Some(0)
        && (0..length.saturating_sub(2)).step_by(2).all(|at| u16_at(raw, at).is_some_and(|unit| unit != 0));
    is_name && matches!(raw.get(66), Some(1 | 2 | 5)) && matches!(raw.get(67), Some(0 | 1))
}

/// The entries as stored, MS-CFB 2.6.1. In version 3 the upper half of the size may hold anything.
pub(super) fn entries(directory: &[u8], major: u16) -> Vec<RawEntry> {
    directory.chunks_exact(ENTRY).filter_map(|raw| entry(raw, major)).collect()
}

fn entry(raw: &[u8], major: u16) -> Option<RawEntry> {
    let low = u64::from(u32_at(raw, 120)?);
    let high = if major == 4 { u64::from(u32_at(raw, 124)?) } else { 0 };
    Some(RawEntry {
        name: name(raw)?,
        kind: match raw.get(66)? {
            0 => RawKind::Unused,
            1 => RawKind::Storage,
            2 => RawKind::Stream,
            5 => RawKind::Root,
            other => RawKind::Other(*other),
        },
        clsid: clsid_at(raw, 80)?,
        left: u32_at(raw, 68)?,
        right: u32_at(raw, 72)?,
        child: u32_at(raw, 76)?,
        start: u32_at(raw, 116)?,
        size: (high << 32) | low,
    })
}

/// The name: UTF-16 with its length in bytes, the closing zero included. A length that cannot be is replaced by where
/// the first zero is.
fn name(raw: &[u8]) -> Option<String> {
    let length = usize::from(u16_at(raw, 64)?);
    let units: Vec<u16> = (0..32usize).map_while(|index| u16_at(raw, index.saturating_mul(2))).collect();
    let end = if (2..=64).contains(&length) && length % 2 == 0 {
        (length / 2).saturating_sub(1)
    } else {
        units.iter().position(|unit| *unit == 0).unwrap_or(units.len())
    };
    let text = String::from_utf16_lossy(units.get(..end).unwrap_or_default());
    Some(text.trim_end_matches('\0').to_owned())
}

/// What the walk met.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Entries in the order of the tree, the root first; then orphans.
    pub(super) placed: Vec<Placed>,
    /// Entries with a link that leads outside the directory, or to an entry already seen.
    pub(super) bad_links: Vec<usize>,
    /// Entries of storages nested too deeply to stay in place.
    pub(super) too_deep: usize,
}

/// Every entry, with the storage it is in.
pub(super) fn walk(entries: &[RawEntry]) -> Walk {
    let mut walk = Walk::default();
    let mut seen = vec![false; entries.len()];
    if entries.is_empty() {
        return walk;
    }
    walk.subtree(entries, &mut seen, 0, false);
    // Orphans that other orphans name as siblings or children come with those.
    let mut is_named = vec![false; entries.len()];
    for (entry, _) in entries.iter().zip(&seen).filter(|(_, seen)| !**seen) {
        for link in [entry.left, entry.right, entry.child] {
            if let Some(slot) = usize::try_from(link).ok().and_then(|at| is_named.get_mut(at)) {
                *slot = true;
            }
        }
    }
    for pass_over_named in [true, false] {
        for id in 0..entries.len() {
            let Some(entry) = entries.get(id) else { break };
            let is_left_over = entry.kind == RawKind::Unused && (entry.name.is_empty() || entry.size == 0);
            let is_seen = seen.get(id).copied().unwrap_or(true);
            let waits = pass_over_named && is_named.get(id).copied().unwrap_or(false);
            if !(is_seen || is_left_over || waits) {
                walk.subtree(entries, &mut seen, id, true);
            }
        }
    }
    walk
}

enum Step {
    /// Visit the siblings around an entry in order.
    Enter(u32, Option<usize>, usize),
    /// The entry itself.
    Place(usize, Option<usize>, usize),
}

impl Walk {
    /// An entry, its siblings and all below, in the order of the tree.
    fn subtree(&mut self, entries: &[RawEntry], seen: &mut [bool], top: usize, is_orphan: bool) {
        let Ok(top) = u32::try_from(top) else { return };
        let mut steps = vec![Step::Enter(top, None, 0)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(link, parent, depth) => {
                    let at = usize::try_from(link).unwrap_or(usize::MAX);
                    let (Some(entry), Some(seen)) = (entries.get(at), seen.get_mut(at)) else { continue };
                    if *seen {
                        self.bad_links.push(at);
                        continue;
                    }
                    *seen = true;
                    // The root has no siblings (2.6.2), whatever it says.
                    let has_siblings = at != 0;
                    if has_siblings {
                        self.enter(entries.len(), at, entry.right, parent, depth, &mut steps);
                    }
                    steps.push(Step::Place(at, parent, depth));
                    if has_siblings {
                        self.enter(entries.len(), at, entry.left, parent, depth, &mut steps);
                    }
                }
                Step::Place(id, parent, depth) => {
                    let index = self.placed.len();
                    self.placed.push(Placed { id, parent, is_orphan });
                    let Some(entry) = entries.get(id) else { continue };
                    if entry.kind == RawKind::Stream {
                        continue;
                    }
                    if depth >= MAX_DEPTH {
                        self.too_deep = self.too_deep.saturating_add(1);
                    } else {
                        self.enter(entries.len(), id, entry.child, Some(index), depth.saturating_add(1), &mut steps);
                    }
                }
            }
        }
    }

    fn enter(
        &mut self,
        count: usize,
        from: usize,
        link: u32,
        parent: Option<usize>,
        depth: usize,
        steps: &mut Vec<Step>,
    ) {
        if link == NO_STREAM {
            return;
        }
        // Zero is what careless writers leave where there is no sibling.
        if link == 0 {
            return;
        }
        if usize::try_from(link).is_ok_and(|at| at < count) {
            steps.push(Step::Enter(link, parent, depth));
        } else {
            self.bad_links.push(from);
        }
    }
}
