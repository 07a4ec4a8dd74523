//! Databases of Access as far as a reader of tables looks: Jet 4 and ACE, pages of 4096 bytes, without indexes, usage
//! maps and queries. Access would not open them. Facts are those of the mdbtools project.

const PAGE: usize = 4096;
/// The key of the first page's encoded part.
const HEADER_KEY: [u8; 4] = [0xC7, 0xDA, 0x39, 0x6B];

/// A value of a row.
#[derive(Debug, Clone)]
pub enum Value {
    /// No value.
    Null,
    /// An integer of 16 bits.
    Short(i16),
    /// An integer of 32 bits.
    Long(i32),
    /// A text of up to 255 characters.
    Text(String),
    /// A memo.
    Memo(String),
    /// An object field.
    Ole(Vec<u8>),
}

/// Types of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 16 bits.
    Short = 3,
    /// 32 bits.
    Long = 4,
    /// Text.
    Text = 10,
    /// Object.
    Ole = 11,
    /// Memo.
    Memo = 12,
}

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
    rows: Vec<Vec<Value>>,
}

/// A database in the making.
#[derive(Default)]
pub struct Database {
    tables: Vec<Table>,
    objects: Vec<(String, i16, String)>,
    is_ace: bool,
    key: u32,
}

impl Database {
    /// An empty one.
    pub fn new() -> Self {
        Database::default()
    }

    /// Writes the marks of ACE.
    pub fn ace(mut self) -> Self {
        self.is_ace = true;
        self
    }

    /// Encodes every page with a key that the header holds.
    pub fn encoded(mut self, key: u32) -> Self {
        self.key = key;
        self
    }

    /// Adds a table.
    pub fn table(mut self, name: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Value>>) -> Self {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        self.tables.push(Table { name: name.to_owned(), columns, rows });
        self
    }

    /// Adds an object that is no table: -32766 is a macro, -32761 a module, 5 a query.
    pub fn object(mut self, name: &str, kind: i16) -> Self {
        self.objects.push((name.to_owned(), kind, String::new()));
        self
    }

    /// Adds a table that lies elsewhere.
    pub fn linked(mut self, name: &str, connect: &str) -> Self {
        self.objects.push((name.to_owned(), 6, connect.to_owned()));
        self
    }

    /// Adds streams as Access 2002 and later keep a project: rows that imitate a compound file.
    pub fn storage(self, streams: &[(String, Vec<u8>)]) -> Self {
        let mut rows = vec![row(0, 0, "MSysAccessStorage_ROOT", 1, None)];
        let mut known: Vec<(String, i32)> = Vec::new();
        for (path, data) in streams {
            let mut parent = 0;
            let mut at = String::new();
            let names: Vec<&str> = path.split('/').collect();
            for (index, name) in names.iter().enumerate() {
                at = format!("{at}/{name}");
                if index + 1 == names.len() {
                    rows.push(row(rows.len() as i32, parent, name, 2, Some(data.clone())));
                } else if let Some((_, id)) = known.iter().find(|(path, _)| *path == at) {
                    parent = *id;
                } else {
                    let id = rows.len() as i32;
                    rows.push(row(id, parent, name, 1, None));
                    known.push((at.clone(), id));
                    parent = id;
                }
            }
        }
        let columns = [
            ("Id", Kind::Long),
            ("ParentId", Kind::Long),
            ("Name", Kind::Text),
            ("Type", Kind::Long),
            ("Lv", Kind::Ole),
        ];
        self.table("MSysAccessStorage", &columns, rows)
    }

    /// Adds a compound file as Access 2000 keeps a project: cut into rows.
    pub fn pieces(self, file: &[u8]) -> Self {
        let rows = file.chunks(3_000).enumerate();
        let rows = rows.map(|(id, piece)| vec![Value::Ole(piece.to_vec()), Value::Long(id as i32)]).collect();
        self.table("MSysAccessObjects", &[("Data", Kind::Ole), ("ID", Kind::Long)], rows)
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut pages: Vec<Vec<u8>> = vec![self.header(), vec![0; PAGE], vec![0; PAGE]];
        let mut catalog = Vec::new();
        for table in &self.tables {
            let page = write(table, &mut pages, None);
            catalog.push(object(page as i32, &table.name, 1, ""));
        }
        for (index, (name, kind, connect)) in self.objects.iter().enumerate() {
            catalog.push(object(0x0100_0000 + index as i32, name, *kind, connect));
        }
        let columns = [
            ("Id", Kind::Long),
            ("ParentId", Kind::Long),
            ("Name", Kind::Text),
            ("Type", Kind::Short),
            ("Database", Kind::Memo),
            ("Connect", Kind::Memo),
        ];
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        write(&Table { name: String::new(), columns, rows: catalog }, &mut pages, Some(2));
        let mut bytes = Vec::new();
        for (number, mut page) in pages.into_iter().enumerate() {
            if number > 0 && self.key != 0 {
                rc4(&(self.key ^ number as u32).to_le_bytes(), &mut page);
            }
            bytes.extend(page);
        }
        bytes
    }

    fn header(&self) -> Vec<u8> {
        let mut page = vec![0, 1, 0, 0];
        page.extend(if self.is_ace { b"Standard ACE DB\0" } else { b"Standard Jet DB\0" });
        page.push(if self.is_ace { 2 } else { 1 });
        page.resize(PAGE, 0);
        page[0x3E..0x42].copy_from_slice(&self.key.to_le_bytes());
        rc4(&HEADER_KEY, &mut page[0x18..0x98]);
        page
    }
}

fn row(id: i32, parent: i32, name: &str, kind: i32, data: Option<Vec<u8>>) -> Vec<Value> {
    vec![
        Value::Long(id),
        Value::Long(parent),
        Value::Text(name.to_owned()),
        Value::Long(kind),
        data.map_or(Value::Null, Value::Ole),
    ]
}

fn object(id: i32, name: &str, kind: i16, connect: &str) -> Vec<Value> {
    vec![
        Value::Long(id),
        Value::Long(0),
        Value::Text(name.to_owned()),
        Value::Short(kind),
        Value::Null,
        if connect.is_empty() { Value::Null } else { Value::Memo(connect.to_owned()) },
    ]
}

/// Writes definition and rows; gives the definition's page.
fn write(table: &Table, pages: &mut Vec<Vec<u8>>, at: Option<usize>) -> usize {
    let number = at.unwrap_or_else(|| {
        pages.push(vec![0; PAGE]);
        pages.len() - 1
    });
    pages[number] = definition(table);
    let mut rows: Vec<Vec<u8>> = Vec::new();
    for row in &table.rows {
        rows.push(write_row(table, row, pages));
    }
    let mut here: Vec<Vec<u8>> = Vec::new();
    for row in rows {
        let size: usize = here.iter().map(|row| row.len() + 2).sum();
        if size + row.len() + 2 > PAGE - 14 {
            pages.push(data_page(number as u32, &here));
            here.clear();
        }
        here.push(row);
    }
    pages.push(data_page(number as u32, &here));
    number
}

fn is_fixed(kind: Kind) -> bool {
    matches!(kind, Kind::Short | Kind::Long)
}

fn definition(table: &Table) -> Vec<u8> {
    let mut page = vec![2, 1, 0, 0];
    page.resize(0x3F, 0);
    let variable = table.columns.iter().filter(|(_, kind)| !is_fixed(*kind)).count() as u16;
    let count = table.columns.len() as u16;
    page[0x28] = 0x4E;
    page[0x29..0x2B].copy_from_slice(&count.to_le_bytes());
    page[0x2B..0x2D].copy_from_slice(&variable.to_le_bytes());
    page[0x2D..0x2F].copy_from_slice(&count.to_le_bytes());
    let (mut fixed_at, mut variable_at) = (0u16, 0u16);
    for (index, (_, kind)) in table.columns.iter().enumerate() {
        let mut column = vec![0; 25];
        column[0] = *kind as u8;
        column[5..7].copy_from_slice(&(index as u16).to_le_bytes());
        column[7..9].copy_from_slice(&variable_at.to_le_bytes());
        column[9..11].copy_from_slice(&(index as u16).to_le_bytes());
        column[15] = u8::from(is_fixed(*kind)) | 2;
        column[21..23].copy_from_slice(&fixed_at.to_le_bytes());
        let size = match kind {
            Kind::Short => 2u16,
            Kind::Long => 4,
            Kind::Text => 510,
            Kind::Ole | Kind::Memo => 0,
        };
        column[23..25].copy_from_slice(&size.to_le_bytes());
        if is_fixed(*kind) {
            fixed_at += size;
        } else {
            variable_at += 1;
        }
        page.extend(column);
    }
    for (name, _) in &table.columns {
        page.extend((name.encode_utf16().count() as u16 * 2).to_le_bytes());
        page.extend(wide(name));
    }
    page.resize(PAGE, 0);
    page
}

fn write_row(table: &Table, row: &[Value], pages: &mut Vec<Vec<u8>>) -> Vec<u8> {
    let mut bytes = (table.columns.len() as u16).to_le_bytes().to_vec();
    let mut mask = vec![0u8; table.columns.len().div_ceil(8)];
    for (index, value) in row.iter().enumerate() {
        if !matches!(value, Value::Null) {
            mask[index / 8] |= 1 << (index % 8);
        }
        match value {
            Value::Short(number) => bytes.extend(number.to_le_bytes()),
            Value::Long(number) => bytes.extend(number.to_le_bytes()),
            _ => {}
        }
    }
    let mut offsets = Vec::new();
    for ((_, kind), value) in table.columns.iter().zip(row) {
        if is_fixed(*kind) {
            continue;
        }
        offsets.push(bytes.len() as u16);
        match value {
            Value::Text(text) => bytes.extend(wide(text)),
            Value::Memo(text) => bytes.extend(long_value(&wide(text), pages)),
            Value::Ole(data) => bytes.extend(long_value(data, pages)),
            Value::Null | Value::Short(_) | Value::Long(_) => {}
        }
    }
    let end = bytes.len() as u16;
    let count = offsets.len() as u16;
    bytes.extend(end.to_le_bytes());
    bytes.extend(offsets.iter().rev().flat_map(|offset| offset.to_le_bytes()));
    bytes.extend(count.to_le_bytes());
    bytes.extend(mask);
    bytes
}

/// A short value in the row, a longer one on a page, a long one over a chain of pages.
fn long_value(data: &[u8], pages: &mut Vec<Vec<u8>>) -> Vec<u8> {
    const INLINE: usize = 64;
    const ONE_PAGE: usize = 2_000;
    const PART: usize = 4_000;
    let (flags, pointer, inline): (u32, u32, &[u8]) = if data.len() <= INLINE {
        (0x8000_0000, 0, data)
    } else if data.len() <= ONE_PAGE {
        pages.push(value_page(data));
        (0x4000_0000, ((pages.len() - 1) as u32) << 8, &[])
    } else {
        let mut next = 0u32;
        for part in data.chunks(PART).rev() {
            let body = [next.to_le_bytes().as_slice(), part].concat();
            pages.push(value_page(&body));
            next = ((pages.len() - 1) as u32) << 8;
        }
        (0, next, &[])
    };
    let mut value = (data.len() as u32 | flags).to_le_bytes().to_vec();
    value.extend(pointer.to_le_bytes());
    value.extend([0; 4]);
    value.extend(inline);
    value
}

fn value_page(row: &[u8]) -> Vec<u8> {
    let mut page = data_page(0, &[row.to_vec()]);
    page[4..8].copy_from_slice(b"LVAL");
    page
}

fn data_page(table: u32, rows: &[Vec<u8>]) -> Vec<u8> {
    let mut page = vec![0u8; PAGE];
    page[0..2].copy_from_slice(&[1, 1]);
    page[4..8].copy_from_slice(&table.to_le_bytes());
    page[12..14].copy_from_slice(&(rows.len() as u16).to_le_bytes());
    let mut end = PAGE;
    for (index, row) in rows.iter().enumerate() {
        let start = end - row.len();
        page[start..end].copy_from_slice(row);
        page[14 + index * 2..16 + index * 2].copy_from_slice(&(start as u16).to_le_bytes());
        end = start;
    }
    page
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn rc4(key: &[u8], data: &mut [u8]) {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0usize;
    for i in 0..256 {
        j = (j + usize::from(state[i]) + usize::from(key[i % key.len()])) % 256;
        state.swap(i, j);
    }
    let (mut i, mut j) = (0usize, 0usize);
    for byte in data {
        i = (i + 1) % 256;
        j = (j + usize::from(state[i])) % 256;
        state.swap(i, j);
        *byte ^= state[(usize::from(state[i]) + usize::from(state[j])) % 256];
    }
}
