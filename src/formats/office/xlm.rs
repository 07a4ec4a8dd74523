//! Findings on Excel 4.0 macros, shared by BIFF workbooks and OOXML workbooks. The formulas themselves are not read.

use crate::finding_kind;
use crate::model::{Location, Problem};
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
    let observed = format!("sheet {name}, {}", visibility.as_str());
    if visibility != Visibility::Visible {
        out.raise(XLM_HIDDEN_SHEET, at.clone(), observed.clone());
    }
    out.raise(XLM_MACRO_SHEET, at, observed);
    out.problem(Problem::unsupported("XLM formulas are not decompiled", Location::whole()));
}

/// Whether a defined name is one that Excel runs: it compares the beginning only, without regard to case, and zeros
/// inside do not keep it from doing so.
pub(crate) fn is_auto_name(name: &str) -> bool {
    let name: String = name.chars().filter(|c| *c != '\0').flat_map(char::to_lowercase).collect();
    let name = name.trim().trim_start_matches("_xlnm.");
    ["auto_open", "auto_close", "auto_activate", "auto_deactivate"].iter().any(|auto| name.starts_with(auto))
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
    /// VBA only.
    ///
    /// ## How we see it
    /// BIFF: a BOUNDSHEET record of sheet type 1. OOXML: a part of the macro sheet content type or under
    /// `xl/macrosheets`. The formulas are not decompiled.
    ///
    /// ## When it is innocent
    /// Tools and add-ins from the 1990s.
    ///
    /// ## References
    /// - MS-XLS 2.4.28 BoundSheet8
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    pub(crate) const XLM_MACRO_SHEET = {
        id: "xlm-macro-sheet",
        title: "the workbook has a sheet of Excel 4.0 macros",
        ja: "Excel 4.0マクロ（XLM）のシートがあります",
        why_ja: "XLMは30年前の方式ですが今も動作し、検査をすり抜ける目的で攻撃に使われてきました。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059"],
    }
}

finding_kind! {
    /// ## What it is
    /// A sheet of Excel 4.0 macros that the workbook does not show.
    ///
    /// ## Why it matters
    /// Nobody is meant to see the formulas. "Very hidden" sheets cannot even be shown from Excel's menus.
    ///
    /// ## How we see it
    /// The state of a macro sheet is hidden or very hidden, or the workbook does not list it at all.
    ///
    /// ## When it is innocent
    /// Some tools and add-ins from the 1990s hide their macro sheet.
    ///
    /// ## References
    /// - MS-XLS 2.4.28 BoundSheet8; ECMA-376-1, 18.2.19 sheet
    /// - ATT&CK T1564, Hide Artifacts: https://attack.mitre.org/techniques/T1564/
    pub(crate) const XLM_HIDDEN_SHEET = {
        id: "xlm-hidden-sheet",
        title: "a sheet of Excel 4.0 macros is hidden",
        ja: "Excel 4.0マクロのシートが隠されています",
        why_ja: "マクロの内容を利用者に見せないための設定です。XLMを使う攻撃の多くがシートを隠しています。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564"],
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
        ja: "ブックを開くとExcel 4.0マクロが自動で実行されます",
        why_ja: "「コンテンツの有効化」を押すと、利用者の操作なしに古い形式のマクロが動き始めます。",
        severity: High,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_excel_does() {
        assert!(is_auto_name("AUTO_OPEN1"));
        assert!(is_auto_name("Au\0to_Open"));
        assert!(is_auto_name("_xlnm.Auto_Open"));
        assert!(!is_auto_name("Automatic_Open"));
    }
}
