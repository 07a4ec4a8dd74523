//! Objects, pictures that hold more than a picture, files of the writing program, and the text, as children.

use bytes::Bytes;

use super::objects::{Embedded, Reading};
use super::view::{Data, RtfView};
use crate::formats::carve::{self, Kind};
use crate::formats::office::ole::native::{DOCUMENT_STREAM, is_recognised};
use crate::formats::office::ole::package::give_packed;
use crate::formats::office::ole1::{Content, Object};
use crate::knowledge::rtf::Word;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Data behind an object that is worth a look.
const SHORTEST_REST: usize = 64;

/// Bytes behind the last brace that are more than what a careless program left there.
const SHORTEST_TAIL: usize = 512;

/// Takes an RTF apart.
pub(super) struct RtfUnpacker;

impl Unpacker for RtfUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<RtfView>()?;
        say_problems(&view, out);
        for embedded in &view.embedded {
            give_object(embedded, out)?;
        }
        for blob in &view.blobs {
            if blob.kind == Word::Picture { give_picture(blob, out)? } else { give_blob(blob, out)? }
        }
        if !view.text.trim().is_empty() {
            let origin = Origin::part(OriginKind::Decoded, "text of the document");
            out.child_bytes(EntryName::new("text"), origin, Bytes::copy_from_slice(view.text.as_bytes()))?;
        }
        give_rest(parent, &view, out)
    }
}

fn say_problems(view: &RtfView, out: &mut Outcome<'_>) {
    if view.is_too_deep {
        out.problem(Problem::new(ProblemKind::Limit, "groups are nested too deep to be told apart", Location::whole()));
    }
    if view.is_cut {
        let what = "too many or too long entries; the others were not read";
        out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
    }
    if view.unclosed > 0 {
        out.problem(Problem::odd(format!("{} groups are not closed", view.unclosed), Location::whole()));
    }
}

fn give_object(embedded: &Embedded, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let at = Location::at(embedded.at);
    let class = embedded.object.as_ref().map(|object| object.class.as_str()).filter(|class| !class.is_empty());
    let how = match embedded.reading {
        Reading::Word => "",
        Reading::Every => ", skipped digits read",
        Reading::Shifted => ", shifted by a digit",
    };
    let detail = format!("OLE object{}{how}", class.map(|class| format!(" {class}")).unwrap_or_default());
    let name = |what: &str| EntryName::new(format!("{what} {:#x}", embedded.at));
    match &embedded.content {
        Content::Compound(data) => {
            out.child_bytes(name("object"), Origin::part(OriginKind::Embedded, detail), data.clone())?;
        }
        Content::Packed(packed) => give_packed(packed.clone(), &at, out)?,
        Content::Equation(data) | Content::Native(data) if !data.is_empty() => {
            // A program's own data is only searched. Without a header there is no program, and nothing is known.
            let is_known = class.is_some() || matches!(embedded.content, Content::Equation(_));
            let detail = if is_known && !is_recognised(data) { DOCUMENT_STREAM.to_owned() } else { detail };
            out.child_bytes(name("object"), Origin::part(OriginKind::Embedded, detail), data.clone())?;
        }
        Content::Equation(_) | Content::Native(_) | Content::Link | Content::Empty => {}
    }
    let behind = embedded.object.as_ref().map(|object| object.behind.clone()).unwrap_or_default();
    let is_in_content = matches!(&embedded.content, Content::Compound(data) if data.len() > behind.len());
    let is_filling = behind.iter().all(|byte| Some(byte) == behind.first());
    if behind.len() >= SHORTEST_REST && !is_filling && (!is_in_content || is_recognised(&behind)) {
        let detail = if is_recognised(&behind) { "behind an OLE object" } else { DOCUMENT_STREAM };
        out.child_bytes(name("behind object"), Origin::part(OriginKind::Overlay, detail), behind)?;
    }
    Ok(())
}

/// Pictures themselves are looked at by nobody; a file inside one is no picture.
fn give_picture(picture: &Data, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let is_wanted = |kind: Kind| !matches!(kind, Kind::Picture | Kind::Shortcut | Kind::Cabinet | Kind::WebPage);
    for (kind, range) in carve::find_wanted(&picture.bytes, 0..picture.bytes.len(), |kind, _| is_wanted(kind)) {
        let name = EntryName::new(format!("picture {:#x} offset {:#x}", picture.start, range.start));
        let detail = format!("{} inside a picture", kind.as_str());
        out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), picture.bytes.slice(range))?;
    }
    Ok(())
}

/// What Word keeps for itself: packages and compound files, which are read; its XML is not.
fn give_blob(blob: &Data, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if blob.bytes.trim_ascii_start().starts_with(b"<") && blob.name == "colorschememapping" {
        return Ok(());
    }
    // `\datastore` is written as an object.
    let object = Object::read(&blob.bytes);
    let data = match Content::of(object.as_ref(), &blob.bytes) {
        Content::Compound(data) => data,
        _ => blob.bytes.clone(),
    };
    let detail = if is_recognised(&data) { format!("\\{}", blob.name) } else { DOCUMENT_STREAM.to_owned() };
    let name = EntryName::new(format!("{} {:#x}", blob.name, blob.start));
    out.child_bytes(name, Origin::part(OriginKind::Stream, detail), data)
}

/// What stands behind the document's last brace and is no RTF.
fn give_rest(parent: &Artifact, view: &RtfView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let Some(end) = view.end else { return Ok(()) };
    let rest = parent.bytes.get(end..).unwrap_or_default();
    let is_nothing = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | b'}' | 0x1A);
    let Some(skipped) = rest.iter().position(|byte| !is_nothing(byte)) else { return Ok(()) };
    let start = end.saturating_add(skipped);
    let rest = parent.bytes.slice(start.min(parent.bytes.len())..);
    out.problem(Problem::odd(format!("{} bytes behind the last brace", rest.len()), Location::at(start)));
    // More RTF was read with the document; a little of anything is searched with it.
    let is_rtf = rest.starts_with(b"{") || rest.starts_with(b"\\");
    if is_rtf || rest.len() < SHORTEST_TAIL && !is_recognised(&rest) {
        return Ok(());
    }
    let name = EntryName::new(format!("behind {start:#x}"));
    out.child_bytes(name, Origin::part(OriginKind::Overlay, "behind the last brace"), rest)
}
