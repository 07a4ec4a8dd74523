//! What an RTF loads, links to, and hides.

use memchr::memmem;

use super::findings::{
    RTF_FONT_TABLE_OVERFLOW, RTF_HEADER, RTF_OBJECT, RTF_OBJECT_DISGUISED, RTF_PACKAGE_WITH_EQUATION, RTF_TEMPLATE,
};
use super::objects::{Embedded, Reading};
use super::tokenizer::BinaryTrick;
use super::view::{Holder, RtfView};
use crate::formats::office::classes::{DANGEROUS_CLASS, RISKY_CLASS, say_known};
use crate::formats::office::dde::DDE_LINK;
use crate::formats::office::equation::{
    self, EQUATION_EDITOR_OBJECT, EQUATION_FONT_OVERFLOW, EQUATION_MATRIX_OVERFLOW,
};
use crate::formats::office::external::EXPLOIT_TARGET;
use crate::formats::office::ole::link::{OLE_REMOTE_LINK, say_address, say_monikers};
use crate::formats::office::ole::native::Packed;
use crate::formats::office::ole::package::{
    OLE_EMBEDDED_EXECUTABLE, OLE_PACKAGE_LABEL_LIES, OLE_PACKAGE_LINK, OLE_PACKAGE_OBJECT, name_of, say_native,
    say_packed,
};
use crate::formats::office::ole1::Content;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{Reach, Target, target};
use crate::formats::office::word_fields::{say_instruction, target_of};
use crate::formats::recognised;
use crate::knowledge::clsids::{ClassKind, Clsid, KnownClass, class, class_of_name};
use crate::knowledge::extensions;
use crate::knowledge::relationships::{is_decisive_scheme, is_odd_scheme};
use crate::knowledge::rtf::Word;
use crate::model::name::extension;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Fonts that Word counts in 16 bits with a sign.
const MAX_FONTS: usize = 32_767;
/// Blanks in a row between digits that no writer writes.
const LONG_BLANK: usize = 256;
/// Bytes of an object searched for monikers; links are short.
const NEAR: usize = 64 << 10;
/// Class of the equation editor as stored, and the start of its stream's name.
const EQUATION_CLASS: [u8; 16] = [0x02, 0xCE, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
const EQUATION_STREAM: &[u8] = b"E\0q\0u\0a\0t\0i\0o\0n\0 \0N\0";

/// Looks at RTF.
pub(super) struct RtfAnalyzer;

impl Analyzer for RtfAnalyzer {
    fn findings(&self) -> Kinds {
        &[
            RTF_OBJECT,
            RTF_TEMPLATE,
            RTF_HEADER,
            RTF_OBJECT_DISGUISED,
            RTF_PACKAGE_WITH_EQUATION,
            RTF_FONT_TABLE_OVERFLOW,
            OLE_EMBEDDED_EXECUTABLE,
            OLE_PACKAGE_LABEL_LIES,
            OLE_PACKAGE_OBJECT,
            OLE_PACKAGE_LINK,
            OLE_REMOTE_LINK,
            EQUATION_EDITOR_OBJECT,
            EQUATION_FONT_OVERFLOW,
            EQUATION_MATRIX_OVERFLOW,
            DANGEROUS_CLASS,
            RISKY_CLASS,
            DDE_LINK,
            EXPLOIT_TARGET,
            REMOTE_OBJECT,
            REMOTE_IMAGE,
            REMOTE_HOST_UNUSUAL,
        ]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<RtfView>()?;
        let bytes = &artifact.bytes;
        if !bytes.starts_with(b"{\\rtf1") && !bytes.starts_with(b"{\\rtf\\") {
            let shown = String::from_utf8_lossy(bytes.get(..16).unwrap_or(bytes)).into_owned();
            out.raise(RTF_HEADER, Location::at(0), shown);
        }
        if view.fonts > MAX_FONTS {
            out.raise(RTF_FONT_TABLE_OVERFLOW, Location::whole(), format!("{} fonts", view.fonts));
        }
        for (word, text) in &view.information {
            if let Some(key) = fact(word) {
                out.fact(key, text.trim());
            }
        }
        say_loading(&view, out);
        for embedded in &view.embedded {
            say_object(embedded, view.holders.get(embedded.holder), out);
            say_tricks(embedded, &view, out);
        }
        say_builder(&view, out);
        for instruction in &view.instructions {
            say_field(instruction, out);
        }
        for (word, at, text) in &view.targets {
            say_target(*word, Location::at(*at), text, out);
        }
        for (name, at, value) in &view.shapes {
            say_picture(name, Location::at(*at), value, out);
        }
        Ok(())
    }
}

/// The fact that a word of the information group states.
fn fact(word: &str) -> Option<&'static str> {
    ["title", "subject", "author", "manager", "company"].into_iter().find(|key| *key == word)
}

/// Loading without a click weighs; an object that waits for one is how pictures and tables are embedded.
fn say_loading(view: &RtfView, out: &mut Outcome<'_>) {
    for (word, name) in [(Word::Updated, "\\objupdate"), (Word::AutoLinked, "\\objautlink")] {
        if let Some(holder) = view.holders.iter().find(|holder| holder.has(word)) {
            let class = if holder.class.is_empty() { String::new() } else { format!(" {}", holder.class) };
            out.raise(RTF_OBJECT, Location::at(holder.at), format!("{name}{class}"));
            return;
        }
    }
    if let Some(first) = view.embedded.first() {
        out.raise_as(RTF_OBJECT, Severity::Low, false, Location::at(first.at), "\\objdata");
    }
}

/// Says what an object is, by every name it goes by and by what it holds.
fn say_object(embedded: &Embedded, holder: Option<&Holder>, out: &mut Outcome<'_>) {
    let at = Location::at(embedded.at);
    let header = embedded.object.as_ref();
    let names = [header.map(|object| object.class.as_str()), holder.map(|holder| holder.class.as_str())];
    let mut known: Vec<(&KnownClass, &str)> =
        names.into_iter().flatten().filter_map(|name| Some((class_of_name(name)?, name))).collect();
    if let Some(holder) = holder
        && let Some(class) = Clsid::from_text(&holder.class_id).and_then(class)
    {
        known.push((class, &holder.class_id));
    }
    known.dedup_by_key(|(class, _)| class.clsid());
    for (class, _) in &known {
        say_known(out, class, at.clone());
    }
    let equation = known.iter().find(|(class, _)| class.kind == ClassKind::Equation);
    match &embedded.content {
        Content::Equation(data) => {
            let (class, name) = equation.copied().unzip();
            let observed = class.map_or_else(|| "bare equation".to_owned(), |class| class.name.clone());
            let is_ordinary = class.is_some_and(|class| class.names.iter().any(|known| Some(known.as_str()) == name));
            let observed =
                if is_ordinary { observed } else { format!("{observed}, named {:?}", name.unwrap_or_default()) };
            equation::Object { observed, is_ordinary }.say(out, Some(data), at.clone(), at.clone());
        }
        Content::Packed(packed) => say_packed(packed, &at, out),
        Content::Native(data) => {
            say_native(data, &at, out);
            say_monikers(data.get(..NEAR).unwrap_or(data), &at, out);
        }
        Content::Compound(_) | Content::Link | Content::Empty => {
            // What is inside is said there; here, a name that is spelled to be overlooked.
            if let Some((class, name)) = equation.filter(|(class, name)| !class.names.iter().any(|known| known == name))
            {
                let object =
                    equation::Object { observed: format!("{}, named {name:?}", class.name), is_ordinary: false };
                object.say(out, None, at.clone(), at.clone());
            }
        }
    }
    if let Some(object) = header {
        for link in [&object.topic, &object.network].into_iter().filter(|link| !link.is_empty()) {
            say_link(link, at.clone(), out);
        }
    }
}

/// Says where an OLE1 link leads.
fn say_link(link: &str, at: Location, out: &mut Outcome<'_>) {
    match target(link) {
        Target::Web(..) | Target::Share(_, Reach::Named | Reach::Odd) => say_address(link, true, &at, out),
        Target::Share(..) => out.raise_as(OLE_REMOTE_LINK, Severity::Low, false, at, link),
        Target::Scheme(scheme) if matches!(scheme.as_str(), "script" | "scriptlet" | "soap") => {
            out.raise(DANGEROUS_CLASS, at, format!("link {link}"));
        }
        Target::Scheme(scheme) if is_decisive_scheme(&scheme) => {
            out.raise(EXPLOIT_TARGET, at, format!("link {link}"));
        }
        Target::Scheme(_) | Target::Local => {}
    }
}

/// Says how the digits of an object are disguised.
fn say_tricks(embedded: &Embedded, view: &RtfView, out: &mut Outcome<'_>) {
    let tricks = &embedded.tricks;
    let mut signs: Vec<String> = Vec::new();
    let counted = [
        (tricks.words, "control words"),
        (tricks.escapes, "escapes"),
        (tricks.groups, "groups"),
        (tricks.skipped, "other destinations"),
        (tricks.binaries, "binary stretches"),
        (tricks.dropped, "dropped digits"),
        (tricks.strange, "characters that are no digits"),
    ];
    signs.extend(counted.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    if tricks.longest_blank > LONG_BLANK {
        signs.push(format!("{} blanks in a row", tricks.longest_blank));
    }
    if tricks.is_nested {
        signs.push("inside another object".to_owned());
    }
    match embedded.reading {
        Reading::Word => {}
        Reading::Every => signs.push("an object only if skipped digits count".to_owned()),
        Reading::Shifted => signs.push("an object only if shifted by a digit".to_owned()),
    }
    signs.extend(embedded.object.iter().flat_map(|object| &object.oddities).map(|oddity| (*oddity).to_owned()));
    if embedded.object.is_none() && !embedded.data.is_empty() {
        signs.push("no header".to_owned());
    }
    let odd_lengths = view.tricks.iter().filter(|(trick, _)| *trick != BinaryTrick::Empty).count();
    if odd_lengths > 0 {
        signs.push(format!("{odd_lengths} impossible lengths of \\bin"));
    }
    // Digits that make up nothing at all are what is left of a damaged object.
    let is_empty = embedded.data.len() < 8 && signs.len() < 2;
    if !signs.is_empty() && !is_empty {
        let severity = if signs.len() > 1 { Severity::High } else { Severity::Medium };
        out.raise_as(RTF_OBJECT_DISGUISED, severity, false, Location::at(embedded.at), signs.join(", "));
    }
}

/// An equation beside a packed file for it to decode.
fn say_builder(view: &RtfView, out: &mut Outcome<'_>) {
    let package = view.embedded.iter().find_map(|embedded| match &embedded.content {
        Content::Packed(packed) if is_for_decoding(packed) => Some((embedded.at, packed)),
        _ => None,
    });
    let Some((at, packed)) = package else { return };
    if view.embedded.iter().any(|embedded| is_equation(embedded, view.holders.get(embedded.holder))) {
        let observed = format!("{} of {} bytes", name_of(packed).text, packed.data.len());
        out.raise(RTF_PACKAGE_WITH_EQUATION, Location::at(at), observed);
    }
}

fn is_for_decoding(packed: &Packed) -> bool {
    let names = name_of(packed);
    let is_known = names.all().any(|name| extensions::class(&extension(name)).is_some());
    let is_dropped = names.all().any(|name| extension(name) == "t");
    is_dropped || !is_known && !packed.data.is_empty() && !recognised(&packed.data) && !packed.data.is_ascii()
}

fn is_equation(embedded: &Embedded, holder: Option<&Holder>) -> bool {
    let names = [embedded.object.as_ref().map(|object| &object.class), holder.map(|holder| &holder.class)];
    let is_named = names
        .into_iter()
        .flatten()
        .any(|name| class_of_name(name).is_some_and(|known| known.kind == ClassKind::Equation));
    is_named
        || matches!(embedded.content, Content::Equation(_))
        || matches!(&embedded.content, Content::Compound(data)
            if memmem::find(data, &EQUATION_CLASS).is_some() || memmem::find(data, EQUATION_STREAM).is_some())
}

fn say_field(instruction: &str, out: &mut Outcome<'_>) {
    say_instruction(out, instruction, &Location::part("field"));
    if let Some((keyword, argument)) = target_of(instruction) {
        say_scheme(&argument, &format!("field {keyword} {argument}"), Location::part("field"), out);
    }
}

/// Says a target whose scheme starts a program.
fn say_scheme(text: &str, observed: &str, at: Location, out: &mut Outcome<'_>) {
    match target(text) {
        Target::Scheme(scheme) if is_decisive_scheme(&scheme) => out.raise(EXPLOIT_TARGET, at, observed),
        Target::Scheme(scheme) if is_odd_scheme(&scheme) => {
            out.raise_as(REMOTE_OBJECT, Severity::High, false, at, observed);
        }
        _ => {}
    }
}

/// Says a name of another file.
fn say_target(word: Word, at: Location, text: &str, out: &mut Outcome<'_>) {
    let place = target(text);
    let context = match word {
        Word::Template => "template",
        Word::Link => "link of a shape",
        Word::File => "linked file",
        Word::Connection => "source of a mail merge",
        _ => return,
    };
    if let Some(ioc) = place.ioc(context, at.clone()) {
        out.ioc(ioc);
    }
    say_scheme(text, &format!("{context} {text}"), at.clone(), out);
    let severity = match (word, place.reach()) {
        (Word::Link, _) | (_, None) => return,
        (_, Some(Reach::Lan)) => Severity::Low,
        (Word::Template, _) | (_, Some(Reach::Odd)) => Severity::High,
        (_, Some(Reach::Named)) => Severity::Medium,
    };
    let kind = if word == Word::Template { RTF_TEMPLATE } else { REMOTE_OBJECT };
    out.raise_as(kind, severity, false, at.clone(), text);
    if place.reach() == Some(Reach::Odd) {
        out.raise(REMOTE_HOST_UNUSUAL, at, text);
    }
}

/// Says a picture that lies elsewhere.
fn say_picture(name: &str, at: Location, value: &str, out: &mut Outcome<'_>) {
    let place = target(value);
    if let Some(ioc) = place.ioc(name, at.clone()) {
        out.ioc(ioc);
    }
    let severity = match place {
        Target::Share(_, Reach::Odd) => Severity::High,
        Target::Share(_, Reach::Named) => Severity::Medium,
        Target::Share(..) | Target::Web(..) => Severity::Low,
        Target::Scheme(_) | Target::Local => return,
    };
    out.raise_as(REMOTE_IMAGE, severity, false, at.clone(), value);
    if severity == Severity::High {
        out.raise(REMOTE_HOST_UNUSUAL, at, value);
    }
}
