//! The command line: a file per subcommand.

mod args;
mod configuration;
mod evaluate;
mod exit;
mod explain;
mod formats;
mod inputs;
mod isolation;
mod key;
mod macros;
mod progress;
mod quarantine;
mod rules;
mod scan;
mod serve;
mod shims;
mod workload;

use std::process::ExitCode;

use clap::Parser as _;

/// Runs the program.
pub fn run() -> ExitCode {
    // `sekisho worker` is how this program starts workers.
    crate::worker::declare_program();
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            // Help and version are what was asked for; anything else is a usage error (64, EX_USAGE of sysexits).
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let done = match arguments.command {
        args::Command::Scan(options) => scan::run(&options),
        args::Command::Evaluate(options) => evaluate::run(&options),
        args::Command::Macros(options) => macros::run(&options),
        args::Command::Explain(options) => explain::run(&options),
        args::Command::Formats(options) => formats::run(&options),
        args::Command::Quarantine(options) => quarantine::run(&options),
        args::Command::Rules(options) => rules::run(&options),
        args::Command::Serve(options) => serve::run(&options),
        args::Command::Config(options) => configuration::run(&options),
        args::Command::Key(options) => key::run(&options),
        args::Command::Pmg(options) => shims::pmg(&options),
        args::Command::Mailscanner(options) => shims::mailscanner(&options),
        args::Command::Exim(options) => shims::exim(&options),
        args::Command::Isolation(options) => isolation::run(&options),
        args::Command::Worker(options) => {
            crate::worker::serve(options.probes).map(|()| ExitCode::SUCCESS).map_err(Into::into)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // A reader that has seen enough (`| head`) is no failure of ours.
            let is_broken_pipe = error
                .chain()
                .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
                .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe);
            if is_broken_pipe {
                return ExitCode::SUCCESS;
            }
            let _ = std::io::Write::write_fmt(&mut anstream::stderr(), format_args!("sekisho: {error:#}\n"));
            ExitCode::from(exit::USAGE)
        }
    }
}
