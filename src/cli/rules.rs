//! `sekisho rules`.

#[cfg(feature = "yara")]
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use super::args::{RulesArgs, RulesCommand};
use super::exit;
use crate::config::rule_sources;
use crate::matching::shipped_sources;

/// Runs a subcommand of `rules`.
pub(super) fn run(options: &RulesArgs) -> anyhow::Result<ExitCode> {
    match &options.command {
        RulesCommand::Check { paths } => check(paths),
    }
}

#[cfg(feature = "yara")]
fn check(paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    use std::io::Write as _;

    use crate::matching::lint;

    let mut sources = Vec::new();
    for path in paths {
        sources.extend(rule_sources(path)?);
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
    let _ = (shipped_sources().len(), exit::FOUND, rule_sources);
    anyhow::bail!("this program was built without rule matching")
}
