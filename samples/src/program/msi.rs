//! Windows Installer packages: a database of tables in a compound file. Written after the description of the format in
//! Wine (`dlls/msi`) and msitools, which agree.

use crate::office::cfb::Cfb;

/// A cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number of two bytes.
    Short(i16),
    /// A stream of its own, named by table and key.
    Stream,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<i16> for Cell {
    fn from(number: i16) -> Self {
        Cell::Short(number)
    }
}

/// A package in the making.
#[derive(Debug, Clone, Default)]
pub struct Msi {
    tables: Vec<(String, Vec<String>, Vec<Vec<Cell>>)>,
    streams: Vec<(String, Vec<u8>)>,
}

impl Msi {
    /// One with a name and a maker, and no action.
    pub fn new() -> Self {
        Msi::default().table(
            "Property",
            &["Property", "Value"],
            vec![vec!["ProductName".into(), "Viewer".into()], vec!["Manufacturer".into(), "Example".into()]],
        )
    }

    /// Adds a table; the kind of a column is that of its first cell.
    pub fn table(mut self, name: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Self {
        self.tables.push((name.to_owned(), columns.iter().map(|column| (*column).to_owned()).collect(), rows));
        self
    }

    /// Adds a row to CustomAction and to the sequence that runs it.
    pub fn action(self, name: &str, kind: i16, source: &str, target: &str) -> Self {
        let columns = ["Action", "Type", "Source", "Target"];
        let row = vec![name.into(), kind.into(), source.into(), target.into()];
        let sequence = vec![name.into(), "".into(), 4_000.into()];
        self.table("CustomAction", &columns, vec![row]).table(
            "InstallExecuteSequence",
            &["Action", "Condition", "Sequence"],
            vec![sequence],
        )
    }

    /// Adds a stream of the table Binary.
    pub fn binary(mut self, name: &str, data: &[u8]) -> Self {
        self.streams.push((format!("Binary.{name}"), data.to_vec()));
        self.table("Binary", &["Name", "Data"], vec![vec![name.into(), Cell::Stream]])
    }

    /// Adds a stream of another name, as cabinets have.
    pub fn stream(mut self, name: &str, data: &[u8]) -> Self {
        self.streams.push((name.to_owned(), data.to_vec()));
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut pool = Pool::default();
        let mut columns: Vec<(u16, i16, u16, i16)> = Vec::new();
        let mut cfb = Cfb::new().class("", "000C1084-0000-0000-C000-000000000046");
        let mut names = Vec::new();
        for (name, heads, rows) in &self.tables {
            let table = pool.add(name);
            names.push(table);
            let mut data = Vec::new();
            for (index, head) in heads.iter().enumerate() {
                let kind = match rows.first().and_then(|row| row.get(index)) {
                    Some(Cell::Short(_)) => 0x0502,
                    Some(Cell::Stream) => 0x0900,
                    _ => 0x0dff,
                };
                columns.push((table, index as i16 + 1, pool.add(head), kind));
                for row in rows {
                    match row.get(index) {
                        Some(Cell::Text(text)) => data.extend(pool.add(text).to_le_bytes()),
                        Some(Cell::Short(number)) => data.extend((*number as u16 ^ 0x8000).to_le_bytes()),
                        Some(Cell::Stream) | None => data.extend(1u16.to_le_bytes()),
                    }
                }
            }
            cfb = cfb.stream(&encode_name(name, true), data);
        }
        let mut stored = Vec::new();
        stored.extend(columns.iter().flat_map(|column| column.0.to_le_bytes()));
        stored.extend(columns.iter().flat_map(|column| (column.1 as u16 ^ 0x8000).to_le_bytes()));
        stored.extend(columns.iter().flat_map(|column| column.2.to_le_bytes()));
        stored.extend(columns.iter().flat_map(|column| (column.3 as u16 ^ 0x8000).to_le_bytes()));
        cfb = cfb.stream(&encode_name("_Columns", true), stored);
        cfb = cfb.stream(
            &encode_name("_Tables", true),
            names.iter().flat_map(|name| name.to_le_bytes()).collect::<Vec<u8>>(),
        );
        let mut rows = 65001u32.to_le_bytes().to_vec();
        for text in &pool.texts {
            rows.extend((text.len() as u16).to_le_bytes());
            rows.extend(1u16.to_le_bytes());
        }
        cfb = cfb.stream(&encode_name("_StringPool", true), rows);
        cfb = cfb.stream(&encode_name("_StringData", true), pool.texts.concat().into_bytes());
        for (name, data) in &self.streams {
            cfb = cfb.stream(&encode_name(name, false), data.clone());
        }
        cfb.build()
    }
}

#[derive(Default)]
struct Pool {
    texts: Vec<String>,
}

impl Pool {
    fn add(&mut self, text: &str) -> u16 {
        if text.is_empty() {
            return 0;
        }
        let at = self.texts.iter().position(|known| known == text).unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        at as u16 + 1
    }
}

/// The name of a stream: two letters of the database's alphabet in one character.
pub fn encode_name(name: &str, is_table: bool) -> String {
    let code = |c: char| -> Option<u32> {
        Some(match c {
            '0'..='9' => c as u32 - '0' as u32,
            'A'..='Z' => c as u32 - 'A' as u32 + 10,
            'a'..='z' => c as u32 - 'a' as u32 + 36,
            '.' => 62,
            '_' => 63,
            _ => return None,
        })
    };
    let mut out = String::new();
    if is_table {
        out.push('\u{4840}');
    }
    let letters: Vec<char> = name.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let (first, second) = (code(letters[at]), letters.get(at + 1).and_then(|c| code(*c)));
        match (first, second) {
            (Some(a), Some(b)) => {
                out.extend(char::from_u32(0x3800 + a + (b << 6)));
                at += 2;
            }
            (Some(a), None) => {
                out.extend(char::from_u32(0x4800 + a));
                at += 1;
            }
            (None, _) => {
                out.push(letters[at]);
                at += 1;
            }
        }
    }
    out
}
