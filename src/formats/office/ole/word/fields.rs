//! Fields in the text of Word documents (MS-DOC 2.8.25): character 19 begins one, 20 ends its instruction, 21 ends it.
//! The pieces give the text in reading order. Where there is no piece table to read (Word 6 and 95, damage), and where the
//! text Word reads has no DDE though the stream has the word, all of the stream is searched, in either width.

use memchr::memmem;

use super::super::{OleView, named_strings};
use super::bookmarks::bookmarks;
use super::pieces::{Piece, pieces};
use super::{Word, documents};
use crate::formats::office::word_fields::{Instructions, say_instruction};
use crate::model::Location;
use crate::stage::Outcome;

/// Says what the fields of the document reach.
pub(in super::super) fn say_fields(view: &OleView, out: &mut Outcome<'_>) {
    for (index, _) in view.streams().filter(|(_, entry)| entry.name.eq_ignore_ascii_case("WordDocument")) {
        let word = documents(view).find(|word| word.index == index);
        let at = Location::part(format!("stream {}", view.path(index)));
        let stream = view.data(index);
        let mut found = word.as_ref().and_then(|word| in_pieces(view, word)).unwrap_or_else(|| in_stream(&stream));
        let has_word =
            |stream: &[u8]| memmem::find(stream, b"DDE").is_some() || memmem::find(stream, b"D\0D\0E\0").is_some();
        let is_dde = |instruction: &String| {
            instruction.trim_start().get(..3).is_some_and(|start| start.eq_ignore_ascii_case("DDE"))
        };
        if word.is_some_and(|word| !word.fib.is_locked) && !found.iter().any(is_dde) && has_word(&stream) {
            found.extend(in_stream(&stream).into_iter().filter(is_dde));
        }
        for instruction in found {
            say_instruction(out, &instruction, &at);
        }
    }
}

/// Instructions in the text as Word reads it.
fn in_pieces(view: &OleView, word: &Word) -> Option<Vec<String>> {
    let pieces = pieces(word)?;
    if !pieces.iter().any(Piece::has_field) {
        return Some(Vec::new());
    }
    let mut fields = Instructions::default();
    // What DOCVARIABLE, DOCPROPERTY and REF show.
    for string in named_strings(view) {
        fields.name(&string.name, string.value);
    }
    for (name, text) in bookmarks(word, &pieces) {
        fields.name(&name, text);
    }
    for piece in pieces {
        if !fields.is_open() && !piece.has_field() {
            continue;
        }
        read(piece.characters(), &mut fields, false);
    }
    Some(fields.finish())
}

/// Instructions anywhere in the stream.
fn in_stream(stream: &[u8]) -> Vec<String> {
    let loose = |text: &mut dyn Iterator<Item = char>| {
        let mut fields = Instructions::default();
        read(text, &mut fields, true);
        fields.finish()
    };
    let wide = |from: usize| {
        let pairs = stream.get(from..).unwrap_or_default().chunks_exact(2);
        let units = pairs.filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_le_bytes);
        loose(&mut units.map(|unit| char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)))
    };
    let mut found = loose(&mut stream.iter().map(|byte| char::from(*byte)));
    found.extend(wide(0));
    found.extend(wide(1));
    found
}

/// Reads characters into instructions. In a stream that is no text throughout, a number may look like the begin mark; what
/// no text has shows that.
fn read(text: impl Iterator<Item = char>, fields: &mut Instructions, is_searched: bool) {
    for c in text {
        match c {
            '\u{13}' => fields.begin(),
            '\u{14}' => fields.separate(),
            '\u{15}' => fields.end(),
            _ if !fields.is_open() => {}
            '\0'..='\u{6}' | '\u{e}'..='\u{1f}' if is_searched => fields.forget(),
            // Marks of pictures, notes and objects stand in for them.
            '\0'..='\u{6}' | '\u{8}' => {}
            '\u{7}' | '\r' | '\u{b}' | '\u{c}' => fields.text(" "),
            c => fields.text(c.encode_utf8(&mut [0; 4])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(text: &str) -> Vec<String> {
        let mut fields = Instructions::default();
        read(text.chars(), &mut fields, true);
        fields.finish()
    }

    #[test]
    fn fields_are_found_in_either_width() {
        let field = "before \u{13} DDEAUTO cmd \"/k\" \u{14}shown\u{15} after";
        assert_eq!(searched(field), [" DDEAUTO cmd \"/k\" "]);
        let wide: Vec<u8> = [0x77].into_iter().chain(field.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(in_stream(&wide).contains(&" DDEAUTO cmd \"/k\" ".to_owned()));
        assert!(searched("\u{13}\u{1}DDE cmd").is_empty());
    }
}
