//! The finding on dynamic data exchange, shared by the fields of Word, the links of Excel and the cells of tables.

use crate::finding_kind;
use crate::knowledge::dde::{is_command, is_launcher, is_office};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Which program follows the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DdeHost {
    /// A field in a text. Honest ones name office programs.
    Word,
    /// A link in a workbook. Honest ones name feeds of market data, of which there are many.
    Excel,
    /// A cell of a table as text. Exports hold values, not links.
    Table,
}

/// Says a link: high where it starts a program or carries a command, medium where it may be a feed.
pub(crate) fn say_dde(out: &mut Outcome<'_>, host: DdeHost, service: &str, topic: &str, at: Location) {
    let runs = is_launcher(service) || is_command(topic) || (host != DdeHost::Excel && !is_office(service));
    let severity = if runs { Severity::High } else { Severity::Medium };
    out.raise_as(DDE_LINK, severity, false, at, command(service, topic));
}

/// Service and topic as the command they come to.
fn command(service: &str, topic: &str) -> String {
    format!("{} {}", service.trim(), topic.trim()).trim().to_owned()
}

finding_kind! {
    /// ## What it is
    /// A field or link that asks another program for data over DDE when the document opens.
    ///
    /// ## Why it matters
    /// If the program is not running, Office offers to start it, with an argument of the document's choosing: a macro
    /// without macros, behind two questions that many people confirm (2017–18: Locky, Hancitor; 2018: Bebloh).
    ///
    /// ## How we see it
    /// `DDE`/`DDEAUTO` in the field instructions of a Word document, joined over split runs, with what SET, QUOTE, REF and
    /// bookmarks put into them; `ddeLink` parts, SUPBOOK records and formulas of workbooks; cells
    /// `=service|'topic'!item` of tables; links of OpenDocument files. Shown is the command it comes to. Weighted high if
    /// the service is a shell, a path or (outside of workbooks) no office program, or if the topic reads like a command.
    ///
    /// ## When it is innocent
    /// Sheets that show live market data link to their vendor's service; such links weigh medium.
    ///
    /// ## References
    /// - ATT&CK T1559.002, Dynamic Data Exchange: https://attack.mitre.org/techniques/T1559/002/
    /// - ECMA-376-1, 17.16.5.16 DDE and DDEAUTO; MS-XLS 2.4.271 SupBook
    pub(crate) const DDE_LINK = {
        id: "dde-link",
        title: "the document asks another program for data (DDE)",
        ja: "文書がDDEで他のプログラムを呼び出します",
        why_ja: "DDEはマクロなしで外部プログラムを起動できる仕組みで、確認画面で「はい」を押すとコマンドが実行されます。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1559.002"],
    }
}
