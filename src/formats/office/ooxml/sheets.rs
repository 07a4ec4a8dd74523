//! Workbooks: macro sheets, names that run them, and DDE links (ECMA-376-1, 18.2, 18.14; MS-XLSB). Formulas are not read.

use std::collections::BTreeMap;

use super::OoxmlView;
use super::parts::{Part, parts};
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::xlm::{self, Visibility, is_auto_name, say_auto_open, say_macro_sheet};
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Sheets;

impl Analyzer for Sheets {
    fn findings(&self) -> Kinds {
        &[xlm::XLM_MACRO_SHEET, xlm::XLM_HIDDEN_SHEET, xlm::XLM_AUTO_OPEN, DDE_LINK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let Some(main) = view.main.clone().filter(|main| main.to_ascii_lowercase().starts_with("xl/")) else {
            return Ok(());
        };
        let workbook = parts(artifact, out, |name| name.eq_ignore_ascii_case(&main))?;
        let book = workbook.iter().map(read_workbook).fold(Workbook::default(), Workbook::with);
        let by_relation: BTreeMap<&str, &Sheet> =
            book.sheets.iter().rev().map(|sheet| (sheet.relation.as_str(), sheet)).collect();
        let mut has_macros = false;
        for relation in view.relations_of(&main).filter(|relation| !relation.is_external) {
            let part = relation.resolve();
            let is_macro = matches!(relation.short_kind().as_str(), "xlmacrosheet" | "xlintlmacrosheet")
                || part.to_ascii_lowercase().contains("/macrosheets/")
                || view.content_type(&part).is_some_and(|kind| kind.to_ascii_lowercase().contains("macrosheet"));
            if !is_macro {
                continue;
            }
            has_macros = true;
            let sheet = by_relation.get(relation.id.as_str());
            let name = sheet.map_or(part.as_str(), |sheet| sheet.name.as_str());
            // A sheet that the workbook does not list cannot be seen either.
            let visibility = sheet.map_or(Visibility::VeryHidden, |sheet| sheet.visibility);
            say_macro_sheet(out, name, visibility, Location::part(format!("part {part}")));
        }
        for name in book.names.iter().filter(|name| has_macros && is_auto_name(name)) {
            say_auto_open(out, name, Location::part(format!("part {main}")));
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

struct Sheet {
    name: String,
    relation: String,
    visibility: Visibility,
}

#[derive(Default)]
struct Workbook {
    sheets: Vec<Sheet>,
    names: Vec<String>,
}

/// Sheets and names kept.
const MAX_KEPT: usize = 10_000;

impl Workbook {
    fn with(mut self, other: Workbook) -> Self {
        self.sheets.extend(other.sheets);
        self.names.extend(other.names);
        self
    }
}

fn read_workbook(part: &Part) -> Workbook {
    if part.name.to_ascii_lowercase().ends_with(".bin") { read_binary(&part.data) } else { read_xml(&part.data) }
}

/// `sheet` and `definedName`, ECMA-376-1, 18.2.19 and 18.2.5.
fn read_xml(data: &[u8]) -> Workbook {
    let mut book = Workbook::default();
    let _ = walk(data, |piece| {
        let Piece::Open(tag) = piece else { return };
        if tag.is("sheet") && book.sheets.len() < MAX_KEPT {
            book.sheets.push(Sheet {
                name: tag.get("name").unwrap_or_default(),
                relation: tag.get("id").unwrap_or_default(),
                visibility: match tag.get("state").as_deref() {
                    None | Some("visible") => Visibility::Visible,
                    Some("hidden") => Visibility::Hidden,
                    Some(_) => Visibility::VeryHidden,
                },
            });
        } else if tag.is("definedName") && book.names.len() < MAX_KEPT {
            book.names.extend(tag.get("name"));
        }
    });
    book
}

/// BrtBeginSupBook, MS-XLSB 2.4.201: kind 1 is DDE, with its service and topic.
fn binary_links(part: &Part) -> Vec<(String, String)> {
    const BEGIN_SUP_BOOK: u32 = 360;
    const DDE: u16 = 1;
    let mut links = Vec::new();
    if part.name.to_ascii_lowercase().ends_with(".bin") {
        records(&part.data, |kind, body| {
            if kind == BEGIN_SUP_BOOK && u16_at(body, 0) == Some(DDE) && links.len() < MAX_KEPT {
                let mut from = 2usize;
                let service = wide(body, &mut from).unwrap_or_default();
                links.push((service, wide(body, &mut from).unwrap_or_default()));
            }
        });
    }
    links
}

/// Records of `workbook.bin`, MS-XLSB 2.1.4: type and size as variable-length numbers. BrtBundleSh (2.4.311) lists a
/// sheet, BrtName (2.4.712) a name.
fn read_binary(data: &[u8]) -> Workbook {
    const BUNDLE_SHEET: u32 = 156;
    const NAME: u32 = 39;
    let mut book = Workbook::default();
    records(data, |kind, body| {
        if kind == BUNDLE_SHEET && book.sheets.len() < MAX_KEPT {
            let mut from = 8usize;
            let relation = wide(body, &mut from).unwrap_or_default();
            let name = wide(body, &mut from).unwrap_or_default();
            let visibility = match u32_at(body, 0) {
                Some(0) => Visibility::Visible,
                Some(1) => Visibility::Hidden,
                _ => Visibility::VeryHidden,
            };
            book.sheets.push(Sheet { name, relation, visibility });
        } else if kind == NAME && book.names.len() < MAX_KEPT {
            book.names.extend(wide(body, &mut 9usize));
        }
    });
    book
}

/// Visits each record: its type and body.
fn records(data: &[u8], mut visit: impl FnMut(u32, &[u8])) {
    let mut at = 0usize;
    while let (Some(kind), Some(size)) = (number(data, &mut at, 2), number(data, &mut at, 4)) {
        let end = at.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(data.len());
        visit(kind, data.get(at..end).unwrap_or_default());
        at = end;
    }
}

/// Seven bits a byte, the lowest first.
fn number(data: &[u8], at: &mut usize, max_bytes: u32) -> Option<u32> {
    let mut value = 0u32;
    for step in 0..max_bytes {
        let byte = *data.get(*at)?;
        *at = at.saturating_add(1);
        value |= u32::from(byte & 0x7F) << step.saturating_mul(7);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

/// XLWideString, MS-XLSB 2.5.169.
fn wide(body: &[u8], at: &mut usize) -> Option<String> {
    let count = usize::try_from(u32_at(body, *at)?).ok()?;
    let start = at.checked_add(4)?;
    if count == 0xFFFF_FFFF {
        *at = start;
        return Some(String::new());
    }
    let end = start.checked_add(count.checked_mul(2)?)?;
    let text = encoding_rs::UTF_16LE.decode_without_bom_handling(body.get(start..end)?).0.into_owned();
    *at = end;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sheets_of_binary_workbooks() {
        let wide = |text: &str| {
            let units: Vec<u16> = text.encode_utf16().collect();
            [(units.len() as u32).to_le_bytes().to_vec(), units.iter().flat_map(|unit| unit.to_le_bytes()).collect()]
                .concat()
        };
        let body = [vec![2, 0, 0, 0, 1, 0, 0, 0], wide("rId3"), wide("Macro1")].concat();
        let name = [vec![0; 9], wide("Auto_Open")].concat();
        let data = [vec![0x9C, 0x01, body.len() as u8], body, vec![39, name.len() as u8], name].concat();
        let book = read_binary(&data);
        assert_eq!(book.sheets[0].name, "Macro1");
        assert_eq!(book.sheets[0].relation, "rId3");
        assert_eq!(book.sheets[0].visibility, Visibility::VeryHidden);
        assert_eq!(book.names, ["Auto_Open"]);
    }
}
