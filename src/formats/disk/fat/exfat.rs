//! exFAT: clusters and their table as FAT has them, folders of its own kind. Microsoft's exFAT specification.

use std::collections::{HashSet, VecDeque};

use super::layout::{Layout, Width};
use super::table::{End, Table};
use crate::formats::disk::content::Runs;
use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::disk::volume::{self, MAX_DEPTH, MAX_ENTRIES, Volume};
use crate::formats::disk::volumes::{self, FileSystem, ImageUnpacker};
use crate::formats::fields::{u16_at, u32_at, u64_at};
use crate::model::{EntryName, FormatId, ParseError, Problem};
use crate::stage::{Family, FormatSpec, Outcome, Probe, Reading, Reference, StageError};

/// exFAT.
const EXFAT: FormatId = FormatId("exfat");

/// The format.
pub const EXFAT_FORMAT: FormatSpec = FormatSpec {
    id: EXFAT,
    title: "Disk image (exFAT)",
    extensions: &["img", "exfat", "dd", "raw", "bin"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, EXFAT)),
    reading: Reading::Full,
    references: &[Reference {
        title: "exFAT file system specification",
        url: "https://learn.microsoft.com/en-us/windows/win32/fileio/exfat-specification",
    }],
    limitations: &["Deleted entries are said, their content is not given."],
    unpacker: Some(&ImageUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system.
pub(crate) const EXFAT_SYSTEM: FileSystem = FileSystem { id: EXFAT, is: |disk| layout(disk).is_some(), give };

/// Bytes of a folder that are read; the specification allows 256 MiB.
const MAX_FOLDER: u64 = 16 << 20;

/// Section 3.1.
fn layout(disk: &dyn Disk) -> Option<Layout> {
    let boot = read_exact(disk, 0, 512)?;
    if boot.get(3..11) != Some(b"EXFAT   ") {
        return None;
    }
    let (sector_bits, cluster_bits) = (u32::from(*boot.get(108)?), u32::from(*boot.get(109)?));
    if !(9..=12).contains(&sector_bits) || cluster_bits > 25 {
        return None;
    }
    let sectors = |count: u64| count.checked_mul(1 << sector_bits);
    let field = |offset| sectors(u64::from(u32_at(&boot, offset)?));
    let cluster_size = sectors(1 << cluster_bits)?;
    let last_cluster = u32_at(&boot, 92)?.saturating_add(1);
    Some(Layout {
        width: Width::TwentyEight,
        table: field(80)?,
        table_size: field(84)?,
        root: 0,
        root_size: 0,
        root_cluster: u32_at(&boot, 96)?,
        data: field(88)?,
        cluster_size,
        last_cluster,
        size: sectors(u64_at(&boot, 72)?)?,
    })
}

/// A folder still to be read.
struct Folder {
    path: String,
    place: Place,
    is_hidden: bool,
    depth: usize,
}

/// Where content is.
#[derive(Debug, Clone, Copy)]
struct Place {
    cluster: u32,
    size: u64,
    /// Clusters follow one another; the table says nothing of them.
    is_contiguous: bool,
}

impl Place {
    fn runs(self, layout: &Layout, table: &mut Table<'_>) -> (Runs, End) {
        if !self.is_contiguous {
            return table.chain(self.cluster, self.size);
        }
        match layout.place(self.cluster) {
            Some(at) => (Runs::one(at, self.size), End::Proper),
            None => (Runs::default(), if self.size > 0 { End::Broken } else { End::Proper }),
        }
    }
}

fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let layout = layout(volume.disk).ok_or_else(|| ParseError::new("no exFAT boot sector", 0))?;
    let mut table = Table::new(volume.disk, &layout);
    if layout.size > volume.disk.size() {
        volume.damaged("the volume is larger than the image", "exFAT", out);
    }
    let root = Place { cluster: layout.root_cluster, size: MAX_FOLDER, is_contiguous: false };
    let mut seen = HashSet::from([layout.root_cluster]);
    let mut count = 0usize;
    let mut folders = VecDeque::from([Folder { path: String::new(), place: root, is_hidden: false, depth: 0 }]);
    while let Some(folder) = folders.pop_front() {
        out.budget().check_deadline()?;
        let bytes = read_folder(volume, &layout, &mut table, &folder, out);
        for set in sets(&bytes) {
            count = count.saturating_add(1);
            if count > MAX_ENTRIES {
                volume.damaged(format!("more than {MAX_ENTRIES} entries"), "exFAT", out);
                return Ok(());
            }
            let path = format!("{}{}", folder.path, set.name);
            let is_hidden = folder.is_hidden || set.attributes & 0x06 != 0;
            if set.is_deleted {
                out.fact("deleted-entry", path);
            } else if set.attributes & 0x10 != 0 {
                if is_hidden {
                    volume.hidden_folder(&path, out);
                }
                if folder.depth >= MAX_DEPTH || !seen.insert(set.place.cluster) {
                    let what = "the folder was read under another name, or lies too deep";
                    out.problem(Problem::odd(what, volume.place(&path)));
                    continue;
                }
                let depth = folder.depth.saturating_add(1);
                folders.push_back(Folder { path: format!("{path}/"), place: set.place, is_hidden, depth });
            } else {
                let (runs, _) = set.place.runs(&layout, &mut table);
                let mut entry = volume::Entry::new(EntryName::new(path), "exFAT");
                entry.is_hidden = is_hidden;
                volume.give(&entry, runs.reader(volume.disk, set.place.size, set.valid), out)?;
            }
        }
        if let Some(label) = label(&bytes).filter(|_| folder.depth == 0) {
            out.fact("volume-label", label);
        }
    }
    Ok(())
}

fn read_folder(
    volume: &Volume<'_>,
    layout: &Layout,
    table: &mut Table<'_>,
    folder: &Folder,
    out: &mut Outcome<'_>,
) -> Vec<u8> {
    let place = Place { size: folder.place.size.min(MAX_FOLDER), ..folder.place };
    let (runs, end) = place.runs(layout, table);
    if end == End::Broken {
        volume.damaged("the folder's chain of clusters is broken", &folder.path, out);
    }
    let mut bytes = Vec::new();
    for run in runs.iter() {
        let Some(at) = run.at else { continue };
        let part = volume.read(at, usize::try_from(run.length).unwrap_or(usize::MAX));
        let is_last = part.is_empty() || part.chunks_exact(32).any(|raw| raw.first() == Some(&0));
        bytes.extend(part);
        if is_last {
            break;
        }
    }
    bytes
}

/// A set of entries that describe one file, section 7.4.
struct Set {
    name: String,
    attributes: u16,
    place: Place,
    valid: u64,
    is_deleted: bool,
}

fn sets(bytes: &[u8]) -> Vec<Set> {
    let mut found = Vec::new();
    let mut entries = bytes.chunks_exact(32).peekable();
    while let Some(entry) = entries.next() {
        let kind = entry.first().copied().unwrap_or_default();
        if kind == 0 {
            break;
        }
        // The highest bit says that the entry is in use.
        if kind & 0x7f != 0x05 {
            continue;
        }
        let count = entry.get(1).copied().unwrap_or_default();
        let mut set = Set {
            name: String::new(),
            attributes: u16_at(entry, 4).unwrap_or_default(),
            place: Place { cluster: 0, size: 0, is_contiguous: false },
            valid: 0,
            is_deleted: kind & 0x80 == 0,
        };
        let mut units: Vec<u16> = Vec::new();
        let mut name_length = usize::MAX;
        for _ in 0..count {
            let Some(next) = entries.next_if(|next| next.first().is_some_and(|kind| kind & 0x40 != 0)) else { break };
            match next.first().map(|kind| kind & 0x7f) {
                Some(0x40) => {
                    let flags = next.get(1).copied().unwrap_or_default();
                    name_length = next.get(3).copied().map(usize::from).unwrap_or_default();
                    set.valid = u64_at(next, 8).unwrap_or_default();
                    set.place = Place {
                        cluster: u32_at(next, 20).unwrap_or_default(),
                        size: u64_at(next, 24).unwrap_or_default(),
                        is_contiguous: flags & 2 != 0,
                    };
                }
                Some(0x41) => {
                    units.extend(next.get(2..).unwrap_or_default().chunks_exact(2).filter_map(|pair| u16_at(pair, 0)))
                }
                _ => {}
            }
        }
        units.truncate(name_length);
        set.name = String::from_utf16_lossy(&units);
        found.push(set);
    }
    found
}

fn label(bytes: &[u8]) -> Option<String> {
    let entry =
        bytes.chunks_exact(32).take_while(|raw| raw.first() != Some(&0)).find(|raw| raw.first() == Some(&0x83))?;
    let length = usize::from(*entry.get(1)?).min(11);
    let units: Vec<u16> = entry.get(2..)?.chunks_exact(2).take(length).filter_map(|pair| u16_at(pair, 0)).collect();
    Some(String::from_utf16_lossy(&units)).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    const SECTOR: usize = 512;

    /// A set of three entries: file, stream, name.
    fn set(name: &str, attributes: u16, flags: u8, cluster: u32, size: u64, valid: u64) -> Vec<u8> {
        let mut out = vec![0u8; 96];
        out[0] = 0x85;
        out[1] = 2;
        out[4..6].copy_from_slice(&attributes.to_le_bytes());
        out[32] = 0xc0;
        out[33] = flags;
        out[35] = name.encode_utf16().count() as u8;
        out[40..48].copy_from_slice(&valid.to_le_bytes());
        out[52..56].copy_from_slice(&cluster.to_le_bytes());
        out[56..64].copy_from_slice(&size.to_le_bytes());
        out[64] = 0xc1;
        for (at, unit) in (66..96).step_by(2).zip(name.encode_utf16()) {
            out[at..at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        out
    }

    /// One sector to a cluster; the table in sector 24, cluster 2 in sector 32.
    fn image() -> Vec<u8> {
        let mut image = vec![0u8; 128 * SECTOR];
        image[..11].copy_from_slice(b"\xeb\x76\x90EXFAT   ");
        for (at, value) in [(72, 128u32), (80, 24), (84, 8), (88, 32), (92, 96), (96, 2)] {
            image[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        image[108..111].copy_from_slice(&[9, 0, 1]);
        let table = 24 * SECTOR;
        for (cluster, next) in [(2u32, u32::MAX), (6, 8), (8, 7), (7, u32::MAX), (10, u32::MAX)] {
            let at = table + cluster as usize * 4;
            image[at..at + 4].copy_from_slice(&next.to_le_bytes());
        }
        let mut put = |cluster: usize, bytes: &[u8]| {
            let at = (30 + cluster) * SECTOR;
            image[at..at + bytes.len()].copy_from_slice(bytes);
        };
        let root = [
            set("続き.bin", 0x20, 3, 3, 1200, 1200),
            set("切れ切れ.bin", 0x22, 1, 6, 1400, 1100),
            set("folder", 0x10, 1, 10, 512, 512),
        ];
        put(2, &root.concat());
        put(3, &[1; 1200]);
        for cluster in [6, 8, 7] {
            put(cluster, &[cluster as u8; SECTOR]);
        }
        put(10, &set("deep.txt", 0x20, 3, 11, 4, 4));
        put(11, b"deep");
        image
    }

    #[test]
    fn reads_clusters_in_a_row_in_a_chain_and_what_was_never_written() {
        let said = trial::scan(&EXFAT_FORMAT, "a.img", &image());
        let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
        assert_eq!(names, ["続き.bin", "切れ切れ.bin", "folder/deep.txt"]);
        assert_eq!(said.children[0].bytes.as_ref(), [1; 1200]);
        let expected = [&[6; 512][..], &[8; 512], &[7; 76], &[0; 300]].concat();
        assert_eq!(said.children[1].bytes.as_ref(), expected);
        assert!(said.facts.iter().any(|fact| fact.key == "hidden-entry" && fact.value == "切れ切れ.bin"));
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }

    #[test]
    fn no_cut_and_no_changed_byte_panics() {
        let whole = image();
        let unpacker = EXFAT_FORMAT.unpacker.unwrap();
        for end in (0..whole.len()).step_by(61) {
            let _ = trial::unpack(unpacker, "a.img", whole[..end].to_vec());
        }
        for at in (0..whole.len()).filter(|at| !matches!(whole[*at], 0 | 1 | 6 | 7 | 8)) {
            let mut changed = whole.clone();
            changed[at] = !changed[at];
            let _ = trial::unpack(unpacker, "a.img", changed);
        }
    }
}
