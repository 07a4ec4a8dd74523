//! What a workbook says outside its cells: sheets, names, other books, encryption, code page (MS-XLS 2.1.7.20.3). Its
//! order is not trusted: a sheet or name record means the same wherever it is.

use std::sync::Arc;

use super::formula::{Book, Context};
use super::links::{extern_name, extern_sheet, extern_sheet_5, sup_book};
use super::names::{Label, label};
use super::records::{Record, records};
use super::strings::{narrow, unicode};
use super::version::{Substream, Version, begin, is_begin};
use crate::formats::fields::{size_at, u16_at};
use crate::formats::office::vba::CodePage;
use crate::formats::office::xlm::Visibility;

/// The globals, and where the substreams are.
#[derive(Debug)]
pub(crate) struct Globals<'a> {
    pub(super) stream: &'a [u8],
    pub(super) version: Version,
    /// Whether the records after FilePass are encrypted; nothing behind it is read.
    pub(crate) is_encrypted: bool,
    /// Sheets, in order; those the workbook does not list stand last.
    pub(crate) sheets: Vec<Sheet>,
    /// Defined names, in order.
    pub(crate) names: Vec<Label<'a>>,
    pub(super) page: CodePage,
    pub(super) books: Vec<Book>,
    pub(super) xti: Vec<(u32, i32, i32)>,
    /// The shared strings' record.
    pub(super) shared_strings: Option<Record<'a>>,
    /// Whether there is more than is kept.
    pub(crate) is_cut: bool,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) visibility: Visibility,
    /// Bits of the state that have no meaning, which Excel ignores and other readers stumble over.
    pub(crate) odd_state: u8,
    pub(crate) is_macro: bool,
    /// Whether the workbook lists it.
    pub(crate) is_listed: bool,
    /// Offset of its BOF record, if there is one.
    pub(crate) offset: Option<usize>,
}

/// Names, sheets and links kept of each.
const MAX_KEPT: usize = 20_000;

const EXTERN_NAME: u16 = 0x0023;
const EXTERN_NAME_3: u16 = 0x0223;
const EXTERN_SHEET: u16 = 0x0017;
const NAME: u16 = 0x0018;
const NAME_3: u16 = 0x0218;
const FILE_PASS: u16 = 0x002F;
const CODE_PAGE: u16 = 0x0042;
const BOUND_SHEET: u16 = 0x0085;
const BUNDLE_HEADER: u16 = 0x008F;
const SHARED_STRINGS: u16 = 0x00FC;
const SUP_BOOK: u16 = 0x01AE;

/// A substream met on the way.
struct Begun {
    offset: usize,
    substream: Substream,
    /// What a workspace called it.
    name: Option<String>,
}

/// Reads the globals.
pub(crate) fn globals(stream: &[u8]) -> Globals<'_> {
    let version = records(stream, 0).next().and_then(|first| begin(first.kind, first.body));
    let version = version.map_or(Version::Biff8, |(version, _)| version);
    let mut globals = Globals {
        stream,
        version,
        is_encrypted: false,
        sheets: Vec::new(),
        names: Vec::new(),
        page: CodePage::default(),
        books: Vec::new(),
        xti: Vec::new(),
        shared_strings: None,
        is_cut: false,
    };
    let mut begun: Vec<Begun> = Vec::new();
    let mut pending: Option<String> = None;
    let mut owner = 0usize;
    for record in records(stream, 0) {
        // Most records are cells.
        let is_wanted = matches!(
            record.kind,
            FILE_PASS
                | CODE_PAGE
                | BOUND_SHEET
                | BUNDLE_HEADER
                | SHARED_STRINGS
                | SUP_BOOK
                | NAME
                | NAME_3
                | EXTERN_NAME
                | EXTERN_NAME_3
                | EXTERN_SHEET
        ) || is_begin(record.kind);
        if !is_wanted {
            continue;
        }
        if globals.len() >= MAX_KEPT || begun.len() >= MAX_KEPT {
            globals.is_cut = true;
            break;
        }
        match record.kind {
            FILE_PASS => {
                globals.is_encrypted = true;
                break;
            }
            CODE_PAGE => globals.page = CodePage(windows_page(u16_at(record.body, 0).unwrap_or_default())),
            BOUND_SHEET => globals.sheets.extend(bound_sheet(record.body, &globals)),
            BUNDLE_HEADER => {
                let count = usize::from(record.body.get(4).copied().unwrap_or_default());
                pending = Some(narrow(record.body.get(5..).unwrap_or_default(), count, globals.page));
            }
            SHARED_STRINGS => globals.shared_strings = globals.shared_strings.or(Some(record)),
            SUP_BOOK => globals.books.extend(sup_book(&record.whole())),
            NAME | NAME_3 => globals.names.extend(label(&record, version, globals.page, owner)),
            EXTERN_NAME | EXTERN_NAME_3 => {
                let name = extern_name(record.body, version, globals.page);
                if let Some(book) = globals.books.last_mut() {
                    book.names.push(name.into());
                }
            }
            EXTERN_SHEET if version == Version::Biff8 => globals.xti.extend(extern_sheet(&record.whole())),
            EXTERN_SHEET => {
                let index = u32::try_from(globals.books.len()).unwrap_or(u32::MAX);
                globals.books.push(extern_sheet_5(record.body, globals.page));
                globals.xti.push((index, 0, 0));
            }
            _ => {
                if let Some((_, substream)) = begin(record.kind, record.body) {
                    owner = record.offset;
                    begun.push(Begun { offset: record.offset, substream, name: pending.take() });
                }
            }
        }
    }
    globals.place(begun);
    globals
}

impl<'a> Globals<'a> {
    fn len(&self) -> usize {
        self.sheets.len().max(self.names.len()).max(self.books.len()).max(self.xti.len())
    }

    /// Joins the sheets listed with the substreams found: a sheet is of macros if either says so.
    fn place(&mut self, begun: Vec<Begun>) {
        for sheet in &mut self.sheets {
            let found = begun.iter().find(|begun| Some(begun.offset) == sheet.offset);
            sheet.is_macro |= found.is_some_and(|begun| begun.substream == Substream::Macro);
            if found.is_none_or(|begun| begun.substream == Substream::Globals) {
                sheet.offset = None;
            }
        }
        let known: std::collections::HashSet<usize> = self.sheets.iter().filter_map(|sheet| sheet.offset).collect();
        let is_single = self.version <= Version::Biff4;
        for begun in begun {
            let is_macro = begun.substream == Substream::Macro;
            let is_sheet = is_macro || (is_single && begun.substream == Substream::Worksheet);
            if !is_sheet || known.contains(&begun.offset) {
                continue;
            }
            let is_listed = is_single;
            let visibility = if is_listed { Visibility::Visible } else { Visibility::VeryHidden };
            let name = begun.name.unwrap_or_else(|| match (is_single, is_macro) {
                (true, true) => "Macro1".to_owned(),
                (true, false) => "Sheet1".to_owned(),
                (false, _) => format!("at {:#x}", begun.offset),
            });
            self.sheets.push(Sheet { name, visibility, odd_state: 0, is_macro, is_listed, offset: Some(begun.offset) });
        }
    }

    /// DDE links and links to OLE servers, as service and topic: a path (2.5.277) of two parts. One that starts with a 1
    /// is the path of a file, where the 3 separates folders.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&str, &str)> {
        self.books.iter().filter_map(|book| book.path.split_once('\u{3}'))
    }

    /// What tokens point into, seen from one substream: up to BIFF4 each sheet has names of its own.
    pub(super) fn context(&mut self, offset: usize) -> Context {
        let is_own = |label: &&Label<'_>| self.version > Version::Biff4 || label.owner == offset;
        Context {
            version: self.version,
            page: self.page,
            names: self.names.iter().filter(is_own).map(|label| Arc::from(label.name.as_str())).collect(),
            tabs: self.sheets.iter().filter(|sheet| sheet.is_listed).map(|sheet| sheet.name.as_str().into()).collect(),
            books: std::mem::take(&mut self.books),
            sheets: self.xti.clone(),
            base: (0, 0),
        }
    }
}

/// CodePage, 2.4.52: numbers of the Macintosh and of DOS besides those of Windows.
fn windows_page(page: u16) -> u16 {
    match page {
        0x8000 => 10000,
        0x8001 => 1252,
        page => page,
    }
}

/// BoundSheet8, 2.4.28. Of the state only two bits count, and the type says what the sheet is, together with its BOF.
fn bound_sheet(body: &[u8], globals: &Globals<'_>) -> Option<Sheet> {
    let state = *body.get(4)?;
    let visibility = match state & 3 {
        0 => Visibility::Visible,
        1 => Visibility::Hidden,
        _ => Visibility::VeryHidden,
    };
    let count = usize::from(*body.get(6)?);
    let text = body.get(7..)?;
    let name = match globals.version {
        Version::Biff8 => unicode(text, count).0,
        _ => narrow(text, count, globals.page),
    };
    let is_macro = *body.get(5)? == 1;
    Some(Sheet { name, visibility, odd_state: state & !3, is_macro, is_listed: true, offset: size_at(body, 0) })
}
