//! Sectors and the chains that join them: FAT, DIFAT and mini FAT (MS-CFB 2.3 to 2.5). One reader serves both tables:
//! the FAT links sectors of the file, the mini FAT links mini sectors of the mini stream.

use bytes::Bytes;

use super::header::Header;
use crate::formats::fields::u32_at;
use crate::model::{Location, Problem};

/// Sector numbers from here on are marks, not sectors (MS-CFB 2.1).
const MAX_SECTOR: u32 = 0xFFFF_FFFA;
/// The end of a chain.
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// A sector nobody owns.
const FREE: u32 = 0xFFFF_FFFF;

/// Stands in for a link whose table is gone: the next sector is the best guess, since most files are written in one go.
/// No file has it, the number being reserved.
const LOST: u32 = 0xFFFF_FFFB;

/// Equal-sized sectors of some bytes, and which follows which.
#[derive(Debug)]
pub(super) struct Sectors {
    data: Bytes,
    /// Bytes before sector 0.
    base: usize,
    shift: u32,
    /// Entry n, 32 bits, names the sector after sector n.
    links: Bytes,
    /// The link of sectors beyond the table.
    absent: u32,
}

/// Adjacent bytes of a chain, with zeros standing in for what a cut last sector lacks.
#[derive(Debug, Clone)]
pub(super) struct Run {
    start: usize,
    end: usize,
    zeros: usize,
}

/// Where a chain leads.
#[derive(Debug, Default)]
pub(super) struct Chain {
    runs: Vec<Run>,
    /// Bytes in the runs.
    pub(super) length: u64,
    /// Why it ended before giving what was wanted; none if it gave it, or ended by its own mark.
    pub(super) broken: Option<&'static str>,
    /// Whether links are guessed because their table is gone.
    pub(super) is_guessed: bool,
}

/// What following chains may cost, over all chains of a table: honest chains share no sector.
pub(super) struct Walker {
    /// The chain that last passed each sector.
    stamps: Vec<u32>,
    chain: u32,
    /// Sectors that may still be passed.
    left: u64,
}

impl Sectors {
    pub(super) fn new(data: Bytes, base: usize, shift: u32, links: Bytes) -> Self {
        Sectors { data, base, shift, links, absent: FREE }
    }

    /// The same, whose table is gone: sectors are taken to follow each other.
    pub(super) fn without_links(self) -> Self {
        Sectors { links: Bytes::new(), absent: LOST, ..self }
    }

    /// A sector's bytes; none beyond the end.
    pub(super) fn sector(&self, sector: u32) -> Option<&[u8]> {
        let (from, to) = self.range(sector)?;
        self.data.get(from..to)
    }

    /// Stretches of sectors that no chain passed, as ranges of the data.
    pub(super) fn unpassed(&self, walker: &Walker) -> Vec<(usize, usize)> {
        /// Stretches kept.
        const MAX_STRETCHES: usize = 50_000;
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (sector, _) in walker.stamps.iter().enumerate().filter(|(_, stamp)| **stamp == 0) {
            let Some((from, to)) = u32::try_from(sector).ok().and_then(|sector| self.range(sector)) else { break };
            let count = stretches.len();
            match stretches.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ if count < MAX_STRETCHES => stretches.push((from, to)),
                _ => break,
            }
        }
        stretches
    }

    /// Bytes of the data.
    pub(super) fn slice(&self, (from, to): (usize, usize)) -> Bytes {
        let to = to.min(self.data.len());
        self.data.slice(from.min(to)..to)
    }

    fn size(&self) -> usize {
        1usize << self.shift
    }

    /// Sectors there are, the last of which may be cut.
    pub(super) fn count(&self) -> usize {
        self.data.len().saturating_sub(self.base).div_ceil(self.size())
    }

    /// Where the last sector ends that a chain or table owns.
    pub(super) fn end(&self) -> usize {
        let owned = self.links.chunks_exact(4).take(self.count()).rposition(|link| link != [0xFF; 4]);
        let sectors = owned.map_or(0, |last| last.saturating_add(1));
        self.base.saturating_add(sectors.saturating_mul(self.size())).min(self.data.len())
    }

    /// The bytes of a sector, as a range of the data; none beyond its end.
    pub(super) fn range(&self, sector: u32) -> Option<(usize, usize)> {
        let start = usize::try_from(sector).ok()?.checked_mul(self.size())?.checked_add(self.base)?;
        let end = start.checked_add(self.size())?.min(self.data.len());
        (start < self.data.len()).then_some((start, end))
    }

    fn next(&self, sector: u32) -> u32 {
        usize::try_from(sector).ok().and_then(|at| u32_at(&self.links, at.checked_mul(4)?)).unwrap_or(self.absent)
    }

    /// A walker that lets the chains of this table together pass each sector twice.
    pub(super) fn walker(&self) -> Walker {
        let count = self.count();
        Walker { stamps: vec![0; count], chain: 0, left: (count as u64).saturating_mul(2).saturating_add(64) }
    }

    /// Follows a chain from its first sector until it gave `wanted` bytes, ends or breaks.
    pub(super) fn follow(&self, start: u32, wanted: u64, walker: &mut Walker) -> Chain {
        let mut chain = Chain::default();
        walker.chain = walker.chain.saturating_add(1);
        let mut sector = start;
        while chain.length < wanted {
            if sector == END_OF_CHAIN {
                return chain;
            }
            if sector >= MAX_SECTOR {
                chain.broken = Some("a link that is no sector");
                return chain;
            }
            let Some((from, to)) = self.range(sector) else {
                chain.broken = Some("a link beyond the end of the file");
                return chain;
            };
            let stamp = usize::try_from(sector).ok().and_then(|at| walker.stamps.get_mut(at));
            if let Some(stamp) = stamp {
                if *stamp == walker.chain {
                    chain.broken = Some("a link back into the chain");
                    return chain;
                }
                *stamp = walker.chain;
            }
            if walker.left == 0 {
                chain.broken = Some("sectors that too many chains share");
                return chain;
            }
            walker.left = walker.left.saturating_sub(1);
            chain.add(from, to, self.size());
            sector = match self.next(sector) {
                LOST => {
                    chain.is_guessed = true;
                    sector.saturating_add(1)
                }
                next => next,
            };
        }
        chain
    }

    /// The first `size` bytes of a chain, without a copy where its sectors are adjacent.
    pub(super) fn read(&self, chain: &Chain, size: u64) -> Bytes {
        let size = usize::try_from(size.min(chain.length)).unwrap_or(usize::MAX);
        if let [run] = chain.runs.as_slice() {
            let end = run.start.saturating_add(size);
            if end <= run.end {
                return self.data.slice(run.start..end);
            }
        }
        let mut out = Vec::new();
        for run in &chain.runs {
            out.extend_from_slice(self.data.get(run.start..run.end).unwrap_or_default());
            out.resize(out.len().saturating_add(run.zeros), 0);
        }
        out.truncate(size);
        out.into()
    }
}

impl Walker {
    /// Whether a chain passed a sector.
    pub(super) fn has_passed(&self, sector: u32) -> bool {
        usize::try_from(sector).ok().and_then(|at| self.stamps.get(at)).is_some_and(|stamp| *stamp != 0)
    }
}

impl Chain {
    /// What its last sector holds beyond a size, as a range of the data.
    pub(super) fn slack(&self, size: u64) -> Option<(usize, usize)> {
        let last = self.runs.last().filter(|run| run.zeros == 0)?;
        let over = usize::try_from(self.length.checked_sub(size)?).ok().filter(|over| *over > 0)?;
        Some((last.end.saturating_sub(over).max(last.start), last.end))
    }

    fn add(&mut self, from: usize, to: usize, size: usize) {
        // Only the last sector of the file can be cut. Where it is not the last of its chain, what follows must keep
        // its place; where it is, nothing is made up for it.
        if let Some(last) = self.runs.last_mut() {
            let missing = self.length.wrapping_neg() & (size as u64).saturating_sub(1);
            last.zeros = usize::try_from(missing).unwrap_or_default();
            self.length = self.length.saturating_add(missing);
        }
        match self.runs.last_mut() {
            Some(last) if last.end == from && last.zeros == 0 => last.end = to,
            _ => self.runs.push(Run { start: from, end: to, zeros: 0 }),
        }
        self.length = self.length.saturating_add(to.saturating_sub(from) as u64);
    }

    /// Whether its sectors do not lie side by side.
    pub(super) fn is_fragmented(&self) -> bool {
        self.runs.len() > 1
    }
}

/// The FAT, gathered from the sectors that the header and the DIFAT chain name (MS-CFB 2.5). It is as long as the file
/// has sectors, whatever the header's counts say; entries whose FAT sector is missing read as free.
pub(super) fn fat(bytes: &Bytes, header: &Header, problems: &mut Vec<Problem>) -> Bytes {
    let file = Sectors::new(bytes.clone(), 1usize << header.sector_shift, header.sector_shift, Bytes::new());
    let per_sector = file.size() / 4;
    let needed = file.count().div_ceil(per_sector.max(1));
    let mut ids: Vec<u32> = header.difat.iter().copied().take(needed).collect();
    let mut walker = file.walker();
    walker.chain = 1;
    let mut next = header.first_difat;
    while next < MAX_SECTOR && ids.len() < needed {
        let stamp = usize::try_from(next).ok().and_then(|at| walker.stamps.get_mut(at));
        let Some((stamp, (from, to))) = stamp.zip(file.range(next)) else {
            problems.push(Problem::damaged("DIFAT chain leaves the file", Location::whole()));
            break;
        };
        if *stamp == walker.chain {
            problems.push(Problem::odd("DIFAT chain runs in a circle", Location::at(from)));
            break;
        }
        *stamp = walker.chain;
        let sector = bytes.get(from..to).unwrap_or_default();
        let rows = per_sector.saturating_sub(1);
        ids.extend((0..rows).map_while(|row| u32_at(sector, row.saturating_mul(4))));
        next = u32_at(sector, rows.saturating_mul(4)).unwrap_or(END_OF_CHAIN);
    }
    ids.truncate(needed);
    let mut out: Vec<u8> = Vec::new();
    let mut missing = 0usize;
    let mut has_any = false;
    for id in ids {
        let filled = out.len().saturating_add(file.size());
        match file.range(id).filter(|_| id < MAX_SECTOR) {
            Some((from, to)) => {
                has_any = true;
                out.extend_from_slice(bytes.get(from..to).unwrap_or_default());
            }
            None if id != FREE && id != END_OF_CHAIN => {
                missing = missing.saturating_add(1);
                out.extend(std::iter::repeat_n(LOST.to_le_bytes(), per_sector).flatten());
            }
            None => {}
        }
        out.resize(filled, 0xFF);
    }
    if !has_any {
        if missing == 0 && needed > 0 {
            problems.push(Problem::damaged("the file names no FAT sector", Location::at(76)));
        }
        out = std::iter::repeat_n(LOST.to_le_bytes(), file.count()).flatten().collect();
    }
    if missing > 0 {
        problems
            .push(Problem::damaged(format!("{missing} FAT sectors lie beyond the end of the file"), Location::at(76)));
    }
    out.into()
}
