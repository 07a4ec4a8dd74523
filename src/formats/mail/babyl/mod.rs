//! Babyl mailboxes, Emacs Rmail's until 2008: messages between `^_^L` and `^_`, their fields as received and as shown.

use bytes::Bytes;

use crate::model::{Artifact, FormatId, Location, Problem, ProblemKind};
use crate::stage::{Family, FormatSpec, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

use super::mbox;

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("babyl"),
    title: "Mailbox (Babyl)",
    extensions: &["babyl", "rmail"],
    media_types: &[],
    magic: &[Magic::start(b"BABYL OPTIONS:")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference { title: "Format of Version 5 Babyl Files", url: "https://quimby.gnus.org/notes/BABYL" }],
    unpacker: Some(&BabylUnpacker),
    ..FormatSpec::of(Family::Mail)
};

/// The line between the fields as received and those shown.
const END_OF_ORIGINAL: &[u8] = b"*** EOOH ***";
/// Messages of one mailbox.
const MAX_MESSAGES: usize = 20_000;

struct BabylUnpacker;

impl Unpacker for BabylUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let mut messages = Vec::new();
        for section in parent.bytes.split(|byte| *byte == 0x1f).skip(1) {
            // Between messages stands the end of one and the start of the next.
            let Some(section) = behind_form_feed(section) else { continue };
            if messages.len() >= MAX_MESSAGES {
                let what = format!("more than {MAX_MESSAGES} messages; the rest was not read");
                out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
                break;
            }
            messages.push(Bytes::from(message(section)));
        }
        mbox::give_messages(messages, "Babyl", out)
    }
}

/// A section behind its form feed, if it is a message.
fn behind_form_feed(section: &[u8]) -> Option<&[u8]> {
    let rest = section.strip_prefix(b"\x0c")?;
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    Some(rest.strip_prefix(b"\n").unwrap_or(rest))
}

/// The message in a section: the fields as received where there are any, and the body behind the fields shown.
fn message(section: &[u8]) -> Vec<u8> {
    let status = memchr::memchr(b'\n', section).map_or(section.len(), |at| at.saturating_add(1));
    let rest = section.get(status..).unwrap_or_default();
    let Some(end) = memchr::memmem::find(rest, END_OF_ORIGINAL) else { return rest.to_vec() };
    let original = rest.get(..end).unwrap_or_default().trim_ascii();
    let shown = rest.get(end.saturating_add(END_OF_ORIGINAL.len())..).unwrap_or_default();
    let shown = shown.trim_ascii_start();
    if original.is_empty() {
        return shown.to_vec();
    }
    let body = [b"\n\n".as_slice(), b"\r\n\r\n"]
        .iter()
        .filter_map(|blank| memchr::memmem::find(shown, blank).map(|at| at.saturating_add(blank.len())))
        .min()
        .unwrap_or(shown.len());
    [original, b"\n\n", shown.get(body..).unwrap_or_default()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    #[test]
    fn messages_come_out_with_the_fields_they_were_received_with() {
        let bytes = b"BABYL OPTIONS:\nVersion: 5\n\x1f\x0c\n1,,\nSubject: a\nContent-Type: text/html\n\n*** EOOH ***\nSubject: a\n\none\n\x1f\x0c\n0, unseen,,\n*** EOOH ***\nSubject: b\n\ntwo\n\x1f";
        let said = trial::scan(&FORMAT, "RMAIL", bytes);
        let found: Vec<&[u8]> = said.children.iter().map(|child| child.bytes.as_ref()).collect();
        assert_eq!(found, [b"Subject: a\nContent-Type: text/html\n\none\n".as_slice(), b"Subject: b\n\ntwo\n"]);
        for cut in 14..bytes.len() {
            let _ = trial::scan(&FORMAT, "RMAIL", &bytes[..cut]);
        }
    }
}
