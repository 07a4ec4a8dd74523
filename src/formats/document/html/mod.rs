//! Web pages (WHATWG HTML), whole or as the bodies mails carry. The view is what a reader sees and what acts: visible
//! text, links, scripts, forms, content inside attributes. Pages are not laid out and scripts are not run.

mod analyze;
mod attributes;
mod findings;
mod parser;
pub(crate) mod payload;
mod unpack;

pub(crate) use parser::HtmlView;
pub(crate) use unpack::HtmlUnpacker as Unpacker;

use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// HTML.
pub const HTML: FormatId = FormatId("html");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: HTML,
    title: "Web page",
    family: Family::Document,
    extensions: &["html", "htm", "xhtml", "shtml", "xht", "mht"],
    media_types: &["text/html", "application/xhtml+xml"],
    magic: &[],
    probe: Probe::Text(is_html),
    reading: Reading::Full,
    references: &[Reference { title: "WHATWG HTML, §13 The HTML syntax", url: "https://html.spec.whatwg.org/" }],
    limitations: &[
        "Scripts are read, not run: a page that a script writes is not seen.",
        "Style sheets are not applied: text that they hide counts as visible.",
        "UTF-7 is read as ASCII.",
    ],
    unpacker: Some(&unpack::HtmlUnpacker),
    analyzers: &[&analyze::HtmlAnalyzer],
};

/// Elements that start a page or a mail's body.
const OPENERS: [&str; 44] = [
    "!doctype html",
    "html",
    "head",
    "body",
    "div",
    "p",
    "span",
    "table",
    "tbody",
    "tr",
    "td",
    "br",
    "a",
    "b",
    "i",
    "u",
    "font",
    "meta",
    "title",
    "style",
    "script",
    "center",
    "img",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "ul",
    "ol",
    "form",
    "iframe",
    "base",
    "link",
    "section",
    "article",
    "main",
    "header",
    "strong",
    "em",
    "blockquote",
    "pre",
    "input",
    "object",
];

/// Whether text is a page: it starts with one of its elements, or has its skeleton near the start, or is called a page
/// by its container or name and has any tag.
fn is_html(artifact: &Artifact) -> bool {
    let Ok(view) = artifact.view::<TextView>() else { return false };
    let text = view.text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    let start = skip_prologue(text);
    if OPENERS.iter().any(|opener| opens(start, opener)) {
        return true;
    }
    let head: String = text.chars().take(2048).collect::<String>().to_ascii_lowercase();
    if head.starts_with('<') && ["<html", "<head>", "<body"].iter().any(|tag| head.contains(tag)) {
        return true;
    }
    let claimed = artifact.origin.claimed_type.as_deref().is_some_and(|kind| FORMAT.media_types.contains(&kind))
        || matches!(artifact.name.extension().as_str(), "html" | "htm" | "xhtml" | "shtml");
    claimed && has_tag(&view.text)
}

/// Text without the XML declaration and comments in front of the first element.
fn skip_prologue(text: &str) -> &str {
    let mut text = text;
    for _ in 0..16 {
        let rest = if let Some(rest) = text.strip_prefix("<!--") {
            rest.split_once("-->").map(|(_, after)| after)
        } else if let Some(rest) = text.strip_prefix("<?xml") {
            rest.split_once("?>").map(|(_, after)| after)
        } else {
            return text;
        };
        match rest {
            Some(rest) => text = rest.trim_start(),
            None => return text,
        }
    }
    text
}

fn opens(text: &str, opener: &str) -> bool {
    let Some(rest) = text.strip_prefix('<') else { return false };
    let Some(name) = rest.get(..opener.len()) else { return false };
    let after = rest.get(opener.len()..).and_then(|rest| rest.chars().next());
    name.eq_ignore_ascii_case(opener) && after.is_none_or(|c| c == '>' || c == '/' || c.is_whitespace())
}

fn has_tag(text: &str) -> bool {
    text.match_indices('<').take(64).any(|(at, _)| {
        let next = text.get(at.saturating_add(1)..).and_then(|rest| rest.chars().next());
        next.is_some_and(|c| c.is_ascii_alphabetic() || c == '!' || c == '/')
    })
}

#[cfg(test)]
mod tests;
