//! RAR 1.3 to 7. `header4` and `header5` read one header of the two families, `walk4` and `walk5` go from header to
//! header into [`RarView`] (`parser`), `names` decodes names, `keys` derives keys, `unlock` finds the password, `decode`
//! turns packed data into content with the codecs of the `rars` crate, `unpack` gives the entries, `say` judges what
//! names, streams and comments say.

mod decode;
mod entry;
mod findings;
mod header4;
mod header5;
mod keys;
mod names;
mod parser;
mod say;
#[cfg(test)]
mod tests;
mod unlock;
mod unpack;
mod walk4;
mod walk5;

pub(crate) use parser::begins;
pub use parser::{Generation, RarView, Volume};

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// RAR.
pub const RAR: FormatId = FormatId("rar");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: RAR,
    title: "RAR archive",
    family: Family::Archive,
    extensions: &["rar", "cbr"],
    media_types: &["application/vnd.rar", "application/x-rar-compressed", "application/x-rar"],
    magic: &[Magic::start(b"Rar!\x1a\x07\x00"), Magic::start(b"Rar!\x1a\x07\x01\x00"), Magic::start(b"RE\x7e\x5e")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[
        Reference { title: "RAR 5.0 archive format", url: "https://www.rarlab.com/technote.htm" },
        Reference { title: "unrar source (RAR 1.3 to 4)", url: "https://www.rarlab.com/rar_add.htm" },
    ],
    limitations: &[
        "A volume alone gives what lies in it; entries that begin in the volume before are not decoded.",
        "Recovery records are not used to repair damage.",
        "BLAKE2sp checksums are not verified.",
    ],
    unpacker: Some(&unpack::RarUnpacker),
    analyzers: &[],
};
