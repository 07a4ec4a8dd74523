//! Hands a mail to an SMTP server, RFC 5321, with the envelope it had.
//!
//! Addresses are written as they came and not parsed: mailboxes such as `a..b@…` exist though no grammar allows them.

use std::time::Duration;

use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::extension::{ClientId, Extension};

use super::release::Handed;
use crate::config::Release;

/// Hands a mail over. `mark` becomes the first header field, under the name given.
pub fn hand(release: &Release, sender: &str, to: &[String], mail: &[u8], (name, mark): (&str, &str)) -> Handed {
    let refused = |why: &dyn std::fmt::Display| Handed::Refused(why.to_string());
    if to.is_empty() {
        return refused(&"there is nobody to send it to");
    }
    if let Some(odd) = to.iter().map(String::as_str).chain([sender]).find(|address| !is_sendable(address)) {
        return refused(&format!("{} is no address that can be written in SMTP", odd.escape_debug()));
    }
    let server = (release.server.as_str(), release.port);
    let patience = Some(release.timeout.max(Duration::from_secs(1)));
    let mut connection = match SmtpConnection::connect(server, patience, &ClientId::default(), None, None) {
        Ok(connection) => connection,
        Err(error) => return Handed::Refused(said(&error)),
    };
    let content = content(mail, name, mark);
    let mut parameters = String::new();
    if !content.is_ascii() {
        // RFC 6152. A mail that came in eight bits and would go to a server that takes seven stays here.
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            connection.abort();
            return refused(&"the server does not take 8BITMIME");
        }
        parameters.push_str(" BODY=8BITMIME");
    }
    if to.iter().any(|address| !address.is_ascii()) || !sender.is_ascii() {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            connection.abort();
            return refused(&"the server does not take addresses beyond ASCII (SMTPUTF8)");
        }
        parameters.push_str(" SMTPUTF8");
    }
    let commands = std::iter::once(format!("MAIL FROM:<{sender}>{parameters}\r\n"))
        .chain(to.iter().map(|recipient| format!("RCPT TO:<{recipient}>\r\n")))
        .chain(["DATA\r\n".to_owned()]);
    for command in commands {
        // Until the content is sent, nothing is taken, whatever happens.
        if let Err(error) = connection.command(&command) {
            connection.abort();
            let verb = command.split([':', '\r']).next().unwrap_or_default().to_owned();
            return Handed::Refused(format!("{verb}: {}", said(&error)));
        }
    }
    let handed = match connection.message(&content) {
        Ok(reply) if u16::from(reply.code()) / 100 == 2 => {
            Handed::Taken(reply.first_line().unwrap_or("250").chars().take(200).collect())
        }
        Ok(reply) => Handed::Unknown(format!("the server answered {}", reply.code())),
        // A reply that says no is one; anything else leaves open how much the server had of it.
        Err(error) if error.status().is_some() => Handed::Refused(said(&error)),
        Err(error) => Handed::Unknown(said(&error)),
    };
    match handed {
        Handed::Taken(_) => drop(connection.quit()),
        _ => connection.abort(),
    }
    handed
}

/// Whether an address can stand between angle brackets without ending the command.
fn is_sendable(address: &str) -> bool {
    address.len() <= 320 && !address.contains(|c: char| c.is_control() || matches!(c, '<' | '>'))
}

fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    if let Some(source) = std::error::Error::source(error).map(ToString::to_string).filter(|why| !text.contains(why)) {
        text = format!("{text}: {source}");
    }
    text.chars().take(300).collect()
}

/// The mail with its mark, every line ended by CR LF as RFC 5321 section 2.3.8 asks, without the end the client adds.
fn content(mail: &[u8], name: &str, mark: &str) -> Vec<u8> {
    let mut content = format!("{name}: {mark}\r\n").into_bytes();
    content.reserve(mail.len());
    let mut before = b'\n';
    for byte in mail {
        if *byte == b'\n' && before != b'\r' {
            content.push(b'\r');
        }
        content.push(*byte);
        before = *byte;
    }
    if content.ends_with(b"\r\n") {
        content.truncate(content.len().saturating_sub(2));
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_comes_first_and_lines_end_as_smtp_wants() {
        let text = |mail: &[u8]| String::from_utf8(content(mail, "X-Sekisho-Release", "m")).unwrap();
        assert_eq!(text(b"A: b\r\n\r\nc\r\n"), "X-Sekisho-Release: m\r\nA: b\r\n\r\nc");
        assert_eq!(text(b"A: b\n\nc"), "X-Sekisho-Release: m\r\nA: b\r\n\r\nc");
    }

    #[test]
    fn an_address_cannot_carry_a_command() {
        assert!(is_sendable("a..b.@docomo.example.com"));
        assert!(is_sendable(""));
        assert!(!is_sendable("a@example.com>\r\nRCPT TO:<b@example.com"));
        assert!(!is_sendable("a@example.com> SIZE=1"));
    }
}
