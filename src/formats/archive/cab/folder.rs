//! The stream of a folder, decoded block by block.

use std::collections::VecDeque;
use std::io::{Error, Read, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::{Decompress, FlushDecompress, Status};
use lzxd::{Lzxd, WindowSize};

use super::parser::{Block, Folder};
use super::quantum::Quantum;

/// Most bytes a block unpacks to, and the reach of MSZIP's window.
const BLOCK: usize = 32 << 10;

/// A method, MS-CAB "typeCompress".
enum Method {
    Stored,
    /// The content of the block before, which matches may reach into.
    Mszip(Vec<u8>),
    Quantum(Box<Quantum>),
    Lzx(Box<Lzxd>),
}

/// The content of a folder.
pub(super) struct FolderReader<'a> {
    bytes: &'a [u8],
    at: usize,
    left: u16,
    reserve: usize,
    method: Method,
    ready: VecDeque<u8>,
    /// Bytes given so far.
    pub(super) position: u64,
    /// Offsets of blocks with a wrong checksum.
    pub(super) wrong_sums: Vec<usize>,
    /// Offsets of blocks of which a part could not be decoded; zeros stand for it.
    pub(super) damaged: Vec<usize>,
    /// Whether the folder goes on in the next cabinet.
    pub(super) is_continued: bool,
}

/// Why a folder cannot be read.
pub(super) fn unknown_method(method: u16) -> Option<String> {
    match (method & 0x0f, (method >> 8) & 0x1f) {
        (0 | 1, _) | (2, 10..=21) | (3, 15..=21) => None,
        (2, bits) => Some(format!("Quantum with a window of {bits} bits")),
        (3, bits) => Some(format!("LZX with a window of {bits} bits")),
        (other, _) => Some(format!("cabinet method {other}")),
    }
}

/// The method in words.
pub(super) fn method_name(method: u16) -> &'static str {
    match method & 0x0f {
        0 => "stored",
        1 => "MSZIP",
        2 => "Quantum",
        3 => "LZX",
        _ => "unknown method",
    }
}

impl<'a> FolderReader<'a> {
    /// The stream of a folder; none if its method is not known.
    pub(super) fn new(bytes: &'a [u8], folder: &Folder, reserve: usize) -> Option<Self> {
        if unknown_method(folder.method).is_some() {
            return None;
        }
        let bits = u32::from((folder.method >> 8) & 0x1f);
        let method = match folder.method & 0x0f {
            0 => Method::Stored,
            1 => Method::Mszip(Vec::new()),
            2 => Method::Quantum(Box::new(Quantum::new(bits))),
            _ => Method::Lzx(Box::new(Lzxd::new(window(bits)?))),
        };
        Some(FolderReader {
            bytes,
            at: folder.start,
            left: folder.blocks,
            reserve,
            method,
            ready: VecDeque::new(),
            position: 0,
            wrong_sums: Vec::new(),
            damaged: Vec::new(),
            is_continued: false,
        })
    }

    /// Decodes the next block; false if there is none.
    fn next_block(&mut self) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        let start = self.at;
        let Some(block) = Block::read(self.bytes, start, self.reserve) else {
            self.left = 0;
            return Err(Error::other(format!("the folder's blocks end at offset {start:#x}")));
        };
        self.left = self.left.saturating_sub(1);
        self.at = block.end();
        let packed = self.bytes.get(block.packed.clone()).unwrap_or_default();
        if block.size == 0 && block.missing == 0 {
            // The rest of this block is in the next cabinet.
            self.is_continued = true;
            self.left = 0;
            return Ok(false);
        }
        if block.size > BLOCK {
            self.left = 0;
            return Err(Error::other(format!("block at offset {start:#x} states more than a block holds")));
        }
        if !block.is_sum_right(self.bytes) && self.wrong_sums.len() < 8 {
            self.wrong_sums.push(start);
        }
        match self.method.decode(packed, block.size) {
            Ok((content, is_whole)) => {
                self.ready.extend(content);
                if !is_whole && self.damaged.len() < 8 {
                    self.damaged.push(start);
                }
                Ok(true)
            }
            Err(what) => {
                self.left = 0;
                Err(Error::other(format!("block at offset {start:#x}: {what}")))
            }
        }
    }

    /// Goes forward to a place in the stream, in steps; false if the stream ends before it.
    pub(super) fn step_towards(&mut self, place: u64) -> Result<bool> {
        let ahead = usize::try_from(place.saturating_sub(self.position)).unwrap_or(usize::MAX);
        if ahead == 0 {
            return Ok(true);
        }
        if self.ready.is_empty() && !self.next_block()? {
            return Ok(false);
        }
        let count = ahead.min(self.ready.len());
        self.ready.drain(..count);
        self.position = self.position.saturating_add(count as u64);
        Ok(true)
    }
}

impl Read for FolderReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.ready.is_empty() && !buffer.is_empty() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        let count = self.ready.read(buffer)?;
        self.position = self.position.saturating_add(count as u64);
        Ok(count)
    }
}

impl Method {
    /// A block's content, and whether all of it could be decoded.
    fn decode(&mut self, packed: &[u8], size: usize) -> std::result::Result<(Vec<u8>, bool), String> {
        match self {
            Method::Stored => {
                let mut content = packed.get(..size).unwrap_or(packed).to_vec();
                let is_whole = content.len() == size;
                content.resize(size, 0);
                Ok((content, is_whole))
            }
            Method::Mszip(window) => {
                let (mut content, is_whole) = mszip(packed, size, window)?;
                content.resize(size, 0);
                // Blocks are 32 KiB except the last, so the block before is the window; a short one is topped up.
                window.extend_from_slice(&content);
                window.drain(..window.len().saturating_sub(BLOCK));
                Ok((content, is_whole))
            }
            Method::Quantum(decoder) => Ok((decoder.block(packed, size)?, true)),
            Method::Lzx(decoder) => {
                // The decoder asserts what hostile data can break; files of other folders must not be lost for it.
                let decoded =
                    catch_unwind(AssertUnwindSafe(|| decoder.decompress_next(packed, size).map(<[u8]>::to_vec)));
                match decoded {
                    Ok(Ok(content)) => Ok((content, true)),
                    Ok(Err(error)) => Err(format!("LZX: {error}")),
                    Err(_) => Err("LZX data that no encoder writes".to_owned()),
                }
            }
        }
    }
}

/// MS-MCI: "CK" and a deflate stream that may reach into the block before.
fn mszip(packed: &[u8], size: usize, window: &[u8]) -> std::result::Result<(Vec<u8>, bool), String> {
    let Some(data) = packed.strip_prefix(b"CK") else { return Err("MSZIP block without its mark".to_owned()) };
    let mut decoder = Decompress::new(false);
    if !window.is_empty() {
        decoder.set_dictionary(window).map_err(|error| error.to_string())?;
    }
    let mut content = Vec::with_capacity(size);
    let status = decoder.decompress_vec(data, &mut content, FlushDecompress::Finish);
    let is_whole = content.len() == size && matches!(status, Ok(Status::StreamEnd | Status::Ok | Status::BufError));
    Ok((content, is_whole))
}

fn window(bits: u32) -> Option<WindowSize> {
    Some(match bits {
        15 => WindowSize::KB32,
        16 => WindowSize::KB64,
        17 => WindowSize::KB128,
        18 => WindowSize::KB256,
        19 => WindowSize::KB512,
        20 => WindowSize::MB1,
        21 => WindowSize::MB2,
        _ => return None,
    })
}
