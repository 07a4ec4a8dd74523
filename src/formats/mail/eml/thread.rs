//! Replies that belong to no thread: a quoted conversation, a new attachment, and an author who was not part of it.

use bytes::Bytes;

use crate::finding_kind;
use crate::formats::mail::address::organisation;
use crate::model::Location;
use crate::stage::Outcome;

use super::authored::{author, is_from_a_list};
use super::leaf::LeafKind;
use super::parser::EmlView;
use super::spoken::Spoken;

finding_kind! {
    /// ## What it is
    /// The message poses as a reply: it quotes a conversation and brings an attachment, but names no message it
    /// answers, and its author's organisation does not appear in the quoted text.
    ///
    /// ## Why it matters
    /// Emotet and its successors steal mailboxes and answer the mails found there from elsewhere. The recipient
    /// recognises the conversation and opens the attachment.
    ///
    /// ## How we see it
    /// The subject starts with `Re:` or 返信; neither In-Reply-To nor References is there; the body has quoted lines or
    /// the line mailers put over an original message; that text names addresses, none of the author's organisation;
    /// a file is attached. Mailing lists are left out.
    ///
    /// ## When it is innocent
    /// Mailers that drop the thread's fields, and colleagues who paste an older mail. Like all signs of identity it
    /// only adds.
    ///
    /// ## References
    /// - ATT&CK T1586.002, Compromise Accounts, Email Accounts: https://attack.mitre.org/techniques/T1586/002/
    /// - RFC 5322 section 3.6.4, In-Reply-To and References: https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4
    pub(super) const MAIL_REPLY_WITHOUT_THREAD = {
        id: "mail-reply-without-thread",
        title: "the message poses as a reply to a conversation its author was not part of",
        ja: "差出人が参加していないやり取りへの返信を装っています",
        why_ja: "盗まれたメールの文面を引用し、返信に見せかけて添付ファイルを開かせる手口（Emotet など）の特徴です。",
        severity: Low,
        facet: Identity,
        confidence: Medium,
        attack: ["T1566.001", "T1586.002"],
    }
}

pub(super) fn check(view: &EmlView, bytes: &Bytes, out: &mut Outcome<'_>) {
    let headers = &view.headers;
    let has_file = view.leaves.iter().any(|leaf| leaf.kind == LeafKind::File);
    let has_thread = headers.first("in-reply-to").is_some() || headers.first("references").is_some();
    let subject = headers.text("subject").unwrap_or_default();
    if !has_file || has_thread || !is_reply(&subject) || is_from_a_list(headers) {
        return;
    }
    let Some(own) = author(headers).and_then(|author| author.domain().map(organisation)) else { return };
    for body in Spoken::of(view, bytes).bodies {
        let Some(quoted) = quoted(&body) else { continue };
        let mut others = addresses(quoted).filter(|domain| *domain != own).peekable();
        if others.peek().is_some() && !addresses(quoted).any(|domain| domain == own) {
            let others: Vec<String> = others.take(3).collect();
            let observed = format!("quotes {}, author at {own}", others.join(", "));
            out.raise(MAIL_REPLY_WITHOUT_THREAD, Location::part("header Subject"), observed);
            return;
        }
    }
}

fn is_reply(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    ["re:", "re：", "re[", "aw:", "sv:", "返信:", "返信："].iter().any(|start| subject.starts_with(start))
}

/// The text from the line before the first quoted one on.
fn quoted(body: &str) -> Option<&str> {
    const OVER: [&str; 3] = ["original message", "元のメッセージ", "差出人:"];
    let mut before = 0usize;
    let mut here = 0usize;
    for line in body.split_inclusive('\n') {
        let text = line.trim();
        if text.starts_with('>') || OVER.iter().any(|over| text.to_lowercase().contains(over)) {
            return body.get(before..);
        }
        if !text.is_empty() {
            before = here;
        }
        here = here.saturating_add(line.len());
    }
    None
}

/// The organisations of the addresses in a text.
fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    const MOST: usize = 50;
    text.split(|c: char| c.is_whitespace() || "<>()[]\"',;:「」".contains(c))
        .filter_map(|word| word.rsplit_once('@'))
        .filter(|(name, domain)| !name.is_empty() && domain.contains('.') && domain.is_ascii())
        .map(|(_, domain)| organisation(domain.trim_end_matches('.')))
        .take(MOST)
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::observed;
    use sekisho_samples::mail::Eml;

    const QUOTE: &str =
        "See the file.\r\n\r\nOn Monday Tanaka <tanaka@partner.example.org> wrote:\r\n> Please quote.\r\n";

    fn seen(mail: Eml) -> usize {
        observed(&mail.attach("a.zip", "application/zip", b"PK\x05\x06").build(), "mail-reply-without-thread").len()
    }

    #[test]
    fn a_reply_from_a_stranger_is_said() {
        let letter = || Eml::letter("m@mailer.example.net").header("Subject", "Re: quote");
        assert_eq!(seen(letter().text_body("us-ascii", QUOTE)), 1);
    }

    #[test]
    fn replies_with_a_thread_or_a_known_author_are_not() {
        let id = "mail-reply-without-thread";
        let letter = |from: &str| Eml::letter(from).header("Subject", "Re: quote");
        assert_eq!(seen(letter("m@mailer.example.net").header("In-Reply-To", "<1@a>").text_body("us-ascii", QUOTE)), 0);
        assert_eq!(seen(letter("sato@partner.example.org").text_body("us-ascii", QUOTE)), 0);
        assert_eq!(seen(letter("m@mailer.example.net").text_body("us-ascii", "no quote, tanaka@example.org")), 0);
        assert_eq!(seen(Eml::letter("m@a.example.net").header("Subject", "Quote").text_body("us-ascii", QUOTE)), 0);
        assert!(observed(&letter("m@mailer.example.net").text_body("us-ascii", QUOTE).build(), id).is_empty());
    }
}
