//! Programs of Linux (ELF) and macOS (Mach-O). They are recognised and not read: what counts for mail is that they
//! are programs at all.

use crate::formats::program::fields::{u16_at, u32_at};
use crate::formats::program::file::PROGRAM_FILE;
use crate::model::{Artifact, FormatId, Location};
use crate::stage::{Analyzer, Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError};

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
    limitations: &["Only recognised."],
    unpacker: None,
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
    limitations: &["Only recognised."],
    unpacker: None,
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
