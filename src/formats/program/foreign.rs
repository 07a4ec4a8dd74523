//! Programs of Linux (ELF) and macOS (Mach-O). They are recognised and not read: what counts for mail is that they
//! are programs at all. Files inside them, as self-extractors have, are given.

use crate::formats::carve;
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::program::file::PROGRAM_FILE;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind};
use crate::stage::{
    Analyzer, Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker,
};

/// A program or library of Linux and its relatives.
pub const ELF: FormatId = FormatId("elf");
/// A program or library of macOS.
pub const MACHO: FormatId = FormatId("macho");

/// ELF.
pub const ELF_FORMAT: FormatSpec = FormatSpec {
    id: ELF,
    title: "Linux program (ELF)",
    family: Family::Program,
    extensions: &["elf", "run", "so", "o", "bin", "axf", "ko", "appimage"],
    media_types: &["application/x-executable", "application/x-elf", "application/x-sharedlib"],
    magic: &[Magic::start(b"\x7fELF")],
    probe: Probe::Structure(is_elf),
    reading: Reading::RecognisedOnly,
    references: &[Reference { title: "elf(5)", url: "https://man7.org/linux/man-pages/man5/elf.5.html" }],
    limitations: &["Only recognised, and searched for archives and documents inside."],
    unpacker: Some(&Contents),
    analyzers: &[&ForeignProgram],
};

/// Mach-O, single or for several processors.
pub const MACHO_FORMAT: FormatSpec = FormatSpec {
    id: MACHO,
    title: "macOS program (Mach-O)",
    family: Family::Program,
    extensions: &["macho", "dylib", "bundle", "o"],
    media_types: &["application/x-mach-binary"],
    magic: &[
        Magic::start(b"\xfe\xed\xfa\xce"),
        Magic::start(b"\xfe\xed\xfa\xcf"),
        Magic::start(b"\xce\xfa\xed\xfe"),
        Magic::start(b"\xcf\xfa\xed\xfe"),
        Magic::start(b"\xca\xfe\xba\xbe"),
        Magic::start(b"\xca\xfe\xba\xbf"),
    ],
    probe: Probe::Structure(is_macho),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Mach-O headers of Apple's XNU, loader.h and fat.h",
        url: "https://github.com/apple-oss-distributions/xnu/tree/main/EXTERNAL_HEADERS/mach-o",
    }],
    limitations: &["Only recognised, and searched for archives and documents inside."],
    unpacker: Some(&Contents),
    analyzers: &[&ForeignProgram],
};

/// e_ident: class, byte order and version have two, two and one values.
fn is_elf(artifact: &Artifact) -> bool {
    matches!(artifact.bytes.get(4..7), Some([1 | 2, 1 | 2, 1]))
}

/// A load command count that fits, or for several processors a count of them: Java classes begin with the same four
/// bytes as the latter, with a version there that starts at 45.
fn is_macho(artifact: &Artifact) -> bool {
    let bytes = &artifact.bytes;
    let Some(head) = bytes.get(..4) else { return false };
    match head {
        [0xca, 0xfe, 0xba, 0xbe | 0xbf] => {
            let count = u32_at(bytes, 4).map(u32::swap_bytes);
            bytes.len() >= 48 && count.is_some_and(|count| (1..=20).contains(&count))
        }
        [0xfe, ..] => u32_at(bytes, 12).map(u32::swap_bytes).is_some_and(|kind| (1..=12).contains(&kind)),
        _ => bytes.len() >= 28 && u16_at(bytes, 12).is_some_and(|kind| (1..=12).contains(&kind)),
    }
}

/// Gives archives and documents inside; other programs inside are parts of this one.
struct Contents;

/// Files given; a self-extractor has one.
const MAX_CONTENTS: usize = 32;

impl Unpacker for Contents {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let is_wanted = |kind: carve::Kind, _: &_| !matches!(kind, carve::Kind::Program | carve::Kind::Elf);
        let found = carve::find_wanted(&parent.bytes, 0..parent.bytes.len(), is_wanted);
        for (kind, range) in found.into_iter().take(MAX_CONTENTS) {
            let name = EntryName::new(format!("embedded-{:x}.{}", range.start, kind.extension()));
            let detail = format!("{} inside the program", kind.as_str());
            out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), parent.bytes.slice(range))?;
        }
        Ok(())
    }
}

struct ForeignProgram;

impl Analyzer for ForeignProgram {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.is_file
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let system = if artifact.is(ELF) { "ELF, for Linux" } else { "Mach-O, for macOS" };
        out.raise(PROGRAM_FILE, Location::whole(), system);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::zip::ZipFile;

    use super::*;
    use crate::formats::trial::{file, observed, scan_artifact};

    const ELF_HEAD: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0";

    #[test]
    fn programs_of_other_systems_are_told() {
        assert!(observed(&scan_artifact(&ELF_FORMAT, file("a", ELF_HEAD.to_vec())), "program-file").is_some());
        let mach = [&b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0"[..], &[0; 16]].concat();
        assert!(observed(&scan_artifact(&MACHO_FORMAT, file("a", mach)), "program-file").is_some());
    }

    #[test]
    fn a_java_class_is_no_program_for_macos() {
        let class = [&b"\xca\xfe\xba\xbe\0\0\0\x34"[..], &[0; 64]].concat();
        let name = EntryName::new("A.class");
        let origin = Origin::file(OriginKind::Input, "");
        let path = crate::model::ArtifactPath::root();
        assert!(!is_macho(&Artifact::new(path, name, origin, class.into(), FormatId::UNKNOWN)));
    }

    #[test]
    fn an_archive_behind_a_program_is_given() {
        let zip = ZipFile::new().entry("a.txt", "HARMLESS-SAMPLE/1").build();
        let said = scan_artifact(&ELF_FORMAT, file("a", [ELF_HEAD, &[0; 100], &zip].concat()));
        assert_eq!(said.children.len(), 1);
        assert_eq!(said.children[0].bytes, zip);
    }
}
