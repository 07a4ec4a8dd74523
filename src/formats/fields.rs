//! Fields (little-endian unless said otherwise) and slices of hostile bytes at an offset: nothing where the bytes end early, never a panic.

use std::ops::Range;

/// An unsigned 16-bit field.
pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(array_at(bytes, offset)?))
}

/// An unsigned 32-bit field.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(array_at(bytes, offset)?))
}

/// An unsigned 64-bit field.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(array_at(bytes, offset)?))
}

/// A 32-bit field used as an offset or size.
pub(crate) fn size_at(bytes: &[u8], offset: usize) -> Option<usize> {
    Some(u32_at(bytes, offset)? as usize)
}

/// An unsigned field of `width` bytes, at most eight.
pub(crate) fn number_at(bytes: &[u8], offset: usize, width: usize) -> Option<u64> {
    let field = bytes.get(offset..offset.checked_add(width)?)?;
    Some(field.iter().rev().fold(0u64, |value, byte| (value << 8) | u64::from(*byte)))
}

/// Sixteen bytes: a class id as stored.
pub(crate) fn clsid_at(bytes: &[u8], offset: usize) -> Option<[u8; 16]> {
    array_at(bytes, offset)
}

/// Whether these four bytes stand at an offset.
pub(crate) fn has(bytes: &[u8], offset: usize, signature: &[u8; 4]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(signature))
}

fn array_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

/// Bytes up to a NUL, at most `longest`; without the NUL where it is missing.
pub(crate) fn until_nul(bytes: &[u8], offset: usize, longest: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let rest = rest.get(..longest).unwrap_or(rest);
    rest.split(|byte| *byte == 0).next()
}

/// The printable text of a NUL-terminated string in ASCII or UTF-8, at most `longest` bytes.
pub(crate) fn text_at(bytes: &[u8], offset: usize, longest: usize) -> Option<String> {
    let text = String::from_utf8_lossy(until_nul(bytes, offset, longest)?).into_owned();
    (!text.is_empty()).then_some(text)
}

/// UTF-16LE up to a NUL, at most `longest` code units, and the bytes it took with the NUL.
pub(crate) fn wide_at(bytes: &[u8], offset: usize, longest: usize) -> Option<(String, usize)> {
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
pub(crate) fn range_in(bytes: &[u8], offset: usize, length: impl TryInto<usize>) -> Range<usize> {
    let start = offset.min(bytes.len());
    let length = length.try_into().unwrap_or(usize::MAX);
    start..start.saturating_add(length).min(bytes.len())
}

/// Up to `length` bytes from an offset: fewer where the bytes end early.
pub(crate) fn clipped(bytes: &[u8], offset: usize, length: usize) -> &[u8] {
    bytes.get(range_in(bytes, offset, length)).unwrap_or_default()
}

/// An unsigned 16-bit field, high byte first.
pub(crate) fn u16_be_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_be_bytes(array_at(bytes, offset)?))
}

/// An unsigned 32-bit field, high byte first.
pub(crate) fn u32_be_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_be_bytes(array_at(bytes, offset)?))
}

/// An unsigned 64-bit field, high byte first.
pub(crate) fn u64_be_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_be_bytes(array_at(bytes, offset)?))
}
