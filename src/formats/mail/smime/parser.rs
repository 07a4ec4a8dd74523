//! CMS (RFC 5652) to what is in it. The bytes may be BER or DER, or base64 of it between lines (RFC 7468) or bare.

use std::ops::Range;

use bytes::Bytes;

use super::ber::{Head, head, inside, octets, skip};
use crate::formats::mail::eml::transfer::base64;
use crate::model::{ParseError, View};

/// What CMS wraps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Content in the clear, with or without a signature.
    Open,
    /// A signature of something else, or certificates alone.
    Detached,
    /// Content compressed by this method.
    Compressed(String),
    /// Content only the recipient can read, by this cipher.
    Encrypted(String),
    /// A type of content we do not know.
    Unknown(String),
}

/// A CMS message.
#[derive(Debug)]
pub(super) struct CmsView {
    pub(super) kind: Kind,
    /// What the type is called, for reports.
    pub(super) title: &'static str,
    /// The bytes in binary, which ranges are into.
    pub(super) binary: Bytes,
    /// Pieces of the content.
    pub(super) content: Vec<Range<usize>>,
    /// Whether all of the content is there.
    pub(super) is_whole: bool,
    /// Where the message ends.
    pub(super) end: usize,
    /// Whether certificates come along.
    pub(super) signatures: usize,
}

/// The type of plain content.
const DATA: &str = "1.2.840.113549.1.7.1";
/// Labels between dashes.
const LABELS: [&str; 4] = ["PKCS7", "CMS", "PKCS #7 SIGNED DATA", "SMIME"];
/// Values of one structure looked at.
const MOST: usize = 64;

impl View for CmsView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let binary = binary(bytes).ok_or_else(|| ParseError::new("no CMS message", 0))?;
        read(binary).ok_or_else(|| ParseError::new("CMS message ends in its head", 0))
    }
}

/// Whether bytes begin as a CMS message in binary.
fn starts(bytes: &[u8]) -> bool {
    // 1.2.840.113549.1.7 and 1.2.840.113549.1.9.16.1.
    const TYPES: [&[u8]; 2] = [
        &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07],
        &[0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01],
    ];
    let Some(outer) = head(bytes, 0).filter(|outer| outer.tag == 0x30) else { return false };
    let rest = bytes.get(outer.start..).unwrap_or_default();
    TYPES.iter().any(|start| rest.starts_with(start))
}

/// The message in binary; none if it is none.
pub(super) fn binary(bytes: &Bytes) -> Option<Bytes> {
    if starts(bytes) {
        return Some(bytes.clone());
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let body = match text.strip_prefix(b"-----BEGIN ") {
        Some(rest) => {
            let line = memchr::memchr(b'\n', rest)?;
            let label = rest.get(..line)?.trim_ascii_end().strip_suffix(b"-----")?;
            LABELS.iter().any(|known| known.as_bytes() == label).then_some(())?;
            let body = rest.get(line..)?;
            body.get(..memchr::memmem::find(body, b"-----END").unwrap_or(body.len()))?
        }
        // A sequence in base64.
        None if matches!(text, [b'M', b'A'..=b'P', ..]) => text,
        None => return None,
    };
    const SAMPLE: usize = 120;
    starts(&base64(body.get(..SAMPLE).unwrap_or(body)).bytes).then_some(())?;
    Some(base64(body).bytes.into())
}

fn read(binary: Bytes) -> Option<CmsView> {
    let bytes: &[u8] = &binary;
    let outer = head(bytes, 0)?;
    let end = skip(bytes, 0)?;
    let parts = inside(bytes, outer, 3);
    let oid = oid(bytes, parts.first()?.1)?;
    let mut view = CmsView {
        kind: Kind::Unknown(oid.clone()),
        title: "CMS",
        binary: binary.clone(),
        content: Vec::new(),
        is_whole: true,
        end,
        signatures: 0,
    };
    let Some((_, explicit)) = parts.get(1).copied() else { return Some(view) };
    // Plain data is an octet string right here; everything else a sequence.
    let Some((_, content)) = inside(bytes, explicit, 1).first().copied() else { return Some(view) };
    let fields = inside(bytes, content, MOST);
    match oid.as_str() {
        DATA => {
            (view.title, view.kind) = ("data", Kind::Open);
            (view.content, view.is_whole) = octets(bytes, content);
        }
        "1.2.840.113549.1.7.2" => {
            view.title = "signed-data";
            view.open(bytes, fields.get(2).map(|(_, field)| *field));
            let signers = fields.iter().rev().find(|(_, field)| field.tag == 0x31);
            view.signatures = signers.map_or(0, |(_, signers)| inside(bytes, *signers, MOST).len());
        }
        "1.2.840.113549.1.7.5" => {
            view.title = "digested-data";
            view.open(bytes, fields.get(2).map(|(_, field)| *field));
        }
        "1.2.840.113549.1.9.16.1.2" => {
            view.title = "authenticated-data";
            // After version, originator, recipients and algorithms comes the one sequence that starts with a type.
            let inner = fields.iter().skip(1).map(|(_, field)| *field).rfind(|field| is_content_info(bytes, *field));
            view.open(bytes, inner);
        }
        "1.2.840.113549.1.9.16.1.9" => {
            view.title = "compressed-data";
            let method = fields.get(1).and_then(|(_, field)| algorithm(bytes, *field)).unwrap_or_default();
            view.open(bytes, fields.get(2).map(|(_, field)| *field));
            view.kind = Kind::Compressed(method);
        }
        "1.2.840.113549.1.7.3" | "1.2.840.113549.1.7.4" | "1.2.840.113549.1.7.6" | "1.2.840.113549.1.9.16.1.23" => {
            view.title = match oid.as_str() {
                "1.2.840.113549.1.7.3" => "enveloped-data",
                "1.2.840.113549.1.7.4" => "signed-and-enveloped-data",
                "1.2.840.113549.1.7.6" => "encrypted-data",
                _ => "auth-enveloped-data",
            };
            let inner = fields.iter().map(|(_, field)| *field).find(|field| is_content_info(bytes, *field));
            let cipher = inner.and_then(|inner| algorithm(bytes, inside(bytes, inner, 3).get(1)?.1));
            view.kind = Kind::Encrypted(cipher.unwrap_or_else(|| "unknown cipher".to_owned()));
        }
        _ => {}
    }
    Some(view)
}

impl CmsView {
    /// Takes the content out of an EncapsulatedContentInfo (RFC 5652 section 5.2), or of the ContentInfo that PKCS #7
    /// had in its place, whose content may be anything. What is no octet string is a list of digests (catalogues,
    /// signatures of programs), no content.
    fn open(&mut self, bytes: &[u8], info: Option<Head>) {
        self.kind = Kind::Detached;
        let Some(info) = info else {
            self.is_whole = false;
            return;
        };
        let fields = inside(bytes, info, 2);
        let Some((_, explicit)) = fields.get(1).copied() else { return };
        let is_data = fields.first().and_then(|(_, kind)| oid(bytes, *kind)).is_some_and(|kind| kind == DATA);
        let Some((at, content)) = inside(bytes, explicit, 1).first().copied() else { return };
        if content.tag & 0x1F == 4 {
            self.kind = Kind::Open;
            (self.content, self.is_whole) = octets(bytes, content);
        } else if is_data {
            self.kind = Kind::Open;
            let end = skip(bytes, at).unwrap_or(bytes.len());
            self.content.push(at..end);
        }
    }
}

/// A sequence that begins with an object identifier of a content type.
fn is_content_info(bytes: &[u8], field: Head) -> bool {
    field.tag == 0x30
        && inside(bytes, field, 1)
            .first()
            .and_then(|(_, first)| oid(bytes, *first))
            .is_some_and(|oid| oid.starts_with("1.2.840.113549.1.7.") || oid.starts_with("1.2.840.113549.1.9.16.1."))
}

/// An object identifier in dots.
fn oid(bytes: &[u8], value: Head) -> Option<String> {
    (value.tag == 0x06).then_some(())?;
    let digits = bytes.get(value.start..value.end?)?;
    (digits.len() <= 32).then_some(())?;
    let mut numbers: Vec<u64> = Vec::new();
    let mut number = 0u64;
    for byte in digits {
        number = number.checked_mul(128)?.checked_add(u64::from(byte & 0x7F))?;
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first);
                number = number.saturating_sub(first.saturating_mul(40));
            }
            numbers.push(std::mem::take(&mut number));
        }
    }
    let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
    Some(texts.join("."))
}

/// What an AlgorithmIdentifier names.
fn algorithm(bytes: &[u8], value: Head) -> Option<String> {
    let oid = oid(bytes, inside(bytes, value, 1).first()?.1)?;
    let name = match oid.as_str() {
        "1.2.840.113549.1.9.16.3.8" => "zlib",
        "1.2.840.113549.3.7" => "Triple DES",
        "1.2.840.113549.3.2" => "RC2",
        "2.16.840.1.101.3.4.1.2" => "AES-128-CBC",
        "2.16.840.1.101.3.4.1.22" => "AES-192-CBC",
        "2.16.840.1.101.3.4.1.42" => "AES-256-CBC",
        "2.16.840.1.101.3.4.1.6" => "AES-128-GCM",
        "2.16.840.1.101.3.4.1.26" => "AES-192-GCM",
        "2.16.840.1.101.3.4.1.46" => "AES-256-GCM",
        _ => return Some(oid),
    };
    Some(name.to_owned())
}
