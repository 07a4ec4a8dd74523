//! Strings that a package keeps outside its text, with the names by which macros reach them. They are gathered when
//! somebody asks, not with the view: most documents have no macros.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::OoxmlView;
use super::parser::part_name;
use crate::formats::archive::zip::ZipView;
use crate::formats::office::strings::{MAX_STRINGS, NamedString, StringSource, column_letters};
use crate::formats::office::xml::{Piece, Tag, walk};

/// Bytes read of one part, and of all together.
const MAX_PART: u64 = 16 << 20;
const MAX_TOTAL: usize = 64 << 20;
/// Bytes kept of one string.
const MAX_TEXT: usize = 256 << 10;

impl OoxmlView {
    /// Strings of the package that macros could reach, in the order of its parts: variables, properties, alternative
    /// texts, text boxes, comments, content controls, defined names, cells. At most [`MAX_STRINGS`].
    pub fn strings(&self, bytes: &Bytes, zip: &ZipView) -> Vec<NamedString> {
        let mut all = Strings::default();
        let mut total = 0usize;
        // Cells refer to the shared strings, which may be stored behind them.
        let is_shared = |name: &str| name.ends_with("sharedstrings.xml");
        let (shared, others): (Vec<_>, Vec<_>) = zip
            .entries
            .iter()
            .filter(|entry| !entry.is_encrypted())
            .map(|entry| (part_name(&entry.name.text).to_ascii_lowercase(), entry))
            .filter(|(name, _)| self.is_xml(name) || name.ends_with(".vml"))
            .partition(|(name, _)| is_shared(name));
        all.sheets = self.sheet_names(bytes, zip);
        for (name, entry) in shared.into_iter().chain(others) {
            if total >= MAX_TOTAL || all.found.len() >= MAX_STRINGS {
                break;
            }
            let (data, _) = entry.read(bytes, MAX_PART);
            total = total.saturating_add(data.len());
            all.read(&name, &data);
        }
        all.found
    }
}

impl OoxmlView {
    /// Sheets by the part they lie in, lower case: their names in the workbook, by which macros call them.
    fn sheet_names(&self, bytes: &Bytes, zip: &ZipView) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        let Some(main) = self.main.as_deref().filter(|main| main.ends_with(".xml")) else { return names };
        let Some(entry) = zip.entry_by_name(main).filter(|entry| !entry.is_encrypted()) else { return names };
        let parts: BTreeMap<&str, String> = self
            .relations_of(main)
            .filter(|relation| !relation.is_external)
            .map(|relation| (relation.id.as_str(), relation.resolve().to_ascii_lowercase()))
            .collect();
        let _ = walk(&entry.read(bytes, MAX_PART).0, |piece| {
            if let Piece::Open(tag) = piece
                && tag.is("sheet")
                && let (Some(name), Some(part)) = (tag.get("name"), tag.get("id").and_then(|id| parts.get(id.as_str())))
            {
                names.insert(part.clone(), name);
            }
        });
        names
    }
}

#[derive(Default)]
struct Strings {
    /// Names of sheets by part.
    sheets: BTreeMap<String, String>,
    found: Vec<NamedString>,
    /// The shared strings of a workbook.
    shared: Vec<String>,
    /// The shape, control, property or cell being read.
    open: Option<(StringSource, String, &'static str)>,
    text: String,
    cell_type: String,
    is_text: bool,
    /// Where the next cell is that does not say (ECMA-376-1, 18.3.1.4 and 18.3.1.73: `r` is optional).
    row: u32,
    column: u32,
}

/// What an element's text is kept as: element, source, attribute with the name.
const HOLDERS: [(&str, StringSource, &str); 10] = [
    ("property", StringSource::CustomProperty, "name"),
    ("txbxContent", StringSource::TextBox, ""),
    ("txBody", StringSource::TextBox, ""),
    ("textbox", StringSource::TextBox, ""),
    ("sdt", StringSource::ContentControl, ""),
    ("comment", StringSource::Comment, "id"),
    ("cm", StringSource::Comment, "idx"),
    ("definedName", StringSource::DefinedName, "name"),
    ("si", StringSource::Cell, ""),
    ("c", StringSource::Cell, "r"),
];

impl Strings {
    fn read(&mut self, part: &str, data: &[u8]) {
        let is_properties = part.starts_with("docprops/") && !part.ends_with("custom.xml");
        let is_custom = part.starts_with("customxml/item") && !part.contains("props");
        let is_shared = part.ends_with("sharedstrings.xml");
        let file = part.rsplit('/').next().unwrap_or(part).trim_end_matches(".xml");
        let sheet = self.sheets.get(part).map_or(file, String::as_str).to_owned();
        let mut property = String::new();
        self.open = None;
        (self.row, self.column) = (0, 0);
        // What is damaged ends the part; what came before counts.
        let _ = walk(data, |piece| match piece {
            Piece::Open(tag) if is_properties || is_custom => {
                self.text.clear();
                tag.local().clone_into(&mut property);
            }
            Piece::Close(_) if is_properties || is_custom => {
                let source = if is_custom { StringSource::CustomXml } else { StringSource::BuiltinProperty };
                let text = std::mem::take(&mut self.text);
                self.keep(source, std::mem::take(&mut property), text);
            }
            Piece::Text(text) if is_properties || is_custom => self.add(text),
            Piece::Open(tag) => self.open_tag(&tag),
            Piece::Text(text) if self.is_text => self.add(text),
            Piece::Text(_) => {}
            Piece::Close(name) => self.close(name, is_shared, &sheet),
        });
    }

    fn open_tag(&mut self, tag: &Tag<'_>) {
        let name = tag.local();
        if name == "row" {
            let stated = tag.get("r").and_then(|row| row.parse().ok());
            self.row = stated.unwrap_or(self.row.saturating_add(1));
            self.column = 0;
        }
        match name {
            "docVar" => {
                let variable = tag.get("name").unwrap_or_default();
                self.keep(StringSource::DocumentVariable, variable, tag.get("val").unwrap_or_default());
            }
            "docPr" | "cNvPr" => {
                let shape = tag.get("name").unwrap_or_default();
                for attribute in ["descr", "title"] {
                    if let Some(text) = tag.get(attribute) {
                        self.keep(StringSource::AlternativeText, format!("{shape} {attribute}"), text);
                    }
                }
            }
            "shape" | "rect" | "oval" | "imagedata" => {
                if let Some(text) = tag.get("alt") {
                    self.keep(StringSource::AlternativeText, tag.get("id").unwrap_or_default(), text);
                }
            }
            "tag" | "alias" => {
                if let Some((StringSource::ContentControl, known, _)) = &mut self.open {
                    *known = tag.get("val").unwrap_or_default();
                }
            }
            "t" | "v" | "lpwstr" | "lpstr" | "bstr" | "text" | "definedName" | "font" => self.is_text = true,
            _ => {}
        }
        if let Some((_, source, attribute)) = HOLDERS.iter().find(|(element, ..)| *element == name)
            && self.open.as_ref().is_none_or(|(open, ..)| *open != StringSource::Cell)
        {
            let called = if attribute.is_empty() { String::new() } else { tag.get(attribute).unwrap_or_default() };
            let called = if name == "c" { self.place_of_cell(called) } else { called };
            let element = HOLDERS.iter().find(|(element, ..)| *element == name).map_or("", |(element, ..)| element);
            self.open = Some((*source, called, element));
            self.text.clear();
            self.cell_type = if name == "c" { tag.get("t").unwrap_or_default() } else { String::new() };
        }
    }

    /// The address of a cell: as stated, else behind the one before it.
    fn place_of_cell(&mut self, stated: String) -> String {
        let letters = stated.bytes().take_while(u8::is_ascii_alphabetic).take(3);
        let digit = |letter: u8| u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')).saturating_add(1);
        let column = letters.fold(0u32, |sum, letter| sum.saturating_mul(26).saturating_add(digit(letter)));
        self.column = if column > 0 { column } else { self.column.saturating_add(1) };
        if stated.is_empty() {
            let letters = column_letters(self.column).unwrap_or_default().to_ascii_uppercase();
            return format!("{letters}{}", self.row);
        }
        stated
    }

    fn close(&mut self, name: &str, is_shared: bool, sheet: &str) {
        if matches!(name, "t" | "v" | "lpwstr" | "lpstr" | "bstr" | "text" | "definedName" | "font") {
            self.is_text = false;
        }
        let Some((source, called, _)) = self.open.take_if(|(.., element)| *element == name) else { return };
        let text = std::mem::take(&mut self.text);
        match source {
            StringSource::Cell if is_shared => {
                if self.shared.len() < MAX_STRINGS.saturating_mul(10) {
                    self.shared.push(text);
                }
            }
            StringSource::Cell => {
                let value = match self.cell_type.as_str() {
                    "s" => text.trim().parse().ok().and_then(|index: usize| self.shared.get(index).cloned()),
                    _ => Some(text),
                };
                self.keep(source, format!("{sheet}!{called}"), value.unwrap_or_default());
            }
            _ => self.keep(source, called, text),
        }
    }

    fn add(&mut self, text: &str) {
        if self.text.len() < MAX_TEXT {
            self.text.push_str(text);
        }
    }

    fn keep(&mut self, source: StringSource, name: String, value: String) {
        if !value.trim().is_empty() && self.found.len() < MAX_STRINGS {
            self.found.push(NamedString { source, name, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::ooxml::Package;

    use super::*;
    use crate::model::View;

    fn strings(package: &Package) -> BTreeMap<(StringSource, String), String> {
        let bytes: Bytes = package.build().into();
        let (view, zip) = (OoxmlView::parse(&bytes).unwrap(), ZipView::parse(&bytes).unwrap());
        view.strings(&bytes, &zip).into_iter().map(|found| ((found.source, found.name), found.value)).collect()
    }

    fn get(all: &BTreeMap<(StringSource, String), String>, source: StringSource, name: &str) -> String {
        all.get(&(source, name.to_owned())).cloned().unwrap_or_default()
    }

    #[test]
    fn strings_of_documents_have_their_names() {
        let all = strings(
            &Package::docx("t")
                .part("word/settings.xml", "", "<w:settings><w:docVars><w:docVar w:name='a' w:val='x&#49;'/></w:docVars></w:settings>")
                .part("docProps/custom.xml", "", "<Properties><property name='p'><vt:lpwstr>q</vt:lpwstr></property></Properties>")
                .part(
                    "word/header1.xml",
                    "",
                    "<w:hdr><wp:docPr name='Pic' descr='alt'/><w:txbxContent><w:p><w:t>in </w:t><w:t>box</w:t></w:p></w:txbxContent>\
                     <w:sdt><w:sdtPr><w:tag w:val='c'/></w:sdtPr><w:sdtContent><w:t>held</w:t></w:sdtContent></w:sdt></w:hdr>",
                )
                .part("word/comments.xml", "", "<w:comments><w:comment w:id='3'><w:t>note</w:t></w:comment></w:comments>"),
        );
        assert_eq!(get(&all, StringSource::DocumentVariable, "a"), "x1");
        assert_eq!(get(&all, StringSource::CustomProperty, "p"), "q");
        assert_eq!(get(&all, StringSource::BuiltinProperty, "creator"), "山田太郎");
        assert_eq!(get(&all, StringSource::AlternativeText, "Pic descr"), "alt");
        assert_eq!(get(&all, StringSource::TextBox, ""), "in box");
        assert_eq!(get(&all, StringSource::ContentControl, "c"), "held");
        assert_eq!(get(&all, StringSource::Comment, "3"), "note");
    }

    #[test]
    fn cells_are_named_by_sheet_and_place() {
        let sheet = "<worksheet><row><c r='A1' t='s'><v>1</v></c><c r='B1' t='inlineStr'><is><t>in</t></is></c>\
                     <c r='C1'><f>SUM(1)</f><v>1</v></c><c><v>7</v></c></row>\
                     <row><c><v>8</v></c></row></worksheet>";
        let all = strings(
            &Package::xlsx("")
                .part("xl/worksheets/sheet1.xml", "", sheet)
                .part(
                    "xl/sharedStrings.xml",
                    "",
                    "<sst><si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r></si></sst>",
                )
                .part(
                    "xl/workbook.xml",
                    "",
                    "<workbook><sheets><sheet name='表' r:id='rId1'/></sheets><definedNames><definedName name='n'>\"d\"</definedName></definedNames></workbook>",
                ),
        );
        assert_eq!(get(&all, StringSource::Cell, "表!A1"), "one");
        assert_eq!(get(&all, StringSource::Cell, "表!B1"), "in");
        // Cells that do not say where they are stand behind the one before.
        assert_eq!(get(&all, StringSource::Cell, "表!D1"), "7");
        assert_eq!(get(&all, StringSource::Cell, "表!A2"), "8");
        assert_eq!(get(&all, StringSource::Cell, "表!C1"), "1");
        assert_eq!(get(&all, StringSource::DefinedName, "n"), "\"d\"");
    }
}
