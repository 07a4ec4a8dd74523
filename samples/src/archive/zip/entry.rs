//! One file of a zip: what its data is, and what its two headers say about it.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use zip::CompressionMethod;

use super::locked::{self, AesKey};

/// How data is compressed. Methods without an encoder at hand come through [`Entry::packed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Method 0.
    Stored,
    /// Method 8.
    Deflate,
    /// Method 12.
    Bzip2,
    /// Method 95.
    Xz,
    /// Method 98.
    Ppmd,
}

impl Method {
    /// The number in headers, APPNOTE 4.4.5.
    pub fn number(self) -> u16 {
        match self {
            Method::Stored => 0,
            Method::Deflate => 8,
            Method::Bzip2 => 12,
            Method::Xz => 95,
            Method::Ppmd => 98,
        }
    }

    fn of_zip_crate(self) -> CompressionMethod {
        match self {
            Method::Stored => CompressionMethod::Stored,
            Method::Deflate => CompressionMethod::Deflated,
            Method::Bzip2 => CompressionMethod::Bzip2,
            Method::Xz => CompressionMethod::Xz,
            Method::Ppmd => CompressionMethod::Ppmd,
        }
    }
}

/// One of the two headers of an entry: what it says, before offsets are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) extra: Vec<u8>,
}

enum Lock {
    None,
    Aes(AesKey, String),
    ZipCrypto(String),
}

/// Where the entry's local header and data are.
pub(super) enum Place {
    /// Where the entries before it end.
    Next,
    /// Nowhere of its own: its directory record points this many bytes after the start of the data of an earlier
    /// entry, counted from 0.
    Inside(usize, u64),
}

/// One file of a zip, with every field a header has.
pub struct Entry {
    name: Vec<u8>,
    local_name: Option<Vec<u8>>,
    unicode_name: Option<String>,
    content: Vec<u8>,
    packed: Option<Vec<u8>>,
    method: Method,
    claimed_method: Option<u16>,
    claimed_sizes: Option<(u64, u64)>,
    claimed_crc: Option<u32>,
    extra_flags: u16,
    clear_flags: u16,
    lock: Lock,
    pub(super) comment: Vec<u8>,
    pub(super) attributes: u32,
    pub(super) made_by: u16,
    pub(super) descriptor: Option<bool>,
    pub(super) is_zip64: bool,
    pub(super) is_unlisted: bool,
    pub(super) gap_after: Vec<u8>,
    pub(super) place: Place,
}

/// General purpose bit 0.
const ENCRYPTED: u16 = 1;
/// General purpose bit 3.
pub(super) const HAS_DESCRIPTOR: u16 = 1 << 3;
/// General purpose bit 11.
const IS_UTF8: u16 = 1 << 11;

impl Entry {
    /// A file, deflated, its name in UTF-8 and flagged so where it is not ASCII. A name that ends in a slash is a
    /// folder.
    pub fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        let name = name.into();
        let is_folder = name.ends_with('/');
        let mut entry = Entry::named_raw(name.as_bytes(), content);
        if !name.is_ascii() {
            entry.extra_flags = IS_UTF8;
        }
        if is_folder {
            entry.method = Method::Stored;
            entry.attributes = 0x10;
        }
        entry
    }

    /// A file whose name is in CP932, unflagged, as Japanese Windows wrote it for decades.
    pub fn cp932(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Entry::named_raw(&super::cp932(name), content)
    }

    /// A file whose name is these bytes, unflagged.
    pub fn named_raw(name: &[u8], content: impl Into<Vec<u8>>) -> Self {
        Entry {
            name: name.to_vec(),
            local_name: None,
            unicode_name: None,
            content: content.into(),
            packed: None,
            method: Method::Deflate,
            claimed_method: None,
            claimed_sizes: None,
            claimed_crc: None,
            extra_flags: 0,
            clear_flags: 0,
            lock: Lock::None,
            comment: Vec::new(),
            attributes: 0x20,
            made_by: 20,
            descriptor: None,
            is_zip64: false,
            is_unlisted: false,
            gap_after: Vec::new(),
            place: Place::Next,
        }
    }

    /// A record of the directory only, pointing `offset` bytes into the data of the `index`-th entry of the archive,
    /// where a local header may lie.
    pub fn inside(name: impl Into<String>, content: impl Into<Vec<u8>>, index: usize, offset: u64) -> Self {
        let mut entry = Entry::new(name, content);
        entry.place = Place::Inside(index, offset);
        entry
    }

    /// Compresses by this method.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Stores without compression.
    pub fn stored(self) -> Self {
        self.method(Method::Stored)
    }

    /// Uses this data as it is, whatever it is; the content still gives the true size and checksum.
    pub fn packed(mut self, data: impl Into<Vec<u8>>, method: u16) -> Self {
        self.packed = Some(data.into());
        self.claimed_method = Some(method);
        self
    }

    /// Writes this method into both headers, whatever the data is.
    pub fn claims_method(mut self, method: u16) -> Self {
        self.claimed_method = Some(method);
        self
    }

    /// Writes these sizes (compressed, uncompressed) into both headers.
    pub fn claims_sizes(mut self, compressed: u64, size: u64) -> Self {
        self.claimed_sizes = Some((compressed, size));
        self
    }

    /// Writes this checksum into both headers.
    pub fn claims_crc(mut self, crc: u32) -> Self {
        self.claimed_crc = Some(crc);
        self
    }

    /// Another name in the local header than in the directory.
    pub fn local_name(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.local_name = Some(name.into());
        self
    }

    /// Adds the Info-ZIP Unicode path extra field 0x7075 (APPNOTE 4.6.9).
    pub fn unicode_name(mut self, name: &str) -> Self {
        self.unicode_name = Some(name.to_owned());
        self
    }

    /// Clears bit 11, so that a UTF-8 name is unflagged, as macOS writes it.
    pub fn unflagged(mut self) -> Self {
        self.clear_flags |= IS_UTF8;
        self
    }

    /// Sets the DOS attributes hidden and system.
    pub fn hidden(mut self) -> Self {
        self.attributes |= 0x06;
        self
    }

    /// A Unix mode, such as 0o120777 for a symbolic link.
    pub fn unix_mode(mut self, mode: u32) -> Self {
        self.attributes |= mode << 16;
        self.made_by = 0x0314;
        self
    }

    /// Writes sizes and checksum after the data (bit 3), with or without a signature, and zeros before it.
    pub fn descriptor(mut self, has_signature: bool) -> Self {
        self.descriptor = Some(has_signature);
        self
    }

    /// Writes sizes and offset as ZIP64 does (APPNOTE 4.5.3).
    pub fn zip64(mut self) -> Self {
        self.is_zip64 = true;
        self
    }

    /// Leaves the entry out of the directory.
    pub fn unlisted(mut self) -> Self {
        self.is_unlisted = true;
        self
    }

    /// Puts these bytes after the data.
    pub fn gap_after(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.gap_after = bytes.into();
        self
    }

    /// A comment in the directory.
    pub fn comment(mut self, comment: impl Into<Vec<u8>>) -> Self {
        self.comment = comment.into();
        self
    }

    /// Locks with WinZip AES, AE-2.
    pub fn aes(mut self, key: AesKey, password: &str) -> Self {
        self.lock = Lock::Aes(key, password.to_owned());
        self
    }

    /// Locks with the traditional PKWARE cipher.
    pub fn zipcrypto(mut self, password: &str) -> Self {
        self.lock = Lock::ZipCrypto(password.to_owned());
        self
    }

    /// The data as written, the local header and the directory's.
    pub(super) fn finish(&self) -> (Vec<u8>, Header, Header) {
        let mut crc = crc32fast::hash(&self.content);
        let mut method = self.method.number();
        let mut flags = self.extra_flags;
        let mut extra = Vec::new();
        let mut data = match &self.packed {
            Some(packed) => packed.clone(),
            None => compress(&self.content, self.method),
        };
        if self.descriptor.is_some() {
            flags |= HAS_DESCRIPTOR;
        }
        match &self.lock {
            Lock::None => {}
            Lock::ZipCrypto(password) => {
                // With bit 3 the checksum is not known yet, and the time's high byte (zero here) is the check.
                let check = if self.descriptor.is_some() { 0 } else { crc.to_be_bytes()[0] };
                data = locked::zipcrypto(&data, password, check);
                flags |= ENCRYPTED;
            }
            Lock::Aes(key, password) => {
                data = locked::by_zip_crate(&self.content, self.method.of_zip_crate(), Some((*key, password)));
                flags |= ENCRYPTED;
                extra.extend_from_slice(&[0x01, 0x99, 7, 0, 2, 0, b'A', b'E', key.strength()]);
                extra.extend_from_slice(&method.to_le_bytes());
                method = 99;
                crc = 0;
            }
        }
        let (compressed, size) = self.claimed_sizes.unwrap_or((data.len() as u64, self.content.len() as u64));
        let central = Header {
            extra: [extra.clone(), self.unicode_extra(&self.name)].concat(),
            name: self.name.clone(),
            flags: flags & !self.clear_flags,
            method: self.claimed_method.unwrap_or(method),
            crc: self.claimed_crc.unwrap_or(crc),
            compressed,
            size,
        };
        let mut local = central.clone();
        if let Some(name) = &self.local_name {
            local.name = name.clone();
            local.extra = [extra, self.unicode_extra(name)].concat();
        }
        if self.descriptor.is_some() {
            (local.crc, local.compressed, local.size) = (0, 0, 0);
        }
        (data, local, central)
    }

    fn unicode_extra(&self, name: &[u8]) -> Vec<u8> {
        let Some(unicode) = &self.unicode_name else { return Vec::new() };
        let mut body = vec![1];
        body.extend_from_slice(&crc32fast::hash(name).to_le_bytes());
        body.extend_from_slice(unicode.as_bytes());
        let mut field = vec![0x75, 0x70];
        field.extend_from_slice(&u16::try_from(body.len()).expect("a short name").to_le_bytes());
        field.extend_from_slice(&body);
        field
    }
}

fn compress(content: &[u8], method: Method) -> Vec<u8> {
    match method {
        Method::Stored => content.to_vec(),
        Method::Deflate => deflate(content),
        other => locked::by_zip_crate(content, other.of_zip_crate(), None),
    }
}

/// Raw deflate.
pub(crate) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}
