//! One folder per format, grouped by family: a vertical slice each. A format's `mod.rs` declares it, `parser.rs` reads
//! bytes into a view, `unpack.rs` gives children, `analyze.rs` findings.

pub mod archive;
pub mod document;
mod link;
pub mod office;
pub mod text;

use crate::model::FormatId;
use crate::stage::{FormatSpec, Unpacker};

/// The registry. Order matters where bytes are valid as several formats: the first is what the recipient's machine
/// would most likely open, the others are opened too.
pub const FORMATS: &[&FormatSpec] = &[&office::ole::FORMAT, &document::pdf::FORMAT, &text::plain::FORMAT];

/// Unpackers of what lives inside another format without being a file of its own: the VBA project in the storages of a
/// compound file. Each runs after the unpacker of the format it is listed with.
pub const LODGERS: &[(FormatId, &dyn Unpacker)] = &[];

/// The specification of a registered format.
pub fn spec(id: FormatId) -> Option<&'static FormatSpec> {
    FORMATS.iter().copied().find(|spec| spec.id == id)
}
