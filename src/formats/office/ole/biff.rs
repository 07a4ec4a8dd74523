//! The records of a BIFF workbook that matter without reading its cells: encryption, sheets, names, DDE links
//! (MS-XLS 2.1.4). Formulas are not decompiled.

use encoding_rs::{UTF_16LE, WINDOWS_1252};

use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::xlm::{Visibility, is_auto_name};

/// What the globals of a workbook say.
#[derive(Debug, Default)]
pub(super) struct Globals {
    /// Whether the records after FilePass are encrypted.
    pub(super) is_encrypted: bool,
    /// Sheets, in order.
    pub(super) sheets: Vec<Sheet>,
    /// Names that run a macro sheet.
    pub(super) auto_names: Vec<String>,
    /// DDE links as service and topic.
    pub(super) links: Vec<(String, String)>,
}

/// A sheet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) visibility: Visibility,
    pub(super) is_macro: bool,
}

/// Records looked at; the globals of a large workbook have some thousands.
const MAX_RECORDS: usize = 200_000;
/// Names, sheets and links kept.
const MAX_KEPT: usize = 2_000;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
const NAME: u16 = 0x0018;
const SUP_BOOK: u16 = 0x01AE;
const BIFF5: u16 = 0x0500;

/// The globals substream, MS-XLS 2.1.7.20.3. Its end is not trusted: sheet and name records mean the same wherever
/// they are.
pub(super) fn globals(stream: &[u8]) -> Globals {
    let mut globals = Globals::default();
    let mut at = 0usize;
    let mut is_biff8 = true;
    let mut depth = 0usize;
    for _ in 0..MAX_RECORDS {
        let (Some(kind), Some(size)) = (u16_at(stream, at), u16_at(stream, at.saturating_add(2))) else { break };
        let start = at.saturating_add(4);
        let end = start.saturating_add(usize::from(size));
        let body = stream.get(start..end.min(stream.len())).unwrap_or_default();
        match kind {
            BOF => {
                if depth == 0 && at == 0 {
                    is_biff8 = u16_at(body, 0) != Some(BIFF5);
                }
                depth = depth.saturating_add(1);
            }
            EOF => depth = depth.saturating_sub(1),
            FILE_PASS => globals.is_encrypted = true,
            BOUND_SHEET if globals.sheets.len() < MAX_KEPT => {
                globals.sheets.extend(bound_sheet(body, is_biff8, globals.is_encrypted))
            }
            NAME if !globals.is_encrypted && globals.auto_names.len() < MAX_KEPT => {
                globals.auto_names.extend(auto_name(body, is_biff8));
            }
            SUP_BOOK if !globals.is_encrypted && globals.links.len() < MAX_KEPT => globals.links.extend(sup_book(body)),
            _ => {}
        }
        at = end;
    }
    globals
}

/// BoundSheet8, 2.4.28. Only two bits of the state and the type byte count; Excel ignores the rest. In an encrypted
/// workbook the position alone is in the clear, so type and state are not known.
fn bound_sheet(body: &[u8], is_biff8: bool, is_encrypted: bool) -> Option<Sheet> {
    if is_encrypted {
        return None;
    }
    let visibility = match body.get(4)? & 3 {
        0 => Visibility::Visible,
        1 => Visibility::Hidden,
        _ => Visibility::VeryHidden,
    };
    let is_macro = *body.get(5)? == 1;
    let count = usize::from(*body.get(6)?);
    let name = if is_biff8 { unicode(body.get(7..)?, count) } else { latin(body.get(7..)?, count) };
    Some(Sheet { name, visibility, is_macro })
}

/// Lbl, 2.4.150: a name that Excel acts on, built in (a code of one character) or spelled out. Excel compares the
/// beginning only, without regard to case.
fn auto_name(body: &[u8], is_biff8: bool) -> Option<String> {
    let flags = u16_at(body, 0)?;
    let count = usize::from(*body.get(3)?);
    let text = if is_biff8 { unicode(body.get(14..)?, count) } else { latin(body.get(14..)?, count) };
    if flags & 0x20 != 0 {
        return match text.chars().next()? {
            '\u{1}' => Some("Auto_Open".to_owned()),
            '\u{2}' => Some("Auto_Close".to_owned()),
            '\u{a}' => Some("Auto_Activate".to_owned()),
            '\u{b}' => Some("Auto_Deactivate".to_owned()),
            _ => None,
        };
    }
    is_auto_name(&text).then_some(text)
}

/// SupBook, 2.4.271: a virtual path (2.5.277) with a 3 between two parts is a DDE service and topic, or an OLE class and
/// file. One that starts with a 1 is the path of a file, where the 3 separates folders.
fn sup_book(body: &[u8]) -> Option<(String, String)> {
    let count = usize::from(u16_at(body, 2)?);
    if count == 0 || count > 255 {
        return None;
    }
    let path = unicode(body.get(4..)?, count);
    if path.starts_with(['\u{1}', '\u{2}']) {
        return None;
    }
    let (service, topic) = path.split_once('\u{3}')?;
    Some((service.to_owned(), topic.to_owned()))
}

/// XLUnicodeStringNoCch, 2.5.296: one flag byte, then one or two bytes a character.
fn unicode(body: &[u8], count: usize) -> String {
    let Some((flags, text)) = body.split_first() else { return String::new() };
    if flags & 1 == 0 {
        return latin(text, count);
    }
    let end = count.saturating_mul(2).min(text.len());
    UTF_16LE.decode_without_bom_handling(text.get(..end).unwrap_or_default()).0.into_owned()
}

fn latin(text: &[u8], count: usize) -> String {
    let end = count.min(text.len());
    WINDOWS_1252.decode_without_bom_handling(text.get(..end).unwrap_or_default()).0.into_owned()
}

/// Whether a stream begins as a workbook does: BOF of BIFF5 or BIFF8, or of the older versions.
pub(super) fn is_workbook(stream: &[u8]) -> bool {
    u32_at(stream, 0).is_some() && matches!(u16_at(stream, 0), Some(BOF | 0x0009 | 0x0209 | 0x0409))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::biff::Workbook;

    #[test]
    fn reads_sheets_names_and_links() {
        let stream =
            Workbook::new().sheet("売上", 0, 0).sheet("Macro1", 2, 1).auto_open().dde("cmd", "/c echo").build();
        let globals = globals(&stream);
        assert!(!globals.is_encrypted);
        assert_eq!(globals.sheets.len(), 2);
        assert_eq!(globals.sheets[0].name, "売上");
        assert!(!globals.sheets[0].is_macro);
        assert_eq!(
            globals.sheets[1],
            Sheet { name: "Macro1".to_owned(), visibility: Visibility::VeryHidden, is_macro: true }
        );
        assert_eq!(globals.auto_names, ["Auto_Open"]);
        assert_eq!(globals.links, [("cmd".to_owned(), "/c echo".to_owned())]);
    }

    #[test]
    fn an_encrypted_workbook_is_known() {
        assert!(globals(&Workbook::new().sheet("a", 0, 0).locked().build()).is_encrypted);
    }
}
