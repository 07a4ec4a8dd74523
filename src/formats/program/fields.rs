//! Little-endian fields at an offset. Every reader gives nothing where the bytes end early.

use std::ops::Range;

/// An unsigned 16-bit field.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(array_at(bytes, offset)?))
}

/// An unsigned 32-bit field.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(array_at(bytes, offset)?))
}

/// An unsigned 64-bit field.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(array_at(bytes, offset)?))
}

/// A 32-bit field used as an offset or size.
pub(super) fn size_at(bytes: &[u8], offset: usize) -> Option<usize> {
    Some(u32_at(bytes, offset)? as usize)
}

fn array_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

/// Bytes up to a NUL, at most `longest`; without the NUL where it is missing.
pub(super) fn until_nul(bytes: &[u8], offset: usize, longest: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let rest = rest.get(..longest).unwrap_or(rest);
    rest.split(|byte| *byte == 0).next()
}

/// The printable text of a NUL-terminated string in ASCII or UTF-8, at most `longest` bytes.
pub(super) fn text_at(bytes: &[u8], offset: usize, longest: usize) -> Option<String> {
    let text = String::from_utf8_lossy(until_nul(bytes, offset, longest)?).into_owned();
    (!text.is_empty()).then_some(text)
}

/// UTF-16LE up to a NUL, at most `longest` code units, and the bytes it took with the NUL.
pub(super) fn wide_at(bytes: &[u8], offset: usize, longest: usize) -> Option<(String, usize)> {
    let rest = bytes.get(offset..)?;
    let mut units: Vec<u16> = Vec::new();
    let mut has_nul = false;
    for pair in rest.chunks_exact(2).take(longest) {
        let unit = u16_at(pair, 0)?;
        if unit == 0 {
            has_nul = true;
            break;
        }
        units.push(unit);
    }
    let taken = units.len().saturating_add(usize::from(has_nul)).saturating_mul(2);
    Some((String::from_utf16_lossy(&units), taken))
}

/// `offset..offset + length`, cut to what there is.
pub(super) fn range_in(bytes: &[u8], offset: usize, length: usize) -> Range<usize> {
    let start = offset.min(bytes.len());
    start..start.saturating_add(length).min(bytes.len())
}
