//! A mailbox's messages as children.

use bytes::Bytes;

use crate::formats::mail::eml::{EmlView, Spoken};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, PasswordHint, Problem, View, hints};
use crate::stage::{Outcome, StageError, Unpacker};

use super::parser::{MboxView, unquoted};

/// Messages whose text is searched for passwords that open attachments of other messages in the box.
const MAX_HEARD: usize = 200;
/// Bytes of a message that is searched for them: a message that only brings a password is short.
const MAX_HEARD_BYTES: usize = 256 << 10;

/// Takes mailboxes apart.
pub(super) struct MboxUnpacker;

impl Unpacker for MboxUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<MboxView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        let messages = view.messages.iter().map(|range| as_sent(&parent.bytes, range.clone())).collect();
        give_messages(messages, "mbox", out)?;
        for range in &view.joined {
            let what = "a message whose multipart ends only behind the next separator";
            out.problem(Problem::odd(what, Location::at(range.start)));
            let bytes = parent.bytes.slice_ref(parent.bytes.get(range.clone()).unwrap_or_default());
            let origin = Origin::file(OriginKind::Message, "mbox, read on behind a separator");
            out.child_bytes(EntryName::new("message-joined.eml"), origin, bytes)?;
        }
        Ok(())
    }
}

/// Gives the messages of a mailbox, and offers the passwords they hold to each other.
pub(in crate::formats::mail) fn give_messages(
    messages: Vec<Bytes>,
    how: &str,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    // The usual sequel of an encrypted attachment is a second message with its password.
    let passwords = passwords(messages.iter());
    if !passwords.is_empty() {
        out.offer_passwords(passwords);
    }
    for (index, bytes) in messages.into_iter().enumerate() {
        let name = format!("message-{}.eml", index.saturating_add(1));
        out.child_bytes(EntryName::new(name), Origin::file(OriginKind::Message, how), bytes)?;
    }
    Ok(())
}

/// A message as it was sent: without the mailbox's blank line and quoting.
fn as_sent(bytes: &Bytes, range: std::ops::Range<usize>) -> Bytes {
    let stored = bytes.slice_ref(bytes.get(range).unwrap_or_default());
    // The blank line before the next separator is the mailbox's.
    let trimmed = stored.strip_suffix(b"\r\n\r\n").map(|rest| rest.len().saturating_add(2));
    let trimmed = trimmed.or_else(|| stored.strip_suffix(b"\n\n").map(|rest| rest.len().saturating_add(1)));
    let stored = stored.slice(..trimmed.unwrap_or(stored.len()));
    unquoted(&stored).map(Bytes::from).unwrap_or(stored)
}

fn passwords<'a>(messages: impl Iterator<Item = &'a Bytes>) -> Vec<PasswordHint> {
    let mut all: Vec<PasswordHint> = Vec::new();
    for message in messages.filter(|message| message.len() <= MAX_HEARD_BYTES).take(MAX_HEARD) {
        let Ok(view) = EmlView::parse(message) else { continue };
        for hint in Spoken::of(&view, message).passwords() {
            if all.len() < hints::MAX_PASSWORDS && !all.iter().any(|known| known.text == hint.text) {
                all.push(hint);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use sekisho_samples::mail::{Eml, MboxStyle, mbox};

    #[test]
    fn messages_come_out_and_share_their_passwords() {
        let locked = Eml::letter("a@example.com").subject("x").attach("a.zip", "application/zip", b"PK").build();
        let password = Eml::letter("a@example.com").text_body("iso-2022-jp", "パスワードは「Tkt#2016」です。").build();
        let bytes = mbox(MboxStyle::Mboxrd, &[locked, password]);
        let (said, result) = trial::unpack(&MboxUnpacker, "a.mbox", bytes);
        result.unwrap();
        assert_eq!(said.children.len(), 2);
        assert_eq!(said.hints.unwrap().passwords().first().unwrap().text, "Tkt#2016");
    }
}
