//! What acts of a macro can do to the machine, once their arguments are known as far as they can be.

use super::machine::{Act, Machine, Place};
use super::value::{GAP, Worth};
use crate::knowledge::dde::{is_command, is_launcher};
use crate::knowledge::vba::{Deed, capabilities};
use crate::knowledge::xlm::{MacroDeed, macros};

/// What an act amounts to. Ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// A person at a macro's work might do the same.
    Plain,
    /// Writes or deletes a file.
    Writes,
    /// Starts a viewer or editor.
    Opens,
    /// Calls a library that is not one of Windows.
    OwnLibrary,
    /// Calls a library of Windows, for something that is not known to harm.
    Library,
    /// Fetches from the network.
    Downloads,
    /// Starts a program, or has Windows run code.
    Executes,
    /// Starts a program that runs what its command line says.
    Interprets,
}

/// An act and what it amounts to.
#[derive(Debug)]
pub(super) struct Ability {
    pub(super) grade: Grade,
    pub(super) does: MacroDeed,
    /// The call with what its arguments come to.
    pub(super) what: String,
    pub(super) place: Place,
    pub(super) is_reached: bool,
    /// Whether its arguments were put together so that they cannot be read.
    pub(super) is_disguised: bool,
}

/// Grades every act.
pub(super) fn abilities(machine: &Machine<'_>) -> Vec<Ability> {
    machine
        .acts
        .iter()
        .map(|act| Ability {
            grade: grade(act),
            does: act.does,
            what: call_text(act),
            place: act.place,
            is_reached: act.is_reached,
            is_disguised: is_disguised(act),
        })
        .collect()
}

/// A call as it runs: `EXEC("cmd /c …")`.
pub(super) fn call_text(act: &Act) -> String {
    let one = |worth: &Worth| match worth {
        Worth::Text(text) => format!("\"{text}\""),
        other => other.as_text(),
    };
    format!("{}({})", act.function, act.arguments.iter().map(one).collect::<Vec<_>>().join(","))
}

fn grade(act: &Act) -> Grade {
    let text = |index: usize| act.arguments.get(index).map(Worth::as_text).unwrap_or_default();
    match act.does {
        MacroDeed::Execute => command_grade(&text(0)),
        MacroDeed::Native => native_grade(&text(0), &text(1), &act.arguments),
        MacroDeed::Link => match act.function.as_str() {
            "INITIATE" if is_launcher(&text(0)) => Grade::Interprets,
            "EXECUTE" | "POKE" if is_command(&text(1)) => Grade::Executes,
            _ => Grade::Opens,
        },
        MacroDeed::Open if is_elsewhere(&text(0)) => Grade::Downloads,
        MacroDeed::Write | MacroDeed::Keys => Grade::Writes,
        _ => Grade::Plain,
    }
}

fn is_elsewhere(path: &str) -> bool {
    let path = path.trim().to_ascii_lowercase();
    path.starts_with("http:") || path.starts_with("https:") || path.starts_with("ftp:")
}

/// A command line by the program it starts.
fn command_grade(command: &str) -> Grade {
    let words = &capabilities().words;
    let lower = command.to_lowercase();
    let is_word = |word: &String| words_of(&lower).any(|own| own == word.trim_end_matches(".exe"));
    if words.interpreters.iter().any(is_word) {
        return Grade::Interprets;
    }
    let program = lower.trim_start_matches(['"', ' ']);
    let program = program.split(['"', ' ']).next().unwrap_or_default();
    let file = program.rsplit(['\\', '/']).next().unwrap_or_default();
    let is_harmless =
        words.harmless_programs.iter().any(|known| file.trim_end_matches(".exe") == known.trim_end_matches(".exe"));
    if is_harmless && !words.fetching.iter().any(|word| lower.contains(word.as_str())) {
        Grade::Opens
    } else {
        Grade::Executes
    }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// A function of a library by its name. Where neither is known, the worst is assumed.
fn native_grade(library: &str, function: &str, arguments: &[Worth]) -> Grade {
    let lower = function.trim().to_ascii_lowercase();
    let apis = &capabilities().apis;
    let known = apis.get(&lower).or_else(|| apis.get(lower.trim_end_matches(['a', 'w'])));
    match known {
        Some(Deed::Download) => return Grade::Downloads,
        // In a macro sheet, where there is no code to hand over, memory that is made or filled is for machine code.
        Some(Deed::Memory | Deed::Copy | Deed::Start | Deed::Callback) => return Grade::Executes,
        Some(Deed::Execute) => {
            let command = arguments.iter().map(Worth::as_text).collect::<Vec<_>>().join(" ");
            let starts = lower.contains("shellexecute") || lower.contains("winexec") || lower.contains("createprocess");
            return if starts { command_grade(&command).max(Grade::Executes) } else { Grade::Executes };
        }
        Some(Deed::Write | Deed::WriteText | Deed::Save | Deed::Delete | Deed::Registry) => return Grade::Writes,
        _ => {}
    }
    if library.contains(GAP) || lower.contains(GAP) {
        Grade::Executes
    } else if macros().is_of_windows(library) {
        Grade::Library
    } else {
        Grade::OwnLibrary
    }
}

/// Whether a word worth hiding shows in an argument and stands nowhere in the formula.
fn is_disguised(act: &Act) -> bool {
    let source = act.source.to_lowercase();
    let revealing = &capabilities().words.revealing;
    act.arguments.iter().any(|argument| {
        let Worth::Text(text) = argument else { return false };
        let text = text.to_lowercase();
        revealing.iter().any(|word| text.contains(word.as_str()) && !source.contains(word.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_graded_by_the_program() {
        assert_eq!(command_grade("cmd /c echo"), Grade::Interprets);
        assert_eq!(command_grade(r"C:\Windows\System32\rundll32.exe x,y"), Grade::Interprets);
        assert_eq!(command_grade("harmless-none.exe"), Grade::Executes);
        assert_eq!(command_grade("NOTEPAD.EXE readme.txt"), Grade::Opens);
    }

    #[test]
    fn functions_are_graded_by_name() {
        assert_eq!(native_grade("urlmon", "URLDownloadToFileA", &[]), Grade::Downloads);
        assert_eq!(native_grade("kernel32", "GetTickCount", &[]), Grade::Library);
        assert_eq!(native_grade("SOLVER.DLL", "SolverSolve", &[]), Grade::OwnLibrary);
        assert_eq!(native_grade("…", "…", &[]), Grade::Executes);
    }
}
