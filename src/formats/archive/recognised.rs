//! Archives that are recognised by their magic and not read. Whatever is one of them leaves coverage
//! partial; it is never called clean.

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Analyzer, Family, FormatSpec, Magic, Reading, Reference};

/// What all of them share.
const COMMON: FormatSpec = FormatSpec {
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Sustainability of Digital Formats, Library of Congress",
        url: "https://www.loc.gov/preservation/digital/formats/fdd/browse_list.shtml",
    }],
    limitations: &["Only recognised: what is inside is not read."],
    ..FormatSpec::of(Family::Archive)
};

const RARE: &[&dyn Analyzer] = &[&RareFormat];

/// Cabinets and their headers as InstallShield makes them, beside its launchers.
pub const INSTALLSHIELD_CABINET: FormatSpec = FormatSpec {
    id: FormatId("installshield-cabinet"),
    title: "InstallShield cabinet",
    extensions: &["cab", "hdr"],
    magic: &[Magic::start(b"ISc(")],
    references: &[Reference { title: "unshield, InstallShield cabinets", url: "https://github.com/twogood/unshield" }],
    ..COMMON
};

/// ZPAQ.
pub const ZPAQ: FormatSpec = FormatSpec {
    id: FormatId("zpaq"),
    title: "ZPAQ archive",
    extensions: &["zpaq"],
    magic: &[
        Magic::start(b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ"),
        Magic::start(b"zPQ\x01"),
        Magic::start(b"zPQ\x02"),
    ],
    references: &[Reference {
        title: "The ZPAQ Open Standard Format 2.06",
        url: "https://mattmahoney.net/dc/zpaq206.pdf",
    }],
    analyzers: RARE,
    ..COMMON
};

/// StuffIt.
pub const STUFFIT: FormatSpec = FormatSpec {
    id: FormatId("stuffit"),
    title: "StuffIt archive",
    extensions: &["sit", "sitx"],
    media_types: &["application/x-stuffit", "application/x-stuffitx"],
    magic: &[
        Magic::start(b"SIT!"),
        Magic::start(b"StuffIt (c)1997"),
        Magic::start(b"StuffIt!"),
        Magic::start(b"StuffIt?"),
    ],
    analyzers: RARE,
    ..COMMON
};

/// LRZIP.
pub const LRZIP: FormatSpec = rare("lrzip", "lrzip", &["lrz"], &[Magic::start(b"LRZI\x00")]);

/// FreeArc.
pub const FREEARC: FormatSpec = rare("freearc", "FreeArc archive", &["arc"], &[Magic::start(b"ArC\x01")]);

/// UltraCompressor II.
pub const UC2: FormatSpec = rare("uc2", "UltraCompressor II archive", &["uc2"], &[Magic::start(b"UC2\x1a")]);

/// SQZ.
pub const SQZ: FormatSpec = rare("sqz", "SQZ archive", &["sqz"], &[Magic::start(b"HLSQZ")]);

/// GCA, and its successor DGCA, which Japanese users passed around in the years after LZH.
pub const GCA: FormatSpec = rare("gca", "GCA archive", &["gca"], &[Magic::start(b"GCAX")]);

/// yz1 and yz2 of DeepFreezer, likewise from Japan.
pub const YZ1: FormatSpec =
    rare("yz1", "DeepFreezer archive", &["yz1", "yz2"], &[Magic::start(b"yz01"), Magic::start(b"YZ2\x00")]);

/// JAR of ARJ Software, not of Java.
pub const JARCS: FormatSpec = rare("jar-arj", "JAR archive (ARJ Software)", &["j"], &[Magic::at(14, b"\x1aJar\x1b")]);

/// BlakHole.
pub const BLAKHOLE: FormatSpec = rare("blakhole", "BlakHole archive", &["bh"], &[Magic::start(b"BH\x05\x07")]);

/// GRZip.
pub const GRZIP: FormatSpec = rare("grzip", "GRZip", &["grz"], &[Magic::start(b"GRZipII\x00")]);

/// Snappy frames.
pub const SNAPPY: FormatSpec = rare("snappy", "Snappy frames", &["sz"], &[Magic::start(b"\xff\x06\x00\x00sNaPpY")]);

const fn rare(
    id: &'static str,
    title: &'static str,
    extensions: &'static [&'static str],
    magic: &'static [Magic],
) -> FormatSpec {
    FormatSpec { id: FormatId(id), title, extensions, magic, analyzers: RARE, ..COMMON }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::archive::rare::RARE_FORMAT;
    use crate::formats::trial;

    fn is(spec: &'static FormatSpec, bytes: &[u8]) -> bool {
        let artifact = trial::file("a", bytes.to_vec());
        crate::identify::identify(&artifact, &[spec]).format == spec.id
    }

    #[test]
    fn knows_each_by_its_magic() {
        assert!(is(&ZPAQ, b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ\x01\x01"));
        assert!(is(&STUFFIT, b"SIT!\0\x01\0\0\x01\0rLau"));
        assert!(is(&GCA, b"GCAX0100"));
        assert!(is(&JARCS, b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x1aJar\x1b\0"));
        assert!(!is(&UC2, b"UC2 is a line in a list"));
    }

    #[test]
    fn old_kinds_are_said_to_be_rare() {
        let raises = |spec: &FormatSpec| {
            spec.analyzers
                .iter()
                .any(|analyzer| trial::weight(&trial::analyze(*analyzer, "a", &[1]), RARE_FORMAT.id).is_some())
        };
        assert!(raises(&crate::formats::archive::ace::FORMAT));
        assert!(!raises(&crate::formats::archive::cab::FORMAT));
        assert!(!raises(&crate::formats::archive::zip::FORMAT));
    }
}
