//! Mailboxes of mail programs that are recognised by their magic and not read.

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// What they share.
const COMMON: FormatSpec = FormatSpec {
    reading: Reading::RecognisedOnly,
    limitations: &["Only recognised: the messages inside are not read."],
    ..FormatSpec::of(Family::Mail)
};

/// Personal folders of Outlook.
pub const PST: FormatSpec = FormatSpec {
    id: FormatId("pst"),
    title: "Outlook folders (PST, OST)",
    extensions: &["pst", "ost", "pab"],
    media_types: &["application/vnd.ms-outlook-pst"],
    magic: &[Magic::start(b"!BDN")],
    probe: Probe::MagicOnly,
    references: &[Reference {
        title: "MS-PST, Outlook Personal Folders File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-pst/",
    }],
    ..COMMON
};

/// A folder of Outlook Express.
pub const DBX: FormatSpec = FormatSpec {
    id: FormatId("dbx"),
    title: "Outlook Express folder (DBX, MBX)",
    extensions: &["dbx", "mbx"],
    magic: &[Magic::start(b"\xCF\xAD\x12\xFE"), Magic::start(b"JMF6"), Magic::start(b"JMF9")],
    probe: Probe::MagicOnly,
    references: &[Reference {
        title: "Library of Congress, Microsoft Outlook Express DBX",
        url: "https://www.loc.gov/preservation/digital/formats/fdd/browse_list.shtml",
    }],
    ..COMMON
};
