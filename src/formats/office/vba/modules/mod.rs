//! One VBA project: its modules with their source, from the streams of its storages, MS-OVBA 2.3.4. Where the tables
//! are damaged or lie, modules are found by their own first bytes.
//!
//! `module` one module, `source` where its source is. Here the project and what its streams say.

mod module;
mod source;

use std::borrow::Cow;
use std::sync::OnceLock;

use bytes::Bytes;

use self::source::take;
use super::codepage::CodePage;
use super::decompress::Decompressed;
use super::dir::{Dir, DirModule, Reference};
use super::pcode::{Listing as Compiled, Names, has_code};
use super::project::{Listing, Sort};
use crate::model::{Location, Problem, ProblemKind};

pub use self::module::{Standing, VbaModule};

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

/// CFB names compare without regard to case; so do VBA's.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests;
