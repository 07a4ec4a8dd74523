//! COMPRESS.EXE of MS-DOS and Windows 3: SZDD files (a ring buffer of 4 KiB), and the KWAJ files of its successor.

use std::io::{Cursor, Error, Read, Result};

use flate2::{Decompress, FlushDecompress};

use super::frame::Frame;
use crate::formats::archive::bits::{Bits, PrefixCode};
use crate::formats::fields::{size_at, u16_at, until_nul};

pub(super) const SZDD: &[u8] = b"SZDD\x88\xf0\x27\x33";
pub(super) const QBASIC: &[u8] = b"SZ \x88\xf0\x27\x33\xd1";
pub(super) const KWAJ: &[u8] = b"KWAJ\x88\xf0\x27\xd1";

/// Size of the ring buffer, and what it holds at first.
const RING: usize = 4096;
const BLANK: u8 = b' ';

/// Content decoded step by step: each call adds something or says that the end is reached.
struct Stepped<'a, S> {
    source: S,
    step: fn(&mut S, &mut Vec<u8>) -> Result<bool>,
    ready: Cursor<Vec<u8>>,
    left: u64,
    failed: Option<Error>,
    rest: &'a [u8],
}

impl<S> Read for Stepped<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            let limit = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
            let count = self.ready.read(buffer.get_mut(..limit).unwrap_or_default())?;
            if count > 0 || limit == 0 {
                self.left = self.left.saturating_sub(count as u64);
                return Ok(count);
            }
            if let Some(error) = self.failed.take() {
                self.left = 0;
                return Err(error);
            }
            let mut more = Vec::new();
            match (self.step)(&mut self.source, &mut more) {
                Ok(true) => {}
                Ok(false) if more.is_empty() => return Ok(0),
                Ok(false) => {}
                Err(error) => self.failed = Some(error),
            }
            self.ready = Cursor::new(more);
        }
    }
}

impl<'a, S> Frame<'a> for Stepped<'a, S> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.rest
    }
}

/// The ring buffer coder: eight flags, lowest first, each a literal or a place and length.
struct Ring<'a> {
    data: &'a [u8],
    at: usize,
    ring: Vec<u8>,
    place: usize,
}

impl Ring<'_> {
    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        if let Some(slot) = self.ring.get_mut(self.place) {
            *slot = byte;
        }
        self.place = self.place.wrapping_add(1) % RING;
        out.push(byte);
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.data.get(self.at).copied()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    fn step(&mut self, out: &mut Vec<u8>) -> Result<bool> {
        let Some(flags) = self.byte() else { return Ok(false) };
        for bit in 0..8u32 {
            if flags >> bit & 1 == 1 {
                let Some(byte) = self.byte() else { return Ok(false) };
                self.push(byte, out);
                continue;
            }
            let (Some(low), Some(high)) = (self.byte(), self.byte()) else { return Ok(false) };
            let from = usize::from(low) | (usize::from(high & 0xf0) << 4);
            for index in 0..usize::from(high & 0x0f).saturating_add(3) {
                let byte = self.ring.get(from.wrapping_add(index) % RING).copied().unwrap_or_default();
                self.push(byte, out);
            }
        }
        Ok(true)
    }
}

fn ring<'a>(data: &'a [u8], from_end: usize, size: u64) -> Box<dyn Frame<'a> + 'a> {
    let source = Ring { data, at: 0, ring: vec![BLANK; RING], place: RING.saturating_sub(from_end) };
    stepped(source, Ring::step, size)
}

fn stepped<'a, S: 'a>(source: S, step: fn(&mut S, &mut Vec<u8>) -> Result<bool>, size: u64) -> Box<dyn Frame<'a> + 'a> {
    Box::new(Stepped { source, step, ready: Cursor::new(Vec::new()), left: size, failed: None, rest: &[] })
}

/// Opens any of the three.
pub(super) fn open(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    let size = |at: usize| size_at(bytes, at).map(|size| size as u64).ok_or_else(|| Error::other("header is cut off"));
    if bytes.starts_with(SZDD) {
        return match bytes.get(8) {
            Some(b'A') => Ok(ring(bytes.get(14..).unwrap_or_default(), 16, size(10)?)),
            _ => Err(Error::other("SZDD method other than A")),
        };
    }
    if bytes.starts_with(QBASIC) {
        return Ok(ring(bytes.get(12..).unwrap_or_default(), 18, size(8)?));
    }
    let header = Kwaj::read(bytes).ok_or_else(|| Error::other("no KWAJ header"))?;
    let data = bytes.get(header.data..).unwrap_or_default();
    let size = header.size.unwrap_or(u64::MAX);
    match header.method {
        0 => Ok(stepped((data, false, 0), plain, size)),
        1 => Ok(stepped((data, false, 0xff), plain, size)),
        2 => Ok(ring(data, 16, size)),
        3 => Ok(stepped(Lzh::new(data)?, Lzh::step, size)),
        4 => Ok(stepped((data, Vec::new()), mszip, size)),
        other => Err(Error::other(format!("KWAJ method {other}"))),
    }
}

/// Stored, or with every bit turned.
fn plain(source: &mut (&[u8], bool, u8), out: &mut Vec<u8>) -> Result<bool> {
    let (data, is_given, mask) = source;
    if !std::mem::replace(is_given, true) {
        out.extend(data.iter().map(|byte| byte ^ *mask));
    }
    Ok(false)
}

/// MSZIP blocks behind their lengths.
fn mszip(source: &mut (&[u8], Vec<u8>), out: &mut Vec<u8>) -> Result<bool> {
    const BLOCK: usize = 32 << 10;
    let (data, window) = source;
    let Some(length) = u16_at(data, 0).map(usize::from).filter(|length| *length > 0) else { return Ok(false) };
    let block = data.get(2..length.saturating_add(2)).unwrap_or_default();
    *data = data.get(length.saturating_add(2)..).unwrap_or_default();
    let packed = block.strip_prefix(b"CK").ok_or_else(|| Error::other("MSZIP block without its mark"))?;
    let mut decoder = Decompress::new(false);
    if !window.is_empty() {
        decoder.set_dictionary(window).map_err(Error::other)?;
    }
    let mut content = Vec::with_capacity(BLOCK);
    let status = decoder.decompress_vec(packed, &mut content, FlushDecompress::Finish);
    window.extend_from_slice(&content);
    window.drain(..window.len().saturating_sub(BLOCK));
    out.append(&mut content);
    status.map(|_| true).map_err(Error::other)
}

/// The header of a KWAJ file, of which the flags say which fields it has.
pub(super) struct Kwaj {
    method: u16,
    data: usize,
    size: Option<u64>,
    /// The file's name, if it is kept.
    pub(super) name: Option<String>,
}

impl Kwaj {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(KWAJ) {
            return None;
        }
        let (method, data, flags) = (u16_at(bytes, 8)?, u16_at(bytes, 10)?, u16_at(bytes, 12)?);
        let mut at = 14usize;
        let mut size = None;
        if flags & 1 != 0 {
            size = size_at(bytes, at).map(|size| size as u64);
            at = at.saturating_add(4);
        }
        if flags & 2 != 0 {
            at = at.saturating_add(2);
        }
        if flags & 4 != 0 {
            at = at.saturating_add(usize::from(u16_at(bytes, at)?)).saturating_add(2);
        }
        let mut text = |flag: u16, longest: usize| {
            if flags & flag == 0 {
                return None;
            }
            let text = until_nul(bytes, at, longest)?;
            at = at.saturating_add(text.len()).saturating_add(usize::from(text.len() < longest));
            Some(String::from_utf8_lossy(text).into_owned())
        };
        let (stem, ending) = (text(8, 9), text(16, 4));
        let name = stem.map(|stem| match ending {
            Some(ending) if !ending.is_empty() => format!("{stem}.{ending}"),
            _ => stem,
        });
        Some(Kwaj { method, data: data.into(), size, name })
    }
}

/// KWAJ method 3: runs of literals and matches, each with prefix codes of their own.
struct Lzh<'a> {
    bits: Bits<'a>,
    after_match: PrefixCode,
    after_literals: PrefixCode,
    run: PrefixCode,
    offset: PrefixCode,
    literal: PrefixCode,
    ring: Vec<u8>,
    place: usize,
    is_after_literals: bool,
}

impl<'a> Lzh<'a> {
    fn new(data: &'a [u8]) -> Result<Self> {
        let mut bits = Bits::new(data);
        let mut kinds = [0u32; 6];
        for kind in &mut kinds {
            *kind = bits.need(4)?;
        }
        let [first, second, third, fourth, fifth, _] = kinds;
        Ok(Lzh {
            after_match: code(&mut bits, first, 16)?,
            after_literals: code(&mut bits, second, 16)?,
            run: code(&mut bits, third, 32)?,
            offset: code(&mut bits, fourth, 64)?,
            literal: code(&mut bits, fifth, 256)?,
            bits,
            ring: vec![BLANK; RING],
            place: 0,
            is_after_literals: false,
        })
    }

    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        if let Some(slot) = self.ring.get_mut(self.place) {
            *slot = byte;
        }
        self.place = self.place.wrapping_add(1) % RING;
        out.push(byte);
    }

    fn step(&mut self, out: &mut Vec<u8>) -> Result<bool> {
        let code = if self.is_after_literals { &self.after_literals } else { &self.after_match };
        // The end is where the bits end.
        let Ok(length) = code.symbol(&mut self.bits) else { return Ok(false) };
        if length > 0 {
            self.is_after_literals = false;
            let high = usize::from(self.offset.symbol(&mut self.bits)?) << 6;
            let distance = high | usize::try_from(self.bits.need(6)?).unwrap_or(0);
            for _ in 0..length.saturating_add(2) {
                let from = self.place.wrapping_add(RING).wrapping_sub(distance) % RING;
                let byte = self.ring.get(from).copied().unwrap_or_default();
                self.push(byte, out);
            }
            return Ok(true);
        }
        let count = self.run.symbol(&mut self.bits)?.saturating_add(1);
        self.is_after_literals = count != 32;
        for _ in 0..count {
            let byte = self.literal.symbol(&mut self.bits)?;
            self.push(u8::try_from(byte).unwrap_or_default(), out);
        }
        Ok(true)
    }
}

/// A code's lengths, written in one of four ways.
fn code(bits: &mut Bits<'_>, kind: u32, count: u16) -> Result<PrefixCode> {
    let mut lengths = vec![0u8; usize::from(count)];
    let mut last = 0u8;
    for (index, length) in lengths.iter_mut().enumerate() {
        let whole = |bits: &mut Bits<'_>| bits.need(4).map(|value| u8::try_from(value).unwrap_or(0));
        last = match (kind, index) {
            (0, _) => u8::try_from(count.trailing_zeros()).unwrap_or(0),
            (1, 0) | (2, 0) | (3, _) => whole(bits)?,
            (1, _) if bits.need(1)? == 0 => last,
            (1, _) if bits.need(1)? == 0 => last.saturating_add(1),
            (1, _) => whole(bits)?,
            (2, _) => match bits.need(2)? {
                3 => whole(bits)?,
                change => last.saturating_add(u8::try_from(change).unwrap_or(0)).saturating_sub(1),
            },
            _ => return Err(Error::other("KWAJ code of an unknown kind")),
        };
        *length = last;
    }
    PrefixCode::new(&lengths)
}
