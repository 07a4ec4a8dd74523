//! Where in a compound file VBA projects lie: any storage with a `dir` or `_VBA_PROJECT` stream, whatever its name and
//! depth (Word `Macros/VBA`, Excel `_VBA_PROJECT_CUR/VBA`, `vbaProject.bin` `VBA`, Publisher `VBA/VBA`), and loose
//! streams that hold compressed source.

use bytes::Bytes;

use super::decompress::find_source;
use super::modules::{MAX_SOURCE, Standing, Stream, VbaProject};
use super::project::names;
use crate::formats::office::ole::OleView;

/// Projects read of one compound file.
const MAX_PROJECTS: usize = 64;
/// Streams of one compound file looked at.
const MAX_STREAMS: usize = 20_000;

/// Modules taken out of sectors that no stream owns.
const MAX_CARVED: usize = 200;

/// Every project of a compound file, in directory order; modules in no project come last, as one without a storage.
pub fn projects(view: &OleView) -> Vec<VbaProject> {
    let streams: Vec<(usize, String, String)> = view
        .streams()
        .take(MAX_STREAMS)
        .map(|(index, entry)| {
            let path = view.path(index);
            let storage = path.strip_suffix(&entry.name).unwrap_or_default().trim_end_matches('/').to_owned();
            (index, storage, entry.name.clone())
        })
        .collect();
    let mut storages: Vec<&str> = Vec::new();
    for (_, storage, name) in &streams {
        let is_mark = name.eq_ignore_ascii_case("dir") || name.eq_ignore_ascii_case("_VBA_PROJECT");
        if is_mark && !storages.contains(&storage.as_str()) && storages.len() < MAX_PROJECTS {
            storages.push(storage);
        }
    }
    let mut left = MAX_SOURCE;
    let mut projects = Vec::new();
    for storage in &storages {
        let inner: Vec<Stream> = streams
            .iter()
            .filter(|(_, of, _)| of == storage)
            .map(|(index, _, name)| Stream { name: name.clone(), bytes: view.data(*index) })
            .collect();
        let root = storage.rsplit_once('/').map_or("", |(root, _)| root);
        let beside = |wanted: &str| {
            let found = streams.iter().find(|(_, of, name)| of == root && name.eq_ignore_ascii_case(wanted));
            found.map(|(index, _, _)| view.data(*index))
        };
        let listing = beside("PROJECT");
        let mut project = VbaProject::read(storage, &inner, listing.as_ref(), &mut left);
        project.name_map = beside("PROJECTwm").map(|bytes| names(&bytes, project.code_page));
        // A stream called `dir` may belong to something else altogether.
        let is_vba = !project.modules.is_empty()
            || project.listing.is_some()
            || inner.iter().any(|stream| stream.name.eq_ignore_ascii_case("_VBA_PROJECT"));
        if is_vba {
            projects.push(project);
        }
    }
    let mut loose = VbaProject::default();
    for (index, storage, name) in &streams {
        if !storages.contains(&storage.as_str()) {
            let bytes: Bytes = view.data(*index);
            if find_source(&bytes, 0).is_some() {
                loose.carve(&Stream { name: name.clone(), bytes }, Standing::Carved, &mut left);
            }
        }
    }
    // What no stream owns any more: deleted modules, and those of files whose tables are gone.
    let mut carved = 0usize;
    for (place, bytes) in view.unowned() {
        let mut from = 0usize;
        while let Some(start) = find_source(&bytes, from).filter(|_| carved < MAX_CARVED) {
            carved = carved.saturating_add(1);
            from = start.saturating_add(1);
            let end = find_source(&bytes, from).unwrap_or(bytes.len());
            loose.carve(&Stream { name: place.clone(), bytes: bytes.slice(start..end) }, Standing::Carved, &mut left);
        }
    }
    if !loose.modules.is_empty() {
        projects.push(loose);
    }
    projects
}
