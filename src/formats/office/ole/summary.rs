//! Property sets: author, title, template, and the properties a person adds (MS-OLEPS). Text is read in the code page of
//! its section.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16LE, WINDOWS_1252};

use super::OleView;
use crate::formats::fields::{clsid_at, u16_at, u32_at};
use crate::formats::office::strings::{NamedString, StringSource};
use crate::stage::Outcome;

/// Its id, the fact it becomes, if one, and the name a macro uses.
type Property = (u32, Option<&'static str>, &'static str);

/// Properties of `\u{5}SummaryInformation`, MS-OLEPS 3.1.2.
const SUMMARY: [Property; 9] = [
    (2, Some("title"), "Title"),
    (3, Some("subject"), "Subject"),
    (4, Some("author"), "Author"),
    (5, None, "Keywords"),
    (6, None, "Comments"),
    (7, Some("template"), "Template"),
    (8, Some("last-author"), "Last Author"),
    (9, None, "Revision Number"),
    (18, Some("application"), "Application Name"),
];
/// Properties of `\u{5}DocumentSummaryInformation`, MS-OSHARED 2.3.3.2.
const DOCUMENT: [Property; 7] = [
    (2, None, "Category"),
    (3, None, "Format"),
    (14, Some("manager"), "Manager"),
    (15, Some("company"), "Company"),
    (26, None, "Content type"),
    (27, None, "Content status"),
    (28, None, "Language"),
];
const SETS: [(&str, &[Property]); 2] =
    [("\u{5}SummaryInformation", &SUMMARY), ("\u{5}DocumentSummaryInformation", &DOCUMENT)];
/// FMTID_UserDefinedProperties, MS-OSHARED 2.3.3.2.3, as stored.
const USER_DEFINED: [u8; 16] =
    [0x05, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE];

/// Properties per section; writers have some twenty, and people add some more.
const MAX_PROPERTIES: u32 = 4_096;
/// Bytes of a value that becomes a fact, which is cut anyway.
const MAX_FACT: usize = 4 << 10;
/// Bytes of a value that macros may take to pieces.
const MAX_VALUE: usize = 1 << 20;

/// Says what the document says about itself.
pub(super) fn say_summary(view: &OleView, out: &mut Outcome<'_>) {
    for (stream, keys) in SETS {
        let Some(bytes) = view.stream(stream) else { continue };
        let Some(section) = sections(&bytes).next().map(|(_, section)| section) else { continue };
        if let Some(code_page) = section.code_page {
            out.fact("codepage", code_page.to_string());
        }
        for (id, fact, _) in keys {
            let Some(fact) = fact else { continue };
            let text = section.property(*id).and_then(|value| section.text(value, MAX_FACT));
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                out.fact(fact, text);
            }
        }
    }
}

/// The properties as macros reach them: `BuiltInDocumentProperties("Comments")`, `CustomDocumentProperties("x")`.
pub(super) fn properties(view: &OleView) -> Vec<NamedString> {
    let mut found = Vec::new();
    for (stream, keys) in SETS {
        let Some(bytes) = view.stream(stream) else { continue };
        for (index, (format, section)) in sections(&bytes).enumerate() {
            if format == USER_DEFINED {
                found.extend(section.custom());
            } else if index == 0 {
                let value = |id| section.property(id).and_then(|value| section.text(value, MAX_VALUE));
                found.extend(keys.iter().filter_map(|(id, _, name)| {
                    let source = StringSource::BuiltinProperty;
                    Some(NamedString { source, name: (*name).to_owned(), value: value(*id)? })
                }));
            }
        }
    }
    found.retain(|property| !property.value.is_empty());
    found
}

/// A section of a property set, with the code page of its text.
struct Section<'a> {
    bytes: &'a [u8],
    code_page: Option<u16>,
}

/// PropertySetStream, MS-OLEPS 2.21: two sections at most, each behind the id of its format.
fn sections(stream: &[u8]) -> impl Iterator<Item = ([u8; 16], Section<'_>)> {
    [28usize, 48].into_iter().take(if u32_at(stream, 24) == Some(1) { 1 } else { 2 }).filter_map(|at| {
        let start = usize::try_from(u32_at(stream, at.checked_add(16)?)?).ok()?;
        let bytes = stream.get(start..)?;
        let mut section = Section { bytes, code_page: None };
        section.code_page = section.property(1).and_then(|value| u16_at(value, 4));
        Some((clsid_at(stream, at)?, section))
    })
}

impl<'a> Section<'a> {
    /// Id and offset of every property, 2.20.
    fn rows(&self) -> impl Iterator<Item = (u32, usize)> + 'a {
        let bytes = self.bytes;
        let count = u32_at(bytes, 4).unwrap_or_default().min(MAX_PROPERTIES);
        (0..count).map_while(move |row| {
            let at = usize::try_from(row).ok()?.checked_mul(8)?.checked_add(8)?;
            Some((u32_at(bytes, at)?, usize::try_from(u32_at(bytes, at.checked_add(4)?)?).ok()?))
        })
    }

    /// The typed value of a property.
    fn property(&self, wanted: u32) -> Option<&'a [u8]> {
        let (_, start) = self.rows().find(|(id, _)| *id == wanted)?;
        self.bytes.get(start..)
    }

    /// A value as text: VT_LPSTR in the code page, VT_LPWSTR, and small numbers (2.15).
    fn text(&self, value: &[u8], most: usize) -> Option<String> {
        let size = usize::try_from(u32_at(value, 4)?).ok()?;
        let (size, encoding) = match u16_at(value, 0)? {
            0x1E => (size, encoding(self.code_page)),
            0x1F => (size.checked_mul(2)?, UTF_16LE),
            0x02 | 0x03 => return Some(i32::from_le_bytes(*value.get(4..)?.first_chunk()?).to_string()),
            _ => return None,
        };
        let rest = value.get(8..)?;
        let (text, _) = encoding.decode_without_bom_handling(rest.get(..size.min(most)).unwrap_or(rest));
        let end = text.find('\0').unwrap_or(text.len());
        text.get(..end).map(str::to_owned)
    }

    /// The properties that a dictionary (2.17) names.
    fn custom(&self) -> Vec<NamedString> {
        let Some(dictionary) = self.property(0) else { return Vec::new() };
        let is_wide = self.code_page == Some(1200);
        let count = u32_at(dictionary, 0).unwrap_or_default().min(MAX_PROPERTIES);
        let mut found = Vec::new();
        let mut at = 4usize;
        for _ in 0..count {
            let entry = || {
                let length = usize::try_from(u32_at(dictionary, at.checked_add(4)?)?).ok()?;
                let size = if is_wide { length.checked_mul(2)? } else { length };
                let start = at.checked_add(8)?;
                let name = dictionary.get(start..start.checked_add(size)?)?;
                // Names of two-byte characters are filled up to four bytes.
                let next = start.checked_add(if is_wide { size.checked_next_multiple_of(4)? } else { size })?;
                Some((u32_at(dictionary, at)?, name, next))
            };
            let Some((id, name, next)) = entry() else { break };
            at = next;
            let (name, _) = encoding(self.code_page).decode_without_bom_handling(name);
            let name = name.trim_end_matches('\0').to_owned();
            if let Some(value) = self.property(id).and_then(|value| self.text(value, MAX_VALUE)) {
                found.push(NamedString { source: StringSource::CustomProperty, name, value });
            }
        }
        found
    }
}

fn encoding(code_page: Option<u16>) -> &'static Encoding {
    match code_page {
        Some(932) => SHIFT_JIS,
        Some(1200) => UTF_16LE,
        Some(65001) => UTF_8,
        Some(page @ (1250..=1258 | 874)) => {
            Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(WINDOWS_1252)
        }
        Some(936) => encoding_rs::GBK,
        Some(949) => encoding_rs::EUC_KR,
        Some(950) => encoding_rs::BIG5,
        _ => WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::View;
    use sekisho_samples::office::cfb::Cfb;
    use sekisho_samples::office::word::property_set;

    #[test]
    fn reads_text_in_its_code_page() {
        let set = property_set(932, &[(4, "山田")], &[("秘密", "値")]);
        let file =
            Cfb::new().stream("\u{5}SummaryInformation", set.clone()).stream("\u{5}DocumentSummaryInformation", set);
        let view = OleView::parse(&file.build().into()).unwrap();
        let found = properties(&view);
        let named =
            |source, name: &str, value: &str| NamedString { source, name: name.to_owned(), value: value.to_owned() };
        assert!(found.contains(&named(StringSource::BuiltinProperty, "Author", "山田")));
        assert!(found.contains(&named(StringSource::CustomProperty, "秘密", "値")));
    }

    #[test]
    fn a_set_that_is_cut_gives_what_is_there() {
        let set = property_set(1252, &[(2, "title")], &[("a", "b")]);
        for end in 0..set.len() {
            let file = Cfb::new().stream("\u{5}DocumentSummaryInformation", set[..end].to_vec()).build();
            let view = OleView::parse(&file.into()).unwrap();
            assert!(properties(&view).len() <= 2);
        }
    }
}
