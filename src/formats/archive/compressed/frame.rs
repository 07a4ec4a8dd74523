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
    Ok(Box::new(Lzma(LzmaReader::new_mem_limit(bytes, MEMORY_KIB, None)?)))
}

/// The decoder reads ahead, so what follows cannot be told.
struct Lzma<'a>(LzmaReader<&'a [u8]>);

impl Read for Lzma<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.0.read(buffer)
    }
}

impl<'a> Frame<'a> for Lzma<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        &[]
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
