//! The modules of a compound file's VBA projects, as children: source text in UTF-8, and the stored bytes where
//! decoding lost some. What a project is made of and what its code does is said on the compound file, since a call may
//! lead from any module to any other.

use super::findings::{LOCKED, MODULE_HIDDEN, NO_COMPILED_CODE, PRESENT, SOURCE_MISSING};
use super::forms;
use super::judge::{self, Places, judge};
use super::modules::{Standing, VbaModule, VbaProject};
use super::program::Part;
use super::storage::projects;
use crate::formats::office::ole::OleView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Severity};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Unpacks VBA projects of a compound file.
pub struct ProjectUnpacker;

/// How the origin of a project's module starts; its analysis belongs to the project.
pub(super) const MODULE_ORIGIN: &str = "VBA module";

/// Whether an artifact is the source of a module that its container gave as one.
pub(super) fn is_module(artifact: &Artifact) -> bool {
    artifact.origin.kind == OriginKind::Decoded && artifact.origin.detail.starts_with(MODULE_ORIGIN)
}

/// What the project itself shows, then what its code shows.
const OWN_KINDS: [&crate::model::FindingKind; 6] =
    [PRESENT, LOCKED, MODULE_HIDDEN, SOURCE_MISSING, NO_COMPILED_CODE, forms::FORM_PAYLOAD];

impl Unpacker for ProjectUnpacker {
    fn findings(&self) -> Kinds {
        static KINDS: std::sync::LazyLock<Vec<&'static crate::model::FindingKind>> =
            std::sync::LazyLock::new(|| OWN_KINDS.iter().chain(judge::KINDS).copied().collect());
        &KINDS
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        for project in projects(&view) {
            for problem in &project.problems {
                out.problem(problem.clone());
            }
            for reference in &project.references {
                out.fact("vba-reference", reference.libid.clone());
            }
            say_project(&project, out);
            let parts: Vec<Part<'_>> = project
                .modules
                .iter()
                .map(|module| Part { name: &module.name, sort: module.sort, source: &module.source })
                .collect();
            judge(&parts, Places::ModuleAndLine, out)?;
            let code_page = project.code_page.to_string();
            for module in project.modules {
                give(module, &project.storage, &code_page, out)?;
            }
        }
        // Without code nobody reads what the controls of forms hold.
        if out.shows(PRESENT.id) {
            forms::give_forms(&view, out)?;
        }
        Ok(())
    }
}

fn place(module: &VbaModule) -> Location {
    Location::part(format!("module {}", module.name))
}

/// What the project's tables show.
fn say_project(project: &VbaProject, out: &mut Outcome<'_>) {
    let has_code = project.modules.iter().any(|module| code_lines(&module.source) > 0);
    let stomped = project.modules.iter().any(|module| project.pcode(module).is_some());
    if has_code || stomped {
        let names: Vec<&str> = project.modules.iter().take(8).map(|module| module.name.as_str()).collect();
        out.raise(PRESENT, Location::whole(), names.join(", "));
    }
    if let Some(listing) = &project.listing
        && has_code
        && (listing.is_locked || listing.has_password || listing.is_tampered)
    {
        let how = match (listing.is_tampered, listing.has_password) {
            (true, _) => "protection fields do not decrypt",
            (false, true) => "password",
            (false, false) => "locked for viewing",
        };
        out.raise(LOCKED, Location::part("stream PROJECT"), how);
    }
    let hidden = project.hidden();
    for module in project.modules.iter().filter(|module| hidden.contains(&module.name.as_str().into())) {
        if code_lines(&module.source) > 0 {
            let how = match module.standing {
                Standing::Unlisted => "in no table of the project",
                Standing::Listed | Standing::Carved => "missing from the PROJECT stream",
            };
            out.raise(MODULE_HIDDEN, place(module), format!("{}: {how}", module.name));
        }
    }
    for module in &project.modules {
        say_source(project, module, out);
    }
    if has_code && !project.has_compiled_code && project.modules.iter().all(|module| module.cache.is_empty()) {
        out.raise(NO_COMPILED_CODE, Location::whole(), project.name.clone());
    }
}

/// Compiled code without the source it was made of. Every line of source but `Attribute` lines is a line of compiled
/// code too; over 130 honest modules the counts differ by six at most.
fn say_source(project: &VbaProject, module: &VbaModule, out: &mut Outcome<'_>) {
    const MIN_DIFFERENCE: u64 = 10;
    let written = code_lines(&module.source);
    let Some(compiled) = project.pcode(module).map(|listing| listing.lines.len() as u64) else {
        // Without a line table the cache still says something: an empty document module takes less than 2 KB.
        const EMPTY_MODULE: usize = 2_048;
        if !module.has_source && module.standing == Standing::Listed && module.cache.len() > EMPTY_MODULE {
            let observed = format!("{}: {} bytes of compiled code, no source", module.name, module.cache.len());
            out.raise(SOURCE_MISSING, place(module), observed);
        }
        return;
    };
    let observed = format!("{}: {compiled} lines of compiled code, {written} of source", module.name);
    let most = compiled.max(written);
    let is_gone =
        code_lines_said(&module.source) == 0 || compiled > written.saturating_mul(4).saturating_add(MIN_DIFFERENCE);
    if compiled >= 3 && is_gone {
        out.raise(SOURCE_MISSING, place(module), observed);
    } else if compiled.abs_diff(written) > MIN_DIFFERENCE.saturating_add(most / 4) {
        out.raise_as(SOURCE_MISSING, Severity::Medium, false, place(module), observed);
    }
}

/// Lines that are not attributes.
fn code_lines(source: &str) -> u64 {
    let lines = source.lines().filter(|line| !line.starts_with("Attribute "));
    lines.fold(0u64, |count, _| count.saturating_add(1))
}

/// Lines that say something: no attributes, no blank lines.
fn code_lines_said(source: &str) -> usize {
    source.lines().filter(|line| !line.starts_with("Attribute ") && !line.trim().is_empty()).count()
}

fn give(module: VbaModule, storage: &str, code_page: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let name = match storage {
        "" => module.name,
        storage => format!("{storage}/{}", module.name),
    };
    if let Some(raw) = module.raw {
        let origin = Origin::part(OriginKind::Decoded, format!("{MODULE_ORIGIN}, bytes as stored"));
        out.child_bytes(EntryName::new(format!("{name} (bytes)")), origin, raw.into())?;
    }
    let origin = Origin::part(OriginKind::Decoded, format!("{MODULE_ORIGIN}, {code_page}"));
    out.child_bytes(EntryName::new(name), origin, module.source.into_bytes().into())
}
