//! The order of things in a zip: entries, gaps, directory, end records.

use super::entry::{Entry, Header, Place};

/// How an archive ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Directory and end record.
    Full,
    /// Directory, end record of ZIP64 and its locator, end record with every field saturated.
    Zip64,
    /// Directory without an end record.
    NoEndRecord,
    /// Nothing after the entries.
    NoDirectory,
}

/// A zip archive in the making.
pub struct ZipFile {
    prefix: Vec<u8>,
    entries: Vec<Entry>,
    gap: Vec<u8>,
    end: End,
    comment: Vec<u8>,
    suffix: Vec<u8>,
    counts_prefix: bool,
}

impl Default for ZipFile {
    fn default() -> Self {
        ZipFile::new()
    }
}

impl ZipFile {
    /// An empty archive.
    pub fn new() -> Self {
        ZipFile {
            prefix: Vec::new(),
            entries: Vec::new(),
            gap: Vec::new(),
            end: End::Full,
            comment: Vec::new(),
            suffix: Vec::new(),
            counts_prefix: true,
        }
    }

    /// Adds a deflated file.
    pub fn entry(self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.with(Entry::new(name, content))
    }

    /// Adds an entry made by hand.
    pub fn with(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Bytes before the first entry: the program of a self-extractor, a picture. Offsets count them.
    pub fn prefix(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.prefix = bytes.into();
        self
    }

    /// Bytes before the first entry that offsets do not count, as when a zip is appended to a file.
    pub fn uncounted_prefix(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.counts_prefix = false;
        self.prefix(bytes)
    }

    /// Bytes between the last entry and the directory.
    pub fn gap(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.gap = bytes.into();
        self
    }

    /// Bytes after the end record.
    pub fn suffix(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.suffix = bytes.into();
        self
    }

    /// The archive's comment.
    pub fn comment(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.comment = bytes.into();
        self
    }

    /// How it ends.
    pub fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// The bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut out = self.prefix.clone();
        let base = if self.counts_prefix { 0 } else { self.prefix.len() as u64 };
        let mut directory = Vec::new();
        let mut count: u64 = 0;
        let mut data_starts: Vec<u64> = Vec::new();
        for entry in &self.entries {
            let (data, local, central) = entry.finish();
            let offset = match entry.place {
                Place::Next => {
                    let offset = out.len() as u64 - base;
                    write_local(&mut out, &local, entry.is_zip64);
                    data_starts.push(out.len() as u64 - base);
                    out.extend_from_slice(&data);
                    write_descriptor(&mut out, entry, &central);
                    out.extend_from_slice(&entry.gap_after);
                    offset
                }
                Place::Inside(index, delta) => {
                    let offset = data_starts[index] + delta;
                    data_starts.push(offset);
                    offset
                }
            };
            if !entry.is_unlisted {
                write_central(&mut directory, entry, &central, offset);
                count += 1;
            }
        }
        out.extend_from_slice(&self.gap);
        if self.end != End::NoDirectory {
            let start = out.len() as u64 - base;
            out.extend_from_slice(&directory);
            self.write_end(&mut out, start, directory.len() as u64, count, base);
        }
        out.extend_from_slice(&self.suffix);
        out
    }

    /// APPNOTE 4.3.14 to 4.3.16.
    fn write_end(&self, out: &mut Vec<u8>, start: u64, size: u64, count: u64, base: u64) {
        if self.end == End::NoEndRecord {
            return;
        }
        let is_zip64 = self.end == End::Zip64 || count > 0xffff;
        if is_zip64 {
            let at = out.len() as u64 - base;
            out.extend_from_slice(b"PK\x06\x06");
            out.extend_from_slice(&44u64.to_le_bytes());
            out.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for value in [count, count, size, start] {
                out.extend_from_slice(&value.to_le_bytes());
            }
            out.extend_from_slice(b"PK\x06\x07\0\0\0\0");
            out.extend_from_slice(&at.to_le_bytes());
            out.extend_from_slice(&1u32.to_le_bytes());
        }
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for _ in 0..2 {
            out.extend_from_slice(&narrow16(count, is_zip64).to_le_bytes());
        }
        for value in [size, start] {
            out.extend_from_slice(&narrow32(value, is_zip64).to_le_bytes());
        }
        out.extend_from_slice(&(self.comment.len() as u16).to_le_bytes());
        out.extend_from_slice(&self.comment);
    }
}

fn narrow16(value: u64, is_zip64: bool) -> u16 {
    if is_zip64 { u16::MAX } else { value as u16 }
}

fn narrow32(value: u64, is_zip64: bool) -> u32 {
    if is_zip64 { u32::MAX } else { value as u32 }
}

/// Local file header, APPNOTE 4.3.7.
fn write_local(out: &mut Vec<u8>, header: &Header, is_zip64: bool) {
    let mut extra = header.extra.clone();
    if is_zip64 {
        extra.extend_from_slice(&[1, 0, 16, 0]);
        extra.extend_from_slice(&header.size.to_le_bytes());
        extra.extend_from_slice(&header.compressed.to_le_bytes());
    }
    out.extend_from_slice(b"PK\x03\x04");
    write_common(out, header, &extra, is_zip64);
    out.extend_from_slice(&header.name);
    out.extend_from_slice(&extra);
}

/// Data descriptor, APPNOTE 4.3.9.
fn write_descriptor(out: &mut Vec<u8>, entry: &Entry, header: &Header) {
    let Some(has_signature) = entry.descriptor else { return };
    if has_signature {
        out.extend_from_slice(b"PK\x07\x08");
    }
    out.extend_from_slice(&header.crc.to_le_bytes());
    for value in [header.compressed, header.size] {
        if entry.is_zip64 {
            out.extend_from_slice(&value.to_le_bytes());
        } else {
            out.extend_from_slice(&(value as u32).to_le_bytes());
        }
    }
}

/// Central directory header, APPNOTE 4.3.12.
fn write_central(out: &mut Vec<u8>, entry: &Entry, header: &Header, offset: u64) {
    let mut extra = header.extra.clone();
    if entry.is_zip64 {
        extra.extend_from_slice(&[1, 0, 24, 0]);
        for value in [header.size, header.compressed, offset] {
            extra.extend_from_slice(&value.to_le_bytes());
        }
    }
    out.extend_from_slice(b"PK\x01\x02");
    out.extend_from_slice(&entry.made_by.to_le_bytes());
    write_common(out, header, &extra, entry.is_zip64);
    out.extend_from_slice(&(entry.comment.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&entry.attributes.to_le_bytes());
    out.extend_from_slice(&narrow32(offset, entry.is_zip64).to_le_bytes());
    out.extend_from_slice(&header.name);
    out.extend_from_slice(&extra);
    out.extend_from_slice(&entry.comment);
}

/// The fields both headers share, from "version needed" to "extra field length". The time is 2016-03-15 00:00.
fn write_common(out: &mut Vec<u8>, header: &Header, extra: &[u8], is_zip64: bool) {
    let version: u16 = if is_zip64 { 45 } else { 20 };
    for value in [version, header.flags, header.method, 0, 0x486f] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(&header.crc.to_le_bytes());
    out.extend_from_slice(&narrow32(header.compressed, is_zip64).to_le_bytes());
    out.extend_from_slice(&narrow32(header.size, is_zip64).to_le_bytes());
    out.extend_from_slice(&(header.name.len() as u16).to_le_bytes());
    out.extend_from_slice(&(extra.len() as u16).to_le_bytes());
}
