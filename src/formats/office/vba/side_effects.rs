//! What code does besides fetching, writing and starting: it changes macros, sends mail, deletes files, and takes what it
//! runs from the document.

use super::abilities::Ability;
use super::judge::Judgement;
use crate::finding_kind;
use crate::knowledge::vba::Deed;
use crate::model::{FindingKind, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// Macro code changes macros: it writes into modules, imports them, or copies itself into other documents.
    ///
    /// ## Why it matters
    /// Macro viruses spread so; droppers hide a second stage so, or remove their traces.
    ///
    /// ## How we see it
    /// Uses of `VBProject`, `CodeModule`, `InsertLines`, `AddFromString`, `OrganizerCopy`. Where a macro that starts by itself
    /// comes to it, it weighs more.
    ///
    /// ## When it is innocent
    /// Tools for developers of macros.
    ///
    /// ## References
    /// - ATT&CK T1137.001, Office Template Macros: https://attack.mitre.org/techniques/T1137/001/
    /// - ATT&CK T1027.010, Command Obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const CHANGES_MACROS = {
        id: "vba-changes-macros",
        title: "macro code changes macros",
        ja: "マクロがマクロ自体を書き換えます",
        why_ja: "マクロウイルスが他の文書に感染したり、本体を後から組み立てたりする手口です。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1137.001", "T1027.010"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code sends mail.
    ///
    /// ## Why it matters
    /// Mail from a colleague's own account is opened. Worms go through the address book.
    ///
    /// ## How we see it
    /// `Send` of an Outlook item, CDO or MAPI object, `SendMail`. Beside uses of the address book it weighs more.
    ///
    /// ## When it is innocent
    /// Forms that mail themselves to the office, on a button.
    ///
    /// ## References
    /// - ATT&CK T1534, Internal Spearphishing: https://attack.mitre.org/techniques/T1534/
    pub(super) const SENDS_MAIL = {
        id: "vba-sends-mail",
        title: "macro code sends mail",
        ja: "マクロがメールを送信します",
        why_ja: "本人のアカウントから不正なメールがばらまかれるおそれがあります。提出用の様式では正当な場合もあります。",
        severity: Low,
        facet: Network,
        confidence: High,
        attack: ["T1534"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code deletes files.
    ///
    /// ## Why it matters
    /// Droppers remove their traces so, and destructive macros the recipient's work.
    ///
    /// ## How we see it
    /// `Kill`, `RmDir`, `DeleteFile`, `DeleteFolder`. It counts only where a macro that starts by itself comes to it.
    ///
    /// ## When it is innocent
    /// Tidying up temporary files, which is common.
    ///
    /// ## References
    /// - ATT&CK T1070.004, File Deletion: https://attack.mitre.org/techniques/T1070/004/
    pub(super) const DELETES_FILES = {
        id: "vba-deletes-files",
        title: "macro code deletes files",
        ja: "マクロがファイルを削除します",
        why_ja: "痕跡の消去や破壊に使われることがあります。一時ファイルの後始末では普通です。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: ["T1070.004"],
    }
}

finding_kind! {
    /// ## What it is
    /// What macro code starts, or the object it makes for that, is named outside the code: in a caption or tag of a form, a
    /// document variable, a property, a picture's alternative text.
    ///
    /// ## Why it matters
    /// The code alone then shows nothing. Honest authors write the name of a program where it is used.
    ///
    /// ## How we see it
    /// An argument of a use graded as execution, or of `CreateObject`, comes of such a member, directly, through variables or
    /// joined to other texts. Where a macro that starts by itself comes to it, it weighs more.
    ///
    /// ## When it is innocent
    /// Forms in which the user enters a program's path.
    ///
    /// ## References
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const RUNS_DOCUMENT_TEXT = {
        id: "vba-runs-document-text",
        title: "macro code starts what is written elsewhere in the document",
        ja: "マクロが文書内の別の場所に隠された文字列を実行します",
        why_ja: "命令をフォームや文書の属性に隠し、マクロだけを見ても分からなくする手口です。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027", "T1059.005"],
    }
}

/// Says each that is done.
pub(super) fn say(judgement: &Judgement<'_>, out: &mut Outcome<'_>) {
    if let Some((first, is_reached)) = judgement.first(Deed::Modify) {
        raise(judgement, CHANGES_MACROS, if is_reached { Severity::Medium } else { Severity::Low }, first, out);
    }
    if let Some((first, is_reached)) = judgement.first(Deed::Mail) {
        let severity = match (is_reached, goes_through_addresses(judgement)) {
            (true, true) => Severity::High,
            (true, false) | (false, true) => Severity::Low,
            (false, false) => Severity::Info,
        };
        raise(judgement, SENDS_MAIL, severity, first, out);
    }
    if let Some((first, is_reached)) = judgement.first(Deed::Delete) {
        raise(judgement, DELETES_FILES, if is_reached { Severity::Low } else { Severity::Info }, first, out);
    }
    if let Some((place, what, is_reached)) = judgement.document_text() {
        let severity = if is_reached { Severity::High } else { Severity::Medium };
        out.raise_as(RUNS_DOCUMENT_TEXT, severity, false, place, what);
    }
}

fn raise(
    judgement: &Judgement<'_>,
    kind: &'static FindingKind,
    severity: Severity,
    ability: &Ability,
    out: &mut Outcome<'_>,
) {
    let observed = format!("{} in {}", ability.what, judgement.name(ability.routine));
    out.raise_as(kind, severity, false, judgement.at(ability), observed);
}

/// Whether code looks through an address book.
fn goes_through_addresses(judgement: &Judgement<'_>) -> bool {
    const ADDRESSES: [&str; 6] =
        ["addresslists", "addressentries", "addresslist", "getaddressentry", "getexchangeuser", "contactitem"];
    judgement.program.routines.iter().any(|routine| {
        let module = judgement.program.modules.get(routine.module);
        module.is_some_and(|module| {
            routine.uses.iter().any(|used| ADDRESSES.contains(&module.code.lexed.lower(used.token)))
        })
    })
}
