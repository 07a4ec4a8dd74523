//! `sekisho serve`.

use std::process::ExitCode;

use super::args::ServeArgs;
use super::exit;
use crate::gate::server::{Start, run as serve};

/// The daemon could not run for a reason that lies outside its configuration.
const FAILED: u8 = 1;

/// Runs the daemon.
pub(super) fn run(options: &ServeArgs) -> anyhow::Result<ExitCode> {
    let start = Start { config: options.config.clone(), allow_root: options.allow_root };
    let Err(error) = serve(&start) else { return Ok(ExitCode::SUCCESS) };
    let code = if error.is_about_configuration() { exit::USAGE } else { FAILED };
    for line in error.to_string().lines() {
        std::io::Write::write_fmt(&mut anstream::stderr(), format_args!("sekisho: {line}\n"))?;
    }
    Ok(ExitCode::from(code))
}
