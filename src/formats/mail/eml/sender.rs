//! Whether the names a message gives its sender agree with each other.

use std::sync::LazyLock;

use regex::Regex;

use crate::finding_kind;
use crate::formats::mail::address::{domain_of, organisation};
use crate::knowledge::senders;
use crate::model::Location;
use crate::stage::Outcome;

use super::authentication::recorded;
use super::authored::{author, is_from_a_list, of_field};
use super::header::Headers;
use super::indicators;

finding_kind! {
    /// ## What it is
    /// The address the message was sent from on the wire (Return-Path) belongs to another organisation than the address
    /// shown as its author (From).
    ///
    /// ## Why it matters
    /// Bounces and blame go to the first address, trust to the second. Forged mail shows a partner's address and is sent
    /// from a server of the forger's.
    ///
    /// ## How we see it
    /// Both domains are reduced to the part an organisation registers (public suffix list) and compared. If DMARC passed,
    /// a signature of the shown domain exists and nothing is said.
    ///
    /// ## When it is innocent
    /// Newsletters, ticket systems and travel booking systems send through service providers, lists and forwarders
    /// rewrite the envelope. It is never enough alone.
    ///
    /// ## References
    /// - RFC 5321 section 4.4, Return-Path: https://www.rfc-editor.org/rfc/rfc5321#section-4.4
    /// - RFC 7489 section 3.1, identifier alignment: https://www.rfc-editor.org/rfc/rfc7489#section-3.1
    pub(super) const MAIL_ENVELOPE_MISMATCH = {
        id: "mail-envelope-mismatch",
        title: "the message was sent by another organisation than the one shown as its author",
        ja: "実際の送信元ドメインが、表示されている差出人のドメインと異なります",
        why_ja: "表示された差出人とは別の組織のサーバーから送られています。配信代行サービスでも起こりますが、なりすましメールの特徴でもあります。",
        severity: Low,
        facet: Identity,
        confidence: Medium,
        attack: ["T1684.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// The sender's display name contains an e-mail address or a domain that is not the one the message is from.
    ///
    /// ## Why it matters
    /// Most mail programs show the display name alone. Whoever reads "yamada@partner.example" there believes it.
    ///
    /// ## How we see it
    /// Addresses and domains under known public suffixes are looked for in the decoded display name of From and
    /// compared, by organisation, with the address itself.
    ///
    /// ## When it is innocent
    /// Services that write on behalf of somebody, and products whose names look like domains.
    ///
    /// ## References
    /// - ATT&CK T1684.001, Impersonation: https://attack.mitre.org/techniques/T1684/001/
    /// - RFC 5322 section 3.4: https://www.rfc-editor.org/rfc/rfc5322#section-3.4
    pub(super) const MAIL_DISPLAY_NAME_LIES = {
        id: "mail-display-name-lies",
        title: "the sender's display name shows another address than the real one",
        ja: "差出人の表示名に、実際とは異なるアドレスやドメインが書かれています",
        why_ja: "多くのメールソフトは表示名しか見せないため、別の差出人からのメールだと思わせる手口に使われます。",
        severity: Low,
        facet: Identity,
        confidence: Medium,
        attack: ["T1684.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// Answers to this message go to another organisation than the one shown as its author.
    ///
    /// ## Why it matters
    /// With a forged From, the forger still wants to read the answer: Reply-To is where he gets it.
    ///
    /// ## How we see it
    /// The domains of Reply-To and From are compared by organisation (public suffix list). Mailing lists, which set
    /// Reply-To by design, are left out.
    ///
    /// ## When it is innocent
    /// Ticket systems, web forms and shared mailboxes. It is never enough alone.
    ///
    /// ## References
    /// - RFC 5322 section 3.6.2: https://www.rfc-editor.org/rfc/rfc5322#section-3.6.2
    pub(super) const MAIL_REPLY_TO_MISMATCH = {
        id: "mail-reply-to-mismatch",
        title: "answers to this message go to another organisation than its author's",
        ja: "返信先が、表示されている差出人とは別の組織になっています",
        why_ja: "返信すると差出人とは別の相手に届きます。問い合わせ窓口などでも使われますが、なりすましメールの特徴でもあります。",
        severity: Low,
        facet: Identity,
        confidence: Medium,
        attack: ["T1684.001"],
    }
}

#[expect(clippy::expect_used, reason = "a fixed pattern; a test compiles it")]
static DOMAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:[a-z0-9._%+-]+@)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})")
        .expect("a valid pattern")
});

pub(super) fn check(headers: &Headers, out: &mut Outcome<'_>) {
    let Some(author) = author(headers) else { return };
    let Some(domain) = author.domain() else { return };
    let own = organisation(domain);
    envelope(headers, &own, out);
    for shown in domains_in(&author.display) {
        if organisation(&shown) != own {
            let observed = format!("{} <{}>", author.display, author.address);
            out.raise(MAIL_DISPLAY_NAME_LIES, Location::part("header From"), observed);
            break;
        }
    }
    if !is_from_a_list(headers) {
        let reply = of_field(headers, "reply-to");
        let strange = reply.iter().find(|mailbox| mailbox.domain().is_some_and(|domain| organisation(domain) != own));
        let any_own = reply.iter().any(|mailbox| mailbox.domain().is_some_and(|domain| organisation(domain) == own));
        if let Some(mailbox) = strange.filter(|_| !any_own) {
            let is_free = mailbox.domain().is_some_and(senders::is_free_mail);
            let free = if is_free { " (anyone can have an address there)" } else { "" };
            let observed = format!("{}{free}, author {}", mailbox.address, author.address);
            out.raise(MAIL_REPLY_TO_MISMATCH, Location::part("header Reply-To"), observed);
        }
    }
}

fn envelope(headers: &Headers, own: &str, out: &mut Outcome<'_>) {
    // Lists send as themselves by design.
    if is_from_a_list(headers) {
        return;
    }
    if recorded(headers, out.site()).is_some_and(|results| results.has("dmarc", &["pass"])) {
        return;
    }
    let envelope = of_field(headers, "return-path");
    let Some(address) = envelope.first().map(|mailbox| mailbox.address.as_str()) else { return };
    if let Some(domain) = domain_of(address)
        && organisation(domain) != own
    {
        let greeting = greeting(headers).map(|name| format!(", by a machine called {name}")).unwrap_or_default();
        let observed = format!("sent by {address}, author at {own}{greeting}");
        out.raise(MAIL_ENVELOPE_MISMATCH, Location::part("header Return-Path"), observed);
    }
}

/// What the last machine outside called itself, if that is no name a mail server has: the greeting of a private
/// computer. Hops are read from the top, those of private addresses being the recipient's own.
fn greeting(headers: &Headers) -> Option<String> {
    const HOPS: usize = 10;
    let outer = headers.all("received").take(HOPS).find_map(|header| {
        let sending = header.value.trim().strip_prefix("from ")?;
        let sending = sending.split(" by ").next().unwrap_or(sending);
        let is_inner = indicators::addresses_in(sending).iter().all(indicators::is_inner);
        sending.split_whitespace().next().filter(|_| !is_inner).map(str::to_owned)
    });
    outer.filter(|name| !name.contains(['.', ':']) && !name.eq_ignore_ascii_case("localhost"))
}

/// Domains under a known suffix in a display name.
fn domains_in(display: &str) -> Vec<String> {
    const LONGEST: usize = 1_000;
    let display = display.get(..LONGEST).unwrap_or(display);
    DOMAIN
        .captures_iter(display)
        .filter_map(|found| found.get(1))
        .map(|domain| domain.as_str().to_ascii_lowercase())
        .filter(|domain| {
            psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known()) && psl::domain_str(domain).is_some()
        })
        .take(20)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::observed;
    use sekisho_samples::mail::{Eml, encoded_word_b};

    fn seen(fields: &[(&str, &str)], id: &str) -> usize {
        let mail = fields.iter().fold(Eml::new(), |mail, (name, value)| mail.header(name, value));
        observed(&mail.text_body("us-ascii", "hi").build(), id).len()
    }

    #[test]
    fn another_organisation_in_the_envelope() {
        let id = "mail-envelope-mismatch";
        assert_eq!(seen(&[("Return-Path", "<x@rental.example.net>"), ("From", "y@air.example.com")], id), 1);
        assert_eq!(seen(&[("Return-Path", "<x@bounce.example.com>"), ("From", "y@air.example.com")], id), 0);
        assert_eq!(seen(&[("Return-Path", "<>"), ("From", "y@air.example.com")], id), 0);
        let list = ("List-Id", "<l.example.net>");
        assert_eq!(seen(&[list, ("Return-Path", "<x@lists.example.net>"), ("From", "y@example.com")], id), 0);
        let hop = ("Received", "from ylmf-pc (unknown [203.0.113.9]) by mx.example.org");
        let mail = [hop, ("Return-Path", "<x@rental.example.net>"), ("From", "y@example.com")];
        let mail = mail.iter().fold(Eml::new(), |mail, (name, value)| mail.header(name, value)).build();
        assert!(observed(&mail, id)[0].ends_with("by a machine called ylmf-pc"));
        let passed = ("Authentication-Results", "mx; dkim=pass header.d=example.com; dmarc=pass");
        assert_eq!(seen(&[passed, ("Return-Path", "<x@esp.example.net>"), ("From", "y@example.com")], id), 0);
    }

    #[test]
    fn another_address_in_the_display_name() {
        let id = "mail-display-name-lies";
        assert_eq!(seen(&[("From", "\"yamada@air.example.com\" <x@example.net>")], id), 1);
        let word = encoded_word_b("utf-8", "山田 (air.example.com)");
        assert_eq!(seen(&[("From", &format!("{word} <x@example.net>"))], id), 1);
        assert_eq!(seen(&[("From", "\"yamada@mail.example.com\" <x@example.com>")], id), 0);
        assert_eq!(seen(&[("From", "\"Taro via Docs\" <x@example.net>")], id), 0);
        assert_eq!(seen(&[("From", "\"St.Johns Node.js v2.1\" <x@example.net>")], id), 0);
    }

    #[test]
    fn another_organisation_gets_the_answers() {
        let id = "mail-reply-to-mismatch";
        let from = ("From", "y@air.example.com");
        assert_eq!(seen(&[from, ("Reply-To", "y@example.net")], id), 1);
        let free = Eml::new().header(from.0, from.1).header("Reply-To", "y@gmail.com").build();
        assert_eq!(observed(&free, id), ["y@gmail.com (anyone can have an address there), author y@air.example.com"]);
        assert_eq!(seen(&[from, ("Reply-To", "desk@example.com")], id), 0);
        assert_eq!(seen(&[from, ("Reply-To", "list@example.net"), ("List-Id", "<l.example.net>")], id), 0);
    }
}
