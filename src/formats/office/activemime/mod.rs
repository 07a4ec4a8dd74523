//! ActiveMime: how Office keeps a compound file in a web page or in the XML of 2003 (`editdata.mso`, `oledata.mso`): a
//! header, then zlib. Microsoft never published it; readers differ on where the packed bytes begin, so that each place is
//! tried.

use flate2::read::DeflateDecoder;
use std::io::Read;

use crate::formats::fields::u16_at;
use crate::formats::office::inflate::{Inflater, has_zlib_header};
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem};
use crate::stage::{Family, FormatSpec, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("activemime"),
    title: "ActiveMime (Office data in a web archive)",
    family: Family::Office,
    extensions: &["mso"],
    media_types: &["application/x-mso"],
    magic: &[Magic::start(MAGIC)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "Library of Congress, ActiveMime",
        url: "https://en.wikipedia.org/wiki/ActiveMime",
    }],
    limitations: &[],
    unpacker: Some(&ActiveMime),
    analyzers: &[],
};

const MAGIC: &[u8] = b"ActiveMime";
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Places tried where nothing known fits.
const MAX_TRIES: usize = 256;

struct ActiveMime;

impl Unpacker for ActiveMime {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let Some((start, is_usual)) = start(bytes) else {
            out.problem(Problem::damaged("nothing in it is packed", Location::whole()));
            return Ok(());
        };
        if !is_usual {
            out.problem(Problem::odd("the packed data is not where Office puts it", Location::at(start)));
        }
        let origin = Origin::part(OriginKind::Embedded, "ActiveMime, zlib");
        out.child(EntryName::new("data"), origin, Inflater::new(bytes.get(start..).unwrap_or_default(), None))
    }
}

/// Where the packed data begins, and whether readers look there: the header's own number, the two places that Office's
/// files have, then wherever zlib can begin. One that gives a compound file comes first.
fn start(bytes: &[u8]) -> Option<(usize, bool)> {
    let stated = u16_at(bytes, 0x1E).map(|size| usize::from(size).saturating_add(46));
    let usual = stated.into_iter().chain([0x32, 0x22A]);
    let others = memchr::memchr_iter(0x78, bytes).filter(|at| *at > MAGIC.len()).take(MAX_TRIES);
    let places = usual.map(|at| (at, true)).chain(others.map(|at| (at, false)));
    let mut first = None;
    for (at, is_usual) in places {
        let Some(stored) = bytes.get(at..).filter(|stored| has_zlib_header(stored)) else { continue };
        let head = head(stored);
        if head.starts_with(COMPOUND) {
            return Some((at, is_usual));
        }
        if head.len() >= 8 {
            first = first.or(Some((at, is_usual)));
        }
    }
    first
}

/// The first bytes a place gives.
fn head(stored: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    // An error after these bytes is none of this one's business.
    let _ = DeflateDecoder::new(stored.get(2..).unwrap_or_default()).take(8).read_to_end(&mut head);
    head
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::activemime::active_mime;

    use super::*;
    use crate::formats::trial::{file, scan_artifact};
    use crate::model::ProblemKind;
    use crate::stage::Said;

    fn scan(bytes: Vec<u8>) -> Said {
        scan_artifact(&FORMAT, file("editdata.mso", bytes))
    }

    #[test]
    fn the_packed_file_is_given_wherever_it_begins() {
        let content = [COMPOUND, &[7; 900]].concat();
        for start in [0x32, 0x22A] {
            let said = scan(active_mime(&content, start));
            assert_eq!(said.children[0].bytes, content);
            assert!(said.problems.is_empty());
        }
        // The header leads nowhere, and something that looks like zlib stands in front.
        let mut moved = active_mime(&content, 0x60);
        moved[0x1E] = 0xFF;
        moved[0x40..0x44].copy_from_slice(&[0x78, 0x9C, 0xFF, 0xFF]);
        let said = scan(moved);
        assert_eq!(said.children[0].bytes, content);
        assert_eq!(said.problems[0].kind, ProblemKind::Odd);
    }

    #[test]
    fn damage_is_said() {
        let content = [COMPOUND, &(0..9000u32).map(|n| (n.wrapping_mul(n) >> 5) as u8).collect::<Vec<_>>()].concat();
        let whole = active_mime(&content, 0x32);
        let cut = scan(whole[..whole.len() / 2].to_vec());
        assert!(content.starts_with(&cut.children[0].bytes) && cut.children[0].bytes.len() > 1000);
        assert_eq!(cut.problems[0].kind, ProblemKind::Damaged);
        let empty = scan(whole[..0x30].to_vec());
        assert!(empty.children.is_empty());
        assert_eq!(empty.problems[0].kind, ProblemKind::Damaged);
    }
}
