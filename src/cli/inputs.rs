//! Paths, folders, patterns and standard input to files to read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use walkdir::WalkDir;

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Something named that is not there, with the reason.
    Missing(String, String),
}

impl Input {
    /// What it is called in the report.
    pub(super) fn name(&self) -> String {
        match self {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => path.to_string_lossy().into_owned(),
            Input::Missing(name, _) => name.clone(),
        }
    }

    /// Whether it is a file of at most this many bytes.
    pub(super) fn is_short(&self, limit: u64) -> bool {
        match self {
            Input::File(path) => path.metadata().is_ok_and(|data| data.is_file() && data.len() <= limit),
            Input::Stdin | Input::Missing(..) => false,
        }
    }

    /// Its bytes, at most `limit`; whether there were more.
    pub(super) fn read(&self, limit: u64) -> std::io::Result<(Bytes, bool)> {
        let mut bytes = Vec::new();
        let room = limit.saturating_add(1);
        match self {
            Input::Stdin => std::io::stdin().lock().take(room).read_to_end(&mut bytes)?,
            Input::File(path) => std::fs::File::open(path)?.take(room).read_to_end(&mut bytes)?,
            Input::Missing(_, reason) => return Err(std::io::Error::other(reason.clone())),
        };
        let is_cut = bytes.len() as u64 > limit;
        if is_cut {
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        Ok((bytes.into(), is_cut))
    }
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
    inputs
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
