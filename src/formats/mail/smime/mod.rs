//! S/MIME: Cryptographic Message Syntax as mail carries it (RFC 5652, RFC 8551). What is only signed or compressed is
//! unwrapped; what is encrypted is said to be. `ber` the encoding, `parser` the structures, `unpack` the content.

mod ber;
mod parser;
mod unpack;

pub(super) use unpack::inner_name;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// A CMS message.
pub const SMIME: FormatId = FormatId("smime");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: SMIME,
    title: "Signed or encrypted message (S/MIME)",
    extensions: &["p7m", "p7s", "p7c", "p7z", "p7b", "p7", "pem", "cms", "tsd", "cat"],
    media_types: &[
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/x-pkcs7-certificates",
        "application/x-pkcs7-certreqresp",
        "application/cms",
        "application/vnd.ms-pki.seccat",
    ],
    probe: Probe::Structure(is_cms),
    reading: Reading::Full,
    references: &[
        Reference { title: "RFC 5652, Cryptographic Message Syntax", url: "https://www.rfc-editor.org/rfc/rfc5652" },
        Reference {
            title: "RFC 8551, S/MIME 4.0 Message Specification",
            url: "https://www.rfc-editor.org/rfc/rfc8551",
        },
        Reference { title: "RFC 3274, Compressed Data Content Type", url: "https://www.rfc-editor.org/rfc/rfc3274" },
    ],
    limitations: &[
        "Signatures are not verified and certificates are not read.",
        "Encrypted content cannot be opened without the recipient's key.",
    ],
    unpacker: Some(&unpack::CmsUnpacker),
    ..FormatSpec::of(Family::Mail)
};

fn is_cms(artifact: &Artifact) -> bool {
    matches!(artifact.bytes.first(), Some(0x30 | b'M' | b'-' | b' ' | b'\r' | b'\n' | 0xEF))
        && parser::binary(&artifact.bytes).is_some()
}

#[cfg(test)]
mod tests;
