//! Findings on Excel 4.0 macros, shared by BIFF workbooks and OOXML workbooks. The formulas themselves are not read.

use crate::finding_kind;
use crate::model::{Location, Problem, Severity};
use crate::stage::Outcome;

/// How a sheet is shown, BoundSheet8 `hsState` or the `state` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// As a tab.
    Visible,
    /// Under "Unhide".
    Hidden,
    /// Only for programs.
    VeryHidden,
}

impl Visibility {
    fn as_str(self) -> &'static str {
        match self {
            Visibility::Visible => "visible",
            Visibility::Hidden => "hidden",
            Visibility::VeryHidden => "very hidden",
        }
    }
}

/// Says a macro sheet, and that its formulas were not read.
pub(crate) fn say_macro_sheet(out: &mut Outcome<'_>, name: &str, visibility: Visibility, at: Location) {
    let severity = if visibility == Visibility::Visible { Severity::Medium } else { Severity::High };
    out.raise_as(XLM_MACRO_SHEET, severity, false, at, format!("sheet {name}, {}", visibility.as_str()));
    out.problem(Problem::unsupported("XLM formulas are not decompiled", Location::whole()));
}

/// Says a name that makes Excel run a macro sheet by itself.
pub(crate) fn say_auto_open(out: &mut Outcome<'_>, name: &str, at: Location) {
    out.raise(XLM_AUTO_OPEN, at, name);
}

finding_kind! {
    /// ## What it is
    /// A sheet of Excel 4.0 macros (XLM): formulas that call commands and Windows functions.
    ///
    /// ## Why it matters
    /// XLM was replaced in 1993 and still runs. Emotet, Qakbot and Dridex used it in 2020–22 because scanners looked at
    /// VBA only. A hidden sheet means that nobody is meant to see the formulas.
    ///
    /// ## How we see it
    /// BIFF: a BOUNDSHEET record of sheet type 1. OOXML: a part of the macro sheet content type or under
    /// `xl/macrosheets`. Hidden sheets weigh high, visible ones medium; the formulas are not decompiled.
    ///
    /// ## When it is innocent
    /// Tools and add-ins from the 1990s, some of which hide their macro sheet.
    ///
    /// ## References
    /// - MS-XLS 2.4.28 BoundSheet8
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    pub(crate) const XLM_MACRO_SHEET = {
        id: "xlm-macro-sheet",
        title: "the workbook has a sheet of Excel 4.0 macros",
        ja: "Excel 4.0 マクロ（XLM）のシートがあります",
        why_ja: "XLM は 30 年前の方式ですが今も動作し、検査をすり抜ける目的で使われます。隠しシートの場合は特に危険です。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059"],
    }
}

finding_kind! {
    /// ## What it is
    /// A defined name that makes Excel run a macro sheet when the workbook opens or closes (`Auto_Open`).
    ///
    /// ## Why it matters
    /// The macros start without a click once content is enabled.
    ///
    /// ## How we see it
    /// BIFF: a Lbl record whose built-in name is Auto_Open, Auto_Close, Auto_Activate or Auto_Deactivate, or whose text
    /// begins so. OOXML: a `definedName` of that name, with or without `_xlnm.`. Only said where there is a macro sheet.
    ///
    /// ## When it is innocent
    /// Add-ins and tools from the 1990s set up their menus this way.
    ///
    /// ## References
    /// - MS-XLS 2.4.150 Lbl
    /// - ATT&CK T1204.002, User Execution: https://attack.mitre.org/techniques/T1204/002/
    pub(crate) const XLM_AUTO_OPEN = {
        id: "xlm-auto-open",
        title: "an Excel 4.0 macro runs when the workbook opens",
        ja: "ブックを開くと Excel 4.0 マクロが自動で実行されます",
        why_ja: "「コンテンツの有効化」を押すと、利用者の操作なしに古い形式のマクロが動き始めます。",
        severity: High,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002"],
    }
}
