//! A RAR or 7z archive behind something that is no known format: the stub of a self-extractor for another system, or
//! bytes put there so that a scanner sees none. WinRAR and 7-Zip look for the archive and open it.

use memchr::memmem;

use crate::formats::archive::{rar, sevenz};
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem};
use crate::stage::{Family, FormatSpec, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("archive-behind-data"),
    title: "RAR or 7z archive behind other data",
    family: Family::Archive,
    extensions: &["sfx", "rar", "7z", "exe", "com"],
    // Asked only where nothing else claims the bytes: programs and documents tell of archives behind them themselves.
    probe: Probe::Text(|artifact| find(&artifact.bytes).is_some()),
    reading: Reading::Full,
    references: &[Reference {
        title: "RAR 5.0 archive format, Self-extracting module",
        url: "https://www.rarlab.com/technote.htm",
    }],
    limitations: &["What stands before the archive is not read."],
    unpacker: Some(&Behind),
    ..FormatSpec::of(Family::Archive)
};

/// Bytes in which the archive must begin; WinRAR looks no further.
const LOOKED_AT: usize = 1 << 20;
/// Marks tried; one whose header does not hold together is none.
const MAX_TRIES: usize = 1_000;

/// Where an archive begins, if not at the start.
fn find(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let rar = memmem::find_iter(head, b"Rar!\x1a\x07").take(MAX_TRIES).find(|at| rar::begins(bytes, *at));
    let sevenz = memmem::find_iter(head, b"7z\xbc\xaf\x27\x1c").take(MAX_TRIES).find(|at| sevenz_begins(bytes, *at));
    rar.into_iter().chain(sevenz).min().filter(|at| *at > 0)
}

fn sevenz_begins(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    sevenz::Signature::read(rest).is_ok_and(|signature| {
        let is_there = signature.end().is_some_and(|end| end <= rest.len() as u64);
        signature.is_checksum_right && signature.header_size > 0 && is_there
    })
}

struct Behind;

impl Unpacker for Behind {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some(at) = find(&parent.bytes) else { return Ok(()) };
        if parent.bytes.iter().take(at).any(|byte| *byte != 0) {
            let what = format!("{at} bytes before the archive are of no known format");
            out.problem(Problem::unsupported(what, Location::at(0)));
        }
        let name = EntryName::new(format!("{} (from offset {at:#x})", parent.name.file_name()));
        let origin = Origin::part(OriginKind::Overlay, format!("archive from offset {at:#x}"));
        out.child_bytes(name, origin, parent.bytes.slice(at..))
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::rar::{Rar4, Rar5};
    use sekisho_samples::archive::sevenz::{Entry, sevenz};

    use super::*;
    use crate::formats::trial;

    #[test]
    fn finds_each_kind_behind_anything() {
        let archives = [
            Rar5::new().file("a.txt", b"x").build(),
            Rar5::new().locked_headers("pw").file("a.txt", b"x").build(),
            Rar4::new().file(b"a.txt", false, b"x").build(),
            sevenz(&[Entry::file("a.txt", b"x")]),
        ];
        for archive in archives {
            assert_eq!(find(&archive), None);
            for before in [&[0u8; 1_000][..], b"Rar!\x1a\x07\x00 is a mark, 7z\xbc\xaf\x27\x1c is another. "] {
                let said = trial::scan(&FORMAT, "a.sfx", &[before, &archive].concat());
                assert_eq!(said.children[0].bytes.as_ref(), archive);
                assert_eq!(said.problems.is_empty(), before[0] == 0);
            }
        }
    }

    #[test]
    fn marks_alone_are_no_archive() {
        assert_eq!(find(b"how to tell: Rar!\x1a\x07\x01\x00 or Rar!\x1a\x07\x00 or 7z\xbc\xaf\x27\x1c\x00\x04"), None);
    }
}
