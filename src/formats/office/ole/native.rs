//! `\u{1}Ole10Native`: a file packed into a document (MS-OLEDS 2.3.6, and the layout of Packager objects inside it).

use bytes::Bytes;
use encoding_rs::{SHIFT_JIS, UTF_16LE, WINDOWS_1252};

use crate::formats::fields::{u16_at, u32_at};

/// Name of the stream, lower case.
pub(super) const STREAM: &str = "\u{1}ole10native";

/// Longest name or path looked for; Windows has 260, long paths 32,767.
const MAX_NAME: usize = 4096;

/// A packed file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packed {
    /// What stands under the icon.
    pub(super) label: String,
    /// Where the file came from; its last part is the name it gets.
    pub(super) path: String,
    /// Where Packager puts it before it is opened.
    pub(super) temporary: String,
    /// The Unicode copies of these, where they differ.
    pub(super) unicode: Vec<String>,
    pub(super) data: Bytes,
    /// Bytes the stream claims the file has.
    pub(super) declared: usize,
}

/// The packed file; none if the stream is native data of another kind (a bitmap, an equation). The leading size is
/// optional, since Office does not miss it.
pub(super) fn packed(stream: &Bytes) -> Option<Packed> {
    [4usize, 0].into_iter().find_map(|start| packed_at(stream, start))
}

fn packed_at(stream: &Bytes, start: usize) -> Option<Packed> {
    if u16_at(stream, start)? != 2 {
        return None;
    }
    let mut at = start.checked_add(2)?;
    let label = ansi(stream, &mut at)?;
    let path = ansi(stream, &mut at)?;
    // Four bytes of flags, of which the upper half is 3 for an embedded file.
    at = at.checked_add(4)?;
    let temporary_size = usize::try_from(u32_at(stream, at)?).ok()?;
    at = at.checked_add(4)?;
    let temporary = decode(until_zero(stream.get(at..at.checked_add(temporary_size.min(MAX_NAME))?)?));
    at = at.checked_add(temporary_size)?;
    let declared = usize::try_from(u32_at(stream, at)?).ok()?;
    at = at.checked_add(4)?;
    let end = at.checked_add(declared)?.min(stream.len());
    if at > end {
        return None;
    }
    let data = stream.slice(at..end);
    let mut unicode = Vec::new();
    let mut next = end;
    while unicode.len() < 3
        && let Some(name) = counted_utf16(stream, &mut next)
    {
        if ![&label, &path, &temporary].contains(&&name) {
            unicode.push(name);
        }
    }
    Some(Packed { label, path, temporary, unicode, data, declared })
}

/// Native data that is no packed file: what follows the size.
pub(super) fn bare(stream: &Bytes) -> Bytes {
    match u32_at(stream, 0).and_then(|size| usize::try_from(size).ok()) {
        Some(size) if size <= stream.len() && size.saturating_add(4096) > stream.len() => {
            stream.slice(4.min(stream.len())..)
        }
        _ => stream.clone(),
    }
}

fn ansi(bytes: &[u8], at: &mut usize) -> Option<String> {
    let rest = bytes.get(*at..)?;
    let end = memchr::memchr(0, rest.get(..MAX_NAME).unwrap_or(rest))?;
    *at = at.checked_add(end)?.checked_add(1)?;
    Some(decode(rest.get(..end)?))
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

/// Names are in the sender's system code page, which is not stated.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text.into_owned(),
        None => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// A count of UTF-16 units, then the units.
fn counted_utf16(bytes: &[u8], at: &mut usize) -> Option<String> {
    let count = usize::try_from(u32_at(bytes, *at)?).ok().filter(|count| (1..MAX_NAME).contains(count))?;
    let start = at.checked_add(4)?;
    let end = start.checked_add(count.checked_mul(2)?)?;
    let text = UTF_16LE.decode_without_bom_handling(bytes.get(start..end)?).0;
    *at = end;
    Some(text.trim_end_matches('\0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::cfb::packaged;

    #[test]
    fn reads_names_and_content() {
        let stream = Bytes::from(packaged("領収書.pdf", r"C:\t\領収書.pdf.exe", b"MZ payload"));
        let packed = packed(&stream).unwrap();
        assert_eq!(packed.label, "領収書.pdf");
        assert_eq!(packed.path, r"C:\t\領収書.pdf.exe");
        assert_eq!(packed.data, "MZ payload");
        assert_eq!(packed.declared, 10);
    }

    #[test]
    fn a_missing_size_and_a_lying_size_hide_nothing() {
        let stream = Bytes::from(packaged("a.txt", "a.txt", b"content"));
        assert_eq!(packed(&stream.slice(4..)).unwrap().data, "content");
        let at = stream.windows(7).position(|window| window == b"content").unwrap();
        let mut lying = stream.to_vec();
        lying[at - 4..at].copy_from_slice(&0x7FFF_FFFFu32.to_le_bytes());
        assert!(packed(&lying.into()).unwrap().data.starts_with(b"content"));
    }

    #[test]
    fn a_bitmap_is_no_package() {
        let stream = Bytes::from_static(b"\x06\0\0\0BM1234");
        assert_eq!(packed(&stream), None);
        assert_eq!(bare(&stream), "BM1234");
    }
}
