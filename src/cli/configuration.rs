//! `sekisho config`.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use super::args::{ConfigArgs, ConfigCommand};
use super::exit;
use crate::config::keys::{EXCEPTIONS, EXCEPTIONS_DOC, SECTIONS, find, section, suggest};
use crate::config::{self, Complaint, ConfigError, Loaded, Severity, show};

/// Runs a subcommand of `config`.
pub(super) fn run(options: &ConfigArgs) -> anyhow::Result<ExitCode> {
    match &options.command {
        ConfigCommand::Check { file, verbose } => check(file, *verbose),
        ConfigCommand::Show { file } => effective(file),
        ConfigCommand::Keys => keys(),
        ConfigCommand::Explain { key } => explain(key),
        ConfigCommand::Sample => {
            write!(anstream::stdout(), "{}", show::sample())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(file: &Path, verbose: bool) -> anyhow::Result<ExitCode> {
    let Loaded { settings, warnings } = match config::load(file) {
        Ok(loaded) => loaded,
        Err(error) => return refuse(&error),
    };
    complain(file, &warnings)?;
    let setup = match config::setup(&settings.scan) {
        Ok(setup) => setup,
        Err(error) => return refuse(&error),
    };
    if let Err(error) = setup.scanner() {
        let text = error.to_string();
        return refuse(&ConfigError {
            file: file.to_owned(),
            complaints: vec![Complaint { severity: Severity::Error, at: None, text }],
        });
    }
    let mut out = anstream::stdout();
    if verbose {
        write!(out, "{}", show::effective(&settings))?;
    } else {
        writeln!(out, "{}: good, {} warnings", file.display(), warnings.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn effective(file: &Path) -> anyhow::Result<ExitCode> {
    match config::load(file) {
        Ok(loaded) => {
            write!(anstream::stdout(), "{}", show::effective(&loaded.settings))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &ConfigError) -> anyhow::Result<ExitCode> {
    writeln!(anstream::stderr(), "{error}")?;
    Ok(ExitCode::from(exit::USAGE))
}

fn complain(file: &Path, complaints: &[Complaint]) -> anyhow::Result<()> {
    if complaints.is_empty() {
        return Ok(());
    }
    let all = ConfigError { file: file.to_owned(), complaints: complaints.to_vec() };
    writeln!(anstream::stderr(), "{all}")?;
    Ok(())
}

fn keys() -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    for section in SECTIONS {
        for key in section.keys {
            let default = key.default_text().unwrap_or_else(|| "(not set)".to_owned());
            writeln!(out, "{:<28} {default}", format!("{}.{}", section.name, key.name))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(name: &str) -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout();
    if let Some((_, key)) = find(name) {
        write!(out, "{name}\n\n{}", show::explanation(key))?;
    } else if let Some(section) = section(name) {
        write!(out, "{}", show::section_explanation(section))?;
    } else if name == EXCEPTIONS {
        writeln!(out, "[[{EXCEPTIONS}]]\n\n{EXCEPTIONS_DOC}")?;
    } else {
        match suggest(name) {
            Some(near) => bail!("there is no key {name}; did you mean {near}?"),
            None => bail!("there is no key {name}; sekisho config keys lists all"),
        }
    }
    Ok(ExitCode::SUCCESS)
}
