//! What installers of every maker have in common: the commands they start.

use crate::formats::archive::self_extractor::RUNS_COMMAND;
use crate::knowledge::interpreters::is_interpreter;
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Commands shown of one installer.
const MAX_COMMANDS: usize = 8;

/// Says what an installer starts. Starting what was just installed is what installers are for and only mentioned; an
/// interpreter weighs more.
pub(super) fn judge(commands: &[String], out: &mut Outcome<'_>) {
    let mut commands: Vec<&String> = commands.iter().filter(|command| !command.trim().is_empty()).collect();
    commands.sort_by_key(|command| !starts_interpreter(command));
    commands.dedup();
    for command in commands.into_iter().take(MAX_COMMANDS) {
        let severity = if starts_interpreter(command) { Severity::Medium } else { Severity::Info };
        out.raise_as(RUNS_COMMAND, severity, false, Location::whole(), command.clone());
    }
}

/// Whether a command line starts a command interpreter or script host.
pub(super) fn starts_interpreter(command: &str) -> bool {
    command.split([' ', '\\', '/', '"', '\'', ',', '}']).any(is_interpreter)
}
