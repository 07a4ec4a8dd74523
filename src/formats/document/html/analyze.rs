//! Findings and indicators of a page.

use std::sync::LazyLock;

use regex::Regex;

use super::findings::{
    HTML_CLICKFIX, HTML_CREDENTIAL_FORM, HTML_LINK_TEXT_LIES, HTML_MONIKER_LINK, HTML_REDIRECT_ONLY, HTML_SHARE_LINK,
    HTML_SMUGGLING, HTML_TRACKING_PIXEL, KINDS,
};
use super::parser::{HtmlLink, HtmlView, LinkKind};
use crate::formats::link::{Link, organisation};
use crate::knowledge::html::html;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at pages.
pub(super) struct HtmlAnalyzer;

impl Analyzer for HtmlAnalyzer {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<HtmlView>()?;
        if !view.title.trim().is_empty() {
            out.fact("html-title", view.title.trim());
        }
        for link in &view.links {
            follow(link, out);
        }
        let code = view.code();
        smuggling(&code, out);
        clickfix(&view, &code, out);
        if let Some((source, line)) = view.pixels.first() {
            out.raise(HTML_TRACKING_PIXEL, Location::line(*line), source.clone());
        }
        if artifact.origin.is_file {
            if let Some(line) = view.password_field {
                let action = view.forms.iter().find(|form| form.has_password).map(|form| form.action.as_str());
                let observed = format!("password field, form sent to {:?}", action.unwrap_or_default());
                out.raise(HTML_CREDENTIAL_FORM, Location::line(line), observed);
            }
            redirect(&view, &code, out);
        }
        Ok(())
    }
}

/// A short extension and `!` (or its escape), somewhere in the path of a file: address.
static MONIKER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)^.+?\.[a-z0-9]{2,4}(?:!|%21)").ok());

/// Whether an address is a file: address that hands a part of the file to a program.
fn is_moniker(target: &str) -> bool {
    /// Characters of the path looked at. Counted here: counted in the expression, they cost 20 ms to compile.
    const REACH: usize = 2_000;
    let target = target.trim_start();
    let Some(scheme) = target.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:")) else { return false };
    let path = target.get(scheme.len()..).unwrap_or_default();
    let end = path.char_indices().nth(REACH).map_or(path.len(), |(end, _)| end);
    let path = path.get(..end).unwrap_or_default();
    MONIKER.as_ref().is_some_and(|pattern| pattern.is_match(path))
}

fn follow(link: &HtmlLink, out: &mut Outcome<'_>) {
    let at = Location::line(link.line);
    if is_moniker(&link.target) {
        out.raise(HTML_MONIKER_LINK, at.clone(), link.target.clone());
    }
    let target = Link::of(&link.target);
    if let Some(ioc) = target.ioc(at.clone(), link.kind.as_str()) {
        out.ioc(ioc);
    }
    if matches!(target, Link::Share(_)) {
        let severity = if link.kind == LinkKind::Href { HTML_SHARE_LINK.severity } else { Severity::High };
        out.raise_as(HTML_SHARE_LINK, severity, false, at.clone(), format!("{} {}", link.element, link.target));
    }
    if link.kind == LinkKind::Href
        && let Some(severity) = lies(&link.label, &target)
    {
        out.raise_as(HTML_LINK_TEXT_LIES, severity, false, at, format!("{} → {}", link.label.trim(), link.target));
    }
}

/// An address and nothing else.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s<(]*(https?://)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+)(?::\d+)?(?:[/?#]\S*)?[\s>)]*$").ok()
});

/// How much it matters that a link shows another address than it leads to; none if it does not.
fn lies(label: &str, target: &Link) -> Option<Severity> {
    let found = ADDRESS.as_ref()?.captures(label)?;
    let host = found.get(2)?.as_str().to_lowercase();
    if !psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known()) {
        return None;
    }
    let has_scheme = found.get(1).is_some();
    let Link::Web(url) = target else { return None };
    let target_host = url.host_str()?.trim_start_matches("www.").to_lowercase();
    let shown = organisation(&host);
    let real = target.organisation()?;
    if shown == real || target_host.ends_with(&host) {
        return None;
    }
    let trackers = &html().click_trackers;
    // A name without a scheme may as well be a file: `report.zip` and `readme.md` have registered endings.
    if !has_scheme && !host.starts_with("www.") && label.trim().matches('.').count() < 2 {
        return None;
    }
    // A counter passes the real address on in its own.
    let passes_on = url.query().is_some_and(|query| query.contains(&shown)) || url.path().contains(&shown);
    let is_counted = trackers.contains(&real) || trackers.contains(&target_host) || passes_on;
    Some(if is_counted || !has_scheme { Severity::Low } else { HTML_LINK_TEXT_LIES.severity })
}

fn smuggling(code: &str, out: &mut Outcome<'_>) {
    let words = html();
    let first = |list: &'static [String]| list.iter().find(|word| code.contains(word.as_str()));
    let (Some(maker), Some(saver)) = (first(&words.makers), first(&words.savers)) else { return };
    let decoder = first(&words.decoders);
    let payload = words
        .payload_heads
        .iter()
        .find(|head| ["\"", "'", "`"].iter().any(|quote| code.contains(&format!("{quote}{head}"))));
    let is_long = longest_run(code) >= 1_000 || longest_numbers(code) >= 500;
    if decoder.is_none() || (payload.is_none() && !is_long) {
        return;
    }
    let shown = payload.map_or_else(|| "a long encoded string".to_owned(), |head| format!("a string starting {head}"));
    let observed = format!("{}, {maker}, {saver}, {shown}", decoder.map(String::as_str).unwrap_or_default());
    out.raise(HTML_SMUGGLING, Location::whole(), observed);
}

/// Length of the longest run of base64 or hexadecimal characters.
fn longest_run(code: &str) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    code.as_bytes().split(|byte| !is_part(byte)).map(<[u8]>::len).max().unwrap_or(0)
}

/// Length of the longest list of small numbers.
fn longest_numbers(code: &str) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b',' | b' ' | b'\n');
    code.as_bytes()
        .split(|byte| !is_part(byte))
        .map(|list| list.iter().filter(|byte| **byte == b',').count())
        .max()
        .unwrap_or(0)
}

fn clickfix(view: &HtmlView, code: &str, out: &mut Outcome<'_>) {
    let words = html();
    let Some(clipboard) = words.clipboard.iter().find(|word| code.contains(word.as_str())) else { return };
    // Instructions are often put on the page by code.
    let seen = format!("{}\n{code}", view.text).to_lowercase().replace('＋', "+").replace("&nbsp;", " ");
    let seen = seen.replace("<kbd>", "").replace("</kbd>", "").replace("</b>", "").replace("<b>", "");
    let instructions: Vec<&String> = words.instructions.iter().filter(|word| seen.contains(word.as_str())).collect();
    let Some(instruction) = instructions.first() else { return };
    let lower = code.to_lowercase();
    let command = words.commands.iter().find(|word| lower.contains(word.as_str()));
    match command {
        Some(command) => {
            let observed = format!("{clipboard} with {:?}, page says {instruction:?}", command.trim());
            out.raise(HTML_CLICKFIX, Location::whole(), observed);
        }
        // Pasting alone is what every copy button is for.
        None if instructions.len() > 1 => {
            let observed = format!("{clipboard}, page says {instruction:?}");
            out.raise_as(HTML_CLICKFIX, Severity::Medium, false, Location::whole(), observed);
        }
        None => {}
    }
}

/// Code that leaves the page.
static LEAVES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:location(?:\.href)?\s*=[^=]|location\.(?:replace|assign)\s*\(|window\.open\s*\(|top\.location)")
        .ok()
});

fn redirect(view: &HtmlView, code: &str, out: &mut Outcome<'_>) {
    // Characters of text a page that only leads on may have: "please wait".
    const MAX_TEXT: usize = 60;
    if view.text.chars().filter(|c| !c.is_whitespace()).count() > MAX_TEXT {
        return;
    }
    let refresh = view.links.iter().find(|link| {
        link.kind == LinkKind::Refresh && matches!(Link::of(&link.target), Link::Web(_) | Link::Data | Link::Script(_))
    });
    if let Some(link) = refresh {
        out.raise(HTML_REDIRECT_ONLY, Location::line(link.line), format!("refresh to {}", link.target));
    } else if let Some(found) = LEAVES.as_ref().and_then(|pattern| pattern.find(code)) {
        let shown: String = code.get(found.start()..).unwrap_or_default().chars().take(120).collect();
        out.raise(HTML_REDIRECT_ONLY, Location::whole(), shown);
    }
}
