//! A mail as it is put together from what the mail server tells.

use bytes::Bytes;

use super::negotiate::{Agreement, LEADING_SPACE};
use crate::config::Settings;
use crate::gate::checkpoint::Envelope;
use crate::gate::disposition::forged;
use crate::gate::intake::Held;

/// Bytes of addresses that are kept of one mail: a thousand recipients (`smtpd_recipient_limit`) of the longest kind.
const MAX_ADDRESSES: usize = 1 << 20;
/// Fields that only this program may write, in one mail.
const MAX_FORGED: usize = 10_000;
/// Longest name of a field that is told apart from others; the mail server may fold no name (RFC 5322 2.1.1).
const MAX_NAME: usize = 998;

/// Longest release mark: an id and a digest in hexadecimal digits.
const MAX_MARK: usize = 512;

/// A mail.
#[derive(Debug)]
pub(super) struct Mail {
    /// Who sent it to whom.
    pub(super) envelope: Envelope,
    /// The client had logged in.
    pub(super) authenticated: bool,
    /// Names of its fields that only this program may write, in order.
    pub(super) forged: Vec<String>,
    /// What the first field says that marks mail on its way back from the quarantine. Anyone can write one.
    pub(super) mark: Option<String>,
    /// Bytes of the whole message, also of what was not kept.
    pub(super) size: u64,
    bytes: Vec<u8>,
    body_at: Option<usize>,
    lost: Option<Lost>,
    addresses: usize,
    held: Held,
    agreed: Agreement,
}

/// Why a mail was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// It is larger than anything that is read.
    TooLarge,
    /// There was no memory for it.
    NoRoom,
}

/// The content of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// All of it.
    Whole(Bytes),
    /// It was not kept.
    Lost(Lost),
}

/// More than any mail server sends about one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more recipients or fields of its own than one mail may have")]
pub(super) struct TooMany;

impl Mail {
    /// A mail from this sender.
    pub(super) fn from(sender: String, client: Option<String>, agreed: Agreement, held: Held) -> Self {
        Mail {
            envelope: Envelope { sender, client, ..Envelope::default() },
            authenticated: false,
            forged: Vec::new(),
            mark: None,
            size: 0,
            bytes: Vec::new(),
            body_at: None,
            lost: None,
            addresses: 0,
            held,
            agreed,
        }
    }

    /// What was agreed with the mail server that brought it.
    pub(super) fn agreed(&self) -> Agreement {
        self.agreed
    }

    /// The mail server's id of it, for the log.
    pub(super) fn queue_id(&self) -> &str {
        self.envelope.queue_id.as_deref().unwrap_or("-")
    }

    /// One more recipient.
    pub(super) fn to(&mut self, recipient: String) -> Result<(), TooMany> {
        // An address costs its string too.
        self.addresses += recipient.len() + size_of::<String>();
        if self.addresses > MAX_ADDRESSES {
            return Err(TooMany);
        }
        self.envelope.recipients.push(recipient);
        Ok(())
    }

    /// A header field. The protocol tells line ends inside a value as a line feed alone.
    pub(super) fn field(&mut self, name: &[u8], value: &[u8], settings: &Settings) -> Result<(), TooMany> {
        let text = String::from_utf8_lossy(name.get(..MAX_NAME).unwrap_or(name));
        if !forged([&*text], &settings.actions).is_empty() {
            if self.forged.len() >= MAX_FORGED {
                return Err(TooMany);
            }
            if self.mark.is_none() && is_release(&text, settings) {
                self.mark = Some(String::from_utf8_lossy(value.get(..MAX_MARK).unwrap_or(value)).trim().to_owned());
            }
            self.forged.push(text.into_owned());
        }
        let colon: &[u8] = if self.agreed.has(LEADING_SPACE) { b":" } else { b": " };
        self.keep(name, settings);
        self.keep(colon, settings);
        let mut lines = value.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            match lines.peek() {
                Some(_) => {
                    self.keep(line.strip_suffix(b"\r").unwrap_or(line), settings);
                    self.keep(b"\r\n", settings);
                }
                None => self.keep(line, settings),
            }
        }
        self.keep(b"\r\n", settings);
        Ok(())
    }

    /// The header is complete.
    pub(super) fn end_of_header(&mut self, settings: &Settings) {
        if self.body_at.is_none() {
            self.keep(b"\r\n", settings);
            self.body_at = Some(self.bytes.len());
        }
    }

    /// Whether the body has begun.
    pub(super) fn is_in_body(&self) -> bool {
        self.body_at.is_some()
    }

    /// A piece of the body.
    pub(super) fn piece(&mut self, piece: &[u8], settings: &Settings) {
        self.end_of_header(settings);
        self.keep(piece, settings);
    }

    /// Whether more pieces would only be thrown away.
    pub(super) fn needs_no_more(&self) -> bool {
        self.lost.is_some()
    }

    fn keep(&mut self, bytes: &[u8], settings: &Settings) {
        let by = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.size = self.size.saturating_add(by);
        if self.lost.is_some() {
            return;
        }
        let lost = if self.size > settings.queue.max_input {
            Lost::TooLarge
        } else if !self.held.grow(by, &settings.queue) {
            Lost::NoRoom
        } else {
            self.bytes.extend_from_slice(bytes);
            return;
        };
        self.lost = Some(lost);
        self.bytes = Vec::new();
        self.held.release();
    }

    /// The content of the complete mail. It is given once.
    pub(super) fn content(&mut self) -> Content {
        if let Some(lost) = self.lost {
            return Content::Lost(lost);
        }
        let message = Bytes::from(std::mem::take(&mut self.bytes));
        let body_at = self.body_at.unwrap_or(message.len());
        match (message.get(..body_at), message.get(body_at..)) {
            // Stalwart sends the whole message as body (its issue 2346). Only of a mail server that is known to do so: in
            // the body of any other a sender could repeat the header to hide what follows from one reader of the two.
            (Some(header), Some(body)) if self.agreed.repeats_header() && repeats(header, body) => {
                Content::Whole(message.slice(body_at..))
            }
            _ => Content::Whole(message),
        }
    }
}

/// Whether a field is the one that marks released mail.
fn is_release(name: &str, settings: &Settings) -> bool {
    let rest = name.get(settings.actions.header_prefix.len()..).unwrap_or_default();
    rest.eq_ignore_ascii_case("-Release")
}

/// Whether `body` begins with the header once more: the same fields in the same order and an empty line. White space may
/// differ, since values are told without the space before them and with other line ends, and lines that are no field may
/// stand between, since mail servers do not tell those.
fn repeats(header: &[u8], body: &[u8]) -> bool {
    let Some(end) = end_of_header(body) else { return false };
    let mut told = fields(header);
    let mut found = fields(body.get(..end).unwrap_or_default());
    loop {
        match (told.next(), found.next()) {
            (None, None) => return true,
            (Some(told), Some(found)) if solid(told).eq(solid(found)) => {}
            _ => return false,
        }
    }
}

/// Where the first empty line begins.
fn end_of_header(message: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// The fields of a header with the lines that continue them.
fn fields(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = header;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let mut end = 0;
            for line in rest.split_inclusive(|byte| *byte == b'\n') {
                if end > 0 && !line.starts_with(b" ") && !line.starts_with(b"\t") {
                    break;
                }
                end += line.len();
            }
            let (field, after) = rest.split_at_checked(end)?;
            rest = after;
            let first_line = field.split(|byte| *byte == b'\n').next().unwrap_or_default();
            if first_line.contains(&b':') {
                return Some(field);
            }
        }
        None
    })
}

fn solid(field: &[u8]) -> impl Iterator<Item = &u8> {
    field.iter().filter(|byte| !byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::gate::intake::Intake;
    use crate::gate::milter::negotiate::Offer;

    fn mail(steps: u32) -> Mail {
        let agreed = Agreement::to(Offer { version: 6, actions: 0xff, steps }).unwrap();
        Mail::from("a@example.com".to_owned(), None, agreed, Arc::new(Intake::default()).hold())
    }

    fn whole(mut mail: Mail) -> String {
        match mail.content() {
            Content::Whole(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Content::Lost(lost) => panic!("{lost:?}"),
        }
    }

    #[test]
    fn a_message_is_its_fields_in_order_and_its_body() {
        let settings = Settings::default();
        let mut mail = mail(0x1f_ffff);
        mail.field(b"Received", b" from a\n\tby b;\n\tTue", &settings).unwrap();
        mail.field(b"Subject", b"no space", &settings).unwrap();
        mail.field(b"X", b" a\r\n b", &settings).unwrap();
        mail.end_of_header(&settings);
        mail.piece(b"one\r\n", &settings);
        mail.piece(b"two\r\n", &settings);
        let expected = "Received: from a\r\n\tby b;\r\n\tTue\r\nSubject:no space\r\nX: a\r\n b\r\n\r\none\r\ntwo\r\n";
        assert_eq!(mail.size, u64::try_from(expected.len()).unwrap());
        assert_eq!(whole(mail), expected);
    }

    #[test]
    fn without_leading_space_one_is_put() {
        let settings = Settings::default();
        let mut mail = mail(0);
        mail.field(b"Subject", b"hello", &settings).unwrap();
        mail.piece(b"x", &settings);
        assert_eq!(whole(mail), "Subject: hello\r\n\r\nx");
    }

    #[test]
    fn stalwart_sends_the_header_in_the_body_once_more() {
        let settings = Settings::default();
        let raw = b"Subject:  hello\r\n  world\r\nno field\r\nFrom: a@example.com\r\n\r\nbody\r\n";
        let told = |mail: &mut Mail| {
            mail.field(b"Subject", b"hello\r\n  world", &settings).unwrap();
            mail.field(b"From", b"a@example.com", &settings).unwrap();
        };
        let mut stalwart = mail(0x42);
        told(&mut stalwart);
        stalwart.piece(raw, &settings);
        assert_eq!(whole(stalwart).as_bytes(), raw);

        let mut postfix = mail(0x1f_ffff);
        told(&mut postfix);
        postfix.piece(raw, &settings);
        assert!(whole(postfix).len() > raw.len(), "a sender who repeats the header hides nothing");

        let mut other = mail(0x42);
        told(&mut other);
        other.piece(b"Subject: hello world\r\n\r\nFrom: a@example.com\r\n\r\nbody", &settings);
        assert!(
            whole(other).starts_with("Subject: hello\r\n  world\r\nFrom: a@example.com\r\n\r\nSubject: hello world")
        );
    }

    #[test]
    fn a_large_mail_is_counted_but_not_kept() {
        let mut settings = Settings::default();
        settings.queue.max_input = 100;
        let mut mail = mail(0);
        mail.piece(&[b'x'; 98], &settings);
        assert!(!mail.needs_no_more());
        mail.piece(&[b'x'; 1], &settings);
        assert!(mail.needs_no_more());
        mail.piece(&[b'x'; 1_000], &settings);
        assert_eq!(mail.size, 2 + 98 + 1 + 1_000);
        assert_eq!(mail.content(), Content::Lost(Lost::TooLarge));
    }

    #[test]
    fn a_mail_without_room_is_not_kept() {
        let mut settings = Settings::default();
        settings.queue.bytes = 100;
        let mut mail = mail(0);
        mail.piece(&[b'x'; 500], &settings);
        assert_eq!(mail.content(), Content::Lost(Lost::NoRoom));
    }

    #[test]
    fn fields_of_our_name_are_noted_in_every_spelling() {
        let settings = Settings::default();
        let mut mail = mail(0);
        for name in [&b"X-Sekisho-Verdict"[..], b"Subject", b"x-sekisho-verdict", b"X-Seki", b"X-SEKISHO-Other"] {
            mail.field(name, b"clean", &settings).unwrap();
        }
        assert_eq!(mail.forged, ["X-Sekisho-Verdict", "x-sekisho-verdict", "X-SEKISHO-Other"]);
    }

    #[test]
    fn recipients_without_end_are_refused() {
        let mut mail = mail(0);
        let refused = (0..100_000).any(|number| mail.to(format!("{number}@example.com")).is_err());
        assert!(refused);
    }
}
