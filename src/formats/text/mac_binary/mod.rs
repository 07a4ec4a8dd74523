//! MacBinary: a Macintosh file's forks in one stream behind a header of 128 bytes, as old Macintosh mailers attached them.

use bytes::Bytes;

use crate::formats::recognised;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, ParseError, Problem, View};
use crate::stage::{Family, FormatSpec, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("macbinary"),
    title: "MacBinary",
    extensions: &["bin", "macbin"],
    media_types: &["application/x-macbinary", "application/macbinary"],
    probe: Probe::Structure(|artifact| artifact.view::<MacBinaryView>().is_ok()),
    reading: Reading::Full,
    references: &[
        Reference { title: "MacBinary II", url: "https://files.stairways.com/other/macbinaryii-standard-info.txt" },
        Reference {
            title: "RFC 1740, MIME Encapsulation of Macintosh Files",
            url: "https://www.rfc-editor.org/rfc/rfc1740",
        },
    ],
    limitations: &["A resource fork is given only if it starts as a known format does."],
    unpacker: Some(&MacBinaryUnpacker),
    ..FormatSpec::of(Family::Text)
};

/// Length of the header, and of the blocks forks are filled up to.
const BLOCK: usize = 128;

/// What a MacBinary file holds.
#[derive(Debug)]
pub struct MacBinaryView {
    /// The file's name, MacRoman.
    name: Vec<u8>,
    /// Where its data fork lies, as the header says.
    data: std::ops::Range<usize>,
    /// Where its resource fork lies.
    resource: std::ops::Range<usize>,
}

impl View for MacBinaryView {
    /// The header of MacBinary II: a zero, length and name, type and creator, two fork lengths, a checksum.
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let not = |what: &str| ParseError::new(what, 0);
        let head = bytes.get(..BLOCK).ok_or_else(|| not("shorter than a MacBinary header"))?;
        let at = |offset: usize| head.get(offset).copied().unwrap_or(0xff);
        let length = usize::from(at(1));
        let name = head.get(2..length.saturating_add(2)).unwrap_or_default();
        let is_name = (1..=63).contains(&length) && name.iter().all(|byte| *byte >= 0x20);
        if at(0) != 0 || at(74) != 0 || at(82) != 0 || !is_name {
            return Err(not("no MacBinary header"));
        }
        let number = |offset: usize| {
            let raw = head.get(offset..).and_then(<[u8]>::first_chunk::<4>).copied().unwrap_or_default();
            usize::try_from(u32::from_be_bytes(raw)).unwrap_or(usize::MAX)
        };
        let (data, resource) = (number(83), number(87));
        let resource_at = BLOCK.saturating_add(data.div_ceil(BLOCK).saturating_mul(BLOCK));
        let end = resource_at.saturating_add(resource);
        // Old writers leave the checksum out; then the lengths must fit.
        let said = u16::from_be_bytes([at(124), at(125)]);
        let is_checked =
            said != 0 && said == crc16(head.get(..124).unwrap_or_default()) || head.get(102..106) == Some(b"mBIN");
        let is_kind = head.get(65..73).unwrap_or_default().iter().all(|byte| (0x20..0x7f).contains(byte));
        let fits = data.saturating_add(resource) > 0
            && end <= bytes.len()
            && bytes.len() < end.saturating_add(BLOCK.saturating_mul(2));
        if !(is_checked || is_kind && fits) {
            return Err(not("no MacBinary header"));
        }
        Ok(MacBinaryView {
            name: name.to_vec(),
            data: BLOCK..BLOCK.saturating_add(data),
            resource: resource_at..resource_at.saturating_add(resource),
        })
    }
}

/// CRC-16 of CCITT, as the header has it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0u16, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| {
                if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 }
            },
        )
    })
}

struct MacBinaryUnpacker;

impl Unpacker for MacBinaryUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<MacBinaryView>()?;
        let name = encoding_rs::MACINTOSH.decode_without_bom_handling(&view.name).0.into_owned();
        for (fork, range) in [("data fork", &view.data), ("resource fork", &view.resource)] {
            let rest = parent.bytes.get(range.start..).unwrap_or_default();
            let content = rest.get(..range.len()).unwrap_or(rest);
            if content.len() < range.len() {
                let what = format!("{} of {} bytes of the {fork}", content.len(), range.len());
                out.problem(Problem::damaged(what, Location::at(range.start)));
            }
            let bytes = parent.bytes.slice_ref(content);
            match fork {
                "data fork" if !bytes.is_empty() => {
                    out.child_bytes(EntryName::new(name.clone()), Origin::file(OriginKind::Entry, fork), bytes)?;
                }
                "resource fork" if recognised(&bytes) => {
                    out.child_bytes(EntryName::new(fork), Origin::part(OriginKind::Stream, fork), bytes)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    fn file(data: &[u8], said: u32) -> Vec<u8> {
        let mut out = vec![0u8; BLOCK];
        out[1] = 5;
        out[2..7].copy_from_slice(b"a.bin");
        out[65..73].copy_from_slice(b"BINAdemo");
        out[83..87].copy_from_slice(&said.to_be_bytes());
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
        out
    }

    fn checked(mut file: Vec<u8>) -> Vec<u8> {
        let crc = crc16(&file[..124]);
        file[124..126].copy_from_slice(&crc.to_be_bytes());
        file
    }

    #[test]
    fn the_data_fork_comes_out() {
        for bytes in [file(b"hello", 5), checked(file(b"hello", 5))] {
            let said = trial::scan(&FORMAT, "a.bin", &bytes);
            assert_eq!(
                (said.children[0].name.text.as_str(), said.children[0].bytes.as_ref()),
                ("a.bin", b"hello".as_slice())
            );
            assert!(said.problems.is_empty());
        }
    }

    #[test]
    fn a_length_that_lies_gives_what_is_there_and_zeros_are_no_header() {
        let said = trial::scan(&FORMAT, "a.bin", &checked(file(b"hello", u32::MAX)));
        assert!(said.children[0].bytes.starts_with(b"hello"));
        assert!(!said.problems.is_empty());
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", &file(b"hello", u32::MAX))));
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", &[0; 512])));
        for cut in 0..256 {
            let _ = MacBinaryView::parse(&Bytes::copy_from_slice(&checked(file(b"hello", 5))[..cut]));
        }
    }
}
