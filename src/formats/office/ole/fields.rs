//! Little-endian fields at an offset; none where the bytes end.

/// An unsigned 16-bit field.
pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    let end = offset.checked_add(2)?;
    bytes.get(offset..end)?.try_into().ok().map(u16::from_le_bytes)
}

/// An unsigned 32-bit field.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let end = offset.checked_add(4)?;
    bytes.get(offset..end)?.try_into().ok().map(u32::from_le_bytes)
}

/// Sixteen bytes: a class id as stored.
pub(crate) fn clsid_at(bytes: &[u8], offset: usize) -> Option<[u8; 16]> {
    let end = offset.checked_add(16)?;
    bytes.get(offset..end)?.try_into().ok()
}
