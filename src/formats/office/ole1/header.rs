//! The layout (MS-OLEDS 2.2.4 to 2.2.6). Sizes lie in most hostile objects: what is there is taken.

use bytes::Bytes;

use crate::formats::fields::{clipped, size_at, u32_at};
use crate::formats::office::ole::native::decode;

/// Longest class name: what a registry key may have.
const MAX_CLASS: usize = 256;
/// Longest topic or item: a path or an address.
const MAX_NAME: usize = 32 << 10;

/// An object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// 2 for embedded, 1 for linked; other numbers are taken as embedded.
    pub(crate) format: u32,
    /// Name of its class, up to the first NUL.
    pub(crate) class: String,
    /// The file it is linked to.
    pub(crate) topic: String,
    /// The place in that file.
    pub(crate) item: String,
    /// The server the file lies on.
    pub(crate) network: String,
    /// The program's data.
    pub(crate) native: Bytes,
    /// Bytes the header claims the data has.
    pub(crate) declared: usize,
    /// What follows the data and what it looks like.
    pub(crate) behind: Bytes,
    /// What is not as writers write it, in words.
    pub(crate) oddities: Vec<&'static str>,
}

impl Object {
    /// Reads an object; none if there is no header.
    pub(crate) fn read(data: &Bytes) -> Option<Object> {
        let mut object = Object { format: u32_at(data, 4)?, ..Object::default() };
        let mut at = 8usize;
        let raw = counted(data, &mut at, MAX_CLASS, &mut object.oddities)?;
        let class = raw.split(|byte| *byte == 0).next().unwrap_or_default();
        // A name is no longer than the first NUL; more of them are padding.
        if raw.len() > class.len().saturating_add(1) {
            object.oddities.push("padded class name");
        } else if !raw.is_empty() && !raw.ends_with(&[0]) {
            object.oddities.push("class name without an end");
        }
        object.class = decode(class).trim().to_owned();
        if !object.class.chars().all(|c| !c.is_control()) {
            return None;
        }
        if object.class.is_empty() {
            object.oddities.push("no class name");
        }
        object.topic = text(counted(data, &mut at, MAX_NAME, &mut object.oddities)?);
        object.item = text(counted(data, &mut at, MAX_NAME, &mut object.oddities)?);
        match object.format {
            1 => {
                object.network = counted(data, &mut at, MAX_NAME, &mut object.oddities).map(text).unwrap_or_default();
                // Reserved, and how the link is brought up to date.
                at = at.saturating_add(8);
                object.behind = rest(data, at);
            }
            format => {
                if format != 2 {
                    object.oddities.push("unknown kind of object");
                }
                object.declared = size_at(data, at).unwrap_or(0);
                at = at.saturating_add(4).min(data.len());
                let end = at.saturating_add(object.declared).min(data.len());
                if end.saturating_sub(at) < object.declared {
                    object.oddities.push("size beyond the data");
                }
                object.native = data.slice(at..end);
                object.behind = rest(data, end.saturating_add(presentation(data, end)));
            }
        }
        Some(object)
    }

    /// Whether the header is one: a known kind with a class, or a link with its topic.
    pub(crate) fn is_convincing(&self) -> bool {
        let is_named = !self.class.is_empty() && self.class.is_ascii();
        match self.format {
            1 => is_named || !self.topic.is_empty(),
            2 => is_named && !self.native.is_empty(),
            _ => false,
        }
    }
}

fn rest(data: &Bytes, at: usize) -> Bytes {
    data.slice(at.min(data.len())..)
}

/// LengthPrefixedAnsiString, 2.1.4. A length beyond the data or the longest name is a lie: the text up to a NUL counts.
fn counted<'a>(data: &'a [u8], at: &mut usize, longest: usize, oddities: &mut Vec<&'static str>) -> Option<&'a [u8]> {
    let length = size_at(data, *at)?;
    let start = at.checked_add(4)?;
    let available = data.get(start..)?;
    let text = match available.get(..length).filter(|_| length <= longest) {
        Some(text) => text,
        None => {
            oddities.push("length of a name beyond the data");
            let end = memchr::memchr(0, available.get(..longest).unwrap_or(available))?;
            available.get(..end.saturating_add(1))?
        }
    };
    *at = start.checked_add(text.len())?;
    Some(text)
}

fn text(raw: &[u8]) -> String {
    decode(raw.split(|byte| *byte == 0).next().unwrap_or_default())
}

/// Size of the presentation that follows native data (2.2.1): a picture of the object. None if there is none.
fn presentation(data: &[u8], at: usize) -> usize {
    let Some(format) = u32_at(data, at.saturating_add(4)) else { return 0 };
    match format {
        0 => 8,
        5 => {
            let mut end = at.saturating_add(8);
            let Some(class) = size_at(data, end) else { return 0 };
            let name = clipped(data, end.saturating_add(4), class.min(64));
            end = end.saturating_add(4).saturating_add(class);
            let is_standard = [&b"METAFILEPICT\0"[..], b"BITMAP\0", b"DIB\0"].contains(&name);
            // Standard ones have a width and a height, the others a clipboard format.
            end = end.saturating_add(if is_standard { 8 } else { 4 });
            let Some(size) = size_at(data, end) else { return 0 };
            end.saturating_add(4).saturating_add(size).saturating_sub(at)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::ole1;

    #[test]
    fn reads_embedded_and_linked_objects() {
        let data = Bytes::from(ole1::embedded("Equation.3", b"native"));
        let object = Object::read(&data).unwrap();
        assert_eq!((object.class.as_str(), &object.native[..]), ("Equation.3", &b"native"[..]));
        assert!(object.oddities.is_empty() && object.behind.is_empty() && object.is_convincing());
        let data = Bytes::from(ole1::linked("Word.Document.8", r"\\192.0.2.7\s\a.doc", "x"));
        let object = Object::read(&data).unwrap();
        assert_eq!((object.format, object.topic.as_str(), object.item.as_str()), (1, r"\\192.0.2.7\s\a.doc", "x"));
    }

    #[test]
    fn lying_sizes_hide_nothing() {
        let mut data = ole1::embedded("Package", b"native");
        let at = data.windows(6).position(|window| window == b"native").unwrap();
        data[at - 4..at].copy_from_slice(&0x7FFF_FFFFu32.to_le_bytes());
        let object = Object::read(&data.clone().into()).unwrap();
        assert!(object.native.starts_with(b"native"));
        assert_eq!(object.oddities, ["size beyond the data"]);
        data[8..12].copy_from_slice(&0xFFFF_FFFFu32.to_le_bytes());
        assert_eq!(Object::read(&data.into()).unwrap().class, "Package");
    }

    #[test]
    fn what_follows_the_presentation_is_told_apart() {
        let data = [ole1::embedded("PBrush", b"BM"), b"more".to_vec()].concat();
        let object = Object::read(&data.into()).unwrap();
        assert_eq!((&object.native[..], &object.behind[..]), (&b"BM"[..], &b"more"[..]));
    }

    #[test]
    fn other_data_is_no_object() {
        assert_eq!(Object::read(&Bytes::from_static(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0")), None);
        assert_eq!(Object::read(&Bytes::from_static(b"\x01\x05")), None);
    }
}
