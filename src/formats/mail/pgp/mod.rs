//! OpenPGP (RFC 9580), armoured or binary: what is only signed, compressed or wrapped is unwrapped, what is encrypted is
//! said to be; keys and signatures are known. `armor` the text form, `packet` the packets, `unpack` their content.

mod armor;
mod packet;
mod unpack;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// OpenPGP packets.
pub const PGP: FormatId = FormatId("pgp");
/// Text with OpenPGP armour in it.
pub const ARMOR: FormatId = FormatId("pgp-armor");

/// What both share.
const COMMON: FormatSpec = FormatSpec {
    extensions: &["pgp", "gpg", "asc", "sig", "key"],
    media_types: &["application/pgp-encrypted", "application/pgp-signature", "application/pgp-keys"],
    reading: Reading::Full,
    references: &[Reference { title: "RFC 9580, OpenPGP", url: "https://www.rfc-editor.org/rfc/rfc9580" }],
    limitations: &[
        "Signatures are not verified.",
        "Encrypted content is not opened, not even where a password would do.",
    ],
    ..FormatSpec::of(Family::Mail)
};

/// The format in binary.
pub const FORMAT: FormatSpec = FormatSpec {
    id: PGP,
    title: "OpenPGP message, key or signature",
    probe: Probe::Structure(is_packets),
    unpacker: Some(&unpack::PacketUnpacker),
    ..COMMON
};

/// The format as text.
pub const ARMOR_FORMAT: FormatSpec = FormatSpec {
    id: ARMOR,
    title: "OpenPGP message, key or signature as text",
    probe: Probe::Text(is_armored),
    unpacker: Some(&unpack::ArmorUnpacker),
    extensions: &["asc", "pgp", "gpg", "sig", "key", "txt"],
    media_types: &[
        "application/pgp-encrypted",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/octet-stream",
        "text/plain",
    ],
    ..COMMON
};

fn is_packets(artifact: &Artifact) -> bool {
    packet::is_message(&artifact.bytes)
}

fn is_armored(artifact: &Artifact) -> bool {
    armor::starts(&artifact.bytes)
}

#[cfg(test)]
mod tests;
