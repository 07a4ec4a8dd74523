//! Strings of a document with macros that look like a payload: encoded, or commands and addresses where a person would
//! not look for them.

use super::OoxmlView;
use crate::finding_kind;
use crate::formats::archive::zip::ZipView;
use crate::formats::office::strings::{NamedString, StringSource, names_in_code};
use crate::knowledge::document_strings::is_command_like;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Payloads;

/// Characters from which on encoded text is no name or number; cells hold identifiers and pictures of honest programs.
const MIN_ENCODED: usize = 64;
const MIN_ENCODED_CELL: usize = 256;
/// Strings said of one document.
const MAX_SAID: usize = 20;

impl Analyzer for Payloads {
    fn findings(&self) -> Kinds {
        &[STRING_PAYLOAD]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        if !view.has_vba() {
            return Ok(());
        }
        let strings = view.strings(&artifact.bytes, &*artifact.view::<ZipView>()?);
        self::say(&strings, out);
        out.offer_strings(names_in_code(strings).collect());
        Ok(())
    }
}

fn say(strings: &[NamedString], out: &mut Outcome<'_>) {
    let mut said = 0usize;
    for string in strings {
        let Some(what) = payload(string) else { continue };
        let start: String = string.value.chars().take(60).collect();
        let observed =
            format!("{} {}: {what}, {} characters: {start}", string.source.as_str(), string.name, string.value.len());
        out.raise(STRING_PAYLOAD, Location::whole(), observed);
        said = said.saturating_add(1);
        if said >= MAX_SAID {
            break;
        }
    }
}

/// What a string looks like, if it looks like a payload.
fn payload(string: &NamedString) -> Option<&'static str> {
    let text = string.value.trim();
    let is_cell = matches!(string.source, StringSource::Cell | StringSource::CustomXml);
    let least = if is_cell { MIN_ENCODED_CELL } else { MIN_ENCODED };
    if text.len() >= least {
        // Identifiers of content types in SharePoint.
        if text.starts_with("0x01") {
            return None;
        }
        if text.bytes().all(|byte| byte.is_ascii_hexdigit()) && text.len().is_multiple_of(2) {
            return Some("hexadecimal");
        }
        if is_base64(text) {
            return Some("base64");
        }
        if is_numbers(text) {
            return Some("character codes");
        }
    }
    let is_hidden = matches!(
        string.source,
        StringSource::DocumentVariable
            | StringSource::CustomProperty
            | StringSource::AlternativeText
            | StringSource::DefinedName
    ) || string.source == StringSource::BuiltinProperty && string.name != "HyperlinkBase";
    (is_hidden && is_command_like(text)).then_some("command or address")
}

/// One word of the alphabet, with letters of both cases and digits: not a name, not a path.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let has = |wanted: fn(&u8) -> bool| body.bytes().any(|byte| wanted(&byte));
    body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'\r' | b'\n'))
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

/// Many numbers of a byte each, with the same sign between them.
fn is_numbers(text: &str) -> bool {
    const MIN_NUMBERS: usize = 30;
    let Some(between) = text.chars().find(|c| !c.is_ascii_digit()) else { return false };
    let mut count = 0usize;
    let all_fit = text.split(between).map(str::trim).filter(|word| !word.is_empty()).all(|word| {
        count = count.saturating_add(1);
        word.parse::<u8>().is_ok()
    });
    all_fit && count >= MIN_NUMBERS
}

finding_kind! {
    /// ## What it is
    /// A document with macros keeps an encoded text, a command or an address in a variable, a property, an alternative
    /// text or a like place.
    ///
    /// ## Why it matters
    /// A payload kept there leaves the macro with nothing but references to it, which no search of the source finds. Used
    /// by Emotet and Hancitor, among others.
    ///
    /// ## How we see it
    /// Only where the package has a macro project: document variables, properties, alternative texts, defined names and the
    /// like with 64 characters or more of base64, hexadecimal or character codes (256 in cells and custom XML), or with a
    /// word of the table `document-strings.toml`.
    ///
    /// ## When it is innocent
    /// Add-ins that keep their settings in the document.
    ///
    /// ## References
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(crate) const STRING_PAYLOAD = {
        id: "document-string-payload",
        title: "a document with macros keeps encoded text or a command in its variables or properties",
        ja: "マクロ付き文書の変数やプロパティに、符号化された文字列やコマンドがあります",
        why_ja: "マクロの本体を文書の変数や代替テキストに隠し、マクロの検査をすり抜ける手口があります。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027.009"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_payload(source: StringSource, value: &str) -> Option<&'static str> {
        payload(&NamedString { source, name: "x".to_owned(), value: value.to_owned() })
    }

    #[test]
    fn encoded_and_commanding_strings_are_payloads() {
        let variable = StringSource::DocumentVariable;
        assert_eq!(is_payload(variable, &"aGVsbG8gd29ybGQh".repeat(4)), Some("base64"));
        assert_eq!(is_payload(variable, &"4d5a9000".repeat(8)), Some("hexadecimal"));
        assert_eq!(is_payload(variable, &"104, 101, ".repeat(16)), Some("character codes"));
        assert_eq!(is_payload(StringSource::AlternativeText, "powershell -enc x"), Some("command or address"));
        assert_eq!(is_payload(variable, "http://192.0.2.9/a"), Some("command or address"));
    }

    #[test]
    fn names_numbers_and_texts_are_none() {
        let variable = StringSource::DocumentVariable;
        assert_eq!(is_payload(variable, "aGVsbG8gd29ybGQh"), None);
        assert_eq!(is_payload(variable, "{4D5A9000-1111-2222-3333-444455556666}"), None);
        assert_eq!(is_payload(StringSource::CustomProperty, &format!("0x0101{}", "A".repeat(60))), None);
        assert_eq!(is_payload(StringSource::Cell, "http://192.0.2.9/a"), None);
        assert_eq!(is_payload(StringSource::AlternativeText, "グラフ：売上の推移"), None);
        assert_eq!(is_payload(StringSource::Cell, &"aGVsbG8gd29ybGQh".repeat(4)), None);
    }
}
