//! Libraries made to be loaded by a program people open documents with. The functions such a host calls by name give
//! them away, whatever the file is called.

use super::PeView;
use crate::finding_kind;
use crate::knowledge::programs;
use crate::model::Location;
use crate::stage::Outcome;

/// Says which host a library is an add-in of.
pub(super) fn look(view: &PeView, out: &mut Outcome<'_>) {
    for export in &view.exports.names {
        if let Some(host) = programs::host_of(export) {
            out.raise(PROGRAM_IS_ADD_IN, Location::part("exports"), format!("{export}, called by {host}"));
            return;
        }
    }
}

finding_kind! {
    /// ## What it is
    /// A library that Excel, Word or the Control Panel loads and runs when it is opened (XLL, WLL, CPL).
    ///
    /// ## Why it matters
    /// It carries the icon of a document, opens with a double-click, and is a program: its code runs with one click on
    /// "enable". Since macros from the Internet are blocked (2022), groups send XLLs instead.
    ///
    /// ## How we see it
    /// The export table names a function that such a host calls: `xlAutoOpen`, `wdAutoOpen`, `CPlApplet`
    /// (`rules/indicators/programs.toml`). The name of the file does not count.
    ///
    /// ## When it is innocent
    /// Makers of accounting and analysis tools ship add-ins, in an installer; hardly anyone mails one.
    ///
    /// ## References
    /// - Excel XLL SDK, xlAutoOpen: https://learn.microsoft.com/en-us/office/client-developer/excel/xlautoopen
    /// - ATT&CK T1137.006, Add-ins: https://attack.mitre.org/techniques/T1137/006/
    pub(super) const PROGRAM_IS_ADD_IN = {
        id: "program-is-add-in",
        title: "a library that Excel, Word or the Control Panel runs when it is opened",
        ja: "開くとExcelやWordに読み込まれて実行されるアドインです",
        why_ja: "文書のようなアイコンで表示されますが中身はプログラムです。マクロが制限された後、代わりに攻撃に使われています。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1137.006", "T1204.002"],
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::Pe;

    use super::super::FORMAT;
    use crate::formats::trial::{observed, scan};

    fn add_in(exports: &[&str]) -> Option<String> {
        observed(&scan(&FORMAT, "売上.xls", &Pe::dll("core.dll", exports).build()), "program-is-add-in")
    }

    #[test]
    fn a_library_with_the_function_excel_calls_is_an_add_in() {
        assert_eq!(add_in(&["Other", "xlAutoOpen"]).unwrap(), "xlAutoOpen, called by Excel");
        assert_eq!(add_in(&["wdAutoOpen"]).unwrap(), "wdAutoOpen, called by Word");
    }

    #[test]
    fn other_libraries_are_none() {
        assert_eq!(add_in(&["AutoOpen", "xlautoopen", "DllRegisterServer"]), None);
    }
}
