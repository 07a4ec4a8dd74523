//! `\u{1}Ole10Native`: a file packed into a document (MS-OLEDS 2.3.6, and the layout of Packager objects inside it).

use bytes::Bytes;
use encoding_rs::{SHIFT_JIS, UTF_16LE, WINDOWS_1252};

use crate::formats::fields::{size_at, u16_at, u32_at};

/// Name of the stream, lower case.
pub(crate) const STREAM: &str = "\u{1}ole10native";

/// Detail of a child that is a document program's own content.
pub(crate) const DOCUMENT_STREAM: &str = "OLE stream of a document";

/// Longest name or path looked for; Windows has 260, long paths 32,767.
const MAX_NAME: usize = 4096;

/// A packed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packed {
    /// What stands under the icon.
    pub(crate) label: String,
    /// Where the file came from; its last part is the name it gets.
    pub(crate) path: String,
    /// Where Packager puts it before it is opened.
    pub(crate) temporary: String,
    /// The Unicode copies of these, where they differ.
    pub(crate) unicode: Vec<String>,
    pub(crate) data: Bytes,
    /// Bytes the stream claims the file has.
    pub(crate) declared: usize,
    /// Whether it is only linked.
    pub(crate) is_linked: bool,
}

/// The packed file; none if the stream is native data of another kind (a bitmap, an equation). The leading size is
/// optional, since Office does not miss it, and so is the mark behind it.
pub(crate) fn packed(stream: &Bytes) -> Option<Packed> {
    [4usize, 0, 8].into_iter().find_map(|start| packed_at(stream, start))
}

fn packed_at(stream: &Bytes, start: usize) -> Option<Packed> {
    let has_mark = u16_at(stream, start)? == 2;
    let mut at = start.checked_add(2)?;
    let label = ansi(stream, &mut at)?;
    let path = ansi(stream, &mut at)?;
    if label.is_empty() && path.is_empty() || !is_name(&label) || !is_name(&path) {
        return None;
    }
    // Four bytes, of which the upper half is 3 for an embedded file, 1 for one that is only linked.
    let kind = u16_at(stream, at.checked_add(2)?)?;
    // Without the mark, nothing but the usual place will do.
    if !has_mark && (start != 4 || !matches!(kind, 1 | 3)) {
        return None;
    }
    at = at.checked_add(4)?;
    let Some(temporary_size) = size_at(stream, at) else { return linked(label, path, kind) };
    at = at.checked_add(4)?;
    let (temporary, declared_at) = match stream.get(at..at.checked_add(temporary_size)?) {
        Some(name) => (decode(until_zero(name)), at.checked_add(temporary_size)?),
        // The size lies: the name ends where it ends.
        None => {
            let mut end = at;
            (ansi(stream, &mut end)?, end)
        }
    };
    if !is_name(&temporary) {
        return None;
    }
    let Some(declared) = size_at(stream, declared_at) else { return linked(label, path, kind) };
    at = declared_at.checked_add(4)?;
    let end = at.checked_add(declared)?.min(stream.len());
    let data = stream.slice(at.min(end)..end);
    let mut unicode = Vec::new();
    let mut next = end;
    while unicode.len() < 3
        && let Some(name) = counted_utf16(stream, &mut next)
    {
        if ![&label, &path, &temporary].contains(&&name) {
            unicode.push(name);
        }
    }
    Some(Packed { label, path, temporary, unicode, data, declared, is_linked: kind == 1 })
}

/// A package that only names its file.
fn linked(label: String, path: String, kind: u16) -> Option<Packed> {
    let nothing = (String::new(), Vec::new(), Bytes::new());
    let (temporary, unicode, data) = nothing;
    (kind == 1).then_some(Packed { label, path, temporary, unicode, data, declared: 0, is_linked: true })
}

/// Whether a text can be a name or path: garbage has control characters early.
fn is_name(text: &str) -> bool {
    text.chars().all(|c| !c.is_control())
}

/// Native data that is no packed file: what follows the size.
pub(crate) fn bare(stream: &Bytes) -> Bytes {
    match u32_at(stream, 0).and_then(|size| usize::try_from(size).ok()) {
        Some(size) if size <= stream.len() && size.saturating_add(4096) > stream.len() => {
            stream.slice(4.min(stream.len())..)
        }
        _ => stream.clone(),
    }
}

/// Whether content starts like a file of a format we know. Short magics match by chance.
pub(crate) fn is_recognised(data: &[u8]) -> bool {
    const MIN_MAGIC: usize = 4;
    let is_program =
        data.starts_with(b"MZ") && memchr::memmem::find(data.get(..1024).unwrap_or(data), b"PE\0\0").is_some();
    is_program
        || data.starts_with(b"PK\x03\x04")
        || crate::formats::FORMATS
            .iter()
            .flat_map(|spec| spec.magic)
            .any(|magic| magic.bytes.len() >= MIN_MAGIC && magic.matches(data))
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
pub(crate) fn decode(bytes: &[u8]) -> String {
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
    fn names_of_garbage_are_none_and_a_mark_may_be_wrong() {
        let stream = packaged("a.txt", "a.txt", b"content");
        let mut marked = stream.clone();
        marked[4] = 7;
        assert_eq!(packed(&marked.into()).unwrap().data, "content");
        let mut garbage = stream.clone();
        garbage[6] = 1;
        assert_eq!(packed(&garbage.into()), None);
        let mut far = stream;
        let at = far.windows(4).position(|window| window == [0, 0, 3, 0]).unwrap();
        far[at + 4..at + 8].copy_from_slice(&0xFFFF_FF00u32.to_le_bytes());
        assert_eq!(packed(&far.into()).unwrap().data, "content");
    }

    #[test]
    fn a_package_may_only_name_its_file() {
        let stream = packaged("a.exe", r"\\192.0.2.1\s\a.exe", b"");
        let at = stream.windows(4).position(|window| window == [0, 0, 3, 0]).unwrap();
        let mut linked = stream[..at + 4].to_vec();
        linked[at + 2] = 1;
        let packed = packed(&linked.into()).unwrap();
        assert!(packed.is_linked && packed.path.ends_with("a.exe"));
    }

    #[test]
    fn a_bitmap_is_no_package() {
        let stream = Bytes::from_static(b"\x06\0\0\0BM1234");
        assert_eq!(packed(&stream), None);
        assert_eq!(bare(&stream), "BM1234");
    }
}
