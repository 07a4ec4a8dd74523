//! Compiled help to the files in it. The stream is decoded once; files are slices of it.

use std::collections::HashSet;

use bytes::Bytes;

use super::directory::{ChmView, Entry};
use super::section::Section;
use crate::finding_kind;
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::launch::what_runs;
use crate::knowledge::help;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, Severity};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes compiled help apart.
pub(super) struct ChmUnpacker;

finding_kind! {
    /// ## What it is
    /// A compiled help file. Windows opens it with a double click, with scripts and controls allowed that no browser
    /// would run.
    ///
    /// ## Why it matters
    /// A page in it can start any program. Groups such as Kimsuky send help files named as forms or invitations, also
    /// to Japan.
    ///
    /// ## How we see it
    /// By content. It weighs more attached to a mail, and where a program or script is among its files.
    ///
    /// ## When it is innocent
    /// Manuals of older programs are help files. They come with the program, hardly ever by mail.
    ///
    /// ## References
    /// - ATT&CK T1218.001, Compiled HTML File: https://attack.mitre.org/techniques/T1218/001/
    pub(super) const HELP_FILE = {
        id: "compiled-help-file",
        title: "a compiled help file: its pages can start programs",
        ja: "コンパイル済みヘルプ（CHM）です。開いたページからプログラムを起動できます",
        why_ja: "案内や申請書を装ったヘルプファイルを送る標的型攻撃があります。心当たりがなければ開かないでください。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1218.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A page of a compiled help file starts a program by itself: it holds the HTML Help control with a shortcut.
    ///
    /// ## Why it matters
    /// The control runs the command it is given, and the page presses its button for the reader. Nothing is asked.
    ///
    /// ## How we see it
    /// A page names the class of the HTML Help control and the command `ShortCut`; the command line in `Item1` is
    /// shown.
    ///
    /// ## When it is innocent
    /// Old manuals had buttons that opened a settings dialog (`control.exe`) this way. With an interpreter it is not
    /// innocent.
    ///
    /// ## References
    /// - ATT&CK T1218.001, Compiled HTML File: https://attack.mitre.org/techniques/T1218/001/
    /// - HTML Help ActiveX Control, Shortcut: https://learn.microsoft.com/en-us/previous-versions/windows/desktop/htmlhelp/shortcut
    pub(super) const HELP_RUNS_COMMAND = {
        id: "help-page-runs-command",
        title: "a help page that starts a program",
        ja: "ヘルプのページがプログラムを起動します",
        why_ja: "ヘルプを開くだけで、送信者が選んだコマンドが実行されます。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1218.001", "T1059"],
    }
}

/// Detail of a child that is an index of the help compiler.
pub(super) const INDEX_PART: &str = "index of compiled help";
/// Files looked at for programs.
const MAX_LOOKS: usize = 2_000;

impl Unpacker for ChmUnpacker {
    fn findings(&self) -> Kinds {
        &[HELP_FILE, HELP_RUNS_COMMAND, ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<ChmView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        let files: Vec<&Entry> =
            view.entries.iter().filter(|entry| !entry.is_inner() && !entry.is_folder() && entry.length > 0).collect();
        let is_packed = files.iter().any(|entry| entry.section != 0);
        let section = if is_packed { decode(&view, parent, out)? } else { Bytes::new() };
        let mut runs = Vec::new();
        let mut seen = HashSet::new();
        for entry in files {
            // Two entries over the same bytes are one file.
            if !seen.insert((entry.section, entry.offset, entry.length, entry.path.as_str())) {
                continue;
            }
            let bytes = match entry.section {
                0 => parent.bytes.slice_ref(view.plain(&parent.bytes, entry)),
                1 => slice(&section, entry),
                other => {
                    let what = format!("entry in section {other}, which is not read");
                    out.problem(Problem::unsupported(what, place(entry)));
                    Bytes::new()
                }
            };
            if (bytes.len() as u64) < entry.length && entry.section < 2 {
                let what = format!("entry ends after {} of {} bytes", bytes.len(), entry.length);
                out.problem(Problem::damaged(what, place(entry)));
            }
            let name = EntryName::new(entry.path.trim_start_matches('/'));
            if entry.is_index() {
                out.child_bytes(name, Origin::part(OriginKind::Entry, INDEX_PART), bytes)?;
                continue;
            }
            escape::raise(&name, out);
            if let Some(command) = help::shortcut(&bytes) {
                out.raise(HELP_RUNS_COMMAND, place(entry), command);
            }
            // Pages call scripts by name; those are parts of them, as style sheets are.
            let is_page_script = name.extension() == "js";
            let what = if seen.len() < MAX_LOOKS && !is_page_script { what_runs(&name, &bytes) } else { None };
            let origin = match &what {
                Some(_) => Origin::file(OriginKind::Entry, "compiled help"),
                None => Origin::part(OriginKind::Entry, "compiled help"),
            };
            if let Some(what) = what.filter(|_| runs.len() < 8) {
                runs.push(format!("{} ({what})", name.text));
            }
            out.child_bytes(name, origin, bytes)?;
        }
        let (severity, observed) = match runs.is_empty() {
            true if parent.origin.kind == OriginKind::MimePart => (Severity::High, "attached to a mail".to_owned()),
            true => (HELP_FILE.severity, format!("{} entries", view.entries.len())),
            false => (Severity::High, runs.join(", ")),
        };
        out.raise_as(HELP_FILE, severity, false, Location::whole(), observed);
        Ok(())
    }
}

fn place(entry: &Entry) -> Location {
    Location::part(format!("entry {}", entry.path))
}

/// The compressed section, unpacked.
fn decode(view: &ChmView, parent: &Artifact, out: &mut Outcome<'_>) -> Result<Bytes, StageError> {
    let section = match Section::open(view, &parent.bytes) {
        Ok(section) => section,
        Err(what) => {
            out.problem(Problem::damaged(what, Location::part("section MSCompressed")));
            return Ok(Bytes::new());
        }
    };
    let mut reader = section.reader();
    let (bytes, stop) = out.pull(&mut reader);
    if reader.lost > 0 {
        let what = format!("{} of its frames do not decode", reader.lost);
        out.problem(Problem::damaged(what, Location::part("section MSCompressed")));
    }
    match stop {
        Some(crate::budget::Stop::Limit(exceeded)) => {
            out.problem(StageError::Limit(exceeded).into_problem());
        }
        Some(crate::budget::Stop::Read(_)) | None => {}
    }
    Ok(bytes.into())
}

fn slice(section: &Bytes, entry: &Entry) -> Bytes {
    let start = usize::try_from(entry.offset).unwrap_or(usize::MAX).min(section.len());
    let end = start.saturating_add(usize::try_from(entry.length).unwrap_or(usize::MAX)).min(section.len());
    section.slice(start..end)
}
