//! Files carried in text, as mail and news did before MIME and some still do: uuencode and its relatives, yEnc, BinHex.
//! A message's text is searched for them, and so is a file that is nothing but text.

mod binhex;
mod uuencode;
mod yenc;

use std::io::Read;

use bytes::Bytes;

use crate::formats::mail::charset::{Place, guess};
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem};
use crate::stage::{Family, FormatSpec, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// uuencode in a file of its own.
pub const UUENCODE: FormatSpec = FormatSpec {
    id: FormatId("uuencode"),
    title: "Text with uuencoded files",
    extensions: &["uu", "uue", "xx", "xxe", "txt"],
    media_types: &["text/x-uuencode", "text/plain"],
    probe: Probe::Text(|artifact| artifact.origin.is_file && uuencode::is_there(&artifact.bytes)),
    references: &[Reference {
        title: "POSIX.1-2017, uuencode",
        url: "https://pubs.opengroup.org/onlinepubs/9699919799/utilities/uuencode.html",
    }],
    ..COMMON
};

/// yEnc in a file of its own.
pub const YENC: FormatSpec = FormatSpec {
    id: FormatId("yenc"),
    title: "Text with yEnc files",
    extensions: &["ync", "yenc", "txt"],
    media_types: &["text/plain"],
    probe: Probe::Text(|artifact| artifact.origin.is_file && is_yenc(&artifact.bytes)),
    references: &[Reference { title: "yEnc specification, draft 1.3", url: "http://www.yenc.org/yenc-draft.1.3.txt" }],
    limitations: &["Parts of one file in several messages are not put together."],
    ..COMMON
};

/// BinHex in a file of its own.
pub const BINHEX: FormatSpec = FormatSpec {
    id: FormatId("binhex"),
    title: "BinHex 4.0",
    extensions: &["hqx", "txt"],
    media_types: &["application/mac-binhex40", "application/mac-binhex", "application/binhex"],
    probe: Probe::Text(|artifact| artifact.origin.is_file && !binhex::places(&artifact.bytes).is_empty()),
    references: &[Reference { title: "RFC 1741, BinHex 4.0", url: "https://www.rfc-editor.org/rfc/rfc1741" }],
    limitations: &["Its checksums are not compared."],
    ..COMMON
};

const COMMON: FormatSpec =
    FormatSpec { reading: Reading::Full, unpacker: Some(&CarriedUnpacker), ..FormatSpec::of(Family::Text) };

/// yEnc is no text: its bytes are any. It is told by its first line.
fn is_yenc(bytes: &[u8]) -> bool {
    const LEAD: usize = 64 << 10;
    let head = bytes.get(..LEAD).unwrap_or(bytes);
    let begins = memchr::memmem::find(head, b"=ybegin ").is_some_and(|at| {
        let line = head.get(at..).unwrap_or_default().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_start = at.checked_sub(1).and_then(|before| head.get(before)).is_none_or(|byte| *byte == b'\n');
        is_start && memchr::memmem::find(line, b"size=").is_some()
    });
    begins && memchr::memmem::find(bytes, b"=yend").is_some()
}

/// A file found in text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Carried {
    /// Its name, raw.
    name: Vec<u8>,
    /// Its bytes.
    bytes: Vec<u8>,
    /// Offset of the line that begins it.
    offset: usize,
    /// How it was written.
    how: &'static str,
    /// Whether its end was there.
    is_complete: bool,
    /// What does not fit.
    odd: Option<String>,
    /// What is missing of it.
    missing: Option<String>,
}

/// Gives every file in a text to `out`: how many there were. `place` says which text it is.
pub(crate) fn give(text: &[u8], place: &str, out: &mut Outcome<'_>) -> Result<usize, StageError> {
    let mut count = 0usize;
    let mut files = Vec::new();
    if memchr::memmem::find(text, b"begin").is_some() {
        files.extend(uuencode::files(text));
    }
    if memchr::memmem::find(text, b"=ybegin ").is_some() {
        files.extend(yenc::files(text));
    }
    for file in files {
        count = count.saturating_add(1);
        let at = || Location::part(place.to_owned()).with_offset(file.offset as u64);
        if let Some(what) = &file.missing {
            out.problem(Problem::unsupported(what.clone(), at()));
        } else if !file.is_complete {
            out.problem(Problem::damaged(format!("a file in {} without its end", file.how), at()));
        }
        if let Some(what) = &file.odd {
            out.problem(Problem::odd(what.clone(), at()));
        }
        let name = EntryName::new(guess(&file.name, None, Place::Header).text);
        let origin = Origin::file(OriginKind::MimePart, format!("{} in the text", file.how));
        out.child_bytes(name, origin, Bytes::from(file.bytes))?;
    }
    for place_of in binhex::places(text) {
        count = count.saturating_add(1);
        give_binhex(text, place_of, place, out)?;
    }
    Ok(count)
}

/// The bytes of every uuencoded file in a text.
pub(crate) fn uuencoded(text: &[u8]) -> Vec<Vec<u8>> {
    uuencode::files(text).into_iter().map(|file| file.bytes).collect()
}

fn give_binhex(text: &[u8], found: binhex::Place, place: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let at = || Location::part(place.to_owned()).with_offset(found.offset as u64);
    let mut decoder = binhex::Decoder::new(text, found);
    let Some(head) = binhex::Head::read(&mut decoder) else {
        out.problem(Problem::damaged("BinHex data that ends inside its header", at()));
        return Ok(());
    };
    let name = encoding_rs::MACINTOSH.decode_without_bom_handling(&head.name).0.into_owned();
    for (fork, length) in [("data fork", head.data), ("resource fork", head.resource)] {
        if length > 0 {
            let origin = match fork {
                "data fork" => Origin::file(OriginKind::MimePart, format!("BinHex, {}", head.kind.trim())),
                _ => Origin::part(OriginKind::Stream, "BinHex, resource fork"),
            };
            let mut content = decoder.by_ref().take(length);
            let is_whole = out.child_checked(EntryName::new(name.clone()), origin, &mut content)?;
            let got = length.saturating_sub(content.limit());
            if !is_whole || got < length {
                out.problem(Problem::damaged(format!("{got} of {length} bytes of a BinHex {fork}"), at()));
                return Ok(());
            }
        }
        binhex::skip_checksum(&mut decoder);
    }
    Ok(())
}

/// Takes texts apart that are files by themselves.
struct CarriedUnpacker;

impl Unpacker for CarriedUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        give(&parent.bytes, "text", out).map(|_| ())
    }
}

/// CRC-32 as zip and yEnc have it.
fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use sekisho_samples::mail::{binhex, uuencode};

    fn children(format: &FormatSpec, name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let said = trial::scan(format, name, bytes);
        said.children.into_iter().map(|child| (child.name.text, child.bytes.to_vec())).collect()
    }

    #[test]
    fn files_of_their_own_are_told_and_opened() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        assert_eq!(children(&UUENCODE, "a.uue", &uuencode("a.bin", &bytes)), [("a.bin".to_owned(), bytes.clone())]);
        let forks = binhex("a.bin", &bytes, &[9u8; 300]);
        let found = children(&BINHEX, "a.hqx", &forks);
        assert_eq!(found, [("a.bin".to_owned(), bytes), ("a.bin".to_owned(), vec![9u8; 300])]);
        assert!(!trial::is_taken(&UUENCODE, &trial::attachment("a.txt", b"begin 644 times\nwith a smile")));
        assert!(!trial::is_taken(&YENC, &trial::attachment("a.txt", b"=ybegin is how yEnc starts, =yend its end")));
    }

    #[test]
    fn a_length_that_lies_ends_with_the_data() {
        let bytes = sekisho_samples::mail::binhex_with_lengths("a.bin", b"short", u32::MAX, 0);
        let (said, result) = trial::unpack(&CarriedUnpacker, "a.hqx", bytes);
        result.unwrap();
        assert!(said.children[0].bytes.starts_with(b"short"));
        assert!(said.problems.iter().any(|problem| problem.what.contains("bytes of a BinHex data fork")));
    }

    #[test]
    fn cut_anywhere_nothing_breaks() {
        let whole = [uuencode("a.bin", &[7; 200]), binhex("b.bin", &[8; 200], &[9; 90])].concat();
        for cut in 0..whole.len() {
            let (_, result) = trial::unpack(&CarriedUnpacker, "a.txt", whole[..cut].to_vec());
            result.unwrap();
        }
    }
}
