//! Texts of a form that no person reads: code, commands and encoded data in captions, tags and values.

use super::form::Form;
use crate::finding_kind;
use crate::knowledge::interpreters::is_interpreter;
use crate::model::{Location, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A control of a user form holds a long encoded text or a command line in its caption, tag, tip or value.
    ///
    /// ## Why it matters
    /// Macros take such texts out and run them. In the module itself nothing but the name of a control is to be seen, so
    /// that people and scanners who read the code find no payload. Emotet, Dridex and Ursnif droppers did so for years.
    ///
    /// ## How we see it
    /// The streams of the form are read (MS-OFORMS), with the controls in frames and pages. A text counts if it names a
    /// command interpreter with arguments, or if it has two hundred characters of Base64 or hexadecimal digits, or of
    /// letters and signs, without a blank. A command weighs high, encoded text medium.
    ///
    /// ## When it is innocent
    /// Licence keys and pictures kept as text in the forms of old add-ins.
    ///
    /// ## References
    /// - MS-OFORMS, Office Forms Binary File Formats: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-oforms/
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(in crate::formats::office::vba) const FORM_PAYLOAD = {
        id: "vba-form-payload",
        title: "a control of a user form holds a command or a long encoded text",
        ja: "ユーザーフォームの部品に、コマンドまたは長い符号化された文字列が隠されています",
        why_ja: "マクロがこの文字列を取り出して実行します。コード側には部品の名前しか現れないため、中身を見落としやすくなります。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.009"],
    }
}

/// Characters without a blank that no caption has.
const MIN_RUN: usize = 200;
/// Characters of a text shown.
const SHOWN: usize = 40;
const COMMAND: &str = "a command";

/// Says which texts of a form are payloads.
pub(in crate::formats::office::vba) fn say_payloads(form: &Form, out: &mut Outcome<'_>) {
    for string in &form.strings {
        if let Some(what) = payload(&string.value) {
            let head: String = string.value.chars().take(SHOWN).collect();
            let observed = format!("{}: {what}, {} characters: {head}", string.name, string.value.chars().count());
            let severity = if what == COMMAND { Severity::High } else { FORM_PAYLOAD.severity };
            let at = Location::part(format!("storage {}", form.place));
            out.raise_as(FORM_PAYLOAD, severity, false, at, observed);
        }
    }
}

/// What a text is, if it is a payload.
fn payload(text: &str) -> Option<&'static str> {
    if is_command(text) {
        return Some(COMMAND);
    }
    if text.len() < MIN_RUN {
        return None;
    }
    // Scripts without blanks between words have no runs of ASCII.
    let is_long = |word: &str| word.len() >= MIN_RUN && word.is_ascii();
    let word = text.split_whitespace().find(|word| is_long(word))?;
    // Rows of one sign are lines drawn with it.
    let mut seen = [false; 256];
    word.bytes().for_each(|byte| seen.iter_mut().skip(usize::from(byte)).take(1).for_each(|seen| *seen = true));
    let kinds = seen.iter().filter(|seen| **seen).count();
    (kinds >= 8).then_some("encoded text")
}

/// Whether a text calls a command interpreter: one of them by name, and an argument next to it.
fn is_command(text: &str) -> bool {
    let words = || text.split([' ', '\t', '\r', '\n', '"', '\'', '(']).filter(|word| !word.is_empty());
    let is_argument = |word: &str| word.starts_with(['-', '/']) && word.len() > 1 || word.starts_with("http");
    words().zip(words().skip(1)).any(|(word, next)| is_argument(next) && is_interpreter_file(word))
}

fn is_interpreter_file(word: &str) -> bool {
    is_interpreter(word.rsplit(['\\', '/']).next().unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_told_from_captions() {
        let encoded: String = (0..300u32).map(|n| char::from(b'A' + (n * 7 % 26) as u8)).collect();
        assert_eq!(payload(&encoded), Some("encoded text"));
        assert_eq!(payload("cmd /c harmless-none.exe"), Some("a command"));
        // Near misses: a long explanation, a rule drawn with dashes, a language without blanks, an address.
        assert_eq!(payload(&"Enter the name of the customer and press OK. ".repeat(20)), None);
        assert_eq!(payload(&"-".repeat(400)), None);
        assert_eq!(payload(&"顧客名を入力してください。".repeat(30)), None);
        assert_eq!(payload("https://example.com/help"), None);
        assert_eq!(payload("PowerShell ISE / Word - Excel"), None);
    }
}
