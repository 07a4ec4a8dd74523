//! Facts and indicators in the head of a message. Recipients are left out: they are the ones to protect.

use std::net::IpAddr;

use crate::formats::mail::address::mailboxes;
use crate::model::{Ioc, IocKind, Location};
use crate::stage::Outcome;

use super::header::Headers;

/// Relay hops that are read; honest mail has fewer than ten.
const MAX_HOPS: usize = 50;
/// Addresses taken from one field.
const MAX_ADDRESSES: usize = 20;

/// Fields whose text analysts read, and the fact each becomes.
const FACTS: [(&str, &str); 12] = [
    ("From", "mail-from"),
    ("Sender", "mail-sender"),
    ("Reply-To", "mail-reply-to"),
    ("Return-Path", "mail-return-path"),
    ("Subject", "mail-subject"),
    ("Date", "mail-date"),
    ("Message-ID", "mail-message-id"),
    ("In-Reply-To", "mail-in-reply-to"),
    ("X-Mailer", "mail-mailer"),
    ("User-Agent", "mail-mailer"),
    ("X-Originating-IP", "mail-originating-ip"),
    ("Authentication-Results", "mail-authentication-results"),
];

/// Fields that name the sender.
const SENDERS: [&str; 4] = ["From", "Sender", "Reply-To", "Return-Path"];

pub(super) fn say(headers: &Headers, out: &mut Outcome<'_>) {
    for (field, key) in FACTS {
        for header in headers.all(field).take(4) {
            let text = header.text();
            if !text.is_empty() {
                out.fact(key, text);
            }
        }
    }
    for field in SENDERS {
        for header in headers.all(field).take(4) {
            for mailbox in mailboxes(&header.value).into_iter().take(MAX_ADDRESSES) {
                say_address(field, &mailbox.address, out);
            }
        }
    }
    for header in headers.all("received").take(MAX_HOPS) {
        say_hop(&header.value, out);
    }
    if let Some(text) = headers.text("x-originating-ip") {
        for address in addresses_in(&text) {
            say_ip(address, "X-Originating-IP", "header X-Originating-IP", out);
        }
    }
}

fn say_address(field: &str, address: &str, out: &mut Outcome<'_>) {
    let Some((local, domain)) = address.rsplit_once('@') else { return };
    let is_plain =
        !local.is_empty() && address.len() <= 320 && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    let Some(domain) = domain_name(domain).filter(|_| is_plain) else { return };
    let context = format!("header {field}");
    let at = Location::part(context.clone());
    let value = format!("{local}@{domain}");
    let mut email = Ioc::new(IocKind::Email, value.clone(), at.clone()).with_context(context.clone());
    if value != address {
        email.raw = Some(address.to_owned());
    }
    out.ioc(email);
    out.ioc(Ioc::new(IocKind::Domain, domain, at).with_context(context));
}

/// A domain in A-label form, if it is one.
fn domain_name(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let ascii = idna::domain_to_ascii(text).ok()?;
    let is_name = ascii.contains('.')
        && ascii.len() <= 253
        && ascii.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        && ascii.parse::<IpAddr>().is_err()
        && psl::suffix(ascii.as_bytes()).is_some_and(|suffix| suffix.is_known());
    is_name.then_some(ascii)
}

/// One hop, RFC 5321 section 4.4: `from NAME (RDNS [IP]) by …`. Only the sending side is said; the other is the
/// recipient's.
fn say_hop(value: &str, out: &mut Outcome<'_>) {
    let text = value.trim();
    let sending = text.split(" by ").next().unwrap_or(text);
    let Some(sending) =
        sending.get(..5).filter(|start| start.eq_ignore_ascii_case("from ")).and_then(|_| sending.get(5..))
    else {
        return;
    };
    let sending = sending.split(';').next().unwrap_or(sending);
    let name = sending.split_whitespace().next().unwrap_or_default();
    let found = addresses_in(sending);
    let shown: Vec<String> = found.iter().map(IpAddr::to_string).collect();
    out.fact("mail-received", format!("from {name} [{}]", shown.join(", ")));
    for address in found {
        say_ip(address, "Received", "header Received (relay)", out);
    }
    if let Some(domain) = domain_name(name) {
        let ioc = Ioc::new(IocKind::Domain, domain, Location::part("header Received"));
        out.ioc(ioc.with_context("header Received (relay)"));
    }
}

fn say_ip(address: IpAddr, field: &str, context: &str, out: &mut Outcome<'_>) {
    let kind = if address.is_ipv4() { IocKind::Ipv4 } else { IocKind::Ipv6 };
    let mut ioc = Ioc::new(kind, address.to_string(), Location::part(format!("header {field}"))).with_context(context);
    if is_inner(&address) {
        ioc.noise = Some("private".to_owned());
    }
    out.ioc(ioc);
}

/// Whether an address belongs to no machine of the Internet.
pub(super) fn is_inner(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_unspecified() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local(),
    }
}

/// IP addresses in a text: between anything that cannot be part of one.
pub(super) fn addresses_in(text: &str) -> Vec<IpAddr> {
    const MAX: usize = 10;
    let lower = text.to_ascii_lowercase().replace("ipv6:", " ");
    let mut found: Vec<IpAddr> = Vec::new();
    for token in lower.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_'))) {
        let token = token.trim_end_matches(['.', ':']);
        let address = token.parse::<IpAddr>().ok().or_else(|| {
            // With a port, as some servers write.
            let (address, port) = token.rsplit_once(':')?;
            port.parse::<u16>().ok()?;
            address.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4)
        });
        if let Some(address) = address
            && found.len() < MAX
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::said;
    use sekisho_samples::mail::Eml;

    #[test]
    fn senders_and_relays_are_said_recipients_are_not() {
        let mail = Eml::new()
            .header("Return-Path", "<x@rental.example.net>")
            .received("smtp.rental.example.net", "203.0.113.45", "Tue, 15 Mar 2016 09:12:44 +0900")
            .header(
                "Received",
                "from localhost (localhost [127.0.0.1]) by mail.example.org (8.12.1/8.12.1) with SMTP; x",
            )
            .header("Received", "from [IPv6:2001:db8::1] (unknown) by mx.example.org")
            .header("From", "山田 <yamada@air.example.com>")
            .header("To", "victim@example.org")
            .header("Subject", "x")
            .build();
        let said = said(&mail);
        let iocs: Vec<(&str, &str, bool)> =
            said.iocs.iter().map(|ioc| (ioc.kind.as_str(), ioc.value.as_str(), ioc.noise.is_some())).collect();
        assert_eq!(
            iocs,
            [
                ("email", "yamada@air.example.com", false),
                ("domain", "air.example.com", false),
                ("email", "x@rental.example.net", false),
                ("domain", "rental.example.net", false),
                ("ipv4", "203.0.113.45", false),
                ("domain", "smtp.rental.example.net", false),
                ("ipv4", "127.0.0.1", true),
                ("ipv6", "2001:db8::1", false),
            ]
        );
        assert!(said.facts.iter().any(|fact| fact.key == "mail-received" && fact.value.contains("203.0.113.45")));
    }
}
