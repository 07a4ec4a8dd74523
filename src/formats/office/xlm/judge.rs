//! What is said of a workbook's macros: what starts by itself, what they can do, whether the one comes to the other, and
//! how they hide. Macros that were read to their end and do nothing to the machine weigh little, hidden or not: tools and
//! add-ins of the 1990s are such.

use std::collections::BTreeSet;

use super::abilities::{Ability, Grade, abilities};
use super::findings::{
    CALLS_LIBRARY, CHECKS_SANDBOX, DOWNLOADS, OBFUSCATED, OPEN_TO_EXECUTE, STARTS_PROGRAM, WRITES_FILES, WRITES_ITSELF,
    XLM_AUTO_OPEN, XLM_HIDDEN_SHEET, XLM_MACRO_SHEET,
};
use super::formula::Expr;
use super::machine::{Machine, Place, follow};
use super::program::{Program, Sheet, SheetKind};
use super::show::{self, one_line};
use super::text::address;
use super::{Visibility, is_auto_name};
use crate::knowledge::xlm::{MacroDeed, macros};
use crate::model::{FindingKind, Location, Problem, ProblemKind, Severity};
use crate::stage::{Outcome, StageError};

/// Finding kinds a judgement may raise.
pub(crate) const KINDS: &[&FindingKind] = &[
    XLM_MACRO_SHEET,
    XLM_HIDDEN_SHEET,
    XLM_AUTO_OPEN,
    STARTS_PROGRAM,
    CALLS_LIBRARY,
    DOWNLOADS,
    WRITES_FILES,
    WRITES_ITSELF,
    CHECKS_SANDBOX,
    OBFUSCATED,
    OPEN_TO_EXECUTE,
];

/// Says what a workbook's macros are and do, and gives its macro sheets as children. Nothing is said of a workbook
/// without macro sheets.
pub(crate) fn say(program: &Program, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for problem in &program.problems {
        out.problem(problem.clone());
    }
    let sheets: Vec<&Sheet> = program.sheets.iter().filter(|sheet| sheet.kind == SheetKind::Macro).collect();
    if sheets.is_empty() {
        return Ok(());
    }
    let automatic: Vec<_> = program.names.iter().filter(|name| is_auto_name(&name.name)).collect();
    let starts: Vec<&Expr> = automatic.iter().filter_map(|name| name.formula.as_ref()).collect();
    let machine = follow(program, &starts, !automatic.is_empty());
    if machine.is_cut {
        let what = "macros were followed up to a limit only";
        out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
    }
    let judgement = Judgement { program, abilities: abilities(&machine), machine: &machine };
    let weight = judgement.weight();
    for sheet in &sheets {
        let observed = format!("sheet {}, {}", sheet.name, sheet.visibility.as_str());
        if sheet.visibility != Visibility::Visible {
            raise(out, XLM_HIDDEN_SHEET, weight.hidden(), sheet.place.clone(), observed.clone());
        }
        raise(out, XLM_MACRO_SHEET, weight.sheet(), sheet.place.clone(), observed);
    }
    if let Some(first) = sheets.first() {
        for name in &automatic {
            let observed = name.name.replace('\0', "");
            raise(out, XLM_AUTO_OPEN, weight.automatic(), first.place.clone(), observed);
        }
    }
    judgement.say(out);
    show::give(program, out)?;
    show::give_made(program, &machine, out)
}

fn raise(out: &mut Outcome<'_>, kind: &'static FindingKind, severity: Severity, at: Location, observed: String) {
    out.raise_as(kind, severity, kind.decisive, at, observed);
}

/// How much the macros' being there weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// All was read, and it does nothing to the machine.
    Tool,
    /// It calls libraries of its own, writes files, opens other programs.
    Busy,
    /// It can harm, or not all of it was read.
    Dangerous,
}

impl Weight {
    fn sheet(self) -> Severity {
        if self == Weight::Dangerous { Severity::Medium } else { Severity::Low }
    }

    fn hidden(self) -> Severity {
        match self {
            Weight::Tool => Severity::Low,
            Weight::Busy => Severity::Medium,
            Weight::Dangerous => Severity::High,
        }
    }

    fn automatic(self) -> Severity {
        if self == Weight::Dangerous { Severity::High } else { Severity::Low }
    }
}

struct Judgement<'a> {
    program: &'a Program,
    machine: &'a Machine<'a>,
    abilities: Vec<Ability>,
}

impl Judgement<'_> {
    fn weight(&self) -> Weight {
        let is_read =
            self.program.problems.iter().all(|problem| problem.kind.coverage().is_none()) && !self.machine.is_cut;
        let most = self.abilities.iter().map(|ability| ability.grade).max().unwrap_or(Grade::Plain);
        if !is_read || most >= Grade::Library || self.written().is_some() {
            Weight::Dangerous
        } else if most >= Grade::Writes {
            Weight::Busy
        } else {
            Weight::Tool
        }
    }

    fn at(&self, place: Place) -> Location {
        let (sheet, column, row) = place;
        let name = self.program.sheets.get(sheet).map(|sheet| &*sheet.name).unwrap_or_default();
        Location::part(format!("sheet {name} cell {}", address(row, column)))
    }

    /// The clearest ability among some: one that is reached, then the heaviest, then a call rather than its announcement,
    /// then the first.
    fn clearest(&self, wanted: impl Fn(&Ability) -> bool) -> Option<(&Ability, usize)> {
        let all: Vec<&Ability> = self.abilities.iter().filter(|ability| wanted(ability)).collect();
        let best = all
            .iter()
            .rev()
            .max_by_key(|ability| (ability.is_reached, ability.grade, !ability.what.starts_with("REGISTER")))
            .copied()?;
        Some((best, all.len()))
    }

    /// A formula that a macro wrote into a macro sheet and that then ran, or one that does something, wherever it went.
    fn written(&self) -> Option<(Place, &str)> {
        let table = macros();
        let acts = |text: &str| {
            let upper = text.to_uppercase();
            upper.match_indices('(').any(|(at, _)| {
                let before = upper.get(..at).unwrap_or_default();
                let start = before
                    .rfind(|c: char| !(c.is_alphanumeric() || c == '.'))
                    .map_or(0, |start| start.saturating_add(1));
                matches!(
                    table.deed(before.get(start..).unwrap_or_default()),
                    Some(
                        MacroDeed::Execute | MacroDeed::Native | MacroDeed::Link | MacroDeed::Leave | MacroDeed::Modify
                    )
                )
            })
        };
        let mut all = self.machine.written.iter();
        all.find(|(place, text, is_macro)| acts(text) || *is_macro && self.machine.has_run(*place))
            .map(|(place, text, _)| (*place, text.as_str()))
    }

    fn say(&self, out: &mut Outcome<'_>) {
        let by =
            |reached: Severity, other: Severity, ability: &Ability| if ability.is_reached { reached } else { other };
        let is_program = |ability: &Ability| {
            matches!(ability.does, MacroDeed::Execute | MacroDeed::Link) && ability.grade >= Grade::Opens
        };
        if let Some((ability, count)) = self.clearest(is_program) {
            let severity = match ability.grade {
                Grade::Opens => Severity::Low,
                _ => by(Severity::High, Severity::Medium, ability),
            };
            self.tell(out, STARTS_PROGRAM, severity, ability, count);
        }
        let is_library = |ability: &Ability| ability.does == MacroDeed::Native;
        if let Some((ability, count)) = self.clearest(is_library) {
            let severity = match ability.grade {
                Grade::Executes | Grade::Interprets | Grade::Downloads => by(Severity::High, Severity::Medium, ability),
                Grade::OwnLibrary => Severity::Low,
                _ => Severity::Medium,
            };
            self.tell(out, CALLS_LIBRARY, severity, ability, count);
        }
        let fetching = &crate::knowledge::vba::capabilities().words.fetching;
        let is_download = |ability: &Ability| {
            let fetches = || {
                let lower = ability.what.to_lowercase();
                ability.grade == Grade::Interprets && fetching.iter().any(|word| lower.contains(word.as_str()))
            };
            ability.grade == Grade::Downloads || fetches()
        };
        let download = self.clearest(is_download);
        if let Some((ability, count)) = download {
            self.tell(out, DOWNLOADS, by(Severity::High, Severity::Medium, ability), ability, count);
        }
        if let Some((ability, count)) = self.clearest(|ability| ability.grade == Grade::Writes) {
            self.tell(out, WRITES_FILES, Severity::Low, ability, count);
        }
        if let Some((place, text)) = self.written() {
            out.raise(WRITES_ITSELF, self.at(place), format!("={}", one_line(text)));
        }
        self.say_sandbox(out);
        if let Some((ability, count)) = self.clearest(|ability| ability.is_disguised) {
            self.tell(out, OBFUSCATED, Severity::Medium, ability, count);
        }
        let reached = |wanted: fn(Grade) -> bool| {
            let mut all = self.abilities.iter().filter(|ability| ability.is_reached && wanted(ability.grade));
            all.find(|ability| ability.does != MacroDeed::Modify)
        };
        let interprets = reached(|grade| grade == Grade::Interprets);
        let executes = reached(|grade| grade >= Grade::Executes);
        let fetched = download.map(|(ability, _)| ability).filter(|ability| ability.is_reached);
        if let Some(end) = interprets.or(executes.filter(|_| fetched.is_some())) {
            let observed = match fetched.filter(|fetched| fetched.what != end.what) {
                Some(fetched) => format!("{} → {}", one_line(&fetched.what), one_line(&end.what)),
                None => one_line(&end.what),
            };
            out.raise(OPEN_TO_EXECUTE, self.at(end.place), observed);
        }
    }

    fn tell(
        &self,
        out: &mut Outcome<'_>,
        kind: &'static FindingKind,
        severity: Severity,
        ability: &Ability,
        count: usize,
    ) {
        let more = count.saturating_sub(1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let mut what: String = one_line(&ability.what);
        if let Some((end, _)) = what.char_indices().nth(140) {
            what.truncate(end);
            what.push('…');
        }
        raise(out, kind, severity, self.at(ability.place), format!("{what}{more}"));
    }

    /// Two questions or more that only matter to who wants to know whether a person sits there.
    fn say_sandbox(&self, out: &mut Outcome<'_>) {
        const MIN_QUESTIONS: usize = 2;
        let sandbox = &macros().sandbox;
        let mut asked = BTreeSet::new();
        let mut first = None;
        for act in self.machine.acts.iter().filter(|act| act.function == sandbox.function) {
            let number = act.arguments.first().and_then(super::value::Worth::as_count);
            let number = number.and_then(|number| u32::try_from(number).ok());
            if let Some(number) = number.filter(|number| sandbox.numbers.contains(number)) {
                first = first.or(Some(act.place));
                asked.insert(number);
            }
        }
        if let Some(place) = first.filter(|_| asked.len() >= MIN_QUESTIONS) {
            let numbers: Vec<String> = asked.iter().map(u32::to_string).collect();
            out.raise(CHECKS_SANDBOX, self.at(place), format!("{}({})", sandbox.function, numbers.join(", ")));
        }
    }
}
