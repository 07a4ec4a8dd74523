//! A file's content as a file system keeps it: stretches of the disk, in order, with holes between them.

use std::io::{Read, Result};

use super::source::{Disk, zeros};

/// A stretch of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where on the disk; none for a hole, which reads as zeros.
    pub(crate) at: Option<u64>,
    /// Bytes.
    pub(crate) length: u64,
}

/// Stretches in order; neighbours are joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Runs(Vec<Run>);

impl Runs {
    /// One stretch.
    pub(crate) fn one(at: u64, length: u64) -> Self {
        Runs(vec![Run { at: Some(at), length }])
    }

    /// Adds a stretch.
    pub(crate) fn push(&mut self, run: Run) {
        if let Some(last) = self.0.last_mut() {
            let joins = match (last.at, run.at) {
                (Some(last_at), Some(at)) => last_at.checked_add(last.length) == Some(at),
                (None, None) => true,
                _ => false,
            };
            if joins {
                last.length = last.length.saturating_add(run.length);
                return;
            }
        }
        if run.length > 0 {
            self.0.push(run);
        }
    }

    /// Where content starts, for telling whether two entries are one.
    pub(crate) fn start(&self) -> Option<u64> {
        self.0.iter().find_map(|run| run.at)
    }

    /// The stretches.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Run> {
        self.0.iter()
    }

    /// Reads `size` bytes of content. Beyond `valid` bytes the content was never written and reads as zeros.
    pub(crate) fn reader<'a>(&'a self, disk: &'a dyn Disk, size: u64, valid: u64) -> RunReader<'a> {
        RunReader { disk, runs: &self.0, done: 0, left: size, valid: valid.min(size) }
    }
}

/// Reads content.
pub(crate) struct RunReader<'a> {
    disk: &'a dyn Disk,
    runs: &'a [Run],
    /// Bytes of the first run that were read.
    done: u64,
    left: u64,
    valid: u64,
}

impl Read for RunReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while let Some((run, rest)) = self.runs.split_first() {
            if self.done < run.length {
                break;
            }
            self.runs = rest;
            self.done = 0;
        }
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let Some(run) = self.runs.first() else {
            return Err(std::io::Error::other(format!("{} bytes are assigned to no place on the disk", self.left)));
        };
        let room = run.length.saturating_sub(self.done).min(self.left);
        let room = if self.valid > 0 { room.min(self.valid) } else { room };
        let length = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..length) else { return Ok(0) };
        let count = match run.at {
            Some(at) if self.valid > 0 => self.disk.read_at(at.saturating_add(self.done), buffer)?,
            _ => zeros(buffer, room),
        };
        if count == 0 {
            return Err(std::io::Error::other("the disk ends before the content does"));
        }
        self.done = self.done.saturating_add(count as u64);
        self.left = self.left.saturating_sub(count as u64);
        self.valid = self.valid.saturating_sub(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Raw;
    use super::*;

    #[test]
    fn reads_stretches_holes_and_what_was_never_written() {
        let disk = Raw(b"0123456789".as_slice().into());
        let mut runs = Runs::default();
        for run in [(Some(2), 1), (Some(3), 1), (None, 2), (Some(8), 2)] {
            runs.push(Run { at: run.0, length: run.1 });
        }
        assert_eq!(runs.iter().count(), 3);
        let mut text = Vec::new();
        runs.reader(&disk, 6, 6).read_to_end(&mut text).unwrap();
        assert_eq!(text, b"23\0\089");
        text.clear();
        runs.reader(&disk, 6, 5).read_to_end(&mut text).unwrap();
        assert_eq!(text, b"23\0\08\0");
        text.clear();
        assert!(runs.reader(&disk, 9, 9).read_to_end(&mut text).is_err());
        assert_eq!(text.len(), 6);
    }
}
