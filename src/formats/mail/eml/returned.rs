//! Delivery reports (RFC 3464): which address a message could not be delivered to. What that means is for those who see
//! more than one message.

use bytes::Bytes;

use crate::formats::mail::address::mailboxes;
use crate::stage::Outcome;

use super::parser::EmlView;

/// The fact that names an address mail to which came back.
pub const BOUNCED: &str = "bounced-recipient";
/// The fact that names the author's address, for comparing with other messages and with a history.
pub const AUTHOR: &str = "mail-author";

/// The fact that names a message a delivery report returns or answers: its `Message-ID`, and those it refers to. A reply
/// that came back names the mail it replied to.
pub const RETURNED: &str = "returned-message";

/// Messages named of one report.
const MAX_RETURNED: usize = 20;
/// Recipients read of one report.
const MAX_RECIPIENTS: usize = 50;
/// Bytes of a report that are read.
const MAX_REPORT: usize = 256 << 10;

pub(super) fn say(view: &EmlView, bytes: &Bytes, out: &mut Outcome<'_>) {
    if let Some(author) = super::authored::author(&view.headers).filter(|author| author.address.contains('@')) {
        out.fact(AUTHOR, author.address.to_lowercase());
    }
    // Exim names them in a field of its own.
    for header in view.headers.all("x-failed-recipients").take(4) {
        for mailbox in mailboxes(&header.value).into_iter().take(MAX_RECIPIENTS) {
            say_address(&mailbox.address, out);
        }
    }
    for leaf in view.leaves.iter().filter(|leaf| leaf.media_type.ends_with("delivery-status")).take(4) {
        let Some(content) = leaf.contents(bytes).readings.into_iter().next() else { continue };
        let text = String::from_utf8_lossy(content.bytes.get(..MAX_REPORT).unwrap_or(&content.bytes)).into_owned();
        for address in failed(&text) {
            say_address(&address, out);
        }
    }
    if view.leaves.iter().any(|leaf| leaf.media_type.ends_with("delivery-status")) {
        say_returned(view, bytes, out);
    }
}

/// What came back (RFC 3462 section 2): the message or its header section.
fn say_returned(view: &EmlView, bytes: &Bytes, out: &mut Outcome<'_>) {
    let is_returned = |leaf: &&super::Leaf| {
        matches!(
            leaf.media_type.as_str(),
            "message/rfc822"
                | "message/global"
                | "message/rfc822-headers"
                | "text/rfc822-headers"
                | "message/global-headers"
        )
    };
    for leaf in view.leaves.iter().filter(is_returned).take(2) {
        let Some(content) = leaf.contents(bytes).readings.into_iter().next() else { continue };
        let text = String::from_utf8_lossy(content.bytes.get(..MAX_REPORT).unwrap_or(&content.bytes)).into_owned();
        for id in ids(&text) {
            out.fact(RETURNED, id);
        }
    }
}

/// The message ids in the fields of a header section that name messages (RFC 5322 section 3.6.4).
fn ids(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_naming = false;
    for line in text.lines().map(str::trim_end).take_while(|line| !line.is_empty()) {
        let mut words = line;
        if !line.starts_with([' ', '\t']) {
            let (name, value) = line.split_once(':').unwrap_or_default();
            let name = name.trim().to_ascii_lowercase();
            is_naming = matches!(name.as_str(), "message-id" | "in-reply-to" | "references");
            words = value;
        }
        if is_naming {
            let words = words.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ','));
            found.extend(words.filter(|word| word.contains('@')).map(str::to_owned));
        }
    }
    found.dedup();
    found.truncate(MAX_RETURNED);
    found
}

fn say_address(address: &str, out: &mut Outcome<'_>) {
    let address = address.trim().trim_matches(['<', '>']).to_lowercase();
    if address.contains('@') {
        out.fact(BOUNCED, address);
    }
}

/// The final recipients whose delivery failed (RFC 3464 section 2.3): groups of fields between blank lines.
fn failed(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut recipient, mut has_failed) = (None, false);
    for line in text.lines().map(str::trim_end).chain([""]) {
        if line.is_empty() {
            found.extend(recipient.take().filter(|_| std::mem::take(&mut has_failed)));
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "final-recipient" => recipient = value.split_once(';').map(|(_, address)| address.trim().to_owned()),
            "original-recipient" if recipient.is_none() => {
                recipient = value.split_once(';').map(|(_, address)| address.trim().to_owned());
            }
            "action" => has_failed = value.eq_ignore_ascii_case("failed"),
            _ => {}
        }
    }
    found.truncate(MAX_RECIPIENTS);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_are_named() {
        let report = "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n\n\
            Final-Recipient: rfc822;b@example.com\nAction: delayed\n";
        assert_eq!(failed(report), ["a@example.com"]);
        assert!(failed("").is_empty());
    }

    #[test]
    fn what_came_back_is_named_with_what_it_answers() {
        let headers = "Subject: Re: <x@y>\nMessage-ID: <r1@example.org>\nIn-Reply-To: <m1@air.example.com>\n\
            References: <m0@air.example.com>\n <m1@air.example.com>\nTo: yamada@air.example.com\n\nbody <no@example.com>";
        assert_eq!(ids(headers), ["r1@example.org", "m1@air.example.com", "m0@air.example.com", "m1@air.example.com"]);
        assert!(ids("").is_empty());
    }
}
