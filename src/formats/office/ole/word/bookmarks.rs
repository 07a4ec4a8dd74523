//! Bookmarks: their names (MS-DOC 2.9.275 SttbfBkmk), where they begin (2.8.10 PlcfBkf) and end (2.8.12 PlcfBkl). REF shows
//! the text in one, so that a command may stand in the text, in white on white.

use super::Word;
use super::pieces::Piece;
use super::tables::strings;
use crate::formats::fields::{u16_at, u32_at};

/// Bookmarks read, and characters of one.
const MAX_BOOKMARKS: usize = 256;
const MAX_TEXT: usize = 16 << 10;

/// Names and texts. Marks that Word makes by itself (of a table of contents, of the last place) are passed over.
pub(super) fn bookmarks(word: &Word, pieces: &[Piece<'_>]) -> Vec<(String, String)> {
    let Some((names, _)) = strings(word.part(word.fib.bookmarks)) else { return Vec::new() };
    let (starts, ends) = (word.part(word.fib.bookmark_starts), word.part(word.fib.bookmark_ends));
    // PlcfBkf: one position more than bookmarks, then for each the index of its end and two bytes more.
    let count = starts.len().saturating_sub(4) / 8;
    let place = |index: usize| {
        let row = count.saturating_add(1).saturating_add(index).saturating_mul(4);
        let end = usize::from(u16_at(starts, row)?);
        let position = |table: &[u8], index: usize| usize::try_from(u32_at(table, index.checked_mul(4)?)?).ok();
        Some((position(starts, index)?, position(ends, end)?))
    };
    let is_own = |name: &str| !name.starts_with('_') && !name.starts_with("OLE_LINK");
    let wanted = names.into_iter().enumerate().take(count).filter(|(_, name)| is_own(name)).take(MAX_BOOKMARKS);
    wanted
        .filter_map(|(index, name)| {
            let (start, end) = place(index).filter(|(start, end)| start < end)?;
            Some((name, text(pieces, start, end.min(start.saturating_add(MAX_TEXT)))))
        })
        .collect()
}

/// The text between two positions.
fn text(pieces: &[Piece<'_>], start: usize, end: usize) -> String {
    let mut out = String::new();
    let mut at = 0usize;
    for piece in pieces {
        let next = at.saturating_add(piece.count());
        if next > start && at < end {
            let skipped = start.saturating_sub(at);
            let taken = end.saturating_sub(at.max(start));
            out.extend(piece.part(skipped, taken).characters());
        }
        if next >= end {
            break;
        }
        at = next;
    }
    out
}
