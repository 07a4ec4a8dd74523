//! Compiled code against source, for a whole project: what is said of modules whose source is gone or is another one,
//! and the source that their compiled code was made of, which is then judged and given as a child.
//!
//! `version` the version that a project states, `purging` projects without compiled code.

mod purging;
mod version;

use self::version::say_version;
use super::modules::{Standing, VbaModule, VbaProject};
use super::pcode::{Comparison, MAX_WORK};
use super::project::Sort;
use crate::finding_kind;
use crate::model::{Location, Problem, ProblemKind};
use crate::stage::Outcome;

pub(super) use self::purging::{NO_COMPILED_CODE, say_purged};
pub(super) use self::version::VERSION_CHANGED;

finding_kind! {
    /// ## What it is
    /// A module has compiled code and no source it could come from ("VBA stomping").
    ///
    /// ## Why it matters
    /// Office runs the compiled code where its version fits; people and scanners read the source.
    ///
    /// ## How we see it
    /// The instructions before the source are disassembled. They hold statements, and the source holds none: it is gone,
    /// or is attributes, comments and blank lines. What the compiled code says is turned back into source, judged, and
    /// given as a child.
    ///
    /// ## When it is innocent
    /// Damaged files. Office itself writes both together.
    ///
    /// ## References
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    /// - MS-OVBA 2.3.4.3, Module Stream
    pub(super) const SOURCE_MISSING = {
        id: "vba-source-missing",
        title: "compiled macro code is there, its source is not",
        ja: "コンパイル済みのマクロに対応するソースがありません",
        why_ja: "実行される内容と表示される内容が異なります。検査を欺くための細工です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The compiled code of a module says something else than its source ("VBA stomping").
    ///
    /// ## Why it matters
    /// Office runs the compiled code where its version fits and shows the source only afterwards; scanners and people
    /// read the source. EvilClippy and its like put harmless source over the compiled code of an attack.
    ///
    /// ## How we see it
    /// Compiled code is disassembled and turned back into source, line by line, and compared as tokens: names, texts and
    /// numbers that one has and the other has not. Case, blanks, comments, continued lines and forms of numbers do not
    /// count. Over 10,000 lines of honest documents of every version since Office 2000 none differs. What the compiled
    /// code says is judged as well and given as a child. Nothing is said where `_VBA_PROJECT` states no version, as then
    /// the host compiles the source anew.
    ///
    /// ## When it is innocent
    /// Programs other than Office that write source into a document and keep its compiled code.
    ///
    /// ## References
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    /// - MS-OVBA 2.3.4.3, Module Stream
    pub(super) const SOURCE_DIFFERS = {
        id: "vba-source-differs",
        title: "compiled macro code says something else than its source",
        ja: "コンパイル済みのマクロとソースの内容が異なります",
        why_ja: "実行される内容と表示される内容が異なります。検査を欺くための細工です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// The table of modules gives a place for a module's source where no source starts.
    ///
    /// ## Why it matters
    /// Readers that trust the table see no code; Office with the right version runs the compiled code all the same.
    ///
    /// ## How we see it
    /// MODULEOFFSET of the `dir` stream lies beyond the module's stream, or what starts there does not decompress to
    /// text. The source is then looked for by its own first bytes.
    ///
    /// ## When it is innocent
    /// Damaged files.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.2.3.2.5, MODULEOFFSET Record
    pub(super) const SOURCE_MISPLACED = {
        id: "vba-source-misplaced",
        title: "a module's source is not where the project says",
        ja: "マクロのソースが、記録された位置にありません",
        why_ja: "検査プログラムにソースを読ませないための細工か、ファイルの破損です。",
        severity: Low,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1564.007"],
    }
}

/// How the name of a module's compiled code ends, and the origin of the child that holds it.
pub(super) const COMPILED: &str = "compiled code";
/// Characters of a line that are shown.
const MAX_SHOWN: usize = 80;

/// Compiled code that is not what the source says, as source.
pub(super) struct Hidden {
    /// `Module1 (compiled code)`.
    pub(super) name: String,
    /// What the module is.
    pub(super) sort: Option<Sort>,
    /// Its code as source.
    pub(super) text: String,
}

/// Compares every module's compiled code with its source.
pub(super) fn compare(project: &VbaProject, out: &mut Outcome<'_>) -> Vec<Hidden> {
    let mut hidden = Vec::new();
    let mut left = MAX_WORK;
    for module in &project.modules {
        if module.is_misplaced {
            let observed = format!("{}: the dir stream states a place where no source starts", module.name);
            out.raise(SOURCE_MISPLACED, place(module), observed);
        }
        if module.cache.is_empty() {
            continue;
        }
        let read = Comparison::make(&module.cache, &module.source, project.names(), project.code_page, &mut left);
        let compared = match read {
            Ok(Some(compared)) => compared,
            Ok(None) => continue,
            Err(damage) => {
                say_unread(project, module, damage.what, out);
                continue;
            }
        };
        if compared.is_cut {
            let what = "compiled code was compared with its source up to a limit only";
            out.problem(Problem::new(ProblemKind::Limit, what, place(module)));
        }
        if say(project, module, &compared, out)
            && let Some(listing) = project.pcode(module)
        {
            let name = format!("{} ({COMPILED})", module.name);
            hidden.push(Hidden { name, sort: module.sort, text: listing.decompiled() });
        }
    }
    if let Some(damage) = project.names().damage
        && project.modules.iter().any(|module| project.has_pcode(module))
    {
        let at = Location::part("stream _VBA_PROJECT").with_offset(damage.offset as u64);
        out.problem(Problem::unsupported(damage.what, at));
    }
    say_version(project, out);
    hidden
}

/// Says what a comparison came to; whether the compiled code is worth a look of its own.
fn say(project: &VbaProject, module: &VbaModule, compared: &Comparison, out: &mut Outcome<'_>) -> bool {
    if compared.differing == 0 {
        return false;
    }
    if compared.written == 0 {
        let observed = format!("{}: {} lines of compiled code, none of source", module.name, compared.compiled);
        out.raise(SOURCE_MISSING, place(module), observed);
        return true;
    }
    // Without a version the host compiles the source anew, whatever lies beside it: libraries that change source leave
    // it that way.
    if !project.names().has_version() {
        return false;
    }
    let mut observed = format!("{}: {} lines differ", module.name, compared.differing);
    let mut at = place(module);
    if let Some((number, compiled, written)) = compared.shown.first() {
        if *number == 0 {
            observed.push_str(&format!("; nothing was compiled of `{}`", cut(written)));
        } else {
            observed.push_str(&format!("; compiled `{}`, source `{}`", cut(compiled), cut(written)));
            at = at.with_line(u64::from(*number));
        }
    }
    out.raise(SOURCE_DIFFERS, at, observed);
    true
}

/// Compiled code in a layout that is not known. It may be what runs, so it is not passed over.
fn say_unread(project: &VbaProject, module: &VbaModule, what: &'static str, out: &mut Outcome<'_>) {
    // Without a line table the bytes still say something: those of an empty document module take less than 2 KB.
    const EMPTY_MODULE: usize = 2_048;
    if !module.has_source && module.standing == Standing::Listed && module.cache.len() > EMPTY_MODULE {
        let observed = format!("{}: {} bytes of compiled code, no source", module.name, module.cache.len());
        out.raise(SOURCE_MISSING, place(module), observed);
    }
    if project.names().has_version() || !module.has_source {
        out.problem(Problem::unsupported(what, place(module)));
    }
}

fn place(module: &VbaModule) -> Location {
    Location::part(format!("module {}", module.name))
}

fn cut(text: &str) -> &str {
    let text = text.trim();
    text.get(..text.floor_char_boundary(MAX_SHOWN)).unwrap_or(text)
}

#[cfg(test)]
mod tests;
