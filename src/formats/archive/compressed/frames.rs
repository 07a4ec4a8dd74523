//! The frames of a file as one stream.

use std::io::Read;

use super::frame::{Frame, Open};

/// The concatenated content of all frames.
pub(super) struct Frames<'a> {
    total: usize,
    rest: &'a [u8],
    open: Open,
    current: Option<Box<dyn Frame<'a> + 'a>>,
    is_first: bool,
    has_content: bool,
    empty: u32,
    /// Offset of bytes behind the last frame that are no frame, if there are any.
    pub(super) trailing: Option<usize>,
}

/// Frames without content in a row; beyond it the reader would be busy without giving anything.
const MAX_EMPTY: u32 = 1024;

impl<'a> Frames<'a> {
    pub(super) fn new(bytes: &'a [u8], open: Open) -> Self {
        Frames {
            total: bytes.len(),
            rest: bytes,
            open,
            current: None,
            is_first: true,
            has_content: false,
            empty: 0,
            trailing: None,
        }
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.current {
                let count = frame.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    self.has_content = true;
                    return Ok(count);
                }
                if let Some(frame) = self.current.take() {
                    self.rest = frame.rest();
                }
                self.empty = if self.has_content { 0 } else { self.empty.saturating_add(1) };
                self.has_content = false;
            }
            if self.empty > MAX_EMPTY {
                return Err(std::io::Error::other("a thousand frames without content"));
            }
            if self.rest.iter().all(|byte| *byte == 0) {
                return Ok(0);
            }
            match (self.open)(self.rest) {
                Ok(frame) => self.current = Some(frame),
                Err(error) if self.is_first => return Err(error),
                Err(_) => {
                    self.trailing = Some(self.total.saturating_sub(self.rest.len()));
                    self.rest = &[];
                }
            }
            self.is_first = false;
        }
    }
}
