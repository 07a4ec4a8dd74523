//! Property sets: author, title, template (MS-OLEPS). Only text and the code page of the first section are read.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16LE, WINDOWS_1252};

use super::OleView;
use crate::formats::fields::{u16_at, u32_at};
use crate::stage::Outcome;

/// Properties of `\u{5}SummaryInformation`, MS-OLEPS 3.1.2.
const SUMMARY: [(u32, &str); 6] =
    [(2, "title"), (3, "subject"), (4, "author"), (7, "template"), (8, "last-author"), (18, "application")];
/// Properties of `\u{5}DocumentSummaryInformation`, MS-OSHARED 2.3.3.2.
const DOCUMENT: [(u32, &str); 2] = [(14, "manager"), (15, "company")];
/// Properties per section; writers have some twenty.
const MAX_PROPERTIES: u32 = 256;

/// Says what the document says about itself.
pub(super) fn say_summary(view: &OleView, out: &mut Outcome<'_>) {
    for (stream, keys) in
        [("\u{5}SummaryInformation", &SUMMARY[..]), ("\u{5}DocumentSummaryInformation", &DOCUMENT[..])]
    {
        let Some(bytes) = view.stream(stream) else { continue };
        let Some(section) = u32_at(&bytes, 44).and_then(|at| bytes.get(usize::try_from(at).ok()?..)) else { continue };
        let code_page = property(section, 1).and_then(|value| u16_at(value, 4));
        if let Some(code_page) = code_page {
            out.fact("codepage", code_page.to_string());
        }
        for (id, key) in keys {
            let text = property(section, *id).and_then(|value| text(value, code_page));
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                out.fact(key, text);
            }
        }
    }
}

/// The typed value of a property in a section, MS-OLEPS 2.20.
fn property(section: &[u8], wanted: u32) -> Option<&[u8]> {
    let count = u32_at(section, 4)?.min(MAX_PROPERTIES);
    let mut row = 8usize;
    for _ in 0..count {
        if u32_at(section, row)? == wanted {
            return section.get(usize::try_from(u32_at(section, row.checked_add(4)?)?).ok()?..);
        }
        row = row.checked_add(8)?;
    }
    None
}

/// A string value: VT_LPSTR in the code page, or VT_LPWSTR (2.15).
fn text(value: &[u8], code_page: Option<u16>) -> Option<String> {
    /// Longer values are cut when they become facts anyway.
    const MAX_BYTES: usize = 4096;
    let size = usize::try_from(u32_at(value, 4)?).ok()?;
    let (size, encoding) = match u16_at(value, 0)? {
        0x1E => (size, encoding(code_page)),
        0x1F => (size.checked_mul(2)?, UTF_16LE),
        _ => return None,
    };
    let rest = value.get(8..)?;
    let (text, _) = encoding.decode_without_bom_handling(rest.get(..size.min(MAX_BYTES)).unwrap_or(rest));
    let end = text.find('\0').unwrap_or(text.len());
    text.get(..end).map(str::to_owned)
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

    #[test]
    fn reads_text_in_its_code_page() {
        let name = SHIFT_JIS.encode("山田").0.into_owned();
        let mut section = vec![0; 4];
        section.extend(2u32.to_le_bytes());
        for word in [1u32, 24, 4, 32, 2, 932, 0x1E, name.len() as u32] {
            section.extend(word.to_le_bytes());
        }
        section.extend(&name);
        let code_page = property(&section, 1).and_then(|value| u16_at(value, 4));
        assert_eq!(code_page, Some(932));
        assert_eq!(property(&section, 4).and_then(|value| text(value, code_page)).as_deref(), Some("山田"));
        assert_eq!(property(&section, 9), None);
    }
}
