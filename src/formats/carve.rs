//! Files inside other bytes: documents, archives and programs, told by headers that hold together and cut where their
//! own numbers end. A signature's letters alone do not count, since readers of these formats hold them too. All
//! signatures are looked for in one pass.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::Searcher;
use memchr::memmem;

use crate::formats::archive::{ace, arj, lzh};
use crate::formats::fields::{range_in, size_at, u16_at, u32_at, u64_at};

/// What a file inside is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A PDF.
    Pdf,
    /// A compound file that is a document.
    Compound,
    /// A compound file that is an installer package.
    Installer,
    /// An Office Open XML document.
    OfficeXml,
    /// Rich text.
    RichText,
    /// A web page.
    WebPage,
    /// A picture.
    Picture,
    /// A zip archive.
    Zip,
    /// A 7z archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A cabinet.
    Cabinet,
    /// An LZH archive.
    Lzh,
    /// An ARJ archive.
    Arj,
    /// An ACE archive.
    Ace,
    /// A program for Windows.
    Program,
    /// A program for Linux.
    Elf,
    /// A shortcut.
    Shortcut,
    /// Compiled help.
    Help,
    /// A Flash film.
    Flash,
}

impl Kind {
    /// A few words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Pdf => "PDF",
            Kind::Compound => "compound document",
            Kind::Installer => "installer package",
            Kind::OfficeXml => "Office document",
            Kind::RichText => "rich text",
            Kind::WebPage => "web page",
            Kind::Picture => "picture",
            Kind::Zip => "zip archive",
            Kind::SevenZip => "7z archive",
            Kind::Rar => "RAR archive",
            Kind::Cabinet => "cabinet",
            Kind::Lzh => "LZH archive",
            Kind::Arj => "ARJ archive",
            Kind::Ace => "ACE archive",
            Kind::Program => "program",
            Kind::Elf => "Linux program",
            Kind::Shortcut => "shortcut",
            Kind::Help => "compiled help",
            Kind::Flash => "Flash film",
        }
    }

    /// The extension a file of this kind goes by.
    pub const fn extension(self) -> &'static str {
        match self {
            Kind::Pdf => "pdf",
            Kind::Compound => "doc",
            Kind::Installer => "msi",
            Kind::OfficeXml => "docx",
            Kind::RichText => "rtf",
            Kind::WebPage => "html",
            Kind::Picture => "png",
            Kind::Zip => "zip",
            Kind::SevenZip => "7z",
            Kind::Rar => "rar",
            Kind::Cabinet => "cab",
            Kind::Lzh => "lzh",
            Kind::Arj => "arj",
            Kind::Ace => "ace",
            Kind::Program => "exe",
            Kind::Elf => "elf",
            Kind::Shortcut => "lnk",
            Kind::Help => "chm",
            Kind::Flash => "swf",
        }
    }

    /// Whether opening it runs something.
    pub const fn runs(self) -> bool {
        matches!(self, Kind::Program | Kind::Elf | Kind::Shortcut)
    }

    /// Whether a person would be shown it, as a decoy is.
    pub const fn is_document(self) -> bool {
        matches!(self, Kind::Pdf | Kind::Compound | Kind::OfficeXml | Kind::RichText | Kind::WebPage | Kind::Picture)
    }
}

/// Places tried per signature and region; real programs stay far below.
const MAX_CANDIDATES: usize = 2_048;
/// Shortest file worth giving.
const SHORTEST: usize = 32;

/// What the bytes are, if they begin with a file that is shown or unpacked. Looser than [`find`]: this is asked only
/// where something begins, such as a resource or an overlay.
pub(crate) fn at_start(bytes: &[u8]) -> Option<Kind> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    if text.starts_with(b"<!doctype html") || text.starts_with(b"<html") {
        return Some(Kind::WebPage);
    }
    if head.starts_with(b"{\\rtf") {
        return Some(Kind::RichText);
    }
    if head.starts_with(b"\xff\xd8\xff") || head.starts_with(b"\x89PNG\r\n\x1a\n") || head.starts_with(b"GIF8") {
        return Some(Kind::Picture);
    }
    hits(bytes, 0..bytes.len()).into_iter().find(|(_, range)| range.start == 0).map(|(kind, _)| kind)
}

/// Files in a region, in order, none inside another.
pub(crate) fn find(bytes: &[u8], region: Range<usize>) -> Vec<(Kind, Range<usize>)> {
    find_wanted(bytes, region, |_, _| true)
}

/// As [`find`], of those that are wanted: one that is not hides none inside it.
pub(crate) fn find_wanted(
    bytes: &[u8],
    region: Range<usize>,
    is_wanted: impl Fn(Kind, &Range<usize>) -> bool,
) -> Vec<(Kind, Range<usize>)> {
    let mut kept: Vec<(Kind, Range<usize>)> = Vec::new();
    for (kind, range) in hits(bytes, region) {
        let is_inside = kept.last().is_some_and(|(_, last)| range.start < last.end);
        if range.len() >= SHORTEST && !is_inside && is_wanted(kind, &range) {
            kept.push((kind, range));
        }
    }
    kept
}

type Hit = (Kind, Range<usize>);

/// What is looked for, and how it is checked.
const SIGNATURES: [&[u8]; 17] = [
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"7z\xbc\xaf\x27\x1c\x00",
    b"Rar!\x1a\x07",
    b"MSCF\0\0\0\0",
    b"PE\0\0",
    b"\x7fELF",
    b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",
    b"ITSF",
    b"FWS",
    b"CWS",
    b"ZWS",
    b"{\\rtf1",
    b"-lh",
    b"\x60\xea",
    b"**ACE**",
];

/// Looks at many bytes at a time where the processor can.
static PACKED: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(SIGNATURES));
static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(SIGNATURES).ok());

/// Signatures, by their index, and where they stand.
fn signatures(bytes: &[u8]) -> Box<dyn Iterator<Item = (usize, usize)> + '_> {
    let place = |hit: aho_corasick::Match| (hit.pattern().as_usize(), hit.start());
    match (PACKED.as_ref(), SEARCH.as_ref()) {
        (Some(search), _) => Box::new(search.find_iter(bytes).map(place)),
        (None, Some(search)) => Box::new(search.find_iter(bytes).map(place)),
        (None, None) => Box::new(std::iter::empty()),
    }
}

fn hits(bytes: &[u8], region: Range<usize>) -> Vec<Hit> {
    let base = region.start;
    let Some(inside) = bytes.get(region) else { return Vec::new() };
    let mut hits: Vec<Hit> = Vec::new();
    let mut tried = [0usize; SIGNATURES.len()];
    let ends = Ends::default();
    for (index, at) in signatures(inside) {
        match tried.get_mut(index) {
            Some(count) if *count < MAX_CANDIDATES => *count = count.saturating_add(1),
            _ => continue,
        }
        hits.extend(check(inside, index, at, &ends));
    }
    hits.sort_by_key(|(kind, range)| (range.start, std::cmp::Reverse(range.end), *kind));
    for (_, range) in &mut hits {
        *range = range.start.saturating_add(base)..range.end.saturating_add(base);
    }
    hits
}

/// What is found once for all candidates, and only if there is one.
#[derive(Default)]
struct Ends {
    pdf: std::cell::OnceCell<Option<usize>>,
    zip: std::cell::OnceCell<Option<(usize, Option<usize>)>>,
}

impl Ends {
    fn pdf(&self, bytes: &[u8]) -> Option<usize> {
        *self.pdf.get_or_init(|| memmem::rfind(bytes, b"%%EOF"))
    }

    /// The last end record, and the last name of a part of an office document.
    fn zip(&self, bytes: &[u8]) -> Option<(usize, Option<usize>)> {
        *self.zip.get_or_init(|| {
            let end = memmem::rfind(bytes, b"PK\x05\x06")?;
            let folders = [&b"word/"[..], b"xl/", b"ppt/"];
            Some((end, folders.iter().filter_map(|folder| memmem::rfind(bytes, folder)).max()))
        })
    }
}

fn check(bytes: &[u8], index: usize, at: usize, ends: &Ends) -> Option<Hit> {
    match index {
        0 => pdf(bytes, at, ends.pdf(bytes)?),
        1 => ends.zip(bytes).and_then(|(end, office)| zip(bytes, at, end, office)),
        2 => compound(bytes, at),
        3 => seven_zip(bytes, at),
        4 => rar(bytes, at),
        5 => cabinet(bytes, at),
        6 => program(bytes, at),
        7 => elf(bytes, at),
        8 => shortcut(bytes, at),
        9 => help(bytes, at),
        10..=12 => flash(bytes, at),
        13 => rich_text(bytes, at),
        14 => old_archive(Kind::Lzh, bytes, at.checked_sub(2)?),
        15 => old_archive(Kind::Arj, bytes, at),
        16 => old_archive(Kind::Ace, bytes, at.checked_sub(7)?),
        _ => None,
    }
}

/// ISO 32000-1 7.5.2 and 7.5.5: a version, an object soon after, an end mark.
fn pdf(bytes: &[u8], at: usize, last_end: usize) -> Option<Hit> {
    let head = bytes.get(range_in(bytes, at, 1024))?;
    let version = *head.get(5)?;
    if !version.is_ascii_digit() || memmem::find(head, b" obj").is_none() || last_end <= at {
        return None;
    }
    let mut end = last_end.saturating_add(5);
    while matches!(bytes.get(end), Some(b'\r' | b'\n')) && end < last_end.saturating_add(7) {
        end = end.saturating_add(1);
    }
    Some((Kind::Pdf, at..end))
}

/// APPNOTE 4.3.7 and 4.3.16: a plausible local header, and the last end record of the region.
fn zip(bytes: &[u8], at: usize, last_end: usize, office: Option<usize>) -> Option<Hit> {
    let version = u16_at(bytes, at.checked_add(4)?)? & 0xff;
    let method = u16_at(bytes, at.checked_add(8)?)?;
    let name_length = usize::from(u16_at(bytes, at.checked_add(26)?)?);
    let name = bytes.get(range_in(bytes, at.checked_add(30)?, name_length))?;
    let is_plausible = version <= 63
        && (method <= 20 || matches!(method, 93..=99))
        && (1..=1024).contains(&name_length)
        && name.len() == name_length
        && name.iter().all(|byte| *byte >= 0x20);
    if !is_plausible || last_end <= at {
        return None;
    }
    let comment = usize::from(u16_at(bytes, last_end.checked_add(20)?)?);
    let range = at..last_end.saturating_add(22).saturating_add(comment).min(bytes.len());
    let content = bytes.get(range.clone())?;
    let head = content.get(..4096).unwrap_or(content);
    let is_office =
        memmem::find(head, b"[Content_Types].xml").is_some() && office.is_some_and(|folder| range.contains(&folder));
    Some((if is_office { Kind::OfficeXml } else { Kind::Zip }, range))
}

/// MS-CFB 2.2. The sectors the file allocation table can describe bound its length; the root's class tells installers.
fn compound(bytes: &[u8], at: usize) -> Option<Hit> {
    let field = |offset: usize| u16_at(bytes, at.checked_add(offset)?);
    let shift = match (field(26)?, field(28)?, field(30)?) {
        (3, 0xfffe, 9) => 9u32,
        (4, 0xfffe, 12) => 12,
        _ => return None,
    };
    let sector = 1usize << shift;
    let tables = size_at(bytes, at.checked_add(44)?)?;
    let described = tables.saturating_mul(sector / 4).saturating_add(1).saturating_mul(sector);
    let range = range_in(bytes, at, described);
    let directory = size_at(bytes, at.checked_add(48)?)?.saturating_add(1).saturating_mul(sector);
    let class = bytes.get(range_in(bytes, at.saturating_add(directory).saturating_add(80), 16)).unwrap_or_default();
    // {000C1084-0000-0000-C000-000000000046} and its neighbours: installer package, transform, patch.
    let is_installer = matches!(class, [0x82 | 0x84 | 0x86, 0x10, 0x0c, 0x00, ..]);
    Some((if is_installer { Kind::Installer } else { Kind::Compound }, range))
}

/// 7zFormat.txt, SignatureHeader: where the next header lies and how long it is.
fn seven_zip(bytes: &[u8], at: usize) -> Option<Hit> {
    let offset = usize::try_from(u64_at(bytes, at.checked_add(12)?)?).ok()?;
    let size = usize::try_from(u64_at(bytes, at.checked_add(20)?)?).ok()?;
    let end = at.checked_add(32)?.checked_add(offset)?.checked_add(size)?;
    let header = bytes.get(at.checked_add(12)?..at.checked_add(32)?)?;
    let is_right = crc32(header) == u32_at(bytes, at.checked_add(8)?)?;
    (is_right && end <= bytes.len()).then_some((Kind::SevenZip, at..end))
}

/// RAR 4 and 5 marks. The end is not in the header, so it takes the rest.
fn rar(bytes: &[u8], at: usize) -> Option<Hit> {
    let rest = bytes.get(at.checked_add(6)?..)?;
    let is_real = rest.starts_with(b"\x01\x00") || (rest.first() == Some(&0) && rest.get(3) == Some(&0x73));
    is_real.then_some((Kind::Rar, at..bytes.len()))
}

/// Archives whose self-extractors are programs of DOS: a first header with a right checksum. The end is not in it, so
/// that each takes the rest.
fn old_archive(kind: Kind, bytes: &[u8], at: usize) -> Option<Hit> {
    let rest = bytes.get(at..)?;
    let begins = match kind {
        Kind::Lzh => lzh::begins(rest),
        Kind::Arj => arj::begins(rest),
        _ => ace::begins(rest),
    };
    begins.then_some((kind, at..bytes.len()))
}

/// MS-CAB 2.3, CFHEADER.
fn cabinet(bytes: &[u8], at: usize) -> Option<Hit> {
    let size = size_at(bytes, at.checked_add(8)?)?;
    let end = at.checked_add(size)?;
    let version = u16_at(bytes, at.checked_add(24)?)?;
    (version == 0x0103 && size >= 36 && end <= bytes.len()).then_some((Kind::Cabinet, at..end))
}

/// A PE signature with a DOS header before it that leads to it; its sections tell its end.
fn program(bytes: &[u8], signature: usize) -> Option<Hit> {
    const FARTHEST: usize = 1_024;
    let first = signature.saturating_sub(FARTHEST);
    let before = bytes.get(first..signature)?;
    let start = memmem::find_iter(before, b"MZ")
        .map(|inside| first.saturating_add(inside))
        .find(|start| size_at(bytes, start.saturating_add(0x3c)) == signature.checked_sub(*start))?;
    let length = program_length(bytes.get(start..)?)?;
    Some((Kind::Program, start..start.saturating_add(length).min(bytes.len())))
}

/// Bytes a program takes from its DOS header on, by its headers, sections and certificate; none if the headers do not
/// hold together. PE Format, "COFF File Header", "Optional Header", "Section Table".
pub(crate) fn program_length(image: &[u8]) -> Option<usize> {
    const MAX_SECTIONS: usize = 96;
    let signature = size_at(image, 0x3c)?;
    let field = |offset: usize| signature.checked_add(offset);
    if !image.starts_with(b"MZ") || !image.get(signature..)?.starts_with(b"PE\0\0") {
        return None;
    }
    let machine = u16_at(image, field(4)?)?;
    let sections = usize::from(u16_at(image, field(6)?)?);
    let optional = usize::from(u16_at(image, field(20)?)?);
    let is_wide = u16_at(image, field(24)?)? == 0x020b;
    let mut end = size_at(image, field(24 + 60)?)?;
    let table = field(24)?.checked_add(optional)?;
    for index in 0..sections.min(MAX_SECTIONS) {
        let at = table.saturating_add(index.saturating_mul(40));
        let (Some(size), Some(offset)) = (size_at(image, at.saturating_add(16)), size_at(image, at.saturating_add(20)))
        else {
            break;
        };
        end = end.max(offset.saturating_add(size));
    }
    let certificate = field(24)?.checked_add(if is_wide { 112 + 32 } else { 96 + 32 })?;
    if certificate < table
        && let (Some(place), Some(size)) = (size_at(image, certificate), size_at(image, certificate.saturating_add(4)))
        && place != 0
    {
        end = end.max(place.saturating_add(size));
    }
    let is_plausible = matches!(machine, 0x14c | 0x8664 | 0x1c0 | 0x1c4 | 0xaa64 | 0x200) && end > 0x200;
    is_plausible.then_some(end)
}

/// elf(5): class, byte order, version and type have few values; the section headers stand last as a rule.
fn elf(bytes: &[u8], at: usize) -> Option<Hit> {
    let image = bytes.get(at..)?;
    let (class, order) = (*image.get(4)?, *image.get(5)?);
    // Little-endian ones only: no mail goes to the others.
    let is_plausible = matches!((class, order, image.get(6)?), (1 | 2, 1, 1))
        && matches!(u16_at(image, 16)?, 1..=4)
        && u32_at(image, 20)? == 1
        && u16_at(image, if class == 2 { 52 } else { 40 })? == if class == 2 { 64 } else { 52 };
    if !is_plausible {
        return None;
    }
    let (sections, size, count) = match class {
        2 => (usize::try_from(u64_at(image, 40)?).ok()?, u16_at(image, 58)?, u16_at(image, 60)?),
        _ => (size_at(image, 32)?, u16_at(image, 46)?, u16_at(image, 48)?),
    };
    let end = sections.checked_add(usize::from(size).checked_mul(usize::from(count))?)?;
    // Stripped of its section headers, it takes the rest.
    let end = if sections == 0 { image.len() } else { end };
    (end > 64).then(|| (Kind::Elf, at..at.saturating_add(end).min(bytes.len())))
}

/// MS-SHLLINK 2.1: the signature is the header's size and class; flags and reserved fields follow, then the parts the
/// flags tell. Its end is that of its last block (2.5).
fn shortcut(bytes: &[u8], at: usize) -> Option<Hit> {
    let flags = u32_at(bytes, at.checked_add(20)?)?;
    if flags >= 1 << 27 || u64_at(bytes, at.checked_add(68)?)? != 0 {
        return None;
    }
    let mut end = at.checked_add(76)?;
    if flags & 1 != 0 {
        end = end.checked_add(usize::from(u16_at(bytes, end)?))?.checked_add(2)?;
    }
    if flags & 2 != 0 {
        end = end.checked_add(size_at(bytes, end)?)?;
    }
    let width = if flags & 0x80 != 0 { 2 } else { 1 };
    for bit in [0x04, 0x08, 0x10, 0x20, 0x40] {
        if flags & bit != 0 {
            end = end.checked_add(usize::from(u16_at(bytes, end)?).checked_mul(width)?)?.checked_add(2)?;
        }
    }
    const MAX_BLOCKS: usize = 64;
    for _ in 0..MAX_BLOCKS {
        // A block below four bytes is the last; where none can be, the shortcut ended before.
        let Some(size) = size_at(bytes, end) else { break };
        let next = end.checked_add(size.max(4))?;
        if next > bytes.len() || size > 1 << 20 {
            break;
        }
        end = next;
        if size < 4 {
            break;
        }
    }
    (end <= bytes.len()).then_some((Kind::Shortcut, at..end))
}

/// The file's length stands in its header section 0.
fn help(bytes: &[u8], at: usize) -> Option<Hit> {
    let field = |offset: usize| u64_at(bytes, at.checked_add(offset)?);
    let section = usize::try_from(field(0x38)?).ok()?;
    let length = usize::try_from(field(section.checked_add(8)?)?).ok()?;
    let is_plausible = matches!(u32_at(bytes, at.checked_add(4)?)?, 2..=4) && (0x60..=bytes.len()).contains(&length);
    is_plausible.then(|| (Kind::Help, range_in(bytes, at, length)))
}

/// SWF File Format Specification, "The SWF header": version and length; packed films begin like the stream they are.
fn flash(bytes: &[u8], at: usize) -> Option<Hit> {
    let version = *bytes.get(at.checked_add(3)?)?;
    let length = size_at(bytes, at.checked_add(4)?)?;
    let after = at.checked_add(8)?;
    let is_plausible = (1..=50).contains(&version) && length > 32 && length < 1 << 28;
    let end = match bytes.get(at)? {
        // The frame's rectangle follows, its numbers as a rule of 15 bits.
        b'F' => at.checked_add(length).filter(|end| *end <= bytes.len() && bytes.get(after) == Some(&0x78))?,
        b'C' => is_zlib(bytes, after).then_some(bytes.len())?,
        _ => (bytes.get(after.checked_add(4)?)? == &0x5d).then_some(bytes.len())?,
    };
    is_plausible.then_some((Kind::Flash, at..end))
}

/// RFC 1950 2.2: method 8 and a check of the two bytes.
fn is_zlib(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
        Some([method, flags]) => method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31),
        None => false,
    }
}

/// Rich text has braces that match; it ends with the last one, which is looked for no farther than a cap.
fn rich_text(bytes: &[u8], at: usize) -> Option<Hit> {
    const LONGEST: usize = 16 << 20;
    let range = range_in(bytes, at, LONGEST);
    let end = memchr::memrchr(b'}', bytes.get(range.clone())?)?;
    Some((Kind::RichText, at..at.checked_add(end)?.checked_add(1)?))
}

/// CRC-32 of a few bytes, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::{ace, arj, lzh, sevenz, zip::ZipFile};
    use sekisho_samples::document::{chm::chm, pdf};
    use sekisho_samples::program::{Lnk, pe::Pe};

    use super::*;

    fn inside(content: &[u8]) -> Vec<(Kind, usize, usize)> {
        let bytes = [&[7; 100][..], content, &[7; 50]].concat();
        find(&bytes, 0..bytes.len()).into_iter().map(|(kind, range)| (kind, range.start, range.len())).collect()
    }

    #[test]
    fn files_are_cut_where_they_end() {
        let whole = |kind, bytes: Vec<u8>| assert_eq!(inside(&bytes), [(kind, 100, bytes.len())], "{kind:?}");
        whole(Kind::Program, Pe::new().build());
        whole(Kind::SevenZip, sevenz::sevenz(&[sevenz::Entry::file("a.txt", b"content")]));
        whole(Kind::Zip, ZipFile::new().entry("a.txt", "content").build());
        whole(Kind::Pdf, pdf::ticket());
        whole(Kind::Help, chm(&[("a.htm", b"<html>")]));
        whole(Kind::RichText, b"{\\rtf1 {a} and a longer text than that}".to_vec());
        whole(Kind::Shortcut, Lnk::to("C:\\a.txt").arguments("/x").environment("%windir%\\a.exe").build());
    }

    #[test]
    fn old_archives_need_a_right_sum() {
        let found = |bytes: &[u8]| inside(bytes).first().map(|(kind, at, _)| (*kind, *at));
        for level in 0..3 {
            let mut made = lzh::Entry::file("a.txt", b"content").level(level);
            assert_eq!(found(&lzh::lzh(&[made.clone()])), Some((Kind::Lzh, 100)), "level {level}");
            made.has_wrong_checksum = true;
            assert_eq!(found(&lzh::lzh(&[made])), None);
        }
        let mut archive = arj::arj(&[("a.txt", 0, 0, b"content")]);
        assert_eq!(found(&archive), Some((Kind::Arj, 100)));
        archive[12] ^= 1;
        assert_eq!(found(&archive), None);
        assert_eq!(found(&ace::ace(&[ace::Entry::stored("a.txt", b"content")])), Some((Kind::Ace, 100)));
    }

    #[test]
    fn letters_alone_are_no_files() {
        for letters in SIGNATURES {
            let text =
                [letters, &b" and a text that goes on for a while, long enough to hold any header".repeat(2)].concat();
            let found = inside(&text);
            assert!(found.iter().all(|(kind, ..)| *kind == Kind::RichText), "{found:?}");
        }
        let mut wrong = sevenz::sevenz(&[sevenz::Entry::file("a.txt", b"content")]);
        wrong[12] ^= 1;
        assert!(inside(&wrong).is_empty());
    }

    #[test]
    fn every_cut_is_survived() {
        for bytes in [Pe::new().build(), chm(&[("a.htm", b"<html>")]), Lnk::to("C:\\a.txt").build()] {
            for end in 0..bytes.len().min(700) {
                let _ = find(&bytes[..end], 0..end);
            }
        }
    }
}
