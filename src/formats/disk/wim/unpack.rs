//! Every image's files and named streams.

use std::collections::HashMap;
use std::io::Read;

use super::header::{self, Hash, Header, Method, Place};
use super::metadata::{self, Entry};
use super::resource::Resource;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::disk::source::Raw;
use crate::formats::disk::volume::{self, Volume};
use crate::formats::fields::u16_at;
use crate::model::{Artifact, EntryName, Location, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes WIM images apart.
pub(super) struct WimUnpacker;

impl Unpacker for WimUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let file = parent.bytes.as_ref();
        let header = Header::read(file)?;
        if file.starts_with(b"WLPWM") {
            return Err(StageError::Unsupported("a pipable WIM".to_owned()));
        }
        if header.parts > 1 {
            let what = format!("part {} of {} of a split image", header.part, header.parts);
            out.problem(Problem::unsupported(what, Location::offset(40)));
        }
        say_xml(file, &header, out);
        let table = pull(file, &header, header.table(), "table of blobs", out);
        let (blobs, images) = header::blobs(&table);
        let disk = Raw(parent.bytes.clone());
        for (index, image) in images.iter().enumerate() {
            out.budget().check_deadline()?;
            let bytes = pull(file, &header, *image, "metadata", out);
            if bytes.is_empty() {
                continue;
            }
            let (entries, problems) = metadata::entries(&bytes);
            for problem in problems {
                out.problem(problem);
            }
            let prefix = if images.len() == 1 { String::new() } else { format!("image {}/", index.saturating_add(1)) };
            let volume = Volume::new(&disk, prefix);
            for entry in &entries {
                give(file, &header, &blobs, &volume, entry, out)?;
            }
        }
        Ok(())
    }
}

/// What describes the images, decoded under the scan's limits.
fn pull(file: &[u8], header: &Header, place: Place, what: &str, out: &mut Outcome<'_>) -> Vec<u8> {
    match Resource::open(file, header, place) {
        Ok(resource) => {
            let (bytes, stop) = out.pull(resource);
            if stop.is_some() {
                out.problem(Problem::damaged(format!("the {what} ends early"), Location::offset(place.offset)));
            }
            bytes
        }
        Err(_) => {
            let method = if header.method == Method::Lzms { "LZMS" } else { "a solid resource" };
            out.problem(Problem::unsupported(
                format!("the {what} is packed by {method}"),
                Location::offset(place.offset),
            ));
            Vec::new()
        }
    }
}

/// The description of the images: who made them is a fact.
fn say_xml(file: &[u8], header: &Header, out: &mut Outcome<'_>) {
    const LONGEST: u64 = 1 << 20;
    let place = Place { stored: header.xml.stored.min(LONGEST), size: header.xml.size.min(LONGEST), ..header.xml };
    let Ok(mut resource) = Resource::open(file, header, place) else { return };
    let mut bytes = Vec::new();
    let _ = resource.by_ref().take(LONGEST).read_to_end(&mut bytes);
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).collect();
    let text = String::from_utf16_lossy(&units);
    for (key, open, close) in
        [("wim-name", "<NAME>", "</NAME>"), ("wim-description", "<DESCRIPTION>", "</DESCRIPTION>")]
    {
        let found = text.split(open).skip(1).take(16).filter_map(|rest| rest.split(close).next());
        for value in found {
            out.fact(key, value.to_owned());
        }
    }
}

fn give(
    file: &[u8],
    header: &Header,
    blobs: &HashMap<Hash, Place>,
    volume: &Volume<'_>,
    entry: &Entry,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    if entry.is_folder && entry.is_hidden {
        volume.hidden_folder(&entry.name.text, out);
    }
    if entry.is_reparse {
        out.fact("reparse-point", entry.name.text.clone());
    }
    for (name, hash) in &entry.streams {
        if name.is_empty() && (entry.is_folder || entry.is_reparse) {
            continue;
        }
        let mut said = volume::Entry::new(entry.name.clone(), "WIM");
        said.is_hidden = entry.is_hidden;
        if !name.is_empty() {
            let text = format!("{}:{name}", entry.name.text);
            out.fact("named-stream", text.clone());
            said = volume::Entry::new(EntryName::new(text), "WIM, named stream");
            said.is_part = true;
        }
        if *hash == [0; 20] {
            volume.give(&said, std::io::empty(), out)?;
            continue;
        }
        let place = blobs.get(hash).filter(|place| header.parts <= 1 || place.part == header.part);
        // What cannot be read is given empty, so that names are judged all the same.
        match place.map(|place| Resource::open(file, header, *place)) {
            Some(Ok(resource)) => volume.give(&said, resource, out)?,
            Some(Err(why)) => {
                out.problem(Problem::unsupported(why, volume.place(&said.name.text)));
                volume.give(&said, std::io::empty(), out)?;
            }
            None => {
                out.problem(Problem::damaged("the file's content is not in this image", volume.place(&said.name.text)));
                volume.give(&said, std::io::empty(), out)?;
            }
        }
    }
    Ok(())
}
