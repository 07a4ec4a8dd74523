//! A leaf of the MIME tree: what it is called and how its bytes come out of their transfer encoding.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use crate::formats::mail::charset::{Place, decode};
use crate::formats::text::carried::uuencoded;
use crate::model::{EntryName, Location, Problem};

use super::header::without_comments;
use super::params;
use super::transfer::{Base64, base64, is_all_base64, quoted_printable};

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
    /// A multipart encoded as a whole.
    Encoded,
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
            "base64" | "base-64" | "base_64" | "x-base64" | "b64" | "b" | "x-gzip64" => Transfer::Base64,
            "quoted-printable" | "quotedprintable" | "q" => Transfer::QuotedPrintable,
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => Transfer::Uuencode,
            other => Transfer::Unknown(other.to_owned()),
        }
    }

    /// The encoding a field's value names: the whole value, or its first word if the rest is noise.
    pub(crate) fn of(value: &str) -> Self {
        let head = params::parse(value).head;
        match Transfer::named(&head) {
            Transfer::Unknown(_) => {
                let first = without_comments(value);
                let first = first.split([' ', '\t', ',', ';', '/']).find(|word| !word.is_empty()).unwrap_or_default();
                match Transfer::named(&first.trim_matches('"').to_ascii_lowercase()) {
                    Transfer::Unknown(_) | Transfer::Identity(_) => Transfer::Unknown(head),
                    known => known,
                }
            }
            known => known,
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
    /// The value of the `Content-Type` that counts.
    pub type_value: Option<String>,
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
                self.second_opinions(encoded, &decoded, &mut give);
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
            Transfer::QuotedPrintable => {
                let decoded = Bytes::from(quoted_printable(encoded));
                let is_base64 = self.kind == LeafKind::File && !self.media_type.starts_with("text/");
                give(decoded.clone(), transfer.to_string());
                if is_base64 && is_all_base64(&decoded) {
                    give(base64(&decoded).bytes.into(), "base64 in quoted-printable".to_owned());
                }
            }
            Transfer::Uuencode => {
                let files = uuencoded(encoded);
                if files.is_empty() {
                    give(encoded.clone(), "uuencode, nothing found".to_owned());
                    out.problems.push(Problem::damaged("no uuencoded file in a uuencoded part", place(0)));
                    return;
                }
                for file in files {
                    give(file.into(), transfer.to_string());
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

    /// Other ways to take what is declared as base64: as it stands if little of it is, in the alphabet for URLs if that
    /// explains what does not fit.
    fn second_opinions(&self, encoded: &Bytes, decoded: &Base64, give: &mut impl FnMut(Bytes, String)) {
        /// Of so many characters, one that does not fit is a lot.
        const FEW: usize = 20;
        let is_known = crate::formats::recognised(encoded);
        if is_known || decoded.junk > encoded.len() / FEW && decoded.junk > 8 {
            give(encoded.clone(), "as it is, though declared as base64".to_owned());
        }
        let is_url_safe = |byte: &&u8| matches!(byte, b'-' | b'_');
        if decoded.junk > 0 && encoded.iter().filter(is_url_safe).count() == decoded.junk {
            let standard: Vec<u8> = encoded
                .iter()
                .map(|byte| match byte {
                    b'-' => b'+',
                    b'_' => b'/',
                    other => *other,
                })
                .collect();
            // A signature line behind the data is no data.
            if decoded.junk_inside > 0 || encoded.len() < 80 {
                give(base64(&standard).bytes.into(), "base64 in the alphabet for URLs".to_owned());
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
