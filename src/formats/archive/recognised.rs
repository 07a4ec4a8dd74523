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

/// Cabinet.
pub const CAB: FormatSpec = FormatSpec {
    id: FormatId("cab"),
    title: "Windows cabinet",
    extensions: &["cab", "onepkg", "msu"],
    media_types: &["application/vnd.ms-cab-compressed"],
    magic: &[Magic::start(b"MSCF\0\0\0\0")],
    references: &[Reference {
        title: "MS-CAB, Cabinet File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-cab/",
    }],
    ..COMMON
};

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

/// LZ4.
pub const LZ4: FormatSpec = FormatSpec {
    id: FormatId("lz4"),
    title: "LZ4",
    extensions: &["lz4"],
    media_types: &["application/x-lz4"],
    magic: &[Magic::start(b"\x04\x22\x4d\x18"), Magic::start(b"\x02\x21\x4c\x18")],
    references: &[Reference {
        title: "LZ4 frame format",
        url: "https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md",
    }],
    ..COMMON
};

/// lzip.
pub const LZIP: FormatSpec = FormatSpec {
    id: FormatId("lzip"),
    title: "lzip",
    extensions: &["lz"],
    media_types: &["application/x-lzip"],
    magic: &[Magic::start(b"LZIP\x00"), Magic::start(b"LZIP\x01")],
    ..COMMON
};

/// COMPRESS.EXE of MS-DOS.
pub const SZDD: FormatSpec = FormatSpec {
    id: FormatId("szdd"),
    title: "MS-DOS compressed file",
    magic: &[
        Magic::start(b"SZDD\x88\xf0\x27\x33"),
        Magic::start(b"KWAJ\x88\xf0\x27\xd1"),
        Magic::start(b"SZ \x88\xf0\x27\x33\xd1"),
    ],
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

/// cpio.
pub const CPIO: FormatSpec = FormatSpec {
    id: FormatId("cpio"),
    title: "cpio archive",
    extensions: &["cpio"],
    media_types: &["application/x-cpio"],
    magic: &[Magic::start(b"070701"), Magic::start(b"070702"), Magic::start(b"070707")],
    // The magic is digits; the header after it is, too.
    probe: Probe::Structure(|artifact| {
        artifact.bytes.get(6..76).is_some_and(|header| header.iter().all(u8::is_ascii_hexdigit))
    }),
    ..COMMON
};

/// Debian package.
pub const DEB: FormatSpec = FormatSpec {
    id: FormatId("deb"),
    title: "Debian package",
    family: Family::Program,
    extensions: &["deb", "udeb"],
    media_types: &["application/vnd.debian.binary-package", "application/x-debian-package"],
    magic: &[Magic::start(b"!<arch>\ndebian-binary")],
    ..COMMON
};

/// ar, also of static libraries.
pub const AR: FormatSpec = FormatSpec {
    id: FormatId("ar"),
    title: "ar archive",
    extensions: &["a", "ar", "lib"],
    media_types: &["application/x-archive"],
    magic: &[Magic::start(b"!<arch>\n"), Magic::start(b"!<thin>\n")],
    probe: Probe::Structure(|artifact| artifact.bytes.get(8..21) != Some(b"debian-binary")),
    ..COMMON
};

/// RPM package.
pub const RPM: FormatSpec = FormatSpec {
    id: FormatId("rpm"),
    title: "RPM package",
    family: Family::Program,
    extensions: &["rpm"],
    media_types: &["application/x-rpm"],
    magic: &[Magic::start(b"\xed\xab\xee\xdb")],
    ..COMMON
};

/// xar, which macOS packages are.
pub const XAR: FormatSpec = FormatSpec {
    id: FormatId("xar"),
    title: "xar archive (macOS package)",
    extensions: &["pkg", "xar", "mpkg", "xip"],
    media_types: &["application/x-xar"],
    magic: &[Magic::start(b"xar!")],
    ..COMMON
};

/// Windows imaging format.
pub const WIM: FormatSpec = FormatSpec {
    id: FormatId("wim"),
    title: "Windows image (WIM)",
    extensions: &["wim", "swm", "esd", "ppkg"],
    media_types: &["application/x-ms-wim"],
    magic: &[Magic::start(b"MSWIM\0\0\0"), Magic::start(b"WLPWM\0\0\0")],
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
        assert!(is(&DEB, b"!<arch>\ndebian-binary   1"));
        assert!(!is(&AR, b"!<arch>\ndebian-binary   1"));
    }

    #[test]
    fn letters_alone_are_no_archive() {
        assert!(!is(&ARJ, b"\x60\xea and so on, and on"));
        assert!(!is(&ZOO, b"ZOO opening hours, tickets, animals"));
        assert!(!is(&CPIO, b"070701 is a postal code and no more than that"));
    }

    #[test]
    fn old_kinds_are_said_to_be_rare() {
        let raises = |spec: &FormatSpec| {
            spec.analyzers
                .iter()
                .any(|analyzer| trial::weight(&trial::analyze(*analyzer, "a", &[1]), RARE_FORMAT.id).is_some())
        };
        assert!(raises(&ACE));
        assert!(!raises(&CAB));
        assert!(!raises(&crate::formats::archive::zip::FORMAT));
    }
}
