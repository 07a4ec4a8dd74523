//! Paths, folders, patterns and standard input to files to read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use walkdir::WalkDir;

use crate::Submission;
use crate::formats::archive::volumes::sets;

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Files that lie side by side and are pieces of one, in order, with the whole's name. Each is an input of its own as
    /// well.
    Pieces(PathBuf, Vec<PathBuf>),
    /// Something named that is not there, with the reason.
    Missing(String, String),
}

impl Input {
    /// What it is called in the report.
    pub(super) fn name(&self) -> String {
        match self {
            Input::Stdin => "-".to_owned(),
            Input::File(path) | Input::Pieces(path, _) => path.to_string_lossy().into_owned(),
            Input::Missing(name, _) => name.clone(),
        }
    }

    /// Whether it is a file of at most this many bytes.
    pub(super) fn is_short(&self, limit: u64) -> bool {
        match self {
            Input::File(path) => path.metadata().is_ok_and(|data| data.is_file() && data.len() <= limit),
            Input::Stdin | Input::Pieces(..) | Input::Missing(..) => false,
        }
    }

    /// What to scan, of at most `limit` bytes; whether there were more.
    pub(super) fn read(&self, limit: u64) -> std::io::Result<(Submission, bool)> {
        let Input::Pieces(_, paths) = self else {
            let (bytes, is_cut) = match self {
                Input::File(path) => up_to(std::fs::File::open(path)?, limit)?,
                Input::Missing(_, reason) => return Err(std::io::Error::other(reason.clone())),
                Input::Stdin | Input::Pieces(..) => up_to(std::io::stdin().lock(), limit)?,
            };
            return Ok((Submission::new(self.name(), bytes), is_cut));
        };
        let mut whole: Vec<u8> = Vec::new();
        for path in paths {
            let left = limit.saturating_sub(whole.len() as u64);
            let (bytes, is_cut) = up_to(std::fs::File::open(path)?, left)?;
            whole.extend_from_slice(&bytes);
            if is_cut {
                return Ok((Submission::new(self.name(), whole), true));
            }
        }
        Ok((Submission::new(self.name(), whole), false))
    }
}

fn up_to(source: impl std::io::Read, limit: u64) -> std::io::Result<(Bytes, bool)> {
    let mut bytes = Vec::new();
    let _ = source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let is_cut = bytes.len() as u64 > limit;
    if is_cut {
        bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok((bytes.into(), is_cut))
}

/// Everything the arguments name, in the order given; folders are walked in name order, links are not followed.
pub(super) fn gather(arguments: &[String]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            inputs.push(Input::Stdin);
        } else if path.is_dir() {
            walk(path, &mut inputs);
        } else if path.exists() {
            inputs.push(Input::File(path.to_owned()));
        } else {
            matches(argument, &mut inputs);
        }
    }
    let wholes = wholes(&inputs);
    inputs.extend(wholes);
    inputs
}

/// The files that pieces among the inputs make, folder by folder, in name order; they are scanned after everything else.
fn wholes(inputs: &[Input]) -> Vec<Input> {
    let mut by_folder: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for input in inputs {
        if let Input::File(path) = input {
            let folder = path.parent().unwrap_or(Path::new(""));
            let _ = by_folder.entry(folder).or_default().insert(path);
        }
    }
    let mut found = Vec::new();
    for (folder, paths) in by_folder {
        let paths: Vec<&Path> = paths.into_iter().collect();
        let names: Vec<String> = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        for set in sets(names.iter().map(String::as_str)) {
            let members = set.members.iter().filter_map(|member| paths.get(*member)).map(|path| path.to_path_buf());
            found.push(Input::Pieces(folder.join(&set.name), members.collect()));
        }
    }
    found
}

fn walk(folder: &Path, inputs: &mut Vec<Input>) {
    for entry in WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => inputs.push(Input::File(entry.into_path())),
            Ok(_) => {}
            Err(error) => {
                let name = error.path().unwrap_or(folder).to_string_lossy().into_owned();
                inputs.push(Input::Missing(name, error.to_string()));
            }
        }
    }
}

fn matches(pattern: &str, inputs: &mut Vec<Input>) {
    let before = inputs.len();
    match glob::glob(pattern) {
        Ok(paths) => {
            for path in paths.flatten() {
                if path.is_dir() {
                    walk(&path, inputs);
                } else {
                    inputs.push(Input::File(path));
                }
            }
            if inputs.len() == before {
                inputs.push(Input::Missing(pattern.to_owned(), "no such file, and no file matches it".to_owned()));
            }
        }
        Err(error) => inputs.push(Input::Missing(pattern.to_owned(), format!("no such file: {error}"))),
    }
}
