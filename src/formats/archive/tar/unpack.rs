//! tar to the files in it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::parser::{Data, Entry, EntryKind, TarView};
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes tar archives apart.
pub(super) struct TarUnpacker;

impl Unpacker for TarUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<TarView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        let mut links = BTreeMap::new();
        for entry in &view.entries {
            escape::raise(&entry.name, out);
            check_links(entry, &mut links, out);
            match entry.kind {
                EntryKind::File => give(parent, entry, "", out)?,
                EntryKind::HardLink if has_data(entry) => give(parent, entry, "hard link with data", out)?,
                EntryKind::Folder | EntryKind::Other | EntryKind::Symlink if has_data(entry) => {
                    give(parent, entry, "data of an entry that should have none", out)?;
                }
                EntryKind::HardLink | EntryKind::Symlink => {
                    let what = if entry.kind == EntryKind::Symlink { "symbolic" } else { "hard" };
                    out.fact("tar-link", format!("{what} {} -> {}", entry.name.text, entry.target));
                }
                EntryKind::Device => out.fact("tar-device", entry.name.text.clone()),
                EntryKind::Folder | EntryKind::Other => {}
            }
        }
        if let Some(at) = view.trailing {
            out.problem(Problem::odd("data after the tar archive", Location::at(at)));
            let rest = parent.bytes.slice(at.min(parent.bytes.len())..);
            let name = EntryName::new(format!("{} (after the tar archive)", parent.name.file_name()));
            out.child_bytes(name, Origin::part(OriginKind::Overlay, format!("after offset {at:#x}")), rest)?;
        }
        Ok(())
    }
}

fn has_data(entry: &Entry) -> bool {
    matches!(&entry.data, Data::Plain(stored) | Data::Sparse { stored, .. } if !stored.is_empty())
}

/// Gives the content: a slice of the archive, or decoded where it has holes.
fn give(parent: &Artifact, entry: &Entry, detail: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if entry.missing > 0 {
        let place = Location::part(format!("entry {}", entry.name.file_name())).with_offset(entry.offset as u64);
        out.problem(Problem::damaged(format!("{} bytes of the entry are missing", entry.missing), place));
    }
    let mode = if entry.is_executable { "executable" } else { "" };
    let detail = [mode, detail].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let origin = |detail: &str| Origin::file(OriginKind::Entry, detail);
    match &entry.data {
        Data::Plain(stored) => give_stored(parent, entry, stored, origin(&detail), out),
        Data::Sparse { stored, map_bytes, map, is_pax } => {
            if *is_pax {
                give_stored(
                    parent,
                    entry,
                    stored,
                    origin("sparse, as programs give it that do not know the map"),
                    out,
                )?;
            }
            let start = stored.start.saturating_add(*map_bytes);
            let data = parent.bytes.get(start..stored.end).unwrap_or_default();
            out.child(entry.name.clone(), origin("sparse"), map.fill(data))
        }
    }
}

/// Gives bytes as they are stored: a slice of the archive unless they exceed what one artifact may have.
fn give_stored(
    parent: &Artifact,
    entry: &Entry,
    stored: &Range<usize>,
    origin: Origin,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let end = stored.end.min(parent.bytes.len());
    let bytes = parent.bytes.slice(stored.start.min(end)..end);
    if bytes.len() as u64 > out.budget().limits().artifact_bytes {
        return out.child(entry.name.clone(), origin, bytes.as_ref());
    }
    out.child_bytes(entry.name.clone(), origin, bytes)
}

/// A symbolic link out of the folder is harmless until a later entry is written through it.
fn check_links(entry: &Entry, links: &mut BTreeMap<String, String>, out: &mut Outcome<'_>) {
    const MAX_LINKS: usize = 10_000;
    let name = entry.name.text.trim_end_matches('/');
    for (index, _) in name.match_indices('/').take(64) {
        let (Some(folder), Some(rest)) = (name.get(..index), name.get(index..)) else { continue };
        if let Some(target) = links.get(folder) {
            let parent = folder.rsplit_once('/').map(|(parent, _)| format!("{parent}/")).unwrap_or_default();
            let is_absolute = target.starts_with('/') || target.starts_with('\\') || target.contains(':');
            let through = if is_absolute { format!("{target}{rest}") } else { format!("{parent}{target}{rest}") };
            escape::raise(&EntryName::new(through), out);
        }
    }
    if entry.kind == EntryKind::Symlink && links.len() < MAX_LINKS {
        links.insert(name.to_owned(), entry.target.clone());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use sekisho_samples::archive::tar::Tar;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        let (said, result) = trial::unpack(&TarUnpacker, "a.tar", bytes);
        result.unwrap();
        said
    }

    fn escapes(said: &Said) -> bool {
        said.findings.iter().any(|finding| finding.kind.id == ENTRY_NAME_ESCAPES.id)
    }

    #[test]
    fn reports_names_that_lead_out() {
        assert!(escapes(&unpack(Tar::new().file("../../a.txt", b"x").build())));
        assert!(!escapes(&unpack(Tar::new().file("a/../b.txt", b"x").build())));
    }

    #[test]
    fn reports_writing_through_a_link_and_not_the_link_alone() {
        let link = Tar::new().symlink("a/out", "../../elsewhere");
        assert!(!escapes(&unpack(link.clone().file("a/b.txt", b"x").build())));
        assert!(escapes(&unpack(link.file("a/out/b.txt", b"x").build())));
        let inside = Tar::new().symlink("a/current", "version-2").file("a/current/b.txt", b"x").build();
        assert!(!escapes(&unpack(inside)));
    }

    #[test]
    fn links_are_facts_and_their_data_is_given() {
        let said = unpack(Tar::new().symlink("a", "b").entry(b"c", b'1', b"d", b"data").build());
        assert_eq!(said.facts[0].value, "symbolic a -> b");
        assert_eq!(said.children[0].bytes.as_ref(), b"data");
    }

    #[test]
    fn agrees_with_the_tar_crate() {
        let long = format!("{}/x.txt", "long".repeat(40));
        let bytes = Tar::new()
            .folder("f/")
            .file("f/a.txt", b"first")
            .file(&long, &[7; 1500])
            .pax_file("請求.txt", "plain", b"second")
            .build();
        let said = unpack(bytes.clone());
        let mut theirs = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            if entry.header().entry_type().is_file() {
                let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
                let mut data = Vec::new();
                entry.read_to_end(&mut data).unwrap();
                theirs.push((name, data));
            }
        }
        let ours: Vec<_> = said.children.iter().map(|child| (child.name.text.clone(), child.bytes.to_vec())).collect();
        assert_eq!(ours, theirs);
    }
}
