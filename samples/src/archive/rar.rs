//! RAR archives with everything stored: RAR 5 (files, folders, links, NTFS streams, a comment, encrypted files and
//! headers, volumes) and RAR 4 (files with raw and folded names, NTFS streams, a comment).

use super::aes;

/// A number of RAR 5: seven bits a byte, the lowest first.
fn vint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

/// A RAR 5 archive under construction.
#[derive(Debug, Clone)]
pub struct Rar5 {
    blocks: Vec<Block>,
    flags: u64,
    volume: u64,
    has_next: bool,
    file_password: Option<String>,
    header_password: Option<String>,
}

/// A header without checksum and size, and the data after it.
#[derive(Debug, Clone)]
struct Block {
    header: Vec<u8>,
    data: Vec<u8>,
}

/// Salt of all derivations: samples are the same every time.
const SALT: [u8; 16] = *b"sekisho rar salt";
/// Initialisation vector of all encrypted parts.
const IV: [u8; 16] = *b"sekisho rar  iv ";
/// Exponent of the rounds of key derivation; WinRAR uses 15.
const ROUNDS: u8 = 8;

impl Default for Rar5 {
    fn default() -> Self {
        Rar5::new()
    }
}

impl Rar5 {
    /// An empty archive.
    pub fn new() -> Self {
        Rar5 { blocks: Vec::new(), flags: 0, volume: 0, has_next: false, file_password: None, header_password: None }
    }

    /// Encrypts the content of files added from here on.
    pub fn locked(mut self, password: &str) -> Self {
        self.file_password = Some(password.to_owned());
        self
    }

    /// Encrypts all headers.
    pub fn locked_headers(mut self, password: &str) -> Self {
        self.header_password = Some(password.to_owned());
        self
    }

    /// A file.
    pub fn file(self, name: &str, data: &[u8]) -> Self {
        self.entry(2, name, data, 0, 0x20, &[], 0)
    }

    /// A file marked hidden.
    pub fn hidden(self, name: &str, data: &[u8]) -> Self {
        self.entry(2, name, data, 0, 0x22, &[], 0)
    }

    /// A folder.
    pub fn folder(self, name: &str) -> Self {
        self.entry(2, name, &[], 1, 0x10, &[], 0)
    }

    /// A link: kind 1 symbolic, 2 of Windows, 3 junction, 4 hard link, 5 copy.
    pub fn link(self, name: &str, kind: u64, target: &str) -> Self {
        let record = [vint(5), vint(kind), vint(0), vint(target.len() as u64), target.as_bytes().to_vec()].concat();
        self.entry(2, name, &[], 0, 0x20, &record, 0)
    }

    /// An older version of a file.
    pub fn version(self, name: &str, version: u64, data: &[u8]) -> Self {
        let record = [vint(4), vint(0), vint(version)].concat();
        self.entry(2, name, data, 0, 0x20, &record, 0)
    }

    /// An NTFS stream of the file before it; the name as stored, with its colon.
    pub fn stream(self, name: &str, data: &[u8]) -> Self {
        let record = [vint(7), name.as_bytes().to_vec()].concat();
        self.entry(3, "STM", data, 0, 0, &record, 0x20)
    }

    /// The archive's comment.
    pub fn comment(self, text: &str) -> Self {
        self.entry(3, "CMT", text.as_bytes(), 0, 0, &[], 0)
    }

    /// A part of a stored file in a volume.
    fn part(self, name: &str, part: &[u8], whole: &[u8], is_first: bool, is_last: bool) -> Self {
        let flags = if is_first { 0 } else { 8 } | if is_last { 0 } else { 0x10 };
        let crc = crc32fast::hash(if is_last { whole } else { part });
        self.stored(2, name, part, whole.len() as u64, crc, 0, 0x20, &[], flags)
    }

    #[allow(clippy::too_many_arguments)]
    fn entry(self, kind: u64, name: &str, data: &[u8], flags: u64, attributes: u64, record: &[u8], block: u64) -> Self {
        let crc = crc32fast::hash(data);
        self.stored(kind, name, data, data.len() as u64, crc, flags, attributes, record, block)
    }

    #[allow(clippy::too_many_arguments)]
    fn stored(
        mut self,
        kind: u64,
        name: &str,
        data: &[u8],
        size: u64,
        crc: u32,
        flags: u64,
        attributes: u64,
        record: &[u8],
        block: u64,
    ) -> Self {
        let mut extra = Vec::new();
        let mut data = data.to_vec();
        if let (Some(password), false) = (&self.file_password, data.is_empty()) {
            let keys = aes::rar5_keys(password, &SALT, ROUNDS);
            let lock =
                [vint(1), vint(0), vint(1), vec![ROUNDS], SALT.to_vec(), IV.to_vec(), keys.check.to_vec()].concat();
            extra.extend(vint(lock.len() as u64));
            extra.extend(lock);
            data.resize(data.len().next_multiple_of(16), 0);
            aes::encrypt_cbc(&keys.key, IV, &mut data);
        }
        if !record.is_empty() {
            extra.extend(vint(record.len() as u64));
            extra.extend_from_slice(record);
        }
        let block = block | 2 | u64::from(!extra.is_empty());
        let mut header = [vint(kind), vint(block)].concat();
        if !extra.is_empty() {
            header.extend(vint(extra.len() as u64));
        }
        header.extend(vint(data.len() as u64));
        for field in [flags | 4, size, attributes] {
            header.extend(vint(field));
        }
        header.extend(crc.to_le_bytes());
        // Stored, for a dictionary of 128 KiB, on Windows.
        for field in [0, 0, name.len() as u64] {
            header.extend(vint(field));
        }
        header.extend_from_slice(name.as_bytes());
        header.extend(extra);
        self.blocks.push(Block { header, data });
        self
    }

    /// The archive.
    pub fn build(self) -> Vec<u8> {
        let mut out = b"Rar!\x1a\x07\x01\x00".to_vec();
        let mut key = None;
        if let Some(password) = &self.header_password {
            let keys = aes::rar5_keys(password, &SALT, ROUNDS);
            let header =
                [vint(4), vint(0), vint(0), vint(1), vec![ROUNDS], SALT.to_vec(), keys.check.to_vec()].concat();
            out.extend(sealed(&header));
            key = Some(keys.key);
        }
        let mut put = |header: &[u8], data: &[u8]| {
            let mut sealed = sealed(header);
            if let Some(key) = &key {
                out.extend_from_slice(&IV);
                sealed.resize(sealed.len().next_multiple_of(16), 0);
                aes::encrypt_cbc(key, IV, &mut sealed);
            }
            out.extend(sealed);
            out.extend_from_slice(data);
        };
        let mut main = [vint(1), vint(0), vint(self.flags | if self.volume > 0 { 2 } else { 0 })].concat();
        if self.volume > 0 {
            main.extend(vint(self.volume));
        }
        put(&main, &[]);
        for block in &self.blocks {
            put(&block.header, &block.data);
        }
        put(&[vint(5), vint(0), vint(u64::from(self.has_next))].concat(), &[]);
        out
    }
}

/// Checksum and size before a header.
fn sealed(header: &[u8]) -> Vec<u8> {
    let body = [vint(header.len() as u64), header.to_vec()].concat();
    [crc32fast::hash(&body).to_le_bytes().to_vec(), body].concat()
}

/// One stored file over several volumes of RAR 5.
pub fn volumes(name: &str, data: &[u8], count: usize) -> Vec<Vec<u8>> {
    let step = data.len().div_ceil(count.max(1)).max(1);
    let parts: Vec<&[u8]> = data.chunks(step).collect();
    let last = parts.len().saturating_sub(1);
    let volume = |(index, part): (usize, &&[u8])| {
        let mut archive = Rar5::new().part(name, part, data, index == 0, index == last);
        (archive.flags, archive.volume, archive.has_next) = (1, index as u64, index != last);
        archive.build()
    };
    parts.iter().enumerate().map(volume).collect()
}

/// A RAR 4 archive under construction.
#[derive(Debug, Clone, Default)]
pub struct Rar4 {
    out: Vec<u8>,
}

impl Rar4 {
    /// An empty archive.
    pub fn new() -> Self {
        let mut out = b"Rar!\x1a\x07\x00".to_vec();
        out.extend(block4(0x73, 0, &[0; 6]));
        Rar4 { out }
    }

    /// A file; the name is raw: a code page's bytes, or those and a folded name after a NUL with `is_unicode`.
    pub fn file(self, name: &[u8], is_unicode: bool, data: &[u8]) -> Self {
        self.entry(0x74, name, if is_unicode { 0x200 } else { 0 }, data, 0x20, &[])
    }

    /// A symbolic link of Unix.
    pub fn symlink(self, name: &str, target: &str) -> Self {
        let mut made = self.entry(0x74, name.as_bytes(), 0, target.as_bytes(), 0o120_777, &[]);
        made.out_host(name.len(), target.len());
        made
    }

    /// An NTFS stream of the file before it.
    pub fn stream(self, name: &str, data: &[u8]) -> Self {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.entry(0x7a, b"STM", 0, data, 0, &wide)
    }

    /// The archive's comment.
    pub fn comment(self, text: &str) -> Self {
        self.entry(0x7a, b"CMT", 0, text.as_bytes(), 0, &[])
    }

    fn entry(mut self, kind: u8, name: &[u8], flags: u16, data: &[u8], attributes: u32, after: &[u8]) -> Self {
        let mut fields = Vec::new();
        fields.extend((data.len() as u32).to_le_bytes());
        fields.extend((data.len() as u32).to_le_bytes());
        // Windows; the checksum; a time; version 2.9; stored.
        fields.push(2);
        fields.extend(crc32fast::hash(data).to_le_bytes());
        fields.extend(0x4872_0000u32.to_le_bytes());
        fields.extend([29, 0x30]);
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend(attributes.to_le_bytes());
        fields.extend_from_slice(name);
        fields.extend_from_slice(after);
        self.out.extend(block4(kind, flags | 0x8000, &fields));
        self.out.extend_from_slice(data);
        self
    }

    /// Makes the entry just written one of Unix.
    fn out_host(&mut self, name: usize, data: usize) {
        let start = self.out.len() - data - name - 32;
        let end = self.out.len() - data;
        self.out[start + 15] = 3;
        let crc = crc32fast::hash(&self.out[start + 2..end]) as u16;
        self.out[start..start + 2].copy_from_slice(&crc.to_le_bytes());
    }

    /// The archive.
    pub fn build(mut self) -> Vec<u8> {
        self.out.extend(block4(0x7b, 0x4000, &[]));
        self.out
    }
}

/// A header of RAR 4.
fn block4(kind: u8, flags: u16, fields: &[u8]) -> Vec<u8> {
    let mut body = vec![kind];
    body.extend(flags.to_le_bytes());
    body.extend((fields.len() as u16 + 7).to_le_bytes());
    body.extend_from_slice(fields);
    let crc = crc32fast::hash(&body) as u16;
    [crc.to_le_bytes().to_vec(), body].concat()
}
