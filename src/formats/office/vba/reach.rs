//! Who calls whom, and what starts by itself: from each trigger to everything it can come to.

use std::collections::VecDeque;

use super::folding::{Receiver, Use};
use super::program::{Program, Routine};
use super::project::Sort;
use crate::knowledge::vba::{TriggerKind, triggers};

/// A procedure that starts without a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) routine: usize,
    pub(super) kind: TriggerKind,
}

/// Procedures of one name that a call may mean; more is noise.
const MAX_TARGETS: usize = 16;

/// The call graph of a program.
#[derive(Debug)]
pub(super) struct Graph {
    /// Callees of each routine.
    edges: Vec<Vec<usize>>,
}

/// What a trigger reaches: for each routine, from which it was come to.
#[derive(Debug)]
pub(super) struct Reach {
    from: Vec<Option<usize>>,
    start: usize,
}

/// Every trigger of a program, in source order. Events of objects reach document modules, forms and classes only.
pub(super) fn triggers_of(program: &Program) -> Vec<Trigger> {
    let mut found = Vec::new();
    for (index, routine) in program.routines.iter().enumerate() {
        let Some(procedure) = program.procedure(routine) else { continue };
        let name = procedure.name.to_lowercase();
        let sort = program.modules.get(routine.module).and_then(|module| module.sort);
        let Some(kind) = triggers().kind(&name) else { continue };
        let kind = match (sort, triggers().is_event(&name), kind) {
            // A standard module receives no events of controls.
            (Some(Sort::Standard), true, _) => continue,
            // A form's controls appear when code shows the form.
            (Some(Sort::Form), true, kind) if kind.is_automatic() => TriggerKind::Use,
            (_, _, kind) => kind,
        };
        found.push(Trigger { routine: index, kind });
    }
    found
}

impl Graph {
    /// The graph of a program.
    pub(super) fn new(program: &Program) -> Self {
        let edges = program
            .routines
            .iter()
            .enumerate()
            .map(|(index, routine)| {
                let mut targets: Vec<usize> = routine
                    .uses
                    .iter()
                    .flat_map(|used| targets(program, routine, used))
                    .filter(|to| *to != index)
                    .collect();
                targets.sort_unstable();
                targets.dedup();
                targets
            })
            .collect();
        Graph { edges }
    }

    /// Everything reached from a routine, nearest first.
    pub(super) fn reach(&self, start: usize) -> Reach {
        let mut from: Vec<Option<usize>> = vec![None; self.edges.len()];
        let mut queue = VecDeque::from([start]);
        if let Some(first) = from.get_mut(start) {
            *first = Some(start);
        }
        while let Some(routine) = queue.pop_front() {
            for callee in self.edges.get(routine).into_iter().flatten() {
                if let Some(slot @ None) = from.get_mut(*callee) {
                    *slot = Some(routine);
                    queue.push_back(*callee);
                }
            }
        }
        Reach { from, start }
    }
}

impl Reach {
    /// Whether a routine is reached.
    pub(super) fn has(&self, routine: usize) -> bool {
        self.from.get(routine).is_some_and(Option::is_some)
    }

    /// The routines from the trigger to this one.
    pub(super) fn path(&self, routine: usize) -> Vec<usize> {
        let mut path = vec![routine];
        let mut at = routine;
        while at != self.start && path.len() <= self.from.len() {
            let Some(Some(caller)) = self.from.get(at) else { break };
            at = *caller;
            path.push(at);
        }
        path.reverse();
        path
    }
}

/// Routines a use of a name may start.
fn targets(program: &Program, routine: &Routine, used: &Use) -> Vec<usize> {
    let Some(module) = program.modules.get(routine.module) else { return Vec::new() };
    let lexed = &module.code.lexed;
    let name = lexed.lower(used.token);
    let mut found = Vec::new();
    let is_local = program.procedure(routine).is_some_and(|procedure| procedure.locals.contains(name));
    let known = program.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
    let named_module = |name: &str| program.module_by_name.get(name).copied();
    match used.receiver {
        Receiver::None if !is_local => {
            let own = program.of_module(known, routine.module);
            found.extend(if own.is_empty() { known } else { own }.iter().take(MAX_TARGETS));
        }
        Receiver::None => {}
        Receiver::Name(token) if matches!(lexed.lower(token), "me" | "this") => {
            found.extend(program.of_module(known, routine.module).iter().take(MAX_TARGETS));
        }
        Receiver::Name(token) if !known.is_empty() && named_module(lexed.lower(token)).is_some() => {
            let wanted = named_module(lexed.lower(token));
            found.extend(wanted.into_iter().flat_map(|wanted| program.of_module(known, wanted)).take(MAX_TARGETS));
        }
        // An object of one of the program's classes, perhaps.
        Receiver::Name(_) | Receiver::Other => {
            found.extend(program.of_classes.get(name).into_iter().flatten().take(MAX_TARGETS));
        }
    }
    // Naming a form or class makes one, which runs its first procedures.
    if program.modules.len() > 1 && name != module.code.module && named_module(name).is_some() {
        let made = named_module(name);
        for event in &triggers().created {
            let known = program.by_name.get(event).map(Vec::as_slice).unwrap_or_default();
            found.extend(made.into_iter().flat_map(|made| program.of_module(known, made)).take(MAX_TARGETS));
        }
    }
    // `RaiseEvent Done` runs every handler `…_Done`.
    if name == "raiseevent" {
        let event = lexed.lower(used.token.saturating_add(1));
        found.extend(program.by_event.get(event).into_iter().flatten().copied().take(MAX_TARGETS));
    }
    if triggers().called_by_text.iter().any(|caller| caller == name) {
        for text in used.arguments.iter().flatten() {
            found.extend(named_in_text(program, text));
        }
    }
    found.truncate(MAX_TARGETS);
    found
}

/// Procedures a text names: `Main`, `Module1.Main`, `'book.xls'!Main`.
fn named_in_text(program: &Program, text: &str) -> Vec<usize> {
    const MAX_NAME: usize = 512;
    if text.len() > MAX_NAME {
        return Vec::new();
    }
    let name = text.rsplit(['!', '.']).next().unwrap_or(text);
    let name: String = name.trim_matches(['\'', '"', ' ']).to_lowercase();
    let name = name.split(['(', ' ']).next().unwrap_or_default();
    program.by_name.get(name).into_iter().flatten().copied().take(MAX_TARGETS).collect()
}
