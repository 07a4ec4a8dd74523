//! What a message says to its reader: subject, text, names of attachments. Passwords are looked for in it.

use bytes::Bytes;

use crate::formats::mail::html_text::html_text;
use crate::formats::mail::passwords::{self, Message};
use crate::model::{PasswordHint, View};

use super::leaf::LeafKind;
use super::parser::EmlView;

/// Bodies read of one message.
const MAX_BODIES: usize = 20;
/// Bytes of one body that are read.
const MAX_BODY: usize = 1 << 20;
/// Messages inside the message that are listened to as well: a forwarded thread may hold the password.
const MAX_INNER: usize = 16;
/// Bytes of an inner message that is listened to.
const MAX_INNER_BYTES: usize = 4 << 20;

/// What a message says.
#[derive(Debug, Default)]
pub struct Spoken {
    /// Its subject, decoded.
    pub subject: Option<String>,
    /// Its bodies as a reader sees them, in order.
    pub bodies: Vec<String>,
    /// Names of its attachments.
    pub names: Vec<String>,
    /// Its `Date`.
    pub date: Option<String>,
}

impl Spoken {
    /// What the message in these bytes says.
    pub fn of(view: &EmlView, bytes: &Bytes) -> Self {
        let mut spoken =
            Spoken { subject: view.headers.text("subject"), date: view.headers.text("date"), ..Spoken::default() };
        for leaf in &view.leaves {
            if leaf.kind == LeafKind::Body && spoken.bodies.len() < MAX_BODIES {
                for content in leaf.contents(bytes).readings {
                    let content = content.bytes.get(..MAX_BODY).unwrap_or(&content.bytes);
                    if let Some((text, _)) = leaf.text(content) {
                        let is_html = leaf.media_type == "text/html";
                        spoken.bodies.push(if is_html { html_text(&text) } else { text });
                    }
                }
            } else if let Some(name) = leaf.name.as_ref().filter(|_| leaf.kind == LeafKind::File) {
                spoken.names.extend(name.all().map(str::to_owned));
            }
        }
        spoken
    }

    /// The same, with what the messages inside it say.
    pub fn with_inner(view: &EmlView, bytes: &Bytes) -> Self {
        let mut spoken = Spoken::of(view, bytes);
        let inner = view.leaves.iter().filter(|leaf| leaf.kind == LeafKind::Message).take(MAX_INNER);
        for content in inner.flat_map(|leaf| leaf.contents(bytes).readings) {
            if content.bytes.len() > MAX_INNER_BYTES {
                continue;
            }
            if let Ok(view) = EmlView::parse(&content.bytes) {
                let theirs = Spoken::of(&view, &content.bytes);
                spoken.bodies.extend(theirs.subject);
                spoken.bodies.extend(theirs.bodies);
            }
        }
        spoken
    }

    /// The passwords it offers.
    pub fn passwords(&self) -> Vec<PasswordHint> {
        passwords::candidates(&Message {
            subject: self.subject.as_deref(),
            bodies: &self.bodies,
            names: &self.names,
            date: self.date.as_deref(),
        })
    }
}
