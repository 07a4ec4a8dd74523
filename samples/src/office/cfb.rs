//! Compound files (MS-CFB, version 3): a header, a FAT, a mini FAT and a directory around named streams.

/// Bytes of a sector.
const SECTOR: usize = 512;
/// Bytes of a mini sector.
const MINI: usize = 64;
/// Streams below this size live in the mini stream.
const CUTOFF: usize = 4096;
const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const FAT: u32 = 0xFFFF_FFFD;
const DIFAT: u32 = 0xFFFF_FFFC;
const NONE: u32 = 0xFFFF_FFFF;

/// A compound file in the making.
///
/// ```
/// use sekisho_samples::office::cfb::Cfb;
/// let bytes = Cfb::new()
///     .stream("WordDocument", vec![0; 5000])
///     .stream("Macros/VBA/dir", vec![1, 0, 0])
///     .class("ObjectPool/_1", "0003000C-0000-0000-C000-000000000046")
///     .build();
/// assert!(bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]));
/// ```
#[derive(Debug, Clone)]
pub struct Cfb {
    root: Node,
    interleave: bool,
}

#[derive(Debug, Clone, Default)]
struct Node {
    name: String,
    class: [u8; 16],
    /// None for a storage.
    data: Option<Vec<u8>>,
    children: Vec<Node>,
}

impl Default for Cfb {
    fn default() -> Self {
        Cfb::new()
    }
}

impl Cfb {
    /// An empty file.
    pub fn new() -> Self {
        Cfb { root: Node { name: "Root Entry".to_owned(), ..Node::default() }, interleave: false }
    }

    /// Adds a stream; storages on its path are made. `/` separates names.
    pub fn stream(mut self, path: &str, data: impl Into<Vec<u8>>) -> Self {
        self.root.at(path).data = Some(data.into());
        self
    }

    /// Adds an empty storage.
    pub fn storage(mut self, path: &str) -> Self {
        self.root.at(path);
        self
    }

    /// Sets a storage's class, written as `0003000C-0000-0000-C000-000000000046`; an empty path is the root.
    pub fn class(mut self, path: &str, clsid: &str) -> Self {
        self.root.at(path).class = clsid_bytes(clsid);
        self
    }

    /// Lays the sectors of large streams out alternately, as files look that were saved many times.
    pub fn fragmented(mut self) -> Self {
        self.interleave = true;
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let mut directory = Vec::new();
        flatten(&self.root, &mut directory);
        let mut sectors: Vec<[u8; SECTOR]> = Vec::new();
        let mut fat: Vec<u32> = Vec::new();
        let mut mini: Vec<u8> = Vec::new();
        let mut mini_fat: Vec<u32> = Vec::new();

        for row in &mut directory {
            if let Some(data) = row.data.filter(|data| !data.is_empty() && data.len() < CUTOFF) {
                row.start = mini_fat.len() as u32;
                let count = data.len().div_ceil(MINI);
                for step in 1..=count {
                    let next = if step == count { END } else { mini_fat.len() as u32 + 1 };
                    mini_fat.push(next);
                }
                mini.extend_from_slice(data);
                mini.resize(mini_fat.len() * MINI, 0);
            }
        }
        let large: Vec<usize> =
            (0..directory.len()).filter(|at| directory[*at].data.is_some_and(|data| data.len() >= CUTOFF)).collect();
        if self.interleave {
            place_interleaved(&mut directory, &large, &mut sectors, &mut fat);
        } else {
            for at in large {
                directory[at].start = place(directory[at].data.unwrap_or_default(), &mut sectors, &mut fat);
            }
        }
        directory[0].start = place(&mini, &mut sectors, &mut fat);
        directory[0].size = mini.len();
        let mini_fat_start = place(&le32(&mini_fat, FREE), &mut sectors, &mut fat);
        let mini_fat_sectors = (mini_fat.len() * 4).div_ceil(SECTOR);
        let directory_start = place(&directory_bytes(&directory), &mut sectors, &mut fat);

        // FAT sectors describe themselves, and so do DIFAT sectors beyond the 109 that fit the header.
        let mut fat_count = 1usize;
        let difat_count = loop {
            let difat_count = fat_count.saturating_sub(109).div_ceil(SECTOR / 4 - 1);
            if (fat.len() + fat_count + difat_count) * 4 <= fat_count * SECTOR {
                break difat_count;
            }
            fat_count += 1;
        };
        let first_fat = fat.len() as u32;
        let first_difat = first_fat + fat_count as u32;
        fat.extend(std::iter::repeat_n(FAT, fat_count));
        fat.extend(std::iter::repeat_n(DIFAT, difat_count));
        let fat_ids: Vec<u32> = (first_fat..first_difat).collect();
        push_sectors(&le32(&fat, FREE), FREE, &mut sectors);
        for (index, ids) in fat_ids.get(109..).unwrap_or_default().chunks(SECTOR / 4 - 1).enumerate() {
            let mut row = le32(ids, FREE);
            row.truncate(ids.len() * 4);
            while row.len() < SECTOR - 4 {
                row.extend(FREE.to_le_bytes());
            }
            let next = if index + 1 == difat_count { END } else { first_difat + index as u32 + 1 };
            row.extend(next.to_le_bytes());
            push_sectors(&row, FREE, &mut sectors);
        }

        let mut out = Vec::new();
        out.extend([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        out.extend([0; 16]);
        for field in [0x003Eu16, 3, 0xFFFE, 9, 6] {
            out.extend(field.to_le_bytes());
        }
        out.extend([0; 6]);
        for field in [
            0,
            fat_count as u32,
            directory_start,
            0,
            CUTOFF as u32,
            if mini_fat.is_empty() { END } else { mini_fat_start },
            mini_fat_sectors as u32,
            if difat_count == 0 { END } else { first_difat },
            difat_count as u32,
        ] {
            out.extend(field.to_le_bytes());
        }
        for index in 0..109 {
            out.extend(fat_ids.get(index).copied().unwrap_or(FREE).to_le_bytes());
        }
        for sector in sectors {
            out.extend(sector);
        }
        out
    }
}

impl Node {
    fn at(&mut self, path: &str) -> &mut Node {
        let mut node = self;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let index = match node.children.iter().position(|child| child.name == name) {
                Some(index) => index,
                None => {
                    node.children.push(Node { name: name.to_owned(), ..Node::default() });
                    node.children.len() - 1
                }
            };
            node = &mut node.children[index];
        }
        node
    }
}

/// A directory entry about to be written.
struct Row<'a> {
    name: &'a str,
    class: [u8; 16],
    kind: u8,
    red: bool,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: usize,
    data: Option<&'a [u8]>,
}

fn row(node: &Node, is_root: bool) -> Row<'_> {
    let kind = if is_root {
        5
    } else if node.data.is_some() {
        2
    } else {
        1
    };
    Row {
        name: &node.name,
        class: node.class,
        kind,
        red: false,
        left: NONE,
        right: NONE,
        child: NONE,
        start: if kind == 1 { 0 } else { END },
        size: node.data.as_ref().map_or(0, Vec::len),
        data: node.data.as_deref(),
    }
}

/// Entries in pre-order of storages; siblings form a balanced search tree (2.6.4), whose deepest level is red.
fn flatten<'a>(root: &'a Node, out: &mut Vec<Row<'a>>) {
    out.push(row(root, true));
    let mut open = vec![(0usize, root)];
    while let Some((at, node)) = open.pop() {
        let mut children: Vec<&Node> = node.children.iter().collect();
        children.sort_by_key(|child| (child.name.encode_utf16().count(), child.name.to_uppercase()));
        let first = out.len();
        for child in &children {
            open.push((out.len(), child));
            out.push(row(child, false));
        }
        let full_levels = (children.len() + 1).ilog2();
        out[at].child = balance(first, children.len(), 0, full_levels, out);
    }
}

fn balance(first: usize, count: usize, level: u32, full_levels: u32, out: &mut Vec<Row<'_>>) -> u32 {
    if count == 0 {
        return NONE;
    }
    let middle = count / 2;
    let at = first + middle;
    out[at].red = level >= full_levels;
    out[at].left = balance(first, middle, level + 1, full_levels, out);
    out[at].right = balance(at + 1, count - middle - 1, level + 1, full_levels, out);
    at as u32
}

fn directory_bytes(rows: &[Row<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows {
        let mut units: Vec<u16> = row.name.encode_utf16().take(31).collect();
        units.push(0);
        let length = units.len() as u16 * 2;
        units.resize(32, 0);
        for unit in units {
            out.extend(unit.to_le_bytes());
        }
        out.extend(length.to_le_bytes());
        out.extend([row.kind, u8::from(!row.red)]);
        for link in [row.left, row.right, row.child] {
            out.extend(link.to_le_bytes());
        }
        out.extend(row.class);
        out.extend([0; 4 + 8 + 8]);
        out.extend(row.start.to_le_bytes());
        out.extend((row.size as u64).to_le_bytes());
    }
    while !out.len().is_multiple_of(SECTOR) {
        // An unused entry: no name, no siblings.
        out.extend([0; 68]);
        out.extend([0xFF; 12]);
        out.extend([0; 48]);
    }
    out
}

fn push_sectors(data: &[u8], fill: u32, sectors: &mut Vec<[u8; SECTOR]>) {
    for chunk in data.chunks(SECTOR) {
        let mut sector = [fill as u8; SECTOR];
        sector[..chunk.len()].copy_from_slice(chunk);
        sectors.push(sector);
    }
}

/// Writes data as a chain of adjacent sectors and gives its first.
fn place(data: &[u8], sectors: &mut Vec<[u8; SECTOR]>, fat: &mut Vec<u32>) -> u32 {
    if data.is_empty() {
        return END;
    }
    let start = fat.len() as u32;
    push_sectors(data, 0, sectors);
    while fat.len() < sectors.len() {
        fat.push(fat.len() as u32 + 1);
    }
    if let Some(last) = fat.last_mut() {
        *last = END;
    }
    start
}

fn place_interleaved(rows: &mut [Row<'_>], large: &[usize], sectors: &mut Vec<[u8; SECTOR]>, fat: &mut Vec<u32>) {
    let mut last: Vec<Option<usize>> = vec![None; large.len()];
    for step in 0.. {
        let mut wrote = false;
        for (slot, at) in large.iter().enumerate() {
            let data = rows[*at].data.unwrap_or_default();
            let Some(chunk) = data.chunks(SECTOR).nth(step) else { continue };
            let id = fat.len();
            push_sectors(chunk, 0, sectors);
            fat.push(END);
            match last[slot] {
                None => rows[*at].start = id as u32,
                Some(before) => fat[before] = id as u32,
            }
            last[slot] = Some(id);
            wrote = true;
        }
        if !wrote {
            return;
        }
    }
}

fn le32(values: &[u32], fill: u32) -> Vec<u8> {
    let mut out: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    while !out.len().is_multiple_of(SECTOR) {
        out.extend(fill.to_le_bytes());
    }
    out
}

/// The stored form of a class id: its first three fields are little-endian.
pub fn clsid_bytes(text: &str) -> [u8; 16] {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let mut bytes = [0u8; 16];
    for (slot, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *slot = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
    }
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    bytes
}

/// The content of an `Ole10Native` stream that packs a file (MS-OLEDS 2.3.6): names in CP932, then again in UTF-16.
pub fn packaged(label: &str, path: &str, data: &[u8]) -> Vec<u8> {
    let ansi = |text: &str| {
        let mut bytes = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
        bytes.push(0);
        bytes
    };
    let wide = |text: &str| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bytes = (units.len() as u32).to_le_bytes().to_vec();
        bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes
    };
    let temporary = ansi(path);
    let mut body = 2u16.to_le_bytes().to_vec();
    body.extend(ansi(label));
    body.extend(ansi(path));
    body.extend(0x0003_0000u32.to_le_bytes());
    body.extend((temporary.len() as u32).to_le_bytes());
    body.extend(temporary);
    body.extend((data.len() as u32).to_le_bytes());
    body.extend(data);
    for text in [path, label, path] {
        body.extend(wide(text));
    }
    [(body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}

/// The content of an `Ole10Native` stream that names a file and packs none: what Packager writes for a link.
pub fn linked_package(label: &str, path: &str) -> Vec<u8> {
    let mut body = 2u16.to_le_bytes().to_vec();
    for text in [label, path] {
        body.extend(text.bytes());
        body.push(0);
    }
    body.extend(0x0001_0000u32.to_le_bytes());
    body.extend((path.len() as u32 + 1).to_le_bytes());
    body.extend(path.bytes());
    body.push(0);
    [(body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}
