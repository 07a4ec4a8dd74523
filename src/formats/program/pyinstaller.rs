//! Programs made with PyInstaller: an archive of compiled Python behind the loader, with its table at the end. Modules
//! come out with the header Python gives a `.pyc`, as far as the archive says which version it is of.

use std::io::Read;

use bytes::Bytes;
use flate2::read::ZlibDecoder;
use memchr::memmem;

use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::fields::range_in;
use crate::model::{
    Artifact, EntryName, FormatId, Location, Origin, OriginKind, ParseError, Problem, ProblemKind, View,
};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// The archive. In a Windows program it is the data after the end; in programs of other systems it is found where it
/// lies.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("pyinstaller"),
    title: "PyInstaller archive",
    extensions: &["pkg"],
    probe: Probe::Structure(is_archive),
    reading: Reading::Full,
    references: &[Reference {
        title: "PyInstaller, CArchive and ZlibArchive",
        url: "https://github.com/pyinstaller/pyinstaller/blob/develop/PyInstaller/archive/readers.py",
    }],
    limitations: &[
        "Compiled Python is given out, not decompiled.",
        "Modules encrypted by versions before 6 stay locked.",
    ],
    unpacker: Some(&PyUnpacker),
    ..FormatSpec::of(Family::Program)
};

/// A module of Python, compiled, with or without its header.
pub const COMPILED: FormatSpec = FormatSpec {
    id: FormatId("pyc"),
    title: "Compiled Python",
    extensions: &["pyc", "pyo"],
    media_types: &["application/x-python-code"],
    probe: Probe::Structure(is_compiled),
    reading: Reading::Full,
    references: &[Reference { title: "PEP 552, Deterministic pycs", url: "https://peps.python.org/pep-0552/" }],
    limitations: &["Searched for texts, not decompiled."],
    ..FormatSpec::of(Family::Program)
};

/// The cookie at the end: a mark, sizes and places in big-endian numbers.
const MARK: &[u8] = b"MEI\x0c\x0b\x0a\x0b\x0e";
/// Bytes of a cookie without the name of the library.
const COOKIE: usize = 24;
/// How far from the end the cookie may be: a certificate may follow.
const TAIL: usize = 64 << 10;
/// Entries read.
const MAX_ENTRIES: usize = 20_000;

/// Two bytes of a version, then the line end that shows whether a transfer spoiled the file; four kinds of flags.
fn is_compiled(artifact: &Artifact) -> bool {
    let bytes = &artifact.bytes;
    let is_module = matches!(bytes.get(2..8), Some([b'\r', b'\n', 0..=3, 0, 0, 0]));
    // The code object of a module: type, with the flag that it is referred to.
    is_module && matches!(bytes.get(16).or_else(|| bytes.get(12)), Some(0xe3 | 0x63))
        || artifact.origin.detail == CODE && matches!(bytes.first(), Some(0xe3 | 0x63))
}

/// Detail of a child that is code without a header.
const CODE: &str = "compiled Python without its header";

fn is_archive(artifact: &Artifact) -> bool {
    // A Windows program gives this archive as the data behind its end.
    !artifact.bytes.starts_with(b"MZ") && cookie(&artifact.bytes).is_some()
}

/// Where things lie.
#[derive(Debug, Clone, Copy)]
struct Cookie {
    /// Start of the archive in the file.
    start: usize,
    /// Table of contents, from there.
    table: usize,
    table_size: usize,
    version: u32,
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn cookie(bytes: &[u8]) -> Option<Cookie> {
    let tail = bytes.len().saturating_sub(TAIL);
    let at = tail.checked_add(memmem::rfind(bytes.get(tail..)?, MARK)?)?;
    let field = |offset: usize| big(bytes, at.checked_add(offset)?);
    let (size, table, table_size, version) = (field(8)? as usize, field(12)? as usize, field(16)? as usize, field(20)?);
    // Since 2.1 the name of Python's library follows the cookie, and is counted.
    let start = [COOKIE + 64, COOKIE].iter().find_map(|length| {
        let start = at.checked_add(*length)?.checked_sub(size)?;
        let first = start.checked_add(table)?;
        let entry = big(bytes, first)? as usize;
        (entry >= 18 && entry <= table_size && first.checked_add(table_size)? <= at).then_some(start)
    })?;
    Some(Cookie { start, table, table_size, version })
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `s` a script, `z` the modules, `b` a library, and others.
    pub kind: u8,
    /// Where it starts in the file.
    start: usize,
    packed: usize,
    size: u64,
    is_packed: bool,
}

/// The archive's table.
#[derive(Debug, Default)]
pub struct PyView {
    /// Entries in order.
    pub entries: Vec<Entry>,
    /// Version of Python, as PyInstaller writes it: 27, 38, 311.
    pub version: u32,
    problems: Vec<Problem>,
}

impl View for PyView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let cookie = cookie(bytes).ok_or_else(|| ParseError::new("no PyInstaller cookie", 0))?;
        let mut view = PyView { version: cookie.version, ..PyView::default() };
        let mut at = cookie.start.saturating_add(cookie.table);
        let end = at.saturating_add(cookie.table_size);
        while at < end {
            if view.entries.len() >= MAX_ENTRIES {
                let what = format!("more than {MAX_ENTRIES} entries; the others are not read");
                view.problems.push(Problem::new(ProblemKind::Limit, what, Location::at(at)));
                break;
            }
            let Some((entry, length)) = entry(bytes, at, cookie.start) else {
                view.problems.push(Problem::damaged("table of the archive ends early", Location::at(at)));
                break;
            };
            view.entries.push(entry);
            at = at.saturating_add(length);
        }
        Ok(view)
    }
}

/// Length, place, packed size, size, whether it is packed, kind, name.
fn entry(bytes: &[u8], at: usize, base: usize) -> Option<(Entry, usize)> {
    let length = big(bytes, at)? as usize;
    if length < 18 {
        return None;
    }
    let row = bytes.get(at..at.checked_add(length)?)?;
    let name = row.get(18..)?.split(|byte| *byte == 0).next().unwrap_or_default();
    let entry = Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        kind: *row.get(17)?,
        start: base.checked_add(big(row, 4)? as usize)?,
        packed: big(row, 8)? as usize,
        size: u64::from(big(row, 12)?),
        is_packed: *row.get(16)? == 1,
    };
    Some((entry, length))
}

struct PyUnpacker;

impl Unpacker for PyUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<PyView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        out.fact("pyinstaller-python", view.version.to_string());
        for entry in &view.entries {
            // `o` is an option of the loader, without content; `d` names an archive beside it.
            if entry.kind == b'o' {
                continue;
            }
            let range = range_in(&parent.bytes, entry.start, entry.packed);
            let name = named(entry);
            escape::raise(&name, out);
            if range.len() < entry.packed {
                let what = format!("entry ends after {} of {} bytes", range.len(), entry.packed);
                out.problem(Problem::damaged(what, Location::part(format!("entry {}", entry.name))));
            }
            let data = parent.bytes.slice(range);
            let detail = if matches!(entry.kind, b's' | b'm' | b'M') { CODE } else { "PyInstaller archive" };
            let origin = Origin::part(OriginKind::Entry, detail);
            if entry.kind == b'z' || entry.kind == b'Z' {
                modules(&data, entry, out)?;
            } else if entry.is_packed {
                out.child(name, origin, ZlibDecoder::new(&*data).take(entry.size.saturating_add(1)))?;
            } else {
                out.child_bytes(name, origin, data)?;
            }
        }
        Ok(())
    }
}

fn named(entry: &Entry) -> EntryName {
    match entry.kind {
        b's' | b'm' | b'M' => EntryName::new(format!("{}.pyc", entry.name)),
        _ => EntryName::new(entry.name.clone()),
    }
}

/// The archive of modules: `PYZ\0`, Python's version, the place of a marshalled table. The table holds names, places and
/// sizes; each module is a zlib stream. Streams are found by walking from one's end to the next, which needs no reader
/// of marshalled objects; names are taken from the table in its order where they fit.
fn modules(data: &Bytes, entry: &Entry, out: &mut Outcome<'_>) -> Result<(), StageError> {
    const FIRST: usize = 17;
    const MAX_MODULES: usize = 20_000;
    let place = || Location::part(format!("entry {}", entry.name));
    if !data.starts_with(b"PYZ\0") {
        out.problem(Problem::damaged("archive of modules without its mark", place()));
        return Ok(());
    }
    let magic = data.get(4..8).unwrap_or_default().to_vec();
    let table = big(data, 8).map_or(data.len(), |at| (at as usize).min(data.len()));
    let names = marshalled_names(data.get(table..).unwrap_or_default());
    let mut at = FIRST;
    let mut index = 0usize;
    while at < table && index < MAX_MODULES {
        let packed = data.get(at..table).unwrap_or_default();
        let mut decoder = ZlibDecoder::new(packed);
        // The header Python writes: version, flags, time, size.
        let header = std::io::Cursor::new([magic.as_slice(), &[0; 12]].concat());
        let name = match names.get(index) {
            Some(name) => format!("{}.pyc", name.replace('.', "/")),
            None => format!("module-{index}.pyc"),
        };
        let name = EntryName::new(name);
        if !matches!(packed.first_chunk::<2>(), Some([0x78, _])) {
            let what = format!("{} modules are encrypted or damaged", names.len().saturating_sub(index));
            out.problem(Problem::encrypted(what, place().with_offset(at as u64)));
            return Ok(());
        }
        let origin = Origin::part(OriginKind::Entry, "module of the PyInstaller archive");
        let is_whole = out.child_checked(name, origin, header.chain(&mut decoder))?;
        let taken = usize::try_from(decoder.total_in()).unwrap_or(0);
        if !is_whole || taken == 0 {
            return Ok(());
        }
        at = at.saturating_add(taken);
        index = index.saturating_add(1);
    }
    Ok(())
}

/// Names in the marshalled table: short texts (`z`, `Z`, `u`, `s`, `t`, `a`, `A`, with or without the flag 0x80) that are
/// names of modules. Other objects in it are numbers.
fn marshalled_names(table: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0usize;
    while let Some(kind) = table.get(at) {
        let text = match kind & 0x7f {
            b'z' | b'Z' => table.get(at.saturating_add(1)).map(|length| (at.saturating_add(2), usize::from(*length))),
            b's' | b'u' | b't' | b'a' | b'A' => crate::formats::fields::size_at(table, at.saturating_add(1))
                .filter(|length| *length < 1024)
                .map(|length| (at.saturating_add(5), length)),
            _ => None,
        };
        let found = text.and_then(|(start, length)| {
            let text = std::str::from_utf8(table.get(start..start.checked_add(length)?)?).ok()?;
            let is_name = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
            is_name.then(|| (text.to_owned(), start.saturating_add(length)))
        });
        match found {
            Some((name, end)) => {
                names.push(name);
                at = end;
            }
            None => at = at.saturating_add(1),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::pyinstaller::archive;

    use super::*;
    use crate::formats::trial;

    fn made() -> Vec<u8> {
        archive(b"\xe3\0\0\0\0code", &[("pkg.first", b"\xe3one"), ("second", b"\xe3two")])
    }

    #[test]
    fn scripts_and_modules_come_out() {
        let said = trial::scan(&FORMAT, "a.pkg", &made());
        let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
        assert_eq!(names, ["app.pyc", "pkg/first.pyc", "second.pyc"]);
        assert_eq!(said.children[1].bytes.as_ref(), b"\xa7\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0\xe3one");
        assert!(said.problems.is_empty(), "{:?}", said.problems);
        assert!(trial::is_taken(&COMPILED, &trial::file("a.pyc", said.children[1].bytes.to_vec())));
    }

    #[test]
    fn the_mark_alone_is_no_archive() {
        let bytes = [&[0; 100][..], MARK, &[0; 100]].concat();
        assert!(!trial::is_taken(&FORMAT, &trial::file("a", bytes)));
        assert!(!trial::is_taken(&FORMAT, &trial::file("a", [b"MZ", made().as_slice()].concat())));
    }

    #[test]
    fn lies_and_cuts_are_survived() {
        let bytes = made();
        for end in 0..bytes.len() {
            let (_, _) = trial::unpack(&PyUnpacker, "a.pkg", bytes[..end].to_vec());
        }
        for at in 0..bytes.len().saturating_sub(4) {
            let mut bytes = bytes.clone();
            bytes[at..at + 4].fill(0xff);
            let (_, _) = trial::unpack(&PyUnpacker, "a.pkg", bytes);
        }
    }
}
