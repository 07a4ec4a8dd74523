//! Attachments taken out of a message, a notice in the place of each, every other byte as it was: nothing else is encoded
//! or folded anew, so that what can still be verified still verifies.
//!
//! A message is rewritten only where every mail program sees the same parts in it; where one might find the attachment in
//! what another takes for text, there is no rewriting it. `cut` says what is taken out, `part` what is put in its place,
//! `head` changes header fields, and `check` reads the result again: what cannot be shown to be right is not given.

mod check;
mod cut;
mod head;
mod notice;
mod part;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use notice::fill;

use crate::formats::mail::eml::{EmlView, WITHOUT_END, is_message};
use crate::model::{Report, View as _};

/// Oddities a message may have and still be rewritten; the parser stops counting at more.
const MAX_ODDITIES: usize = 90;

/// Which attachments to take out of a message, and what to say in their place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// SHA-256 (hexadecimal) of the MIME parts of the message, decoded, that may not pass. A message is rewritten only if
    /// every one of them can be taken out by itself.
    pub artifacts: Vec<String>,
    /// SHA-256 of parts that are taken out with them if they can be.
    pub also: Vec<String>,
    /// The text put in each one's place, UTF-8 with `\n` line ends. `{name}` stands for the attachment's name,
    /// `{size}` for its bytes, `{sha256}` for its digest.
    pub notice: String,
}

/// A message with attachments taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    /// Its body, without the header section. Crosses a worker's channel as raw bytes beside the rest.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// Header fields that must change with it: name, and the new value or nothing to delete it. Each replaces the first
    /// occurrence; where there is none, a value is added.
    pub headers: Vec<(String, Option<String>)>,
    /// Names of the attachments taken out, as a person may be shown them.
    pub removed: Vec<String>,
    /// Signatures over the message that no longer hold: `dkim`, `smime`, `pgp`.
    pub breaks: Vec<String>,
    /// The report of the message as it is after this; without it nobody knows whether it may pass.
    pub left: Option<Box<Report>>,
}

impl Rewritten {
    /// The whole message as it is after this: the header section of the message it was made of with the changes, and the
    /// body. Nothing if that message has no header section.
    pub fn whole(&self, message: &[u8]) -> Option<Vec<u8>> {
        let section = head::section(message)?;
        Some([head::changed(section, &self.headers).as_slice(), &self.body].concat())
    }
}

/// Takes attachments out of a message. Nothing if the bytes are no message, or programs would read it differently, or
/// something that must go is no attachment of its own: the message's text, a file written out in that text, a part of a
/// part. Of an attached message the whole goes.
pub fn rewrite(message: &Bytes, replacement: &Replacement) -> Option<Rewritten> {
    if !is_message(message) {
        return None;
    }
    let view = EmlView::parse(message).ok()?;
    if !is_plain(&view) {
        return None;
    }
    let cuts = cut::cuts(&view, message, replacement)?;
    let rewritten = cut::apply(&view, message, &cuts)?;
    let whole = Bytes::from(rewritten.whole(message)?);
    check::holds(&view, message, &cuts, &whole).then_some(rewritten)
}

/// Whether every program reads the message as we do.
fn is_plain(view: &EmlView) -> bool {
    view.ambiguities.is_empty()
        && view.problems.len() <= MAX_ODDITIES
        && view.problems.iter().all(|problem| problem.what == WITHOUT_END)
        // Blank lines, a byte order mark or an mbox line before the first field end the head for some.
        && view.headers.0.first().is_some_and(|field| field.offset == 0)
}

#[cfg(test)]
mod tests;
