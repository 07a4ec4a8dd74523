//! Strings that a document keeps outside its text and its macros, each with the name a macro would reach it by: a
//! payload cut into document variables, captions and cells is put together by code that is nothing but references to
//! them. Whatever reads such strings gives them as [`NamedString`]; who follows a macro looks them up here.

/// Strings kept of one document.
pub const MAX_STRINGS: usize = 10_000;

/// Where a string lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StringSource {
    /// `ActiveDocument.Variables`: `w:docVar`, MS-DOC StwUser.
    DocumentVariable,
    /// `BuiltInDocumentProperties`.
    BuiltinProperty,
    /// `CustomDocumentProperties`.
    CustomProperty,
    /// `AlternativeText`, `Title` and `Name` of a shape.
    AlternativeText,
    /// Text in a shape or text box.
    TextBox,
    /// A comment or note.
    Comment,
    /// A content control or bookmark.
    ContentControl,
    /// A cell of a worksheet.
    Cell,
    /// A defined name.
    DefinedName,
    /// A property of a control on a form (MS-OFORMS) or in a document.
    Control,
    /// A custom XML part.
    CustomXml,
}

impl StringSource {
    /// Lower-case words, as shown in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            StringSource::DocumentVariable => "document variable",
            StringSource::BuiltinProperty => "property",
            StringSource::CustomProperty => "custom property",
            StringSource::AlternativeText => "alternative text",
            StringSource::TextBox => "text box",
            StringSource::Comment => "comment",
            StringSource::ContentControl => "content control",
            StringSource::Cell => "cell",
            StringSource::DefinedName => "defined name",
            StringSource::Control => "control",
            StringSource::CustomXml => "custom XML",
        }
    }
}

/// A string with the name a macro reaches it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedString {
    /// Where it lies.
    pub source: StringSource,
    /// Its name there: `Variables("x")`, `UserForm1.Label1.Tag`, `Sheet1!A1`.
    pub name: String,
    /// Its text.
    pub value: String,
}

/// Bytes of texts handed to the reader of macros.
const MAX_HANDED: usize = 1 << 20;

/// Strings by the key that [`key_in_code`] gives for the expressions that reach them. Of cells of one address, the first
/// sheet's is also found without the sheet.
pub fn names_in_code(strings: Vec<NamedString>) -> impl Iterator<Item = (String, String)> {
    let mut left = MAX_HANDED;
    let mut bare = std::collections::BTreeMap::new();
    let mut named = Vec::new();
    for NamedString { source, name, value } in strings {
        let Some(rest) = left.checked_sub(value.len()) else { break };
        left = rest;
        let name = name.to_lowercase();
        let kind = match source {
            StringSource::DocumentVariable => "variable",
            StringSource::CustomProperty => "custom property",
            StringSource::BuiltinProperty => "property",
            StringSource::AlternativeText => "alternative text",
            StringSource::Cell => {
                if let Some((_, address)) = name.rsplit_once('!') {
                    bare.entry(format!("cell {address}")).or_insert_with(|| value.clone());
                }
                "cell"
            }
            StringSource::TextBox
            | StringSource::Comment
            | StringSource::ContentControl
            | StringSource::DefinedName
            | StringSource::Control
            | StringSource::CustomXml => continue,
        };
        named.push((format!("{kind} {name}"), value));
    }
    named.into_iter().chain(bare)
}

/// The key of what an expression of VBA reaches: `ActiveDocument.Variables("x").Value`, `Sheets("a").Range("B1")`,
/// `Cells(1, 2)`. The expression is spelled without blanks, in lower case.
pub fn key_in_code(expression: &str) -> Option<String> {
    let bare = [".value2", ".value", ".text", ".alternativetext", ".formula"]
        .iter()
        .find_map(|property| expression.strip_suffix(property))
        .unwrap_or(expression);
    let (before, argument) = bare.strip_suffix(')')?.rsplit_once('(')?;
    let collection = before.rsplit('.').next().unwrap_or(before);
    let text = argument.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let kind = match collection {
        "variables" => "variable",
        "customdocumentproperties" => "custom property",
        "builtindocumentproperties" => "property",
        "shapes" => "alternative text",
        "range" => return Some(cell(before, &text?.replace('$', ""))),
        "cells" => {
            let (row, column) = argument.split_once(',')?;
            return Some(cell(
                before,
                &format!(
                    "{}{}",
                    column_letters(column.parse().ok()?)?,
                    row.parse::<u32>().ok().filter(|row| *row > 0)?
                ),
            ));
        }
        _ => return None,
    };
    Some(format!("{kind} {}", text?))
}

/// A cell, of the sheet named before it if one is.
fn cell(before: &str, address: &str) -> String {
    let sheet = before
        .rsplit_once("sheets(\"")
        .and_then(|(_, rest)| rest.split_once("\")"))
        .map(|(sheet, _)| format!("{sheet}!"))
        .unwrap_or_default();
    format!("cell {sheet}{address}")
}

/// A column's letters; 1 is `a`, 16,384 the last.
pub(crate) fn column_letters(column: u32) -> Option<String> {
    const LAST: u32 = 16_384;
    let mut left = Some(column).filter(|column| (1..=LAST).contains(column))?;
    let mut letters = Vec::new();
    while left > 0 {
        left = left.saturating_sub(1);
        letters.push(char::from(b'a'.saturating_add(u8::try_from(left % 26).unwrap_or_default())));
        left /= 26;
    }
    Some(letters.into_iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_lead_to_what_they_reach() {
        for (expression, key) in [
            ("activedocument.variables(\"page\").value", "variable page"),
            ("thisworkbook.customdocumentproperties(\"k\")", "custom property k"),
            ("activedocument.builtindocumentproperties(\"comments\").value", "property comments"),
            ("sheets(\"data\").range(\"$b$1\").value2", "cell data!b1"),
            ("thisworkbook.worksheets(\"data\").cells(3,28).text", "cell data!ab3"),
            ("range(\"a1\")", "cell a1"),
            ("activesheet.shapes(\"logo\").alternativetext", "alternative text logo"),
        ] {
            assert_eq!(key_in_code(expression).as_deref(), Some(key), "{expression}");
        }
        for expression in ["variables(name)", "range(a1)", "cells(0,1)", "cells(1,99999)", "f(\"x\")", "a.b", ")", "("]
        {
            assert_eq!(key_in_code(expression), None, "{expression}");
        }
    }

    #[test]
    fn the_first_sheet_is_found_without_its_name() {
        let of = |name: &str, value: &str| NamedString {
            source: StringSource::Cell,
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let all: Vec<(String, String)> = names_in_code(vec![of("One!A1", "x"), of("Two!A1", "y")]).collect();
        let expected = [("cell one!a1", "x"), ("cell two!a1", "y"), ("cell a1", "x")];
        assert_eq!(all, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
