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
