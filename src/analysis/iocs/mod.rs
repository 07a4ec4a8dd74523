//! Indicators in the readable content of every artifact: URLs, domains, addresses, shares, paths, registry keys, names
//! of files that launch. What a format states as a link of its own (a relationship, a PDF action) is said by that
//! format; here words are read.
//!
//! `reading` a text and what was found in it, `anchors` the one pass that finds candidates, `scan` sends each to its
//! kind: `url`, `domain`, `ip`, `email`, `unc`, `path`, `registry`; `host` is what they share. `derived` and `escaped`
//! are other ways to read a piece of text, `joined` puts pieces together, `encoded` and `xor` what hides in it, `rewritten` links around links.

mod anchors;
mod derived;
mod domain;
mod email;
mod encoded;
mod escaped;
mod findings;
mod host;
mod ip;
mod joined;
mod path;
mod reading;
mod registry;
mod rewritten;
mod scan;
mod unc;
mod url;
mod xor;

use self::derived::Pieces;
use self::encoded::DecodedPart;
use self::reading::{Finds, MAX_FINDS, Origin as Position, Reading};
use super::text::{Places, Readable};
use crate::formats::spec;
use crate::model::{Artifact, EntryName, Ioc, IocKind, Location, Origin, OriginKind, Problem};
use crate::stage::{self, Analyzer, Family, Kinds, Outcome, StageError};

/// Extracts indicators.
pub struct Indicators;

/// What is read of an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Everything.
    All,
    /// A message's own header; its parts are artifacts and are read decoded.
    Header,
    /// Nothing: what an archive holds is read in its entries.
    Nothing,
}

fn scope(artifact: &Artifact, is_text: bool) -> Scope {
    let Some(spec) = spec(artifact.format) else { return Scope::All };
    match (spec.family, spec.reading) {
        (Family::Mail, _) if is_text => Scope::Header,
        // A binary message's fields are said by its format; recipients are nobody's indicators.
        (Family::Mail, stage::Reading::Full) | (Family::Archive | Family::Disk, _) => Scope::Nothing,
        // Its text is read without its control words, as a part of its own.
        (Family::Document, _) if spec.id.as_str() == "rtf" => Scope::Nothing,
        _ => Scope::All,
    }
}

/// Formats whose own unpacker decodes what they write in base64 or hexadecimal: a message its parts, RTF its objects,
/// PDF and compound files their streams, calendars and cards their attachments.
fn decodes_itself(artifact: &Artifact, is_text: bool) -> bool {
    let Some(spec) = spec(artifact.format) else { return false };
    match spec.family {
        Family::Mail => true,
        Family::Office => !is_text || matches!(spec.id.as_str(), "rtf" | "flat-opc" | "word-2003-xml"),
        Family::Document => matches!(spec.id.as_str(), "pdf" | "rtf"),
        Family::Text => matches!(spec.id.as_str(), "icalendar" | "vcard" | "uuencode" | "yenc" | "binhex"),
        _ => false,
    }
}

impl Analyzer for Indicators {
    fn findings(&self) -> Kinds {
        findings::KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        if [true, false].iter().all(|is_text| scope(artifact, *is_text) == Scope::Nothing) {
            return Ok(());
        }
        let Some(readable) = Readable::of(artifact) else { return Ok(()) };
        let is_text = readable.is_text();
        let text = match scope(artifact, is_text) {
            Scope::All => readable.text(),
            Scope::Header => header(readable.text()),
            Scope::Nothing => return Ok(()),
        };
        let reading = Reading { text, how: None, origin: Position::Same, is_prose: is_text, trusts_domains: false };
        let mut finds = Finds::new(text.len());
        let mut pieces = Pieces::default();
        scan::scan(&reading, Some(&mut pieces), &mut finds);
        pieces.read(&reading, &mut finds);
        // Macros are folded by the format that read them.
        if is_text && !["vba", "xlm"].contains(&artifact.format.as_str()) {
            joined::read(&reading, &mut finds);
        }
        let parts = if decodes_itself(artifact, is_text) { Vec::new() } else { encoded::collect(&reading, &mut finds) };
        if scope(artifact, is_text) == Scope::Header {
            // Senders and relays are said by the mail format, which knows which header they stand in; recipients are
            // nobody's indicators.
            finds.list.retain(|find| {
                let is_linked = find.context.as_deref().is_some_and(|context| context.contains("host of"));
                is_linked || !matches!(find.kind, IocKind::Email | IocKind::Domain | IocKind::Ipv4 | IocKind::Ipv6)
            });
            // So is a sender's domain that looks like another: it speaks of identity.
            finds.remarks.retain(|remark| remark.kind.id != findings::DOMAIN_CONFUSABLE.id);
        }
        say(&readable, finds, out);
        if !parts.is_empty() {
            let places = Places::of(&readable);
            for part in parts {
                give(&places, part, out)?;
            }
        }
        if !is_text {
            hidden(artifact, out)?;
        }
        Ok(())
    }
}

/// A message up to its first empty line.
fn header(text: &str) -> &str {
    let end = [text.find("\n\n"), text.find("\n\r\n")].into_iter().flatten().min();
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Hands over what was found, in the order of the text.
fn say(readable: &Readable, finds: Finds, out: &mut Outcome<'_>) {
    if finds.list.is_empty() && finds.remarks.is_empty() {
        return;
    }
    let places = Places::of(readable);
    if finds.list.len() >= MAX_FINDS {
        let what = format!("more than {MAX_FINDS} indicators; the rest are not listed");
        out.problem(Problem::odd(what, Location::whole()));
    } else if finds.is_full() {
        out.problem(Problem::odd(
            "too many overlapping candidates for indicators; the rest are not listed",
            Location::whole(),
        ));
    }
    let mut list = finds.list;
    list.sort_by(|a, b| (a.place, a.kind, &a.value).cmp(&(b.place, b.kind, &b.value)));
    for find in list {
        let mut ioc = Ioc::new(find.kind, find.value, places.at(find.place));
        let wide = readable.is_wide_at(find.place).then_some("utf-16");
        let context: Vec<&str> = wide.into_iter().chain(find.context.as_deref()).collect();
        ioc.context = (!context.is_empty()).then(|| context.join(", "));
        ioc.raw = find.raw;
        out.ioc(ioc);
    }
    for remark in finds.remarks {
        out.raise(remark.kind, places.at(remark.place), remark.observed);
    }
}

/// A decoded part as a child.
fn give(places: &Places<'_>, part: DecodedPart, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let place = places.at(part.place).to_string();
    let origin = Origin::part(OriginKind::Decoded, part.how);
    out.child_bytes(EntryName::new(place), origin, part.bytes.into())
}

/// URLs and programs that data hides under a one-byte key.
fn hidden(artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for (offset, key, text) in xor::urls(&artifact.bytes) {
        let how = format!("xor {key:#04x}");
        let reading =
            Reading { text: &text, how: Some(&how), origin: Position::Same, is_prose: false, trusts_domains: false };
        let mut finds = Finds::new(text.len());
        scan::scan(&reading, None, &mut finds);
        for find in finds.list {
            let mut ioc = Ioc::new(find.kind, find.value, Location::at(offset));
            ioc.context = find.context;
            out.ioc(ioc);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
