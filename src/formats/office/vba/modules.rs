//! One VBA project: its modules with their source, from the streams of its storages, MS-OVBA 2.3.4. Where the tables
//! are damaged or lie, modules are found by their own first bytes.

use std::borrow::Cow;
use std::sync::OnceLock;

use bytes::Bytes;

use super::codepage::CodePage;
use super::decompress::{Decompressed, decompress, find_source};
use super::dir::{Dir, DirModule, Reference};
use super::pcode::{Listing as Compiled, Names, has_code};
use super::project::{Listing, Sort};
use crate::model::{Location, Problem, ProblemKind};

/// A project, as far as it could be read.
#[derive(Debug, Default)]
pub struct VbaProject {
    /// Path of the storage that holds the modules: `Macros/VBA`; empty for loose streams.
    pub storage: String,
    /// The project's name.
    pub name: String,
    /// Code page of its texts.
    pub code_page: CodePage,
    /// Libraries and projects it names.
    pub references: Vec<Reference>,
    /// Its modules, in the order of the `dir` stream, then those found otherwise.
    pub modules: Vec<VbaModule>,
    /// The `PROJECT` stream, if there is one.
    pub listing: Option<Listing>,
    /// Whether `_VBA_PROJECT` holds compiled code for some version of Office.
    pub has_compiled_code: bool,
    /// The stream `_VBA_PROJECT`, and the names in it once somebody asked.
    compiled: (Bytes, OnceLock<Names>),
    /// Version in `__SRP_0`, the cache of the last run.
    executed: Option<u8>,
    /// What the `dir` stream says of each module.
    pub(super) listed: Vec<DirModule>,
    /// Module names of `PROJECTwm`, if there is one.
    pub(super) name_map: Option<Vec<String>>,
    /// What was odd, damaged or left out.
    pub problems: Vec<Problem>,
}

/// How the project knows a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In the `dir` stream.
    Listed,
    /// Its stream lies in the storage, but `dir` (which could be read) does not name it.
    Unlisted,
    /// Found by its first bytes, as the tables could not be read.
    Carved,
}

/// One module.
#[derive(Debug)]
pub struct VbaModule {
    /// Its name.
    pub name: String,
    /// Name of its stream.
    pub stream: String,
    /// What it is, where a table says so.
    pub sort: Option<Sort>,
    /// Source text.
    pub source: String,
    /// The source's bytes as stored, in the code page; kept where decoding lost some.
    pub raw: Option<Vec<u8>>,
    /// The source's bytes as stored, where some are not ASCII: macros that decode their own strings work on them.
    pub bytes: Option<Vec<u8>>,
    /// How the project knows it.
    pub standing: Standing,
    /// Bytes before the source, where compiled code is kept.
    pub cache: Bytes,
    /// Whether compressed source was found at all.
    pub has_source: bool,
    /// Whether the `dir` stream states another place for it.
    pub is_misplaced: bool,
}

/// A stream of a compound file.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// Last name of its path.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Bytes of decompressed source one compound file may give. The largest honest project measured has 1 MB; the
/// container's own maximum is 683 times its size.
pub(super) const MAX_SOURCE: usize = 64 << 20;

/// Streams of a VBA storage that hold no module: tables and caches, MS-OVBA 2.2.
fn is_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "dir" || name == "_vba_project" || name.starts_with("__srp_")
}

impl VbaProject {
    /// Reads a project from the streams of its VBA storage and the `PROJECT` stream beside it. `left` is what may still
    /// be decompressed.
    pub(super) fn read(storage: &str, streams: &[Stream], project: Option<&Bytes>, left: &mut usize) -> Self {
        let mut out = VbaProject { storage: storage.to_owned(), ..VbaProject::default() };
        let named = |name: &str| streams.iter().find(|stream| stream.name.eq_ignore_ascii_case(name));
        out.has_compiled_code =
            named("_VBA_PROJECT").is_some_and(|stream| stream.bytes.get(2..4).is_some_and(|v| v != [0xff, 0xff]));
        out.compiled.0 = named("_VBA_PROJECT").map(|stream| stream.bytes.clone()).unwrap_or_default();
        out.executed = named("__SRP_0").filter(|stream| stream.bytes.starts_with(&[0x93, 0x4b])).and_then(|stream| {
            // The kind of system and a fixed field follow; some other content would not have them.
            stream.bytes.get(5..8).filter(|rest| *rest == [0, 0x10, 0]).and_then(|_| stream.bytes.get(3).copied())
        });
        let dir = out.read_dir(named("dir"), left);
        out.code_page = dir.code_page;
        out.name.clone_from(&dir.name);
        out.listing = project.map(|bytes| Listing::parse(bytes, out.code_page));

        let mut claimed = vec![false; streams.len()];
        for entry in &dir.modules {
            out.read_listed(entry, streams, &mut claimed, left);
        }
        // A project of Access may have no module at all.
        let has_others = streams.iter().any(|stream| !is_table(&stream.name));
        if dir.modules.is_empty() && named("dir").is_some() && has_others {
            let what = "the dir stream lists no module; modules are found by their own first bytes";
            out.problems.push(Problem::damaged(what, Location::part(out.place("dir"))));
        }
        let standing = if dir.modules.is_empty() { Standing::Carved } else { Standing::Unlisted };
        for (stream, claimed) in streams.iter().zip(claimed) {
            if !claimed && !is_table(&stream.name) {
                out.carve(stream, standing, left);
            }
        }
        out.references = dir.references;
        out.listed = dir.modules;
        if !out.code_page.is_known() {
            let what = format!("{} means nothing; texts are read as Western", out.code_page);
            out.problems.push(Problem::odd(what, Location::part(out.place("dir"))));
        }
        out
    }

    /// The `dir` stream. Where its own container does not start at once, it is looked for a few bytes in.
    fn read_dir(&mut self, stream: Option<&Stream>, left: &mut usize) -> Dir {
        let Some(stream) = stream else {
            self.problems.push(Problem::damaged("VBA project without a dir stream", Location::part(self.place("dir"))));
            return Dir::default();
        };
        let read = take(&stream.bytes, left);
        self.say(&read, "dir");
        let dir = Dir::parse(&read.bytes);
        if let Some(offset) = dir.damage {
            let at = Location::part(self.place("dir")).with_offset(offset);
            self.problems.push(Problem::odd("a record of the dir stream makes no sense", at));
        }
        dir
    }

    /// A module that `dir` names.
    fn read_listed(&mut self, entry: &DirModule, streams: &[Stream], claimed: &mut [bool], left: &mut usize) {
        let found = entry
            .stream_names()
            .find_map(|name| streams.iter().position(|stream| same_name(&stream.name, name)))
            .and_then(|index| Some((index, streams.get(index)?)));
        let Some((index, stream)) = found else {
            let at = Location::part(self.place(entry.shown_name()));
            self.problems.push(Problem::damaged("the stream of a listed module is missing", at));
            return;
        };
        if claimed.get_mut(index).is_some_and(|claimed| std::mem::replace(claimed, true)) {
            // Two entries with one stream: its source is read once.
            return;
        }
        let offset = entry.offset.and_then(|offset| usize::try_from(offset).ok());
        let stated = offset.and_then(|offset| stream.bytes.get(offset..)).filter(|rest| !rest.is_empty());
        let mut cache = offset.unwrap_or_default();
        let mut read = stated.map(|container| take(container, left)).filter(|read| is_source(&read.bytes));
        if read.is_none()
            && let Some(start) = find_source(&stream.bytes, 0)
            && let Some(container) = stream.bytes.get(start..)
        {
            let at = Location::part(self.place(&stream.name)).with_offset(start as u64);
            self.problems.push(Problem::odd("the module's source is not where the dir stream says", at));
            cache = start;
            read = Some(take(container, left));
        }
        let has_source = read.is_some();
        let read = read.unwrap_or_default();
        let is_misplaced =
            offset.is_some_and(|offset| offset != cache || (!has_source && offset >= stream.bytes.len()));
        self.say(&read, &stream.name);
        let sort = self.sort_of(entry.shown_name()).or(entry.is_standard.then_some(Sort::Standard));
        self.push(entry.shown_name(), stream, sort, Standing::Listed, cache, read, has_source);
        if let Some(module) = self.modules.last_mut() {
            module.is_misplaced = is_misplaced;
        }
    }

    /// A stream no table names: a module if compressed source starts in it somewhere.
    pub(super) fn carve(&mut self, stream: &Stream, standing: Standing, left: &mut usize) {
        let Some(start) = find_source(&stream.bytes, 0) else { return };
        let Some(container) = stream.bytes.get(start..) else { return };
        let read = take(container, left);
        if !is_source(&read.bytes) {
            return;
        }
        if self.code_page == CodePage::default() {
            self.code_page = CodePage::guess(&read.bytes);
        }
        let name = vb_name(&self.code_page.decode(&read.bytes).0).unwrap_or_else(|| stream.name.clone());
        let sort = self.sort_of(&name);
        self.push(&name, stream, sort, standing, start, read, true);
    }

    fn push(
        &mut self,
        name: &str,
        stream: &Stream,
        sort: Option<Sort>,
        standing: Standing,
        cache: usize,
        read: Decompressed,
        has_source: bool,
    ) {
        let (source, is_lossy) = self.code_page.decode(&read.bytes);
        let bytes = (!read.bytes.is_ascii()).then(|| read.bytes.clone());
        self.modules.push(VbaModule {
            name: name.to_owned(),
            stream: stream.name.clone(),
            sort,
            source,
            raw: is_lossy.then_some(read.bytes),
            bytes,
            standing,
            cache: stream.bytes.slice(..cache.min(stream.bytes.len())),
            has_source,
            is_misplaced: false,
        });
    }

    /// The version that ran the project last, as `__SRP_0` states it; its low byte.
    pub(super) fn executed_version(&self) -> Option<u8> {
        self.executed
    }

    /// Names of the compiled code.
    pub fn names(&self) -> &Names {
        self.compiled.1.get_or_init(|| Names::read(&self.compiled.0, self.code_page))
    }

    /// A module's compiled code, disassembled; none where there is none or it cannot be read.
    pub fn pcode(&self, module: &VbaModule) -> Option<Compiled> {
        Compiled::read(&module.cache, self.names(), self.code_page).ok().flatten()
    }

    /// Whether a module has lines of compiled code.
    pub fn has_pcode(&self, module: &VbaModule) -> bool {
        !module.cache.is_empty() && has_code(&module.cache, self.names())
    }

    fn sort_of(&self, name: &str) -> Option<Sort> {
        let listing = self.listing.as_ref()?;
        listing.modules.iter().find(|(listed, _)| same_name(listed, name)).map(|(_, sort)| *sort)
    }

    fn place(&self, name: &str) -> String {
        match self.storage.as_str() {
            "" => format!("stream {name}"),
            storage => format!("stream {storage}/{name}"),
        }
    }

    fn say(&mut self, read: &Decompressed, stream: &str) {
        let place = || Location::part(self.place(stream));
        let mut said = Vec::new();
        if let Some(damage) = &read.damage {
            said.push(Problem::damaged(damage.what.clone(), place().with_offset(damage.offset)));
        }
        if let Some(oddity) = read.oddity {
            said.push(Problem::odd(oddity, place()));
        }
        if read.is_capped {
            said.push(Problem::new(ProblemKind::Limit, "macro source beyond 64 MiB was not decompressed", place()));
        }
        self.problems.append(&mut said);
    }

    /// Modules the editor does not show although the project has them, and the other way round.
    pub(super) fn hidden(&self) -> Vec<Cow<'_, str>> {
        let Some(listing) = &self.listing else { return Vec::new() };
        if listing.modules.is_empty() {
            return Vec::new();
        }
        self.modules
            .iter()
            .filter(|module| module.standing == Standing::Unlisted || self.sort_of(&module.name).is_none())
            .map(|module| Cow::Borrowed(module.name.as_str()))
            .collect()
    }
}

/// Decompresses within what is left for the whole file.
fn take(container: &[u8], left: &mut usize) -> Decompressed {
    let read = decompress(container, *left);
    *left = left.saturating_sub(read.bytes.len());
    read
}

/// CFB names compare without regard to case; so do VBA's.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Whether decompressed bytes are a module's text and not what a wrong offset gives.
fn is_source(bytes: &[u8]) -> bool {
    let head = bytes.get(..64).unwrap_or(bytes);
    !head.is_empty() && !head.iter().any(|byte| matches!(byte, 0..=8 | 0x0e..=0x1f))
}

/// The module's name by its own `Attribute VB_Name` line.
fn vb_name(source: &str) -> Option<String> {
    let line = source.lines().next()?;
    let (_, value) = line.split_once("VB_Name")?;
    let name = value.trim_start_matches([' ', '=']).trim().trim_matches('"');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::vba::{Module, Project};

    fn streams(project: &Project) -> (Vec<Stream>, Option<Bytes>) {
        let mut inner = Vec::new();
        let mut listing = None;
        for (path, bytes) in project.streams() {
            match path.strip_prefix("VBA/") {
                Some(name) => inner.push(Stream { name: name.to_owned(), bytes: bytes.into() }),
                None if path == "PROJECT" => listing = Some(Bytes::from(bytes)),
                None => {}
            }
        }
        (inner, listing)
    }

    fn sample() -> Project {
        let mut main = Module::standard("集計", "Sub 実行()\n  MsgBox \"表\"\nEnd Sub\n");
        main.cache = vec![1; 700];
        Project::new(vec![Module::document("ThisDocument", "Sub AutoOpen()\nEnd Sub\n"), main])
    }

    fn read(project: &Project, change: impl FnOnce(&mut Vec<Stream>)) -> VbaProject {
        let (mut inner, listing) = streams(project);
        change(&mut inner);
        VbaProject::read("VBA", &inner, listing.as_ref(), &mut MAX_SOURCE.clone())
    }

    #[test]
    fn reads_every_module() {
        let project = sample();
        let read = read(&project, |_| {});
        assert_eq!(read.problems, []);
        assert_eq!(read.modules.len(), 2);
        for (got, made) in read.modules.iter().zip(&project.modules) {
            assert_eq!(got.source, made.text());
            assert_eq!(got.name, made.name);
            assert_eq!(got.standing, Standing::Listed);
        }
        assert_eq!(read.modules[1].cache.len(), 700);
        assert!(read.hidden().is_empty() && !read.has_compiled_code);
    }

    #[test]
    fn stream_names_differ_in_case_only() {
        let read = read(&sample(), |streams| {
            for stream in streams {
                stream.name = stream.name.to_uppercase();
            }
        });
        assert_eq!(read.modules.len(), 2);
    }

    #[test]
    fn finds_modules_without_the_dir_stream() {
        let read = read(&sample(), |streams| streams.retain(|stream| stream.name != "dir"));
        assert_eq!(read.modules.len(), 2);
        assert!(read.modules.iter().all(|module| module.standing == Standing::Carved));
        assert!(read.problems.iter().any(|problem| problem.kind == ProblemKind::Damaged));
    }

    #[test]
    fn finds_a_module_whose_offset_is_wrong() {
        let mut project = sample();
        let (inner, listing) = streams(&project);
        project.modules[1].cache.truncate(10);
        let wrong = streams(&project).0.into_iter().find(|stream| stream.name == "dir").unwrap();
        let inner: Vec<Stream> =
            inner.into_iter().map(|stream| if stream.name == "dir" { wrong.clone() } else { stream }).collect();
        let read = VbaProject::read("VBA", &inner, listing.as_ref(), &mut MAX_SOURCE.clone());
        assert!(read.modules[1].source.contains("MsgBox"));
    }

    #[test]
    fn a_module_missing_from_the_listing_is_hidden() {
        let mut project = sample();
        project.modules[1].is_hidden = true;
        assert_eq!(read(&project, |_| {}).hidden(), ["集計"]);
    }

    #[test]
    fn bytes_without_meaning_in_the_code_page_are_kept() {
        let project = Project::new(vec![Module::standard("M", "x = \"@@\"")]);
        let (mut inner, _) = streams(&project);
        let module = inner.iter_mut().find(|stream| stream.name == "M").unwrap();
        let mut text = project.modules[0].text().into_bytes();
        let place = text.iter().position(|byte| *byte == b'@').unwrap();
        text[place..place + 2].copy_from_slice(&[0xfd, 0xfe]);
        module.bytes = sekisho_samples::office::vba::compress(&text).into();
        let read = VbaProject::read("VBA", &inner, None, &mut MAX_SOURCE.clone());
        assert_eq!(read.modules[0].raw.as_deref(), Some(text.as_slice()));
    }
}
