//! What starts by itself, and what a person starts.

use super::super::reach::Trigger;
use super::Judgement;
use crate::finding_kind;
use crate::model::FindingKind;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A macro starts by itself: when the document opens or closes, or when a control on it appears.
    ///
    /// ## Why it matters
    /// The recipient only has to press "Enable Content". Emotet, LODEINFO and most droppers start this way.
    ///
    /// ## How we see it
    /// A procedure has a name the host calls by itself (`AutoOpen`, `Document_Open`, `Workbook_Open`, `…_Painted`; see
    /// `rules/indicators/vba-triggers.toml`). Names in comments and texts do not count, nor control events in standard
    /// modules, which receive none.
    ///
    /// ## When it is innocent
    /// Workbooks that set up menus, protect sheets or refresh data on opening. It counts little by itself.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    /// - Description of behaviors of AutoExec and AutoOpen macros in Word: https://support.microsoft.com/kb/286310
    pub(super) const AUTO_OPEN = {
        id: "vba-auto-open",
        title: "a macro starts by itself when the document is opened or closed",
        ja: "文書を開く（閉じる）だけで自動的に実行されるマクロがあります",
        why_ja: "「コンテンツの有効化」を押すだけでマクロが動き出します。多くの不正文書がこの方法で始まります。",
        severity: Low,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macros start on a click, a key, or a change in the document.
    ///
    /// ## Why it matters
    /// It shows how code is meant to be started. Lures that ask for a click on a picture use it too.
    ///
    /// ## How we see it
    /// Procedures have the names of such events (`CommandButton1_Click`, `Worksheet_Change`).
    ///
    /// ## When it is innocent
    /// Nearly always: forms with buttons.
    ///
    /// ## References
    /// - MS-VBAL 5.3.1.4, Function, Sub and Property names of event handlers:
    ///   https://learn.microsoft.com/en-us/openspecs/microsoft_general_purpose_programming_languages/ms-vbal/
    pub(super) const ON_CLICK = {
        id: "vba-on-click",
        title: "macros start on a click or while the document is edited",
        ja: "クリックや編集の操作で動くマクロがあります",
        why_ja: "ボタン付きの帳票では普通ですが、画像のクリックを誘う不正文書もあります。",
        severity: Info,
        facet: Trigger,
        confidence: High,
        attack: ["T1059.005"],
    }
}

impl Judgement<'_> {
    /// Says which procedures the host starts.
    pub(super) fn say_triggers(&self, out: &mut Outcome<'_>) {
        let is_automatic = |trigger: &&Trigger| trigger.kind.is_automatic();
        let automatic: Vec<&Trigger> = self.triggers.iter().filter(is_automatic).collect();
        self.say_started(AUTO_OPEN, &automatic, out);
        let clicks: Vec<&Trigger> = self.triggers.iter().filter(|trigger| !trigger.kind.is_automatic()).collect();
        self.say_started(ON_CLICK, &clicks, out);
    }

    fn say_started(&self, kind: &'static FindingKind, triggers: &[&Trigger], out: &mut Outcome<'_>) {
        let Some(first) = triggers.first() else { return };
        let names: Vec<&str> = triggers.iter().take(4).map(|trigger| self.name(trigger.routine)).collect();
        let more = triggers.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let Some(routine) = self.program.routines.get(first.routine) else { return };
        let line = self.program.procedure(routine).map_or(1, |procedure| procedure.line);
        out.raise(kind, self.place(routine.module, line), format!("{}{more}", names.join(", ")));
    }
}
