//! Modules with their source: where the `dir` stream says, or where compressed source starts by its own first bytes.

use super::super::codepage::CodePage;
use super::super::decompress::{Decompressed, decompress, find_source};
use super::super::dir::DirModule;
use super::super::project::Sort;
use super::{Standing, Stream, VbaModule, VbaProject, same_name};
use crate::model::{Location, Problem};

impl VbaProject {
    /// A module that `dir` names.
    pub(super) fn read_listed(
        &mut self,
        entry: &DirModule,
        streams: &[Stream],
        claimed: &mut [bool],
        left: &mut usize,
    ) {
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
    pub(in super::super) fn carve(&mut self, stream: &Stream, standing: Standing, left: &mut usize) {
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
}

/// Decompresses within what is left for the whole file.
pub(super) fn take(container: &[u8], left: &mut usize) -> Decompressed {
    let read = decompress(container, *left);
    *left = left.saturating_sub(read.bytes.len());
    read
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
