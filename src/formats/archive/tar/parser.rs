//! The walk over a tar archive: entries in order, going on after damage.

use std::ops::Range;

use bytes::Bytes;

use super::header::{BLOCK, Header, is_header, is_zero, until_zero};
use super::pax::Pax;
use super::sparse::SparseMap;
use crate::formats::archive::old_names;
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// What an entry is, POSIX.1-2017 pax "typeflag".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// Another name of a file in the archive.
    HardLink,
    /// A symbolic link.
    Symlink,
    /// A folder.
    Folder,
    /// A device or pipe.
    Device,
    /// Something without content of its own: a volume label, a folder listing.
    Other,
}

/// Where an entry's content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In one piece of the archive.
    Plain(Range<usize>),
    /// In pieces with holes between them: all that is stored, the map of it, and where the map ends if it is stored
    /// there too. Programs that know nothing of a pax map give what is stored instead.
    Sparse {
        /// Everything stored for the entry.
        stored: Range<usize>,
        /// Bytes at the front of it that are the map.
        map_bytes: usize,
        /// Where the pieces belong.
        map: SparseMap,
        /// Whether the map stands in pax records, which many programs do not know.
        is_pax: bool,
    },
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Names: the one that counts, and the plain header's if an extended one overrides it.
    pub name: EntryName,
    /// What it is.
    pub kind: EntryKind,
    /// What a link points to; empty if it is none.
    pub target: String,
    /// Whether the permission bits make it executable.
    pub is_executable: bool,
    /// Content.
    pub data: Data,
    /// Bytes of content the header states beyond the end of the archive.
    pub missing: u64,
    /// Offset of its header.
    pub offset: usize,
}

/// The archive's entries.
#[derive(Debug, Default)]
pub struct TarView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no entry.
    pub trailing: Option<usize>,
}

/// Names and links in GNU's long-name entries; no file system takes longer ones.
const MAX_LONG_NAME: usize = 64 << 10;
/// Problems said; a damaged archive can have one per block.
const MAX_PROBLEMS: usize = 32;
/// Entries kept. The scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;

impl View for TarView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if !bytes.get(..BLOCK).is_some_and(is_header) {
            return Err(ParseError::new("no tar header", 0));
        }
        let mut walk = Walk { bytes, at: 0, view: TarView::default(), global: Pax::default() };
        walk.run();
        Ok(walk.view)
    }
}

/// What entries in front of a file's own say about it.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    pax: Option<Pax>,
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    view: TarView,
    global: Pax,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        let mut ahead = Ahead::default();
        let mut is_past_end = false;
        while let Some(block) = self.block(self.at) {
            if self.view.entries.len() >= MAX_ENTRIES {
                self.say(Problem::damaged("more entries than are read", Location::at(self.at)));
                return;
            }
            if is_zero(block) {
                // Two zero blocks end an archive; one alone is skipped, as most programs do.
                is_past_end |= self.block(self.at.saturating_add(BLOCK)).is_none_or(is_zero);
                self.at = self.at.saturating_add(BLOCK);
                continue;
            }
            let Some(header) = Header::of(block) else { return };
            if !is_header(block) && !self.is_usable(&header) {
                if is_past_end && self.next_header().is_none() {
                    self.view.trailing = Some(self.at);
                    return;
                }
                if !self.resync() {
                    return;
                }
                continue;
            }
            if std::mem::take(&mut is_past_end) {
                self.say(Problem::odd("entries follow the end of the archive", Location::at(self.at)));
            }
            self.entry(&header, &mut ahead);
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !is_zero(rest) {
            self.say(Problem::damaged("archive ends inside a header", Location::at(self.at)));
        }
    }

    fn block(&self, at: usize) -> Option<&'a [u8]> {
        self.bytes.get(at..at.checked_add(BLOCK)?)
    }

    /// A header with a wrong checksum but the magic and a size that fits. 7-Zip stops there, others go on.
    fn is_usable(&mut self, header: &Header<'_>) -> bool {
        let left = self.bytes.len().saturating_sub(self.at).saturating_sub(BLOCK) as u64;
        let is_usable = header.has_magic() && header.size().is_some_and(|size| size <= left);
        if is_usable {
            self.say(Problem::damaged("tar header has a wrong checksum", Location::at(self.at)));
        }
        is_usable
    }

    /// Offset of the next block that is a header.
    fn next_header(&self) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let index = rest.chunks_exact(BLOCK).position(is_header)?;
        self.at.checked_add(index.checked_mul(BLOCK)?)
    }

    /// Goes on at the next header, or ends.
    fn resync(&mut self) -> bool {
        self.say(Problem::damaged("no tar header where one should be", Location::at(self.at)));
        match self.next_header() {
            Some(at) => self.at = at,
            None => self.view.trailing = Some(self.at),
        }
        self.view.trailing.is_none()
    }

    fn entry(&mut self, header: &Header<'_>, ahead: &mut Ahead) {
        let offset = self.at;
        let start = offset.saturating_add(BLOCK);
        let (kind, own_size) = (header.kind(), header.size().unwrap_or(0));
        if header.size().is_none() {
            self.say(Problem::damaged("tar header without a size", Location::at(offset)));
        }
        // Headers that speak of the next entry or of all.
        if matches!(kind, b'x' | b'X' | b'g' | b'L' | b'K') {
            let (range, missing) = self.range(start, own_size);
            self.at = padded(range.end);
            let data = self.bytes.get(range).unwrap_or_default();
            if missing > 0 {
                // A size beyond the archive is wrong more often than the archive is cut off: go on behind the header.
                self.say(Problem::damaged("extended header states more than there is", Location::at(offset)));
                self.at = start;
                return;
            }
            if kind == b'X' {
                // Solaris' extended header; 7-Zip and others take the type for that of a file and unpack it.
                self.view.entries.push(Entry {
                    name: old_names::decode(&header.name()),
                    kind: EntryKind::File,
                    target: String::new(),
                    is_executable: false,
                    data: Data::Plain(start..start.saturating_add(data.len())),
                    missing: 0,
                    offset,
                });
            }
            match kind {
                b'L' => ahead.name = Some(long_name(data)),
                b'K' => ahead.link = Some(long_name(data)),
                _ => {
                    let target =
                        if kind == b'g' { &mut self.global } else { ahead.pax.get_or_insert_with(Pax::default) };
                    if let Err(what) = target.read(data) {
                        self.say(Problem::damaged(what, Location::at(start)));
                    }
                }
            }
            return;
        }
        let Ahead { name, link, pax } = std::mem::take(ahead);
        let pax = pax.unwrap_or_default();
        let value = |key: &str| pax.get(key).or_else(|| self.global.get(key));

        let plain = header.name();
        let counts = value("GNU.sparse.name").or(value("path")).map(<[u8]>::to_vec).or(name);
        let names = match &counts {
            // A shortened or made-up plain name says nothing new.
            Some(counts) if counts.starts_with(&plain) || plain.starts_with(b"GNUSparseFile") => {
                old_names::decode(counts)
            }
            Some(counts) if value("GNU.sparse.name").is_some() => old_names::decode(counts),
            Some(counts) => old_names::decode(counts).also(old_names::decode(&plain).text),
            None => old_names::decode(&plain),
        };
        let target = value("linkpath").map(<[u8]>::to_vec).or(link).unwrap_or_else(|| header.link().to_vec());
        let size = pax.number("size").unwrap_or(own_size);

        let entry_kind = match kind {
            b'0' | 0 | b'7' | b'S' if names.text.ends_with('/') && size == 0 => EntryKind::Folder,
            b'1' => EntryKind::HardLink,
            b'2' => EntryKind::Symlink,
            b'3' | b'4' | b'6' => EntryKind::Device,
            b'5' => EntryKind::Folder,
            b'D' | b'V' | b'N' => EntryKind::Other,
            // POSIX: unknown types are to be treated as files.
            _ => EntryKind::File,
        };
        if kind == b'M' {
            let what = "an entry whose beginning is in the volume before";
            self.say(Problem::unsupported(what, Location::at(offset)));
        }
        let mut start = start;
        let mut map = None;
        if kind == b'S' {
            let (old, blocks) = SparseMap::of_old_gnu(header, self.bytes.get(start..).unwrap_or_default());
            start = start.saturating_add(blocks.saturating_mul(BLOCK));
            map = Some(old);
        }
        // Links state the size of what they point to in some archives and have data in others: the next block tells.
        let has_no_data = matches!(entry_kind, EntryKind::HardLink | EntryKind::Symlink | EntryKind::Device)
            && self.block(start).is_none_or(|block| is_zero(block) || is_header(block));
        let (stored, missing) = self.range(start, if has_no_data { 0 } else { size });
        self.at = padded(stored.end).max(start);
        let data = match map {
            Some(map) => Data::Sparse { stored, map_bytes: 0, map, is_pax: false },
            None => match SparseMap::of_pax(&pax, self.bytes.get(stored.clone()).unwrap_or_default()) {
                Some((map, map_bytes)) => Data::Sparse { stored, map_bytes, map, is_pax: true },
                None => Data::Plain(stored),
            },
        };
        self.view.entries.push(Entry {
            name: names,
            kind: entry_kind,
            target: old_names::decode(&target).text,
            is_executable: header.mode().is_some_and(|mode| mode & 0o111 != 0),
            data,
            missing,
            offset,
        });
    }

    /// The bytes of the archive that hold this much data, and how much is missing.
    fn range(&self, start: usize, size: u64) -> (Range<usize>, u64) {
        let start = start.min(self.bytes.len());
        let left = self.bytes.len().saturating_sub(start);
        let length = usize::try_from(size).unwrap_or(usize::MAX).min(left);
        (start..start.saturating_add(length), size.saturating_sub(length as u64))
    }

    fn say(&mut self, problem: Problem) {
        if self.view.problems.len() < MAX_PROBLEMS {
            self.view.problems.push(problem);
        }
    }
}

/// The end of the block an offset lies in.
fn padded(at: usize) -> usize {
    at.checked_next_multiple_of(BLOCK).unwrap_or(at)
}

fn long_name(data: &[u8]) -> Vec<u8> {
    until_zero(data.get(..MAX_LONG_NAME).unwrap_or(data)).to_vec()
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::tar::{Tar, header, seal};

    use super::*;

    fn view(bytes: Vec<u8>) -> TarView {
        TarView::parse(&bytes.into()).unwrap()
    }

    fn names(view: &TarView) -> Vec<&str> {
        view.entries.iter().map(|entry| entry.name.text.as_str()).collect()
    }

    #[test]
    fn reads_long_and_pax_names() {
        let long = format!("{}/請求書.txt", "folder".repeat(30));
        let view = view(Tar::new().file(&long, b"x").pax_file("見積/書.txt", "plain.txt", b"y").build());
        assert_eq!(names(&view), [long.as_str(), "見積/書.txt"]);
        assert_eq!(view.entries[1].name.others, ["plain.txt"]);
        assert!(view.problems.is_empty());
    }

    #[test]
    fn goes_on_after_a_damaged_header() {
        let mut broken = header(b"b.txt", b'0', b"", 5);
        broken[148..156].copy_from_slice(b"000000\0 ");
        let usable = Tar::new().file("a.txt", b"a").raw(&broken).data(b"bytes").file("c.txt", b"c").build();
        let view_usable = view(usable);
        assert_eq!(names(&view_usable), ["a.txt", "b.txt", "c.txt"]);
        assert_eq!(view_usable.problems.len(), 1);

        let view = view(Tar::new().file("a.txt", b"a").raw(&[7; 512]).raw(&[8; 512]).file("c.txt", b"c").build());
        assert_eq!(names(&view), ["a.txt", "c.txt"]);
        assert_eq!(view.problems.len(), 1);
    }

    #[test]
    fn reads_on_after_the_end_mark() {
        let mut bytes = Tar::new().file("a.txt", b"a").build();
        bytes.extend(Tar::new().file("b.txt", b"b").build());
        let view_joined = view(bytes);
        assert_eq!(names(&view_joined), ["a.txt", "b.txt"]);
        assert_eq!(view_joined.problems.len(), 1);

        let mut bytes = Tar::new().file("a.txt", b"a").build();
        let end = bytes.len();
        bytes.extend([9; 600]);
        let view_trailing = view(bytes);
        assert_eq!(view_trailing.trailing, Some(end));
    }

    #[test]
    fn states_what_is_missing() {
        let view = view(Tar::new().raw(&header(b"a.txt", b'0', b"", 1 << 32)).data(b"start").unfinished());
        assert_eq!(view.entries[0].data, Data::Plain(512..1024));
        assert_eq!(view.entries[0].missing, (1 << 32) - 512);
    }

    #[test]
    fn links_have_data_only_if_they_do() {
        let view = view(
            Tar::new()
                .file("a.txt", b"a")
                .raw(&header(b"b.txt", b'1', b"a.txt", 600))
                .file("c.txt", b"c")
                .entry(b"d.txt", b'1', b"a.txt", b"data after all")
                .build(),
        );
        assert_eq!(names(&view), ["a.txt", "b.txt", "c.txt", "d.txt"]);
        assert_eq!(view.entries[1].target, "a.txt");
        assert!(matches!(&view.entries[3].data, Data::Plain(range) if range.len() == 14));
    }

    #[test]
    fn the_rest_of_a_volume_is_given_and_said() {
        let view = view(Tar::new().entry(b"a.txt", b'M', b"", b"second half").file("b.txt", b"b").build());
        assert_eq!(names(&view), ["a.txt", "b.txt"]);
        assert_eq!(view.entries[0].data, Data::Plain(512..523));
        assert_eq!(view.problems.len(), 1);
    }

    #[test]
    fn sizes_in_base_256_are_read() {
        let mut block = header(b"a.txt", b'0', b"", 0);
        block[124..136].copy_from_slice(b"\x80\0\0\0\0\0\0\0\0\0\0\x03");
        seal(&mut block);
        let view = view(Tar::new().raw(&block).data(b"abc").build());
        assert_eq!(view.entries[0].data, Data::Plain(512..515));
    }
}
