//! MTEF, the equation editor's records (Design Science, MTEF v.3), behind the header of the stream `Equation Native`
//! (EQNOLEFILEHDR). Read up to what the editor has no room for.

use crate::formats::fields::{u16_at, u32_at};

/// Size of the header.
const HEADER: usize = 28;
/// Size of the buffer a font's name is copied to; the editor's own names are far shorter.
pub(super) const FONT_BUFFER: usize = 40;
/// Rows or columns whose lines fit the editor's buffers of eight bytes.
pub(super) const MATRIX_LINES: u8 = 31;
/// Records walked.
const MAX_RECORDS: usize = 100_000;

/// What the bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Equation {
    /// An equation.
    Ordinary,
    /// None that can be read.
    Unreadable,
    /// One that overflows.
    Overflow(Overflow),
}

/// A record that is too long for the editor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Overflow {
    /// CVE-2017-11882; names that go on, CVE-2018-0802.
    Font {
        /// Offset of the record.
        at: usize,
        /// Bytes of the name.
        size: usize,
        /// Its longest text, if there is one.
        text: Option<String>,
    },
    /// CVE-2018-0798.
    Matrix {
        /// Offset of the record.
        at: usize,
        rows: u8,
        columns: u8,
    },
}

impl Overflow {
    /// Offset of the record.
    pub(super) const fn at(&self) -> usize {
        match self {
            Overflow::Font { at, .. } | Overflow::Matrix { at, .. } => *at,
        }
    }
}

/// Whether data begins with the header of an equation.
pub(crate) fn is_header(data: &[u8]) -> bool {
    u16_at(data, 0) == Some(28) && u32_at(data, 2) == Some(0x0002_0000)
}

/// Reads an equation. Without a proper header, which the editor hardly looks at, records are tried where exploits have
/// them: behind 28 bytes of anything, at once, or behind a size.
pub(super) fn read(data: &[u8]) -> Equation {
    if is_header(data) && matches!(data.get(HEADER), Some(1..=5)) {
        return walk(data, HEADER).map_or(Equation::Ordinary, Equation::Overflow);
    }
    [HEADER, 0, 4, 4 + HEADER]
        .into_iter()
        .filter(|at| matches!(data.get(*at), Some(1..=3)))
        .find_map(|at| walk(data, at))
        .map_or(Equation::Unreadable, Equation::Overflow)
}

/// Walks the records behind the MTEF header at an offset. Lists end with a record of their own, so nesting need not be
/// followed.
fn walk(data: &[u8], start: usize) -> Option<Overflow> {
    let version = *data.get(start)?;
    // Version 5 has other records, and the editor does not read it.
    if version > 3 {
        return None;
    }
    let mut at = start.checked_add(5)?;
    for _ in 0..MAX_RECORDS {
        let record = at;
        let tag = *data.get(at)?;
        let (kind, options) = (tag & 0x0F, tag >> 4);
        at = at.checked_add(1)?;
        if options & 8 != 0 && matches!(kind, 1..=6) {
            // A nudge; both bytes 128 announce two words.
            let is_large = data.get(at) == Some(&128) && data.get(at.checked_add(1)?) == Some(&128);
            at = at.checked_add(if is_large { 6 } else { 2 })?;
        }
        at = match kind {
            // END, FULL, SUB, SUB2, SYM, SUBSYM.
            0 | 10..=14 => at,
            // LINE, with its spacing.
            1 => at.checked_add(usize::from(options & 4 != 0))?,
            // CHAR: typeface and character, which had one byte before version 3.
            2 => at.checked_add(if version == 3 { 3 } else { 2 })?,
            // TMPL: selector, variation, options.
            3 => at.checked_add(3)?,
            // PILE: two alignments.
            4 => at.checked_add(2)?,
            5 => {
                let (rows, columns) = (*data.get(at.checked_add(3)?)?, *data.get(at.checked_add(4)?)?);
                if rows > MATRIX_LINES || columns > MATRIX_LINES {
                    return Some(Overflow::Matrix { at: record, rows, columns });
                }
                at.checked_add(5)?.checked_add(lines(rows))?.checked_add(lines(columns))?
            }
            // EMBELL.
            6 => at.checked_add(1)?,
            // RULER: tab stops of three bytes.
            7 => at.checked_add(1)?.checked_add(usize::from(*data.get(at)?).checked_mul(3)?)?,
            // FONT: typeface, style, name.
            8 => {
                let name = data.get(at.checked_add(2)?..)?;
                let size = memchr::memchr(0, name).unwrap_or(name.len());
                if size > FONT_BUFFER {
                    return Some(Overflow::Font { at: record, size, text: longest_text(name) });
                }
                at.checked_add(3)?.checked_add(size)?
            }
            // SIZE: given in points, given as a difference, or a small difference.
            9 => at.checked_add(match data.get(at)? {
                101 => 3,
                100 => 4,
                _ => 2,
            })?,
            _ => return None,
        };
    }
    None
}

/// Bytes of the lines between rows or columns: two bits each.
fn lines(count: u8) -> usize {
    usize::from(count).saturating_mul(2).saturating_add(9) / 8
}

/// The longest run of printable text in a name and what follows it: shellcode keeps its command there.
fn longest_text(name: &[u8]) -> Option<String> {
    const FAR: usize = 8_192;
    const SHORTEST: usize = 8;
    let near = name.get(..FAR).unwrap_or(name);
    let run = near.split(|byte| !matches!(byte, 0x20..=0x7E)).max_by_key(|run| run.len())?;
    (run.len() >= SHORTEST).then(|| String::from_utf8_lossy(run).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::ole1::equation;

    #[test]
    fn measures_font_names() {
        let long = [&[0x0A, 0x01, 0x08, 0x5A, 0x5A][..], b"cmd /c harmless-none", &[b'\x90'; 48], &[0]].concat();
        let overflow = Overflow::Font { at: 35, size: 68, text: Some("cmd /c harmless-none".to_owned()) };
        assert_eq!(read(&equation(&long)), Equation::Overflow(overflow));
        let short = [&[0x0A, 0x01, 0x08, 0x81, 0x00][..], b"Times New Roman\0", &[0x02]].concat();
        assert_eq!(read(&equation(&short)), Equation::Ordinary);
        assert_eq!(read(b"HARMLESS"), Equation::Unreadable);
    }

    #[test]
    fn an_overflow_behind_other_records_or_without_a_header_is_found() {
        let font = [&[0x08, 0x5A, 0x5A][..], &[b'A'; 44], &[0]].concat();
        // A line, a size, a character, a template with a nudge, a ruler.
        let before = [
            0x0A, 0x01, 0x09, 101, 12, 0, 0x02, 0x83, b'x', 0, 0x83, 1, 1, 5, 0, 0, 0x07, 1, 0, 1, 0, 0x02, 0x83, 0x61,
            0,
        ];
        let native = equation(&[&before[..], &font].concat());
        assert!(matches!(read(&native), Equation::Overflow(Overflow::Font { size: 44, .. })));
        for bare in
            [&native[28..], &[&[0xFF; 28][..], &native[28..]].concat(), &[&[9, 9, 9, 9][..], &native[28..]].concat()]
        {
            assert!(matches!(read(bare), Equation::Overflow(Overflow::Font { .. })));
        }
    }

    #[test]
    fn a_matrix_beyond_the_editors_limit_overflows() {
        let matrix = |rows, columns| equation(&[0x0A, 0x01, 0x05, 1, 1, 1, rows, columns, 0, 0, 0, 0, 0, 0]);
        assert!(matches!(read(&matrix(40, 2)), Equation::Overflow(Overflow::Matrix { rows: 40, columns: 2, .. })));
        assert_eq!(read(&matrix(2, 2)), Equation::Ordinary);
    }
}
