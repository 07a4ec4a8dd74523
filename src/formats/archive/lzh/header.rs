//! One header: the part all levels share and where each level keeps the rest.

use crate::formats::fields::number_at;
/// A header, header.doc.md "level 0 header" to "level 3 header".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// Level 0 to 3.
    pub(super) level: u8,
    /// Method, such as `-lh5-`.
    pub(super) method: [u8; 5],
    /// Bytes of packed data; in level 1 the extended headers count as data.
    pub(super) packed: u64,
    /// Bytes of content.
    pub(super) size: u64,
    /// MS-DOS attributes.
    pub(super) attributes: u8,
    /// Name in the base header; levels 2 and 3 have none.
    pub(super) name: &'a [u8],
    /// CRC-16 of the content; level 0 headers of some programs end before it.
    pub(super) crc: Option<u16>,
    /// Offset of the length of the first extended header; none in level 0.
    pub(super) extended: Option<usize>,
    /// Where the header ends, by its own statement.
    pub(super) end: usize,
    /// Whether the sum over a level 0 or 1 header is right.
    pub(super) is_sum_right: bool,
}

impl<'a> Header<'a> {
    /// The header at an offset; none if there is no such thing.
    pub(super) fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        let header = bytes.get(at..)?;
        let byte = |index: usize| header.get(index).copied();
        let word = |index: usize| number_at(header, index, 2).and_then(|value| u16::try_from(value).ok());
        let method = <[u8; 5]>::try_from(header.get(2..7)?).ok()?;
        if !is_method(&method) {
            return None;
        }
        let level = byte(20)?;
        let (name_length, base_size) = (usize::from(byte(21)?), usize::from(byte(0)?).checked_add(2)?);
        let (name, crc_at, extended, size) = match level {
            0 | 1 => {
                let name_end = name_length.checked_add(22)?;
                if name_end > base_size {
                    return None;
                }
                // The length of the first extended header is the last word of a level 1 base header.
                let extended = if level == 1 { Some(base_size.checked_sub(2)?) } else { None };
                (header.get(22..name_end)?, name_end, extended, base_size)
            }
            2 => (&[][..], 21, Some(24), usize::from(word(0)?)),
            // Word size, always four, then the size of the whole in 32 bits.
            3 if word(0)? == 4 => (&[][..], 21, Some(28), usize::try_from(number_at(header, 24, 4)?).ok()?),
            _ => return None,
        };
        let sum = header.get(2..base_size).unwrap_or_default().iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        Some(Header {
            level,
            method,
            packed: number_at(header, 7, 4)?,
            size: number_at(header, 11, 4)?,
            attributes: byte(19)?,
            name,
            crc: if crc_at.checked_add(2)? <= size { word(crc_at) } else { None },
            extended: match extended {
                Some(offset) => Some(at.checked_add(offset)?),
                None => None,
            },
            end: at.checked_add(size)?,
            is_sum_right: level > 1 || sum == byte(1)?,
        })
    }
}

/// Whether five bytes name a method: `-lh?-`, `-lz?-`, `-pm?-`.
pub(super) fn is_method(method: &[u8]) -> bool {
    matches!(method, [b'-', b'l', b'h' | b'z', kind, b'-'] | [b'-', b'p', b'm', kind, b'-']
        if kind.is_ascii_alphanumeric())
}
