//! What one message means to others: who sent it when, in which thread, and the passwords it offers.

use bytes::Bytes;

use super::address::mailboxes;
use super::date;
use super::eml::{EmlView, Spoken, is_message};
use super::mbox::{self, MboxView};
use super::msg;
use crate::model::{PasswordHint, View as _};

/// A message seen from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// Its own `Message-ID` and those it refers to.
    pub ids: Vec<String>,
    /// The address in `From`, lower case.
    pub sender: Option<String>,
    /// Seconds since 1970, by its `Date`.
    pub time: Option<i64>,
    /// Its subject, at most 200 characters, raw.
    pub subject: Option<String>,
    /// The passwords it offers, likeliest first.
    pub passwords: Vec<PasswordHint>,
}

/// Seconds between two messages of one sender that may speak of the same attachment: the password often follows the
/// next working day.
pub const WINDOW: u64 = 4 * 24 * 60 * 60;

/// Identifiers kept of one message.
const MAX_IDS: usize = 64;
/// Characters kept of a subject.
const MAX_SUBJECT: usize = 200;
/// Messages of one mailbox that are read.
const MAX_MESSAGES: usize = 1_000;

/// How compound files begin, MS-CFB 2.2.
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

impl Letter {
    /// The messages in a file: one of the internet or of Outlook, or those of a mailbox; none if it is something else.
    pub fn read(file: &Bytes) -> Vec<Letter> {
        if mbox::is_mailbox(file) {
            let Ok(view) = MboxView::parse(file) else { return Vec::new() };
            let messages = view.messages.iter().take(MAX_MESSAGES);
            return messages.filter_map(|range| Letter::of(&file.slice_ref(file.get(range.clone())?))).collect();
        }
        if is_message(file) {
            return Letter::of(file).into_iter().collect();
        }
        let of_outlook = file.starts_with(&COMPOUND_FILE).then(|| msg::as_mail(file)).flatten();
        of_outlook.map(|(view, bytes)| Letter::seen(&view, &bytes)).into_iter().collect()
    }

    /// Whether two messages may speak of the same attachment, and how far apart in time they are: of the same thread, or of
    /// the same sender within [`WINDOW`].
    pub fn distance(&self, other: &Letter) -> Option<u64> {
        let apart = self.time.zip(other.time).map(|(a, b)| a.abs_diff(b));
        if self.ids.iter().any(|id| other.ids.contains(id)) {
            return Some(apart.unwrap_or(0));
        }
        let is_same_sender = self.sender.is_some() && self.sender == other.sender;
        apart.filter(|apart| is_same_sender && *apart <= WINDOW)
    }

    fn of(message: &Bytes) -> Option<Letter> {
        Some(Letter::seen(&EmlView::parse(message).ok()?, message))
    }

    fn seen(view: &EmlView, message: &Bytes) -> Letter {
        let headers = &view.headers;
        let mut ids: Vec<String> = Vec::new();
        for name in ["message-id", "in-reply-to", "references"] {
            for field in headers.all(name) {
                let words = field.value.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ','));
                ids.extend(words.filter(|word| word.contains('@')).map(str::to_owned).take(MAX_IDS));
            }
        }
        ids.truncate(MAX_IDS);
        let sender = headers.text("from").and_then(|from| mailboxes(&from).into_iter().next());
        Letter {
            ids,
            sender: sender.map(|mailbox| mailbox.address.to_lowercase()),
            time: headers.text("date").and_then(|field| date::seconds(&field)),
            subject: headers.text("subject").map(|subject| subject.chars().take(MAX_SUBJECT).collect()),
            passwords: Spoken::of(view, message).passwords(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::mail::{Eml, Msg};

    #[test]
    fn a_message_is_seen_with_its_thread_and_passwords() {
        let bytes =
            Eml::letter("A@Example.com").subject("鍵").text_body("utf-8", "パスワードは「Tkt#2016」です。").build();
        let letters = Letter::read(&bytes.into());
        let [letter] = letters.as_slice() else { panic!("one letter") };
        assert_eq!(letter.sender.as_deref(), Some("a@example.com"));
        assert!(letter.time.is_some());
        assert!(letter.subject.is_some());
        assert_eq!(letter.passwords[0].text, "Tkt#2016");
    }

    #[test]
    fn a_message_of_outlook_is_one_too() {
        let bytes = Msg::letter("A", "A@Example.com", "password", "パスワードは「Tkt#2016」です。").build();
        let letters = Letter::read(&bytes.into());
        let [letter] = letters.as_slice() else { panic!("one letter") };
        assert_eq!(letter.sender.as_deref(), Some("a@example.com"));
        assert_eq!(letter.passwords[0].text, "Tkt#2016");
    }

    #[test]
    fn other_files_hold_no_letters() {
        assert!(Letter::read(&Bytes::from_static(b"PK\x03\x04")).is_empty());
        assert!(Letter::read(&Bytes::from_static(b"password: abc123")).is_empty());
    }
}
