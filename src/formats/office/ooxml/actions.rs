//! What happens on a click, a hover or an entered field: programs that slides start, and the macros that shapes, form
//! fields and commands name.

use super::parts::{Part, parts};
use super::{OoxmlView, Relation};
use crate::finding_kind;
use crate::formats::office::xml::{Piece, Tag, walk};
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Actions;

/// Things said of one part.
const MAX_ACTIONS: usize = 500;

/// Bytes of which a part has some if it is worth reading, in UTF-8; what is written otherwise is read in any case.
const SIGNS: [&[u8]; 6] = [b"ppaction:", b"entryMacro", b"exitMacro", b"macroName", b" macro=\"", b"FmlaMacro"];

enum Action {
    /// A program: the relationship that holds the command line, and on what it starts.
    Program(String, &'static str),
    Macro(String),
    Verb(String),
}

impl Analyzer for Actions {
    fn findings(&self) -> Kinds {
        &[RUNS_PROGRAM]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let is_wanted = |name: &str| (view.is_xml(name) || name.ends_with(".vml")) && !name.starts_with("docprops/");
        for part in parts(artifact, out, is_wanted)? {
            let is_plain = part.data.first() == Some(&b'<') && part.data.get(1) != Some(&0);
            if is_plain && !SIGNS.iter().any(|sign| memchr::memmem::find(&part.data, sign).is_some()) {
                continue;
            }
            let at = || Location::part(format!("part {}", part.name));
            for action in actions(&part) {
                match action {
                    Action::Program(id, event) => {
                        let is_it = |relation: &&Relation| relation.id == id;
                        let target = view.relations_of(&part.name).find(is_it).map_or("?", |relation| &relation.target);
                        out.raise(RUNS_PROGRAM, at(), format!("{event}: {target}"));
                    }
                    Action::Macro(name) => {
                        out.offer_event(&name, true);
                        out.fact("macro-of-an-event", name);
                    }
                    Action::Verb(name) => out.fact("object-action", name),
                }
            }
        }
        Ok(())
    }
}

fn actions(part: &Part) -> Vec<Action> {
    let mut found = Vec::new();
    let mut in_macro = false;
    let _ = walk(&part.data, |piece| match piece {
        Piece::Open(tag) => {
            in_macro = tag.is("FmlaMacro");
            found.extend(action(&tag).filter(|_| found.len() < MAX_ACTIONS));
        }
        Piece::Text(text) if in_macro && !text.trim().is_empty() => found.push(Action::Macro(text.trim().to_owned())),
        Piece::Text(_) => {}
        Piece::Close(_) => in_macro = false,
    });
    found
}

fn action(tag: &Tag<'_>) -> Option<Action> {
    match tag.local() {
        // ECMA-376-1, 21.1.2.3.5 and MS-OE376 2.1.1175: actions of presentations.
        name @ ("hlinkClick" | "hlinkHover" | "hlinkMouseOver" | "snd") => {
            let action = tag.get("action")?;
            let lower = action.to_ascii_lowercase();
            let event = if name == "hlinkClick" { "on click" } else { "when pointed at" };
            if lower.starts_with("ppaction://program") {
                Some(Action::Program(tag.get("id").unwrap_or_default(), event))
            } else if lower.starts_with("ppaction://macro") {
                let name = action.split_once('=').map_or("", |(_, name)| name);
                Some(Action::Macro(format!("{event}: {name}")))
            } else if lower.starts_with("ppaction://ole") {
                Some(Action::Verb(format!("{event}: {action}")))
            } else {
                None
            }
        }
        "entryMacro" | "exitMacro" => Some(Action::Macro(format!("{}: {}", tag.local(), tag.get("val")?))),
        "macro" | "acd" | "wll" => tag.get("macroName").map(|name| Action::Macro(format!("command: {name}"))),
        _ => {
            let name = tag.get("macro").filter(|name| !name.is_empty())?;
            Some(Action::Macro(format!("on click: {name}")))
        }
    }
}

finding_kind! {
    /// ## What it is
    /// A slide starts a program when something on it is clicked or pointed at.
    ///
    /// ## Why it matters
    /// No macro is needed: in 2017 mails with a slide "Loading… please wait" ran PowerShell when the mouse was moved over
    /// the text.
    ///
    /// ## How we see it
    /// `hlinkClick` or `hlinkHover` with the action `ppaction://program`; shown is the target of its relationship.
    ///
    /// ## When it is innocent
    /// Trainers' slides that start a demonstration on their own machine.
    ///
    /// ## References
    /// - ATT&CK T1204.002, User Execution: https://attack.mitre.org/techniques/T1204/002/
    /// - ECMA-376-1, 21.1.2.3.5 hlinkClick
    pub(crate) const RUNS_PROGRAM = {
        id: "presentation-runs-program",
        title: "a slide starts a program when it is clicked or pointed at",
        ja: "スライドをクリックする、またはマウスを重ねるとプログラムが起動します",
        why_ja: "マクロなしでコマンドを実行できる仕組みで、マウスを重ねるだけでPowerShellを動かす攻撃がありました。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002"],
    }
}
