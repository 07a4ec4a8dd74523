//! Records of a BIFF stream: a number, a size, and so many bytes (MS-XLS 2.1.4). What does not fit goes on in CONTINUE
//! records.

use crate::formats::fields::u16_at;

/// A record, or as much of it as there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    /// Offset in the stream.
    pub(super) offset: usize,
    pub(super) body: &'a [u8],
    /// The stream behind it.
    rest: &'a [u8],
}

/// Records of one stream read. The largest honest workbooks have some millions.
const MAX_RECORDS: usize = 8_000_000;
/// CONTINUE records put together for one record.
const MAX_PIECES: usize = 4_096;

const CONTINUE: u16 = 0x003C;
const HEADER: usize = 4;

/// Walks records from an offset. A size that leads behind the end gives what there is.
pub(super) fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = from;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let size = u16_at(stream, at.checked_add(2)?)?;
        let start = at.checked_add(HEADER)?;
        let end = start.checked_add(usize::from(size))?.min(stream.len());
        let record = Record {
            kind,
            offset: at,
            body: stream.get(start..end).unwrap_or_default(),
            rest: stream.get(end..).unwrap_or_default(),
        };
        at = end;
        Some(record)
    })
    .take(MAX_RECORDS)
}

impl<'a> Record<'a> {
    /// Its bytes and those of the CONTINUE records behind it, piece by piece.
    pub(super) fn pieces(&self) -> Vec<&'a [u8]> {
        let mut pieces = vec![self.body];
        let follow = records(self.rest, 0).take_while(|record| record.kind == CONTINUE);
        pieces.extend(follow.take(MAX_PIECES).map(|record| record.body));
        pieces
    }

    /// The same in one piece; borrowed where there is only one.
    pub(super) fn whole(&self) -> std::borrow::Cow<'a, [u8]> {
        if u16_at(self.rest, 0) == Some(CONTINUE) { self.pieces().concat().into() } else { self.body.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continued_records_are_put_together_and_sizes_may_lie() {
        let stream = [1, 0, 1, 0, 7, 0x3C, 0, 2, 0, 8, 9, 2, 0, 99, 0, 5];
        let all: Vec<Record<'_>> = records(&stream, 0).collect();
        assert_eq!(all.len(), 3);
        assert_eq!(&*all[0].whole(), [7, 8, 9]);
        assert_eq!(all[2].body, [5]);
        assert_eq!(all[2].offset, 11);
    }
}
