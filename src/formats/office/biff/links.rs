//! Other books: SupBook, ExternSheet, ExternName (MS-XLS 2.4.271, 2.4.105, 2.4.104), and how BIFF5 does the same.

use super::formula::Book;
use super::strings::{narrow, unicode};
use super::version::Version;
use crate::formats::fields::u16_at;
use crate::formats::office::vba::CodePage;

/// Entries of one ExternSheet record, and sheets of one book, kept.
const MAX_ENTRIES: usize = 70_000;
const MAX_TABS: usize = 2_000;

/// SupBook. The count of characters is a mark for the workbook itself and for add-ins.
pub(super) fn sup_book(body: &[u8]) -> Option<Book> {
    const OWN: u16 = 0x0401;
    const ADD_IN: u16 = 0x3A01;
    let tabs = usize::from(u16_at(body, 0)?);
    let count = u16_at(body, 2)?;
    if count == OWN || count == ADD_IN {
        return Some(Book { is_own: count == OWN, is_add_in: count == ADD_IN, ..Book::default() });
    }
    let (path, size) = unicode(body.get(4..)?, usize::from(count));
    let mut book = Book { path: decode_path(&path), ..Book::default() };
    let mut at = size.saturating_add(4);
    for _ in 0..tabs.min(MAX_TABS) {
        let Some(count) = u16_at(body, at) else { break };
        let (name, size) = unicode(body.get(at.saturating_add(2)..).unwrap_or_default(), usize::from(count));
        at = at.saturating_add(2).saturating_add(size);
        book.tabs.push(name);
    }
    Some(book)
}

/// VirtualPath, 2.5.277: folders are separated by control characters. A service and its topic keep theirs.
fn decode_path(path: &str) -> String {
    let Some(rest) = path.strip_prefix('\u{1}') else { return path.trim_start_matches('\u{2}').to_owned() };
    let mut out = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1}' => match chars.next() {
                Some('@') => out.push_str(r"\\"),
                Some(volume) => {
                    out.push(volume);
                    out.push_str(r":\");
                }
                None => {}
            },
            '\u{2}' | '\u{3}' => out.push('\\'),
            '\u{4}' => out.push_str(r"..\"),
            // Behind it a length, then an address as it is.
            '\u{5}' => {
                chars.next();
            }
            '\u{6}'..='\u{8}' => {}
            c => out.push(c),
        }
    }
    out
}

/// ExternSheet of BIFF8: book, first and last sheet each.
pub(super) fn extern_sheet(body: &[u8]) -> Vec<(u32, i32, i32)> {
    let count = usize::from(u16_at(body, 0).unwrap_or_default());
    let tab = |at: usize| u16_at(body, at).map(|value| i32::from(i16::from_le_bytes(value.to_le_bytes())));
    (0..count.min(MAX_ENTRIES))
        .map_while(|index| {
            let at = index.checked_mul(6)?.checked_add(2)?;
            Some((u32::from(u16_at(body, at)?), tab(at.checked_add(2)?)?, tab(at.checked_add(4)?)?))
        })
        .collect()
}

/// ExternSheet of BIFF5: the name of a sheet behind a mark, or a service and topic.
pub(super) fn extern_sheet_5(body: &[u8], page: CodePage) -> Book {
    let count = usize::from(body.first().copied().unwrap_or_default());
    let text = narrow(body.get(1..).unwrap_or_default(), count.saturating_add(1), page);
    let (mark, name) = match text.chars().next() {
        Some(mark @ '\u{1}'..='\u{4}') => (mark, text.get(1..).unwrap_or_default()),
        _ => (' ', text.as_str()),
    };
    match mark {
        '\u{3}' | '\u{2}' => Book { path: String::new(), tabs: vec![name.to_owned()], ..Book::default() },
        '\u{1}' => {
            let path = decode_path(text.get(..count).unwrap_or(&text));
            Book { path, ..Book::default() }
        }
        _ => Book { path: text.get(..count).unwrap_or(&text).to_owned(), ..Book::default() },
    }
}

/// ExternName: a name in another book, a function of an add-in, an item of a DDE link.
pub(super) fn extern_name(body: &[u8], version: Version, page: CodePage) -> String {
    let at = match version {
        Version::Biff2 => 0,
        Version::Biff3 | Version::Biff4 => 2,
        _ => 6usize,
    };
    let count = usize::from(body.get(at).copied().unwrap_or_default());
    let text = body.get(at.saturating_add(1)..).unwrap_or_default();
    if version == Version::Biff8 { unicode(text, count).0 } else { narrow(text, count, page) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_keeps_its_topic_and_a_path_becomes_one() {
        let book = |text: &str| {
            let body = [vec![0, 0], (text.len() as u16).to_le_bytes().to_vec(), vec![0], text.as_bytes().to_vec()];
            sup_book(&body.concat()).unwrap().path
        };
        assert_eq!(book("cmd\u{3}/c calc.exe"), "cmd\u{3}/c calc.exe");
        assert_eq!(book("\u{1}\u{1}Cfolder\u{3}book.xls"), r"C:\folder\book.xls");
        assert_eq!(book("\u{1}\u{5}\u{10}http://example.com/a.xls"), "http://example.com/a.xls");
        assert!(sup_book(&[1, 0, 1, 4]).unwrap().is_own);
        assert!(sup_book(&[1, 0, 1, 0x3A]).unwrap().is_add_in);
    }

    #[test]
    fn sheets_of_biff5_have_marks() {
        let book = extern_sheet_5(b"\x06\x03Macro1", CodePage::default());
        assert_eq!(book.tabs, ["Macro1"]);
        assert_eq!(book.path, "");
        assert_eq!(extern_sheet_5(b"\x07cmd\x03/c ", CodePage::default()).path, "cmd\u{3}/c ");
    }
}
