//! Workbooks: macro sheets, names that run them, and DDE links (ECMA-376-1, 18.2, 18.14; MS-XLSB).

use std::collections::BTreeMap;

use super::OoxmlView;
use super::macrosheets::{self, shared_strings, unescaped};
use super::parts::{Part, parts};
use crate::formats::fields::u16_at;
use crate::formats::office::biff::xlsb;
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::xlm::parse::{Style, parse};
use crate::formats::office::xlm::program::{Name, Program, SheetKind};
use crate::formats::office::xlm::{self, Visibility};
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Artifact, FindingKind, Location, Problem};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Sheets;

impl Analyzer for Sheets {
    fn findings(&self) -> Kinds {
        static KINDS: std::sync::LazyLock<Vec<&'static FindingKind>> =
            std::sync::LazyLock::new(|| xlm::KINDS.iter().copied().chain([DDE_LINK]).collect());
        &KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let Some(main) = view.main.clone().filter(|main| main.to_ascii_lowercase().starts_with("xl/")) else {
            return Ok(());
        };
        let listed = sheet_parts(&view, &main);
        if listed.iter().any(|sheet| sheet.is_macro) {
            let program = read_macros(artifact, &view, &main, &listed, out)?;
            xlm::say(&program, out)?;
        }
        for part in parts(artifact, out, |name| name.contains("/externallinks/") && !name.ends_with(".rels"))? {
            let mut links = binary_links(&part);
            let _ = walk(&part.data, |piece| {
                if let Piece::Open(tag) = piece
                    && tag.is("ddeLink")
                {
                    links.push((tag.get("ddeService").unwrap_or_default(), tag.get("ddeTopic").unwrap_or_default()));
                }
            });
            for (service, topic) in links {
                say_dde(out, DdeHost::Excel, &service, &topic, Location::part(format!("part {}", part.name)));
            }
        }
        Ok(())
    }
}

/// A part that holds a sheet.
struct SheetPart {
    name: String,
    relation: String,
    is_macro: bool,
}

/// Sheets of a workbook's relationships. That a sheet holds macros is said by its relationship, its folder or its content
/// type, and Excel has believed each of them.
fn sheet_parts(view: &OoxmlView, main: &str) -> Vec<SheetPart> {
    let mut found = Vec::new();
    for relation in view.relations_of(main).filter(|relation| !relation.is_external) {
        let name = relation.resolve();
        let kind = relation.short_kind();
        let is_macro = matches!(kind.as_str(), "xlmacrosheet" | "xlintlmacrosheet")
            || name.to_ascii_lowercase().contains("/macrosheets/")
            || view.content_type(&name).is_some_and(|kind| kind.to_ascii_lowercase().contains("macrosheet"));
        if is_macro || matches!(kind.as_str(), "worksheet" | "dialogsheet") {
            found.push(SheetPart { name, relation: relation.id.clone(), is_macro });
        }
    }
    found
}

/// Reads the macros of a workbook, and the values of its worksheets, which macros are made of.
fn read_macros(
    artifact: &Artifact,
    view: &OoxmlView,
    main: &str,
    listed: &[SheetPart],
    out: &mut Outcome<'_>,
) -> Result<Program, StageError> {
    let strings = view.relations_of(main).find(|relation| relation.short_kind() == "sharedstrings");
    let strings = strings.map(|relation| relation.resolve().to_ascii_lowercase());
    let wanted = |name: &str| {
        name.eq_ignore_ascii_case(main)
            || strings.as_deref() == Some(name)
            || listed.iter().any(|sheet| sheet.name.eq_ignore_ascii_case(name))
    };
    let parts = parts(artifact, out, wanted)?;
    let books: Vec<&Part> = parts.iter().filter(|part| part.name.eq_ignore_ascii_case(main)).collect();
    let strings = parts.iter().find(|part| Some(part.name.to_ascii_lowercase()) == strings);
    let mut program = Program::default();
    let mut sheets = BTreeMap::new();
    let mut binary = None;
    for book in books {
        if is_binary(&book.name) {
            let read = xlsb::workbook(&book.data);
            for sheet in &read.sheets {
                sheets.entry(sheet.relation.clone()).or_insert((sheet.name.clone(), sheet.visibility));
            }
            binary = Some(read);
        } else {
            read_xml(book, &mut sheets, &mut program);
        }
    }
    let mut binary_parts = Vec::new();
    let texts =
        strings.filter(|part| !is_binary(&part.name)).map(|part| shared_strings(&part.data)).unwrap_or_default();
    for sheet in listed {
        // A sheet that the workbook does not list cannot be seen either.
        let known = sheets.get(&sheet.relation).cloned();
        let (name, visibility) = known.unwrap_or_else(|| (sheet.name.clone(), Visibility::VeryHidden));
        let kind = if sheet.is_macro { SheetKind::Macro } else { SheetKind::Work };
        let place = Location::part(format!("part {}", sheet.name));
        let index = program.sheet(&name, kind, visibility, place.clone());
        let mut found = parts.iter().filter(|part| part.name.eq_ignore_ascii_case(&sheet.name)).peekable();
        if found.peek().is_none() && sheet.is_macro {
            program.problem(Problem::damaged("the part of a macro sheet is missing or cannot be read", place.clone()));
        }
        for part in found {
            if is_binary(&part.name) {
                let place = place.clone();
                let reads_formulas = sheet.is_macro;
                binary_parts.push(xlsb::SheetPart { data: &part.data, sheet: index, place, reads_formulas });
            } else {
                let place = place.clone();
                let reads_formulas = sheet.is_macro;
                let part = macrosheets::SheetPart { data: &part.data, sheet: index, place, reads_formulas };
                macrosheets::read_sheet(&part, &texts, &mut program);
            }
        }
    }
    if let Some(book) = binary {
        xlsb::read(book, strings.map(|part| part.data.as_ref()), &binary_parts, &mut program);
    }
    Ok(program)
}

fn is_binary(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".bin")
}

/// Sheets and links kept.
const MAX_KEPT: usize = 10_000;

/// `sheet` and `definedName`, ECMA-376-1, 18.2.19 and 18.2.5.
fn read_xml(part: &Part, sheets: &mut BTreeMap<String, (String, Visibility)>, program: &mut Program) {
    let mut open: Option<(String, bool, String)> = None;
    let _ = walk(&part.data, |piece| match piece {
        Piece::Open(tag) if tag.is("sheet") && sheets.len() < MAX_KEPT => {
            let visibility = match tag.get("state").as_deref() {
                None | Some("visible") => Visibility::Visible,
                Some("hidden") => Visibility::Hidden,
                Some(_) => Visibility::VeryHidden,
            };
            let name = tag.get("name").unwrap_or_default();
            sheets.entry(tag.get("id").unwrap_or_default()).or_insert((name, visibility));
        }
        Piece::Open(tag) if tag.is("definedName") => {
            let is_hidden = tag.get("hidden").is_some_and(|hidden| hidden == "1" || hidden == "true");
            open = tag.get("name").map(|name| (unescaped(&name), is_hidden, String::new()));
        }
        Piece::Text(text) => {
            if let Some((_, _, formula)) = &mut open {
                formula.push_str(text);
            }
        }
        Piece::Close("definedName") => {
            if let Some((name, is_hidden, formula)) = open.take() {
                let formula = parse(formula.trim().trim_start_matches('='), Style::A1).ok();
                program.name(Name { name, is_hidden, formula });
            }
        }
        _ => {}
    });
}

/// BrtBeginSupBook, MS-XLSB 2.4.201: kind 1 is DDE, with its service and topic.
fn binary_links(part: &Part) -> Vec<(String, String)> {
    const BEGIN_SUP_BOOK: u32 = 360;
    const DDE: u16 = 1;
    let mut links = Vec::new();
    if part.name.to_ascii_lowercase().ends_with(".bin") {
        xlsb::records(&part.data, |kind, body| {
            if kind == BEGIN_SUP_BOOK && u16_at(body, 0) == Some(DDE) && links.len() < MAX_KEPT {
                let mut from = 2usize;
                let service = xlsb::wide_string(body, &mut from).unwrap_or_default();
                links.push((service, xlsb::wide_string(body, &mut from).unwrap_or_default()));
            }
        });
    }
    links
}
