//! Methods the `sevenz-rust2` crate does not decode: Deflate64 and the byte swaps of 7-Zip, and Zstandard, Brotli and
//! LZ4 as 7-Zip ZS and NanaZip write them. Blocks with one of them are decoded here, coder by coder; encryption in front
//! of them is left to the crate, which is shown a block of nothing else.

use std::io::{self, Cursor, Read};

use brotli_decompressor::Decompressor;
use bytes::Bytes;
use lz4_flex::frame::FrameDecoder;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use ruzstd::decoding::StreamingDecoder;
use sevenz_rust2::{Archive, Block, BlockDecoder, Coder, EncoderMethod, Password};

use super::signature;
use crate::formats::archive::zip::{Packed, Reading};
use crate::formats::fields::{range_in, u32_at};

const SWAP2: &[u8] = &[0x02, 0x03, 0x02];
const SWAP4: &[u8] = &[0x02, 0x03, 0x04];

/// Whether a block has a method that is decoded here, and no other method that is not.
pub(super) fn is_ours(block: &Block) -> bool {
    let mut has_own = false;
    let mut count = 0usize;
    for (_, coder) in block.ordered_coder_iter() {
        let id = coder.encoder_method_id();
        has_own |= is_own(id);
        if !(is_own(id) || is_filter(id) || (id == EncoderMethod::ID_AES256_SHA256 && count == 0)) {
            return false;
        }
        count = count.saturating_add(1);
    }
    // A chain: each coder has one input and one output, and all are on the way.
    has_own && count == block.coders.len()
}

/// The name of a method the crate does not know.
pub(super) fn name(id: &[u8]) -> Option<&'static str> {
    match id {
        SWAP2 => Some("SWAP2"),
        SWAP4 => Some("SWAP4"),
        _ => None,
    }
}

fn is_own(id: &[u8]) -> bool {
    const OWN: [&[u8]; 6] = [
        EncoderMethod::ID_DEFLATE64,
        EncoderMethod::ID_ZSTD,
        EncoderMethod::ID_BROTLI,
        EncoderMethod::ID_LZ4,
        SWAP2,
        SWAP4,
    ];
    OWN.contains(&id)
}

fn is_filter(id: &[u8]) -> bool {
    const FILTERS: [&[u8]; 10] = [
        EncoderMethod::ID_COPY,
        EncoderMethod::ID_DELTA,
        EncoderMethod::ID_BCJ_X86,
        EncoderMethod::ID_BCJ_ARM,
        EncoderMethod::ID_BCJ_ARM64,
        EncoderMethod::ID_BCJ_ARM_THUMB,
        EncoderMethod::ID_BCJ_PPC,
        EncoderMethod::ID_BCJ_IA64,
        EncoderMethod::ID_BCJ_SPARC,
        EncoderMethod::ID_BCJ_RISCV,
    ];
    FILTERS.contains(&id)
}

/// Reads the content of a block that [`is_ours`].
pub(super) fn read<T>(
    bytes: &[u8],
    archive: &Archive,
    index: usize,
    password: &Password,
    with: impl FnOnce(&mut dyn Read) -> io::Result<T>,
) -> io::Result<T> {
    let block = archive.blocks.get(index).ok_or_else(|| io::Error::other("no such block"))?;
    let mut packed = Bytes::copy_from_slice(packed(bytes, archive, index));
    let mut coders = block.ordered_coder_iter().peekable();
    if let Some((at, coder)) = coders.peek()
        && coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256
    {
        packed = decrypt(&packed, coder, block.get_unpack_size_at_index(*at), password)?;
        coders.next();
    }
    let mut deflated;
    // The coder at the start of the chain sees memory, those after it a stream.
    let first = coders.peek().map(|(_, coder)| coder.encoder_method_id()).unwrap_or_default();
    let mut stream: Box<dyn Read + '_> = match first {
        EncoderMethod::ID_DEFLATE64 => {
            deflated = deflate64(&packed);
            Box::new(deflated.open(None).map_err(|error| io::Error::other(error.to_string()))?)
        }
        EncoderMethod::ID_ZSTD => Box::new(Frames::of(packed, Kind::Zstd)),
        EncoderMethod::ID_BROTLI => Box::new(Frames::of(packed, Kind::Brotli)),
        EncoderMethod::ID_LZ4 => Box::new(Frames::of(packed, Kind::Lz4)),
        _ => Box::new(Cursor::new(packed)),
    };
    if is_own(first) && !matches!(first, SWAP2 | SWAP4) {
        coders.next();
    }
    for (_, coder) in coders {
        stream = filter(stream, coder)?;
    }
    with(&mut stream)
}

/// The part of a block that is one entry's: as long as the header says, or an error.
pub(super) struct Part<'a> {
    inner: &'a mut dyn Read,
    left: u64,
}

impl<'a> Part<'a> {
    pub(super) fn of(inner: &'a mut dyn Read, size: u64) -> Self {
        Part { inner, left: size }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        if count == 0 && most > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "packed data ends early"));
        }
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// The packed stream of a block that has one.
fn packed<'a>(bytes: &'a [u8], archive: &Archive, index: usize) -> &'a [u8] {
    let first = archive.stream_map.block_first_pack_stream_index().get(index).copied().unwrap_or(usize::MAX);
    let (Some(offset), Some(size)) =
        (archive.stream_map.pack_stream_offsets().get(first), archive.pack_sizes().get(first))
    else {
        return &[];
    };
    let start = signature::SIZE.saturating_add(archive.pack_pos()).saturating_add(*offset);
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    bytes.get(range_in(bytes, start, *size)).unwrap_or_default()
}

fn filter<'a>(stream: Box<dyn Read + 'a>, coder: &Coder) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match coder.encoder_method_id() {
        EncoderMethod::ID_COPY => stream,
        EncoderMethod::ID_DELTA => {
            let distance = coder.properties().first().map_or(1, |byte| usize::from(*byte).saturating_add(1));
            Box::new(DeltaReader::new(stream, distance))
        }
        EncoderMethod::ID_BCJ_X86 => Box::new(BcjReader::new_x86(stream, 0)),
        EncoderMethod::ID_BCJ_ARM => Box::new(BcjReader::new_arm(stream, 0)),
        EncoderMethod::ID_BCJ_ARM64 => Box::new(BcjReader::new_arm64(stream, 0)),
        EncoderMethod::ID_BCJ_ARM_THUMB => Box::new(BcjReader::new_arm_thumb(stream, 0)),
        EncoderMethod::ID_BCJ_PPC => Box::new(BcjReader::new_ppc(stream, 0)),
        EncoderMethod::ID_BCJ_IA64 => Box::new(BcjReader::new_ia64(stream, 0)),
        EncoderMethod::ID_BCJ_SPARC => Box::new(BcjReader::new_sparc(stream, 0)),
        EncoderMethod::ID_BCJ_RISCV => Box::new(BcjReader::new_riscv(stream, 0)),
        SWAP2 => Box::new(Swapped { inner: stream, width: 2, ready: Vec::new(), at: 0 }),
        SWAP4 => Box::new(Swapped { inner: stream, width: 4, ready: Vec::new(), at: 0 }),
        other => return Err(io::Error::other(format!("method {other:02x?} in the middle of a chain"))),
    })
}

/// Decrypts a packed stream: the crate reads an archive that holds it and nothing else, encrypted and not packed.
fn decrypt(packed: &[u8], coder: &Coder, size: u64, password: &Password) -> io::Result<Bytes> {
    let size = size.min(packed.len() as u64);
    let archive = wrap(packed, coder, size);
    let other = |error: sevenz_rust2::Error| io::Error::other(format!("{error:?}"));
    let parsed = Archive::read(&mut Cursor::new(&archive), &Password::empty()).map_err(other)?;
    let mut plain = Vec::new();
    let mut source = Cursor::new(&archive);
    let decoder = BlockDecoder::new(1, 0, &parsed, password, &mut source);
    decoder
        .for_each_entries(&mut |_, reader| {
            reader.take(size).read_to_end(&mut plain)?;
            Ok(false)
        })
        .map_err(other)?;
    Ok(Bytes::from(plain))
}

/// An archive of one file in one block with one coder, 7zFormat.txt "ArchiveProperties" on.
fn wrap(packed: &[u8], coder: &Coder, size: u64) -> Vec<u8> {
    let wide = |header: &mut Vec<u8>, value: u64| {
        header.push(0xff);
        header.extend_from_slice(&value.to_le_bytes());
    };
    let (id, properties) = (coder.encoder_method_id(), coder.properties());
    // kHeader, kMainStreamsInfo, kPackInfo: one stream from offset 0.
    let mut header = vec![0x01, 0x04, 0x06, 0x00, 0x01, 0x09];
    wide(&mut header, packed.len() as u64);
    // kUnPackInfo, kFolder: one folder of one coder with properties.
    let id_size = u8::try_from(id.len()).unwrap_or(0) & 0xf;
    header.extend_from_slice(&[0x00, 0x07, 0x0b, 0x01, 0x00, 0x01, 0x20 | id_size]);
    header.extend_from_slice(id);
    wide(&mut header, properties.len() as u64);
    header.extend_from_slice(properties);
    header.push(0x0c);
    wide(&mut header, size);
    // kSubStreamsInfo, empty; kFilesInfo: one file, called "x".
    header.extend_from_slice(&[0x00, 0x08, 0x00, 0x00, 0x05, 0x01, 0x11, 0x05, 0x00, b'x', 0, 0, 0, 0x00, 0x00]);
    signature::wrap(packed, &header)
}

/// A Deflate64 stream for the decoder of zip entries, which is told of an entry that is the whole stream.
fn deflate64(packed: &Bytes) -> Packed {
    const METHOD: u16 = 9;
    let data = range_in(packed, 0, packed.len());
    let (flags, time, crc, size) = (0, 0, 0, u64::MAX);
    Packed::new(packed, &Reading { method: METHOD, is_encrypted: false, aes: None, flags, time, crc, size, data })
}

#[derive(Clone, Copy)]
enum Kind {
    Zstd,
    Brotli,
    Lz4,
}

/// Frames one after the other, each behind a skippable frame that tells its size (zstdmt) or not.
struct Frames {
    rest: Bytes,
    kind: Kind,
    now: Option<Box<dyn Read>>,
    empty: u32,
}

impl Frames {
    fn of(packed: Bytes, kind: Kind) -> Self {
        Frames { rest: packed, kind, now: None, empty: 0 }
    }

    /// The next frame; none at the end.
    fn next(&mut self) -> io::Result<Option<Box<dyn Read>>> {
        const SKIPPABLE: u32 = 0x184d_2a50;
        let mut size = None;
        while u32_at(&self.rest, 0).is_some_and(|magic| magic & !0xf == SKIPPABLE) {
            let length = u32_at(&self.rest, 4).unwrap_or_default();
            size = u32_at(&self.rest, 8).filter(|_| length >= 4);
            let length = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(8);
            let _ = self.rest.split_to(length.min(self.rest.len()));
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let length = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX).min(self.rest.len());
        let frame = self.rest.split_to(length);
        Ok(Some(match self.kind {
            Kind::Zstd => Box::new(Zstd { rest: Cursor::new(frame), now: None }),
            Kind::Brotli => Box::new(Decompressor::new(Cursor::new(frame), 4 << 10)),
            Kind::Lz4 => Box::new(FrameDecoder::new(Cursor::new(frame))),
        }))
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        /// Frames without content in a row.
        const MAX_EMPTY: u32 = 1 << 10;
        loop {
            if let Some(frame) = &mut self.now {
                let count = frame.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    self.empty = 0;
                    return Ok(count);
                }
                self.empty = self.empty.saturating_add(1);
            }
            if self.empty > MAX_EMPTY {
                return Err(io::Error::other("a thousand frames without content"));
            }
            self.now = self.next()?;
            if self.now.is_none() {
                return Ok(0);
            }
        }
    }
}

/// Frames of Zstandard with nothing between them.
struct Zstd {
    rest: Cursor<Bytes>,
    now: Option<Box<StreamingDecoder<Cursor<Bytes>, ruzstd::decoding::FrameDecoder>>>,
}

impl Read for Zstd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.now {
                Some(frame) => {
                    let count = frame.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        return Ok(count);
                    }
                    if let Some(frame) = self.now.take() {
                        self.rest = frame.into_inner();
                    }
                }
                None => {
                    let at = usize::try_from(self.rest.position()).unwrap_or(usize::MAX);
                    if at >= self.rest.get_ref().len() {
                        return Ok(0);
                    }
                    let rest = std::mem::take(&mut self.rest);
                    let frame = StreamingDecoder::new(rest).map_err(|error| io::Error::other(error.to_string()))?;
                    self.now = Some(Box::new(frame));
                }
            }
        }
    }
}

/// Words with their bytes in the other order; a rest shorter than a word is as it was.
struct Swapped<'a> {
    inner: Box<dyn Read + 'a>,
    width: usize,
    ready: Vec<u8>,
    at: usize,
}

impl Read for Swapped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const CHUNK: u64 = 16 << 10;
        if self.at >= self.ready.len() {
            self.ready.clear();
            self.at = 0;
            (&mut self.inner).take(CHUNK).read_to_end(&mut self.ready)?;
            self.ready.chunks_exact_mut(self.width).for_each(<[u8]>::reverse);
        }
        let mut rest = self.ready.get(self.at..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}
