//! tar archives (POSIX.1-1988 ustar, pax, GNU): headers are written field by field, so that odd ones can be made too.

/// A tar archive being written.
#[derive(Debug, Clone, Default)]
pub struct Tar {
    out: Vec<u8>,
}

/// Size of a header and of the unit data is padded to.
pub const BLOCK: usize = 512;

impl Tar {
    /// An empty archive.
    pub fn new() -> Self {
        Tar::default()
    }

    /// Adds a file. Names longer than the ustar field get a GNU long-name entry in front.
    pub fn file(self, name: &str, data: &[u8]) -> Self {
        self.entry(name.as_bytes(), b'0', b"", data)
    }

    /// Adds a folder.
    pub fn folder(self, name: &str) -> Self {
        self.entry(name.as_bytes(), b'5', b"", b"")
    }

    /// Adds a symbolic link.
    pub fn symlink(self, name: &str, target: &str) -> Self {
        self.entry(name.as_bytes(), b'2', target.as_bytes(), b"")
    }

    /// Adds a hard link.
    pub fn hard_link(self, name: &str, target: &str) -> Self {
        self.entry(name.as_bytes(), b'1', target.as_bytes(), b"")
    }

    /// Adds a file whose name stands in a pax extended header, with this name in the plain field.
    pub fn pax_file(self, name: &str, plain: &str, data: &[u8]) -> Self {
        let record = pax_record("path", name);
        self.entry(b"PaxHeaders/0", b'x', b"", record.as_bytes()).entry(plain.as_bytes(), b'0', b"", data)
    }

    /// Adds an entry of any type; `name` and `link` are stored as given.
    pub fn entry(mut self, name: &[u8], kind: u8, link: &[u8], data: &[u8]) -> Self {
        if name.len() > 100 {
            let mut long = name.to_vec();
            long.push(0);
            self = self.entry(b"././@LongLink", b'L', b"", &long);
        }
        self.out.extend(header(name, kind, link, data.len() as u64));
        self.data(data)
    }

    /// Adds bytes as they are: damaged headers, for one.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.out.extend_from_slice(bytes);
        self
    }

    /// Adds data, padded to whole blocks.
    pub fn data(mut self, data: &[u8]) -> Self {
        self.out.extend_from_slice(data);
        self.out.resize(self.out.len().next_multiple_of(BLOCK), 0);
        self
    }

    /// The archive, ended by two zero blocks.
    pub fn build(mut self) -> Vec<u8> {
        self.out.resize(self.out.len() + 2 * BLOCK, 0);
        self.out
    }

    /// The archive as it stands, without an end mark.
    pub fn unfinished(self) -> Vec<u8> {
        self.out
    }
}

/// A ustar header block.
pub fn header(name: &[u8], kind: u8, link: &[u8], size: u64) -> Vec<u8> {
    let mut block = vec![0u8; BLOCK];
    put(&mut block, 0, &name[..name.len().min(100)]);
    put(&mut block, 100, b"0000644\0");
    put(&mut block, 108, b"0000000\0");
    put(&mut block, 116, b"0000000\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, b"12670346200\0");
    block[156] = kind;
    put(&mut block, 157, &link[..link.len().min(100)]);
    put(&mut block, 257, b"ustar\x0000");
    seal(&mut block);
    block
}

/// Writes the checksum of a header block: the sum of its bytes with the field itself as blanks.
pub fn seal(block: &mut [u8]) {
    put(block, 148, b"        ");
    let sum: u32 = block.iter().take(BLOCK).map(|byte| u32::from(*byte)).sum();
    put(block, 148, format!("{sum:06o}\0 ").as_bytes());
}

/// One record of a pax header: its own length counts itself.
pub fn pax_record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}

fn put(block: &mut [u8], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}
