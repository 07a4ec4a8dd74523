//! Cabinets of Windows: files in folders, each folder one compressed stream cut into blocks. `parser` reads headers and
//! lists, `folder` gives the stream of a folder block by block, `quantum` decodes what Microsoft's tools of the
//! nineties wrote, `unpack` cuts files out of the streams, `parts` joins cabinets that continue each other.

mod folder;
mod parser;
mod parts;
mod quantum;
#[cfg(test)]
mod tests;
mod unpack;

pub use parser::{CabView, File, Folder, Home};
pub use parts::join;
pub(crate) use parts::sets;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// Cabinet.
pub const CAB: FormatId = FormatId("cab");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: CAB,
    title: "Windows cabinet",
    family: Family::Archive,
    extensions: &["cab", "onepkg", "msu", "diagcab", "wsp"],
    media_types: &["application/vnd.ms-cab-compressed", "application/x-cab", "application/x-cabinet"],
    magic: &[Magic::start(b"MSCF")],
    probe: Probe::Structure(|artifact| parser::is_header(&artifact.bytes)),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "MS-CAB, Cabinet File Format",
            url: "https://learn.microsoft.com/en-us/previous-versions/bb417343(v=msdn.10)",
        },
        Reference {
            title: "MS-MCI, MSZIP compression and decompression data structure",
            url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-mci/",
        },
        Reference {
            title: "MS-PATCH, LZX DELTA compression and decompression",
            url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-patch/",
        },
        Reference { title: "Russotto, Quantum compressed archives", url: "http://www.russotto.net/quantumcomp.html" },
    ],
    limitations: &["A cabinet that continues in another one is read as far as it goes."],
    unpacker: Some(&unpack::CabUnpacker),
    analyzers: &[],
};
