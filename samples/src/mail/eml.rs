//! A message.

use super::encode::{encoded_word_b, encoded_words};
use super::part::Part;

/// A message under construction. Headers appear in the order they are given; nothing is added that was not asked for,
/// except `MIME-Version` and the multipart's own `Content-Type`.
#[derive(Debug, Clone)]
pub struct Eml {
    head: Vec<u8>,
    bodies: Vec<Part>,
    files: Vec<Part>,
    boundary: Option<String>,
    content_type: Option<String>,
    preamble: Vec<u8>,
    epilogue: Vec<u8>,
    has_end: bool,
    newline: &'static str,
}

impl Default for Eml {
    fn default() -> Self {
        Eml::new()
    }
}

impl Eml {
    /// A message without anything.
    pub fn new() -> Self {
        Eml {
            head: Vec::new(),
            bodies: Vec::new(),
            files: Vec::new(),
            boundary: None,
            content_type: None,
            preamble: Vec::new(),
            epilogue: Vec::new(),
            has_end: true,
            newline: "\r\n",
        }
    }

    /// A message with an ordinary business head: relay, addresses, date, message id; authentication passes. The
    /// subject is the caller's.
    pub fn letter(from: &str) -> Self {
        let domain = from.rsplit_once('@').map_or("example.com", |(_, domain)| domain.trim_end_matches('>'));
        let address = from.rsplit_once('<').map_or(from, |(_, address)| address.trim_end_matches('>'));
        Eml::new()
            .header("Return-Path", &format!("<{address}>"))
            .received(&format!("mail.{domain}"), "198.51.100.25", "Tue, 15 Mar 2016 09:12:44 +0900")
            .authentication_results(&format!(
                "mx.example.org; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
            ))
            .header("From", from)
            .header("To", "info@example.org")
            .header("Date", "Tue, 15 Mar 2016 09:12:40 +0900")
            .header("Message-ID", &format!("<20160315001240.7c1f@{domain}>"))
    }

    /// Adds a header line; the value is written as it is (UTF-8).
    pub fn header(self, name: &str, value: &str) -> Self {
        self.header_bytes(name, value.as_bytes())
    }

    /// Adds a header line with a value in any bytes.
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.head.extend_from_slice(name.as_bytes());
        self.head.extend_from_slice(b": ");
        self.head.extend_from_slice(value);
        self.head.extend_from_slice(b"\r\n");
        self
    }

    /// Adds raw bytes to the header block, line end included.
    pub fn head_raw(mut self, bytes: &[u8]) -> Self {
        self.head.extend_from_slice(bytes);
        self
    }

    /// `Received`, one relay hop.
    pub fn received(self, host: &str, ip: &str, date: &str) -> Self {
        self.header(
            "Received",
            &format!(
                "from {host} ({host} [{ip}])\r\n\tby mx.example.org (Postfix) with ESMTP id 3qPk2W0z;\r\n\t{date}"
            ),
        )
    }

    /// `Authentication-Results` (RFC 8601).
    pub fn authentication_results(self, value: &str) -> Self {
        self.header("Authentication-Results", value)
    }

    /// `Subject` as one ISO-2022-JP B word.
    pub fn subject_iso2022jp(self, text: &str) -> Self {
        let word = encoded_word_b("iso-2022-jp", text);
        self.header("Subject", &word)
    }

    /// `Subject` as folded UTF-8 B words; plain if ASCII.
    pub fn subject(self, text: &str) -> Self {
        if text.is_ascii() {
            self.header("Subject", text)
        } else {
            let words = encoded_words("utf-8", text);
            self.header("Subject", &words)
        }
    }

    /// Adds a plain text body.
    pub fn text_body(self, charset: &str, text: &str) -> Self {
        self.body_part(Part::text(charset, text))
    }

    /// Adds an HTML body; beside a text body it becomes `multipart/alternative`.
    pub fn html_body(self, charset: &str, html: &str) -> Self {
        self.body_part(Part::html(charset, html))
    }

    /// Adds a body part.
    pub fn body_part(mut self, part: Part) -> Self {
        self.bodies.push(part);
        self
    }

    /// Attaches a file, base64, its name as mailers usually write it.
    pub fn attach(self, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        self.attach_part(Part::file(name, media_type, bytes))
    }

    /// Attaches a part.
    pub fn attach_part(mut self, part: Part) -> Self {
        self.files.push(part);
        self
    }

    /// Attaches a message.
    pub fn attach_message(self, message: &[u8]) -> Self {
        self.attach_part(Part::message(message))
    }

    /// The outer boundary; by default one that occurs in no part.
    pub fn boundary(mut self, boundary: &str) -> Self {
        self.boundary = Some(boundary.to_owned());
        self
    }

    /// Replaces the outer multipart's `Content-Type` value (to write two boundaries, or none).
    pub fn content_type(mut self, value: &str) -> Self {
        self.content_type = Some(value.to_owned());
        self
    }

    /// Bytes before the first boundary.
    pub fn preamble(mut self, bytes: &[u8]) -> Self {
        self.preamble = bytes.to_vec();
        self
    }

    /// Bytes after the end boundary.
    pub fn epilogue(mut self, bytes: &[u8]) -> Self {
        self.epilogue = bytes.to_vec();
        self
    }

    /// Leaves the end boundary out.
    pub fn without_end(mut self) -> Self {
        self.has_end = false;
        self
    }

    /// Writes LF instead of CRLF everywhere (Unix spools).
    pub fn unix_lines(mut self) -> Self {
        self.newline = "\n";
        self
    }

    /// The message's bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut out = self.head.clone();
        let lone = match (self.bodies.as_slice(), self.files.as_slice()) {
            ([only], []) | ([], [only]) if self.content_type.is_none() => Some(only),
            _ => None,
        };
        if let Some(part) = lone {
            match &part.raw {
                Some(raw) => out.extend_from_slice(raw),
                None => {
                    out.extend_from_slice(b"MIME-Version: 1.0\r\n");
                    out.extend_from_slice(part.head());
                    out.extend_from_slice(b"\r\n");
                    out.extend_from_slice(part.body_bytes());
                }
            }
        } else if self.bodies.is_empty() && self.files.is_empty() {
            out.extend_from_slice(b"\r\n");
        } else {
            self.write_multipart(&mut out);
        }
        if self.newline == "\n" { without_carriage_returns(&out) } else { out }
    }

    fn write_multipart(&self, out: &mut Vec<u8>) {
        let boundary = self.boundary.clone().unwrap_or_else(|| self.unused_boundary());
        let bodies: Vec<Part> = match self.bodies.as_slice() {
            [] | [_] => self.bodies.clone(),
            several => vec![Part::multipart("alternative", &format!("{boundary}-alt"), several)],
        };
        let content_type =
            self.content_type.clone().unwrap_or_else(|| format!("multipart/mixed;\r\n boundary=\"{boundary}\""));
        out.extend_from_slice(b"MIME-Version: 1.0\r\nContent-Type: ");
        out.extend_from_slice(content_type.as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(&self.preamble);
        for part in bodies.iter().chain(&self.files) {
            if !out.ends_with(b"\n") {
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            out.extend_from_slice(&part.bytes());
            out.extend_from_slice(b"\r\n");
        }
        if self.has_end {
            out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        }
        out.extend_from_slice(&self.epilogue);
    }

    /// A boundary that is in none of the parts, as RFC 2046 section 5.1.1 asks for.
    fn unused_boundary(&self) -> String {
        let parts: Vec<Vec<u8>> = self.bodies.iter().chain(&self.files).map(Part::bytes).collect();
        let is_used = |boundary: &str| {
            parts.iter().any(|part| part.windows(boundary.len()).any(|window| window == boundary.as_bytes()))
        };
        (0..)
            .map(|number| format!("----=_Part_{number}_20160315"))
            .find(|boundary| !is_used(boundary))
            .unwrap_or_default()
    }
}

fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    #[test]
    fn python_reads_what_is_built() {
        let mail = Eml::letter("山田 <yamada@air.example.com>")
            .subject_iso2022jp("航空券控え 添付のご連絡")
            .text_body("iso-2022-jp", "お世話になっております。\n")
            .html_body("utf-8", "<p>お世話になっております。</p>")
            .attach("E-TKT控え.zip", "application/zip", b"PK\x05\x06")
            .attach_message(
                &Eml::letter("a@example.net").header("Subject", "inner").text_body("us-ascii", "hi").build(),
            )
            .build();
        let script = r#"
import sys, email, email.policy, hashlib
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(m["Subject"])
for p in m.walk():
    print(p.get_content_type(), p.get_filename(), 0 if p.is_multipart() else len(p.get_payload(decode=True)))
"#;
        let child = Command::new("python3")
            .env("PYTHONIOENCODING", "utf-8")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = child else { return };
        child.stdin.take().unwrap().write_all(&mail).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "航空券控え 添付のご連絡",
                "multipart/mixed None 0",
                "multipart/alternative None 0",
                "text/plain None 32",
                "text/html None 43",
                "application/zip E-TKT控え.zip 4",
                "message/rfc822 None 0",
                "text/plain None 2",
            ]
        );
    }
}
