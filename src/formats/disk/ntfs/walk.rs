//! Every file with its streams.

use super::files::{self, File, Stream};
use super::layout::Layout;
use super::lznt1::Reader;
use super::paths::Paths;
use crate::formats::disk::volume::{Entry, Volume};
use crate::formats::fields::{clipped, u16_at, u32_at, wide_at};
use crate::model::name::extension;
use crate::model::{EntryName, ParseError, Problem};
use crate::stage::{Outcome, StageError};

/// Records below this describe the volume itself.
const FIRST_OWN: u64 = 16;
const EXTEND: &str = "$Extend/";
/// Attributes' flags.
const COMPRESSED: u16 = 0x0001;
const ENCRYPTED: u16 = 0x4000;

/// Gives every file of a volume.
pub(super) fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let layout = Layout::read(volume.disk).ok_or_else(|| ParseError::new("no NTFS boot sector", 0))?;
    let files = files::read(volume, &layout, out)?;
    let mut paths = Paths::new(&files);
    for (number, file) in &files {
        let is_own = *number >= FIRST_OWN;
        let Some((name, is_hidden)) = name(file, &mut paths) else { continue };
        if !is_own || name.text.starts_with(EXTEND) || name.text == "$Extend" {
            continue;
        }
        if !file.is_used {
            if !file.is_folder {
                out.fact("deleted-entry", name.text);
            }
            continue;
        }
        if let Some(reparse) = &file.reparse {
            say_reparse(volume, &name, reparse, out);
        }
        if file.is_folder && is_hidden {
            volume.hidden_folder(&name.text, out);
        }
        for stream in &file.streams {
            give_stream(volume, &layout, &name, stream, is_hidden, out)?;
        }
        let has_content = file.streams.iter().any(|stream| stream.name.is_empty());
        if !file.is_folder && !has_content && file.reparse.is_none() {
            volume.damaged("the file has no content attribute", &name.text, out);
        }
    }
    Ok(())
}

/// The path, further ones of hard links, and whether the file or a folder around it is hidden.
fn name(file: &File, paths: &mut Paths<'_>) -> Option<(EntryName, bool)> {
    let mut name: Option<EntryName> = None;
    let mut is_hidden = file.is_hidden();
    let is_lone_short = file.names.iter().all(|name| name.is_short);
    for link in file.names.iter().filter(|link| is_lone_short || !link.is_short) {
        let place = paths.of(link.parent);
        is_hidden |= place.is_hidden;
        let text = format!("{}{}", place.path, link.text);
        name = Some(match name {
            None => EntryName::new(text),
            Some(name) => name.also(text),
        });
    }
    let name = name?;
    // The short name is news where its extension says something else than the long one's.
    let shorts = file.names.iter().filter(|link| link.is_short && !is_lone_short);
    let news = shorts.filter(|link| {
        let cut: String = extension(&name.text).chars().take(3).collect();
        cut.is_ascii() && extension(&link.text) != cut
    });
    let names = news.fold(name.clone(), |all, link| all.also(link.text.clone()));
    Some((names, is_hidden))
}

fn give_stream(
    volume: &Volume<'_>,
    layout: &Layout,
    name: &EntryName,
    stream: &Stream,
    is_hidden: bool,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let mut entry = Entry::new(name.clone(), "NTFS");
    entry.is_hidden = is_hidden;
    if !stream.name.is_empty() {
        let text = format!("{}:{}", name.text, stream.name);
        out.fact("named-stream", text.clone());
        entry = Entry::new(EntryName::new(text), "NTFS, named stream");
        entry.is_part = true;
    }
    if stream.flags & ENCRYPTED != 0 {
        out.problem(Problem::encrypted("the file is encrypted (EFS)", volume.place(&entry.name.text)));
        return volume.give(&entry, std::io::empty(), out);
    }
    if let Some(bytes) = &stream.here {
        return volume.give(&entry, bytes.as_slice(), out);
    }
    let runs = stream.runs();
    if stream.flags & COMPRESSED != 0 && (1..=8).contains(&stream.unit) {
        let unit = layout.cluster.checked_shl(stream.unit).unwrap_or(layout.cluster).min(1 << 24);
        entry.detail.push_str(", LZNT1");
        return volume.give(&entry, Reader::new(volume.disk, &runs, unit, stream.size), out);
    }
    volume.give(&entry, runs.reader(volume.disk, stream.size, stream.valid), out)
}

/// Links and junctions, and other tags. MS-FSCC 2.1.2.
fn say_reparse(volume: &Volume<'_>, name: &EntryName, value: &[u8], out: &mut Outcome<'_>) {
    let tag = u32_at(value, 0).unwrap_or_default();
    let buffer = match tag {
        0xa000_000c => 20,
        0xa000_0003 => 16,
        0x8000_0017 => {
            let what = "the file is compressed by the Windows overlay filter";
            out.problem(Problem::unsupported(what, volume.place(&name.text)));
            return;
        }
        _ => {
            out.fact("reparse-point", format!("{} {tag:#010x}", name.text));
            return;
        }
    };
    let (at, length) = (u16_at(value, 8).unwrap_or_default(), u16_at(value, 10).unwrap_or_default());
    let raw = clipped(value, usize::from(at).saturating_add(buffer), usize::from(length));
    let target = wide_at(raw, 0, usize::from(length) / 2).map(|(text, _)| text).unwrap_or_default();
    let target = target.strip_prefix("\\??\\").unwrap_or(&target);
    volume.link(name, target, out);
}
