//! Versions of BIFF, told by the BOF record: MS-XLS 2.4.21, and its ancestors since Excel 2.

use crate::formats::fields::u16_at;

/// A version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Excel 2.
    Biff2,
    /// Excel 3.
    Biff3,
    /// Excel 4.
    Biff4,
    /// Excel 5 and 95.
    Biff5,
    /// Excel 97 to 2003.
    Biff8,
    /// The binary workbooks of Excel 2007 (MS-XLSB), whose records are framed otherwise.
    Biff12,
}

/// What a substream is, `dt` of BOF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Substream {
    /// Globals of a workbook.
    Globals,
    /// A worksheet or dialog sheet.
    Worksheet,
    /// A macro sheet.
    Macro,
    /// A chart, or a module of Visual Basic.
    Other,
    /// The globals of a BIFF4 workspace, in which sheets follow each other.
    Workspace,
}

const BOF: [u16; 4] = [0x0009, 0x0209, 0x0409, 0x0809];

/// Whether a record number is a BOF's.
pub(super) fn is_begin(kind: u16) -> bool {
    BOF.contains(&kind)
}

/// The version and substream a BOF record begins.
pub(super) fn begin(kind: u16, body: &[u8]) -> Option<(Version, Substream)> {
    let version = match kind {
        0x0009 => Version::Biff2,
        0x0209 => Version::Biff3,
        0x0409 => Version::Biff4,
        // Writers other than Excel state odd versions; what is not 5 is read as 8.
        0x0809 if u16_at(body, 0) == Some(0x0500) => Version::Biff5,
        0x0809 => Version::Biff8,
        _ => return None,
    };
    let substream = match u16_at(body, 2)? {
        0x0005 => Substream::Globals,
        0x0010 => Substream::Worksheet,
        0x0040 => Substream::Macro,
        0x0100 => Substream::Workspace,
        _ => Substream::Other,
    };
    Some((version, substream))
}

/// Whether bytes begin as a workbook does.
pub(crate) fn is_workbook(stream: &[u8]) -> bool {
    u16_at(stream, 0).is_some_and(is_begin) && u16_at(stream, 2).is_some()
}

/// Whether a file is a workbook or sheet outside a compound file, as Excel 2 to 5 wrote them: BOF with a size and a
/// substream that exist, and a record behind it.
pub(crate) fn is_bare_workbook(bytes: &[u8]) -> bool {
    let (Some(kind), Some(size)) = (u16_at(bytes, 0), u16_at(bytes, 2)) else { return false };
    if !is_begin(kind) || !(4..=16).contains(&size) {
        return false;
    }
    let end = usize::from(size).saturating_add(4);
    let Some((_, substream)) = begin(kind, bytes.get(4..end).unwrap_or_default()) else { return false };
    let is_chart = u16_at(bytes, 6) == Some(0x0020);
    let next_fits = u16_at(bytes, end.saturating_add(2))
        .is_some_and(|size| end.saturating_add(usize::from(size)).saturating_add(4) <= bytes.len());
    (substream != Substream::Other || is_chart) && next_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_by_number_and_field() {
        assert_eq!(begin(0x0809, &[0, 6, 0x40, 0]), Some((Version::Biff8, Substream::Macro)));
        assert_eq!(begin(0x0809, &[0, 5, 5, 0]), Some((Version::Biff5, Substream::Globals)));
        assert_eq!(begin(0x0409, &[0, 0, 0, 1]), Some((Version::Biff4, Substream::Workspace)));
        assert_eq!(begin(0x0009, &[2, 0, 0x10, 0]), Some((Version::Biff2, Substream::Worksheet)));
        assert_eq!(begin(0x000A, &[]), None);
    }

    #[test]
    fn a_bare_file_needs_a_second_record() {
        assert!(is_bare_workbook(&[9, 0, 4, 0, 2, 0, 0x10, 0, 0x0A, 0, 0, 0]));
        assert!(!is_bare_workbook(&[9, 0, 4, 0, 2, 0, 0x10, 0]));
        assert!(!is_bare_workbook(b"\x09\x00\x04\x00text, not a workbook"));
    }
}
