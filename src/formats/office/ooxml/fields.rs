//! Fields of Word documents (ECMA-376-1, 17.16): DDE and what fields include from elsewhere. Instructions may be split
//! over runs and nested, so they are put together before they are read.

use super::OoxmlView;
use super::parts::parts;
use super::relations::{REMOTE_IMAGE, REMOTE_OBJECT};
use super::target::{Target, target};
use super::xml::{Piece, Tag, walk};
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Fields;

impl Analyzer for Fields {
    fn findings(&self) -> Kinds {
        &[DDE_LINK, REMOTE_IMAGE, REMOTE_OBJECT]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let is_word = view.main.as_deref().is_some_and(|main| main.to_ascii_lowercase().contains("word"))
            || view.format.is_some_and(|format| format.as_str().starts_with("do"));
        if !is_word {
            return Ok(());
        }
        for part in parts(artifact, out, |name| name.ends_with(".xml") && !name.starts_with("docprops/"))? {
            if memchr::memmem::find(&part.data, b"nstrText").is_none()
                && memchr::memmem::find(&part.data, b"fldSimple").is_none()
                && part.data.first() == Some(&b'<')
                && part.data.get(1) != Some(&0)
            {
                continue;
            }
            let mut reader = Reader::default();
            // A damaged part is said by whoever reads it as XML; the instructions before the damage count.
            let _ = walk(&part.data, |piece| reader.piece(piece));
            reader.finish();
            for instruction in reader.done {
                say_instruction(out, &instruction, &Location::part(format!("part {}", part.name)));
            }
        }
        Ok(())
    }
}

/// Fields inside fields; Word itself stops at 20.
const MAX_DEPTH: usize = 64;
/// Bytes of an instruction; a command line has 8,191 characters.
const MAX_INSTRUCTION: usize = 16 << 10;
/// Instructions kept per part, and bytes of them together: nested fields repeat what is inside them.
const MAX_KEPT: usize = 10_000;
const MAX_KEPT_BYTES: usize = 16 << 20;

#[derive(Default)]
struct Reader {
    /// Instructions of the open fields, outermost first.
    open: Vec<String>,
    /// Whether the innermost open field is past its instruction.
    in_text: bool,
    /// Text outside any field: instructions without a beginning are read as well.
    loose: String,
    done: Vec<String>,
    done_bytes: usize,
}

impl Reader {
    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open_tag(&tag),
            Piece::Close("instrText" | "delInstrText") => self.in_text = false,
            // An instruction is not split over paragraphs unless its field is open.
            Piece::Close("p") if self.open.is_empty() => self.take_loose(),
            Piece::Close(_) => {}
            Piece::Text(text) if self.in_text => {
                append(self.open.last_mut().unwrap_or(&mut self.loose), text);
            }
            Piece::Text(_) => {}
        }
    }

    fn open_tag(&mut self, tag: &Tag<'_>) {
        if tag.is("instrText") || tag.is("delInstrText") {
            self.in_text = true;
        } else if tag.is("fldSimple") {
            let instruction = tag.get("instr").unwrap_or_default();
            self.keep(instruction);
        } else if tag.is("fldChar") {
            match tag.get("fldCharType").as_deref() {
                Some("begin") if self.open.len() < MAX_DEPTH => self.open.push(String::new()),
                Some("end") => self.close(),
                _ => {}
            }
        }
    }

    /// The innermost field ends: it counts by itself, and its value becomes part of the one around it.
    fn close(&mut self) {
        let Some(instruction) = self.open.pop() else { return };
        if let Some(outer) = self.open.last_mut() {
            append(outer, &value(&instruction));
        }
        self.keep(instruction);
    }

    fn take_loose(&mut self) {
        let loose = std::mem::take(&mut self.loose);
        self.keep(loose);
    }

    fn keep(&mut self, instruction: String) {
        let bytes = self.done_bytes.saturating_add(instruction.len());
        if !instruction.trim().is_empty() && self.done.len() < MAX_KEPT && bytes <= MAX_KEPT_BYTES {
            self.done_bytes = bytes;
            self.done.push(instruction);
        }
    }

    fn finish(&mut self) {
        while !self.open.is_empty() {
            self.close();
        }
        self.take_loose();
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

fn say_instruction(out: &mut Outcome<'_>, instruction: &str, at: &Location) {
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

    fn instructions(xml: &str) -> Vec<String> {
        let mut reader = Reader::default();
        walk(xml.as_bytes(), |piece| reader.piece(piece)).unwrap();
        reader.finish();
        reader.done
    }

    #[test]
    fn split_and_nested_instructions_are_put_together() {
        let split = "<p><fldChar fldCharType='begin'/><instrText>DD</instrText><t>x</t><instrText>E&#65;UTO cmd</instrText>\
                     <fldChar fldCharType='separate'/><t>shown</t><fldChar fldCharType='end'/></p>";
        assert_eq!(instructions(split), ["DDEAUTO cmd"]);
        let nested = "<fldChar fldCharType='begin'/><instrText> </instrText>\
                      <fldChar fldCharType='begin'/><instrText>QUOTE 68 68 69</instrText><fldChar fldCharType='end'/>\
                      <instrText> c:\\\\a.exe</instrText><fldChar fldCharType='end'/>";
        assert_eq!(instructions(nested), ["QUOTE 68 68 69", " DDE c:\\\\a.exe"]);
        assert_eq!(instructions("<p><instrText>DDE </instrText><instrText>cmd</instrText></p>"), ["DDE cmd"]);
        assert_eq!(instructions("<fldSimple instr='PAGE'/>"), ["PAGE"]);
    }

    #[test]
    fn words_follow_quotes_and_escapes() {
        assert_eq!(words(r#"DDEAUTO "C:\\a b\\c.exe" "/k x""#), ["DDEAUTO", r"C:\a b\c.exe", "/k x"]);
    }
}
