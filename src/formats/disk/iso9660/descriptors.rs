//! Volume descriptors, ECMA-119 8: from sector 16 on, one a sector, until one says that it is the last.

use crate::formats::disk::source::{Disk, read, read_exact};
use crate::formats::fields::{u16_at, u16_be_at, u32_at};

/// Bytes of a sector.
pub(super) const SECTOR: u64 = 2048;
const FIRST: u64 = 16;
/// Descriptors read in one session.
const MAX_DESCRIPTORS: u64 = 64;
/// Sessions read.
const MAX_SESSIONS: usize = 16;

/// How names are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Bytes.
    Primary,
    /// UCS-2, high byte first.
    Joliet,
    /// Bytes, long: ISO 9660:1999.
    Enhanced,
}

/// A descriptor with a root folder.
#[derive(Debug, Clone)]
pub(super) struct Descriptor {
    pub(super) names: Names,
    /// The root folder's record.
    pub(super) root: Vec<u8>,
    /// Bytes of a logical block.
    pub(super) block: u64,
    /// Blocks the volume says it has.
    pub(super) blocks: u64,
    pub(super) label: String,
    pub(super) system: String,
    pub(super) application: String,
    /// Sector of the first descriptor of its session.
    pub(super) session: u64,
}

/// All descriptors.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    pub(super) volumes: Vec<Descriptor>,
    /// Where boot catalogues lie.
    pub(super) catalogues: Vec<u64>,
    /// Whether the list had an end.
    pub(super) is_ended: bool,
    /// Sectors after the list.
    pub(super) end: u64,
}

/// Whether a disk has a descriptor where the first belongs; some lack the primary one.
pub(super) fn is_there(disk: &dyn Disk) -> bool {
    let first = read(disk, FIRST * SECTOR, 6);
    let second = || read(disk, (FIRST + 1) * SECTOR, 6);
    let is = |bytes: &[u8]| bytes.get(1..6) == Some(b"CD001") && bytes.first().is_some_and(|kind| *kind <= 3);
    is(&first) || (first.get(1..6) == Some(b"BEA01") && is(&second()))
}

/// The descriptors that begin in a sector.
pub(super) fn read_from(disk: &dyn Disk, session: u64) -> Descriptors {
    let mut found = Descriptors::default();
    for index in 0..MAX_DESCRIPTORS {
        let sector = session.saturating_add(index);
        let Some(bytes) = read_exact(disk, sector.saturating_mul(SECTOR), 2048) else { break };
        // UDF's own descriptors may stand before.
        if bytes.get(1..6) != Some(b"CD001") {
            if index == 0 && bytes.get(1..6) == Some(b"BEA01") {
                continue;
            }
            break;
        }
        found.end = sector.saturating_add(1);
        match bytes.first() {
            Some(0) if bytes.get(7..30) == Some(b"EL TORITO SPECIFICATION") => {
                found.catalogues.extend(u32_at(&bytes, 71).map(u64::from));
            }
            Some(1 | 2) => found.volumes.extend(descriptor(&bytes, session)),
            Some(255) => {
                found.is_ended = true;
                break;
            }
            _ => {}
        }
    }
    found
}

/// The descriptors of the first session.
pub(super) fn read_first(disk: &dyn Disk) -> Descriptors {
    read_from(disk, FIRST)
}

/// Sectors in which later sessions begin: a primary descriptor behind the first volume's own.
pub(super) fn later_sessions(disk: &dyn Disk, from: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let mut sector = from;
    // A page of sectors at a time; only the first bytes of each are looked at.
    const PAGE: u64 = 64;
    while sector.saturating_mul(SECTOR) < disk.size() && found.len() < MAX_SESSIONS {
        let page = read(disk, sector.saturating_mul(SECTOR), (PAGE * SECTOR) as usize);
        for (index, bytes) in page.chunks_exact(2048).enumerate() {
            if bytes.starts_with(b"\x01CD001\x01") {
                found.push(sector.saturating_add(index as u64));
            }
        }
        sector = sector.saturating_add(PAGE);
    }
    found
}

fn descriptor(bytes: &[u8], session: u64) -> Option<Descriptor> {
    let names = match (bytes.first()?, bytes.get(88..91)?) {
        (1, _) => Names::Primary,
        (_, [b'%', b'/', b'@' | b'C' | b'E']) => Names::Joliet,
        _ if bytes.get(6) == Some(&2) => Names::Enhanced,
        _ => Names::Primary,
    };
    let text = |start: usize, end: usize| {
        let raw = bytes.get(start..end).unwrap_or_default();
        let text = match names {
            Names::Joliet => {
                let units: Vec<u16> = raw.chunks_exact(2).filter_map(|pair| u16_be_at(pair, 0)).collect();
                String::from_utf16_lossy(&units)
            }
            _ => String::from_utf8_lossy(raw).into_owned(),
        };
        text.trim_matches([' ', '\0']).to_owned()
    };
    let block = u16_at(bytes, 128).filter(|size| size.is_power_of_two() && (512..=2048).contains(size));
    Some(Descriptor {
        names,
        root: bytes.get(156..190)?.to_vec(),
        block: block.map_or(SECTOR, u64::from),
        blocks: u64::from(u32_at(bytes, 80)?),
        label: text(40, 72),
        system: text(8, 40),
        application: text(574, 702),
        session,
    })
}
