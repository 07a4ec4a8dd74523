//! One MIME part.

use super::encode::{base64_lines, encoded_word_b, encoded_word_q, quoted_printable, to_charset};

/// A content transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// `7bit`: the bytes as they are.
    SevenBit,
    /// `8bit`: the bytes as they are.
    EightBit,
    /// `binary`: the bytes as they are.
    Binary,
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    QuotedPrintable,
}

impl Transfer {
    fn name(self) -> &'static str {
        match self {
            Transfer::SevenBit => "7bit",
            Transfer::EightBit => "8bit",
            Transfer::Binary => "binary",
            Transfer::Base64 => "base64",
            Transfer::QuotedPrintable => "quoted-printable",
        }
    }

    fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Transfer::SevenBit | Transfer::EightBit | Transfer::Binary => bytes.to_vec(),
            Transfer::Base64 => base64_lines(bytes),
            Transfer::QuotedPrintable => quoted_printable(bytes),
        }
    }
}

/// How a file name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameStyle {
    /// What mailers do: plain if ASCII; otherwise `name` as RFC 2047 and `filename*` as RFC 2231, both UTF-8.
    Usual,
    /// `name="…"; filename="…"` with the raw bytes in this charset (Outlook Express and many gateways: CP932, JIS).
    Raw(&'static str),
    /// RFC 2047 B words inside the quoted strings, in this charset (Outlook, Becky!).
    Words(&'static str),
    /// RFC 2047 Q words inside the quoted strings, in this charset.
    QWords(&'static str),
    /// RFC 2231 `filename*=charset''%…` in this charset.
    Extended(&'static str),
    /// RFC 2231 continuations `filename*0*=…; filename*1*=…` of this many characters of percent text each.
    Continued(&'static str, usize),
}

/// A MIME part: its header lines and its body as they will be written.
#[derive(Debug, Clone, Default)]
pub struct Part {
    head: Vec<u8>,
    body: Vec<u8>,
    pub(super) raw: Option<Vec<u8>>,
}

impl Part {
    /// A part without headers and body.
    pub fn new() -> Self {
        Part::default()
    }

    /// A part written exactly like this: headers, blank line and body.
    pub fn raw(bytes: &[u8]) -> Self {
        Part { raw: Some(bytes.to_vec()), ..Part::default() }
    }

    /// `text/plain`; ISO-2022-JP goes as 7bit, UTF-8 as base64, others as 8bit.
    pub fn text(charset: &str, text: &str) -> Self {
        Part::of_text("text/plain", charset, text)
    }

    /// `text/html`, encoded as [`Part::text`].
    pub fn html(charset: &str, html: &str) -> Self {
        Part::of_text("text/html", charset, html)
    }

    fn of_text(media_type: &str, charset: &str, text: &str) -> Self {
        let transfer = match charset.to_ascii_lowercase().as_str() {
            "iso-2022-jp" | "us-ascii" => Transfer::SevenBit,
            "utf-8" => Transfer::Base64,
            _ => Transfer::EightBit,
        };
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        Part::new()
            .header("Content-Type", &format!("{media_type}; charset={charset}"))
            .content(transfer, &to_charset(charset, &text))
    }

    /// A file, base64.
    pub fn file(name: &str, media_type: &str, bytes: &[u8]) -> Self {
        Part::file_as(NameStyle::Usual, name, media_type, Transfer::Base64, bytes)
    }

    /// A file with its name written in a given style and its bytes in a given transfer encoding.
    pub fn file_as(style: NameStyle, name: &str, media_type: &str, transfer: Transfer, bytes: &[u8]) -> Self {
        let quoted = |inner: &[u8]| [b"\"".as_slice(), inner, b"\""].concat();
        let (in_type, in_disposition): (Option<Vec<u8>>, Vec<u8>) = match style {
            NameStyle::Usual if name.is_ascii() => {
                let value = quoted(name.as_bytes());
                (Some(value.clone()), [b"filename=".as_slice(), &value].concat())
            }
            NameStyle::Usual => {
                (Some(quoted(encoded_word_b("utf-8", name).as_bytes())), extended("utf-8", name).into_bytes())
            }
            NameStyle::Raw(charset) => {
                let value = quoted(&to_charset(charset, name));
                (Some(value.clone()), [b"filename=".as_slice(), &value].concat())
            }
            NameStyle::Words(charset) => {
                let value = quoted(encoded_word_b(charset, name).as_bytes());
                (Some(value.clone()), [b"filename=".as_slice(), &value].concat())
            }
            NameStyle::QWords(charset) => {
                let value = quoted(encoded_word_q(charset, name).as_bytes());
                (Some(value.clone()), [b"filename=".as_slice(), &value].concat())
            }
            NameStyle::Extended(charset) => (None, extended(charset, name).into_bytes()),
            NameStyle::Continued(charset, width) => (None, continued(charset, name, width).into_bytes()),
        };
        let mut type_value = media_type.as_bytes().to_vec();
        if let Some(value) = in_type {
            type_value.extend_from_slice(b";\r\n name=");
            type_value.extend_from_slice(&value);
        }
        let disposition = [b"attachment;\r\n ".as_slice(), &in_disposition].concat();
        Part::new()
            .header_bytes("Content-Type", &type_value)
            .header_bytes("Content-Disposition", &disposition)
            .content(transfer, bytes)
    }

    /// `message/rfc822`.
    pub fn message(message: &[u8]) -> Self {
        Part::new().header("Content-Type", "message/rfc822").body(message)
    }

    /// Adds a header line.
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

    /// Sets the body to these bytes in a transfer encoding, and names it in a header.
    pub fn content(self, transfer: Transfer, bytes: &[u8]) -> Self {
        self.header("Content-Transfer-Encoding", transfer.name()).body(&transfer.encode(bytes))
    }

    /// Sets the body to exactly these bytes.
    pub fn body(mut self, bytes: &[u8]) -> Self {
        self.body = bytes.to_vec();
        self
    }

    /// The part with a multipart body.
    pub fn multipart(subtype: &str, boundary: &str, parts: &[Part]) -> Self {
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(&part.bytes());
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Part::new().header("Content-Type", &format!("multipart/{subtype};\r\n boundary=\"{boundary}\"")).body(&body)
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Headers, blank line and body.
    pub fn bytes(&self) -> Vec<u8> {
        match &self.raw {
            Some(raw) => raw.clone(),
            None => [self.head.as_slice(), b"\r\n", &self.body].concat(),
        }
    }

    pub(super) fn body_bytes(&self) -> &[u8] {
        &self.body
    }
}

/// RFC 2231 section 4.
fn extended(charset: &str, name: &str) -> String {
    format!("filename*={charset}''{}", percent(charset, name))
}

/// RFC 2231 section 4.1: every segment is percent text.
fn continued(charset: &str, name: &str, width: usize) -> String {
    let text = percent(charset, name);
    let mut segments = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let mut end = width.max(3).min(rest.len());
        // A percent triplet stays whole.
        while end < rest.len() && (rest[..end].ends_with('%') || rest[..end - 1].ends_with('%')) {
            end += 1;
        }
        let (segment, after) = rest.split_at(end);
        segments.push(segment.to_owned());
        rest = after;
    }
    let lines: Vec<String> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| match index {
            0 => format!("filename*0*={charset}''{segment}"),
            _ => format!("filename*{index}*={segment}"),
        })
        .collect();
    lines.join(";\r\n ")
}

fn percent(charset: &str, name: &str) -> String {
    to_charset(charset, name)
        .into_iter()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
