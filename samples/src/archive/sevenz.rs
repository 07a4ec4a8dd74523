//! 7z archives with stored content, written from 7-Zip's `7zFormat.txt`: names in UTF-16, correct checksums, a plain
//! (not packed) header.

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its name, with `/` between folders.
    pub name: &'a str,
    /// Its content.
    pub data: &'a [u8],
    /// Windows attributes (0x20 archive, 0x02 hidden, 0x10 folder).
    pub attributes: u32,
}

impl<'a> Entry<'a> {
    /// A file.
    pub fn file(name: &'a str, data: &'a [u8]) -> Self {
        Entry { name, data, attributes: 0x20 }
    }

    /// A folder.
    pub fn folder(name: &'a str) -> Self {
        Entry { name, data: b"", attributes: 0x10 }
    }

    /// The same, with the hidden attribute.
    pub fn hidden(mut self) -> Self {
        self.attributes |= 0x02;
        self
    }
}

/// An archive of one stored, solid block.
pub fn sevenz(entries: &[Entry<'_>]) -> Vec<u8> {
    let full: Vec<&Entry<'_>> = entries.iter().filter(|entry| !entry.data.is_empty()).collect();
    let packed: Vec<u8> = full.iter().flat_map(|entry| entry.data.iter().copied()).collect();

    let mut header = vec![0x01]; // kHeader
    if !full.is_empty() {
        header.push(0x04); // kMainStreamsInfo
        header.push(0x06); // kPackInfo
        number(&mut header, 0);
        number(&mut header, 1);
        header.push(0x09); // kSize
        number(&mut header, packed.len() as u64);
        header.push(0x00);
        // kUnPackInfo, kFolder, one folder, not external; one coder whose id is one byte: 00, copy.
        header.extend([0x07, 0x0b, 0x01, 0x00, 0x01, 0x01, 0x00]);
        header.push(0x0c); // kCodersUnPackSize
        number(&mut header, packed.len() as u64);
        header.push(0x00);
        header.push(0x08); // kSubStreamsInfo
        header.push(0x0d); // kNumUnPackStream
        number(&mut header, full.len() as u64);
        if full.len() > 1 {
            header.push(0x09); // kSize: all but the last
            for entry in full.iter().take(full.len() - 1) {
                number(&mut header, entry.data.len() as u64);
            }
        }
        header.extend([0x0a, 0x01]); // kCRC, all defined
        for entry in &full {
            header.extend(crc32fast::hash(entry.data).to_le_bytes());
        }
        header.extend([0x00, 0x00]);
    }

    header.push(0x05); // kFilesInfo
    number(&mut header, entries.len() as u64);
    if full.len() < entries.len() {
        property(&mut header, 0x0e, &bits(entries.iter().map(|entry| entry.data.is_empty()))); // kEmptyStream
        let empty = entries.iter().filter(|entry| entry.data.is_empty());
        property(&mut header, 0x0f, &bits(empty.map(|entry| entry.attributes & 0x10 == 0))); // kEmptyFile
    }
    let mut names = vec![0x00];
    for entry in entries {
        names.extend(entry.name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    }
    property(&mut header, 0x11, &names); // kNames
    let mut attributes = vec![0x01, 0x00];
    attributes.extend(entries.iter().flat_map(|entry| entry.attributes.to_le_bytes()));
    property(&mut header, 0x15, &attributes); // kWinAttributes
    header.extend([0x00, 0x00]);

    finish(&packed, &header)
}

/// An archive of one file in one block with one coder, whose id and packed data are given.
pub fn packed(method: &[u8], properties: &[u8], packed: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0x01, 0x04, 0x06]; // kHeader, kMainStreamsInfo, kPackInfo
    number(&mut header, 0);
    number(&mut header, 1);
    header.push(0x09); // kSize
    number(&mut header, packed.len() as u64);
    // kUnPackInfo, kFolder, one folder, not external; one coder with properties.
    header.extend([0x00, 0x07, 0x0b, 0x01, 0x00, 0x01, 0x20 | method.len() as u8]);
    header.extend_from_slice(method);
    number(&mut header, properties.len() as u64);
    header.extend_from_slice(properties);
    header.push(0x0c); // kCodersUnPackSize
    number(&mut header, content.len() as u64);
    header.extend([0x0a, 0x01]); // kCRC
    header.extend(crc32fast::hash(content).to_le_bytes());
    header.extend([0x00, 0x08, 0x00, 0x00, 0x05, 0x01]); // kSubStreamsInfo, empty; kFilesInfo, one file
    let mut names = vec![0x00];
    names.extend(name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    property(&mut header, 0x11, &names); // kNames
    header.extend([0x00, 0x00]);
    finish(packed, &header)
}

/// The fixed start, packed data, header.
fn finish(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let mut start = Vec::new();
    start.extend((packed.len() as u64).to_le_bytes());
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(crc32fast::hash(header).to_le_bytes());
    let mut out = b"7z\xbc\xaf\x27\x1c\x00\x04".to_vec();
    out.extend(crc32fast::hash(&start).to_le_bytes());
    out.extend(start);
    out.extend_from_slice(packed);
    out.extend_from_slice(header);
    out
}

/// A property of the files: id, size, content.
fn property(out: &mut Vec<u8>, id: u8, content: &[u8]) {
    out.push(id);
    number(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// A bit vector, first item in the highest bit.
fn bits(items: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, item) in items.enumerate() {
        if index % 8 == 0 {
            out.push(0u8);
        }
        if let Some(last) = out.last_mut() {
            *last |= u8::from(item) << (7 - index % 8);
        }
    }
    out
}

/// 7z's variable-length number: leading one bits of the first byte count the bytes that follow.
fn number(out: &mut Vec<u8>, value: u64) {
    let mut extra = 0u32;
    while extra < 8 && value >> (7 * (extra + 1)) != 0 {
        extra += 1;
    }
    if extra == 8 {
        out.push(0xff);
    } else {
        let mark = !(0xffu32 >> extra) as u8;
        out.push(mark | (value >> (8 * extra)) as u8);
    }
    out.extend(value.to_le_bytes().iter().take(extra as usize));
}
