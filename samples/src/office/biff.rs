//! The globals of a BIFF8 workbook (MS-XLS): enough for a reader that looks at sheets, names and links.

/// A workbook stream in the making.
#[derive(Debug, Clone, Default)]
pub struct Workbook {
    records: Vec<u8>,
    is_locked: bool,
}

impl Workbook {
    /// A workbook without sheets.
    pub fn new() -> Self {
        Workbook::default()
    }

    /// Adds a sheet: state 0 visible, 1 hidden, 2 very hidden; type 0 worksheet, 1 macro sheet.
    pub fn sheet(mut self, name: &str, state: u8, kind: u8) -> Self {
        let mut body = vec![0, 0, 0, 0, state, kind];
        body.push(name.encode_utf16().count() as u8);
        body.extend(wide(name));
        self.record(0x0085, &body);
        self
    }

    /// Adds the built-in name Auto_Open.
    pub fn auto_open(mut self) -> Self {
        let mut body = vec![0x20, 0, 0, 1];
        body.extend([0; 10]);
        body.extend([0, 1]);
        self.record(0x0018, &body);
        self
    }

    /// Adds a text, as a cell of the first sheet would hold it.
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
        let mut out = Workbook::default();
        out.record(0x0809, &[0, 6, 5, 0, 0xBB, 0x0D, 0xCC, 0x07, 0, 0, 0, 0, 6, 0, 0, 0]);
        if self.is_locked {
            out.record(0x002F, &[1, 0, 1, 0, 1, 0]);
        }
        out.records.extend(&self.records);
        out.record(0x000A, &[]);
        out.record(0x0809, &[0, 6, 0x10, 0, 0xBB, 0x0D, 0xCC, 0x07, 0, 0, 0, 0, 6, 0, 0, 0]);
        out.record(0x000A, &[]);
        let mut stream = out.records;
        let padded = stream.len().max(4096);
        stream.resize(padded, 0);
        stream
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
