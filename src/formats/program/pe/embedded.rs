//! Files inside a program: documents, archives and other programs, told by headers that hold together and cut where
//! their own numbers end. A signature's letters alone do not count, since readers of these formats hold them too.

use std::ops::Range;

use memchr::memmem;

use crate::formats::fields::{range_in, size_at, u16_at, u64_at};

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
    /// A program.
    Program,
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
            Kind::Program => "program",
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
            Kind::Program => "exe",
        }
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
pub(super) fn at_start(bytes: &[u8]) -> Option<Kind> {
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
pub(in crate::formats::program) fn find(bytes: &[u8], region: Range<usize>) -> Vec<(Kind, Range<usize>)> {
    let mut kept: Vec<(Kind, Range<usize>)> = Vec::new();
    for (kind, range) in hits(bytes, region) {
        if range.len() >= SHORTEST && kept.last().is_none_or(|(_, last)| range.start >= last.end) {
            kept.push((kind, range));
        }
    }
    kept
}

type Hit = (Kind, Range<usize>);

fn hits(bytes: &[u8], region: Range<usize>) -> Vec<Hit> {
    let base = region.start;
    let Some(inside) = bytes.get(region) else { return Vec::new() };
    let mut hits: Vec<Hit> = Vec::new();
    let mut search = |needle: &[u8], check: &dyn Fn(usize) -> Option<Hit>| {
        hits.extend(memmem::find_iter(inside, needle).take(MAX_CANDIDATES).filter_map(check));
    };
    if let Some(end) = memmem::rfind(inside, b"%%EOF") {
        search(b"%PDF-", &|at| pdf(inside, at, end));
    }
    if let Some(end) = memmem::rfind(inside, b"PK\x05\x06") {
        // Found once, not once per candidate.
        let office = [&b"word/"[..], b"xl/", b"ppt/"].iter().filter_map(|folder| memmem::rfind(inside, folder)).max();
        search(b"PK\x03\x04", &|at| zip(inside, at, end, office));
    }
    search(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &|at| compound(inside, at));
    search(b"7z\xbc\xaf\x27\x1c\x00", &|at| seven_zip(inside, at));
    search(b"Rar!\x1a\x07", &|at| rar(inside, at));
    search(b"MSCF\0\0\0\0", &|at| cabinet(inside, at));
    search(b"PE\0\0", &|at| program(inside, at));
    hits.sort_by_key(|(kind, range)| (range.start, std::cmp::Reverse(range.end), *kind));
    for (_, range) in &mut hits {
        *range = range.start.saturating_add(base)..range.end.saturating_add(base);
    }
    hits
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
    (end <= bytes.len()).then_some((Kind::SevenZip, at..end))
}

/// RAR 4 and 5 marks. The end is not in the header, so it takes the rest.
fn rar(bytes: &[u8], at: usize) -> Option<Hit> {
    let rest = bytes.get(at.checked_add(6)?..)?;
    let is_real = rest.starts_with(b"\x01\x00") || (rest.first() == Some(&0) && rest.get(3) == Some(&0x73));
    is_real.then_some((Kind::Rar, at..bytes.len()))
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
    let image = bytes.get(start..)?;
    let (header, _) = super::header::read(image, signature.checked_sub(start)?)?;
    let mut end = header.headers_size;
    for index in 0..header.section_count.min(super::sections::MAX_SECTIONS) {
        let at = header.section_table.saturating_add(index.saturating_mul(40));
        let (Some(size), Some(offset)) = (size_at(image, at.saturating_add(16)), size_at(image, at.saturating_add(20)))
        else {
            break;
        };
        end = end.max(offset.saturating_add(size));
    }
    if let Some((table, size)) = header.directory(super::header::Directory::Certificate) {
        end = end.max(table.saturating_add(size));
    }
    let is_plausible = matches!(header.machine, 0x14c | 0x8664 | 0x1c0 | 0x1c4 | 0xaa64 | 0x200) && end > 0x200;
    is_plausible.then(|| (Kind::Program, start..start.saturating_add(end).min(bytes.len())))
}
