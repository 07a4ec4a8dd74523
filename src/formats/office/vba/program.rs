//! All modules of a project as one program: procedures, what they use, and the texts they make.

use std::collections::{BTreeMap, BTreeSet};

use super::folding::{Folder, Known, Made, Outer, Use, Work};
use super::project::Sort;
use super::running::Functions;
use super::syntax::Code;
use super::value::Value;

/// A module to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) sort: Option<Sort>,
    pub(super) source: &'a str,
}

/// A project's code.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) modules: Vec<Module>,
    pub(super) routines: Vec<Routine>,
    /// Routines by lower-case name, ascending, so that those of one module lie side by side.
    pub(super) by_name: BTreeMap<String, Vec<usize>>,
    /// The same without those of standard modules.
    pub(super) of_classes: BTreeMap<String, Vec<usize>>,
    /// Routines by the event their name ends in: `form_changed` by `changed`.
    pub(super) by_event: BTreeMap<String, Vec<usize>>,
    /// Modules by lower-case name.
    pub(super) module_by_name: BTreeMap<String, usize>,
    /// Library functions by the lower-case name code gives them: the library's own names.
    pub(super) declared: BTreeMap<String, String>,
    /// Texts of constants that modules declare.
    pub(super) outside: Vec<(usize, Vec<Made>)>,
    /// Not all source was read, or not all texts folded.
    pub(super) is_cut: bool,
}

/// One module.
#[derive(Debug)]
pub(super) struct Module {
    /// Its name as written.
    pub(super) name: String,
    pub(super) sort: Option<Sort>,
    pub(super) code: Code,
    /// Uses outside procedures (types of variables).
    pub(super) uses: Vec<Use>,
}

/// One procedure of the program.
#[derive(Debug)]
pub(super) struct Routine {
    /// Index of its module.
    pub(super) module: usize,
    /// Index within the module's procedures.
    pub(super) procedure: usize,
    pub(super) uses: Vec<Use>,
    pub(super) made: Vec<Made>,
}

/// Bytes of source judged per project; the largest honest one measured has 1 MB.
const MAX_JUDGED: usize = 2 << 20;

impl Program {
    /// Reads a project's modules.
    pub(super) fn new(parts: &[Part<'_>]) -> Self {
        let mut program = Program::default();
        let mut left = MAX_JUDGED;
        for part in parts {
            let mut end = part.source.len().min(left);
            if end < part.source.len() {
                program.is_cut = true;
                end = part.source.floor_char_boundary(end);
            }
            left = left.saturating_sub(end);
            let code = Code::new(part.name, part.source.get(..end).unwrap_or_default());
            program.modules.push(Module { name: part.name.to_owned(), sort: part.sort, code, uses: Vec::new() });
        }
        for (index, module) in program.modules.iter().enumerate() {
            program.module_by_name.entry(module.code.module.clone()).or_insert(index);
            for declare in &module.code.declares {
                program.declared.entry(declare.name.clone()).or_insert_with(|| declare.function.clone());
            }
        }
        let mut work = Work::new();
        let mut own = program.constants(&mut work);
        program.routines = program.walk(&mut own, &mut work);
        program.is_cut |= work.is_spent();
        for (index, routine) in program.routines.iter().enumerate() {
            if let Some(procedure) = program.procedure(routine) {
                let name = procedure.name.to_lowercase();
                let sort = program.modules.get(routine.module).and_then(|module| module.sort);
                if !matches!(sort, Some(Sort::Standard)) {
                    program.of_classes.entry(name.clone()).or_default().push(index);
                }
                if let Some((_, event)) = name.rsplit_once('_') {
                    program.by_event.entry(event.to_owned()).or_default().push(index);
                }
                program.by_name.entry(name).or_default().push(index);
            }
        }
        program
    }

    /// Those of some routines of one name that lie in a module. Many calls may mean one of many procedures of one name,
    /// so they are not walked.
    pub(super) fn of_module<'a>(&self, known: &'a [usize], module: usize) -> &'a [usize] {
        let module_of = |index: &usize| self.routines.get(*index).map_or(usize::MAX, |routine| routine.module);
        let first = known.partition_point(|index| module_of(index) < module);
        let end = known.partition_point(|index| module_of(index) <= module);
        known.get(first..end).unwrap_or_default()
    }

    /// The procedure a routine is.
    pub(super) fn procedure(&self, routine: &Routine) -> Option<&super::syntax::Procedure> {
        self.modules.get(routine.module)?.code.procedures.get(routine.procedure)
    }

    /// Values declared outside procedures, by module.
    fn constants(&mut self, work: &mut Work) -> Vec<Known> {
        let mut own: Vec<Known> = Vec::new();
        let mut outside = Vec::new();
        let nothing = Known::new();
        let none = BTreeSet::new();
        for (index, module) in self.modules.iter_mut().enumerate() {
            let outer = Outer { module: &nothing, project: &nothing, functions: None };
            let mut folder = Folder::new(&module.code.lexed, outer, &none, work);
            for statement in &module.code.outside {
                folder.statement(statement);
            }
            let (uses, made, known) = folder.finish();
            module.uses = uses;
            outside.push((index, made));
            own.push(known.into_iter().collect());
        }
        self.outside = outside;
        own
    }

    /// Walks every procedure. Variables of modules that are assigned once, to something known, then count as known, and
    /// the walk is made again.
    fn walk(&self, own: &mut [Known], work: &mut Work) -> Vec<Routine> {
        let mut routines = Vec::new();
        for round in 0..2 {
            let mut project = Known::new();
            for known in own.iter() {
                for (name, value) in known {
                    project.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
            let mut learned: Vec<(usize, String, Value)> = Vec::new();
            routines.clear();
            let functions = Functions::new(&self.modules, own, &project);
            for (index, module) in self.modules.iter().enumerate() {
                let nothing = Known::new();
                let outer = Outer {
                    module: own.get(index).unwrap_or(&nothing),
                    project: &project,
                    functions: Some(&functions),
                };
                let mut assigned: BTreeMap<String, Option<Value>> = BTreeMap::new();
                for (number, procedure) in module.code.procedures.iter().enumerate() {
                    let mut folder = Folder::new(&module.code.lexed, outer, &procedure.locals, work);
                    folder.statements(&procedure.statements);
                    let (uses, made, known) = folder.finish();
                    for used in uses.iter().filter(|used| used.is_target) {
                        let name = module.code.lexed.lower(used.token);
                        if module.code.globals.contains(name) && !procedure.locals.contains(name) {
                            let value = if assigned.contains_key(name) { None } else { known.get(name).cloned() };
                            assigned.insert(name.to_owned(), value);
                        }
                    }
                    routines.push(Routine { module: index, procedure: number, uses, made });
                }
                if round == 0 {
                    let known = assigned.into_iter().filter_map(|(name, value)| Some((index, name, value?)));
                    learned.extend(known);
                }
            }
            let mut is_new = false;
            for (index, name, value) in learned {
                if let Some(own) = own.get_mut(index)
                    && !own.contains_key(&name)
                {
                    own.insert(name, value);
                    is_new = true;
                }
            }
            if !is_new {
                break;
            }
        }
        routines
    }

    /// Every text that was made of pieces, with its module.
    pub(super) fn made(&self) -> impl Iterator<Item = (usize, &Made)> {
        let outside = self.outside.iter().flat_map(|(module, made)| made.iter().map(|made| (*module, made)));
        let inside = self.routines.iter().flat_map(|routine| routine.made.iter().map(|made| (routine.module, made)));
        outside.chain(inside)
    }
}
