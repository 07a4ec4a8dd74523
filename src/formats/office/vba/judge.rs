//! One judgement per project: what starts by itself, what code can do, and whether the one comes to the other. A lone
//! source file is a project of one module.

use super::abilities::{Ability, abilities};
use super::disguise::disguises;
use super::findings::{
    AUTO_OPEN, CLICK_TO_EXECUTE, DOWNLOADS, OBFUSCATED, ON_CLICK, OPEN_STARTS_PROCESS, OPEN_TO_EXECUTE, STARTS_PROCESS,
    UNCONNECTED, WRITES_FILE,
};
use super::folding::{Strings, Use};
use super::gates::{self, GATE};
use super::memory::{self, RUNS_MEMORY};
use super::program::{Part, Program};
use super::reach::{Graph, Reach, Trigger, triggers_of};
use super::settings::{self, PERSISTS, WEAKENS};
use super::side_effects::{self, CHANGES_MACROS, DELETES_FILES, RUNS_DOCUMENT_TEXT, SENDS_MAIL};
use crate::knowledge::vba::{Deed, TriggerKind, capabilities};
use crate::model::{EntryName, FindingKind, Location, Origin, OriginKind, Problem, ProblemKind, Severity};
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
    judgement.say(out);
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
    give_folded(&program, out)
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

/// What a trigger comes to.
struct Chain<'a> {
    fetch: Option<&'a Ability>,
    write_text: Option<&'a Ability>,
    execute: &'a Ability,
    reach: &'a Reach,
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

    fn say(&self, out: &mut Outcome<'_>) {
        let is_automatic = |trigger: &&Trigger| trigger.kind.is_automatic();
        let automatic: Vec<&Trigger> = self.triggers.iter().filter(is_automatic).collect();
        self.say_triggers(AUTO_OPEN, &automatic, out);
        let clicks: Vec<&Trigger> = self.triggers.iter().filter(|trigger| !trigger.kind.is_automatic()).collect();
        self.say_triggers(ON_CLICK, &clicks, out);

        let is_reached = |ability: &Ability| self.is_reached(ability.routine);
        let starts_alone = !automatic.is_empty();
        let first = |wanted: &[Deed]| {
            let mut of = self.abilities.iter().filter(|ability| wanted.contains(&ability.does));
            let all: Vec<&Ability> = of.by_ref().collect();
            let reached = telling(all.iter().copied().filter(|ability| is_reached(ability)));
            (reached.or(telling(all.iter().copied())), reached.is_some(), all.len())
        };

        let (execute, is_execute_reached, count) = first(&[Deed::Execute, Deed::Memory, Deed::Start]);
        let severity = if is_execute_reached { Severity::Medium } else { Severity::Low };
        self.say_ability(STARTS_PROCESS, execute, count, severity, out);
        let (download, is_download_reached, count) = first(&[Deed::Download]);
        let severity = if is_download_reached { Severity::Medium } else { Severity::Low };
        self.say_ability(DOWNLOADS, download, count, severity, out);
        let (write, is_write_reached, count) = first(&[Deed::Write]);
        let (text, _, texts) = first(&[Deed::WriteText]);
        let severity = match (is_write_reached, starts_alone) {
            (true, _) => Severity::Medium,
            (false, true) => Severity::Low,
            (false, false) => Severity::Info,
        };
        self.say_ability(WRITES_FILE, write.or(text), count.saturating_add(texts), severity, out);

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
                } else if let (true, Some(execute), Some(other)) = (acts, execute, download.or(write)) {
                    let trigger = automatic.first().copied().or(self.triggers.first());
                    let start = trigger.map_or("", |trigger| self.name(trigger.routine));
                    let observed = format!("{start} · {} · {}", other.what, execute.what);
                    out.raise(UNCONNECTED, self.at(execute), observed);
                }
            }
        }
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
            let Some(execute) = find(&[Deed::Execute, Deed::Start, Deed::Memory]) else { continue };
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

    fn say_triggers(&self, kind: &'static FindingKind, triggers: &[&Trigger], out: &mut Outcome<'_>) {
        let Some(first) = triggers.first() else { return };
        let names: Vec<&str> = triggers.iter().take(4).map(|trigger| self.name(trigger.routine)).collect();
        let more = triggers.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let Some(routine) = self.program.routines.get(first.routine) else { return };
        let line = self.program.procedure(routine).map_or(1, |procedure| procedure.line);
        out.raise(kind, self.place(routine.module, line), format!("{}{more}", names.join(", ")));
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
fn telling<'a>(abilities: impl Iterator<Item = &'a Ability>) -> Option<&'a Ability> {
    let mut first = None;
    for ability in abilities {
        if ability.what.contains('"') {
            return Some(ability);
        }
        first = first.or(Some(ability));
    }
    first
}

/// Texts that came together from pieces, one a line, as a child: rules and indicators are looked for there too.
fn give_folded(program: &Program, out: &mut Outcome<'_>) -> Result<(), StageError> {
    const MAX_LINES: usize = 1_000;
    const MAX_BYTES: usize = 1 << 20;
    /// Nothing worth finding is shorter.
    const MIN_TEXT: usize = 4;
    let mut known = std::collections::BTreeSet::new();
    let mut text = String::new();
    for (_, made) in program.made() {
        let made = &made.text.text;
        if known.len() >= MAX_LINES || text.len().saturating_add(made.len()) > MAX_BYTES {
            break;
        }
        if made.trim().len() < MIN_TEXT || !known.insert(made.as_str()) {
            continue;
        }
        let is_literal = program
            .modules
            .iter()
            .any(|module| memchr::memmem::find(module.code.lexed.text.as_bytes(), made.as_bytes()).is_some());
        if !is_literal {
            text.extend(made.chars().map(|c| if c.is_control() { ' ' } else { c }));
            text.push('\n');
        }
    }
    if text.is_empty() {
        return Ok(());
    }
    out.child_bytes(
        EntryName::new("folded strings"),
        Origin::part(OriginKind::Decoded, "folded strings"),
        text.into_bytes().into(),
    )
}
