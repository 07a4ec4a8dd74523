//! Self-extractors other than RAR's: which commands they run after unpacking. 7z modules keep a text before the
//! archive, IExpress keeps resources beside the cabinet.

use memchr::memmem;

use super::pe::{PeView, ResourceId};
use super::setup;
use crate::formats::archive::self_extractor::{self, RUNS_COMMAND};
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Reads the settings of self-extractors in programs.
pub(in crate::formats) struct Settings;

impl Unpacker for Settings {
    fn findings(&self) -> Kinds {
        &[RUNS_COMMAND]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<PeView>()?;
        seven_zip(&parent.bytes, out);
        iexpress(&parent.bytes, &view, out);
        Ok(())
    }
}

/// Where the text of a 7z module starts and ends (7-Zip, "SFX modules for installers").
const START: &[u8] = b";!@Install@!UTF-8!";
const END: &[u8] = b";!@InstallEnd@!";
/// Longest text read; 7-Zip's own limit is 4 KiB, others allow more.
const MAX_TEXT: usize = 64 << 10;
/// Settings that run something, lower case.
const RUNS: [&str; 8] = [
    "runprogram",
    "executefile",
    "executeparameters",
    "autoinstall",
    "shortcut",
    "delete",
    "setenvironment",
    "runonce",
];

fn seven_zip(bytes: &[u8], out: &mut Outcome<'_>) {
    for at in memmem::find_iter(bytes, START).take(8) {
        let rest = bytes.get(at.saturating_add(START.len())..).unwrap_or_default();
        let rest = rest.get(..MAX_TEXT).unwrap_or(rest);
        // The module itself holds both marks, close together, to look for them.
        let Some(text) = memmem::find(rest, END).and_then(|end| rest.get(..end)) else { continue };
        let text = String::from_utf8_lossy(text);
        let mut run = Vec::new();
        let mut others = Vec::new();
        for line in text.lines().map(str::trim).take(1_000) {
            let Some((key, value)) = line.split_once('=') else { continue };
            let key = key.trim().trim_end_matches(|c: char| c.is_ascii_digit()).to_ascii_lowercase();
            let setting = format!("{}={}", line.split('=').next().unwrap_or_default().trim(), value.trim());
            match RUNS.iter().position(|known| *known == key) {
                Some(0..=3) => run.push(setting),
                Some(_) => others.push(setting),
                None if matches!(key.as_str(), "installpath" | "guimode" | "progress" | "hidconsole") => {
                    others.push(setting);
                }
                None => {}
            }
        }
        if !run.is_empty() {
            let command = run.into_iter().chain(others).take(12).collect::<Vec<_>>().join("; ");
            self_extractor::raise(&command, Location::at(at), out);
        }
    }
}

/// Resources of IExpress that name a command; `<None>` stands for none.
const COMMANDS: [&str; 4] = ["RUNPROGRAM", "POSTRUNPROGRAM", "ADMQCMD", "USRQCMD"];

fn iexpress(bytes: &[u8], view: &PeView, out: &mut Outcome<'_>) {
    for resource in &view.resources {
        let ResourceId::Text(name) = &resource.name else { continue };
        if !COMMANDS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        let content = bytes.get(resource.range.clone()).unwrap_or_default();
        let content = content.split(|byte| *byte == 0).next().unwrap_or_default();
        let command = String::from_utf8_lossy(content.get(..1024).unwrap_or(content)).trim().to_owned();
        if !command.is_empty() && !command.eq_ignore_ascii_case("<none>") {
            // Packages of IExpress exist to run a setup program; an interpreter is another matter.
            let severity = if setup::starts_interpreter(&command) { RUNS_COMMAND.severity } else { Severity::Medium };
            let at = Location::at(resource.range.start);
            out.raise_as(RUNS_COMMAND, severity, false, at, format!("{name}={command}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::pe::Pe;

    use super::*;
    use crate::formats::trial;

    fn observed(bytes: Vec<u8>) -> Option<String> {
        let (said, result) = trial::unpack(&Settings, "a.exe", bytes);
        result.unwrap();
        trial::observed(&said, RUNS_COMMAND.id)
    }

    fn module(settings: &str) -> Vec<u8> {
        // As in real modules, the marks stand in the code as well.
        let marks = [START, b"\0\0", END].concat();
        let data = format!("{}\r\n{settings}\r\n{}", String::from_utf8_lossy(START), String::from_utf8_lossy(END));
        Pe::new().section(".rdata", marks, sekisho_samples::program::pe::DATA).overlay(data).build()
    }

    #[test]
    fn commands_of_a_7z_module_are_shown() {
        let settings = "Title=\"Viewer\"\r\nRunProgram=\"viewer.exe /s\"\r\nGUIMode=\"2\"";
        assert_eq!(observed(module(settings)).as_deref(), Some("RunProgram=\"viewer.exe /s\"; GUIMode=\"2\""));
    }

    #[test]
    fn a_module_that_only_unpacks_is_not_reported() {
        assert_eq!(observed(module("Title=\"Viewer\"\r\nBeginPrompt=\"Unpack?\"")), None);
        assert_eq!(observed(Pe::new().overlay(b"RunProgram=viewer.exe").build()), None);
    }

    #[test]
    fn commands_of_iexpress_are_shown() {
        let program = |command: &str| {
            let data = [command.as_bytes(), b"\0"].concat();
            Pe::new().resource_named(10, "RUNPROGRAM", data).build()
        };
        assert_eq!(observed(program("setup.exe /q")).as_deref(), Some("RUNPROGRAM=setup.exe /q"));
        assert_eq!(observed(program("<None>")), None);
    }
}
