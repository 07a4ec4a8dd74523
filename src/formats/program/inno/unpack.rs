//! An installer to its files, its commands and its script.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use bytes::Bytes;
use innospect::{DataEntry, DataFlag, FileEntry, HeaderString, InnoInstaller};
use memchr::memmem;

use super::measure;
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::archive::self_extractor::RUNS_COMMAND;
use crate::formats::program::setup;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes Inno Setup installers apart.
pub(in crate::formats) struct InnoUnpacker;

/// What tables come to at most; those of large installers are a few megabytes.
const MAX_TABLES: u64 = 64 << 20;
/// What all chunks come to at most: the crate keeps them.
const MAX_UNPACKED: u64 = 512 << 20;
/// Lines of the listing.
const MAX_LINES: usize = 20_000;

impl Unpacker for InnoUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, RUNS_COMMAND]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let Some(at) = memmem::find(bytes, b"Inno Setup Setup Data (") else { return Ok(()) };
        if !measure::are_tables_small(bytes, MAX_TABLES) {
            let what = "tables of the installer are larger than is read";
            out.problem(Problem::new(ProblemKind::Limit, what, Location::at(at)));
            return Ok(());
        }
        let installer = match InnoInstaller::from_bytes(bytes) {
            Ok(installer) => installer,
            Err(error) => {
                let what = format!("Inno Setup installer that is not readable: {error}");
                out.problem(Problem::unsupported(what, Location::at(at)));
                return Ok(());
            }
        };
        let version = installer.version();
        out.fact("inno-version", version.marker_str());
        if let Some(name) = installer.header().and_then(|header| header.string(HeaderString::AppName)) {
            out.fact("inno-application", name);
        }
        if installer.is_encrypted() {
            out.problem(Problem::encrypted("files of the installer are encrypted", Location::at(at)));
        }
        give_files(&installer, out)?;
        let commands: Vec<String> =
            installer.exec_commands().map(|run| format!("{} {}", run.filename(), run.parameters())).collect();
        setup::judge(&commands, out);
        if let Some(code) = installer.compiled_code_bytes().filter(|code| !code.is_empty()) {
            let origin = Origin::part(OriginKind::Decoded, COMPILED_SCRIPT);
            out.child_bytes(EntryName::new("script.ifps"), origin, Bytes::copy_from_slice(code))?;
        }
        let text = listing(&installer);
        if !text.is_empty() {
            let origin = Origin::part(OriginKind::Decoded, "what the installer does, as text");
            out.child_bytes(EntryName::new("setup.iss.txt"), origin, text.into_bytes().into())?;
        }
        Ok(())
    }
}

/// Detail of a child that is a compiled script.
const COMPILED_SCRIPT: &str = "compiled script of the installer";

/// Files by the chunk they lie in, so that a solid chunk is measured once.
fn give_files(installer: &InnoInstaller<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mut left = out.budget().limits().artifact_bytes.min(MAX_UNPACKED);
    let mut chunks: BTreeMap<(u32, u32), Vec<(&FileEntry, &DataEntry)>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for file in installer.files() {
        let Some(data) = installer.file_location_for(file) else { continue };
        if seen.insert((file.location_index, file.destination.as_str())) {
            chunks.entry((data.first_slice, data.start_offset)).or_default().push((file, data));
        }
    }
    for files in chunks.values() {
        out.budget().check_deadline()?;
        let Some((_, first)) = files.first() else { continue };
        let is_locked = first.flags.contains(&DataFlag::ChunkEncrypted);
        let size = if is_locked { None } else { chunk_size(installer, first, left) };
        if let Some(size) = size {
            left = left.saturating_sub(size);
        } else if !is_locked {
            let what = "a packed piece of the installer is larger than is read, or lies in a file beside it";
            out.problem(Problem::new(ProblemKind::Limit, what, Location::at(first.start_offset as usize)));
        }
        for (file, _) in files {
            give(installer, file, size.is_some(), out)?;
        }
    }
    Ok(())
}

/// What a chunk comes to.
fn chunk_size(installer: &InnoInstaller<'_>, data: &DataEntry, limit: u64) -> Option<u64> {
    let method = installer.header()?.tail().compress_method?;
    let base = usize::try_from(installer.offset_table().offset_setup1).ok()?;
    // Four bytes of mark come first, and are not counted.
    let start = base.checked_add(data.start_offset as usize)?.checked_add(4)?;
    let end = start.checked_add(usize::try_from(data.chunk_compressed_size).ok()?)?;
    measure::chunk(installer.input().get(start..end)?, method, limit)
}

fn give(
    installer: &InnoInstaller<'_>,
    file: &FileEntry,
    is_readable: bool,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    // Folders of the target machine stand in braces: `{app}\viewer.exe`.
    let full = if file.destination.is_empty() { &file.source } else { &file.destination };
    let shown: Vec<&str> = full.split(['\\', '/']).filter(|step| !step.starts_with('{') && !step.is_empty()).collect();
    let name = EntryName::new(shown.join("/")).also(full.clone());
    if let Some(escape) = escape::check_path(&name.text) {
        escape::raise_found(&escape, out);
    }
    let origin = Origin::part(OriginKind::Entry, "file of the installer");
    if !is_readable {
        return out.child_bytes(name, origin, Bytes::new());
    }
    match installer.extract(file) {
        Ok(reader) => out.child(name, origin, reader),
        Err(error) => {
            let place = Location::part(format!("entry {}", name.file_name()));
            out.problem(Problem::damaged(format!("file of the installer: {error}"), place));
            out.child_bytes(name, origin, Bytes::new())
        }
    }
}

/// Commands, registry values and shortcuts, a line each.
fn listing(installer: &InnoInstaller<'_>) -> String {
    let mut text = String::new();
    for run in installer.exec_commands().take(MAX_LINES) {
        let _ = writeln!(text, "run: {} {} (in {})", run.filename(), run.parameters(), run.working_dir());
    }
    for value in installer.registry_entries().iter().take(MAX_LINES) {
        let data = String::from_utf8_lossy(value.value.get(..1024).unwrap_or(&value.value)).into_owned();
        let _ = writeln!(text, "registry: {} {} = {data}", value.subkey, value.value_name);
    }
    text
}
