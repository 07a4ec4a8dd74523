//! A cabinet to the files in it: each folder is decoded once from front to back, and files are cut out of it in the
//! order they lie in.

use std::io::Read;

use bytes::Bytes;

use super::folder::{FolderReader, method_name, unknown_method};
use super::parser::{CabView, File, Home};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, overlay};
use crate::model::{Artifact, Location, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes cabinets apart.
pub(super) struct CabUnpacker;

/// Times folders are decoded anew for files that lie over each other; no program writes such cabinets.
const MAX_PASSES: usize = 8;
/// Attributes, MS-CAB "CFFILE attribs": hidden and system; to be run after extraction.
const HIDDEN: u16 = 0x02 | 0x04;
const RUN: u16 = 0x40;

impl Unpacker for CabUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<CabView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        say_neighbours(&view, out);
        let mut homes: Vec<Vec<&File>> = vec![Vec::new(); view.folders.len()];
        for file in &view.files {
            match file.folder(homes.len()).and_then(|index| homes.get_mut(index)) {
                Some(home) => home.push(file),
                None => {
                    let member = member(file, "no folder");
                    member.announce(out);
                    let what = "the file belongs to a folder that is not there";
                    member.nameless(Problem::damaged(what, member.place()), out)?;
                }
            }
        }
        let mut passes = MAX_PASSES;
        for (index, files) in homes.iter_mut().enumerate() {
            files.sort_by_key(|file| file.start);
            give_folder(parent, &view, index, files, &mut passes, out)?;
        }
        look_behind(parent, &view, out)
    }
}

/// Says which cabinets are needed besides this one.
fn say_neighbours(view: &CabView, out: &mut Outcome<'_>) {
    for (key, name) in [("cab-previous", &view.previous), ("cab-next", &view.next)] {
        if let Some(name) = name {
            out.fact(key, name.clone());
        }
    }
}

fn member(file: &File, detail: &str) -> Member {
    Member {
        name: file.name.clone(),
        offset: file.offset,
        detail: detail.to_owned(),
        is_hidden: file.attributes & HIDDEN != 0,
    }
}

fn give_folder(
    parent: &Artifact,
    view: &CabView,
    index: usize,
    files: &[&File],
    passes: &mut usize,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let Some(folder) = view.folders.get(index) else { return Ok(()) };
    let open = || FolderReader::new(&parent.bytes, folder, view.block_reserve);
    let begins_before = files.iter().any(|file| matches!(file.home, Home::Before | Home::Through));
    let mut reader = if begins_before { None } else { open() };
    for file in files {
        let member = member(file, method_name(folder.method));
        member.announce(out);
        if file.attributes & RUN != 0 {
            out.fact("cab-run-after-extraction", file.name.text.clone());
        }
        if let Some(what) = unknown_method(folder.method) {
            member.unsupported(what, out)?;
            continue;
        }
        if begins_before {
            let name = view.previous.as_deref().unwrap_or("another cabinet");
            let what = format!("the beginning is in {name}");
            member.nameless(Problem::unsupported(what, member.place()), out)?;
            continue;
        }
        if reader.as_ref().is_some_and(|reader| reader.position > file.start) {
            let again = passes.checked_sub(1);
            *passes = again.unwrap_or(0);
            if let Some(reader) = &mut reader {
                finish(reader, out);
            }
            reader = again.and_then(|_| open());
        }
        let Some(reader) = &mut reader else {
            let what = "files lie over each other more often than is read";
            member.nameless(Problem::damaged(what, member.place()), out)?;
            continue;
        };
        give_file(reader, view, file, &member, out)?;
    }
    if let Some(reader) = &reader {
        finish(reader, out);
    }
    Ok(())
}

fn give_file(
    reader: &mut FolderReader<'_>,
    view: &CabView,
    file: &File,
    member: &Member,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    if file.size == 0 {
        return member.held(Bytes::new(), out);
    }
    while reader.position < file.start {
        out.budget().check_deadline()?;
        match reader.step_towards(file.start) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                out.problem(Problem::damaged(format!("the folder ends early: {error}"), member.place()));
                break;
            }
        }
    }
    let before = reader.position;
    let is_whole = member.decoded((&mut *reader).take(file.size), out)?;
    let got = reader.position.saturating_sub(before);
    if is_whole && got < file.size {
        let missing = file.size.saturating_sub(got);
        if reader.is_continued || matches!(file.home, Home::After | Home::Through) {
            let next = view.next.as_deref().unwrap_or("another cabinet");
            let what = format!("the last {missing} bytes are in {next}");
            out.problem(Problem::unsupported(what, member.place()));
        } else {
            member.missing(missing, out);
        }
    }
    Ok(())
}

/// Says what was wrong with the blocks that were read.
fn finish(reader: &FolderReader<'_>, out: &mut Outcome<'_>) {
    for at in &reader.wrong_sums {
        out.problem(Problem::damaged("a block has a wrong checksum", Location::at(*at)));
    }
    for at in &reader.damaged {
        out.problem(Problem::damaged("a part of a block could not be decoded; zeros stand for it", Location::at(*at)));
    }
}

/// Behind a cabinet that signing tools reserved room in lies its signature; anything else is given.
fn look_behind(parent: &Artifact, view: &CabView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let end = view.size;
    if view.size > parent.bytes.len() {
        let what = format!("the cabinet states {} bytes and has {}", view.size, parent.bytes.len());
        out.problem(Problem::damaged(what, Location::offset(8)));
        return Ok(());
    }
    let rest = parent.bytes.get(end..).unwrap_or_default();
    let is_signature = view.reserved == 20
        && matches!(rest, [0x30, 0x82, high, low, body @ ..]
        if body.len() <= usize::from(u16::from_be_bytes([*high, *low])).saturating_add(8));
    if is_signature {
        out.fact("cab-signature", format!("{} bytes", rest.len()));
        return Ok(());
    }
    overlay(parent, end, "cabinet", out)
}
