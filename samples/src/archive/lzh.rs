//! LZH archives: header levels 0, 1 and 2, content stored (`-lh0-`) or coded (`-lh5-`), names as raw bytes, mostly
//! CP932.

/// How the content is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `-lh0-`: stored.
    Stored,
    /// `-lh5-`: blocks of literals under a code that gives each byte eight bits. Valid, though it saves nothing.
    Lh5,
    /// `-lhd-`: a folder.
    Folder,
}

impl Method {
    fn id(self) -> &'static [u8; 5] {
        match self {
            Method::Stored => b"-lh0-",
            Method::Lh5 => b"-lh5-",
            Method::Folder => b"-lhd-",
        }
    }
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// File name without folder, raw.
    pub name: Vec<u8>,
    /// Folder, raw, with 0xFF after each step as LHA writes it; empty if none.
    pub folder: Vec<u8>,
    /// Another name in the extended header (0x01) of a level 1 entry, raw.
    pub extended_name: Option<Vec<u8>>,
    /// A Unicode name (extended header 0x44), if any.
    pub unicode: Option<&'a str>,
    /// Content.
    pub data: &'a [u8],
    /// How it is kept.
    pub method: Method,
    /// Header level: 0, 1 or 2.
    pub level: u8,
    /// Whether the header's checksum or CRC is wrong.
    pub has_wrong_checksum: bool,
}

impl<'a> Entry<'a> {
    /// A level 2 `-lh5-` entry with a CP932 name.
    pub fn file(name: &str, data: &'a [u8]) -> Self {
        Entry {
            name: cp932(name),
            folder: Vec::new(),
            extended_name: None,
            unicode: None,
            data,
            method: Method::Lh5,
            level: 2,
            has_wrong_checksum: false,
        }
    }

    /// The same at another header level.
    pub fn level(mut self, level: u8) -> Self {
        self.level = level;
        self
    }

    /// The same, stored.
    pub fn stored(mut self) -> Self {
        self.method = Method::Stored;
        self
    }

    /// The same inside a folder, given with `/`.
    pub fn within(mut self, folder: &str) -> Self {
        self.folder = Vec::new();
        for step in folder.split('/') {
            self.folder.extend(cp932(step));
            self.folder.push(0xff);
        }
        self
    }
}

/// Text as CP932 bytes.
pub fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

/// A whole archive.
pub fn lzh(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let packed = match entry.method {
            Method::Stored | Method::Folder => entry.data.to_vec(),
            Method::Lh5 => lh5(entry.data),
        };
        match entry.level {
            0 => level0(&mut out, entry, &packed),
            1 => level1(&mut out, entry, &packed),
            _ => level2(&mut out, entry, &packed),
        }
        out.extend(packed);
    }
    out.push(0);
    out
}

/// 15 March 2016, in seconds since 1970.
const UNIX_TIME: u32 = 1_458_000_000;
/// The same day, noon, as MS-DOS time and date.
const DOS_TIME: u32 = (0x486f << 16) | 0x6000;

/// Level 0: the name, folders and all, inside the base header.
fn level0(out: &mut Vec<u8>, entry: &Entry<'_>, packed: &[u8]) {
    let mut name: Vec<u8> = entry.folder.iter().map(|byte| if *byte == 0xff { b'\\' } else { *byte }).collect();
    name.extend(&entry.name);
    let mut body = Vec::new();
    body.extend(entry.method.id());
    body.extend((packed.len() as u32).to_le_bytes());
    body.extend((entry.data.len() as u32).to_le_bytes());
    body.extend(DOS_TIME.to_le_bytes());
    body.extend([0x20, 0x00, name.len() as u8]);
    body.extend(name);
    body.extend(crc16(entry.data).to_le_bytes());
    out.extend([body.len() as u8, checksum(&body, entry)]);
    out.extend(body);
}

/// Level 1: base header, then extended headers whose size counts as packed data.
fn level1(out: &mut Vec<u8>, entry: &Entry<'_>, packed: &[u8]) {
    let extended = extended(entry, false);
    let mut body = Vec::new();
    body.extend(entry.method.id());
    // The first length word is part of the base header and is not counted.
    body.extend(((packed.len() + extended.len() - 2) as u32).to_le_bytes());
    body.extend((entry.data.len() as u32).to_le_bytes());
    body.extend(DOS_TIME.to_le_bytes());
    body.extend([0x20, 0x01, entry.name.len() as u8]);
    body.extend(&entry.name);
    body.extend(crc16(entry.data).to_le_bytes());
    body.push(b'M');
    body.extend(extended.iter().take(2));
    out.extend([body.len() as u8, checksum(&body, entry)]);
    out.extend(body);
    out.extend(extended.iter().skip(2));
}

/// Level 2: a fixed head, then extended headers, among them the name and a CRC of the whole header.
fn level2(out: &mut Vec<u8>, entry: &Entry<'_>, packed: &[u8]) {
    const FIXED: usize = 24;
    let mut rest = extended(entry, true);
    // A header whose size is a multiple of 256 would start with the byte that ends an archive.
    if (FIXED + rest.len()).is_multiple_of(256) {
        rest.push(0);
    }
    let mut header = Vec::new();
    header.extend(((FIXED + rest.len()) as u16).to_le_bytes());
    header.extend(entry.method.id());
    header.extend((packed.len() as u32).to_le_bytes());
    header.extend((entry.data.len() as u32).to_le_bytes());
    header.extend(UNIX_TIME.to_le_bytes());
    header.extend([0x20, 0x02]);
    header.extend(crc16(entry.data).to_le_bytes());
    header.push(b'M');
    header.extend(rest);
    // The common header is the first extended header: length word, type 0, then its CRC, which counts as zero.
    let crc = crc16(&header) ^ if entry.has_wrong_checksum { 0x5555 } else { 0 };
    header[FIXED + 3..FIXED + 5].copy_from_slice(&crc.to_le_bytes());
    out.extend(header);
}

/// Extended headers, each after the length of itself; a zero length ends them.
fn extended(entry: &Entry<'_>, has_crc: bool) -> Vec<u8> {
    let mut headers: Vec<(u8, Vec<u8>)> = Vec::new();
    if has_crc {
        headers.push((0x00, vec![0, 0]));
        headers.push((0x01, entry.name.clone()));
    }
    if let Some(name) = &entry.extended_name {
        headers.push((0x01, name.clone()));
    }
    if !entry.folder.is_empty() {
        headers.push((0x02, entry.folder.clone()));
    }
    if let Some(name) = entry.unicode {
        headers.push((0x44, name.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    }
    let mut out = Vec::new();
    for (kind, content) in headers {
        out.extend(((content.len() + 3) as u16).to_le_bytes());
        out.push(kind);
        out.extend(content);
    }
    out.extend([0, 0]);
    out
}

fn checksum(body: &[u8], entry: &Entry<'_>) -> u8 {
    let sum = body.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    if entry.has_wrong_checksum { sum ^ 0x55 } else { sum }
}

/// CRC-16/ARC.
fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xa001 } else { crc >> 1 };
        }
    }
    crc
}

/// `-lh5-` blocks: how many codes follow, three code tables, then the codes. Both small tables are given as one
/// symbol of no bits: 10, "a length of eight", for the 256 literals; and offset 0, which is not used.
fn lh5(data: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    for block in data.chunks(0x8000) {
        bits.put(block.len() as u32, 16);
        bits.put(0, 5);
        bits.put(10, 5);
        bits.put(256, 9);
        bits.put(0, 4);
        bits.put(0, 4);
        for byte in block {
            bits.put(u32::from(*byte), 8);
        }
    }
    bits.finish()
}

/// Bits, highest first.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        for bit in (0..width).rev() {
            self.held = (self.held << 1) | ((value >> bit) & 1);
            self.count += 1;
            if self.count == 8 {
                self.out.push(self.held as u8);
                (self.held, self.count) = (0, 0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
        self.out
    }
}
