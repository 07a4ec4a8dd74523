//! ACE archives of stored files: headers only, since nothing else was ever published.

/// A file of the archive.
#[derive(Debug, Clone)]
pub struct Entry {
    name: Vec<u8>,
    data: Vec<u8>,
    /// Compression, 0 for stored.
    pub method: u8,
    /// Flags besides the one that says data follows.
    pub flags: u16,
}

impl Entry {
    /// A stored file.
    pub fn stored(name: &str, data: &[u8]) -> Self {
        Entry { name: name.as_bytes().to_vec(), data: data.to_vec(), method: 0, flags: 0 }
    }
}

/// An archive of these files.
pub fn ace(entries: &[Entry]) -> Vec<u8> {
    let mut main = vec![0, 0x00, 0x01];
    main.extend(b"**ACE**");
    main.extend([20, 20, 2, 0]);
    main.extend([0x00, 0x60, 0x6f, 0x48]); // 2016-03-15, noon
    main.extend([0; 8]);
    let mut out = block(&main);
    for entry in entries {
        let mut body = vec![1];
        body.extend((1 | entry.flags).to_le_bytes());
        body.extend((entry.data.len() as u32).to_le_bytes());
        body.extend((entry.data.len() as u32).to_le_bytes());
        body.extend([0x00, 0x60, 0x6f, 0x48]);
        body.extend(0x20u32.to_le_bytes());
        body.extend((!crc32fast::hash(&entry.data)).to_le_bytes());
        body.extend([entry.method, 3, 0, 0, 0x54, 0x45]);
        body.extend((entry.name.len() as u16).to_le_bytes());
        body.extend(&entry.name);
        out.extend(block(&body));
        out.extend(&entry.data);
    }
    out
}

fn block(body: &[u8]) -> Vec<u8> {
    let crc = (!crc32fast::hash(body) & 0xffff) as u16;
    let mut out = crc.to_le_bytes().to_vec();
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(body);
    out
}
