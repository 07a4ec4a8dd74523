//! Messages that belong together though they came in separate files: the usual sequel of a locked attachment is a second
//! mail with its password.

use std::collections::{BTreeSet, HashMap};

use crate::formats::mail::letter::{Letter, WINDOW};
use crate::model::hints::MAX_PASSWORDS;
use crate::model::{Bytes, PasswordHint, PasswordSource};

/// Messages of one sender or thread that are looked at for one message.
const MAX_RELATED: usize = 256;

/// Messages seen, by sender and thread. A scan of many files learns from all of them before it opens the first; a
/// server would learn from each as it comes, and ask again for those it holds locked.
///
/// ```
/// use sekisho::engine::Correspondence;
///
/// let mut seen = Correspondence::default();
/// let second = "From: a@example.com\r\nDate: Tue, 15 Mar 2016 10:31:00 +0900\r\nMessage-ID: <2@example.com>\r\n\
///     Subject: password\r\n\r\nThe password is: Tkt#2016\r\n";
/// seen.learn(&second.into());
/// let first = "From: a@example.com\r\nDate: Tue, 15 Mar 2016 10:30:00 +0900\r\nMessage-ID: <1@example.com>\r\n\
///     Subject: ticket\r\n\r\nSee the attachment.\r\n";
/// assert_eq!(seen.passwords_for(&first.into())[0].text, "Tkt#2016");
/// ```
#[derive(Debug, Default)]
pub struct Correspondence {
    letters: Vec<Letter>,
    by_sender: HashMap<String, Vec<usize>>,
    by_id: HashMap<String, Vec<usize>>,
}

impl Correspondence {
    /// Learns from a message or mailbox. Only messages that offer a password are kept.
    pub fn learn(&mut self, file: &Bytes) {
        self.learn_letters(Letter::read(file));
    }

    /// As [`Correspondence::learn`], from messages that were read already.
    pub fn learn_letters(&mut self, letters: impl IntoIterator<Item = Letter>) {
        for letter in letters {
            if letter.passwords.is_empty() {
                continue;
            }
            let index = self.letters.len();
            for id in &letter.ids {
                self.by_id.entry(id.clone()).or_default().push(index);
            }
            if let Some(sender) = &letter.sender {
                self.by_sender.entry(sender.clone()).or_default().push(index);
            }
            self.letters.push(letter);
        }
    }

    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Passwords that messages related to this one offer: of the same thread, or of the same sender within four days,
    /// the nearest in time first.
    pub fn passwords_for(&self, file: &Bytes) -> Vec<PasswordHint> {
        if self.is_empty() { Vec::new() } else { self.passwords_among(&Letter::read(file)) }
    }

    /// As [`Correspondence::passwords_for`], for messages that were read already.
    pub fn passwords_among(&self, letters: &[Letter]) -> Vec<PasswordHint> {
        let mut related: BTreeSet<(u64, usize)> = BTreeSet::new();
        for letter in letters {
            let distance = |index: usize| {
                let other = self.letters.get(index).and_then(|other| other.time);
                letter.time.zip(other).map(|(a, b)| a.abs_diff(b))
            };
            let same_thread = letter.ids.iter().filter_map(|id| self.by_id.get(id)).flatten();
            related.extend(same_thread.take(MAX_RELATED).map(|index| (distance(*index).unwrap_or(0), *index)));
            let same_sender =
                letter.sender.as_ref().and_then(|sender| self.by_sender.get(sender)).into_iter().flatten();
            let near = same_sender.filter_map(|index| Some((distance(*index)?, *index)));
            related.extend(near.filter(|(distance, _)| *distance <= WINDOW).take(MAX_RELATED));
        }
        let mut passwords: Vec<PasswordHint> = Vec::new();
        for hint in
            related.iter().filter_map(|(_, index)| self.letters.get(*index)).flat_map(|letter| &letter.passwords)
        {
            if passwords.len() < MAX_PASSWORDS && !passwords.iter().any(|known| known.text == hint.text) {
                passwords.push(PasswordHint { text: hint.text.clone(), source: PasswordSource::OtherMessage });
            }
        }
        passwords
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sender: &str, date: &str, id: &str, reply_to: &str, body: &str) -> Bytes {
        format!(
            "From: {sender}\r\nDate: {date}\r\nMessage-ID: <{id}>\r\nIn-Reply-To: <{reply_to}>\r\nSubject: x\r\n\r\n{body}"
        )
        .into()
    }

    fn offered(second: Bytes) -> usize {
        let mut seen = Correspondence::default();
        seen.learn(&second);
        let first =
            message("a@example.com", "15 Mar 2016 10:30 +0900", "1@example.com", "0@example.com", "see the file");
        seen.passwords_for(&first).len()
    }

    #[test]
    fn sender_and_time_or_thread_join_messages() {
        let speaks = "the password is: Tkt#2016";
        let late = "15 Mar 2017 10:30 +0900";
        assert!(offered(message("A@example.com", "16 Mar 2016 09:00 +0900", "2@example.com", "", speaks)) > 0);
        assert!(offered(message("b@example.com", late, "2@example.com", "1@example.com", speaks)) > 0);
        assert_eq!(offered(message("a@example.com", late, "2@example.com", "9@example.com", speaks)), 0);
        assert_eq!(offered(message("b@example.com", "15 Mar 2016 10:31 +0900", "2@example.com", "", speaks)), 0);
        assert_eq!(offered(message("a@example.com", "15 Mar 2016 10:31 +0900", "2@example.com", "", "hello")), 0);
    }
}
