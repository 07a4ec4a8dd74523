//! What InstallShield's launchers carry behind the program: a header, then each file with its attributes before it. The
//! vendor publishes nothing; the layout is what free extractors read (see the references).

use std::borrow::Cow;
use std::io::Read as _;

use bytes::Bytes;
use flate2::read::ZlibDecoder;

use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::fields::{size_at, u16_at, u32_at};
use crate::formats::recognised;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, ParseError, Problem};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// The older header: attributes of fixed size, names in an ANSI code page.
const FIXED: &[u8] = b"InstallShield\0";
/// The newer one: names in UTF-16.
const STREAM: &[u8] = b"ISSetupStream\0";
/// Bytes of the header.
const HEADER: usize = 46;
/// Bytes of the older attributes; the name takes the first 260.
const FIXED_ATTRIBUTES: usize = 312;
/// Bytes of the newer ones; the name follows.
const STREAM_ATTRIBUTES: usize = 24;
/// Longest name in bytes.
const MAX_NAME: usize = 520;
/// The key starts anew after so many bytes.
const BLOCK: usize = 1_024;

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("installshield"),
    title: "files of an InstallShield launcher",
    magic: &[Magic::start(FIXED), Magic::start(STREAM)],
    probe: Probe::Structure(has_files),
    reading: Reading::Full,
    references: &[
        Reference { title: "ISx, InstallShield installer extractor", url: "https://github.com/lifenjoiner/ISx" },
        Reference { title: "Unpacker for ISSetupStream", url: "https://github.com/pawstas80/Unpacker" },
    ],
    limitations: &["InstallShield's own cabinets (data1.cab) are only recognised; tables without this header are not."],
    unpacker: Some(&LauncherUnpacker),
    ..FormatSpec::of(Family::Program)
};

fn has_files(artifact: &Artifact) -> bool {
    // Types beyond 4 are unknown to everyone.
    u16_at(&artifact.bytes, 14).is_some_and(|count| count > 0)
        && u32_at(&artifact.bytes, 16).is_some_and(|kind| kind <= 4)
}

/// A file's attributes.
struct Entry {
    name: String,
    flags: u32,
    data: std::ops::Range<usize>,
    size: usize,
}

/// Takes launchers apart.
struct LauncherUnpacker;

impl Unpacker for LauncherUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let is_stream = bytes.starts_with(STREAM);
        let count = u16_at(bytes, 14).unwrap_or_default();
        let skips = is_stream && u32_at(bytes, 16) == Some(4);
        let mut at = HEADER;
        for number in 0..count {
            let entry = if is_stream { in_stream(bytes, at, skips) } else { fixed(bytes, at) };
            let Some(entry) = entry else {
                let what = format!("the attributes of file {number} of {count} are not there");
                return Err(ParseError::new(what, at as u64).into());
            };
            if entry.data.len() < entry.size {
                let what = format!("file ends after {} of {} bytes", entry.data.len(), entry.size);
                out.problem(Problem::damaged(
                    what,
                    Location::part(format!("entry {}", entry.name)).with_offset(at as u64),
                ));
            }
            at = entry.data.end;
            give(bytes, entry, out)?;
        }
        if at < bytes.len() {
            let rest = bytes.slice(at..);
            let origin = Origin::part(OriginKind::Overlay, format!("after offset {at:#x}"));
            out.child_bytes(EntryName::new("after the launcher's files"), origin, rest)?;
        }
        Ok(())
    }
}

fn fixed(bytes: &[u8], at: usize) -> Option<Entry> {
    let name = bytes.get(at..at.checked_add(260)?)?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    // The launcher's maker wrote the names with the code page of the build machine; ASCII in nearly all.
    let (name, _) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(name);
    let start = at.checked_add(FIXED_ATTRIBUTES)?;
    entry(bytes, name.into_owned(), size_at(bytes, at.checked_add(260)?)?, start, size_at(bytes, at.checked_add(268)?)?)
}

fn in_stream(bytes: &[u8], at: usize, skips: bool) -> Option<Entry> {
    let length = size_at(bytes, at).filter(|length| (1..MAX_NAME).contains(length))?;
    let (flags, size) = (size_at(bytes, at.checked_add(4)?)?, size_at(bytes, at.checked_add(10)?)?);
    // Type 4 has as many bytes of times before the name.
    let start = at.checked_add(if skips { STREAM_ATTRIBUTES.saturating_mul(2) } else { STREAM_ATTRIBUTES })?;
    let end = start.checked_add(length)?;
    let (name, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes.get(start..end)?);
    entry(bytes, name.trim_end_matches('\0').to_owned(), flags, end, size)
}

fn entry(bytes: &[u8], name: String, flags: usize, start: usize, size: usize) -> Option<Entry> {
    let start = start.min(bytes.len());
    let end = start.saturating_add(size).min(bytes.len());
    Some(Entry { name, flags: u32::try_from(flags).ok()?, data: start..end, size })
}

fn give(bytes: &Bytes, entry: Entry, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let name = EntryName::new(entry.name.as_str());
    escape::raise(&name, out);
    let data = bytes.get(entry.data.clone()).unwrap_or_default();
    // Which way of masking a flag means differs between versions; the one that gives a known start is right.
    let whole = masked(data, &entry.name, usize::MAX);
    let blocks = masked(data, &entry.name, BLOCK);
    let by_flag: [(&str, Cow<'_, [u8]>); 3] = match entry.flags & 6 {
        0 => [("stored", data.into()), ("masked in blocks", blocks.into()), ("masked", whole.into())],
        2 => [("masked", whole.into()), ("masked in blocks", blocks.into()), ("stored", data.into())],
        _ => [("masked in blocks", blocks.into()), ("masked", whole.into()), ("stored", data.into())],
    };
    let known = by_flag.iter().position(|(_, content)| recognised(content) || is_zlib(content));
    let Some((how, content)) = by_flag.into_iter().nth(known.unwrap_or(0)) else { return Ok(()) };
    if is_zlib(&content) {
        return out.child(
            name,
            Origin::file(OriginKind::Entry, format!("{how}, deflate")),
            ZlibDecoder::new(&*content),
        );
    }
    out.child_bytes(name, Origin::file(OriginKind::Entry, how), content.into_owned().into())
}

/// Content under the key that its name makes; masking and unmasking differ only in which half of a byte comes first, so
/// this is the one that readers do. The key starts anew every `block` bytes.
fn masked(data: &[u8], name: &str, block: usize) -> Vec<u8> {
    const MAGIC: [u8; 4] = [0x13, 0x35, 0x86, 0x07];
    let key: Vec<u8> = name.bytes().zip(MAGIC.iter().cycle()).map(|(letter, magic)| letter ^ magic).collect();
    if key.is_empty() {
        return data.to_vec();
    }
    data.chunks(block)
        .flat_map(|chunk| chunk.iter().zip(key.iter().cycle()).map(|(byte, key)| !(key ^ byte.rotate_left(4))))
        .collect()
}

/// Whether content begins as a zlib stream that inflates (RFC 1950).
fn is_zlib(content: &[u8]) -> bool {
    let mut first = [0u8; 64];
    content.first() == Some(&0x78) && matches!(ZlibDecoder::new(content).read(&mut first), Ok(1..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use crate::model::ProblemKind;
    use std::io::Write as _;

    /// The inverse of what a reader does.
    fn mask(data: &[u8], name: &str, block: usize) -> Vec<u8> {
        let magic = [0x13u8, 0x35, 0x86, 0x07];
        let key: Vec<u8> = name.bytes().enumerate().map(|(index, letter)| letter ^ magic[index % 4]).collect();
        data.iter().enumerate().map(|(index, byte)| (!byte ^ key[index % block % key.len()]).rotate_left(4)).collect()
    }

    fn header(mark: &[u8], count: u16, kind: u32) -> Vec<u8> {
        [mark, &count.to_le_bytes(), &kind.to_le_bytes(), &[0; 26]].concat()
    }

    fn stream(name: &str, flags: u32, data: &[u8], has_times: bool) -> Vec<u8> {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = (name.len() as u32).to_le_bytes().to_vec();
        bytes.extend(flags.to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend([0; 10]);
        bytes.extend(std::iter::repeat_n(0, if has_times { 24 } else { 0 }));
        [bytes, name, data.to_vec()].concat()
    }

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn contents(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let said = trial::scan(&FORMAT, "overlay", bytes);
        said.children.into_iter().map(|child| (child.name.text, child.bytes.to_vec())).collect()
    }

    #[test]
    fn files_come_out_of_both_headers() {
        let text = b"[Startup]\r\nCmdLine=/s\r\n".repeat(100);
        let packed = mask(&deflated(&text), "Setup.ini", 1_024);
        let program = [b"%PDF-1.4\n".as_slice(), &[b' '; 3_000]].concat();
        let bytes = [
            header(STREAM, 2, 0),
            stream("Setup.ini", 6, &packed, false),
            stream("a.pdf", 2, &mask(&program, "a.pdf", usize::MAX), false),
        ]
        .concat();
        let expected = vec![("Setup.ini".to_owned(), text.clone()), ("a.pdf".to_owned(), program)];
        assert_eq!(contents(&bytes), expected);

        let with_times = [header(STREAM, 1, 4), stream("Setup.ini", 6, &packed, true)].concat();
        assert_eq!(contents(&with_times), expected[..1]);

        let mut attributes = b"setup.txt".to_vec();
        attributes.resize(312, 0);
        attributes[268..272].copy_from_slice(&(text.len() as u32).to_le_bytes());
        let old = [header(FIXED, 1, 0), attributes, text.clone(), b"behind".to_vec()].concat();
        let old = contents(&old);
        assert_eq!(old[0], ("setup.txt".to_owned(), text));
        assert_eq!(old[1].1, b"behind");
    }

    #[test]
    fn lies_and_cuts_are_said() {
        let whole = [header(STREAM, 9, 0), stream("..\\a.txt", 0, b"hello", false)].concat();
        let artifact = trial::identified(&FORMAT, trial::attachment("overlay", &whole));
        let (said, result) = trial::unpack(&LauncherUnpacker, "overlay", artifact.bytes.to_vec());
        assert!(result.is_err(), "eight files are not there");
        assert_eq!(said.children[0].bytes.as_ref(), b"hello");
        assert_eq!(said.findings[0].kind.id, ENTRY_NAME_ESCAPES.id);
        let mut lying = [header(STREAM, 1, 0), stream("a.txt", 0, b"hello", false)].concat();
        lying[HEADER + 10..HEADER + 14].copy_from_slice(&u32::MAX.to_le_bytes());
        let (said, _) = trial::unpack(&LauncherUnpacker, "overlay", lying);
        assert_eq!(said.problems[0].kind, ProblemKind::Damaged);
        for cut in 0..whole.len() {
            let _ = trial::unpack(&LauncherUnpacker, "overlay", whole[..cut].to_vec());
        }
    }

    #[test]
    fn the_mark_alone_is_no_launcher() {
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", b"InstallShield\0 wrote this")));
    }
}
