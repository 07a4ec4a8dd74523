//! Files inside a program become children; an overlay without a known file in it becomes one as a whole.

use std::ops::Range;

use super::PeView;
use super::parser::{Content, Place};
use crate::formats::carve::Kind;
use crate::formats::program::entropy::entropy;
use crate::model::{Artifact, EntryName, Origin, OriginKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Gives what is inside a program.
pub(super) struct PeUnpacker;

/// Shortest rest of an overlay, beside the files found in it, that is given.
const SHORTEST_REST: usize = 512;
/// Overlays longer than this are padding if their entropy is below [`PADDING_ENTROPY`].
const LONG: usize = 1 << 20;
/// One repeated byte has none; text in any script has more than two bits per byte.
pub(super) const PADDING_ENTROPY: f32 = 0.5;

impl Unpacker for PeUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<PeView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for content in &view.contents {
            give(parent, content, out)?;
        }
        for overlay in &view.overlays {
            for rest in rests(overlay.clone(), &view.contents) {
                let bytes = parent.bytes.slice(rest.clone());
                let is_padding = bytes.len() > LONG && entropy(&bytes) < PADDING_ENTROPY;
                let is_short = rest != *overlay && rest.len() < SHORTEST_REST;
                if is_padding || is_short || bytes.iter().all(|byte| *byte == 0) {
                    continue;
                }
                let name = EntryName::new(format!("overlay-{:x}", rest.start));
                let detail = format!("{} bytes after the end of the program", rest.len());
                out.child_bytes(name, Origin::part(OriginKind::Overlay, detail), bytes)?;
            }
        }
        Ok(())
    }
}

fn give(parent: &Artifact, content: &Content, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let (kind, place) = match &content.place {
        Place::Overlay => (OriginKind::Overlay, "after the end of the program".to_owned()),
        Place::Resource(label) => (OriginKind::Resource, format!("resource {label}")),
        Place::Section(name) => (OriginKind::Embedded, format!("section {name}")),
    };
    let name = EntryName::new(format!(
        "{}-{:x}.{}",
        place_word(&content.place),
        content.range.start,
        content.kind.extension()
    ));
    let detail = format!("{} in {place}", content.kind.as_str()).replace(" in after", " after");
    // A picture's exact type is for identification to tell; the name is ours, not the sender's.
    let name = if content.kind == Kind::Picture { EntryName::new(name.text.trim_end_matches(".png")) } else { name };
    out.child_bytes(name, Origin::part(kind, detail), parent.bytes.slice(content.range.clone()))
}

const fn place_word(place: &Place) -> &'static str {
    match place {
        Place::Overlay => "overlay",
        Place::Resource(_) => "resource",
        Place::Section(_) => "embedded",
    }
}

/// What the files found leave of an overlay.
fn rests(overlay: Range<usize>, contents: &[Content]) -> Vec<Range<usize>> {
    let mut rests = Vec::new();
    let mut at = overlay.start;
    for content in contents.iter().filter(|content| content.place == Place::Overlay) {
        let (start, end) = (content.range.start, content.range.end);
        if start >= at && end <= overlay.end {
            rests.push(at..start);
            at = end;
        }
    }
    rests.push(at..overlay.end);
    rests.retain(|rest| !rest.is_empty());
    rests
}
