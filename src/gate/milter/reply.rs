//! What is sent to a mail server.

use super::frame::{MAX_CHUNK, put};
use super::negotiate::Agreement;

/// A reply, or a change asked for before the final one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// `O`: what is agreed.
    Negotiate(Agreement),
    /// `c`: go on; at the end of the body the mail may pass as changed.
    Continue,
    /// `d`: take the mail from the client and drop it.
    Discard,
    /// `s`: no more pieces of the body are wanted.
    Skip,
    /// `p`: still at work.
    Progress,
    /// `y`: refuse with this SMTP reply.
    Code {
        /// Code, enhanced status code and text: `550 5.7.1 refused`.
        line: String,
    },
    /// `i`: insert a header field. Position 0 is before the `Received` field the mail server writes itself, 1 behind it.
    InsertHeader {
        /// Where.
        index: u32,
        /// Its name.
        name: String,
        /// Its value, folded with `\n`.
        value: String,
    },
    /// `m`: change the field that is the `index`th of this name, counted from 1; an empty value deletes it.
    ChangeHeader {
        /// Which.
        index: u32,
        /// Its name as the mail server told it.
        name: String,
        /// Its new value.
        value: String,
    },
    /// `b`: replace the body.
    ReplaceBody(Vec<u8>),
    /// `q`: keep the mail in the mail server's quarantine.
    Quarantine(String),
}

/// Longest text of an SMTP reply; with code and end of line below the 512 bytes of RFC 5321 4.5.3.1.5.
const MAX_TEXT: usize = 480;

impl Reply {
    /// Appends the reply's frames. `agreed` decides whether values carry the space after the colon themselves.
    pub(super) fn put(&self, leading_space: bool, out: &mut Vec<u8>) {
        let space: &[u8] = if leading_space { b" " } else { b"" };
        match self {
            Reply::Negotiate(agreement) => agreement.put(out),
            Reply::Continue => put(out, b'c', &[]),
            Reply::Discard => put(out, b'd', &[]),
            Reply::Skip => put(out, b's', &[]),
            Reply::Progress => put(out, b'p', &[]),
            Reply::Code { line } => put(out, b'y', &[&one_line(line), b"\0"]),
            Reply::InsertHeader { index, name, value } => {
                put(out, b'i', &[&index.to_be_bytes(), name.as_bytes(), b"\0", space, &field(value), b"\0"]);
            }
            Reply::ChangeHeader { index, name, value } => {
                let space = if value.is_empty() { b"" } else { space };
                put(out, b'm', &[&index.to_be_bytes(), name.as_bytes(), b"\0", space, &field(value), b"\0"]);
            }
            // An empty body is a change too.
            Reply::ReplaceBody(body) if body.is_empty() => put(out, b'b', &[]),
            Reply::ReplaceBody(body) => body.chunks(MAX_CHUNK).for_each(|chunk| put(out, b'b', &[chunk])),
            Reply::Quarantine(reason) => put(out, b'q', &[&one_line(reason), b"\0"]),
        }
    }
}

/// One line of printable ASCII; `%` is doubled, since mail servers expand it.
fn one_line(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in text.bytes() {
        if out.len() + 2 > MAX_TEXT {
            break;
        }
        match byte {
            b'%' => out.extend_from_slice(b"%%"),
            b' '..=b'~' => out.push(byte),
            b'\r' | b'\n' | b'\t' => out.push(b' '),
            _ => out.push(b'?'),
        }
    }
    out
}

/// A field's value: folded with line feeds alone, as the protocol has it, and never one that ends the header.
fn field(value: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut lines = value.split('\n').map(|line| line.trim_end_matches('\r')).filter(|line| !line.trim().is_empty());
    out.extend_from_slice(lines.next().unwrap_or_default().as_bytes());
    for line in lines {
        out.push(b'\n');
        if !line.starts_with([' ', '\t']) {
            out.push(b'\t');
        }
        out.extend_from_slice(line.as_bytes());
    }
    out.retain(|byte| !matches!(byte, 0 | b'\r'));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(reply: &Reply, leading_space: bool) -> Vec<u8> {
        let mut out = Vec::new();
        reply.put(leading_space, &mut out);
        out
    }

    #[test]
    fn replies_are_these_bytes() {
        assert_eq!(bytes(&Reply::Continue, true), b"\0\0\0\x01c");
        assert_eq!(bytes(&Reply::Discard, true), b"\0\0\0\x01d");
        assert_eq!(bytes(&Reply::Progress, true), b"\0\0\0\x01p");
        let code = Reply::Code { line: "550 5.7.1 no".to_owned() };
        assert_eq!(bytes(&code, true), b"\0\0\0\x0ey550 5.7.1 no\0");
        let insert = Reply::InsertHeader { index: 1, name: "X-A".to_owned(), value: "b".to_owned() };
        assert_eq!(bytes(&insert, false), b"\0\0\0\x0bi\0\0\0\x01X-A\0b\0");
        assert_eq!(bytes(&insert, true), b"\0\0\0\x0ci\0\0\0\x01X-A\0 b\0");
        let delete = Reply::ChangeHeader { index: 2, name: "X-A".to_owned(), value: String::new() };
        assert_eq!(bytes(&delete, true), b"\0\0\0\x0am\0\0\0\x02X-A\0\0");
        assert_eq!(bytes(&Reply::Quarantine("why".to_owned()), true), b"\0\0\0\x05qwhy\0");
    }

    #[test]
    fn a_text_stays_one_line_of_ascii_and_is_not_expanded() {
        let code = Reply::Code { line: "550 5.7.1 100% \r\nRCPT TO 関所\0".to_owned() };
        let out = bytes(&code, true);
        assert!(out.ends_with(b"550 5.7.1 100%%   RCPT TO ???????\0"), "{}", String::from_utf8_lossy(&out));
        let long = Reply::Code { line: "%".repeat(5_000) };
        assert!(bytes(&long, true).len() < 512);
    }

    #[test]
    fn a_value_cannot_end_the_header() {
        assert_eq!(field("a\r\n\r\nbody\n b\0"), b"a\n\tbody\n b");
    }

    #[test]
    fn a_body_is_sent_in_chunks_the_mail_server_takes() {
        let out = bytes(&Reply::ReplaceBody(vec![b'x'; 65_536]), true);
        assert_eq!(out.len(), 2 * 5 + 65_536);
        assert_eq!(out[..5], [0, 1, 0, 0, b'b']);
        assert_eq!(out[out.len() - 6..], [0, 0, 0, 2, b'b', b'x']);
        assert_eq!(bytes(&Reply::ReplaceBody(Vec::new()), true), b"\0\0\0\x01b");
    }
}
