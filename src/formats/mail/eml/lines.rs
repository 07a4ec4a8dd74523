//! The lines of a message with their places.

/// A line without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset of its line end.
    pub(super) end: usize,
    /// Offset of the next line.
    pub(super) next: usize,
}

/// Walks lines that end in LF or CRLF, and in a bare CR too where asked.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    ends_at_bare_cr: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, ends_at_bare_cr: bool) -> Self {
        Lines { bytes, at, ends_at_bare_cr }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let found =
            if self.ends_at_bare_cr { memchr::memchr2(b'\r', b'\n', rest) } else { memchr::memchr(b'\n', rest) };
        let (end, next) = match found {
            None => (self.bytes.len(), self.bytes.len()),
            Some(length) => {
                let at = start.saturating_add(length);
                if rest.get(length) == Some(&b'\n') {
                    let has_cr = length > 0 && rest.get(length.saturating_sub(1)) == Some(&b'\r');
                    (if has_cr { at.saturating_sub(1) } else { at }, at.saturating_add(1))
                } else {
                    let width = if rest.get(length.saturating_add(1)) == Some(&b'\n') { 2 } else { 1 };
                    (at, at.saturating_add(width))
                }
            }
        };
        self.at = next;
        Some(Line { start, end, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], bare: bool) -> Vec<&[u8]> {
        Lines::new(bytes, 0, bare).filter_map(|line| bytes.get(line.start..line.end)).collect()
    }

    #[test]
    fn line_ends_of_three_kinds() {
        assert_eq!(lines(b"a\r\nb\nc\rd", false), [b"a".as_slice(), b"b", b"c\rd"]);
        assert_eq!(lines(b"a\r\nb\nc\rd\n\n", true), [b"a".as_slice(), b"b", b"c", b"d", b""]);
    }
}
