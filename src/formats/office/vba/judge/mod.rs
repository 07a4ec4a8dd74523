//! One judgement per project: what starts by itself, what code can do, and whether the one comes to the other. A lone
//! source file is a project of one module.
//!
//! `triggers` what starts, `capabilities` what code can do, `chains` the paths between them, `folded` the texts it puts
//! together. Here the order of all that is said, and what is known of a program for it.

mod capabilities;
mod chains;
mod folded;
mod triggers;

use self::capabilities::{DOWNLOADS, STARTS_PROCESS, WRITES_FILE};
use self::chains::{CLICK_TO_EXECUTE, OPEN_STARTS_PROCESS, OPEN_TO_EXECUTE, UNCONNECTED};
use self::triggers::{AUTO_OPEN, ON_CLICK};
use super::abilities::{Ability, abilities};
use super::disguise::{OBFUSCATED, disguises};
use super::folding::{Strings, Use};
use super::gates::{self, GATE};
use super::memory::{self, RUNS_MEMORY};
use super::program::{Part, Program};
use super::reach::{Graph, Reach, Trigger, triggers_of};
use super::settings::{self, PERSISTS, WEAKENS};
use super::side_effects::{self, CHANGES_MACROS, DELETES_FILES, RUNS_DOCUMENT_TEXT, SENDS_MAIL};
use crate::knowledge::vba::{Deed, TriggerKind, capabilities};
use crate::model::{Location, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError};

/// Finding kinds a judgement may raise.
pub(super) const KINDS: Kinds = &[
    AUTO_OPEN,
    ON_CLICK,
    STARTS_PROCESS,
    DOWNLOADS,
    WRITES_FILE,
    OPEN_STARTS_PROCESS,
    OPEN_TO_EXECUTE,
    CLICK_TO_EXECUTE,
    UNCONNECTED,
    OBFUSCATED,
    RUNS_MEMORY,
    WEAKENS,
    PERSISTS,
    GATE,
    CHANGES_MACROS,
    SENDS_MAIL,
    DELETES_FILES,
    RUNS_DOCUMENT_TEXT,
];

/// How the place of something is said: in a project by module and line, in a lone file by line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Places {
    ModuleAndLine,
    Line,
}

/// Triggers followed one by one; what lies behind more is seen by the capabilities alone.
const MAX_TRIGGERS: usize = 64;

/// Judges a project's modules.
pub(super) fn judge(parts: &[Part<'_>], places: Places, out: &mut Outcome<'_>) -> Result<(), StageError> {
    judge_with(parts, &Strings::new(), places, out)
}

/// Judges a project's modules; `strings` is what the document keeps outside them.
pub(super) fn judge_with(
    parts: &[Part<'_>],
    strings: &Strings,
    places: Places,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let program = Program::with(parts, strings);
    let judgement = Judgement::new(&program, places);
    judgement.say_triggers(out);
    judgement.say_capabilities(out);
    judgement.say_chains(out);
    memory::say(&judgement, out);
    settings::say(&judgement, out);
    gates::say(&judgement, out);
    side_effects::say(&judgement, out);
    for disguise in disguises(&program).into_iter().take(1) {
        out.raise(OBFUSCATED, judgement.place(disguise.module, disguise.line), disguise.what);
    }
    if program.is_cut {
        let what = "macro source was judged up to a limit only";
        out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
    }
    folded::give_folded(&program, out)
}

/// What is known of a program when it is judged.
pub(super) struct Judgement<'a> {
    pub(super) program: &'a Program,
    pub(super) triggers: Vec<Trigger>,
    pub(super) abilities: Vec<Ability>,
    /// What each automatic trigger comes to, and what each other one does.
    automatic: Vec<Reach>,
    others: Vec<(TriggerKind, Reach)>,
    places: Places,
}

impl<'a> Judgement<'a> {
    /// Finds what starts, what is done, and what comes to what.
    pub(super) fn new(program: &'a Program, places: Places) -> Self {
        let triggers = triggers_of(program);
        let graph = Graph::new(program);
        let reach = |trigger: &Trigger| graph.reach(trigger.routine);
        let of = |wanted: bool| triggers.iter().filter(move |trigger| trigger.kind.is_automatic() == wanted);
        let automatic = of(true).take(MAX_TRIGGERS).map(reach).collect();
        let others = of(false).take(MAX_TRIGGERS).map(|trigger| (trigger.kind, reach(trigger))).collect();
        Judgement { automatic, others, triggers, abilities: abilities(program), program, places }
    }

    /// What each trigger comes to, those that need nobody first.
    pub(super) fn reaches(&self, most: usize) -> Vec<(TriggerKind, &Reach)> {
        let automatic = self.triggers.iter().filter(|trigger| trigger.kind.is_automatic()).map(|trigger| trigger.kind);
        let automatic = automatic.zip(&self.automatic);
        automatic.chain(self.others.iter().map(|(kind, reach)| (*kind, reach))).take(most).collect()
    }

    /// Whether an automatic trigger comes to a routine.
    pub(super) fn is_reached(&self, routine: usize) -> bool {
        self.automatic.iter().any(|reach| reach.has(routine))
    }

    /// The first use of this kind, one that an automatic trigger comes to if there is one, and whether it is.
    pub(super) fn first(&self, wanted: Deed) -> Option<(&Ability, bool)> {
        let of = || self.abilities.iter().filter(|ability| ability.does == wanted);
        let reached = of().find(|ability| self.is_reached(ability.routine));
        reached.map(|ability| (ability, true)).or_else(|| of().next().map(|ability| (ability, false)))
    }

    /// The first program or object that is named in the document and not in the code; where, what, and whether an
    /// automatic trigger comes to it.
    pub(super) fn document_text(&self) -> Option<(Location, String, bool)> {
        let started = self.abilities.iter().find(|ability| ability.does.executes() && ability.document.is_some());
        if let Some(ability) = started {
            let observed = format!("{} in {}", ability.what, self.name(ability.routine));
            return Some((self.at(ability), observed, self.is_reached(ability.routine)));
        }
        let makers = &capabilities().words.makers;
        self.program.routines.iter().enumerate().find_map(|(index, routine)| {
            let lexed = &self.program.modules.get(routine.module)?.code.lexed;
            let named = |used: &&Use| used.document.is_some() && makers.iter().any(|m| m == lexed.lower(used.token));
            let used = routine.uses.iter().find(named)?;
            let document = used.document.as_deref().unwrap_or_default();
            let observed = format!("{} {document} in {}", lexed.spelling(used.token), self.name(index));
            Some((self.place(routine.module, lexed.line(used.token)), observed, self.is_reached(index)))
        })
    }

    /// The place of a line.
    pub(super) fn place(&self, module: usize, line: u32) -> Location {
        match (self.places, self.program.modules.get(module)) {
            (Places::ModuleAndLine, Some(module)) => {
                Location::part(format!("module {}", module.name)).with_line(u64::from(line))
            }
            _ => Location::line(u64::from(line)),
        }
    }

    /// The place of a use.
    pub(super) fn at(&self, ability: &Ability) -> Location {
        let module = self.program.routines.get(ability.routine).map_or(0, |routine| routine.module);
        self.place(module, ability.line)
    }

    /// A routine's name.
    pub(super) fn name(&self, routine: usize) -> &str {
        let routine = self.program.routines.get(routine);
        routine.and_then(|routine| self.program.procedure(routine)).map_or("", |procedure| &procedure.name)
    }
}
