//! Tables of strings in the table stream: what the document is associated with (MS-DOC 2.9.274 SttbfAssoc), of which the
//! template matters, and its variables (2.9.312 StwUser).

use encoding_rs::UTF_16LE;

use super::super::OleView;
use super::{Word, documents};
use crate::formats::fields::u16_at;
use crate::formats::office::external::say_external;
use crate::formats::office::strings::{MAX_STRINGS, NamedString, StringSource};
use crate::model::Location;
use crate::stage::Outcome;

/// Positions in SttbfAssoc, and what Word fetches from there.
const FETCHED: [(usize, &str); 3] = [(1, "attachedTemplate"), (8, "mailMergeSource"), (9, "mailMergeHeaderSource")];

/// Says where the document's template and the sources of its mail merge are.
pub(in super::super) fn say_template(view: &OleView, out: &mut Outcome<'_>) {
    for word in documents(view).filter(|word| word.fib.is_word_97 && !word.fib.is_locked) {
        let at = || Location::part(format!("stream {}", view.path(word.index)));
        let (names, _) = strings(word.part(word.fib.assoc)).unwrap_or_default();
        for (index, kind) in FETCHED {
            if let Some(target) = names.get(index).filter(|target| !target.is_empty()) {
                say_external(out, &kind.to_ascii_lowercase(), target, &at);
            }
        }
    }
}

/// The document's variables.
pub(in super::super) fn variables(view: &OleView) -> Vec<NamedString> {
    documents(view).filter(|word| !word.fib.is_locked).flat_map(|word| of(&word)).take(MAX_STRINGS).collect()
}

/// Names as a table of strings, then as many values, each behind its length.
fn of(word: &Word) -> Vec<NamedString> {
    let part = word.part(word.fib.variables);
    let Some((names, mut at)) = strings(part) else { return Vec::new() };
    let mut variables = Vec::new();
    for name in names {
        let Some(value) = counted(part, &mut at) else { break };
        variables.push(NamedString { source: StringSource::DocumentVariable, name, value });
    }
    variables
}

/// STTB, 2.2.4, of two-byte characters: the strings, and where it ends.
pub(super) fn strings(table: &[u8]) -> Option<(Vec<String>, usize)> {
    if u16_at(table, 0)? != 0xFFFF {
        return None;
    }
    let count = usize::from(u16_at(table, 2)?);
    let extra = usize::from(u16_at(table, 4)?);
    let mut at = 6usize;
    let mut strings = Vec::new();
    for _ in 0..count.min(MAX_STRINGS) {
        let Some(text) = counted(table, &mut at) else { break };
        strings.push(text);
        at = at.saturating_add(extra);
    }
    Some((strings, at))
}

/// A count of characters, then the characters.
fn counted(table: &[u8], at: &mut usize) -> Option<String> {
    let size = usize::from(u16_at(table, *at)?).saturating_mul(2);
    let start = at.saturating_add(2);
    let end = start.saturating_add(size);
    let text = UTF_16LE.decode_without_bom_handling(table.get(start..end)?).0.into_owned();
    *at = end;
    Some(text)
}
