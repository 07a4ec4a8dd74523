//! Field instructions of Word (ECMA-376-1, 17.16; MS-DOC 2.8.25), from either form of document: put together over
//! runs and nesting, then read for DDE and for what they include from elsewhere.

use std::collections::BTreeMap;

use crate::formats::office::dde::{DdeHost, say_dde};
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{Reach, Target, target};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Fields inside fields; Word itself stops at 20.
const MAX_DEPTH: usize = 64;
/// Bytes of an instruction; a command line has 8,191 characters.
const MAX_INSTRUCTION: usize = 16 << 10;
/// Instructions kept per part, and bytes of them together: nested fields repeat what is inside them.
const MAX_KEPT: usize = 10_000;
const MAX_KEPT_BYTES: usize = 16 << 20;

/// Texts kept that fields show by name.
const MAX_NAMED: usize = 5_000;
/// Names that lead to names, and times an instruction's names are looked up.
const MAX_ROUNDS: usize = 8;
/// What stands in an instruction where a named text goes: the number of the reference between two characters of the
/// private use area.
const MARKS: [char; 2] = ['\u{E000}', '\u{E001}'];

/// Texts that fields show by name, lower case: what SET and bookmarks hold, document variables, properties.
pub(crate) type Named = BTreeMap<String, String>;

/// Instructions in the making.
#[derive(Debug, Default)]
pub(crate) struct Instructions {
    named: Named,
    /// Names referred to, and the instruction that did.
    references: Vec<(String, String)>,
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
            let shown = shown(&field.instruction, &mut self.named, &mut self.references);
            append(&mut outer.instruction, &shown);
        } else if starts_with_set(&field.instruction) {
            shown(&field.instruction, &mut self.named, &mut self.references);
        }
        self.keep(field.instruction);
    }

    /// A text that fields may show by this name.
    pub(crate) fn name(&mut self, name: &str, text: String) {
        define(&mut self.named, name, text);
    }

    /// The texts named so far.
    pub(crate) const fn named(&self) -> &Named {
        &self.named
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

    /// Ends the fields that are still open: some never end.
    pub(crate) fn close(&mut self) {
        while self.is_open() {
            self.end();
        }
        self.end_loose();
    }

    /// Every instruction, those of fields that never end included.
    pub(crate) fn finish(mut self) -> Vec<String> {
        self.close();
        let named = std::mem::take(&mut self.named);
        self.finish_with(&named)
    }

    /// As [`Instructions::finish`], with texts that other parts of the document name.
    pub(crate) fn finish_with(mut self, named: &Named) -> Vec<String> {
        self.close();
        let references = std::mem::take(&mut self.references);
        if references.is_empty() {
            return self.done;
        }
        let mut room = MAX_KEPT_BYTES;
        let resolved = self.done.iter().map(|instruction| {
            if room == 0 || !instruction.contains(MARKS[0]) {
                return instruction.clone();
            }
            let text = resolve(instruction, &references, named);
            room = room.saturating_sub(text.len());
            text
        });
        resolved.collect()
    }
}

fn starts_with_set(instruction: &str) -> bool {
    instruction.trim_start().get(..3).is_some_and(|start| start.eq_ignore_ascii_case("SET"))
}

fn define(named: &mut Named, name: &str, text: String) {
    if named.len() < MAX_NAMED && !name.is_empty() {
        named.insert(name.to_lowercase(), text);
    }
}

/// Puts the named texts where they are referred to; names may lead to names. A name nobody defines leaves the
/// instruction that refers to it.
fn resolve(instruction: &str, references: &[(String, String)], named: &Named) -> String {
    let mut text = instruction.to_owned();
    for _ in 0..MAX_ROUNDS {
        if !text.contains(MARKS[0]) {
            break;
        }
        let mut next = String::new();
        let mut pieces = text.split(MARKS[0]);
        append(&mut next, pieces.next().unwrap_or_default());
        for piece in pieces {
            let (number, rest) = piece.split_once(MARKS[1]).unwrap_or(("", piece));
            if let Some((name, written)) = number.parse::<usize>().ok().and_then(|number| references.get(number)) {
                append(&mut next, named.get(name).unwrap_or(written));
            }
            append(&mut next, rest);
        }
        text = next;
    }
    text.retain(|c| !MARKS.contains(&c));
    text
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

/// What a field inside another shows. QUOTE shows its arguments, where numbers are character codes (17.16.5.49); SET
/// shows nothing and names a text (17.16.5.57); REF and the like show a named text, which may come later.
fn shown(instruction: &str, named: &mut Named, references: &mut Vec<(String, String)>) -> String {
    let words = words(instruction);
    let Some((keyword, arguments)) = words.split_first() else { return String::new() };
    let argument = arguments.first().map(String::as_str).unwrap_or_default();
    match keyword.to_ascii_uppercase().as_str() {
        "QUOTE" => arguments.iter().map(|word| character(word).map_or_else(|| word.clone(), String::from)).collect(),
        "SYMBOL" => character(argument).map(String::from).unwrap_or_default(),
        "SET" => {
            define(named, argument, arguments.get(1..).unwrap_or_default().join(" "));
            String::new()
        }
        "REF" | "DOCVARIABLE" | "DOCPROPERTY" => refer(argument, instruction, references),
        property @ ("AUTHOR" | "TITLE" | "SUBJECT" | "KEYWORDS" | "COMMENTS") => {
            refer(&property.to_lowercase(), instruction, references)
        }
        // A bookmark's name alone is a REF (17.16.5.51).
        _ if arguments.is_empty() => refer(keyword, instruction, references),
        _ => instruction.to_owned(),
    }
}

fn character(word: &str) -> Option<char> {
    word.parse().ok().and_then(char::from_u32)
}

fn refer(name: &str, instruction: &str, references: &mut Vec<(String, String)>) -> String {
    if references.len() >= MAX_NAMED {
        return instruction.to_owned();
    }
    let number = references.len();
    references.push((name.to_lowercase(), instruction.to_owned()));
    format!("{}{number}{}", MARKS[0], MARKS[1])
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

/// A switch: a backslash and one character.
fn is_switch(word: &&String) -> bool {
    word.len() == 2 && word.starts_with('\\')
}

/// The keyword of an instruction and its first argument, if it has one.
pub(crate) fn target_of(instruction: &str) -> Option<(String, String)> {
    let mut words = words(instruction).into_iter();
    Some((words.next()?.to_ascii_uppercase(), words.next()?))
}

/// Says what an instruction reaches.
pub(crate) fn say_instruction(out: &mut Outcome<'_>, instruction: &str, at: &Location) {
    let words = words(instruction);
    let Some(keyword) = words.first().map(|word| word.to_ascii_uppercase()) else { return };
    let arguments: Vec<&String> = words.iter().skip(1).filter(|word| !is_switch(word)).collect();
    let argument = |number: usize| arguments.get(number).map_or("", |word| word.as_str());
    match keyword.as_str() {
        "DDE" | "DDEAUTO" => {
            let topic: Vec<&str> = arguments.iter().skip(1).map(|word| word.as_str()).collect();
            say_dde(out, DdeHost::Word, argument(0), &topic.join(" "), at.clone());
        }
        "INCLUDEPICTURE" | "INCLUDETEXT" | "INCLUDE" | "IMPORT" | "RD" | "DATABASE" => {
            say_included(out, &keyword, argument(0), at);
        }
        // LINK names a class first (17.16.5.30).
        "LINK" => say_included(out, &keyword, argument(1), at),
        "HYPERLINK" => {
            if let Some(ioc) = target(argument(0)).ioc("field HYPERLINK", at.clone()) {
                out.ioc(ioc);
            }
        }
        _ => {}
    }
}

fn say_included(out: &mut Outcome<'_>, keyword: &str, argument: &str, at: &Location) {
    let target = target(argument);
    let Some(reach) = target.reach() else { return };
    let is_picture = matches!(keyword, "INCLUDEPICTURE" | "IMPORT");
    let severity = match (&target, reach) {
        (_, Reach::Lan) => Severity::Low,
        (Target::Web(..), _) if is_picture => Severity::Low,
        (_, Reach::Odd) => Severity::High,
        (_, Reach::Named) => Severity::Medium,
    };
    let finding = if is_picture { REMOTE_IMAGE } else { REMOTE_OBJECT };
    out.raise_as(finding, severity, false, at.clone(), format!("{keyword} {argument}"));
    if severity == Severity::High {
        out.raise(REMOTE_HOST_UNUSUAL, at.clone(), argument);
    }
    if let Some(ioc) = target.ioc(&format!("field {keyword}"), at.clone()) {
        out.ioc(ioc);
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
    fn named_texts_are_followed_wherever_they_stand() {
        let field = |fields: &mut Instructions, text: &str| {
            fields.begin();
            fields.text(text);
            fields.end();
        };
        let mut fields = Instructions::default();
        fields.begin();
        fields.text("SET c \"");
        field(&mut fields, "QUOTE 99 109 100");
        fields.text(".exe\"");
        fields.end();
        fields.begin();
        field(&mut fields, "QUOTE 68 68 69");
        fields.text(" ");
        field(&mut fields, "REF C");
        fields.text(" \"/c ");
        field(&mut fields, "later");
        fields.text(" ");
        field(&mut fields, "DOCVARIABLE nowhere");
        fields.text("\"");
        fields.end();
        fields.name("Later", "calc".to_owned());
        let all = fields.finish();
        assert_eq!(all.last().unwrap(), "DDE cmd.exe \"/c calc DOCVARIABLE nowhere\"");
    }

    #[test]
    fn names_that_lead_to_themselves_end() {
        let mut fields = Instructions::default();
        fields.begin();
        fields.text("SET a ");
        fields.begin();
        fields.text("REF a");
        fields.end();
        fields.end();
        fields.begin();
        fields.text("DDE ");
        fields.begin();
        fields.text("REF a");
        fields.end();
        fields.end();
        assert_eq!(fields.finish().len(), 4);
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
