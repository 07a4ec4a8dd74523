//! E-mail messages (RFC 5322, MIME RFC 2045–2049), and web archives in the same form (MHTML, RFC 2557). The parser is our
//! own and reads what mailers read, in every way they might: the union of all readings is unpacked, and where they
//! differ that is a finding.
//!
//! `reading` says how a message may be read, `structure` walks the MIME tree, `header` and `params` read fields, `names` and `leaf` what a part is called and
//! holds, `transfer` the encodings, `parser` joins them to the view; `unpack` gives the parts, `spoken` what the message
//! says (for passwords), `analyze` and the files it lists the findings.

pub mod header;
pub mod leaf;
pub mod params;
pub mod transfer;

mod analyze;
mod authentication;
mod authored;
mod elsewhere;
mod emptiness;
mod enclosed;
mod header_oddities;
mod indicators;
mod lines;
mod locale;
mod lookalike;
mod names;
mod parser;
mod partial;
mod probe;
mod reading;
mod returned;
mod segments;
mod sender;
mod smuggled;
mod spoken;
mod structure;
mod thread;
mod unpack;

pub(crate) use analyze::judge;
pub use header::{Header, Headers};
pub use leaf::{Leaf, LeafKind, Transfer};
pub use parser::{Ambiguity, EmlView};
pub use probe::is_message;
pub use returned::{AUTHOR, BOUNCED, RETURNED};
pub use spoken::Spoken;
pub(crate) use structure::WITHOUT_END;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// An e-mail message.
pub const EML: FormatId = FormatId("eml");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: EML,
    title: "E-mail message",
    family: Family::Mail,
    extensions: &["eml", "mht", "mhtml", "msg", "nws", "mim", "mime", "txt"],
    media_types: &["message/rfc822", "message/global", "multipart/related", "application/x-mimearchive"],
    magic: &[],
    probe: Probe::Structure(is_eml),
    reading: Reading::Full,
    references: &[
        Reference { title: "RFC 5322, Internet Message Format", url: "https://www.rfc-editor.org/rfc/rfc5322" },
        Reference { title: "RFC 2045, MIME part one", url: "https://www.rfc-editor.org/rfc/rfc2045" },
        Reference { title: "RFC 2046, MIME part two: media types", url: "https://www.rfc-editor.org/rfc/rfc2046" },
        Reference { title: "RFC 2047, encoded words", url: "https://www.rfc-editor.org/rfc/rfc2047" },
        Reference { title: "RFC 2231, parameter values", url: "https://www.rfc-editor.org/rfc/rfc2231" },
        Reference { title: "RFC 2557, MHTML", url: "https://www.rfc-editor.org/rfc/rfc2557" },
        Reference { title: "RFC 8601, Authentication-Results", url: "https://www.rfc-editor.org/rfc/rfc8601" },
    ],
    limitations: &[
        "Multiparts nested more than 100 deep are not taken apart, nor parts beyond the 5,000th.",
        "Signatures (DKIM, S/MIME, PGP) are not verified; recorded authentication results are taken as they stand.",
    ],
    unpacker: Some(&unpack::EmlUnpacker),
    analyzers: &[&analyze::EmlAnalyzer],
};

/// Whether bytes are one message; a mailbox of several is `mbox`.
fn is_eml(artifact: &Artifact) -> bool {
    is_message(&artifact.bytes) && !super::mbox::is_mailbox(&artifact.bytes)
}
