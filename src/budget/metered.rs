//! Pulling bytes out of a decoder while paying for them, so that a bomb is stopped as it inflates.

use std::io::{ErrorKind, Read, Write};

use super::{Budget, Exceeded};

/// Why pulling stopped before the reader's end.
#[derive(Debug)]
pub enum Stop {
    /// A limit was reached.
    Limit(Exceeded),
    /// The decoder failed: damaged input, or a wrong password.
    Read(std::io::Error),
}

/// Bytes pulled from a decoder between two payments.
const CHUNK: usize = 64 << 10;

/// A reader whose bytes are paid for as they come.
pub struct MeteredReader<'a, R> {
    inner: R,
    budget: &'a Budget,
    /// Bytes this artifact may still have.
    allowance: u64,
    /// What is exceeded when the allowance is used up.
    beyond: Exceeded,
}

impl<'a, R: Read> MeteredReader<'a, R> {
    /// Meters a decoder that may give at most `allowance` bytes.
    pub fn new(inner: R, budget: &'a Budget, allowance: u64, beyond: Exceeded) -> Self {
        MeteredReader { inner, budget, allowance, beyond }
    }

    /// Everything up to the end, a limit or a decoding error; what came before a stop is kept.
    pub fn pull(mut self) -> (Vec<u8>, Option<Stop>) {
        let mut out = Vec::new();
        let mut chunk = vec![0u8; CHUNK];
        loop {
            if let Err(exceeded) = self.budget.check_deadline() {
                return (out, Some(Stop::Limit(exceeded)));
            }
            let count = match self.inner.read(&mut chunk) {
                Ok(0) => return (out, None),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return (out, Some(Stop::Read(error))),
            };
            let Some(got) = chunk.get(..count) else {
                return (
                    out,
                    Some(Stop::Read(std::io::Error::other("decoder claims more than it was given room for"))),
                );
            };
            let take = (got.len() as u64).min(self.allowance);
            if let Err(exceeded) = self.budget.charge_bytes(take) {
                return (out, Some(Stop::Limit(exceeded)));
            }
            self.allowance = self.allowance.saturating_sub(take);
            let fits = usize::try_from(take).unwrap_or(got.len());
            out.extend_from_slice(got.get(..fits).unwrap_or(got));
            if fits < got.len() {
                return (out, Some(Stop::Limit(self.beyond)));
            }
        }
    }
}

/// The same for a decoder that pushes: bytes are paid for as they are written, and a write beyond a limit fails.
pub struct MeteredWriter<'a> {
    out: Vec<u8>,
    budget: &'a Budget,
    allowance: u64,
    beyond: Exceeded,
    exceeded: Option<Exceeded>,
}

impl<'a> MeteredWriter<'a> {
    /// Takes at most `allowance` bytes.
    pub fn new(budget: &'a Budget, allowance: u64, beyond: Exceeded) -> Self {
        MeteredWriter { out: Vec::new(), budget, allowance, beyond, exceeded: None }
    }

    /// Lets a decoder write; what came before a stop is kept.
    pub fn push(mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> (Vec<u8>, Option<Stop>) {
        let ended = write(&mut self);
        let stop = match (self.exceeded, ended) {
            (Some(exceeded), _) => Some(Stop::Limit(exceeded)),
            (None, Err(error)) => Some(Stop::Read(error)),
            (None, Ok(())) => None,
        };
        (self.out, stop)
    }
}

impl Write for MeteredWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let take = (bytes.len() as u64).min(self.allowance);
        let paid = self.budget.check_deadline().and_then(|()| self.budget.charge_bytes(take));
        let exceeded = paid.err().or((take == 0).then_some(self.beyond));
        if let Some(exceeded) = exceeded {
            self.exceeded = Some(exceeded);
            return Err(std::io::Error::other(exceeded.to_string()));
        }
        self.allowance = self.allowance.saturating_sub(take);
        let fits = usize::try_from(take).unwrap_or(bytes.len());
        self.out.extend_from_slice(bytes.get(..fits).unwrap_or(bytes));
        Ok(fits)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limits;

    #[test]
    fn keeps_what_came_before_the_limit() {
        let budget = Budget::new(Limits::default());
        let (bytes, stop) = MeteredReader::new(std::io::repeat(7), &budget, 100_000, Exceeded::ArtifactBytes).pull();
        assert_eq!(bytes.len(), 100_000);
        assert!(matches!(stop, Some(Stop::Limit(Exceeded::ArtifactBytes))));
        assert_eq!(budget.bytes_used(), 100_000);
    }

    #[test]
    fn what_is_pushed_is_paid_for_as_well() {
        let budget = Budget::new(Limits::default());
        let pushed = MeteredWriter::new(&budget, 10, Exceeded::ArtifactBytes).push(|out| out.write_all(&[7; 10]));
        assert!(pushed.0.len() == 10 && pushed.1.is_none());
        let (bytes, stop) = MeteredWriter::new(&budget, 9, Exceeded::Ratio).push(|out| out.write_all(&[7; 10]));
        assert_eq!(bytes.len(), 9);
        assert!(matches!(stop, Some(Stop::Limit(Exceeded::Ratio))));
        assert_eq!(budget.bytes_used(), 19);
    }

    #[test]
    fn an_exact_fit_is_no_limit() {
        let budget = Budget::new(Limits { total_bytes: 5, ..Limits::default() });
        let (bytes, stop) = MeteredReader::new(&b"12345"[..], &budget, 5, Exceeded::ArtifactBytes).pull();
        assert_eq!(bytes, b"12345");
        assert!(stop.is_none());
    }
}
