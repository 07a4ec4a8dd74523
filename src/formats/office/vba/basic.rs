//! Modules in Basic that do not come from a VBA project: those of OpenDocument and of Access databases. The languages are
//! close enough for one judgement; what starts a procedure is told by the document and given as a module of its own.

use super::judge::{self, Places, judge};
use super::modules::VbaModule;
use super::program::Part;
use super::unpack::{MODULE_ORIGIN, PRESENT};
use crate::model::hints::DocumentContext;
use crate::model::{EntryName, FindingKind, Location, Origin, OriginKind};
use crate::stage::{Kinds, Outcome, StageError};

/// What the module made of a document's events is called.
pub(super) const EVENTS: &str = "events of the document";

/// A module with its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BasicModule {
    /// Its name, with the library's before it.
    pub(crate) name: String,
    /// Its source.
    pub(crate) source: String,
}

/// Finding kinds a judgement may raise.
pub(crate) fn kinds() -> Kinds {
    static KINDS: std::sync::LazyLock<Vec<&'static FindingKind>> =
        std::sync::LazyLock::new(|| [PRESENT].iter().chain(judge::KINDS).copied().collect());
    &KINDS
}

/// Judges the modules of a document as one program, and gives each as a child. `started` are procedures that run by
/// themselves, by name.
pub(crate) fn judge_basic(
    modules: Vec<BasicModule>,
    started: &[String],
    language: &str,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let has_code = |module: &&BasicModule| module.source.lines().any(|line| !is_remark(line));
    let names: Vec<&str> = modules.iter().filter(has_code).take(8).map(|module| module.name.as_str()).collect();
    if !names.is_empty() {
        out.raise(PRESENT, Location::whole(), names.join(", "));
    }
    let start = start(started);
    let mut parts: Vec<Part<'_>> =
        modules.iter().map(|module| Part { name: &module.name, sort: None, source: &module.source }).collect();
    if let Some(source) = &start {
        parts.push(Part { name: EVENTS, sort: None, source });
    }
    judge(&parts, Places::ModuleAndLine, out)?;
    for module in modules {
        let origin = Origin::part(OriginKind::Decoded, format!("{MODULE_ORIGIN}, {language}"));
        out.child_bytes(EntryName::new(module.name), origin, module.source.into_bytes().into())?;
    }
    Ok(())
}

/// Blank lines, remarks and options, which every empty module has.
fn is_remark(line: &str) -> bool {
    let line = line.trim().to_ascii_lowercase();
    line.is_empty()
        || line.starts_with('\'')
        || line.starts_with("rem ")
        || line.starts_with("option ")
        || line == "rem"
}

/// The document's events as a module, so that what they start is followed as from any other beginning.
fn start(started: &[String]) -> Option<String> {
    calls(started).map(|calls| format!("Sub Document_Open()\n{calls}End Sub\n"))
}

/// The macros that a package names in its ribbon, shapes and fields as a module of its project; none if the project has
/// none of them. A ribbon asks its `get…` macros when the document is shown.
pub(super) fn package_events(events: &DocumentContext, modules: &[VbaModule]) -> Option<String> {
    if events.opened.is_empty() && events.clicked.is_empty() {
        return None;
    }
    let sources: Vec<String> = modules.iter().map(|module| module.source.to_lowercase()).collect();
    let last = |name: &String| name.rsplit(['!', '.']).next().unwrap_or(name).to_owned();
    let is_there = |name: &String| sources.iter().any(|source| source.contains(&name.to_lowercase()));
    let named = |names: &[String]| -> Vec<String> { names.iter().map(last).filter(is_there).collect() };
    let opened = start(&named(&events.opened));
    let clicked = calls(&named(&events.clicked)).map(|calls| format!("Sub Shape_Click()\n{calls}End Sub\n"));
    (opened.is_some() || clicked.is_some()).then(|| [opened, clicked].into_iter().flatten().collect())
}

fn calls(started: &[String]) -> Option<String> {
    /// Procedures followed.
    const MAX_STARTED: usize = 64;
    let is_name = |name: &&String| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let calls: Vec<String> =
        started.iter().filter(is_name).take(MAX_STARTED).map(|name| format!("Call {name}\n")).collect();
    (!calls.is_empty()).then(|| calls.concat())
}
