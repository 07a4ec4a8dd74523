//! The `sekisho` program: parses arguments, runs a subcommand, turns the outcome into an exit code.

fn main() -> std::process::ExitCode {
    sekisho::cli::run()
}
