//! Flash films. No current player runs them; older systems do. Packed ones are given unpacked, so that their texts and
//! what lies in them can be searched.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::formats::fields::size_at;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem};
use crate::stage::{Family, FormatSpec, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// A Flash film.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("swf"),
    title: "Flash film (SWF)",
    extensions: &["swf", "spl"],
    media_types: &["application/x-shockwave-flash", "application/vnd.adobe.flash.movie"],
    magic: &[Magic::start(b"FWS"), Magic::start(b"CWS"), Magic::start(b"ZWS")],
    probe: Probe::Structure(is_film),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "SWF File Format Specification, version 19",
        url: "https://open-flash.github.io/mirrors/swf-spec-19.pdf",
    }],
    limitations: &["Scripts in it are not read.", "Films packed with LZMA are not unpacked."],
    unpacker: Some(&Unpack),
    ..FormatSpec::of(Family::Media)
};

/// "The SWF header": a version and a length.
fn is_film(artifact: &Artifact) -> bool {
    let length = size_at(&artifact.bytes, 4).unwrap_or(0);
    matches!(artifact.bytes.get(3), Some(1..=50)) && (21..1 << 30).contains(&length)
}

struct Unpack;

impl Unpacker for Unpack {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some((head, packed)) = parent.bytes.split_at_checked(8) else { return Ok(()) };
        match head.first() {
            Some(b'C') => {
                let start = [b"FWS", head.get(3..).unwrap_or_default()].concat();
                let name = EntryName::new(format!("{} (unpacked)", parent.name.file_name()));
                let origin = Origin::part(OriginKind::Decoded, "deflate");
                out.child(name, origin, std::io::Cursor::new(start).chain(ZlibDecoder::new(packed)))
            }
            Some(b'Z') => {
                out.problem(Problem::unsupported("film packed with LZMA", Location::whole()));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::formats::trial;

    #[test]
    fn packed_films_are_unpacked_to_plain_ones() {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(b"\x78frames and scripts").unwrap();
        let film = [&b"CWS\x0a\x40\0\0\0"[..], &packer.finish().unwrap()].concat();
        let said = trial::scan(&FORMAT, "a.swf", &film);
        assert_eq!(said.children[0].bytes.as_ref(), b"FWS\x0a\x40\0\0\0\x78frames and scripts");
        assert!(trial::is_taken(&FORMAT, &trial::file("a", said.children[0].bytes.to_vec())));
        assert!(!trial::is_taken(&FORMAT, &trial::file("a", b"FWS is three letters and no film".to_vec())));
    }
}
