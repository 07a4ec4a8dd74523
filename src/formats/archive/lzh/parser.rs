//! The walk over an LZH archive: entries in order, going on after damage.

use std::ops::Range;

use bytes::Bytes;
use delharc::crc::Crc16;

use super::extended::Extended;
use super::header::{Header, is_method};
use crate::formats::archive::old_names;
use crate::model::name::extension;
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names: the Unicode one or the one in the extended headers first, then what else it is called.
    pub name: EntryName,
    /// Method, such as `-lh5-`.
    pub method: [u8; 5],
    /// Bytes of content, as stated.
    pub size: u64,
    /// CRC-16 of the content, as stated.
    pub crc: Option<u16>,
    /// Packed data in the archive.
    pub data: Range<usize>,
    /// Bytes of packed data beyond the end of the archive.
    pub missing: u64,
    /// Header level.
    pub level: u8,
    /// Whether it is marked hidden or system.
    pub is_hidden: bool,
    /// Comment, if any.
    pub comment: Option<String>,
    /// Offset of the header.
    pub offset: usize,
    /// What is odd about the header, in words.
    pub oddities: Vec<String>,
}

impl Entry {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        &self.method == b"-lhd-"
    }

    /// The method as text.
    pub fn method_name(&self) -> String {
        String::from_utf8_lossy(&self.method).into_owned()
    }
}

/// The archive's entries.
#[derive(Debug, Default)]
pub struct LzhView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no entry.
    pub trailing: Option<usize>,
}

/// Entries kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;
/// Problems said.
const MAX_PROBLEMS: usize = 32;

impl View for LzhView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if Header::read(bytes, 0).is_none() {
            return Err(ParseError::new("no LZH header", 0));
        }
        let mut view = LzhView::default();
        let mut at = 0usize;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            if let Some(header) = Header::read(bytes, at) {
                let entry = entry(bytes, at, &header);
                // Each entry ends at least its fixed part after it begins, whatever it states.
                at = entry.data.end.max(at.saturating_add(22));
                view.entries.push(entry);
                continue;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            // A zero ends an archive; programs padded with zeros, and with 0x1A under CP/M and XMODEM.
            if rest.iter().all(|byte| matches!(byte, 0 | 0x1a)) {
                break;
            }
            let is_end = rest.first() == Some(&0);
            let next = if is_end { Some(at.saturating_add(1)) } else { next_header(bytes, at) };
            match next.filter(|next| Header::read(bytes, *next).is_some()) {
                Some(next) => {
                    view.say(match is_end {
                        true => Problem::odd("entries follow the end of the archive", Location::at(at)),
                        false => Problem::damaged("no LZH header where one should be", Location::at(at)),
                    });
                    at = next;
                }
                None => {
                    view.trailing = Some(at.saturating_add(usize::from(is_end)));
                    break;
                }
            }
        }
        Ok(view)
    }
}

impl LzhView {
    fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// The entry at the start, if it has a sum that could be wrong.
pub(super) fn first_entry(bytes: &[u8]) -> Option<Entry> {
    let header = Header::read(bytes, 0)?;
    let has_sum = header.level < 2 || Extended::read(bytes, &header).crc.is_some();
    has_sum.then(|| entry(bytes, 0, &header))
}

/// The next offset with a header: the method stands two bytes into it.
fn next_header(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    memchr::memchr_iter(b'-', rest)
        .filter(|index| rest.get(*index..index.saturating_add(5)).is_some_and(is_method))
        .filter_map(|index| at.checked_add(index)?.checked_sub(2))
        .find(|offset| *offset > at && Header::read(bytes, *offset).is_some())
}

fn entry(bytes: &[u8], at: usize, header: &Header<'_>) -> Entry {
    let extended = Extended::read(bytes, header);
    let mut oddities = Vec::new();
    if !header.is_sum_right {
        oddities.push(format!("level {} header has a wrong checksum", header.level));
    }
    let end = header_end(header, &extended);
    if let Some((offset, crc)) = extended.crc
        && !is_crc_right(bytes, at, end, offset, crc)
    {
        oddities.push(format!("level {} header has a wrong CRC", header.level));
    }
    if extended.is_broken {
        oddities.push("extended headers lead out of the header".to_owned());
    }

    let (mut packed, mut size) = (header.packed, header.size);
    if header.level == 1 {
        // The extended headers are counted as data.
        let chain = end.saturating_sub(header.end) as u64;
        packed = packed.checked_sub(chain).unwrap_or(packed);
    } else if let Some((wide_packed, wide_size)) = extended.sizes.filter(|_| header.level >= 2) {
        (packed, size) = (wide_packed, wide_size);
    }
    let start = end.min(bytes.len());
    let left = bytes.len().saturating_sub(start);
    let length = usize::try_from(packed).unwrap_or(usize::MAX).min(left);

    let (name, comment) = names(header, &extended, &mut oddities);
    Entry {
        name,
        method: header.method,
        size,
        crc: header.crc,
        data: start..start.saturating_add(length),
        missing: packed.saturating_sub(length as u64),
        level: header.level,
        is_hidden: extended.attributes.unwrap_or_else(|| header.attributes.into()) & 0x06 != 0,
        comment: extended.comment.or(comment).map(|text| old_names::decode(text).text),
        offset: at,
        oddities,
    }
}

/// Where the header ends and data begins. Level 1 says so only by its chain; in levels 2 and 3 the stated size may
/// leave room for a padding byte, and some programs forgot the size field itself in it.
fn header_end(header: &Header<'_>, extended: &Extended<'_>) -> usize {
    match header.level {
        0 => header.end,
        1 => extended.end.max(header.end),
        _ if extended.is_broken => header.end,
        _ => header.end.max(extended.end),
    }
}

/// CRC-16 over the header, its own field counting as zero.
fn is_crc_right(bytes: &[u8], start: usize, end: usize, field: usize, stored: u16) -> bool {
    let mut crc = Crc16::default();
    let after = field.saturating_add(2);
    crc.digest(bytes.get(start..field).unwrap_or_default());
    crc.digest(&[0, 0]);
    crc.digest(bytes.get(after..end).unwrap_or_default());
    crc.sum16() == stored
}

/// The names of an entry, with folders; and the comment behind the zero of an old name, if there is one.
fn names<'a>(
    header: &Header<'a>,
    extended: &Extended<'a>,
    oddities: &mut Vec<String>,
) -> (EntryName, Option<&'a [u8]>) {
    let base = header.name.get(..memchr::memchr(0, header.name).unwrap_or(header.name.len())).unwrap_or_default();
    let comment = header.name.get(base.len().saturating_add(1)..).filter(|comment| !comment.is_empty());
    let folder = extended.folder.map(path).unwrap_or_default();
    let join = |folder: &str, name: String| match folder {
        "" => name,
        folder if folder.ends_with(['/', '\\']) => format!("{folder}{name}"),
        folder => format!("{folder}/{name}"),
    };
    let base_text = path(base);
    let stored = extended.name.map(path);
    if let Some(stored) = &stored
        && !base_text.is_empty()
        && extension(stored) != extension(&base_text)
    {
        oddities.push(format!("base header calls it {base_text}, extended header {stored}"));
    }
    let plain = join(&folder, stored.clone().unwrap_or_else(|| base_text.clone()));
    let name = match &extended.unicode_name {
        Some(name) => {
            let folder = extended.unicode_folder.as_deref().unwrap_or(&folder);
            EntryName::new(join(folder, name.trim_end_matches('\0').to_owned())).also(plain)
        }
        None => {
            let raw = extended.name.unwrap_or(base);
            let raw = if std::str::from_utf8(raw).is_ok() { None } else { Some(raw.to_vec()) };
            EntryName { raw, ..EntryName::new(plain) }
        }
    };
    let name = if stored.is_some() && !base_text.is_empty() { name.also(join(&folder, base_text)) } else { name };
    (name, comment)
}

/// A stored path as text. 0xFF separates folders and is no byte of any encoding in use, so it can go first; what looks
/// like a backslash may be the second byte of a CP932 character and is left to the decoder.
fn path(raw: &[u8]) -> String {
    let raw = raw.get(..old_names::MAX_NAME).unwrap_or(raw);
    let steps: Vec<String> = raw.split(|byte| *byte == 0xff).map(|step| old_names::decode(step).text).collect();
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::lzh::{Entry as Made, lzh};

    use super::*;

    fn view(bytes: Vec<u8>) -> LzhView {
        LzhView::parse(&bytes.into()).unwrap()
    }

    #[test]
    fn reads_all_levels() {
        let made = |level| Made::file("予約確認表.txt", b"hello").within("資料/表").level(level);
        let view = view(lzh(&[made(0), made(1), made(2)]));
        let names: Vec<&str> = view.entries.iter().map(|entry| entry.name.text.as_str()).collect();
        assert_eq!(names, ["資料\\表\\予約確認表.txt", "資料/表/予約確認表.txt", "資料/表/予約確認表.txt"]);
        assert!(view.entries.iter().all(|entry| entry.oddities.is_empty() && entry.missing == 0));
        assert!(view.problems.is_empty());
    }

    #[test]
    fn second_bytes_of_characters_are_no_separators() {
        let view = view(lzh(&[Made::file("予約確認表.exe", b"x").level(0)]));
        assert_eq!(view.entries[0].name.file_name(), "予約確認表.exe");
    }

    #[test]
    fn wrong_checksums_are_said_and_read_past() {
        for level in 0..3 {
            let mut made = Made::file("a.txt", b"x").level(level);
            made.has_wrong_checksum = true;
            let view = view(lzh(&[made.clone(), Made::file("b.txt", b"y")]));
            assert_eq!(view.entries.len(), 2);
            // Level 1 as made here has no CRC, but a sum.
            assert_eq!(view.entries[0].oddities.len(), 1, "level {level}");
            assert!(view.entries[1].oddities.is_empty());
        }
    }

    #[test]
    fn a_unicode_name_comes_first_and_the_other_stays() {
        let mut made = Made::file("a.txt", b"x");
        made.unicode = Some("a\u{202e}txt.exe");
        let view = view(lzh(&[made]));
        assert_eq!(view.entries[0].name.all().collect::<Vec<_>>(), ["a\u{202e}txt.exe", "a.txt"]);
    }

    #[test]
    fn goes_on_after_damage_and_the_end() {
        let mut bytes = lzh(&[Made::file("a.txt", b"x")]);
        bytes.pop();
        bytes.extend(b"garbage in between");
        bytes.extend(lzh(&[Made::file("b.txt", b"y")]));
        let damaged = view(bytes);
        assert_eq!(damaged.entries.len(), 2);
        assert_eq!(damaged.problems.len(), 1);

        let mut bytes = lzh(&[Made::file("a.txt", b"x")]);
        bytes.extend(lzh(&[Made::file("b.txt", b"y")]));
        bytes.extend(b"MZ not LZH");
        let followed = view(bytes.clone());
        assert_eq!(followed.entries.len(), 2);
        assert_eq!(followed.trailing, Some(bytes.len() - 10));
    }
}
