//! The modules of a compound file's VBA projects, as children: source text in UTF-8, and the stored bytes where
//! decoding lost some. What a project is made of and what its code does is said on the compound file, since a call may
//! lead from any module to any other.

use super::basic::{EVENTS, package_events};
use super::folding::Strings;
use super::forms;
use super::judge::{self, Places, judge_with};
use super::modules::{Standing, VbaModule, VbaProject};
use super::program::Part;
use super::stomping::{
    self, COMPILED, NO_COMPILED_CODE, SOURCE_DIFFERS, SOURCE_MISPLACED, SOURCE_MISSING, VERSION_CHANGED,
};
use super::storage::projects;
use super::tables;
use crate::finding_kind;
use crate::formats::office::ole::{OleView, named_strings};
use crate::formats::office::strings::names_in_code;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

finding_kind! {
    /// ## What it is
    /// The document carries a VBA project with code.
    ///
    /// ## Why it matters
    /// Macros are programs. Most invoices, tickets and notices need none, and a document that arrives by mail with
    /// macros deserves the question why.
    ///
    /// ## How we see it
    /// A storage with a `dir` or `_VBA_PROJECT` stream, or a stream with compressed module source, whatever the file is
    /// called; at least one module has lines other than attributes.
    ///
    /// ## When it is innocent
    /// Order forms, time sheets and estimates of Japanese offices are often macro workbooks. This alone counts nothing.
    ///
    /// ## References
    /// - MS-OVBA 2.2.1, VBA Storage Information
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const PRESENT = {
        id: "vba-present",
        title: "the document carries macros",
        ja: "文書にマクロが含まれています",
        why_ja: "マクロはプログラムです。業務上必要なものかどうか、送信者に確認してください。",
        severity: Info,
        facet: Execute,
        confidence: High,
        attack: ["T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// The macro project is locked against viewing or has a password.
    ///
    /// ## Why it matters
    /// The recipient cannot look at the code before running it. The lock hinders people only, not programs.
    ///
    /// ## How we see it
    /// `CMG`, `DPB` and `GC` of the `PROJECT` stream decrypt to a lock or password, or do not decrypt at all, which makes
    /// the editor refuse the project.
    ///
    /// ## When it is innocent
    /// Bought add-ins, and forms whose makers fear accidental edits.
    ///
    /// ## References
    /// - MS-OVBA 2.3.1.15 to 2.3.1.17, 2.4.3: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    const LOCKED = {
        id: "vba-project-locked",
        title: "the macro project is locked against viewing",
        ja: "マクロのプロジェクトが表示できないようにロックされています",
        why_ja: "受信者がコードを確認できません。検査には影響しません。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// A module with code does not show in the macro editor.
    ///
    /// ## Why it matters
    /// It runs all the same. Tools that prepare attack documents offer exactly this.
    ///
    /// ## How we see it
    /// The lists of the `dir` stream, of the `PROJECT` stream and of the streams that hold compressed source are
    /// compared; a module with code is missing from one.
    ///
    /// ## When it is innocent
    /// Files that were damaged and repaired.
    ///
    /// ## References
    /// - MS-OVBA 2.3.1.4 to 2.3.1.7 and 2.3.4.2.3
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    const MODULE_HIDDEN = {
        id: "vba-module-hidden",
        title: "a macro module is hidden from the editor",
        ja: "エディターに表示されないように隠されたマクロがあります",
        why_ja: "表示されなくても実行されます。通常の操作でこの状態になることはありません。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

/// Unpacks VBA projects of a compound file.
pub struct ProjectUnpacker;

/// How the origin of a project's module starts; its analysis belongs to the project.
pub const MODULE_ORIGIN: &str = "VBA module";

/// Whether an artifact is the source of a module that its container gave as one.
pub(super) fn is_module(artifact: &Artifact) -> bool {
    artifact.origin.kind == OriginKind::Decoded && artifact.origin.detail.starts_with(MODULE_ORIGIN)
}

/// What the project itself shows, then what its code shows.
const OWN_KINDS: [&crate::model::FindingKind; 11] = [
    PRESENT,
    LOCKED,
    MODULE_HIDDEN,
    SOURCE_MISSING,
    SOURCE_DIFFERS,
    SOURCE_MISPLACED,
    VERSION_CHANGED,
    NO_COMPILED_CODE,
    forms::FORM_PAYLOAD,
    tables::TABLES_DISAGREE,
    tables::REMOTE_REFERENCE,
];

impl Unpacker for ProjectUnpacker {
    fn findings(&self) -> Kinds {
        static KINDS: std::sync::LazyLock<Vec<&'static crate::model::FindingKind>> =
            std::sync::LazyLock::new(|| OWN_KINDS.iter().chain(judge::KINDS).copied().collect());
        &KINDS
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        let projects = projects(&view);
        let mut strings = if projects.is_empty() { Strings::new() } else { strings(&view) };
        if !projects.is_empty() {
            strings.extend(out.document().strings.iter().cloned());
        }
        for project in projects {
            for problem in &project.problems {
                out.problem(problem.clone());
            }
            for reference in &project.references {
                out.fact("vba-reference", reference.libid.clone());
            }
            say_project(&project, out);
            tables::say_tables(&project, out);
            tables::say_references(&project, out);
            let hidden = stomping::compare(&project, out);
            let events = package_events(out.document(), &project.modules);
            let events = events.iter().map(|source| Part { name: EVENTS, sort: None, source });
            let parts: Vec<Part<'_>> = project
                .modules
                .iter()
                .map(|module| Part { name: &module.name, sort: module.sort, source: &module.source })
                .chain(hidden.iter().map(|hidden| Part { name: &hidden.name, sort: hidden.sort, source: &hidden.text }))
                .chain(events)
                .collect();
            judge_with(&parts, &strings, Places::ModuleAndLine, out)?;
            let code_page = project.code_page.to_string();
            for hidden in hidden {
                let name = match project.storage.as_str() {
                    "" => hidden.name,
                    storage => format!("{storage}/{}", hidden.name),
                };
                let origin = Origin::part(OriginKind::Decoded, format!("{MODULE_ORIGIN}, {COMPILED}"));
                out.child_bytes(EntryName::new(name), origin, hidden.text.into_bytes().into())?;
            }
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

/// Texts of forms, variables and properties by the names code reaches them by.
pub(super) fn strings(view: &OleView) -> Strings {
    let of_forms = forms::forms(view).into_iter().flat_map(|form| form.strings);
    let own = of_forms.map(|string| (string.name.to_lowercase(), string.value));
    own.chain(names_in_code(named_strings(view))).collect()
}

fn place(module: &VbaModule) -> Location {
    Location::part(format!("module {}", module.name))
}

/// What the project's tables show.
fn say_project(project: &VbaProject, out: &mut Outcome<'_>) {
    let has_code = project.modules.iter().any(|module| code_lines(&module.source) > 0);
    let stomped = project.modules.iter().any(|module| project.has_pcode(module));
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
    if has_code {
        stomping::say_purged(project, out);
    }
}

/// Lines that are not attributes.
fn code_lines(source: &str) -> u64 {
    let lines = source.lines().filter(|line| !line.starts_with("Attribute "));
    lines.fold(0u64, |count, _| count.saturating_add(1))
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
