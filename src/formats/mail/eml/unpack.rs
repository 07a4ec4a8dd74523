//! A message's parts as children: attachments as files with their bytes, bodies as text in UTF-8.

use bytes::Bytes;

use crate::finding_kind;
use crate::formats::mail::charset::{Place, guess};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

use super::leaf::{Content, Leaf, LeafKind};
use super::parser::EmlView;
use super::spoken::Spoken;
use super::transfer::uuencoded;

finding_kind! {
    /// ## What it is
    /// Programs read this message's structure differently: it has two boundaries, two content types, two transfer
    /// encodings, two names that open in different programs, or data where only some programs look.
    ///
    /// ## Why it matters
    /// A gateway that reads one way and a mail program that reads another see different attachments. CVE-2024-28054
    /// (Amavis) and CVE-2024-39929 (Exim) were of this kind.
    ///
    /// ## How we see it
    /// The message is read in every way that something in it gives reason for. All parts of all readings are scanned;
    /// this finding says that the readings differ, and where.
    ///
    /// ## When it is innocent
    /// Old or home-made mailers repeat header fields, and relays that add footers damage structures.
    ///
    /// ## References
    /// - draft-chen-email-mime-ambiguity-defense: https://datatracker.ietf.org/doc/draft-chen-email-mime-ambiguity-defense/
    /// - CVE-2024-28054: https://nvd.nist.gov/vuln/detail/CVE-2024-28054
    /// - RFC 2046 section 5.1: https://www.rfc-editor.org/rfc/rfc2046#section-5.1
    pub(crate) const MIME_STRUCTURE_AMBIGUOUS = {
        id: "mime-structure-ambiguous",
        title: "mail programs would read this message's parts differently",
        ja: "メールの構造があいまいで、ソフトによって見える添付ファイルが異なります",
        why_ja: "検査ソフトと受信者のメールソフトで別々の添付ファイルが見えるように細工されている可能性があります。すべての読み方で検査しました。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1027"],
    }
}

/// Takes messages apart.
pub(super) struct EmlUnpacker;

impl Unpacker for EmlUnpacker {
    fn findings(&self) -> Kinds {
        &[MIME_STRUCTURE_AMBIGUOUS]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<EmlView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for ambiguity in &view.ambiguities {
            out.raise(MIME_STRUCTURE_AMBIGUOUS, ambiguity.at.clone(), ambiguity.what.clone());
        }
        let passwords = Spoken::with_inner(&view, &parent.bytes).passwords();
        if !passwords.is_empty() {
            out.offer_passwords(passwords);
        }
        let mut numbers = Numbers::default();
        for leaf in &view.leaves {
            give(leaf, &parent.bytes, &mut numbers, out)?;
        }
        Ok(())
    }
}

/// How many unnamed parts there were of each sort.
#[derive(Default)]
struct Numbers {
    bodies: usize,
    messages: usize,
    files: usize,
}

impl Numbers {
    fn name(&mut self, leaf: &Leaf) -> EntryName {
        if let Some(name) = &leaf.name {
            return name.clone();
        }
        let (count, stem, extension) = match leaf.kind {
            LeafKind::Body => (&mut self.bodies, "body", body_extension(&leaf.media_type)),
            LeafKind::Message => (&mut self.messages, "message", ".eml"),
            LeafKind::File | LeafKind::Loose | LeafKind::TooDeep => (&mut self.files, "part", ""),
        };
        *count = count.saturating_add(1);
        EntryName::new(match *count {
            1 => format!("{stem}{extension}"),
            number => format!("{stem}-{number}{extension}"),
        })
    }
}

fn body_extension(media_type: &str) -> &'static str {
    match media_type {
        "text/html" | "text/x-html" => ".html",
        "text/calendar" => ".ics",
        "text/rtf" | "text/richtext" => ".rtf",
        "text/xml" => ".xml",
        "text/x-vcard" | "text/vcard" => ".vcf",
        _ => ".txt",
    }
}

fn give(leaf: &Leaf, bytes: &Bytes, numbers: &mut Numbers, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let contents = leaf.contents(bytes);
    for problem in contents.problems {
        out.problem(problem);
    }
    if let Some(what) = contents.ambiguity {
        out.raise(MIME_STRUCTURE_AMBIGUOUS, Location::at(leaf.head_start), what);
    }
    if leaf.media_type == "message/partial" {
        out.problem(Problem::unsupported("a fragment of a split message", Location::at(leaf.head_start)));
    }
    let name = numbers.name(leaf);
    for content in contents.readings {
        if matches!(leaf.kind, LeafKind::Body | LeafKind::Loose) {
            give_body(leaf, &name, content, out)?;
        } else {
            let detail = format!("{}, {}", leaf.media_type, content.how);
            let origin = match leaf.kind {
                LeafKind::TooDeep => Origin::part(OriginKind::MimePart, "multiparts nested too deep"),
                _ => Origin::file(OriginKind::MimePart, detail).claiming(leaf.media_type.clone()),
            };
            out.child_bytes(name.clone(), origin, content.bytes)?;
        }
    }
    Ok(())
}

fn give_body(leaf: &Leaf, name: &EntryName, content: Content, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let (bytes, charset) = match leaf.text(&content.bytes) {
        Some((text, charset)) => (Bytes::from(text), charset),
        None => (content.bytes.clone(), "not text"),
    };
    let detail = format!("{}, {charset}, {}", leaf.media_type, content.how);
    out.child_bytes(name.clone(), Origin::part(OriginKind::MimePart, detail).claiming(leaf.media_type.clone()), bytes)?;
    // Outlook shows uuencoded files in plain text as attachments.
    if memchr::memmem::find(&content.bytes, b"begin ").is_none() {
        return Ok(());
    }
    for file in uuencoded(&content.bytes) {
        if !file.is_complete {
            let what = "a uuencoded file without its end";
            out.problem(Problem::damaged(
                what,
                Location::part(format!("entry {}", name.text)).with_offset(file.offset as u64),
            ));
        }
        let name = EntryName::new(guess(&file.name, None, Place::Header).text);
        out.child_bytes(name, Origin::file(OriginKind::MimePart, "uuencode in the text"), file.bytes.into())?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "unpack_tests.rs"]
mod tests;
