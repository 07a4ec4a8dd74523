//! A xar archive to the files in it.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::parser::XarView;
use super::toc::{self, File, Kind};
use crate::budget::Stop;
use crate::formats::archive::compressed::{Stream, stream};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::Member;
use crate::formats::fields::range_in;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes xar archives apart.
pub(super) struct XarUnpacker;

impl Unpacker for XarUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<XarView>()?;
        let packed = parent.bytes.get(view.table..view.heap).unwrap_or_default();
        let (table, stop) = out.pull(ZlibDecoder::new(packed));
        let place = || Location::part("table of contents").with_offset(view.table as u64);
        match stop {
            Some(Stop::Limit(limit)) => return Err(limit.into()),
            Some(Stop::Read(error)) => {
                out.problem(Problem::damaged(format!("the table of contents ends early: {error}"), place()));
            }
            None => {}
        }
        let (files, error) = toc::read(&String::from_utf8_lossy(&table));
        if let Some(error) = error {
            out.problem(Problem::damaged(format!("the table of contents is damaged: {error}"), place()));
        }
        if !table.is_empty() {
            // 7-Zip shows the table as a file, and it can hold whatever its maker liked.
            let origin = Origin::part(OriginKind::Embedded, "table of contents");
            out.child_bytes(EntryName::new("[TOC].xml"), origin, table.into())?;
        }
        for file in &files {
            give(parent, view.heap, file, out)?;
        }
        if files.is_empty() && view.heap < parent.bytes.len() {
            let name = EntryName::new(format!("{} (heap)", parent.name.file_name()));
            let origin = Origin::part(OriginKind::Overlay, format!("after offset {:#x}", view.heap));
            out.child_bytes(name, origin, parent.bytes.slice(view.heap..))?;
        }
        Ok(())
    }
}

fn give(parent: &Artifact, heap: usize, file: &File, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let encoding = file.encoding.trim_start_matches("application/").trim_start_matches("x-");
    let stored = if encoding.is_empty() { "stored" } else { encoding };
    let mode = if file.is_executable { ", executable" } else { "" };
    let (start, length) = file.data.unwrap_or((0, 0));
    let offset = usize::try_from(start).unwrap_or(usize::MAX).saturating_add(heap);
    let member = Member {
        name: EntryName::new(file.path.as_str()),
        offset: offset.min(parent.bytes.len()),
        detail: format!("{stored}{mode}"),
        is_hidden: false,
    };
    member.announce(out);
    match file.kind {
        Kind::Link => {
            member.link("xar-link", &file.target, out);
            if file.data.is_none() {
                return Ok(());
            }
        }
        Kind::Folder if file.data.is_none() => return Ok(()),
        Kind::Folder | Kind::File => {}
    }
    let range = range_in(&parent.bytes, offset, length);
    member.missing(length.saturating_sub(range.len() as u64), out);
    let packed = parent.bytes.get(range.clone()).unwrap_or_default();
    let opened: std::io::Result<Box<dyn Read + '_>> = match encoding {
        "" | "octet-stream" => return member.stored(parent, range, out),
        // The name says gzip; what is there is zlib.
        "gzip" if packed.starts_with(b"\x1f\x8b") => Ok(Box::new(flate2::read::MultiGzDecoder::new(packed))),
        "gzip" => Ok(Box::new(ZlibDecoder::new(packed))),
        "bzip2" => stream(Stream::Bzip2, packed),
        "xz" => stream(Stream::Xz, packed),
        "lzma" => stream(Stream::Lzma, packed),
        other => return member.unsupported(format!("xar encoding {other}"), out),
    };
    match opened {
        Ok(body) => member.decoded(body, out).map(|_| ()),
        Err(error) => {
            out.problem(Problem::damaged(format!("content cannot be decoded: {error}"), member.place()));
            member.stored(parent, range, out)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn xar(table: &str, heap: &[u8]) -> Vec<u8> {
        let packed = zlib(table.as_bytes());
        let mut out = b"xar!\0\x1c\0\x01".to_vec();
        out.extend((packed.len() as u64).to_be_bytes());
        out.extend((table.len() as u64).to_be_bytes());
        out.extend([0; 4]);
        out.extend(packed);
        out.extend(heap);
        out
    }

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&XarUnpacker, "a.pkg", bytes).0
    }

    fn made() -> Vec<u8> {
        let packed = zlib(b"second");
        let table = format!(
            "<xar><toc><file id=\"1\"><name>notes</name><type>directory</type>\
             <file id=\"2\"><name enctype=\"base64\">YS50eHQ=</name><type>file</type><mode>0755</mode>\
             <data><offset>0</offset><length>5</length><size>5</size>\
             <encoding style=\"application/octet-stream\"/></data></file>\
             <file id=\"3\"><name>b&amp;c.txt</name><data><length>{}</length><offset>5</offset>\
             <encoding style=\"application/x-gzip\"/></data></file></file>\
             <file id=\"4\"><name>l</name><type>symlink</type><link type=\"file\">notes/a.txt</link></file>\
             </toc></xar>",
            packed.len()
        );
        xar(&table, &[b"first".as_slice(), &packed].concat())
    }

    #[test]
    fn files_within_folders() {
        let said = unpack(made());
        let files: Vec<(&str, &[u8])> =
            said.children.iter().skip(1).map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        assert_eq!(files, [("notes/a.txt", &b"first"[..]), ("notes/b&c.txt", b"second")]);
        assert_eq!(said.children[1].origin.detail, "octet-stream, executable");
        assert_eq!(said.facts[0].value, "l -> notes/a.txt");
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }

    #[test]
    fn lies_and_cuts() {
        let made = made();
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
        let far = "<xar><toc><file><name>a</name><data><offset>9</offset><length>99999999999</length></data></file></toc></xar>";
        let said = unpack(xar(far, b"heap"));
        assert!(said.children[1].bytes.is_empty());
        assert!(!said.problems.is_empty());
        let said = unpack(xar("<xar><toc>", b"heap that no file names"));
        assert_eq!(said.children[1].bytes.as_ref(), b"heap that no file names");
    }
}
