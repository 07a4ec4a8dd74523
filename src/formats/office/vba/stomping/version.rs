//! The version of Office that a project states.

use super::super::modules::VbaProject;
use crate::finding_kind;
use crate::model::Location;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// The version of Office that a macro project states was changed afterwards.
    ///
    /// ## Why it matters
    /// Compiled code runs in the version it was made for; any other compiles the source. Who hides an attack in compiled
    /// code sets the version to that of the victim.
    ///
    /// ## How we see it
    /// The version in `_VBA_PROJECT` is not that in `__SRP_0`, which the same save writes; or it does not fit the number
    /// of reserved names that its compiler states.
    ///
    /// ## When it is innocent
    /// No program that writes documents is known to leave the two apart.
    ///
    /// ## References
    /// - MS-OVBA 2.3.4.1, _VBA_PROJECT Stream: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/
    /// - ATT&CK T1564.007, VBA Stomping: https://attack.mitre.org/techniques/T1564/007/
    pub(in super::super) const VERSION_CHANGED = {
        id: "vba-version-changed",
        title: "the macro project states a version of Office that did not write it",
        ja: "マクロのプロジェクトに記録されたOfficeのバージョンが書き換えられています",
        why_ja: "特定のバージョンのOfficeでだけコンパイル済みコードを実行させる細工に使われます。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.007"],
    }
}

/// The stream `__SRP_0` states the version that ran the project; it is that of `_VBA_PROJECT`.
pub(super) fn say_version(project: &VbaProject, out: &mut Outcome<'_>) {
    let names = project.names();
    if !names.has_version() {
        return;
    }
    let stated = names.version;
    let observed = match project.executed_version() {
        Some(other) if stated.to_le_bytes()[0] != other => {
            format!("_VBA_PROJECT states version {stated:#x}, __SRP_0 {other:#x}")
        }
        _ if !names.version_fits() => {
            format!("version {stated:#x} with {:#x} reserved names", names.last_reserved)
        }
        _ => return,
    };
    out.raise(VERSION_CHANGED, Location::part("stream _VBA_PROJECT"), observed);
}
