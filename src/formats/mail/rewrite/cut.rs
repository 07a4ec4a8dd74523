//! What is taken out, and the message without it.

use std::collections::BTreeSet;
use std::ops::Range;

use bytes::Bytes;

use super::{Replacement, Rewritten, fill, head, part};
use crate::formats::mail::eml::{EmlView, Leaf, LeafKind, Transfer};
use crate::model::digest::Digests;

/// Parts taken out at most. A notice can be larger than what it stands for, and a mail with more is kept rather than filled
/// with notices.
const MAX_CUTS: usize = 200;

/// A part that is taken out.
#[derive(Debug)]
pub(super) struct Cut {
    /// Which of the message's leaves it is.
    pub(super) leaf: usize,
    /// Its fields and its body.
    pub(super) range: Range<usize>,
    /// Digests of everything it can be read as.
    pub(super) digests: Vec<String>,
    /// What it was called, as a person may be shown it.
    name: String,
    /// The text in its place, with the line ends of mail.
    pub(super) text: Vec<u8>,
}

/// What a leaf can be read as, by SHA-256, with its size.
pub(super) fn digests(leaf: &Leaf, message: &Bytes) -> Vec<(String, usize)> {
    let readings = leaf.contents(message).readings;
    readings.iter().map(|content| (Digests::of(&content.bytes).sha256, content.bytes.len())).collect()
}

/// The parts to take out, in order. Nothing if one that must go is none, or there is nothing to take out.
pub(super) fn cuts(view: &EmlView, message: &Bytes, replacement: &Replacement) -> Option<Vec<Cut>> {
    let must: BTreeSet<&str> = replacement.artifacts.iter().map(String::as_str).collect();
    let may: BTreeSet<&str> = replacement.also.iter().map(String::as_str).collect();
    let mut missing = must.clone();
    let mut cuts: Vec<Cut> = Vec::new();
    for (index, leaf) in view.leaves.iter().enumerate() {
        if !matches!(leaf.kind, LeafKind::File | LeafKind::Message) {
            continue;
        }
        let digests = digests(leaf, message);
        let named = digests.iter().find(|(digest, _)| must.contains(digest.as_str()) || may.contains(digest.as_str()));
        let Some((digest, size)) = named else { continue };
        for (digest, _) in &digests {
            missing.remove(digest.as_str());
        }
        let name = leaf.name.as_ref().map_or(leaf.media_type.as_str(), |name| name.text.as_str());
        let name = part::shown(name);
        let text = fill(&replacement.notice, |key| match key {
            "name" => Some(name.clone()),
            "size" => Some(size.to_string()),
            "sha256" => Some(digest.clone()),
            _ => None,
        });
        cuts.push(Cut {
            leaf: index,
            range: leaf.head_start..leaf.body.end,
            text: part::canonical(&text),
            digests: digests.into_iter().map(|(digest, _)| digest).collect(),
            name,
        });
    }
    let are_apart = cuts.windows(2).all(|pair| match pair {
        [first, second] => first.range.end <= second.range.start,
        _ => true,
    });
    (missing.is_empty() && (1..=MAX_CUTS).contains(&cuts.len()) && are_apart).then_some(cuts)
}

/// The message without them.
pub(super) fn apply(view: &EmlView, message: &Bytes, cuts: &[Cut]) -> Option<Rewritten> {
    let section = head::section(message)?;
    let line_end = head::line_end(section);
    let mut rewritten = Rewritten {
        body: Vec::new(),
        headers: Vec::new(),
        removed: cuts.iter().map(|cut| cut.name.clone()).collect(),
        breaks: signatures(view),
        left: None,
    };
    // The head of a message that is a single part is the part's own.
    if let [only] = cuts
        && only.range.start == 0
    {
        let leaf = view.leaves.get(only.leaf).filter(|leaf| leaf.body.start == section.len())?;
        if leaf.body.end != message.len() {
            return None;
        }
        rewritten.headers = of_single(view)?;
        rewritten.body = format!("{}{line_end}", part::body(&only.text, line_end)).into_bytes();
        return Some(rewritten);
    }
    if is_encoded(view) {
        return None;
    }
    let mut at = section.len();
    for (number, cut) in cuts.iter().enumerate() {
        rewritten.body.extend_from_slice(message.get(at..cut.range.start)?);
        rewritten.body.extend_from_slice(part::head(number.saturating_add(1), line_end).as_bytes());
        rewritten.body.extend_from_slice(part::body(&cut.text, line_end).as_bytes());
        at = cut.range.end;
    }
    let rest = message.get(at..)?;
    if rest.is_empty() {
        rewritten.body.extend_from_slice(line_end.as_bytes());
    }
    rewritten.body.extend_from_slice(rest);
    Some(rewritten)
}

/// The fields that change where the whole body becomes a notice; nothing if one of them is there twice, as then it
/// depends on the reader which counts.
fn of_single(view: &EmlView) -> Option<Vec<(String, Option<String>)>> {
    let mut changes = vec![
        ("Content-Type".to_owned(), Some(part::TYPE.to_owned())),
        ("Content-Transfer-Encoding".to_owned(), Some(part::ENCODING.to_owned())),
    ];
    if view.headers.first("mime-version").is_none() {
        changes.push(("MIME-Version".to_owned(), Some("1.0".to_owned())));
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    for field in &view.headers.0 {
        let name = field.name.to_ascii_lowercase();
        if !name.starts_with("content-") {
            continue;
        }
        if !known.insert(name.clone()) {
            return None;
        }
        // The rest speaks of what was taken out.
        if name != "content-type" && name != "content-transfer-encoding" {
            changes.push((field.name.clone(), None));
        }
    }
    Some(changes)
}

/// Whether the head says that the body as a whole is encoded, which for a multipart only some programs believe.
fn is_encoded(view: &EmlView) -> bool {
    let mut fields = view.headers.all("content-transfer-encoding");
    fields.any(|field| !matches!(Transfer::of(&field.value), Transfer::Identity(_)))
}

/// The signatures that were over the message.
fn signatures(view: &EmlView) -> Vec<String> {
    let has_part = |types: &[&str]| view.leaves.iter().any(|leaf| types.contains(&leaf.media_type.as_str()));
    let mut found = Vec::new();
    if view.headers.first("dkim-signature").is_some() {
        found.push("dkim".to_owned());
    }
    if has_part(&["application/pkcs7-signature", "application/x-pkcs7-signature"]) {
        found.push("smime".to_owned());
    }
    if has_part(&["application/pgp-signature"]) {
        found.push("pgp".to_owned());
    }
    found
}
