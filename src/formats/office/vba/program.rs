//! All modules of a project as one program: procedures, what they use, and the texts they make.

use std::collections::{BTreeMap, BTreeSet};

use super::folding::{Folder, Known, Made, Outer, Strings, Use, Work};
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
    #[cfg(test)]
    pub(super) fn new(parts: &[Part<'_>]) -> Self {
        Program::with(parts, &Strings::new())
    }

    /// Reads a project's modules; `strings` is what the document keeps outside them.
    pub(super) fn with(parts: &[Part<'_>], strings: &Strings) -> Self {
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
        program.routines = program.walk(&mut own, strings, &mut work);
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
        let none = BTreeSet::new();
        for (index, module) in self.modules.iter_mut().enumerate() {
            let outer = Outer::default();
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
    /// the walk is made again; then procedures whose every call gives them the same text.
    fn walk(&self, own: &mut [Known], strings: &Strings, work: &mut Work) -> Vec<Routine> {
        let (mut routines, learned) = self.walk_once(own, strings, work);
        let mut is_new = false;
        for (index, name, value) in learned {
            if let Some(own) = own.get_mut(index)
                && !own.contains_key(&name)
            {
                own.insert(name, value);
                is_new = true;
            }
        }
        if is_new {
            routines = self.walk_once(own, strings, work).0;
        }
        self.walk_given(own, strings, &mut routines, work);
        routines
    }

    /// One walk of every procedure, and what is known of variables of modules after it.
    fn walk_once(
        &self,
        own: &[Known],
        strings: &Strings,
        work: &mut Work,
    ) -> (Vec<Routine>, Vec<(usize, String, Value)>) {
        let project = project(own);
        let functions = Functions::new(&self.modules, own, &project);
        let mut routines = Vec::new();
        let mut learned: Vec<(usize, String, Value)> = Vec::new();
        for (index, module) in self.modules.iter().enumerate() {
            let mut assigned: BTreeMap<String, Option<Value>> = BTreeMap::new();
            for (number, procedure) in module.code.procedures.iter().enumerate() {
                let outer = outer(own.get(index), &project, &functions, strings, &module.code.module);
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
            learned.extend(assigned.into_iter().filter_map(|(name, value)| Some((index, name, value?))));
        }
        (routines, learned)
    }

    /// Walks procedures again whose parameters are known from every call of them.
    fn walk_given(&self, own: &[Known], strings: &Strings, routines: &mut [Routine], work: &mut Work) {
        /// Calls through which a text is followed.
        const MAX_ROUNDS: usize = 4;
        let project = project(own);
        let functions = Functions::new(&self.modules, own, &project);
        let mut given: BTreeMap<usize, Vec<Option<String>>> = BTreeMap::new();
        for _ in 0..MAX_ROUNDS {
            let mut is_new = false;
            for (callee, texts) in self.given(routines) {
                if texts.iter().all(Option::is_none) || given.get(&callee) == Some(&texts) {
                    continue;
                }
                let Some(routine) = routines.get_mut(callee) else { continue };
                let Some(module) = self.modules.get(routine.module) else { continue };
                let Some(procedure) = module.code.procedures.get(routine.procedure) else { continue };
                let outer = outer(own.get(routine.module), &project, &functions, strings, &module.code.module);
                let mut folder = Folder::new(&module.code.lexed, outer, &procedure.locals, work);
                for (parameter, text) in procedure.parameters.iter().zip(&texts) {
                    if let Some(text) = text {
                        folder.give(parameter, text);
                    }
                }
                folder.statements(&procedure.statements);
                (routine.uses, routine.made, _) = folder.finish();
                given.insert(callee, texts);
                is_new = true;
            }
            if !is_new {
                break;
            }
        }
    }

    /// What every call of a procedure gives it alike, by routine. Procedures that share a name are left out.
    fn given(&self, routines: &[Routine]) -> BTreeMap<usize, Vec<Option<String>>> {
        let mut by_name: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (index, routine) in routines.iter().enumerate() {
            let Some(procedure) = self.procedure(routine).filter(|procedure| !procedure.parameters.is_empty()) else {
                continue;
            };
            let known = by_name.entry(procedure.name.to_lowercase());
            known.and_modify(|known| *known = None).or_insert(Some(index));
        }
        let mut given: BTreeMap<usize, Vec<Option<String>>> = BTreeMap::new();
        for routine in routines {
            let Some(module) = self.modules.get(routine.module) else { continue };
            for used in routine.uses.iter().filter(|used| !used.is_target && !used.arguments.is_empty()) {
                let Some(Some(callee)) = by_name.get(module.code.lexed.lower(used.token)) else { continue };
                match given.get_mut(callee) {
                    None => {
                        given.insert(*callee, used.arguments.clone());
                    }
                    Some(known) => {
                        for (index, known) in known.iter_mut().enumerate() {
                            if used.arguments.get(index) != Some(known) {
                                *known = None;
                            }
                        }
                    }
                }
            }
        }
        given
    }

    /// Every text that was made of pieces, with its module.
    pub(super) fn made(&self) -> impl Iterator<Item = (usize, &Made)> {
        let outside = self.outside.iter().flat_map(|(module, made)| made.iter().map(|made| (*module, made)));
        let inside = self.routines.iter().flat_map(|routine| routine.made.iter().map(|made| (routine.module, made)));
        outside.chain(inside)
    }
}

/// Values of all modules by name; of equal names the first counts.
fn project(own: &[Known]) -> Known {
    let mut project = Known::new();
    for (name, value) in own.iter().flatten() {
        project.entry(name.clone()).or_insert_with(|| value.clone());
    }
    project
}

fn outer<'a>(
    own: Option<&'a Known>,
    project: &'a Known,
    functions: &'a Functions<'a>,
    strings: &'a Strings,
    form: &'a str,
) -> Outer<'a> {
    Outer { module: own.unwrap_or(project), project, functions: Some(functions), strings, form }
}
