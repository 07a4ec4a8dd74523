//! `sekisho key`.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use super::args::{KeyArgs, KeyCommand};
use crate::gate::http::new_key;

/// Runs a subcommand of `key`.
pub(super) fn run(options: &KeyArgs) -> anyhow::Result<ExitCode> {
    let KeyCommand::New { name } = &options.command;
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(is_bare) {
        bail!("a name has letters, digits, - and _ only: {name}");
    }
    let (key, digest) = new_key().context("the system gives no random bytes")?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{key}")?;
    let mut notes = anstream::stderr().lock();
    writeln!(notes, "This is the only time the key is shown. Put its digest into the configuration:")?;
    writeln!(notes, "\n[http]\nkeys = {{ {name} = \"{digest}\" }}")?;
    Ok(ExitCode::SUCCESS)
}
