//! BIFF8 and BIFF5 workbooks (MS-XLS) and binary workbooks (MS-XLSB): enough for a reader of sheets, names, links, and of
//! cells where there are macros.

use super::formula::{Tokens, tokens};

/// A cell in the making.
#[derive(Debug, Clone)]
pub enum Cell {
    /// A formula, without its equals sign.
    Formula(String),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
}

/// A formula's cell.
pub fn formula(text: &str) -> Cell {
    Cell::Formula(text.to_owned())
}

/// A sheet with cells by row and column.
#[derive(Debug, Clone)]
struct Sheet {
    name: String,
    state: u8,
    kind: u8,
    cells: Vec<(u16, u16, Cell)>,
}

/// A workbook stream in the making.
#[derive(Debug, Clone, Default)]
pub struct Workbook {
    records: Vec<u8>,
    sheets: Vec<Sheet>,
    is_locked: bool,
    is_biff5: bool,
}

impl Workbook {
    /// A workbook without sheets.
    pub fn new() -> Self {
        Workbook::default()
    }

    /// One of Excel 5. Must be said before anything is added.
    pub fn biff5() -> Self {
        Workbook { is_biff5: true, ..Workbook::default() }
    }

    /// Adds a sheet: state 0 visible, 1 hidden, 2 very hidden; type 0 worksheet, 1 macro sheet.
    pub fn sheet(mut self, name: &str, state: u8, kind: u8) -> Self {
        self.sheets.push(Sheet { name: name.to_owned(), state, kind, cells: Vec::new() });
        self
    }

    /// Adds a cell to the sheet added last.
    pub fn cell(mut self, row: u16, column: u16, cell: Cell) -> Self {
        self.sheets.last_mut().expect("a sheet comes first").cells.push((row, column, cell));
        self
    }

    /// Adds formulas down the first column of the sheet added last.
    pub fn column(mut self, formulas: &[&str]) -> Self {
        for (row, text) in formulas.iter().enumerate() {
            self = self.cell(row as u16, 0, formula(text));
        }
        self
    }

    /// Adds the built-in name Auto_Open, without a place.
    pub fn auto_open(self) -> Self {
        self.name(0x20, "\u{1}", &[])
    }

    /// Adds the built-in name Auto_Open at the first cell of a sheet, counted from 0.
    pub fn auto_open_at(self, sheet: u16) -> Self {
        let target = if self.is_biff5 {
            let mut target = vec![0x5A, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0];
            target.extend(sheet.to_le_bytes());
            target.extend(sheet.to_le_bytes());
            target.extend([0, 0, 0]);
            target
        } else {
            vec![0x5A, sheet as u8, 0, 0, 0, 0, 0]
        };
        self.name(0x20, "\u{1}", &target)
    }

    /// Adds a name with tokens.
    pub fn name(mut self, flags: u16, name: &str, tokens: &[u8]) -> Self {
        let mut body = flags.to_le_bytes().to_vec();
        body.extend([0, name.encode_utf16().count() as u8]);
        body.extend((tokens.len() as u16).to_le_bytes());
        body.extend([0; 8]);
        if self.is_biff5 {
            body.extend(name.as_bytes());
        } else {
            body.extend(wide(name));
        }
        body.extend(tokens);
        self.record(0x0018, &body);
        self
    }

    /// Adds a text, as a cell would hold it, among the globals.
    pub fn label(mut self, text: &str) -> Self {
        let mut body = vec![0, 0, 0, 0, 0, 0];
        body.extend((text.encode_utf16().count() as u16).to_le_bytes());
        body.extend(wide(text));
        self.record(0x0204, &body);
        self
    }

    /// Adds a DDE link.
    pub fn dde(mut self, service: &str, topic: &str) -> Self {
        let path = format!("{service}\u{3}{topic}");
        let mut body = vec![0, 0];
        body.extend((path.encode_utf16().count() as u16).to_le_bytes());
        body.extend(wide(&path));
        self.record(0x01AE, &body);
        self
    }

    /// Marks the workbook as encrypted (RC4), though nothing is.
    pub fn locked(mut self) -> Self {
        self.is_locked = true;
        self
    }

    /// The stream, padded to the size at which it gets sectors of its own.
    pub fn build(&self) -> Vec<u8> {
        let mut stream = self.records();
        let padded = stream.len().max(4096);
        stream.resize(padded, 0);
        stream
    }

    /// The records alone.
    pub fn records(&self) -> Vec<u8> {
        let sheets: Vec<Vec<u8>> = self.sheets.iter().map(|sheet| self.substream(sheet)).collect();
        let mut at = self.globals(&vec![0; sheets.len()]).len();
        let mut offsets = Vec::new();
        for sheet in &sheets {
            offsets.push(at);
            at += sheet.len();
        }
        let mut stream = self.globals(&offsets);
        stream.extend(sheets.concat());
        stream
    }

    fn globals(&self, offsets: &[usize]) -> Vec<u8> {
        let mut out = Workbook::default();
        out.record(0x0809, &self.begin(5));
        if self.is_locked {
            out.record(0x002F, &[1, 0, 1, 0, 1, 0]);
        }
        for (sheet, offset) in self.sheets.iter().zip(offsets) {
            let mut body = (*offset as u32).to_le_bytes().to_vec();
            body.extend([sheet.state, sheet.kind, sheet.name.encode_utf16().count() as u8]);
            if self.is_biff5 {
                body.extend(sheet.name.as_bytes());
            } else {
                body.extend(wide(&sheet.name));
            }
            out.record(0x0085, &body);
        }
        if !self.is_biff5 && !self.sheets.is_empty() {
            // The workbook itself, and each of its sheets.
            out.record(0x01AE, &[&(self.sheets.len() as u16).to_le_bytes()[..], &[1, 4]].concat());
            let mut body = (self.sheets.len() as u16).to_le_bytes().to_vec();
            for index in 0..self.sheets.len() as u16 {
                body.extend([0, 0]);
                body.extend(index.to_le_bytes());
                body.extend(index.to_le_bytes());
            }
            out.record(0x0017, &body);
        }
        out.records.extend(&self.records);
        out.record(0x000A, &[]);
        out.records
    }

    fn begin(&self, substream: u16) -> Vec<u8> {
        let [low, high] = substream.to_le_bytes();
        if self.is_biff5 {
            return vec![0, 5, low, high, 0xBB, 0x0D, 0xCC, 0x07];
        }
        vec![0, 6, low, high, 0xBB, 0x0D, 0xCC, 0x07, 0, 0, 0, 0, 6, 0, 0, 0]
    }

    fn substream(&self, sheet: &Sheet) -> Vec<u8> {
        let mut out = Workbook { is_biff5: self.is_biff5, ..Workbook::default() };
        out.record(0x0809, &self.begin(if sheet.kind == 1 { 0x40 } else { 0x10 }));
        let form = if self.is_biff5 { Tokens::Biff5 } else { Tokens::Biff8 };
        for (row, column, cell) in &sheet.cells {
            let mut body = row.to_le_bytes().to_vec();
            body.extend(column.to_le_bytes());
            body.extend([0, 0]);
            match cell {
                Cell::Number(number) => {
                    body.extend(number.to_le_bytes());
                    out.record(0x0203, &body);
                }
                Cell::Text(text) => {
                    body.extend((text.encode_utf16().count() as u16).to_le_bytes());
                    if self.is_biff5 {
                        body.extend(text.as_bytes());
                    } else {
                        body.extend(wide(text));
                    }
                    out.record(0x0204, &body);
                }
                Cell::Formula(text) => {
                    let tokens = tokens(text, form);
                    body.extend([0; 14]);
                    body.extend((tokens.len() as u16).to_le_bytes());
                    body.extend(tokens);
                    out.record(0x0006, &body);
                }
            }
        }
        out.record(0x000A, &[]);
        out.records
    }

    fn record(&mut self, kind: u16, body: &[u8]) {
        self.records.extend(kind.to_le_bytes());
        self.records.extend((body.len() as u16).to_le_bytes());
        self.records.extend(body);
    }
}

fn wide(text: &str) -> Vec<u8> {
    let mut out = vec![1];
    out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    out
}

/// A sheet of a binary workbook: formulas down its first column.
pub fn binary_sheet(formulas: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    binary_record(129, &[], &mut out);
    binary_record(145, &[], &mut out);
    for (row, text) in formulas.iter().enumerate() {
        binary_record(0, &[&(row as u32).to_le_bytes()[..], &[0; 13]].concat(), &mut out);
        let tokens = tokens(text, Tokens::Biff12);
        let mut body = vec![0; 8];
        body.extend(0f64.to_le_bytes());
        body.extend([0, 0]);
        body.extend((tokens.len() as u32).to_le_bytes());
        body.extend(tokens);
        body.extend([0; 4]);
        binary_record(9, &body, &mut out);
    }
    binary_record(146, &[], &mut out);
    binary_record(130, &[], &mut out);
    out
}

/// The workbook part of a binary workbook: sheets as relation, name and state, and Auto_Open at the first cell of the
/// sheet with a number.
pub fn binary_workbook(sheets: &[(&str, &str, u32)], auto_open: u32) -> Vec<u8> {
    let mut out = Vec::new();
    binary_record(131, &[], &mut out);
    for (index, (relation, name, state)) in sheets.iter().enumerate() {
        let mut body = state.to_le_bytes().to_vec();
        body.extend((index as u32 + 1).to_le_bytes());
        body.extend(counted(relation));
        body.extend(counted(name));
        binary_record(156, &body, &mut out);
    }
    binary_record(357, &[], &mut out);
    let mut body = (sheets.len() as u32).to_le_bytes().to_vec();
    for index in 0..sheets.len() as u32 {
        body.extend([0; 4]);
        body.extend(index.to_le_bytes());
        body.extend(index.to_le_bytes());
    }
    binary_record(362, &body, &mut out);
    let mut body = vec![0x21, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    body.extend(counted("_xlnm.Auto_Open"));
    body.extend(9u32.to_le_bytes());
    body.push(0x3A);
    body.extend((auto_open as u16).to_le_bytes());
    body.extend([0; 6]);
    body.extend([0; 4]);
    binary_record(39, &body, &mut out);
    binary_record(132, &[], &mut out);
    out
}

fn counted(text: &str) -> Vec<u8> {
    let mut out = (text.encode_utf16().count() as u32).to_le_bytes().to_vec();
    out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    out
}

fn binary_record(kind: u32, body: &[u8], out: &mut Vec<u8>) {
    for mut number in [kind, body.len() as u32] {
        loop {
            let more = number >> 7 != 0;
            out.push((number & 0x7F) as u8 | if more { 0x80 } else { 0 });
            number >>= 7;
            if !more {
                break;
            }
        }
    }
    out.extend(body);
}
