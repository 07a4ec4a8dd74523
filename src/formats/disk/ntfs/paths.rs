//! Paths, by following the parent that each name states. Folders' indexes are not needed for that, so files whose index
//! entry is damaged are found as well.

use std::collections::{BTreeMap, HashMap};

use super::files::File;
use crate::formats::disk::volume::MAX_DEPTH;

/// The record of the root folder.
const ROOT: u64 = 5;

/// A folder's path with a slash at the end, and whether it or one around it is hidden.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) is_hidden: bool,
}

/// Paths of folders.
pub(super) struct Paths<'a> {
    files: &'a BTreeMap<u64, File>,
    known: HashMap<u64, Place>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(files: &'a BTreeMap<u64, File>) -> Self {
        let root = Place::default();
        Paths { files, known: HashMap::from([(ROOT, root)]) }
    }

    /// The place of a folder.
    pub(super) fn of(&mut self, folder: u64) -> Place {
        // Up to the first that is known, then down again.
        let mut steps = Vec::new();
        let mut number = folder;
        let mut place = loop {
            if let Some(known) = self.known.get(&number) {
                break known.clone();
            }
            let file = self.files.get(&number).filter(|file| file.is_folder);
            let name = file.and_then(|file| file.names.iter().find(|name| !name.is_short).or(file.names.first()));
            let (Some(file), Some(name), true) = (file, name, steps.len() < MAX_DEPTH) else {
                break Place { path: "[lost]/".to_owned(), is_hidden: false };
            };
            steps.push((number, name.text.clone(), file.is_hidden()));
            number = name.parent;
        };
        for (number, name, is_hidden) in steps.into_iter().rev() {
            place.path = format!("{}{name}/", place.path);
            place.is_hidden |= is_hidden;
            self.known.insert(number, place.clone());
        }
        place
    }
}
