//! What code can do, whether something comes to it or not.

use super::super::abilities::Ability;
use super::Judgement;
use crate::finding_kind;
use crate::knowledge::vba::Deed;
use crate::model::{FindingKind, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// Macro code can start programs or run foreign code: `Shell`, `WScript.Shell`, WMI, `ShellExecute`, functions that
    /// make memory executable.
    ///
    /// ## Why it matters
    /// Office work seldom needs another program; an attack always does.
    ///
    /// ## How we see it
    /// A use in code of a name that `rules/indicators/vba-capabilities.toml` grades as execution, with split and coded
    /// texts put together. Comments do not count; viewers such as Notepad, and objects such as `Scripting.Dictionary`,
    /// do not either. It weighs little where no macro that starts by itself comes to it.
    ///
    /// ## When it is innocent
    /// In-house tools that open a folder, call a converter or print.
    ///
    /// ## References
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    /// - ATT&CK T1106, Native API: https://attack.mitre.org/techniques/T1106/
    pub(super) const STARTS_PROCESS = {
        id: "vba-starts-process",
        title: "macro code can start programs",
        ja: "マクロが他のプログラムを起動できます",
        why_ja: "通常の事務用マクロが別のプログラムを起動することはまれです。攻撃には欠かせない機能です。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059.005", "T1106"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code can fetch from the network: XMLHTTP, WinHTTP, `URLDownloadToFile`, or a command line that downloads.
    ///
    /// ## Why it matters
    /// The first stage of an attack is small and fetches the rest.
    ///
    /// ## How we see it
    /// Requests sent through objects or library functions graded as download, wherever their names were cut in pieces.
    ///
    /// ## When it is innocent
    /// Price lists, exchange rates and in-house web services; update checks.
    ///
    /// ## References
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const DOWNLOADS = {
        id: "vba-downloads",
        title: "macro code can fetch data from the network",
        ja: "マクロがネットワークからデータを取得できます",
        why_ja: "攻撃では、まず小さなマクロを送り込み、それに不正プログラムの本体を外部から取得させます。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1105"],
    }
}

finding_kind! {
    /// ## What it is
    /// Macro code writes files other than the document itself.
    ///
    /// ## Why it matters
    /// A payload must be on disk before it can be started.
    ///
    /// ## How we see it
    /// `Put` to a file opened in binary mode, `SaveToFile`, a text file with a program's extension; weaker: `Open … For
    /// Output`, `FileCopy`, `CreateTextFile`. It weighs more where a macro that starts by itself comes to it.
    ///
    /// ## When it is innocent
    /// Exports to CSV and logs, which is why plain text files count next to nothing.
    ///
    /// ## References
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const WRITES_FILE = {
        id: "vba-writes-file",
        title: "macro code writes files",
        ja: "マクロがファイルを書き出します",
        why_ja: "攻撃では、実行するプログラムをまずディスクに書き出します。CSV出力などの正当な用途もあります。",
        severity: Low,
        facet: Structure,
        confidence: High,
        attack: ["T1059.005"],
    }
}

/// Uses that start a program or foreign code.
pub(super) const STARTING: [Deed; 3] = [Deed::Execute, Deed::Memory, Deed::Start];

impl Judgement<'_> {
    /// Says what code can start, fetch and write.
    pub(super) fn say_capabilities(&self, out: &mut Outcome<'_>) {
        let starts_alone = self.triggers.iter().any(|trigger| trigger.kind.is_automatic());
        let (execute, is_execute_reached, count) = self.telling_of(&STARTING);
        let severity = if is_execute_reached { Severity::Medium } else { Severity::Low };
        self.say_ability(STARTS_PROCESS, execute, count, severity, out);
        let (download, is_download_reached, count) = self.telling_of(&[Deed::Download]);
        let severity = if is_download_reached { Severity::Medium } else { Severity::Low };
        self.say_ability(DOWNLOADS, download, count, severity, out);
        let (write, is_write_reached, count) = self.telling_of(&[Deed::Write]);
        let (text, _, texts) = self.telling_of(&[Deed::WriteText]);
        let severity = match (is_write_reached, starts_alone) {
            (true, _) => Severity::Medium,
            (false, true) => Severity::Low,
            (false, false) => Severity::Info,
        };
        self.say_ability(WRITES_FILE, write.or(text), count.saturating_add(texts), severity, out);
    }

    /// The use of these kinds that says most, one that an automatic trigger comes to if there is one; whether it is, and
    /// how many uses there are.
    pub(super) fn telling_of(&self, wanted: &[Deed]) -> (Option<&Ability>, bool, usize) {
        let all: Vec<&Ability> = self.abilities.iter().filter(|ability| wanted.contains(&ability.does)).collect();
        let reached = telling(all.iter().copied().filter(|ability| self.is_reached(ability.routine)));
        (reached.or(telling(all.iter().copied())), reached.is_some(), all.len())
    }

    fn say_ability(
        &self,
        kind: &'static FindingKind,
        ability: Option<&Ability>,
        count: usize,
        severity: Severity,
        out: &mut Outcome<'_>,
    ) {
        let Some(ability) = ability else { return };
        let more = count.saturating_sub(1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let observed = format!("{} in {}{more}", ability.what, self.name(ability.routine));
        out.raise_as(kind, severity, kind.decisive, self.at(ability), observed);
    }
}

/// Of some uses, the first whose argument is known; that says most.
pub(super) fn telling<'a>(abilities: impl Iterator<Item = &'a Ability>) -> Option<&'a Ability> {
    let mut first = None;
    for ability in abilities {
        if ability.what.contains('"') {
            return Some(ability);
        }
        first = first.or(Some(ability));
    }
    first
}
