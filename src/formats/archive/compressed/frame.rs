//! One compressed frame of each format: a reader that afterwards says what follows it.

use std::io::{Error, Read, Result};

use bzip2::bufread::BzDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::lzw::Lzw;

/// Memory a decoder may ask for, in KiB.
const MEMORY_KIB: u32 = 256 << 10;

/// A frame being decoded.
pub(super) trait Frame<'a>: Read {
    /// The bytes behind the frame, once it was read to its end.
    fn rest(self: Box<Self>) -> &'a [u8];
}

/// Opens the frame at the start of the bytes.
pub(super) type Open = for<'a> fn(&'a [u8]) -> Result<Box<dyn Frame<'a> + 'a>>;

pub(super) fn bzip2(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    if !bytes.starts_with(b"BZh") {
        return Err(Error::other("no bzip2 stream"));
    }
    Ok(Box::new(BzDecoder::new(bytes)))
}

impl<'a> Frame<'a> for BzDecoder<&'a [u8]> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.into_inner()
    }
}

pub(super) fn xz(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    // Padding between streams is a multiple of four zeros, .xz format §2.2.
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let bytes = bytes.get(start..).unwrap_or_default();
    if !bytes.starts_with(b"\xfd7zXZ\0") {
        return Err(Error::other("no xz stream"));
    }
    Ok(Box::new(XzReader::new_mem_limit(bytes, false, MEMORY_KIB)))
}

impl<'a> Frame<'a> for XzReader<&'a [u8]> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.into_inner()
    }
}

pub(super) fn lzma(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    if !super::is_lzma_header(bytes) {
        return Err(Error::other("no LZMA header"));
    }
    Ok(Box::new(Lzma { reader: LzmaReader::new_mem_limit(bytes, MEMORY_KIB, None)?, bytes }))
}

struct Lzma<'a> {
    reader: LzmaReader<&'a [u8]>,
    bytes: &'a [u8],
}

impl Read for Lzma<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.reader.read(buffer)
    }
}

impl<'a> Frame<'a> for Lzma<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        behind(self.bytes, self.reader)
    }
}

/// What a decoder that reads ahead left over.
fn behind<'a>(bytes: &'a [u8], reader: LzmaReader<&'a [u8]>) -> &'a [u8] {
    let (rest, unused) = reader.into_parts();
    let left = rest.len().saturating_add(unused.len()).min(bytes.len());
    bytes.get(bytes.len().saturating_sub(left)..).unwrap_or_default()
}

/// A member of lzip: LZMA with fixed properties and an end mark, then checksum and sizes (lzip manual, "File format").
pub(super) fn lzip(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    const PROPERTIES: u8 = 0x5d;
    let [b'L', b'Z', b'I', b'P', version @ 0..=1, coded, data @ ..] = bytes else {
        return Err(Error::other("no lzip member"));
    };
    let base = 1u32.checked_shl(u32::from(coded & 0x1f)).unwrap_or(u32::MAX);
    let dictionary = base.saturating_sub((base / 16).saturating_mul(u32::from(coded >> 5)));
    if !(4 << 10..=MEMORY_KIB << 10).contains(&dictionary) {
        return Err(Error::other("lzip dictionary of a size that is not read"));
    }
    let reader = LzmaReader::new_with_props(data, u64::MAX, PROPERTIES, dictionary, None)?;
    let trailer = if *version == 0 { 12 } else { 20 };
    Ok(Box::new(Lzip { reader: Some(reader), data, trailer, crc: crc32fast::Hasher::new(), size: 0, rest: &[] }))
}

struct Lzip<'a> {
    reader: Option<LzmaReader<&'a [u8]>>,
    data: &'a [u8],
    trailer: usize,
    crc: crc32fast::Hasher,
    size: u64,
    rest: &'a [u8],
}

impl Read for Lzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let Some(reader) = &mut self.reader else { return Ok(0) };
        let count = reader.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            self.crc.update(buffer.get(..count).unwrap_or_default());
            self.size = self.size.saturating_add(count as u64);
            return Ok(count);
        }
        let Some(reader) = self.reader.take() else { return Ok(0) };
        let rest = behind(self.data, reader);
        let Some((trailer, rest)) = rest.split_at_checked(self.trailer) else {
            return Err(Error::other("lzip member without its end"));
        };
        self.rest = rest;
        let crc = self.crc.clone().finalize().to_le_bytes();
        if !trailer.starts_with(&crc)
            || !trailer.get(4..).is_some_and(|size| size.starts_with(&self.size.to_le_bytes()))
        {
            return Err(Error::other("content does not have the checksum or size lzip states"));
        }
        Ok(0)
    }
}

impl<'a> Frame<'a> for Lzip<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.rest
    }
}

pub(super) fn zstd(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    match StreamingDecoder::<&[u8], FrameDecoder>::new(bytes) {
        Ok(decoder) => Ok(Box::new(decoder)),
        Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
            // Magic and length take eight bytes, RFC 8878 §3.1.2.
            let end = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(8);
            Ok(Box::new(Skipped(bytes.get(end..).unwrap_or_default())))
        }
        Err(error) => Err(Error::other(error.to_string())),
    }
}

impl<'a> Frame<'a> for StreamingDecoder<&'a [u8], FrameDecoder> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.into_inner()
    }
}

/// A frame without content.
struct Skipped<'a>(&'a [u8]);

impl Read for Skipped<'_> {
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }
}

impl<'a> Frame<'a> for Skipped<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.0
    }
}

pub(super) fn compress(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    Ok(Box::new(Lzw::new(bytes)?))
}

impl<'a> Frame<'a> for Lzw<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        &[]
    }
}

/// Brotli has neither magic nor frames.
pub(super) fn brotli(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    const BUFFER: usize = 4 << 10;
    Ok(Box::new(Brotli(brotli_decompressor::Decompressor::new(bytes, BUFFER))))
}

struct Brotli<'a>(brotli_decompressor::Decompressor<&'a [u8]>);

impl Read for Brotli<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.0.read(buffer)
    }
}

impl<'a> Frame<'a> for Brotli<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        &[]
    }
}
