//! Findings and indicators of a PDF.

use memchr::memmem;

use super::contents::Action;
use super::findings::{
    KINDS, PDF_EMBEDDED_FILE, PDF_FORM_SUBMIT, PDF_HEADER_OFFSET, PDF_JAVASCRIPT, PDF_JAVASCRIPT_PRIVILEGED,
    PDF_LAUNCH, PDF_LINKS_TO_PROGRAM, PDF_NAME_OBFUSCATED, PDF_OPEN_ACTION, PDF_REMOTE_GOTO, PDF_TRAILING_DATA,
    PDF_WEB_ARCHIVE, PDF_XFA_SCRIPT,
};
use super::parser::PdfView;
use super::script::{self, Use};
use super::tail;
use crate::formats::link::Link;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::model::name::extension;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at PDFs.
pub(super) struct PdfAnalyzer;

impl Analyzer for PdfAnalyzer {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<PdfView>()?;
        out.fact("pdf-version", view.version.clone());
        for (key, value) in &view.contents.information {
            out.fact(key, value.clone());
        }
        shape(&view, artifact, out);
        scripts(&view, out);
        form(&view, out);
        for action in &view.contents.actions {
            act(action, out);
        }
        opening(&view, out);
        external_streams(&view, out);
        files(&view, artifact, out);
        if let Some((name, offset)) = view.contents.disguised.first() {
            out.raise(PDF_NAME_OBFUSCATED, Location::at(*offset), format!("/{name} written with # escapes"));
        }
        Ok(())
    }
}

/// What stands before, between and behind the objects.
fn shape(view: &PdfView, artifact: &Artifact, out: &mut Outcome<'_>) {
    let bytes = &artifact.bytes;
    let before = bytes.get(..view.header).unwrap_or_default();
    let before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before);
    if before.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0) {
        out.raise(PDF_HEADER_OFFSET, Location::at(view.header), String::from_utf8_lossy(before).into_owned());
    }
    if let Some(found) = tail::of(view, bytes)
        && let Some(file) = found.file
    {
        let observed = format!("{file}, {} bytes", found.range.len());
        out.raise(PDF_TRAILING_DATA, Location::at(found.range.start), observed);
    }
    if view.header > 0 {
        return;
    }
    for gap in &view.gaps {
        let content = bytes.get(gap.clone()).unwrap_or_default();
        let Some(found) = memmem::find(content, b"MIME-Version:") else { continue };
        let content = content.get(found..).unwrap_or_default();
        if let Some(header) = ["multipart/related", "Content-Location:", "Content-Transfer-Encoding:"]
            .iter()
            .find(|header| memmem::find(content, header.as_bytes()).is_some())
        {
            let at = Location::at(gap.start.saturating_add(found));
            out.raise(PDF_WEB_ARCHIVE, at, format!("MIME-Version and {header} between the objects of a PDF"));
            return;
        }
    }
}

fn scripts(view: &PdfView, out: &mut Outcome<'_>) {
    let scripts = &view.contents.scripts;
    let Some(first) = scripts.first() else { return };
    // The worst script speaks for the document: a form has one per field.
    let worst = scripts.iter().find(|script| script::usage(&script.text) == Use::Code);
    let (shown, severity) = match worst {
        Some(script) => (script, PDF_JAVASCRIPT.severity),
        None => (first, Severity::Info),
    };
    let observed = format!("{} scripts: {}", scripts.len(), script::shown(&shown.text));
    out.raise_as(PDF_JAVASCRIPT, severity, false, Location::at(shown.offset), observed);
    for script in scripts {
        for privileged in script::privileged(&script.text) {
            let observed = format!("{}: the script {}", privileged.word, privileged.does);
            let at = Location::part(format!("object {}", script.object));
            out.raise(PDF_JAVASCRIPT_PRIVILEGED, at, observed);
        }
    }
}

/// Script in the form's XML.
fn form(view: &PdfView, out: &mut Outcome<'_>) {
    let xfa = &view.contents.xfa;
    if memmem::find(xfa, b"<script").or_else(|| memmem::find(xfa, b":script")).is_some() {
        let at = Location::at(view.contents.xfa_offset);
        out.raise(PDF_XFA_SCRIPT, at, format!("script in {} bytes of XFA", xfa.len()));
    }
}

/// One action: its indicator, and what it means by itself.
fn act(action: &Action, out: &mut Outcome<'_>) {
    let at = Location::at(action.offset);
    let link = match action.kind.as_str() {
        "URI" => Link::of(&action.target),
        "SubmitForm" | "GoToR" | "GoToE" | "Launch" | "ImportData" => Link::of_file(&action.target),
        _ => return,
    };
    let context = format!("/{}", action.kind);
    if let Some(ioc) = link.ioc(at.clone(), &context) {
        out.ioc(ioc);
    }
    if action.kind == "Launch" {
        // Office programs write a link to a neighbouring document as a launch of it.
        let is_document = class(&link.extension()).is_some_and(|class| class.is_content()) && !action.has_parameters;
        let (severity, decisive) =
            if is_document { (Severity::Medium, false) } else { (PDF_LAUNCH.severity, PDF_LAUNCH.decisive) };
        out.raise_as(PDF_LAUNCH, severity, decisive, at.clone(), action.target.clone());
    }
    if action.kind == "SubmitForm" {
        out.raise(PDF_FORM_SUBMIT, at.clone(), action.target.clone());
    }
    share(&link, at.clone(), format!("{context} {}", action.target), out);
    if let Link::Web(url) = &link {
        let severity = match class(&link.extension()) {
            Some(kind) if kind.is_launchable() && !is_page(&link.extension()) => Severity::Medium,
            Some(ExtensionClass::Archive | ExtensionClass::Disk) => Severity::Low,
            _ => return,
        };
        out.raise_as(PDF_LINKS_TO_PROGRAM, severity, false, at, url.as_str());
    }
}

/// A target on another machine; one of the recipient's own network weighs less.
fn share(link: &Link, at: Location, observed: String, out: &mut Outcome<'_>) {
    if matches!(link, Link::Share(_)) {
        let severity = if link.is_inside() { Severity::Medium } else { PDF_REMOTE_GOTO.severity };
        out.raise_as(PDF_REMOTE_GOTO, severity, false, at, observed);
    }
}

/// Extensions that on a web server are pages or part of them, and `.com`, which ends addresses.
fn is_page(extension: &str) -> bool {
    matches!(extension, "js" | "com" | "url" | "pl" | "py" | "rb" | "application" | "dll" | "xsl" | "lua" | "app")
}

fn opening(view: &PdfView, out: &mut Outcome<'_>) {
    for action in &view.contents.opening {
        let severity = match action.kind.as_str() {
            "JavaScript" => {
                // A form that formats its own fields at opening.
                let plain = view.contents.scripts.iter().all(|script| script::usage(&script.text) == Use::Form);
                if plain { Severity::Info } else { PDF_OPEN_ACTION.severity }
            }
            "Launch" | "URI" | "SubmitForm" | "GoToR" | "GoToE" | "ImportData" | "RichMediaExecute" => {
                PDF_OPEN_ACTION.severity
            }
            _ => Severity::Info,
        };
        let event = action.event.as_deref().unwrap_or_default();
        let observed = format!("{event}: {} {}", action.kind, script::shown(&action.target));
        out.raise_as(PDF_OPEN_ACTION, severity, false, Location::at(action.offset), observed.trim_end());
    }
}

/// Streams whose data lie in another file (§7.3.8.2, key F).
fn external_streams(view: &PdfView, out: &mut Outcome<'_>) {
    for object in &view.objects {
        let Some(dictionary) = object.value.dictionary().filter(|_| object.stream.is_some()) else { continue };
        let target = match dictionary.get("F").map(|value| view.resolve(value)) {
            Some(super::object::Value::Text(text)) => text.decoded(),
            Some(super::object::Value::Dictionary(file)) => {
                ["UF", "F"].iter().find_map(|key| file.get(key).and_then(|value| value.text())).unwrap_or_default()
            }
            _ => continue,
        };
        let link = Link::of_file(&target);
        if let Some(ioc) = link.ioc(Location::at(object.offset), "external stream") {
            out.ioc(ioc);
        }
        share(&link, Location::at(object.offset), format!("external stream {target}"), out);
    }
}

fn files(view: &PdfView, artifact: &Artifact, out: &mut Outcome<'_>) {
    for file in &view.contents.files {
        let Some(object) = view.objects.get(file.index) else { continue };
        let stored = object.stream.clone().and_then(|range| artifact.bytes.get(range)).unwrap_or_default();
        let mut head = Vec::new();
        if let Some(dictionary) = object.value.dictionary()
            && let super::filter::Storage::Filters(filters) = view.storage(dictionary)
        {
            const ENOUGH: u64 = 1 << 20;
            let reader = super::filter::reader(&filters, stored);
            let _ = std::io::Read::read_to_end(&mut std::io::Read::take(reader, ENOUGH), &mut head);
        }
        let by_name = file.names.iter().find(|name| {
            class(&extension(name)).is_some_and(|class| class.is_launchable() || class == ExtensionClass::Macro)
        });
        let by_content = match tail::magic(&head) {
            Some(what @ ("a Windows program" | "a Linux program" | "a shortcut" | "an encoded script")) => Some(what),
            Some("a zip archive") if memmem::find(&head, b"vbaProject.bin").is_some() => {
                Some("an office file with macros")
            }
            _ => None,
        };
        let name = file.names.first().cloned().unwrap_or_default();
        let severity =
            if by_name.is_some() || by_content.is_some() { Severity::High } else { PDF_EMBEDDED_FILE.severity };
        let observed = match by_content {
            Some(what) => format!("{name}: {what}"),
            None => by_name.unwrap_or(&name).clone(),
        };
        out.raise_as(PDF_EMBEDDED_FILE, severity, false, Location::at(object.offset), observed);
    }
}
