//! Archives and disk images that are recognised by their magic and not read. Whatever is one of them leaves coverage
//! partial; it is never called clean.

use crate::formats::archive::rare::RareFormat;
use crate::formats::fields::size_at;
use crate::model::{Artifact, FormatId};
use crate::stage::{Analyzer, Family, FormatSpec, Magic, Probe, Reading, Reference};

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

/// ARJ.
pub const ARJ: FormatSpec = FormatSpec {
    id: FormatId("arj"),
    title: "ARJ archive",
    extensions: &["arj"],
    media_types: &["application/x-arj"],
    magic: &[Magic::start(b"\x60\xea")],
    probe: Probe::Structure(is_arj),
    references: &[Reference {
        title: "ARJ technical notes",
        url: "https://github.com/FarGroup/FarManager/blob/master/plugins/multiarc/arc.doc/arj.txt",
    }],
    analyzers: RARE,
    ..COMMON
};

/// ACE.
pub const ACE: FormatSpec = FormatSpec {
    id: FormatId("ace"),
    title: "ACE archive",
    extensions: &["ace"],
    media_types: &["application/x-ace-compressed"],
    magic: &[Magic::at(7, b"**ACE**")],
    analyzers: RARE,
    ..COMMON
};

/// ZOO.
pub const ZOO: FormatSpec = FormatSpec {
    id: FormatId("zoo"),
    title: "ZOO archive",
    extensions: &["zoo"],
    media_types: &["application/x-zoo"],
    magic: &[Magic::at(20, b"\xdc\xa7\xc4\xfd")],
    probe: Probe::Structure(|artifact| artifact.bytes.starts_with(b"ZOO ")),
    analyzers: RARE,
    ..COMMON
};

/// ARC of System Enhancement Associates.
pub const ARC: FormatSpec = FormatSpec {
    id: FormatId("arc"),
    title: "ARC archive",
    extensions: &["arc", "ark"],
    media_types: &["application/x-arc"],
    probe: Probe::Structure(is_arc),
    analyzers: RARE,
    ..COMMON
};

/// ALZip's own format.
pub const ALZ: FormatSpec = FormatSpec {
    id: FormatId("alz"),
    title: "ALZip archive",
    extensions: &["alz"],
    media_types: &["application/x-alz-compressed"],
    magic: &[Magic::start(b"ALZ\x01")],
    analyzers: RARE,
    ..COMMON
};

/// Its successor.
pub const EGG: FormatSpec = FormatSpec {
    id: FormatId("egg"),
    title: "EGG archive",
    extensions: &["egg"],
    magic: &[Magic::start(b"EGGA\0\x01")],
    analyzers: RARE,
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

/// macOS disk image: known by its trailer.
pub const DMG: FormatSpec = FormatSpec {
    id: FormatId("dmg"),
    title: "macOS disk image",
    extensions: &["dmg", "smi"],
    media_types: &["application/x-apple-diskimage"],
    probe: Probe::Structure(|artifact| before_end(artifact, 512).starts_with(b"koly\0\0\0\x04")),
    ..COMMON
};

fn before_end(artifact: &Artifact, count: usize) -> &[u8] {
    artifact.bytes.len().checked_sub(count).and_then(|start| artifact.bytes.get(start..)).unwrap_or_default()
}

/// The first header is the archive's own: type 2, at least 30 bytes of fixed part, at most 2,600 in all.
fn is_arj(artifact: &Artifact) -> bool {
    match artifact.bytes.get(2..11) {
        Some([low, high, fixed, _, _, _, _, _, kind]) => {
            let size = u16::from_le_bytes([*low, *high]);
            (30..=2600).contains(&size) && *fixed >= 30 && u16::from(*fixed) <= size && *kind == 2
        }
        _ => false,
    }
}

/// A mark, a method, a name of printable characters, and a packed size that fits.
fn is_arc(artifact: &Artifact) -> bool {
    let Some(header) = artifact.bytes.get(..29) else { return false };
    let (Some([0x1a, 1..=11]), Some(name), Some(size)) = (header.get(..2), header.get(2..15), size_at(header, 15))
    else {
        return false;
    };
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
    let is_named = end > 0 && name.iter().take(end).all(u8::is_ascii_graphic);
    is_named && size > 0 && size <= artifact.bytes.len()
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
        assert!(is(&ARJ, b"\x60\xea\x2b\x00\x22\x0b\x01\x0b\x10\x00\x02rest"));
        assert!(is(&ACE, b"\x00\x00\x31\x00\x00\x00\x90**ACE**\x14"));
        assert!(is(&ARC, b"\x1a\x08A.TXT\0\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\0hello"));
    }

    #[test]
    fn letters_alone_are_no_archive() {
        assert!(!is(&ARJ, b"\x60\xea and so on, and on"));
        assert!(!is(&ZOO, b"ZOO opening hours, tickets, animals"));
    }

    #[test]
    fn old_kinds_are_said_to_be_rare() {
        let raises = |spec: &FormatSpec| {
            spec.analyzers
                .iter()
                .any(|analyzer| trial::weight(&trial::analyze(*analyzer, "a", &[1]), RARE_FORMAT.id).is_some())
        };
        assert!(raises(&ACE));
        assert!(!raises(&crate::formats::archive::cab::FORMAT));
        assert!(!raises(&crate::formats::archive::zip::FORMAT));
    }
}
