//! Macros as JSON. Texts are raw; whoever shows them escapes them.

use serde_json::{Value, json};

use super::gather::{Macros, Program};
use crate::formats::office::vba::{Sort, Why};

/// Everything known of one input's macros.
pub(super) fn value(macros: &Macros) -> Value {
    json!({
        "input": macros.input,
        "programs": macros.programs.iter().map(program).collect::<Vec<_>>(),
        "others": macros
            .others
            .iter()
            .map(|other| json!({ "path": other.path, "name": other.name, "format": other.format, "text": other.text }))
            .collect::<Vec<_>>(),
        "strings": macros
            .strings
            .iter()
            .map(|(path, text)| json!({ "path": path, "text": text }))
            .collect::<Vec<_>>(),
        "not_read": macros.unread,
    })
}

fn program(program: &Program) -> Value {
    let module = |index: usize| program.modules.get(index).map_or("", |module| module.name.as_str());
    let modules: Vec<Value> = program
        .modules
        .iter()
        .enumerate()
        .map(|(index, module)| {
            let marks: Vec<Value> = program
                .review
                .marks
                .iter()
                .filter(|mark| mark.module == index)
                .map(|mark| {
                    let (sort, what) = match mark.why {
                        Why::Starts(kind) => ("starts", Some(kind.as_str())),
                        Why::Does(deed) => ("does", Some(deed.as_str())),
                        Why::Makes => ("makes", None),
                    };
                    json!({ "line": mark.line, "sort": sort, "what": what, "text": mark.text, "reached": mark.is_reached })
                })
                .collect();
            json!({
                "path": module.path,
                "name": module.name,
                "kind": module.sort.map(kind),
                "hidden": module.is_hidden,
                "decoded": module.decoded,
                "source": module.source,
                "marks": marks,
                "pcode": module.pcode,
            })
        })
        .collect();
    let ways: Vec<Value> = program
        .review
        .ways
        .iter()
        .map(|way| {
            let steps: Vec<Value> = way
                .steps
                .iter()
                .map(|step| json!({ "module": module(step.module), "line": step.line, "text": step.text }))
                .collect();
            json!({ "starts": way.start.as_str(), "does": way.does.as_str(), "steps": steps })
        })
        .collect();
    json!({
        "path": program.path,
        "name": program.name,
        "project": program.project.as_ref().map(|project| json!({
            "name": project.name,
            "code_page": project.code_page,
            "locked": project.is_locked,
            "password": project.has_password,
            "tampered": project.is_tampered,
            "references": project
                .references
                .iter()
                .map(|(name, libid)| json!({ "name": name, "libid": libid }))
                .collect::<Vec<_>>(),
        })),
        "modules": modules,
        "ways": ways,
        "cut": program.review.is_cut,
    })
}

fn kind(sort: Sort) -> &'static str {
    match sort {
        Sort::Document => "document",
        Sort::Standard => "standard",
        Sort::Class => "class",
        Sort::Form => "form",
    }
}
