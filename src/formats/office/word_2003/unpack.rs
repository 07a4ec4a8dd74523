//! `w:binData`: pictures, the compound file of all embedded objects (`oledata.mso`), and the macro project as ActiveMime
//! (`editdata.mso`). What each is, its bytes say.

use crate::formats::office::xml::{Piece, walk_text};
use crate::formats::text::base64::from_loose_base64;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Gives the binary data.
pub(super) struct BinaryData;

/// Pieces given of one document.
const MAX_PIECES: usize = 5_000;

impl Unpacker for BinaryData {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<TextView>()?;
        let mut open: Option<(String, String)> = None;
        let mut found = Vec::new();
        let mut is_cut = false;
        let end = walk_text(&view.text, |piece| match piece {
            Piece::Open(tag) if tag.is("binData") => {
                found.extend(open.take());
                open = Some((tag.get("name").unwrap_or_default(), String::new()));
            }
            Piece::Text(text) => {
                if let Some((_, written)) = &mut open {
                    written.push_str(text);
                }
            }
            Piece::Close("binData") if found.len() >= MAX_PIECES => {
                is_cut |= open.take().is_some();
            }
            Piece::Close("binData") => found.extend(open.take()),
            Piece::Open(_) | Piece::Close(_) => {}
        });
        found.extend(open);
        if let Err(problem) = end {
            out.problem(Problem::damaged(format!("the document ends early: {problem}"), Location::whole()));
        }
        if is_cut {
            out.problem(Problem::new(ProblemKind::Limit, "more binary data than is read", Location::whole()));
        }
        for (name, written) in found {
            let bytes = from_loose_base64(&written);
            if bytes.is_empty() {
                continue;
            }
            let name = name.trim_start_matches("wordml://");
            out.child_bytes(EntryName::new(name), Origin::part(OriginKind::Decoded, "binData, base64"), bytes.into())?;
        }
        Ok(())
    }
}
