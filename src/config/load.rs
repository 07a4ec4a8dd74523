//! The files a configuration consists of and names. Everything that reads them is here.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::complaint::{Complaint, ConfigError, Severity};
use super::read::{MAX_BYTES, read};
use super::settings::{Scan, Settings};
use crate::matching::RuleSource;
use crate::worker::Setup;

/// Words taken of one list; more would take longer than anyone waits.
const MAX_WORDS: usize = 1_000_000;

/// Rule files taken of one folder, and folders inside folders.
const MAX_RULE_FILES: usize = 100_000;
const MAX_FOLDER_DEPTH: usize = 16;

/// A configuration that can be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What should be looked at nevertheless.
    pub warnings: Vec<Complaint>,
}

/// Reads a configuration file. Relative paths in it are taken from its folder.
pub fn load(file: &Path) -> Result<Loaded, ConfigError> {
    let about = |text: String| ConfigError::about(file, text);
    let metadata = std::fs::metadata(file).map_err(|error| about(format!("cannot read it: {error}")))?;
    if metadata.len() > MAX_BYTES {
        return Err(about(format!("it is {} bytes long; a configuration has at most {MAX_BYTES}", metadata.len())));
    }
    let text = std::fs::read(file).map_err(|error| about(format!("cannot read it: {error}")))?;
    let text = String::from_utf8(text).map_err(|error| {
        about(format!("it is not UTF-8 from byte {} on; save it as UTF-8", error.utf8_error().valid_up_to()))
    })?;
    let absolute = std::path::absolute(file).map_err(|error| about(format!("cannot tell its folder: {error}")))?;
    let (settings, mut complaints) = read(&text, absolute.parent().unwrap_or(Path::new("/")));
    let Some(settings) = settings else {
        return Err(ConfigError { file: file.to_owned(), complaints });
    };
    if others_may_write(&metadata) {
        complaints.push(warning(format!("anyone may write to {}: chmod o-w", file.display())));
    }
    complaints.extend(key_file(&settings));
    for root in settings.clamd.iter().flat_map(|clamd| &clamd.roots) {
        if !root.is_dir() {
            complaints.push(warning(format!("clamd.roots has {}, which is no folder", root.display())));
        }
    }
    Ok(Loaded { settings, warnings: complaints })
}

/// What is wrong with who may read and write the key of the store.
fn key_file(settings: &Settings) -> Option<Complaint> {
    let path = &settings.store.as_ref()?.key_file;
    let metadata = std::fs::metadata(path).ok()?;
    if others_may_write(&metadata) {
        return Some(warning(format!("anyone may write to store.key-file {}: chmod 600", path.display())));
    }
    let readable = metadata.permissions().mode() & 0o004 != 0;
    readable.then(|| warning(format!("anyone may read store.key-file {}: chmod 600", path.display())))
}

fn others_may_write(metadata: &std::fs::Metadata) -> bool {
    metadata.permissions().mode() & 0o002 != 0
}

fn warning(text: String) -> Complaint {
    Complaint { severity: Severity::Warning, at: None, text }
}

/// What workers are told: the files that a configuration names, read.
pub fn setup(scan: &Scan) -> Result<Setup, ConfigError> {
    let mut rules = Vec::new();
    for path in &scan.rules {
        rules.extend(rule_sources(path)?);
    }
    let policy = match &scan.policy {
        Some(path) => read_text(path)?,
        None => Setup::default().policy,
    };
    Ok(Setup {
        limits: scan.limits.clone(),
        passwords: scan.passwords.clone(),
        words: scan.wordlist.as_deref().map(words).transpose()?.unwrap_or_default(),
        language: scan.language,
        site: scan.site.clone(),
        rules,
        policy,
        ..Setup::default()
    })
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    let bytes = std::fs::read(path).map_err(|error| ConfigError::about(path, format!("cannot read it: {error}")))?;
    String::from_utf8(bytes).map_err(|_| ConfigError::about(path, "it is not UTF-8".to_owned()))
}

/// The rule files of a path: itself, or every `.yar` and `.yara` below it in name order.
pub fn rule_sources(path: &Path) -> Result<Vec<RuleSource>, ConfigError> {
    let load = |path: &Path| -> Result<RuleSource, ConfigError> {
        Ok(RuleSource { name: path.to_string_lossy().into_owned(), text: read_text(path)? })
    };
    if !path.is_dir() {
        return Ok(vec![load(path)?]);
    }
    let mut files = Vec::new();
    gather(path, MAX_FOLDER_DEPTH, &mut files)?;
    if files.is_empty() {
        return Err(ConfigError::about(path, "it holds no .yar file".to_owned()));
    }
    files.iter().map(|file| load(file)).collect()
}

/// Rule files below a folder, in name order. Links to folders are not followed.
fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ConfigError> {
    let about = |error: std::io::Error| ConfigError::about(folder, format!("cannot read it: {error}"));
    let Some(depth) = depth.checked_sub(1) else {
        return Err(ConfigError::about(folder, format!("it lies more than {MAX_FOLDER_DEPTH} folders deep")));
    };
    let entries = std::fs::read_dir(folder).map_err(about)?;
    let mut entries: Vec<std::fs::DirEntry> = entries.collect::<Result<_, _>>().map_err(about)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(about)?;
        let is_rule = path.extension().is_some_and(|extension| extension == "yar" || extension == "yara");
        if kind.is_dir() {
            gather(&path, depth, files)?;
        } else if is_rule && path.is_file() {
            if files.len() >= MAX_RULE_FILES {
                return Err(ConfigError::about(folder, format!("there are more than {MAX_RULE_FILES} rule files")));
            }
            files.push(path);
        }
    }
    Ok(())
}

/// The lines of a word list, without repeats, in its order. Lines that are not UTF-8 are left out.
pub fn words(path: &Path) -> Result<Vec<String>, ConfigError> {
    let text =
        std::fs::read(path).map_err(|error| ConfigError::about(path, format!("cannot read the word list: {error}")))?;
    let mut seen = std::collections::HashSet::new();
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let words = lines.filter(|line| !line.is_empty()).filter_map(|line| std::str::from_utf8(line).ok());
    Ok(words.filter(|word| seen.insert(*word)).take(MAX_WORDS).map(str::to_owned).collect())
}
