//! The certificate table: what the signature says it signs, and whether that is this file. The outline of PKCS #7 is
//! read; certificates are not verified.

use std::ops::Range;

use sha2::Digest;

use super::Header;
use super::header::Directory;
use crate::formats::fields::{range_in, size_at};
use crate::model::digest::hex;

/// The certificate table as found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Its bytes in the file, cut to what is there.
    pub range: Range<usize>,
    /// Common names of everyone in it: signer, issuers, time stamps.
    pub names: Vec<String>,
    /// What is wrong with its outline, if anything.
    pub damage: Option<String>,
    /// Bytes after the end of the signature, inside the table; more than the padding to eight.
    pub extra: Option<Range<usize>>,
    /// The digest it signs and the file's own, where they differ.
    pub mismatch: Option<(String, String)>,
}

/// Names kept.
const MAX_NAMES: usize = 32;
/// `2.5.4.3`, common name.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
/// `1.3.6.1.4.1.311.2.1.4`, SPC_INDIRECT_DATA.
const INDIRECT_DATA: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04];

/// PE Format, "The Attribute Certificate Table". Its directory entry holds a file offset, not an address.
pub(super) fn read(bytes: &[u8], header: &Header) -> Option<Certificate> {
    let (start, size) = header.directory(Directory::Certificate)?;
    if size == 0 {
        return None;
    }
    let range = range_in(bytes, start, size);
    let mut certificate = Certificate { range: range.clone(), ..Certificate::default() };
    if range.len() < size {
        certificate.damage = Some(format!("table of {size} bytes at {start:#x} runs past the end of the file"));
        return Some(certificate);
    }
    let length = size_at(bytes, start).unwrap_or(0);
    let content_at = start.saturating_add(8);
    let content_end = start.saturating_add(length).min(range.end);
    if length < 8 || length > size {
        certificate.damage = Some(format!("entry announces {length} bytes in a table of {size}"));
        return Some(certificate);
    }
    let Some(outer) = value(bytes, content_at, content_end).filter(|outer| outer.tag == 0x30) else {
        certificate.damage = Some("entry holds no signature".to_owned());
        return Some(certificate);
    };
    certificate.names = common_names(bytes.get(outer.content.clone()).unwrap_or_default());
    let behind = outer.content.end..content_end;
    let last = bytes.get(behind.clone()).and_then(|rest| rest.iter().rposition(|byte| *byte != 0));
    if let Some(last) = last.filter(|last| *last >= 7) {
        certificate.extra = Some(behind.start..behind.start.saturating_add(last).saturating_add(1));
    }
    match signed_digest(bytes, outer.content) {
        None => certificate.damage = Some("signature names no digest of a program".to_owned()),
        Some((algorithm, signed)) => match file_digest(bytes, header, &certificate.range, &algorithm) {
            None => certificate.damage = Some("signature names a digest of no known kind".to_owned()),
            Some(own) => {
                let signed = hex(&signed);
                if signed != own {
                    certificate.mismatch = Some((signed, own));
                }
            }
        },
    }
    Some(certificate)
}

/// A DER value: X.690 8.1.
struct Value {
    tag: u8,
    content: Range<usize>,
}

fn value(bytes: &[u8], at: usize, end: usize) -> Option<Value> {
    let tag = *bytes.get(at)?;
    let first = *bytes.get(at.saturating_add(1))?;
    let (length, header) = if first < 0x80 {
        (usize::from(first), 2)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let digits = bytes.get(at.saturating_add(2)..at.saturating_add(2).saturating_add(count))?;
        let length = digits.iter().fold(0usize, |length, digit| (length << 8) | usize::from(*digit));
        (length, count.saturating_add(2))
    };
    let start = at.saturating_add(header);
    let stop = start.saturating_add(length);
    (stop <= end && stop <= bytes.len()).then_some(Value { tag, content: start..stop })
}

/// Values inside a value, at most the first 32.
fn values(bytes: &[u8], within: Range<usize>) -> Vec<Value> {
    let mut at = within.start;
    let mut list = Vec::new();
    while at < within.end && list.len() < 32 {
        let Some(next) = value(bytes, at, within.end) else { break };
        at = next.content.end;
        list.push(next);
    }
    list
}

/// Algorithm (OID bytes) and digest of SpcIndirectDataContent inside SignedData.
fn signed_digest(bytes: &[u8], content_info: Range<usize>) -> Option<(Vec<u8>, Vec<u8>)> {
    let explicit = values(bytes, content_info).into_iter().nth(1)?;
    let signed_data = values(bytes, explicit.content).into_iter().next()?;
    let encapsulated = values(bytes, signed_data.content).into_iter().nth(2)?;
    let mut parts = values(bytes, encapsulated.content).into_iter();
    if bytes.get(parts.next()?.content) != Some(INDIRECT_DATA) {
        return None;
    }
    let indirect = values(bytes, parts.next()?.content).into_iter().next()?;
    let digest_info = values(bytes, indirect.content).into_iter().nth(1)?;
    let mut parts = values(bytes, digest_info.content).into_iter();
    let algorithm = values(bytes, parts.next()?.content).into_iter().next()?;
    let digest = parts.next().filter(|digest| digest.tag == 4)?;
    Some((bytes.get(algorithm.content)?.to_vec(), bytes.get(digest.content)?.to_vec()))
}

/// Authenticode, "Calculating the PE Image Hash": everything but the checksum, the certificate table and its entry.
fn file_digest(bytes: &[u8], header: &Header, table: &Range<usize>, algorithm: &[u8]) -> Option<String> {
    let after_checksum = header.checksum_offset.saturating_add(4);
    let after_entry = header.certificate_entry_offset.saturating_add(8);
    let pieces = [
        bytes.get(..header.checksum_offset)?,
        bytes.get(after_checksum..header.certificate_entry_offset)?,
        bytes.get(after_entry..table.start)?,
        bytes.get(table.end..)?,
    ];
    match algorithm {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05] => Some(digest_of::<md5::Md5>(&pieces)),
        [0x2b, 0x0e, 0x03, 0x02, 0x1a] => Some(digest_of::<sha1::Sha1>(&pieces)),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01] => Some(digest_of::<sha2::Sha256>(&pieces)),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02] => Some(digest_of::<sha2::Sha384>(&pieces)),
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03] => Some(digest_of::<sha2::Sha512>(&pieces)),
        _ => None,
    }
}

fn digest_of<D: Digest>(pieces: &[&[u8]]) -> String {
    let mut digest = D::new();
    for piece in pieces {
        digest.update(piece);
    }
    hex(&digest.finalize())
}

/// Text after each common-name identifier: UTF8String, PrintableString, T61String, IA5String or BMPString.
fn common_names(bytes: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, COMMON_NAME) {
        let Some(text) = value(bytes, at.saturating_add(COMMON_NAME.len()), bytes.len()) else { continue };
        let content = bytes.get(text.content).unwrap_or_default();
        let name = match text.tag {
            0x0c | 0x13 | 0x14 | 0x16 => String::from_utf8_lossy(content).into_owned(),
            0x1e => {
                let units: Vec<u16> =
                    content.chunks_exact(2).map(|pair| pair.iter().fold(0, |u, b| (u << 8) | u16::from(*b))).collect();
                String::from_utf16_lossy(&units)
            }
            _ => continue,
        };
        if content.len() <= 256 && !names.contains(&name) {
            names.push(name);
        }
        if names.len() >= MAX_NAMES {
            break;
        }
    }
    names
}
