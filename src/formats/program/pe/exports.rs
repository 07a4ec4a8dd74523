//! The export directory: what a library offers.

use super::header::Directory;
use super::sections::Image;
use crate::formats::fields::{size_at, text_at};

/// What a library offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exports {
    /// The name the library was linked under, which a renamed copy keeps.
    pub library: Option<String>,
    /// Functions with names, at most the first [`MAX_EXPORTS`].
    pub names: Vec<String>,
}

/// Names read; system libraries have a few thousand.
const MAX_EXPORTS: usize = 8_192;

/// PE Format, "The .edata Section".
pub(super) fn read(image: Image<'_>) -> Exports {
    let Some(at) = image.header.directory(Directory::Export).and_then(|(rva, _)| image.offset(rva)) else {
        return Exports::default();
    };
    let field = |offset: usize| size_at(image.bytes, at.saturating_add(offset)).unwrap_or(0);
    let text = |rva: usize| image.offset(rva).and_then(|at| text_at(image.bytes, at, 512));
    let mut exports = Exports { library: text(field(12)), names: Vec::new() };
    if let Some(table) = image.offset(field(32)) {
        for index in 0..field(24).min(MAX_EXPORTS) {
            let Some(rva) = size_at(image.bytes, table.saturating_add(index.saturating_mul(4))) else { break };
            match text(rva) {
                Some(name) => exports.names.push(name),
                None => break,
            }
        }
    }
    exports
}
