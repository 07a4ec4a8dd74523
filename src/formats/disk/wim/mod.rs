//! WIM, the image of files that Windows is installed from. `header` finds resources and blobs, `resource` unpacks them,
//! `metadata` walks the tree of an image, `xpress` and `lzx` decode, `unpack` gives files and named streams.

mod bits;
mod header;
mod lzx;
mod metadata;
mod resource;
#[cfg(test)]
mod tests;
mod unpack;
mod xpress;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// WIM.
pub const WIM: FormatId = FormatId("wim");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: WIM,
    title: "Windows image (WIM)",
    extensions: &["wim", "swm", "esd", "ppkg"],
    media_types: &["application/x-ms-wim"],
    magic: &[Magic::start(b"MSWIM\0\0\0"), Magic::start(b"WLPWM\0\0\0")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[
        Reference {
            title: "Windows Imaging File Format (WIM)",
            url: "https://www.microsoft.com/en-us/download/details.aspx?id=13096",
        },
        Reference {
            title: "MS-XCA, Xpress Compression Algorithm",
            url: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-xca/",
        },
    ],
    limitations: &[
        "LZMS, pipable and encrypted images are said; names are given, content is not.",
        "What lies in other parts of a split image is not here.",
    ],
    unpacker: Some(&unpack::WimUnpacker),
    ..FormatSpec::of(Family::Disk)
};
