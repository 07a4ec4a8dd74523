//! Field instructions of Word (ECMA-376-1, 17.16; MS-DOC 2.8.25), from either form of document: put together over
//! runs and nesting, then read for DDE and for what they include from elsewhere.

use crate::formats::office::dde::{DdeHost, say_dde};
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{Target, target};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Fields inside fields; Word itself stops at 20.
const MAX_DEPTH: usize = 64;
/// Bytes of an instruction; a command line has 8,191 characters.
const MAX_INSTRUCTION: usize = 16 << 10;
/// Instructions kept per part, and bytes of them together: nested fields repeat what is inside them.
const MAX_KEPT: usize = 10_000;
const MAX_KEPT_BYTES: usize = 16 << 20;

/// Instructions in the making.
#[derive(Debug, Default)]
pub(crate) struct Instructions {
    /// The open fields, outermost first.
    open: Vec<Open>,
    /// Text outside any field.
    loose: String,
    done: Vec<String>,
    done_bytes: usize,
}

#[derive(Debug, Default)]
struct Open {
    instruction: String,
    /// Whether the instruction has ended and what the field shows has begun.
    is_shown: bool,
}

impl Instructions {
    /// A field begins.
    pub(crate) fn begin(&mut self) {
        if self.open.len() < MAX_DEPTH {
            self.open.push(Open::default());
        }
    }

    /// The innermost field's instruction ends, and what it shows begins.
    pub(crate) fn separate(&mut self) {
        if let Some(field) = self.open.last_mut() {
            field.is_shown = true;
        }
    }

    /// Text of an instruction. Without an open field it is kept as well: Word reads such documents too.
    pub(crate) fn text(&mut self, text: &str) {
        match self.open.last_mut() {
            Some(field) if field.is_shown => {}
            Some(field) => append(&mut field.instruction, text),
            None => append(&mut self.loose, text),
        }
    }

    /// Whether a field is open.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The innermost field ends: it counts by itself, and its value becomes part of the one around it.
    pub(crate) fn end(&mut self) {
        let Some(field) = self.open.pop() else { return };
        if let Some(outer) = self.open.last_mut().filter(|outer| !outer.is_shown) {
            append(&mut outer.instruction, &value(&field.instruction));
        }
        self.keep(field.instruction);
    }

    /// What was open was no field.
    pub(crate) fn forget(&mut self) {
        self.open.clear();
        self.loose.clear();
    }

    /// Text outside any field is an instruction of its own.
    pub(crate) fn end_loose(&mut self) {
        let loose = std::mem::take(&mut self.loose);
        self.keep(loose);
    }

    /// A whole instruction.
    pub(crate) fn keep(&mut self, instruction: String) {
        let bytes = self.done_bytes.saturating_add(instruction.len());
        if !instruction.trim().is_empty() && self.done.len() < MAX_KEPT && bytes <= MAX_KEPT_BYTES {
            self.done_bytes = bytes;
            self.done.push(instruction);
        }
    }

    /// Every instruction, those of fields that never end included.
    pub(crate) fn finish(mut self) -> Vec<String> {
        while self.is_open() {
            self.end();
        }
        self.end_loose();
        self.done
    }
}

/// Adds text as far as an instruction may be long.
fn append(slot: &mut String, text: &str) {
    let room = MAX_INSTRUCTION.saturating_sub(slot.len());
    match text.get(..room) {
        Some(start) if room < text.len() => slot.push_str(start),
        _ if text.len() <= room => slot.push_str(text),
        // The limit falls inside a character.
        _ => {}
    }
}

/// What a field shows: QUOTE shows its arguments, where numbers are character codes (17.16.5.49).
fn value(instruction: &str) -> String {
    let mut words = words(instruction);
    if words.first().is_none_or(|word| !word.eq_ignore_ascii_case("QUOTE")) {
        return instruction.to_owned();
    }
    words.remove(0);
    words
        .iter()
        .map(|word| match word.parse::<u8>() {
            Ok(code) => char::from(code).to_string(),
            Err(_) => word.clone(),
        })
        .collect()
}

/// Words of an instruction: quotes of either sort group, a backslash before a quote or backslash is an escape.
fn words(instruction: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut characters = instruction.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' | '“' | '”' => {
                if quoted {
                    words.push(std::mem::take(&mut word));
                }
                quoted = !quoted;
            }
            '\\' if matches!(characters.peek(), Some('\\' | '"')) => word.extend(characters.next()),
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Says what an instruction reaches.
pub(crate) fn say_instruction(out: &mut Outcome<'_>, instruction: &str, at: &Location) {
    let words = words(instruction);
    let Some(keyword) = words.first().map(|word| word.to_ascii_uppercase()) else { return };
    let argument = words.get(1).map(String::as_str).unwrap_or_default();
    match keyword.as_str() {
        "DDE" | "DDEAUTO" => {
            say_dde(out, DdeHost::Word, argument, &words.get(2..).unwrap_or_default().join(" "), at.clone())
        }
        "INCLUDEPICTURE" | "INCLUDETEXT" | "INCLUDE" | "IMPORT" | "RD" => {
            let target = target(argument);
            let severity = match target {
                Target::Unc { is_beyond_lan: true, .. } => Severity::High,
                Target::Unc { .. } => Severity::Low,
                Target::Web { .. } if matches!(keyword.as_str(), "INCLUDEPICTURE" | "IMPORT") => Severity::Low,
                Target::Web { is_usual_host: true, .. } => Severity::Medium,
                Target::Web { .. } => Severity::High,
                Target::Scheme(_) | Target::Local => return,
            };
            out.raise_as(
                if matches!(keyword.as_str(), "INCLUDEPICTURE" | "IMPORT") { REMOTE_IMAGE } else { REMOTE_OBJECT },
                severity,
                false,
                at.clone(),
                format!("{keyword} {argument}"),
            );
            if severity == Severity::High {
                out.raise(REMOTE_HOST_UNUSUAL, at.clone(), argument);
            }
            if let Some(ioc) = target.ioc(&format!("field {keyword}"), at.clone()) {
                out.ioc(ioc);
            }
        }
        "HYPERLINK" => {
            if let Some(ioc) = target(argument).ioc("field HYPERLINK", at.clone()) {
                out.ioc(ioc);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_quotes_and_escapes() {
        assert_eq!(words(r#"DDEAUTO "C:\\a b\\c.exe" "/k x""#), ["DDEAUTO", r"C:\a b\c.exe", "/k x"]);
    }

    #[test]
    fn what_a_field_shows_is_no_instruction() {
        let mut fields = Instructions::default();
        fields.begin();
        fields.text("PAGE");
        fields.separate();
        fields.text("DDE cmd");
        fields.end();
        assert_eq!(fields.finish(), ["PAGE"]);
    }
}
