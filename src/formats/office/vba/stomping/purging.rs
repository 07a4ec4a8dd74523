//! Projects without compiled code.

use super::super::modules::VbaProject;
use crate::finding_kind;
use crate::model::{Location, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// The project holds source only; the compiled code that Office always saves is not there.
    ///
    /// ## Why it matters
    /// It was not saved by Office. Purging compiled code is a way around rules that look for it.
    ///
    /// ## How we see it
    /// Every module starts with its source (MODULEOFFSET is 0). Where `_VBA_PROJECT` states no version, nothing more is
    /// meant by it; where it does, or the cache of a run (`__SRP_0`) is still there, Office wrote the project and somebody
    /// took the compiled code out, which is low.
    ///
    /// ## When it is innocent
    /// LibreOffice, EPPlus, POI and other programs write such projects. It counts nothing.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.1, _VBA_PROJECT Stream: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    pub(in super::super) const NO_COMPILED_CODE = {
        id: "vba-compiled-code-missing",
        title: "the macro project was not saved by Office: it holds no compiled code",
        ja: "マクロにコンパイル済みコードがなく、Office以外で作成されています",
        why_ja: "LibreOfficeなどで作成された文書では普通です。検査逃れに使われることもあります。",
        severity: Info,
        facet: Structure,
        confidence: High,
        attack: ["T1564.007"],
    }
}

/// A project whose modules hold source only. Other programs than Office write nothing else; what Office alone writes, left
/// beside it, shows that compiled code was taken out.
pub(in super::super) fn say_purged(project: &VbaProject, out: &mut Outcome<'_>) {
    if !project.modules.iter().all(|module| module.cache.is_empty()) {
        return;
    }
    let left = match (project.executed_version(), project.names().has_version()) {
        (Some(version), _) => format!("{}: __SRP_0 of version {version:#x} is left", project.name),
        (None, true) => format!("{}: _VBA_PROJECT of version {:#x} is left", project.name, project.names().version),
        (None, false) => {
            out.raise(NO_COMPILED_CODE, Location::whole(), project.name.clone());
            return;
        }
    };
    out.raise_as(NO_COMPILED_CODE, Severity::Low, false, Location::whole(), left);
}
