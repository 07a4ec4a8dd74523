//! Decoding one entry. Our parse decides offsets, sizes, method and flags; the `zip` crate decrypts and decompresses. It
//! gets a local header written here, followed by the data where it lies, so it never sees the archive's own headers.

use std::io::{self, Chain, Cursor, Read};
use std::ops::Range;

use bytes::Bytes;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use zip::ZipReadOptions;
use zip::read::{ZipFile, read_zipfile_from_stream_with_options};
use zip::result::ZipError;

use super::dcl::Exploder;
use super::headers::Header;
use super::parser::ZipEntry;

/// Everything needed to decode an entry in one way. An entry whose headers disagree has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Compression method, APPNOTE 4.4.5.
    pub method: u16,
    /// Whether the data is encrypted.
    pub is_encrypted: bool,
    /// WinZip AES: strength (1 to 3) and vendor version (1 or 2); none for the traditional cipher.
    pub aes: Option<(u8, u16)>,
    /// General purpose flags.
    pub flags: u16,
    /// Modification time in DOS format: the check byte of the traditional cipher if bit 3 is set.
    pub time: u16,
    /// Stated checksum of the content.
    pub crc: u32,
    /// Stated bytes of the content.
    pub size: u64,
    /// The data in the archive.
    pub data: Range<usize>,
}

/// Method numbers with a meaning here.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
const DCL: u16 = 10;
const LZMA: u16 = 14;
const ZSTD_DEPRECATED: u16 = 20;
const ZSTD: u16 = 93;
const AES: u16 = 99;
/// General purpose bit 6: PKWARE strong encryption, which no free specification describes.
pub(super) const STRONG: u16 = 1 << 6;
/// General purpose bit 1 of an LZMA entry: the stream has an end marker, APPNOTE 4.4.4.
const LZMA_END_MARKER: u16 = 1 << 1;

impl Reading {
    fn of(header: &Header, crc: u32, data: Range<usize>) -> Self {
        Reading {
            method: header.method,
            is_encrypted: header.is_encrypted(),
            aes: header.aes,
            flags: header.flags,
            time: header.time,
            crc,
            size: header.size,
            data,
        }
    }

    /// Method and encryption in words: `deflate, AES-256`.
    pub fn describe(&self) -> String {
        match self.lock_name() {
            Some(lock) => format!("{}, {lock}", method_name(self.method)),
            None => method_name(self.method),
        }
    }

    /// The cipher in words; none if the data is not encrypted.
    pub fn lock_name(&self) -> Option<&'static str> {
        match (self.is_encrypted, self.aes) {
            (false, _) => None,
            (true, None) if self.flags & STRONG != 0 => Some("PKWARE strong encryption"),
            (true, None) => Some("ZipCrypto"),
            (true, Some((1, _))) => Some("AES-128"),
            (true, Some((2, _))) => Some("AES-192"),
            (true, Some(_)) => Some("AES-256"),
        }
    }

    /// Bytes the decoder will ask for and clear before it gives anything: PPMd's model, by the first two bytes of the data
    /// (APPNOTE 5.10.3). The dictionaries of other methods cost nothing until they are used.
    pub(super) fn model_memory(&self, archive: &[u8]) -> u64 {
        const PPMD: u16 = 98;
        match archive.get(self.data.clone()) {
            Some([low, high, ..]) if self.method == PPMD && !self.is_encrypted => {
                let mebibytes = (u16::from_le_bytes([*low, *high]) >> 4) & 0xff;
                u64::from(mebibytes).saturating_add(1) << 20
            }
            _ => 0,
        }
    }

    /// Whether the checksum is one: AE-2 leaves it zero.
    pub fn has_crc(&self) -> bool {
        !(self.is_encrypted && self.aes.is_some_and(|(_, version)| version != 1))
    }

    /// Values the last byte of the traditional cipher's header may have: the checksum's high byte, or with bit 3 the
    /// time's (Info-ZIP). One value for everything else.
    fn check_bytes(&self) -> Vec<u8> {
        let [crc, ..] = self.crc.to_be_bytes();
        let [time, _] = self.time.to_be_bytes();
        const HAS_DESCRIPTOR: u16 = 1 << 3;
        if self.aes.is_none() && self.flags & HAS_DESCRIPTOR != 0 && time != crc { vec![crc, time] } else { vec![crc] }
    }
}

/// The name of a method as APPNOTE 4.4.5 has it, lower case.
pub(super) fn method_name(method: u16) -> String {
    let name = match method {
        STORED => "stored",
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        DEFLATED => "deflate",
        9 => "deflate64",
        10 => "pkware implode",
        12 => "bzip2",
        LZMA => "lzma",
        ZSTD_DEPRECATED | ZSTD => "zstd",
        94 => "mp3",
        95 => "xz",
        96 => "jpeg variant",
        97 => "wavpack",
        98 => "ppmd",
        other => return format!("method {other}"),
    };
    name.to_owned()
}

impl ZipEntry {
    /// How the header programs go by says to read the data.
    pub fn reading(&self) -> Option<Reading> {
        let header = self.header()?;
        self.local.as_ref()?;
        Some(Reading::of(header, header.crc, self.data.clone()))
    }

    /// How the local header says to read it, where that is another way than the directory's.
    pub fn other_reading(&self, archive: &Bytes) -> Option<Reading> {
        let (central, local) = (self.central.as_ref()?, self.local.as_deref()?);
        let knows = local.knows_sizes();
        let is_same = central.method == local.method
            && central.is_encrypted() == local.is_encrypted()
            && (!knows || central.compressed == local.compressed);
        if is_same {
            return None;
        }
        let length = if knows { local.compressed } else { central.compressed };
        let data = crate::formats::fields::range_in(archive, self.data.start, length);
        let crc = if knows { local.crc } else { central.crc };
        Some(Reading { size: if knows { local.size } else { central.size }, ..Reading::of(local, crc, data) })
    }

    /// Decodes an entry that is not encrypted, up to `limit` bytes: what could be read, and what stopped it.
    pub fn read(&self, archive: &Bytes, limit: u64) -> (Vec<u8>, Option<String>) {
        let mut bytes = Vec::new();
        let Some(reading) = self.reading() else { return (bytes, Some("it has no local header".to_owned())) };
        let mut packed = Packed::new(archive, &reading);
        let problem = match packed.open(None) {
            Err(error) => Some(error.to_string()),
            Ok(content) => content.take(limit).read_to_end(&mut bytes).err().map(|error| error.to_string()),
        };
        (bytes, problem)
    }
}

/// Why an entry cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is encrypted and this is not the password (or there is none).
    #[error("the password does not fit")]
    Password,
    /// A method that is not decoded.
    #[error("compression {0} is not decoded")]
    Unsupported(String),
    /// Not even its start can be read.
    #[error("{0}")]
    Damaged(String),
}

/// An entry's data, ready to be opened.
pub struct Packed {
    data: Bytes,
    reading: Reading,
    source: Source,
}

/// A header of our own, then the data where it lies.
type Source = Chain<Cursor<Vec<u8>>, Cursor<Bytes>>;

impl Packed {
    /// The data as one reading has it.
    pub fn new(archive: &Bytes, reading: &Reading) -> Self {
        let data = if reading.data.end <= archive.len() && reading.data.start <= reading.data.end {
            archive.slice(reading.data.clone())
        } else {
            Bytes::new()
        };
        Packed { source: Cursor::new(Vec::new()).chain(Cursor::new(Bytes::new())), reading: reading.clone(), data }
    }

    /// Opens it. Encrypted data needs a password; a wrong one is mostly noticed here, else by the checksum.
    pub fn open<'a>(&'a mut self, password: Option<&'a [u8]>) -> Result<Content<'a>, OpenError> {
        let method = self.reading.method;
        if !is_own(method) && !matches!(method, 0..=6 | 8 | 9 | 12 | LZMA | 95 | 98) {
            return Err(OpenError::Unsupported(method_name(method)));
        }
        let options = ZipReadOptions::new()
            .password(password)
            .ignore_crc32(true)
            .override_uncompressed_size(self.size_to_stop_at());
        let checks = self.reading.check_bytes();
        // Where the check byte may be either of two, a try tells which; the last one is opened untried.
        let (last, others) = checks.split_last().ok_or(OpenError::Password)?;
        let fits = |check: &&u8| {
            let mut source = self.source(**check);
            read_zipfile_from_stream_with_options(&mut source, options.clone()).is_ok()
        };
        let check = others.iter().find(fits).unwrap_or(last);
        self.source = self.source(*check);
        let file = read_zipfile_from_stream_with_options(&mut self.source, options)
            .map_err(open_error)?
            .ok_or_else(|| OpenError::Damaged("no data".to_owned()))?;
        let decoder = if is_zstd(method) {
            let frames = StreamingDecoder::new(file).map_err(|error| OpenError::Damaged(error.to_string()))?;
            Decoder::Zstd(Box::new(frames))
        } else if method == DCL {
            Decoder::Dcl(Box::new(Exploder::new(file)))
        } else {
            Decoder::Zip(Box::new(file))
        };
        Ok(Content { decoder, hasher: crc32fast::Hasher::new(), length: 0 })
    }

    fn source(&self, check: u8) -> Source {
        let header = local_header(&self.reading, self.data.len(), check);
        Cursor::new(header).chain(Cursor::new(self.data.clone()))
    }

    /// Stated sizes end the methods that have no end mark of their own; for all others they would only hide what lies
    /// behind a lie.
    fn size_to_stop_at(&self) -> u64 {
        let is_marked = self.reading.method == LZMA && self.reading.flags & LZMA_END_MARKER != 0;
        let needs_size = matches!(self.reading.method, 1..=6 | LZMA) && !is_marked;
        if needs_size { self.reading.size } else { u64::MAX }
    }
}

/// Methods decoded here: the crate is told that their data is stored.
fn is_own(method: u16) -> bool {
    is_zstd(method) || method == DCL
}

fn is_zstd(method: u16) -> bool {
    matches!(method, ZSTD | ZSTD_DEPRECATED)
}

fn open_error(error: ZipError) -> OpenError {
    match error {
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => OpenError::Password,
        ZipError::CompressionMethodNotSupported(method) => OpenError::Unsupported(method_name(method)),
        other => OpenError::Damaged(other.to_string()),
    }
}

/// A local file header (APPNOTE 4.3.7) that says what our parse says. Bit 3 is never set: sizes are known here.
fn local_header(reading: &Reading, length: usize, check: u8) -> Vec<u8> {
    /// Bits that tell a decoder something: encryption, and the two that parametrise implode and LZMA.
    const KEPT: u16 = 0b111;
    let encrypted = u16::from(reading.is_encrypted);
    let flags = (reading.flags & KEPT & !1) | encrypted;
    let inner = if is_own(reading.method) { STORED } else { reading.method };
    let is_aes = reading.is_encrypted && reading.aes.is_some();
    let mut extra = Vec::new();
    if let (true, Some((strength, _))) = (is_aes, reading.aes) {
        extra.extend_from_slice(&[0x01, 0x99, 7, 0, 2, 0, b'A', b'E', strength]);
        extra.extend_from_slice(&inner.to_le_bytes());
    }
    let method = if is_aes { AES } else { inner };
    let mut out = b"PK\x03\x04".to_vec();
    for value in [20, flags, method, 0, 0x21] {
        out.extend_from_slice(&u16::to_le_bytes(value));
    }
    out.extend_from_slice(&[0, 0, 0, check]);
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&1u16.to_le_bytes());
    out.extend_from_slice(&u16::try_from(extra.len()).unwrap_or(0).to_le_bytes());
    out.push(b'x');
    out.extend_from_slice(&extra);
    out
}

enum Decoder<'a> {
    Zip(Box<ZipFile<'a, Source>>),
    Zstd(Box<StreamingDecoder<ZipFile<'a, Source>, FrameDecoder>>),
    Dcl(Box<Exploder<ZipFile<'a, Source>>>),
}

/// An entry's content as it is decoded. It counts and sums what it gives; whether that fits the headers is asked
/// afterwards, so that what could be read is never thrown away.
pub struct Content<'a> {
    decoder: Decoder<'a>,
    hasher: crc32fast::Hasher,
    length: u64,
}

impl Content<'_> {
    /// Checksum of what was given so far.
    pub fn crc(&self) -> u32 {
        self.hasher.clone().finalize()
    }

    /// Bytes given so far.
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.decoder {
            Decoder::Zip(file) => file.read(buffer)?,
            Decoder::Zstd(frames) => frames.read(buffer)?,
            Decoder::Dcl(exploder) => exploder.read(buffer)?,
        };
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        self.length = self.length.saturating_add(count as u64);
        Ok(count)
    }
}
