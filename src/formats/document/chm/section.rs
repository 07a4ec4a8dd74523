//! The compressed section: LZX in frames of 32 KiB, started anew every few frames so that help can be opened in the
//! middle. The reset table says where each frame begins in the packed data.

use std::io::{Error, ErrorKind, Read};

use lzxd::{Lzxd, WindowSize};

use super::directory::ChmView;
use crate::formats::fields::{size_at, u64_at};

/// Bytes of a frame.
const FRAME: u64 = 0x8000;

/// The section's place and shape.
#[derive(Debug)]
pub(super) struct Section<'a> {
    packed: &'a [u8],
    /// Where each frame begins.
    table: &'a [u8],
    frames: usize,
    /// Frames from one start to the next.
    interval: u64,
    window: WindowSize,
    /// Bytes in all, unpacked.
    length: u64,
}

const STORAGE: &str = "::DataSpace/Storage/MSCompressed/";

impl<'a> Section<'a> {
    /// Reads what the section's own files say: ControlData and ResetTable of Russotto's description.
    pub(super) fn open(view: &ChmView, bytes: &'a [u8]) -> Result<Self, String> {
        let file = |name: &str| {
            let entry = view.entry(&format!("{STORAGE}{name}"));
            entry.map(|entry| view.plain(bytes, entry)).filter(|content| !content.is_empty())
        };
        let control = file("ControlData").ok_or("the compressed section has no control data")?;
        if control.get(4..8) != Some(b"LZXC") {
            return Err("the compressed section is not packed with LZX".to_owned());
        }
        let field = |at: usize| size_at(control, at).unwrap_or(0) as u64;
        // Version 1 counts bytes, version 2 frames.
        let unit = if field(8) >= 2 { 1 } else { FRAME };
        let window = match field(16).saturating_mul(FRAME / unit) {
            0x8000 => WindowSize::KB32,
            0x1_0000 => WindowSize::KB64,
            0x2_0000 => WindowSize::KB128,
            0x4_0000 => WindowSize::KB256,
            0x8_0000 => WindowSize::KB512,
            0x10_0000 => WindowSize::MB1,
            0x20_0000 => WindowSize::MB2,
            other => return Err(format!("LZX window of {other} bytes")),
        };
        let table_file = file("Transform/{7FC28940-9D31-11D0-9B27-00A0C91E9C7C}/InstanceData/ResetTable")
            .ok_or("the compressed section has no reset table")?;
        let start = size_at(table_file, 12).unwrap_or(0x28);
        let table = table_file.get(start..).unwrap_or_default();
        let stated = size_at(table_file, 4).unwrap_or(0);
        Ok(Section {
            packed: file("Content").ok_or("the compressed section has no content")?,
            table,
            frames: stated.min(table.len() / 8),
            interval: (field(12) / unit).max(1),
            window,
            length: u64_at(table_file, 16).unwrap_or(0),
        })
    }

    /// A reader over the whole section, unpacked.
    pub(super) fn reader(self) -> Reader<'a> {
        Reader { section: self, decoder: None, frame: 0, pending: Vec::new(), at: 0, lost: 0 }
    }

    fn frame(&self, index: usize) -> Option<&'a [u8]> {
        let place = |index: usize| usize::try_from(u64_at(self.table, index.checked_mul(8)?)?).ok();
        let start = place(index)?;
        let next = index.checked_add(1)?;
        let end = if next < self.frames { place(next)? } else { self.packed.len() };
        self.packed.get(start..end.min(self.packed.len()))
    }
}

/// Unpacks frame by frame. A frame that does not decode becomes zeros, and so do those after it up to the next start:
/// the files behind keep their places.
pub(super) struct Reader<'a> {
    section: Section<'a>,
    decoder: Option<Lzxd>,
    frame: usize,
    pending: Vec<u8>,
    at: usize,
    /// Frames that did not decode.
    pub(super) lost: usize,
}

impl Reader<'_> {
    /// Decodes the next frame; false at the end.
    fn advance(&mut self) -> bool {
        let done = (self.frame as u64).saturating_mul(FRAME);
        let left = self.section.length.saturating_sub(done).min(FRAME);
        if left == 0 || self.frame >= self.section.frames {
            return false;
        }
        let length = usize::try_from(left).unwrap_or(0);
        if (self.frame as u64).is_multiple_of(self.section.interval) {
            self.decoder = Some(Lzxd::new(self.section.window));
        }
        let packed = self.section.frame(self.frame);
        self.frame = self.frame.saturating_add(1);
        let decoded = match (self.decoder.as_mut(), packed) {
            (Some(decoder), Some(packed)) => decoder.decompress_next(packed, length).ok(),
            _ => None,
        };
        self.pending.clear();
        match decoded {
            Some(bytes) => self.pending.extend_from_slice(bytes),
            None => {
                self.decoder = None;
                self.lost = self.lost.saturating_add(1);
                self.pending.resize(length, 0);
            }
        }
        self.at = 0;
        true
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at >= self.pending.len() && !self.advance() {
            return Ok(0);
        }
        let rest = self.pending.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) else {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        };
        to.copy_from_slice(from);
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}
