//! Run lengths: after the mark 0x90 a count says how often the byte before stands; a count of zero is the mark itself.

use std::io::{Read, Result};

const MARK: u8 = 0x90;

/// The content with its runs written out.
pub(super) struct Runs<R> {
    inner: R,
    last: u8,
    repeat: u8,
    buffer: Vec<u8>,
    at: usize,
}

impl<R: Read> Runs<R> {
    pub(super) fn new(inner: R) -> Self {
        Runs { inner, last: 0, repeat: 0, buffer: Vec::new(), at: 0 }
    }

    fn next(&mut self) -> Result<Option<u8>> {
        const STEP: usize = 4096;
        if self.at >= self.buffer.len() {
            self.buffer.resize(STEP, 0);
            let count = self.inner.read(&mut self.buffer)?;
            self.buffer.truncate(count);
            self.at = 0;
        }
        let byte = self.buffer.get(self.at).copied();
        self.at = self.at.saturating_add(1);
        Ok(byte)
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        if self.repeat > 0 {
            self.repeat = self.repeat.saturating_sub(1);
            return Ok(Some(self.last));
        }
        loop {
            match self.next()? {
                Some(MARK) => match self.next()? {
                    None => return Ok(None),
                    // The mark by itself does not become the byte that is repeated.
                    Some(0) => return Ok(Some(MARK)),
                    Some(1) => {}
                    Some(count) => {
                        self.repeat = count.saturating_sub(2);
                        return Ok(Some(self.last));
                    }
                },
                Some(byte) => {
                    self.last = byte;
                    return Ok(Some(byte));
                }
                None => return Ok(None),
            }
        }
    }
}

impl<R: Read> Read for Runs<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0usize;
        for slot in buffer.iter_mut() {
            match self.byte() {
                Ok(Some(byte)) => *slot = byte,
                Ok(None) => break,
                Err(error) if count == 0 => return Err(error),
                Err(_) => break,
            }
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_written_out() {
        let mut out = Vec::new();
        Runs::new(&b"a\x90\x04b\x90\x00c"[..]).read_to_end(&mut out).unwrap();
        assert_eq!(out, b"aaaab\x90c");
    }
}
