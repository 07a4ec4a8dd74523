//! A message's parts as children: attachments as files with their bytes, bodies as text in UTF-8.

use bytes::Bytes;

use crate::finding_kind;
use crate::formats::text::carried;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

use super::elsewhere;
use super::enclosed::{enclosed, unquoted};
use super::leaf::{Content, Leaf, LeafKind};
use super::parser::EmlView;
use super::partial::{self, Fragment};
use super::spoken::Spoken;

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
        &[MIME_STRUCTURE_AMBIGUOUS, elsewhere::MAIL_PART_KEPT_ELSEWHERE]
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
        let joined = partial::join(&partial::fragments(&view, &parent.bytes));
        let mut numbers = Numbers::default();
        for leaf in &view.leaves {
            let text = give(leaf, &parent.bytes, &mut numbers, out)?;
            for (name, content) in text {
                give_carried(&name, &content, &parent.origin.detail, out)?;
            }
            elsewhere::say(leaf, out);
            if let Some(fragment) = Fragment::of(leaf, &parent.bytes) {
                out.fact("partial-message", fragment.fact());
                if !partial::is_in(&joined, &fragment) {
                    let what = format!("a fragment of a split message: {}", fragment.fact());
                    out.problem(Problem::unsupported(what, Location::at(leaf.head_start)));
                }
            }
        }
        for (id, bytes) in joined {
            let origin = Origin::part(OriginKind::Message, format!("fragments of {id} put together"));
            out.child_bytes(EntryName::new("joined.eml"), origin, bytes.into())?;
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
            LeafKind::Message | LeafKind::Encoded => (&mut self.messages, "message", ".eml"),
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

/// Gives a leaf's content in every reading. Texts come back: they may carry more.
fn give(
    leaf: &Leaf,
    bytes: &Bytes,
    numbers: &mut Numbers,
    out: &mut Outcome<'_>,
) -> Result<Vec<(EntryName, Bytes)>, StageError> {
    let mut texts = Vec::new();
    let contents = leaf.contents(bytes);
    for problem in contents.problems {
        out.problem(problem);
    }
    if let Some(what) = contents.ambiguity {
        out.raise(MIME_STRUCTURE_AMBIGUOUS, Location::at(leaf.head_start), what);
    }
    let name = numbers.name(leaf);
    for content in contents.readings {
        if matches!(leaf.kind, LeafKind::Body | LeafKind::Loose) {
            texts.push((name.clone(), content.bytes.clone()));
            give_body(leaf, &name, content, out)?;
        } else {
            let detail = format!("{}, {}", leaf.media_type, content.how);
            if leaf.kind == LeafKind::Encoded {
                let head = format!("Content-Type: {}\r\n\r\n", leaf.type_value.as_deref().unwrap_or_default());
                let bytes = [head.as_bytes(), &content.bytes].concat();
                out.child_bytes(name.clone(), Origin::part(OriginKind::MimePart, detail), bytes.into())?;
                continue;
            }
            let origin = match leaf.kind {
                LeafKind::TooDeep => Origin::part(OriginKind::MimePart, "multiparts nested too deep"),
                _ => Origin::file(OriginKind::MimePart, detail).claiming(leaf.media_type.clone()),
            };
            out.child_bytes(name.clone(), origin, content.bytes)?;
        }
    }
    Ok(texts)
}

fn give_body(leaf: &Leaf, name: &EntryName, content: Content, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let (bytes, charset) = match leaf.text(&content.bytes) {
        Some((text, charset)) => (readable(text), charset),
        None => match leaf.text(&without_nul(&content.bytes)).filter(|_| is_almost_text(&content.bytes)) {
            Some((text, charset)) => (readable(text), charset),
            None => (content.bytes.clone(), "not text"),
        },
    };
    let detail = format!("{}, {charset}, {}", leaf.media_type, content.how);
    out.child_bytes(name.clone(), Origin::part(OriginKind::MimePart, detail).claiming(leaf.media_type.clone()), bytes)?;
    Ok(())
}

/// The origins of messages that were found in a text; the second such inside another is the last that is looked for.
const IN_TEXT: [&str; 2] = ["written out in a text", "written out in a text of such a message"];

/// What a text carries: files in the forms used before MIME, and messages written out or quoted. `detail` is how the
/// message around it came to be.
fn give_carried(name: &EntryName, content: &Bytes, detail: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    // Outlook shows uuencoded files in plain text as attachments; so do others with yEnc and BinHex.
    carried::give(content, &format!("entry {}", name.text), out)?;
    let depth = IN_TEXT.iter().position(|known| *known == detail).map_or(0, |depth| depth.saturating_add(1));
    let origin = IN_TEXT.get(depth).map(|how| Origin::part(OriginKind::Message, *how).claiming("message/rfc822"));
    if let Some(origin) = &origin
        && let Some(range) = enclosed(content)
    {
        out.child_bytes(EntryName::new("enclosed.eml"), origin.clone(), content.slice(range))?;
    }
    if let Some(text) = unquoted(content) {
        carried::give(&text, &format!("entry {}, quoted", name.text), out)?;
        if let Some(origin) = origin
            && let Some(range) = enclosed(&text)
        {
            out.child_bytes(EntryName::new("quoted.eml"), origin, Bytes::from(text).slice(range))?;
        }
    }
    Ok(())
}

/// A body without the control characters mail programs do not show: with them it would pass for data.
fn readable(text: String) -> Bytes {
    let is_hidden =
        |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\x1b') && c != '\0';
    if text.contains(is_hidden) { text.replace(is_hidden, " ").into() } else { text.into() }
}

fn without_nul(content: &[u8]) -> Vec<u8> {
    content.iter().copied().filter(|byte| *byte != 0).collect()
}

/// Whether bytes with NULs are text all the same: few of them, and no file anyone knows.
fn is_almost_text(content: &[u8]) -> bool {
    let count = memchr::memchr_iter(0, content).count();
    count < content.len() / 50 && !crate::formats::recognised(content)
}

#[cfg(test)]
#[path = "unpack_tests.rs"]
pub(super) mod tests;
