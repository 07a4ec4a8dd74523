//! Call paths from what starts by itself, or by a person, to the start of a program.

use super::super::abilities::Ability;
use super::super::reach::Reach;
use super::Judgement;
use super::capabilities::{STARTING, telling};
use crate::finding_kind;
use crate::knowledge::vba::{Deed, TriggerKind};
use crate::model::{FindingKind, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// Opening the document leads, call by call, to the start of a program or of foreign code.
    ///
    /// ## Why it matters
    /// Nothing but "Enable Content" stands between the recipient and that program.
    ///
    /// ## How we see it
    /// The call graph of all modules has a path from a procedure that starts by itself to a use graded as execution.
    /// Nothing graded as download or as writing a program lies on it; otherwise `vba-open-to-execute` says more.
    ///
    /// ## When it is innocent
    /// In-house workbooks that start a helper program on opening.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const OPEN_STARTS_PROCESS = {
        id: "vba-open-starts-process",
        title: "opening the document makes a macro start a program",
        ja: "文書を開くと、マクロがプログラムを起動します",
        why_ja: "「コンテンツの有効化」を押すと、そのままプログラムが起動します。業務文書ではまれです。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// A dropper from end to end: opening the document leads to a download or to writing a program, and to starting one.
    ///
    /// ## Why it matters
    /// This is what attack documents are made for; the recipient's machine is lost with one click.
    ///
    /// ## How we see it
    /// From one procedure that starts by itself, the call graph of all modules comes both to a use graded as download or
    /// write and to one graded as execution. The observed text is the path. Calls by name (`Application.Run`, `OnTime`)
    /// are followed; branches are all taken.
    ///
    /// ## When it is innocent
    /// Self-updating add-ins do this; they are installed by administrators, not mailed as tickets.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const OPEN_TO_EXECUTE = {
        id: "vba-open-to-execute",
        title: "opening the document makes a macro fetch or write a file and start a program",
        ja: "文書を開くと、マクロがファイルを取得・書き出し、プログラムを起動します",
        why_ja: "開いて「コンテンツの有効化」を押すだけで、外部のプログラムが実行されます。決して有効化しないでください。",
        severity: Critical,
        facet: Execute,
        confidence: High,
        decisive: true,
        attack: ["T1204.002", "T1105", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// A dropper that waits for the recipient: a click, an edit, a command such as Save, or the clock leads to a download or
    /// to writing a program, and to starting one.
    ///
    /// ## Why it matters
    /// Waiting for a click on "Show document" keeps the document quiet where it is examined by machine.
    ///
    /// ## How we see it
    /// As `vba-open-to-execute`, but the path starts at an event of a person or of the clock. A click weighs less than what
    /// happens in ordinary work.
    ///
    /// ## When it is innocent
    /// Tools that fetch an update on a button.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const CLICK_TO_EXECUTE = {
        id: "vba-click-to-execute",
        title: "a click or ordinary work makes a macro fetch or write a file and start a program",
        ja: "クリックや通常の操作で、マクロがファイルを取得・書き出し、プログラムを起動します",
        why_ja: "「表示」ボタンなどを押させて不正なプログラムを動かす手口です。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1105", "T1059.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// The project has all parts of a dropper — something that starts by itself, a download or write of a program, a
    /// start of a program — but no call path connects them.
    ///
    /// ## Why it matters
    /// The connection may be one this program does not follow: a name computed at run time, a control's event.
    ///
    /// ## How we see it
    /// Triggers and graded uses are present, and the call graph does not join them.
    ///
    /// ## When it is innocent
    /// Large tools that do many things, each on its own button.
    ///
    /// ## References
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const UNCONNECTED = {
        id: "vba-open-to-execute-unconnected",
        title: "macros that start by themselves, fetch or write files, and start programs, without a visible connection",
        ja: "自動実行・取得や書き出し・プログラム起動の部品がそろっていますが、つながりは確認できません",
        why_ja: "不正文書に必要な部品がすべてそろっています。実行時に名前を組み立ててつなぐ手口があります。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1059.005"],
    }
}

/// What a trigger comes to.
struct Chain<'a> {
    fetch: Option<&'a Ability>,
    write_text: Option<&'a Ability>,
    execute: &'a Ability,
    reach: &'a Reach,
}

impl Judgement<'_> {
    /// Says what triggers come to.
    pub(super) fn say_chains(&self, out: &mut Outcome<'_>) {
        // What a person starts by working with the document counts as a connection to look at, not as proof.
        let acts = self.triggers.iter().any(|trigger| trigger.kind != TriggerKind::Click);
        match self.chain(&mut self.automatic.iter()) {
            Some(chain) => {
                let kind = if chain.fetch.is_some() { OPEN_TO_EXECUTE } else { OPEN_STARTS_PROCESS };
                self.say_chain(&chain, kind, kind.severity, out);
            }
            None => {
                if let Some((kind, chain)) = self.chain_of_others() {
                    let fetches = chain.fetch.is_some_and(|fetch| fetch.does == Deed::Download);
                    let is_strong = fetches || kind != TriggerKind::Click;
                    let severity = if is_strong { Severity::High } else { Severity::Medium };
                    self.say_chain(&chain, CLICK_TO_EXECUTE, severity, out);
                } else if let (true, Some(execute), Some(other)) = (acts, self.start(), self.fetch_or_write()) {
                    let automatic = self.triggers.iter().find(|trigger| trigger.kind.is_automatic());
                    let trigger = automatic.or(self.triggers.first());
                    let start = trigger.map_or("", |trigger| self.name(trigger.routine));
                    let observed = format!("{start} · {} · {}", other.what, execute.what);
                    out.raise(UNCONNECTED, self.at(execute), observed);
                }
            }
        }
    }

    fn start(&self) -> Option<&Ability> {
        self.telling_of(&STARTING).0
    }

    fn fetch_or_write(&self) -> Option<&Ability> {
        self.telling_of(&[Deed::Download]).0.or(self.telling_of(&[Deed::Write]).0)
    }

    /// A whole chain that starts with something the recipient does.
    fn chain_of_others(&self) -> Option<(TriggerKind, Chain<'_>)> {
        let chains = self.others.iter().filter_map(|(kind, reach)| {
            let chain = self.chain(&mut std::iter::once(reach))?;
            chain.fetch.is_some().then_some((*kind, chain))
        });
        chains.min_by_key(|(kind, _)| *kind)
    }

    /// The clearest chain from a trigger to the start of a program.
    fn chain<'b>(&'b self, reaches: &mut dyn Iterator<Item = &'b Reach>) -> Option<Chain<'b>> {
        let mut best: Option<Chain<'_>> = None;
        for reach in reaches {
            let find = |wanted: &[Deed]| {
                telling(
                    self.abilities
                        .iter()
                        .filter(|ability| wanted.contains(&ability.does) && reach.has(ability.routine)),
                )
            };
            let Some(execute) = find(&STARTING) else { continue };
            let fetch = find(&[Deed::Download]).or_else(|| find(&[Deed::Write]));
            let write_text = find(&[Deed::WriteText]);
            let is_clear = fetch.is_some();
            let is_better = best.as_ref().is_none_or(|best| best.fetch.is_none() && is_clear);
            if is_better {
                best = Some(Chain { fetch, write_text, execute, reach });
            }
            if is_clear {
                break;
            }
        }
        best
    }

    fn say_chain(&self, chain: &Chain<'_>, kind: &'static FindingKind, severity: Severity, out: &mut Outcome<'_>) {
        let path = |ability: &Ability| {
            let names: Vec<&str> = chain.reach.path(ability.routine).into_iter().map(|step| self.name(step)).collect();
            names.join(" → ")
        };
        let end = path(chain.execute);
        let other = chain.fetch.or(chain.write_text).filter(|other| other.what != chain.execute.what);
        let observed = match other {
            Some(other) if path(other) == end => format!("{end} → {} → {}", other.what, chain.execute.what),
            Some(other) => format!("{} → {}, {end} → {}", path(other), other.what, chain.execute.what),
            None => format!("{end} → {}", chain.execute.what),
        };
        out.raise_as(kind, severity, kind.decisive, self.at(chain.execute), observed);
    }
}
