//! Fields in the text of Word 97-2003 documents (MS-DOC 2.8.25): character 19 begins one, 20 ends its instruction, 21
//! ends it. Text is in pieces of one or two bytes a character anywhere in the stream, so all of it is searched, each way.

use super::OleView;
use crate::formats::office::word_fields::{Instructions, say_instruction};
use crate::model::Location;
use crate::stage::Outcome;

/// Says what the fields of the document reach.
pub(super) fn say_fields(view: &OleView, out: &mut Outcome<'_>) {
    for (index, entry) in view.streams() {
        if !entry.name.eq_ignore_ascii_case("WordDocument") {
            continue;
        }
        let at = Location::part(format!("stream {}", view.path(index)));
        for instruction in instructions(&view.data(index)) {
            say_instruction(out, &instruction, &at);
        }
    }
}

fn instructions(stream: &[u8]) -> Vec<String> {
    let wide = |from: usize| {
        let pairs = stream.get(from..).unwrap_or_default().chunks_exact(2);
        let units = pairs.filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_le_bytes);
        read(units.map(|unit| char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)))
    };
    let mut found = read(stream.iter().map(|byte| char::from(*byte)));
    found.extend(wide(0));
    found.extend(wide(1));
    found
}

fn read(text: impl Iterator<Item = char>) -> Vec<String> {
    let mut fields = Instructions::default();
    for c in text {
        match c {
            '\u{13}' => fields.begin(),
            '\u{14}' => fields.separate(),
            '\u{15}' => fields.end(),
            _ if !fields.is_open() => {}
            // What no text has: this was no field, but a number that looks like its beginning.
            '\0'..='\u{6}' | '\u{e}'..='\u{1f}' => fields.forget(),
            c => fields.text(c.encode_utf8(&mut [0; 4])),
        }
    }
    fields.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_either_width() {
        let field = "before \u{13} DDEAUTO cmd \"/k\" \u{14}shown\u{15} after";
        assert_eq!(read(field.chars()), [" DDEAUTO cmd \"/k\" "]);
        let wide: Vec<u8> = [0x77].into_iter().chain(field.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(instructions(&wide).contains(&" DDEAUTO cmd \"/k\" ".to_owned()));
        assert!(read("\u{13}\u{1}DDE cmd".chars()).is_empty());
    }
}
