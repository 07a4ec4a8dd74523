//! Pictures, sound, film and fonts that are known by their magic and hold nothing that is taken apart.

use crate::formats::fields::u32_at;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reference};

/// What all of them share.
const COMMON: FormatSpec = FormatSpec {
    references: &[Reference {
        title: "Sustainability of Digital Formats, Library of Congress",
        url: "https://www.loc.gov/preservation/digital/formats/fdd/browse_list.shtml",
    }],
    limitations: &["Known by magic; neither content nor metadata is judged."],
    ..FormatSpec::of(Family::Media)
};

/// Windows icons and cursors.
pub const ICO: FormatSpec = FormatSpec {
    id: FormatId("ico"),
    title: "Windows icon",
    extensions: &["ico", "cur"],
    media_types: &["image/x-icon", "image/vnd.microsoft.icon"],
    probe: Probe::Structure(is_icon),
    ..COMMON
};

/// TIFF, and the raw pictures built on it.
pub const TIFF: FormatSpec = FormatSpec {
    id: FormatId("tiff"),
    title: "TIFF picture",
    extensions: &["tif", "tiff", "dng", "nef", "cr2", "arw"],
    media_types: &["image/tiff"],
    magic: &[
        Magic::start(b"II\x2a\0"),
        Magic::start(b"MM\0\x2a"),
        Magic::start(b"II\x2b\0"),
        Magic::start(b"MM\0\x2b"),
    ],
    ..COMMON
};

/// JPEG 2000.
pub const JPEG_2000: FormatSpec = FormatSpec {
    id: FormatId("jp2"),
    title: "JPEG 2000 picture",
    extensions: &["jp2", "jpx", "j2k", "jpf"],
    media_types: &["image/jp2", "image/jpx"],
    magic: &[Magic::start(b"\0\0\0\x0cjP  \r\n\x87\n"), Magic::start(b"\xff\x4f\xff\x51")],
    ..COMMON
};

/// Photoshop.
pub const PSD: FormatSpec = FormatSpec {
    id: FormatId("psd"),
    title: "Photoshop picture",
    extensions: &["psd", "psb"],
    media_types: &["image/vnd.adobe.photoshop"],
    magic: &[Magic::start(b"8BPS\0\x01"), Magic::start(b"8BPS\0\x02")],
    ..COMMON
};

/// Windows metafile.
pub const WMF: FormatSpec = FormatSpec {
    id: FormatId("wmf"),
    title: "Windows metafile",
    extensions: &["wmf"],
    media_types: &["image/wmf", "image/x-wmf"],
    magic: &[
        Magic::start(b"\xd7\xcd\xc6\x9a\0\0"),
        Magic::start(b"\x01\0\x09\0\0\x03"),
        Magic::start(b"\x02\0\x09\0\0\x03"),
    ],
    ..COMMON
};

/// Metafile of StarView, in which OpenOffice keeps what objects look like.
pub const SVM: FormatSpec = FormatSpec {
    id: FormatId("svm"),
    title: "StarView metafile",
    extensions: &["svm"],
    media_types: &["image/x-svm", "application/x-openoffice-gdimetafile"],
    magic: &[Magic::start(b"VCLMTF\x01\0")],
    ..COMMON
};

/// Enhanced metafile.
pub const EMF: FormatSpec = FormatSpec {
    id: FormatId("emf"),
    title: "Enhanced metafile",
    extensions: &["emf"],
    media_types: &["image/emf", "image/x-emf"],
    magic: &[Magic::at(40, b" EMF")],
    probe: Probe::Structure(|artifact| artifact.bytes.starts_with(b"\x01\0\0\0")),
    ..COMMON
};

/// Film and pictures in ISO base media files: MP4, QuickTime, HEIC, AVIF.
pub const MP4: FormatSpec = FormatSpec {
    id: FormatId("mp4"),
    title: "ISO media file (MP4, QuickTime, HEIC)",
    extensions: &["mp4", "m4v", "m4a", "mov", "3gp", "3g2", "heic", "heif", "avif", "qt", "m4b"],
    media_types: &["video/mp4", "audio/mp4", "video/quicktime", "video/3gpp", "image/heic", "image/heif", "image/avif"],
    magic: &[Magic::at(4, b"ftyp"), Magic::at(4, b"moov"), Magic::at(4, b"mdat")],
    probe: Probe::Structure(|artifact| artifact.bytes.first().is_some_and(|byte| *byte < 0x20)),
    ..COMMON
};

/// AVI and other RIFF files without a format of their own here.
pub const AVI: FormatSpec = FormatSpec {
    id: FormatId("avi"),
    title: "AVI film",
    extensions: &["avi", "ani", "rmi"],
    media_types: &["video/x-msvideo", "video/avi"],
    magic: &[Magic::at(8, b"AVI "), Magic::at(8, b"ACON"), Magic::at(8, b"RMID")],
    probe: Probe::Structure(|artifact| artifact.bytes.starts_with(b"RIFF")),
    ..COMMON
};

/// MP3: a tag, or two frames where the first says the second is.
pub const MP3: FormatSpec = FormatSpec {
    id: FormatId("mp3"),
    title: "MP3 sound",
    extensions: &["mp3", "mp2", "mpga"],
    media_types: &["audio/mpeg", "audio/mp3"],
    probe: Probe::Structure(is_mp3),
    ..COMMON
};

/// Ogg.
pub const OGG: FormatSpec = FormatSpec {
    id: FormatId("ogg"),
    title: "Ogg sound or film",
    extensions: &["ogg", "oga", "ogv", "opus", "spx"],
    media_types: &["audio/ogg", "video/ogg", "application/ogg"],
    magic: &[Magic::start(b"OggS\0")],
    ..COMMON
};

/// FLAC.
pub const FLAC: FormatSpec = FormatSpec {
    id: FormatId("flac"),
    title: "FLAC sound",
    extensions: &["flac"],
    media_types: &["audio/flac", "audio/x-flac"],
    magic: &[Magic::start(b"fLaC\0\0\0\x22"), Magic::start(b"fLaC\x80\0\0\x22")],
    ..COMMON
};

/// AIFF.
pub const AIFF: FormatSpec = FormatSpec {
    id: FormatId("aiff"),
    title: "AIFF sound",
    extensions: &["aif", "aiff", "aifc"],
    media_types: &["audio/aiff", "audio/x-aiff"],
    magic: &[Magic::at(8, b"AIFF"), Magic::at(8, b"AIFC")],
    probe: Probe::Structure(|artifact| artifact.bytes.starts_with(b"FORM")),
    ..COMMON
};

/// MIDI.
pub const MIDI: FormatSpec = FormatSpec {
    id: FormatId("midi"),
    title: "MIDI music",
    extensions: &["mid", "midi"],
    media_types: &["audio/midi", "audio/x-midi"],
    magic: &[Magic::start(b"MThd\0\0\0\x06")],
    ..COMMON
};

/// Matroska and WebM.
pub const MATROSKA: FormatSpec = FormatSpec {
    id: FormatId("matroska"),
    title: "Matroska or WebM film",
    extensions: &["mkv", "webm", "mka"],
    media_types: &["video/x-matroska", "video/webm", "audio/webm"],
    magic: &[Magic::start(b"\x1a\x45\xdf\xa3")],
    ..COMMON
};

/// Windows Media.
pub const ASF: FormatSpec = FormatSpec {
    id: FormatId("asf"),
    title: "Windows Media file",
    extensions: &["wmv", "wma", "asf"],
    media_types: &["video/x-ms-wmv", "audio/x-ms-wma", "video/x-ms-asf"],
    magic: &[Magic::start(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c")],
    ..COMMON
};

/// Fonts.
pub const FONT: FormatSpec = FormatSpec {
    id: FormatId("font"),
    title: "Font",
    extensions: &["ttf", "otf", "ttc", "woff", "woff2"],
    media_types: &["font/ttf", "font/otf", "font/woff", "font/woff2", "font/collection", "application/x-font-ttf"],
    magic: &[
        Magic::start(b"\0\x01\0\0\0"),
        Magic::start(b"OTTO\0"),
        Magic::start(b"true\0"),
        Magic::start(b"ttcf\0"),
        Magic::start(b"wOFF"),
        Magic::start(b"wOF2"),
    ],
    probe: Probe::Structure(is_font),
    ..COMMON
};

/// A directory of icons whose first image lies inside the file.
fn is_icon(artifact: &Artifact) -> bool {
    let Some([0, 0, 1 | 2, 0, count, high, entry @ ..]) = artifact.bytes.get(..22) else { return false };
    let count = u64::from(u16::from_le_bytes([*count, *high]));
    let (Some(size), Some(offset)) = (u32_at(entry, 8), u32_at(entry, 12)) else { return false };
    let (size, offset) = (u64::from(size), u64::from(offset));
    let directory = count.saturating_mul(16).saturating_add(6);
    (1..=256).contains(&count)
        && entry.get(3).is_some_and(|reserved| matches!(reserved, 0 | 0xff))
        && size >= 40
        && offset >= directory
        && offset.saturating_add(size) <= artifact.bytes.len() as u64
}

/// Bytes of an MPEG audio layer III frame, ISO/IEC 11172-3 §2.4.2.3 and 13818-3.
fn frame_size(header: &[u8]) -> Option<usize> {
    const RATES_1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const RATES_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [0xff, second, third, _, ..] = header else { return None };
    let (is_version_1, divisor) = match second & 0xf8 {
        0xf8 => (true, 1),
        0xf0 => (false, 2),
        0xe0 => (false, 4),
        _ => return None,
    };
    if second & 0x06 != 0x02 {
        return None;
    }
    let rates = if is_version_1 { RATES_1 } else { RATES_2 };
    let rate = rates.get(usize::from(third >> 4).checked_sub(1)?)?.checked_mul(1000)?;
    let samples = [44_100usize, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / divisor;
    let padding = usize::from(third >> 1 & 1);
    let per_frame = if is_version_1 { 144 } else { 72 };
    rate.checked_mul(per_frame)?.checked_div(samples)?.checked_add(padding)
}

fn is_mp3(artifact: &Artifact) -> bool {
    let bytes = &artifact.bytes;
    if matches!(bytes.get(..10), Some([b'I', b'D', b'3', 2..=4, 0, _, a, b, c, d]) if (a | b | c | d) & 0x80 == 0) {
        return true;
    }
    let second = frame_size(bytes).and_then(|size| bytes.get(size..));
    second.is_some_and(|second| frame_size(second).is_some())
}

/// A number of tables that fonts have, and a first table with a printable name.
fn is_font(artifact: &Artifact) -> bool {
    let bytes = &artifact.bytes;
    if bytes.starts_with(b"wOF") || bytes.starts_with(b"ttcf") {
        return true;
    }
    bytes.get(5).is_some_and(|count| (1..=64).contains(count))
        && bytes.get(12..16).is_some_and(|tag| tag.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    fn is(spec: &'static FormatSpec, bytes: &[u8]) -> bool {
        crate::identify::identify(&trial::file("a", bytes.to_vec()), &[spec]).format == spec.id
    }

    #[test]
    fn weak_magics_need_their_structure() {
        let icon = [&[0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 22, 0, 0, 0][..], &[0; 48]].concat();
        assert!(is(&ICO, &icon));
        assert!(!is(&ICO, &icon[..60]));
        // 128 kbit/s at 44.1 kHz: frames of 417 bytes.
        let mut sound = vec![0u8; 1000];
        sound[..4].copy_from_slice(b"\xff\xfb\x90\x00");
        assert!(!is(&MP3, &sound));
        sound[417..421].copy_from_slice(b"\xff\xfb\x90\x00");
        assert!(is(&MP3, &sound));
        assert!(is(&FONT, b"\0\x01\0\0\0\x0c\0\x80\0\x03\0\x40OS/2 and more"));
        assert!(!is(&FONT, &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }
}
