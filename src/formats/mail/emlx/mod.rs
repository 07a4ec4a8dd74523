//! Messages of Apple Mail: the length of the message on a line, the message, and a property list with what Mail knows
//! of it.

use bytes::Bytes;

use super::eml::{EmlView, Spoken, is_message};
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem, View as _};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// A message of Apple Mail.
pub const EMLX: FormatId = FormatId("emlx");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: EMLX,
    title: "Apple Mail message",
    extensions: &["emlx", "emlxpart"],
    media_types: &["message/x-emlx", "application/x-emlx"],
    probe: Probe::Structure(|artifact| parts(&artifact.bytes).is_some()),
    reading: Reading::Full,
    references: &[Reference {
        title: "Library of Congress, Apple Mail email format (EMLX)",
        url: "https://www.loc.gov/preservation/digital/formats/fdd/fdd000615.shtml",
    }],
    limitations: &["Attachments that Mail keeps beside a partial message (.partial.emlx) are not at hand."],
    unpacker: Some(&EmlxUnpacker),
    ..FormatSpec::of(Family::Mail)
};

/// The stated length, the message and what follows it.
fn parts(bytes: &Bytes) -> Option<(usize, Bytes, Bytes)> {
    const LONGEST: usize = 24;
    let line = memchr::memchr(b'\n', bytes.get(..LONGEST).unwrap_or(bytes))?;
    let length: usize = std::str::from_utf8(bytes.get(..line)?.trim_ascii()).ok()?.parse().ok()?;
    let start = line.saturating_add(1);
    let end = start.saturating_add(length).min(bytes.len());
    let message = bytes.slice(start..end);
    is_message(&message).then(|| (length, message, bytes.slice(end..)))
}

struct EmlxUnpacker;

impl Unpacker for EmlxUnpacker {
    fn findings(&self) -> Kinds {
        &[]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some((length, message, rest)) = parts(&parent.bytes) else { return Ok(()) };
        if message.len() < length {
            let what = format!("the message ends after {} of {length} bytes", message.len());
            out.problem(Problem::damaged(what, Location::whole()));
        }
        if parent.name.all().any(|name| name.to_lowercase().ends_with(".partial.emlx")) {
            let what = "a partial message, whose attachments lie elsewhere";
            out.problem(Problem::unsupported(what, Location::whole()));
        }
        if let Ok(view) = EmlView::parse(&message) {
            let passwords = Spoken::of(&view, &message).passwords();
            if !passwords.is_empty() {
                out.offer_passwords(passwords);
            }
        }
        let origin = Origin::file(OriginKind::Message, "Apple Mail");
        out.child_bytes(EntryName::new("message.eml"), origin, message)?;
        if !rest.trim_ascii().is_empty() {
            let origin = Origin::part(OriginKind::Embedded, "what Apple Mail knows of the message");
            out.child_bytes(EntryName::new("message.plist"), origin, rest)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use crate::model::ProblemKind;
    use sekisho_samples::mail::Eml;

    const PLIST: &[u8] = b"<?xml version=\"1.0\"?><plist version=\"1.0\"><dict></dict></plist>\n";

    fn emlx(message: &[u8]) -> Vec<u8> {
        [format!("{:<10}\n", message.len()).as_bytes(), message, PLIST].concat()
    }

    #[test]
    fn message_and_list_come_apart() {
        let message = Eml::letter("a@example.com").text_body("utf-8", "hi").build();
        let whole = emlx(&message);
        let said = trial::scan(&FORMAT, "1.emlx", &whole);
        assert_eq!(said.children[0].bytes, message);
        assert_eq!(said.children[1].bytes, PLIST);
        assert_eq!(said.problems, []);
        let partial = trial::scan(&FORMAT, "1.partial.emlx", &whole);
        assert_eq!(partial.problems[0].kind, ProblemKind::Unsupported);
        let cut = trial::scan(&FORMAT, "1.emlx", &whole[..message.len() - 5]);
        assert_eq!(cut.problems[0].kind, ProblemKind::Damaged);
    }

    #[test]
    fn a_number_before_other_text_is_none() {
        for bytes in [b"12\nsome text follows here\n".as_slice(), b"2016", b"\n", b""] {
            assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", bytes)));
        }
    }
}
