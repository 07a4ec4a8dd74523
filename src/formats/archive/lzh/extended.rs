//! Extended headers: a chain of records, each behind its own length, that carry names, folders, sizes.

use super::header::Header;
use crate::formats::fields::number_at;

/// What the extended headers of an entry say, header.doc.md "extended headers".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extended<'a> {
    /// 0x01: file name.
    pub(super) name: Option<&'a [u8]>,
    /// 0x02: folder, with 0xFF after each step.
    pub(super) folder: Option<&'a [u8]>,
    /// 0x44: file name in UTF-16.
    pub(super) unicode_name: Option<String>,
    /// 0x45: folder in UTF-16, with 0xFFFF after each step.
    pub(super) unicode_folder: Option<String>,
    /// 0x3F or 0x71: comment.
    pub(super) comment: Option<&'a [u8]>,
    /// 0x40: attributes.
    pub(super) attributes: Option<u64>,
    /// 0x42: packed and unpacked size in 64 bits.
    pub(super) sizes: Option<(u64, u64)>,
    /// Offset and value of the header CRC in the common record (0x00).
    pub(super) crc: Option<(usize, u16)>,
    /// Where the chain ends.
    pub(super) end: usize,
    /// Whether the chain leads beyond the header or the file.
    pub(super) is_broken: bool,
}

impl<'a> Extended<'a> {
    /// Reads the chain of a header.
    pub(super) fn read(bytes: &'a [u8], header: &Header<'_>) -> Self {
        let Some(mut at) = header.extended else { return Extended { end: header.end, ..Extended::default() } };
        let width = if header.level == 3 { 4 } else { 2 };
        let mut all = Extended { end: header.end, ..Extended::default() };
        loop {
            let Some(length) = number_at(bytes, at, width).and_then(|length| usize::try_from(length).ok()) else {
                all.is_broken = true;
                break;
            };
            at = at.saturating_add(width);
            all.end = at;
            if length == 0 {
                break;
            }
            // The length counts the type and the length of the next record.
            let record = length.checked_sub(width).and_then(|size| bytes.get(at..at.checked_add(size)?));
            let Some((kind, data)) = record.and_then(<[u8]>::split_first) else {
                all.is_broken = true;
                break;
            };
            all.record(*kind, data, at.saturating_add(1));
            at = at.saturating_add(length).saturating_sub(width);
        }
        all
    }

    fn record(&mut self, kind: u8, data: &'a [u8], at: usize) {
        match kind {
            0x00 => {
                let crc = number_at(data, 0, 2).and_then(|crc| u16::try_from(crc).ok());
                self.crc = crc.map(|crc| (at, crc));
            }
            0x01 => self.name = Some(data),
            0x02 => self.folder = Some(data),
            0x3f | 0x71 => self.comment = Some(data),
            0x40 => self.attributes = number_at(data, 0, 2),
            0x42 => self.sizes = number_at(data, 0, 8).zip(number_at(data, 8, 8)),
            0x44 => self.unicode_name = Some(utf16(data)),
            0x45 => self.unicode_folder = Some(utf16(data)),
            _ => {}
        }
    }
}

/// UTF-16 with 0xFFFF between folders.
fn utf16(data: &[u8]) -> String {
    let units = data.chunks_exact(2).take(16 << 10).map(|pair| match pair {
        [0xff, 0xff] => u16::from(b'/'),
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0xfffd,
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
}
