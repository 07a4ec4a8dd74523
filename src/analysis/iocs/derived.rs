//! Readings derived from pieces of the text: defanged spellings repaired, full-width letters narrowed, escapes decoded,
//! URLs turned around. The pieces are noted while the text is read and looked through afterwards, so that a plain
//! spelling is always found first.

use unicode_normalization::UnicodeNormalization;

use super::escaped;
use super::reading::{Finds, MAX_LENGTH, Origin, Reading};
use super::scan::scan;

/// How a piece is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Defanged,
    FullWidth,
    Escaped,
    /// As escaped, by percent signs: in a query the next parameter is not part of it.
    Percent,
    Reversed,
    /// Every letter moved by thirteen.
    Rotated,
    /// Characters as three octal digits after a backslash.
    Octal,
}

/// A piece of the text that reads otherwise than it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    way: Way,
    start: usize,
    end: usize,
}

/// Pieces noted so far.
#[derive(Default)]
pub(super) struct Pieces {
    list: Vec<Piece>,
}

/// Pieces kept per text.
const MAX_PIECES: usize = 20_000;

impl Pieces {
    /// Notes the word around an anchor. Pieces of one way never overlap, so all together are no longer than the text.
    pub(super) fn note(&mut self, reading: &Reading<'_>, way: Way, start: usize, end: usize) {
        if self.list.len() >= MAX_PIECES {
            return;
        }
        let floor = self.list.iter().rev().take(8).find(|piece| piece.way == way).map_or(0, |piece| piece.end);
        if start < floor {
            return;
        }
        let from = word_start(reading.text, start, floor, way);
        let to = word_end(reading.text, end, way);
        self.list.push(Piece { way, start: from, end: to });
    }

    /// Looks through every piece noted.
    pub(super) fn read(self, reading: &Reading<'_>, finds: &mut Finds) {
        for piece in self.list {
            if finds.is_full() {
                return;
            }
            let text = reading.piece(piece.start, piece.end);
            finds.pay(text.len());
            read_piece(text, piece, reading.is_prose, finds);
        }
    }
}

fn read_piece(text: &str, piece: Piece, is_prose: bool, finds: &mut Finds) {
    let mut reading =
        Reading { text: "", how: None, origin: Origin::Piece(piece.start), is_prose, trusts_domains: false };
    match piece.way {
        Way::Defanged => {
            let repaired = refang(text);
            reading.text = &repaired;
            reading.how = Some("defanged");
            reading.trusts_domains = true;
            scan(&reading, None, finds);
        }
        Way::FullWidth => {
            let (narrow, table) = narrowed(text, piece.start);
            reading.text = &narrow;
            reading.how = Some("full-width");
            reading.origin = Origin::Mapped(&table);
            scan(&reading, None, finds);
        }
        Way::Escaped | Way::Percent => {
            let Some(decoded) = escaped::decode(text) else { return };
            reading.text = &decoded;
            reading.how = Some("escaped");
            scan(&reading, None, finds);
        }
        Way::Reversed => {
            let turned: String = text.chars().rev().collect();
            reading.text = &turned;
            reading.how = Some("reversed");
            scan(&reading, None, finds);
        }
        Way::Rotated => {
            let plain: String = text.chars().map(rotated).collect();
            reading.text = &plain;
            reading.how = Some("rot13");
            scan(&reading, None, finds);
        }
        Way::Octal => {
            let plain = from_octal(text);
            reading.text = &plain;
            reading.how = Some("octal");
            scan(&reading, None, finds);
        }
    }
}

/// The letter thirteen places on.
fn rotated(c: char) -> char {
    let turn = |first: u8| -> char {
        let place = u8::try_from(c).unwrap_or(first).saturating_sub(first);
        char::from(first.saturating_add(place.saturating_add(13) % 26))
    };
    match c {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        other => other,
    }
}

/// A text with `\\150` read as the character of that octal number.
fn from_octal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('\\') {
        out.push_str(before);
        let number = tail.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(u8::is_ascii_graphic);
        match number {
            Some(byte) => {
                out.push(char::from(byte));
                rest = tail.get(3..).unwrap_or_default();
            }
            None => {
                out.push('\\');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Characters that no piece spans.
fn ends_word(c: char, way: Way) -> bool {
    match c {
        '"' | '\'' | '<' | '>' | '`' | '\n' | '\r' | '\u{3000}' | '「' | '」' | '『' | '』' | '【' | '】' | '、' => {
            true
        }
        // `example [dot] com` and CSS escapes have blanks inside.
        ' ' | '\t' => true,
        // A redirector's parameter is read by itself; its own URL is found plainly.
        '=' | '?' => matches!(way, Way::Escaped | Way::Percent),
        '&' => way == Way::Percent,
        _ => false,
    }
}

fn word_start(text: &str, anchor: usize, floor: usize, way: Way) -> usize {
    let before = text.get(floor..anchor).unwrap_or_default();
    let mut start = anchor;
    for (index, c) in before.char_indices().rev() {
        if ends_word(c, way) || anchor.saturating_sub(index.saturating_add(floor)) > MAX_LENGTH {
            break;
        }
        start = index.saturating_add(floor);
    }
    start
}

fn word_end(text: &str, anchor: usize, way: Way) -> usize {
    let after = text.get(anchor..).unwrap_or_default();
    let mut end = anchor;
    for (index, c) in after.char_indices() {
        let here = anchor.saturating_add(index);
        // A query may follow the escaped part of a URL.
        let stops = ends_word(c, way) && !matches!(c, '=' | '?');
        if stops || here.saturating_sub(anchor) > MAX_LENGTH {
            break;
        }
        end = here.saturating_add(c.len_utf8());
    }
    end
}

/// Repairs the spellings by which people keep indicators from becoming links.
fn refang(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'outer: while let Some(first) = rest.chars().next() {
        for (from, to) in FANGS {
            if rest.get(..from.len()).is_some_and(|head| head.eq_ignore_ascii_case(from)) {
                out.push_str(to);
                rest = rest.get(from.len()..).unwrap_or_default();
                continue 'outer;
            }
        }
        out.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    out
}

/// Defanged spellings and what they stand for; longer ones first.
const FANGS: [(&str, &str); 24] = [
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("[://]", "://"),
    ("[:]//", "://"),
    ("[:]", ":"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[.", "."),
    (".]", "."),
    ("\\.", "."),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
    ("[@]", "@"),
    ("[/]", "/"),
    ("[://", "://"),
    ("://]", "://"),
    ("[//]", "//"),
];

/// Full-width letters and signs as plain ones, and where each byte of the result comes from.
fn narrowed(text: &str, start: usize) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut table = Vec::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        for c in std::iter::once(c).nfkc() {
            out.push(c);
            table.extend(std::iter::repeat_n(start.saturating_add(index), c.len_utf8()));
        }
    }
    (out, table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defanged_spellings_are_repaired() {
        for (defanged, plain) in [
            ("hxxp://example[.]com/a", "http://example.com/a"),
            ("hXXps[:]//example(.)com", "https://example.com"),
            ("h**p://example{.}com", "http://example.com"),
            ("yamada[at]example[dot]com", "yamada@example.com"),
            ("192.0.2[.]10", "192.0.2.10"),
        ] {
            assert_eq!(refang(defanged), plain);
        }
    }

    #[test]
    fn narrowed_text_leads_back() {
        let (narrow, table) = narrowed("ｈｔｔｐ：／／", 10);
        assert_eq!(narrow, "http://");
        assert_eq!(table.get(1), Some(&13));
    }
}
