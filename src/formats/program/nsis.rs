//! Installers made with NSIS: the files they carry and their script as text. The `nsis` crate reads the data behind the
//! program; sizes a header asks for are looked at before it does, and what it unpacks is capped.

use std::fmt::Write as _;

use memchr::memmem;
use nsis::{ExecCommand, NsisInstaller, SolidStatus};

use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::archive::self_extractor::RUNS_COMMAND;
use crate::formats::fields::u32_at;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// Behind the flags: a signature and a name.
const SIGNATURE: &[u8] = b"\xef\xbe\xad\xdeNullsoftInst";

/// The data behind the program, which is read together with it.
pub const DATA: FormatSpec = FormatSpec {
    id: FormatId("nsis"),
    title: "Data of an NSIS installer",
    // Flags of nought are cut from the front of the data behind a program.
    magic: &[Magic::at(4, SIGNATURE), Magic::start(SIGNATURE)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "NSIS, fileform.h",
        url: "https://github.com/kichik/nsis/blob/master/Source/exehead/fileform.h",
    }],
    limitations: &[
        "Read only together with the program it belongs to.",
        "Installers made by altered compilers are not read.",
    ],
    ..FormatSpec::of(Family::Program)
};

/// Takes NSIS installers apart.
pub(in crate::formats) struct NsisUnpacker;

/// The header an installer has, unpacked; real ones stay below a few megabytes.
const MAX_HEADER: u32 = 64 << 20;
/// What is unpacked at most, of all files together in one stream.
const MAX_UNPACKED: u64 = 256 << 20;
/// Lines of the script given as text.
const MAX_LINES: usize = 20_000;

impl Unpacker for NsisUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, RUNS_COMMAND]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some(at) = memmem::find(&parent.bytes, SIGNATURE).and_then(|at| at.checked_sub(4)) else { return Ok(()) };
        let size = u32_at(&parent.bytes, at.saturating_add(20)).unwrap_or(0);
        if size == 0 || size > MAX_HEADER {
            return Ok(());
        }
        let cap = out.budget().limits().artifact_bytes.min(MAX_UNPACKED);
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        let installer = match NsisInstaller::builder(&parent.bytes).max_decompressed_size(cap).parse() {
            Ok(installer) => installer,
            Err(error) => {
                let what = format!("NSIS installer that is not readable: {error}");
                out.problem(Problem::unsupported(what, Location::at(at)));
                return Ok(());
            }
        };
        out.fact("nsis-version", format!("{:?}", installer.version()));
        match installer.solid_status() {
            SolidStatus::Truncated { limit } => {
                let what = format!("more than {limit} bytes in the installer; the rest was not read");
                out.problem(Problem::new(ProblemKind::Limit, what, Location::at(at)));
            }
            SolidStatus::Failed(error) => {
                out.problem(Problem::damaged(format!("packed data of the installer: {error}"), Location::at(at)));
            }
            _ => {}
        }
        give_files(&installer, out)?;
        let commands = commands(&installer);
        super::setup::judge(&commands, out);
        let text = script(&installer);
        if !text.is_empty() {
            let origin = Origin::part(OriginKind::Decoded, "script of the installer, as text");
            out.child_bytes(EntryName::new("script.nsi.txt"), origin, text.into_bytes().into())?;
        }
        Ok(())
    }
}

fn give_files(installer: &NsisInstaller<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mut seen = std::collections::HashSet::new();
    for file in installer.files() {
        out.budget().check_deadline()?;
        let Ok(file) = file else { continue };
        let name = file.dest_path().map(|name| name.to_string()).unwrap_or_default();
        if !seen.insert((file.data_block_offset(), name.clone())) {
            continue;
        }
        // Folders of the target machine, `$INSTDIR` and the like, are no folders of the installer.
        let shown = name.split(['\\', '/']).filter(|step| !step.starts_with('$')).collect::<Vec<_>>().join("/");
        let shown = if shown.is_empty() { format!("file-{:x}", file.data_block_offset()) } else { shown };
        let entry = EntryName::new(shown).also(name);
        if let Some(escape) = escape::check_path(&entry.text) {
            escape::raise_found(&escape, out);
        }
        let place = || Location::part(format!("entry {}", entry.file_name()));
        match file.decompress() {
            Ok(bytes) => {
                let origin = Origin::part(OriginKind::Entry, "file of the installer");
                out.child_bytes(entry.clone(), origin, bytes.into())?;
            }
            Err(error) => out.problem(Problem::damaged(format!("file of the installer: {error}"), place())),
        }
    }
    Ok(())
}

/// What the script starts.
fn commands(installer: &NsisInstaller<'_>) -> Vec<String> {
    const MAX_COMMANDS: usize = 256;
    let mut commands = Vec::new();
    for command in installer.exec_commands().flatten().take(MAX_COMMANDS) {
        let text = match &command {
            ExecCommand::Exec(exec) => exec.command_line().map(|line| line.to_string()).unwrap_or_default(),
            ExecCommand::ShellExec(exec) => {
                let file = exec.file().map(|text| text.to_string()).unwrap_or_default();
                format!("{file} {}", exec.params().map(|text| text.to_string()).unwrap_or_default())
            }
        };
        commands.push(text);
    }
    commands
}

/// The instructions, one a line.
fn script(installer: &NsisInstaller<'_>) -> String {
    let mut text = String::new();
    for (index, entry) in installer.entries().take(MAX_LINES).enumerate() {
        let Ok(entry) = entry else { continue };
        let _ = writeln!(text, "{index}: {}", installer.format_entry(&entry));
    }
    text
}
