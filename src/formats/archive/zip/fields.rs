//! Little-endian numbers and slices of hostile bytes: out of range is `None`, never a panic.

use std::ops::Range;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}

/// Whether these four bytes stand at an offset.
pub(super) fn has(bytes: &[u8], at: usize, signature: &[u8; 4]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(signature))
}

/// Up to `length` bytes from an offset: less where the input ends earlier.
pub(super) fn clipped(bytes: &[u8], at: usize, length: usize) -> &[u8] {
    let start = at.min(bytes.len());
    let end = start.saturating_add(length).min(bytes.len());
    bytes.get(start..end).unwrap_or_default()
}

/// A range of `length` bytes from an offset, cut at the end of the input.
pub(super) fn range(bytes: &[u8], at: usize, length: u64) -> Range<usize> {
    let start = at.min(bytes.len());
    let room = bytes.len().saturating_sub(start);
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(room);
    start..start.saturating_add(length)
}
