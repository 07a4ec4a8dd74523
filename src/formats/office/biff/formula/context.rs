//! What the numbers in tokens stand for: names, sheets, and what lies in other books.

use std::sync::Arc;

use crate::formats::office::biff::version::Version;
use crate::formats::office::vba::CodePage;

/// Everything tokens point into.
#[derive(Debug)]
pub(in crate::formats::office::biff) struct Context {
    pub(in crate::formats::office::biff) version: Version,
    pub(in crate::formats::office::biff) page: CodePage,
    /// Defined names, in order; tokens count from 1.
    pub(in crate::formats::office::biff) names: Vec<Arc<str>>,
    /// Sheets, in order.
    pub(in crate::formats::office::biff) tabs: Vec<Arc<str>>,
    /// Books that references lead to, SupBook.
    pub(in crate::formats::office::biff) books: Vec<Book>,
    /// Book, first and last sheet, by number: XTI (2.5.282).
    pub(in crate::formats::office::biff) sheets: Vec<(u32, i32, i32)>,
    /// Where relative references count from.
    pub(in crate::formats::office::biff) base: (u32, u32),
}

/// A book that references lead to.
#[derive(Debug, Default)]
pub(in crate::formats::office::biff) struct Book {
    /// Whether it is the workbook itself.
    pub(in crate::formats::office::biff) is_own: bool,
    /// Whether it is an add-in, whose names are functions.
    pub(in crate::formats::office::biff) is_add_in: bool,
    /// Its path, or a DDE service and topic.
    pub(in crate::formats::office::biff) path: String,
    /// Its sheets.
    pub(in crate::formats::office::biff) tabs: Vec<String>,
    /// Its names (ExternName).
    pub(in crate::formats::office::biff) names: Vec<Arc<str>>,
}

impl Context {
    /// The defined name of a number.
    pub(super) fn name(&self, number: u32) -> Arc<str> {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| self.names.get(index)).cloned().unwrap_or_else(|| "#NAME?".into())
    }

    fn tab(&self, index: i32) -> Option<&str> {
        self.tabs.get(usize::try_from(index).ok()?).map(|name| &**name)
    }

    /// What stands before the `!` of a reference to own sheets.
    pub(super) fn own_sheets(&self, first: i32, last: i32) -> Option<Arc<str>> {
        let Some(first_name) = self.tab(first) else { return Some("#REF".into()) };
        match self.tab(last) {
            Some(last_name) if last != first => Some(format!("{first_name}:{last_name}").into()),
            _ => Some(first_name.into()),
        }
    }

    /// What stands before the `!` for a number into EXTERNSHEET.
    pub(super) fn sheet(&self, number: u16) -> Option<Arc<str>> {
        let (book, first, last) = *self.sheets.get(usize::from(number))?;
        let book = self.books.get(usize::try_from(book).ok()?);
        let Some(book) = book.filter(|book| !book.is_own) else { return self.own_sheets(first, last) };
        let file = shown_path(&book.path);
        let tab = |index: i32| usize::try_from(index).ok().and_then(|index| book.tabs.get(index));
        Some(match (tab(first), tab(last)) {
            (Some(first_name), Some(last_name)) if first != last => format!("{file}{first_name}:{last_name}").into(),
            (Some(name), _) => format!("{file}{name}").into(),
            _ => file.into(),
        })
    }

    /// Prefix and name of a name in a book: PtgNameX.
    pub(super) fn name_elsewhere(&self, sheet: u16, number: u32) -> (Option<Arc<str>>, Arc<str>) {
        let entry = self.sheets.get(usize::from(sheet)).copied();
        let book = entry.and_then(|(book, ..)| self.books.get(usize::try_from(book).ok()?));
        match (book, entry) {
            (Some(book), _) if !book.is_own => {
                let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
                let name = index.and_then(|index| book.names.get(index)).cloned().unwrap_or_else(|| "#NAME?".into());
                let path = (!book.is_add_in && !book.path.is_empty()).then(|| shown_path(&book.path).into());
                (path, name)
            }
            (_, Some((_, first, last))) if first >= 0 => (self.own_sheets(first, last), self.name(number)),
            _ => (None, self.name(number)),
        }
    }
}

/// A book's path as references show it: the file in brackets. DDE links show service and topic.
fn shown_path(path: &str) -> String {
    if let Some((service, topic)) = path.split_once('\u{3}') {
        return format!("{service}|{topic}");
    }
    match path.rfind(['\\', '/']) {
        Some(end) => {
            let (folder, file) = path.split_at(end.saturating_add(1).min(path.len()));
            format!("{folder}[{file}]")
        }
        None if path.is_empty() => String::new(),
        None => format!("[{path}]"),
    }
}
