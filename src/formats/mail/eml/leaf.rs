//! A leaf of the MIME tree: what it is called and how its bytes come out of their transfer encoding.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use crate::formats::mail::charset::{Place, decode};
use crate::model::{EntryName, Location, Problem};

use super::transfer::{base64, is_all_base64, quoted_printable, uuencoded};

/// What a leaf is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// Text shown as the message.
    Body,
    /// A file.
    File,
    /// A message inside the message.
    Message,
    /// Text outside the parts, which mailers do not show.
    Loose,
    /// Multiparts nested too deep to be followed.
    TooDeep,
}

/// A content transfer encoding, RFC 2045 section 6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transfer {
    /// The bytes as they are: `7bit`, `8bit`, `binary`.
    Identity(String),
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `x-uuencode` and its spellings.
    Uuencode,
    /// A name nobody knows.
    Unknown(String),
}

impl Transfer {
    /// The encoding of this name.
    pub fn named(name: &str) -> Self {
        match name {
            "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "none" => Transfer::Identity(name.to_owned()),
            // x-gzip64 is a gzip file in base64; the gzip is the child.
            "base64" | "base-64" | "b64" | "b" | "x-gzip64" => Transfer::Base64,
            "quoted-printable" | "quotedprintable" | "q" => Transfer::QuotedPrintable,
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => Transfer::Uuencode,
            other => Transfer::Unknown(other.to_owned()),
        }
    }

    /// Whether both give the same bytes.
    pub fn is_same_coding(&self, other: &Transfer) -> bool {
        matches!((self, other), (Transfer::Identity(_), Transfer::Identity(_))) || self == other
    }
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Transfer::Identity(name) if name.is_empty() => f.write_str("7bit"),
            Transfer::Identity(name) | Transfer::Unknown(name) => f.write_str(name),
            Transfer::Base64 => f.write_str("base64"),
            Transfer::QuotedPrintable => f.write_str("quoted-printable"),
            Transfer::Uuencode => f.write_str("uuencode"),
        }
    }
}

/// A leaf.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// What it is to a reader.
    pub kind: LeafKind,
    /// Where its fields begin.
    pub head_start: usize,
    /// Where its body lies, still encoded.
    pub body: Range<usize>,
    /// Its media type, lower case; `text/plain` where none is declared.
    pub media_type: String,
    /// Its declared charset.
    pub charset: Option<String>,
    /// Every name its headers give.
    pub name: Option<EntryName>,
    /// Every transfer encoding declared.
    pub transfers: Vec<Transfer>,
    /// `attachment`, `inline`, or empty.
    pub disposition: String,
    /// Declarations that contradict each other.
    pub conflicts: Vec<String>,
}

/// One reading of a leaf's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes, transfer encoding removed.
    pub bytes: Bytes,
    /// Which encoding was removed.
    pub how: String,
}

/// A leaf's bytes, in every reading.
#[derive(Debug, Default)]
pub struct Contents {
    /// At least one, without repeats.
    pub readings: Vec<Content>,
    /// What was odd.
    pub problems: Vec<Problem>,
    /// Why decoders differ about it, if they do.
    pub ambiguity: Option<String>,
}

/// Decoded bytes after padding that are more than the remains of a footer.
const MIN_SECOND_RUN: usize = 48;

impl Leaf {
    /// Takes the transfer encodings off, one after the other being declared.
    pub fn contents(&self, artifact: &Bytes) -> Contents {
        let encoded = artifact.slice_ref(artifact.get(self.body.clone()).unwrap_or_default());
        let mut out = Contents::default();
        for transfer in &self.transfers {
            self.decode(transfer, &encoded, &mut out);
        }
        out
    }

    fn decode(&self, transfer: &Transfer, encoded: &Bytes, out: &mut Contents) {
        let place = |offset: usize| Location::at(self.body.start.saturating_add(offset));
        let mut give = |bytes: Bytes, how: String| {
            if !out.readings.iter().any(|known| known.bytes == bytes) {
                out.readings.push(Content { bytes, how });
            }
        };
        match transfer {
            Transfer::Identity(_) => {
                give(encoded.clone(), transfer.to_string());
                if self.kind == LeafKind::File && is_all_base64(encoded) && !self.media_type.starts_with("text/") {
                    give(base64(encoded).bytes.into(), "base64, not declared".to_owned());
                }
            }
            Transfer::Base64 => {
                let mut decoded = base64(encoded);
                let total = decoded.bytes.len();
                let second = total.saturating_sub(decoded.until_padding);
                let is_second_run = second >= MIN_SECOND_RUN && decoded.junk == 0;
                let bytes = Bytes::from(std::mem::take(&mut decoded.bytes));
                give(bytes.slice(..decoded.until_padding), "base64".to_owned());
                if second > 0 && (self.kind != LeafKind::Body || is_second_run) {
                    give(bytes, "base64, read on after its padding".to_owned());
                }
                if let Some(first) = decoded.first_junk {
                    let what = format!("{} characters outside base64 skipped", decoded.junk);
                    out.problems.push(Problem::odd(what, place(first)));
                }
                if decoded.lacks_padding {
                    out.problems.push(Problem::odd("base64 without its padding", place(0)));
                }
                if is_second_run {
                    out.ambiguity = Some("base64 that goes on after its padding".to_owned());
                } else if decoded.junk_inside > 0 {
                    out.ambiguity =
                        Some(format!("{} characters that are no base64 inside base64", decoded.junk_inside));
                }
            }
            Transfer::QuotedPrintable => give(quoted_printable(encoded).into(), transfer.to_string()),
            Transfer::Uuencode => {
                let files = uuencoded(encoded);
                if files.is_empty() {
                    give(encoded.clone(), "uuencode, nothing found".to_owned());
                    out.problems.push(Problem::damaged("no uuencoded file in a uuencoded part", place(0)));
                    return;
                }
                for file in files {
                    give(file.bytes.into(), transfer.to_string());
                }
            }
            Transfer::Unknown(name) => {
                give(encoded.clone(), format!("unknown encoding {name}, as it is"));
                if is_all_base64(encoded) {
                    give(base64(encoded).bytes.into(), format!("unknown encoding {name}, as base64"));
                }
                out.problems.push(Problem::odd(format!("unknown transfer encoding {name}"), place(0)));
            }
        }
    }

    /// The text of a body, and the name of the encoding it was read in; none if the bytes are no text.
    pub fn text(&self, content: &[u8]) -> Option<(String, &'static str)> {
        let is_wide = content.starts_with(b"\xff\xfe")
            || content.starts_with(b"\xfe\xff")
            || self.charset.as_deref().is_some_and(|charset| charset.to_ascii_lowercase().starts_with("utf-16"));
        if !is_wide && memchr::memchr(0, content).is_some() {
            return None;
        }
        let decoded = decode(self.charset.as_deref(), content, Place::Body);
        Some((decoded.text, decoded.encoding))
    }
}
