//! Windows programs and libraries (PE32 and PE32+). `parser` puts the view together from `header`, `sections`,
//! `imports`, `exports`, `resources`, `version` and `certificate`; `carve` finds files inside; `unpack` gives them;
//! `analyze` says what the program shows, with `icons` looking at the picture it goes by and `packing` at how it is
//! wrapped. Code is not disassembled and nothing runs.

mod add_in;
mod analyze;
mod certificate;
mod disguise;
mod exports;
mod header;
mod icons;
mod imports;
mod packing;
mod parser;
mod resources;
mod sections;
mod signing;
#[cfg(test)]
mod tests;
mod unpack;
mod version;

pub use certificate::Certificate;
pub use exports::Exports;
pub use header::Header;
pub use imports::{Function, Library};
pub use parser::PeView;
pub use resources::{Resource, ResourceId};
pub use sections::Section;

use crate::formats::fields::{size_at, u16_at};
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// A Windows program or library.
pub const PE: FormatId = FormatId("pe");
/// A program for DOS or 16-bit Windows.
pub const MZ: FormatId = FormatId("mz-exe");

const SPECIFICATION: Reference =
    Reference { title: "Microsoft PE Format", url: "https://learn.microsoft.com/windows/win32/debug/pe-format" };

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: PE,
    title: "Windows program (PE)",
    family: Family::Program,
    extensions: &["exe", "dll", "scr", "cpl", "ocx", "sys", "com", "pif", "xll", "wll", "ax", "efi", "mui", "tsp"],
    media_types: &[
        "application/vnd.microsoft.portable-executable",
        "application/x-msdownload",
        "application/x-dosexec",
        "application/x-msdos-program",
    ],
    magic: &[Magic::start(b"MZ"), Magic::start(b"ZM")],
    probe: Probe::Structure(is_pe),
    reading: Reading::Full,
    references: &[
        SPECIFICATION,
        Reference {
            title: "Windows Authenticode Portable Executable Signature Format",
            url: "https://download.microsoft.com/download/9/c/5/9c5b2167-8017-4bae-9fde-d599bac8184a/authenticode_pe.docx",
        },
    ],
    limitations: &[
        "Code is not disassembled, unpacked or run.",
        "A signature's outline and its digest of the file are checked; the chain of certificates and revocation are not.",
        "Managed code (.NET) is recognised; its metadata and resources are not read.",
    ],
    unpacker: Some(&unpack::PeUnpacker),
    analyzers: &[&analyze::PeAnalyzer],
};

/// Programs with the old header only.
pub const MZ_FORMAT: FormatSpec = FormatSpec {
    id: MZ,
    title: "DOS or 16-bit Windows program",
    family: Family::Program,
    extensions: &["exe", "com"],
    media_types: &["application/x-dosexec", "application/x-msdos-program"],
    magic: &[Magic::start(b"MZ")],
    probe: Probe::Structure(is_old),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Ralf Brown's Interrupt List, table 01594",
        url: "https://www.cs.cmu.edu/~ralf/files.html",
    }],
    limitations: &["Only recognised: 64-bit Windows does not run such programs."],
    unpacker: None,
    analyzers: &[&analyze::OldProgram],
};

/// Whether the DOS header leads to a PE signature.
pub fn is_pe(artifact: &Artifact) -> bool {
    signature_at(&artifact.bytes).is_some()
}

/// Offset of the PE signature, if the DOS header leads to one.
fn signature_at(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"MZ") && !bytes.starts_with(b"ZM") {
        return None;
    }
    let offset = size_at(bytes, 0x3c)?;
    bytes.get(offset..)?.starts_with(b"PE\0\0").then_some(offset)
}

/// Whether the DOS header's own numbers fit the file: pages, header size and relocation table.
fn is_old(artifact: &Artifact) -> bool {
    let bytes = &artifact.bytes;
    if signature_at(bytes).is_some() {
        return false;
    }
    let field = |offset| u16_at(bytes, offset).map(usize::from);
    let (Some(last_page), Some(pages), Some(header), Some(relocations)) = (field(2), field(4), field(8), field(0x18))
    else {
        return false;
    };
    let header = header.saturating_mul(16);
    pages > 0
        && last_page < 512
        && header >= 0x1c
        && header <= bytes.len()
        && header <= pages.saturating_mul(512)
        && relocations <= bytes.len()
}
