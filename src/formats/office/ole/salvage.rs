//! What is left of a compound file whose tables are damaged or lie: the directory found by its look where its chain does not
//! lead to it, the mini stream without its table, and the bytes that belong to no stream.

use bytes::Bytes;

use super::OleView;
use super::directory::{RawEntry, begins_with_root, looks_like_directory};
use super::header::{Header, MINI_SHIFT};
use super::sectors::{Chain, Sectors, Walker};
use crate::model::{Location, Problem};

/// Directory sectors taken that no chain names.
const MAX_FOUND: usize = 10_000;
/// Ends of sectors shorter than this hold nothing.
const MIN_SLACK: usize = 64;

/// The bytes of the directory: as its chain says where that begins with the root and does not break, otherwise with what
/// looks like it anywhere in the file.
pub(super) fn directory(
    file: &Sectors,
    header: &Header,
    walker: &mut Walker,
    problems: &mut Vec<Problem>,
    repairs: &mut Vec<String>,
) -> Vec<u8> {
    let chain = file.follow(header.first_directory, u64::MAX, walker);
    if let Some(why) = chain.broken {
        let at = Location::part("directory").with_offset(chain.length);
        problems.push(Problem::damaged(format!("directory ends at {why}"), at));
    }
    let mut stored = whole(file, &chain);
    let is_right = chain.broken.is_none() && !chain.is_guessed && begins_with_root(&stored);
    if is_right || (chain.broken.is_none() && stored.get(66) == Some(&5)) {
        return stored;
    }
    let count = u32::try_from(file.count()).unwrap_or(u32::MAX);
    let looks_right = |sector: &u32| file.sector(*sector).is_some_and(looks_like_directory);
    let is_new = |sector: &u32| !walker.has_passed(*sector) || stored.is_empty();
    let mut found: Vec<u32> =
        (0..count).filter(|sector| is_new(sector) && looks_right(sector)).take(MAX_FOUND).collect();
    if !begins_with_root(&stored)
        && let Some(first) = found.iter().position(|sector| file.sector(*sector).is_some_and(begins_with_root))
    {
        // What stands before the root belongs behind it: entries are numbered from the root on.
        found.rotate_left(first);
        stored.clear();
        let rest = found.first().map(|root| file.follow(*root, u64::MAX, walker)).unwrap_or_default();
        stored.extend(whole(file, &rest));
        found.retain(|sector| !walker.has_passed(*sector));
    }
    if !found.is_empty() || !stored.is_empty() {
        let what = format!("the directory was found by its look, {} sectors of it without a link", found.len());
        problems.push(Problem::odd(what.clone(), Location::part("directory")));
        repairs.push(what);
    }
    for sector in found {
        stored.extend_from_slice(file.sector(sector).unwrap_or_default());
    }
    stored
}

/// The directory a chain gives; where links are guessed, as far as it looks like one.
fn whole(file: &Sectors, chain: &Chain) -> Vec<u8> {
    let stored = file.read(chain, u64::MAX);
    if !chain.is_guessed {
        return stored.to_vec();
    }
    /// The smallest sector; entries do not cross it.
    const SECTOR: usize = 512;
    stored.chunks_exact(SECTOR).take_while(|sector| looks_like_directory(sector)).flatten().copied().collect()
}

/// The mini stream with its table (MS-CFB 2.4). Where either is guessed, the sizes stated elsewhere end it.
pub(super) fn mini(file: &Sectors, header: &Header, root: &RawEntry, walker: &mut Walker) -> Sectors {
    let mut stream = file.follow(root.start, u64::MAX, walker);
    if stream.is_guessed {
        stream = file.follow(root.start, root.size, walker);
    }
    let data = file.read(&stream, u64::MAX);
    let wanted = (data.len() as u64 >> MINI_SHIFT).saturating_mul(4);
    let mut table = file.follow(header.first_mini_fat, u64::MAX, walker);
    if table.is_guessed {
        table = file.follow(header.first_mini_fat, wanted, walker);
    }
    let sectors = Sectors::new(data, 0, MINI_SHIFT, file.read(&table, u64::MAX));
    if table.length == 0 && wanted > 0 { sectors.without_links() } else { sectors }
}

/// Where bytes lie that no stream owns.
#[derive(Debug, Default)]
pub(super) struct Unowned {
    free: Vec<(usize, usize)>,
    mini: Vec<(usize, usize)>,
    slack: Vec<(usize, usize)>,
}

impl Unowned {
    /// What the chains of all streams left over.
    pub(super) fn of(view: &OleView, walker: &Walker, mini_walker: &Walker) -> Self {
        let slack = view.entries.iter().filter(|entry| entry.declared_size >= super::header::MINI_CUTOFF);
        Unowned {
            free: view.file.unpassed(walker),
            mini: view.mini.unpassed(mini_walker),
            slack: slack
                .filter_map(|entry| entry.chain.slack(entry.size))
                .filter(|(from, to)| to.saturating_sub(*from) >= MIN_SLACK)
                .collect(),
        }
    }

    pub(super) fn pieces<'a>(&'a self, view: &'a OleView) -> impl Iterator<Item = (String, Bytes)> + 'a {
        let of = |ranges: &'a [(usize, usize)], sectors: &'a Sectors, what: &'static str| {
            ranges.iter().map(move |range| (format!("{what} at {:#x}", range.0), sectors.slice(*range)))
        };
        of(&self.free, &view.file, "free sectors").chain(of(&self.mini, &view.mini, "free small sectors")).chain(of(
            &self.slack,
            &view.file,
            "the end of a sector",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::fields::u32_at;
    use crate::model::View;
    use sekisho_samples::office::cfb::Cfb;

    fn sample() -> Vec<u8> {
        Cfb::new()
            .stream("WordDocument", vec![1; 9000])
            .stream("Macros/VBA/dir", b"small".to_vec())
            .stream("Macros/VBA/Module1", vec![3; 4000])
            .build()
    }

    fn paths(bytes: &[u8]) -> Vec<(String, u64)> {
        let view = OleView::parse(&Bytes::copy_from_slice(bytes)).unwrap();
        let mut paths: Vec<_> = view.streams().map(|(index, entry)| (view.path(index), entry.size)).collect();
        paths.sort();
        paths
    }

    #[test]
    fn a_directory_that_the_header_does_not_lead_to_is_found() {
        let whole = sample();
        let right = paths(&whole);
        for wrong in [0xFFFF_FFFEu32, 0, 0x00FF_FFFF] {
            let mut bytes = whole.clone();
            bytes[48..52].copy_from_slice(&wrong.to_le_bytes());
            assert_eq!(paths(&bytes), right, "{wrong:x}");
        }
    }

    #[test]
    fn without_a_fat_sectors_follow_each_other() {
        let whole = sample();
        let right = paths(&whole);
        let mut bytes = whole.clone();
        bytes[76..512].fill(0xFF);
        assert_eq!(paths(&bytes), right);
        let view = OleView::parse(&bytes.into()).unwrap();
        assert!(view.problems.iter().any(|problem| problem.what.contains("no FAT sector")));
        assert_eq!(view.stream("WordDocument").unwrap(), vec![1; 9000]);
        // The table of the mini stream as well.
        let mut bytes = whole;
        bytes[60..64].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
        assert_eq!(paths(&bytes), right);
    }

    #[test]
    fn a_wrong_sector_size_is_seen_through() {
        let whole = sample();
        let mut bytes = whole.clone();
        bytes[30] = 12;
        assert_eq!(paths(&bytes), paths(&whole));
        bytes[26] = 4;
        assert_eq!(paths(&bytes), paths(&whole));
    }

    #[test]
    fn a_file_without_any_directory_still_has_its_bytes() {
        let whole = sample();
        let at = 512 + u32_at(&whole, 48).unwrap() as usize * 512;
        let view = OleView::parse(&Bytes::copy_from_slice(&whole[..at])).unwrap();
        assert_eq!(view.streams().count(), 0);
        let unowned: usize = view.unowned().map(|(_, bytes)| bytes.len()).sum();
        // All but the table of the mini stream, which the header names.
        assert_eq!(unowned, at - 1024);
    }

    #[test]
    fn deleted_streams_are_nobodys() {
        let whole = sample();
        let view = OleView::parse(&Bytes::from(whole.clone())).unwrap();
        // The FAT itself, and nothing else but zeros at the end of sectors.
        assert!(view.unowned().all(|(place, bytes)| place.starts_with("free sectors") && bytes.len() <= 1024
            || bytes.iter().all(|byte| *byte == 0)));
        let mut bytes = whole.clone();
        let directory = 512 + u32_at(&bytes, 48).unwrap() as usize * 512;
        let entry = (0..8).map(|index| directory + index * 128).find(|at| bytes[*at] == b'W').unwrap();
        bytes[entry + 116..entry + 120].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
        bytes[entry + 120..entry + 124].fill(0);
        let view = OleView::parse(&bytes.into()).unwrap();
        assert!(view.unowned().any(|(_, bytes)| bytes.starts_with(&[1; 9000])));
    }
}
