//! Portable Document Format (ISO 32000-1). What can act or carry files is read: actions, scripts, attached files, forms,
//! links. Pages are not drawn and their text is not spelled out.
//!
//! `lexer` and `object` are the syntax, `parser` finds the objects, `filter` undoes stream filters, `contents` collects
//! what acts, `unpack` gives children, `analyze` findings.

mod analyze;
mod contents;
mod filter;
mod findings;
mod lexer;
mod object;
mod parser;
mod script;
mod tail;
mod unpack;

pub use parser::PdfView;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// PDF.
pub const PDF: FormatId = FormatId("pdf");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: PDF,
    title: "Portable Document Format",
    family: Family::Document,
    extensions: &["pdf", "fdf", "ai"],
    media_types: &["application/pdf", "application/x-pdf"],
    magic: &[],
    probe: Probe::Structure(is_pdf),
    reading: Reading::Full,
    references: &[Reference {
        title: "ISO 32000-1:2008, Portable document format",
        url: "https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf",
    }],
    limitations: &[
        "Encrypted documents are not opened, not even those that need no password; they are reported as encrypted.",
        "The text of pages is not spelled out from its glyphs, and pictures, fonts and sound are not decoded.",
        "Scripts are read, not run.",
    ],
    unpacker: Some(&unpack::PdfUnpacker),
    analyzers: &[&analyze::PdfAnalyzer],
};

/// Whether the bytes are a PDF: the header at the start, or within the first kilobyte of something that is no container
/// (an archive that stores a PDF has its header there too, and gives it as a child).
fn is_pdf(artifact: &Artifact) -> bool {
    match parser::header(&artifact.bytes) {
        Some(0) => true,
        Some(_) => !is_container(&artifact.bytes) && artifact.view::<PdfView>().is_ok_and(|view| view.is_document()),
        None => false,
    }
}

/// Containers that may store a PDF as it is near their start.
fn is_container(bytes: &[u8]) -> bool {
    const MAGICS: [&[u8]; 9] = [
        b"PK",
        b"Rar!",
        b"7z\xbc\xaf",
        b"MSCF",
        b"\xd0\xcf\x11\xe0",
        b"From ",
        b"!<arch>",
        b"070707",
        b"\x78\x9f\x3e\x22",
    ];
    MAGICS.iter().any(|magic| bytes.starts_with(magic))
        || bytes.get(257..262) == Some(b"ustar")
        || bytes.get(2..4) == Some(b"-l")
}

#[cfg(test)]
mod tests;
