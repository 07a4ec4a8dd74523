//! AppleDouble and AppleSingle (RFC 1740): what macOS keeps beside a file's content, as `._name` in archives made on a
//! Mac. A data fork is a file of its own; a resource fork is one if it starts as a known format does.

mod parser;

pub use parser::AppleDoubleView;

use crate::formats::recognised;
use crate::model::{Artifact, EntryName, FormatId, Origin, OriginKind};
use crate::stage::{Family, FormatSpec, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// AppleDouble or AppleSingle.
pub const APPLE_DOUBLE: FormatId = FormatId("apple-double");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: APPLE_DOUBLE,
    title: "AppleDouble (macOS file attributes)",
    family: Family::Text,
    extensions: &[],
    media_types: &["application/applefile", "multipart/appledouble"],
    magic: &[Magic::start(b"\0\x05\x16\x07\0\x02\0\0"), Magic::start(b"\0\x05\x16\0\0\x02\0\0")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "RFC 1740, MIME Encapsulation of Macintosh Files, appendix A",
        url: "https://www.rfc-editor.org/rfc/rfc1740",
    }],
    limitations: &["Resources of a resource fork and extended attributes are matched as bytes, not listed."],
    unpacker: Some(&AppleDoubleUnpacker),
    analyzers: &[],
};

struct AppleDoubleUnpacker;

/// Entry ids, RFC 1740 appendix A.
const DATA_FORK: u32 = 1;
const RESOURCE_FORK: u32 = 2;

impl Unpacker for AppleDoubleUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<AppleDoubleView>()?;
        for (id, range) in &view.entries {
            let bytes = parent.bytes.slice(range.clone());
            let name = match *id {
                DATA_FORK if !bytes.is_empty() => "data fork",
                RESOURCE_FORK if recognised(&bytes) => "resource fork",
                _ => continue,
            };
            out.child_bytes(EntryName::new(name), Origin::part(OriginKind::Stream, name), bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial::unpack;

    fn file(entries: &[(u32, &[u8])]) -> Vec<u8> {
        let mut out = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ".to_vec();
        out.extend_from_slice(&u16::try_from(entries.len()).unwrap().to_be_bytes());
        let mut offset = 26 + 12 * entries.len();
        for (id, body) in entries {
            for value in [*id, u32::try_from(offset).unwrap(), u32::try_from(body.len()).unwrap()] {
                out.extend_from_slice(&value.to_be_bytes());
            }
            offset += body.len();
        }
        entries.iter().for_each(|(_, body)| out.extend_from_slice(body));
        out
    }

    #[test]
    fn forks_that_are_files_come_out() {
        let bytes = file(&[(9, &[0; 32]), (1, b"data"), (2, b"PK\x03\x04 a zip in a resource fork")]);
        let (said, result) = unpack(&AppleDoubleUnpacker, "._a", bytes);
        assert!(result.is_ok());
        let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
        assert_eq!(names, ["data fork", "resource fork"]);
        let (said, _) = unpack(&AppleDoubleUnpacker, "._a", file(&[(9, &[0; 32]), (2, &[7; 286])]));
        assert!(said.children.is_empty());
    }

    #[test]
    fn lengths_beyond_the_end_are_cut() {
        let mut bytes = file(&[(1, b"data")]);
        bytes[34..38].copy_from_slice(&u32::MAX.to_be_bytes());
        let (said, _) = unpack(&AppleDoubleUnpacker, "._a", bytes);
        assert_eq!(said.children[0].bytes.as_ref(), b"data");
    }
}
