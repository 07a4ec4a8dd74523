//! VBA: projects inside compound files (MS-OVBA), and macro source as text. Projects are found in the streams that
//! `office/ole` reads; their modules become children. Nothing is run here.
//!
//! `decompress` `dir` `project` `codepage` the on-disk tables; `storage` where projects lie; `modules` one project;
//! `tables` what its tables have against each other; `unpack` its children; `forms` the user forms beside it; `pcode`
//! compiled code, `stomping` what is said where it is not what the source says. `lexer` `syntax` source to procedures;
//! `folding` `functions` `operators` `value` what is known without running them, `running` what loops and functions make
//! of values; `program` all modules together; `abilities` what they do, `reach` who calls whom, `disguise` how they hide,
//! `memory` `settings` `gates` `side_effects` what else they mean to do; `judge` what is said of it, `analyze` the same
//! for lone source, `basic` for modules of other programs. Findings are declared where they are raised.

mod abilities;
mod analyze;
mod basic;
mod codepage;
mod decompress;
mod dir;
mod disguise;
mod folding;
pub mod forms;
mod functions;
mod gates;
mod judge;
mod lexer;
mod memory;
mod modules;
mod operators;
pub mod pcode;
mod program;
mod project;
mod reach;
mod review;
mod running;
mod settings;
mod side_effects;
mod stomping;
mod storage;
mod syntax;
mod tables;
mod unpack;
mod value;

pub(crate) use basic::{BasicModule, judge_basic, kinds as basic_kinds};
pub use codepage::CodePage;
pub use dir::Reference;
pub use modules::{Standing, VbaModule, VbaProject};
pub use project::{Listing, Sort};
pub use review::{Mark, Review, Source as ReviewSource, Step, Way, Why, review};
pub use storage::projects;

pub use unpack::{MODULE_ORIGIN, ProjectUnpacker};

use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference as Source};

/// VBA source text.
pub const VBA: FormatId = FormatId("vba");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: VBA,
    title: "VBA module",
    family: Family::Office,
    extensions: &["bas", "cls", "frm", "vba", "txt"],
    media_types: &["text/plain", "text/x-vba", "application/octet-stream"],
    magic: &[],
    probe: Probe::Text(is_vba),
    reading: Reading::Full,
    references: &[
        Source {
            title: "MS-OVBA, Office VBA File Format Structure",
            url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-ovba/",
        },
        Source {
            title: "MS-VBAL, VBA Language Specification",
            url: "https://learn.microsoft.com/en-us/openspecs/microsoft_general_purpose_programming_languages/ms-vbal/",
        },
    ],
    limitations: &[
        "Of code only loops and functions that need nothing but values are run, up to a limit of steps; values that depend on \
         cells, forms, files or objects are not known.",
        "Compiled code (p-code) of VBA 3 (Excel 95) is not disassembled, nor the caches of running projects (__SRP_).",
        "Strings of user forms are given as text and searched; code that reads them is not followed into them.",
    ],
    unpacker: None,
    analyzers: &[&analyze::SourceAnalyzer],
};

/// Whether text is VBA source: a module as hosts store and export it, or text that starts like one and has procedures.
fn is_vba(artifact: &Artifact) -> bool {
    let Ok(view) = artifact.view::<TextView>() else { return false };
    unpack::is_module(artifact) || looks_like_vba(&view.text)
}

/// Whether a stream holds the compressed source of a module.
pub(crate) fn has_source(stream: &[u8]) -> bool {
    decompress::find_source(stream, 0).is_some()
}

/// Bytes of text looked at.
const HEAD: usize = 64 << 10;

fn looks_like_vba(text: &str) -> bool {
    const OPENING: [&str; 11] =
        ["option", "sub", "function", "public", "private", "dim", "const", "declare", "global", "#if", "rem"];
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('\''));
    let Some(first) = lines.next() else { return false };
    let first = first.to_ascii_lowercase();
    if first.starts_with("attribute vb_") {
        return true;
    }
    let first_word = first.split(|c: char| !c.is_alphanumeric() && c != '#').next().unwrap_or_default();
    let is_exported = first.starts_with("version ");
    // Most texts end here, before all of the head is looked at.
    if !is_exported && !OPENING.contains(&first_word) {
        return false;
    }
    let lower = head.to_ascii_lowercase();
    if is_exported {
        return lower.contains("\nattribute vb_");
    }
    // VBScript has the same procedures, but no types.
    const TYPED: [&str; 7] =
        [" as string", " as long", " as integer", " as object", " as variant", " as boolean", " ptrsafe "];
    let has_procedure = ["sub", "function"]
        .iter()
        .any(|word| lower.lines().any(|line| line.trim_start().starts_with(&format!("end {word}"))));
    let is_typed = TYPED.iter().any(|word| lower.contains(word));
    let is_event = || lower.lines().any(starts_automatically);
    has_procedure && (is_typed || is_event())
}

/// Whether a line declares a procedure that a host runs by itself.
fn starts_automatically(line: &str) -> bool {
    let Some((_, rest)) = line.split_once("sub ") else { return false };
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    crate::knowledge::vba::triggers().kind(name).is_some_and(crate::knowledge::vba::TriggerKind::is_automatic)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod intent_tests;
