//! `sekisho rules`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use walkdir::WalkDir;

use super::args::{RulesArgs, RulesCommand};
use super::exit;
use crate::matching::{RuleSource, shipped_sources};

/// Runs a subcommand of `rules`.
pub(super) fn run(options: &RulesArgs) -> anyhow::Result<ExitCode> {
    match &options.command {
        RulesCommand::Check { paths } => check(paths),
    }
}

/// The rule files of a path: itself, or every `.yar` and `.yara` below it in name order.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<RuleSource>> {
    let load = |path: &Path| -> anyhow::Result<RuleSource> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
        Ok(RuleSource { name: path.to_string_lossy().into_owned(), text })
    };
    if !path.is_dir() {
        return Ok(vec![load(path)?]);
    }
    let mut sources = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot read {}", path.display()))?;
        let is_rule = entry.path().extension().is_some_and(|extension| extension == "yar" || extension == "yara");
        if entry.file_type().is_file() && is_rule {
            sources.push(load(entry.path())?);
        }
    }
    if sources.is_empty() {
        bail!("{} holds no .yar file", path.display());
    }
    Ok(sources)
}

#[cfg(feature = "yara")]
fn check(paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    use std::io::Write as _;

    use crate::matching::lint;

    let mut sources = Vec::new();
    for path in paths {
        sources.extend(read(path)?);
    }
    let is_shipped = paths.is_empty();
    if is_shipped {
        sources = shipped_sources();
    }
    let mut out = anstream::stdout().lock();
    let mut complaints = 0usize;
    for source in &sources {
        // The samples of shipped rules are made by the test-suite, which checks the match; here the rest is checked.
        let beside = Path::new(&source.name).parent().map(Path::to_owned).unwrap_or_default();
        for complaint in lint(source, |sample| std::fs::read(beside.join(sample)).ok()) {
            if is_shipped && complaint.is_about_sample() {
                continue;
            }
            complaints = complaints.saturating_add(1);
            writeln!(out, "{complaint}")?;
        }
    }
    writeln!(out, "{} rule files, {complaints} complaints", sources.len())?;
    Ok(if complaints == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::FOUND) })
}

#[cfg(not(feature = "yara"))]
fn check(_paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let _ = (shipped_sources().len(), exit::FOUND);
    bail!("this program was built without rule matching")
}
