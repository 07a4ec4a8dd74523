//! The attributes of a TNEF stream (MS-OXTNEF 2.1.3): level, id, length, data, checksum.

use bytes::Bytes;

use crate::formats::fields::{u16_at, u32_at};
use crate::model::{Location, Problem};

/// 0x223E9F78, and a key behind it that means nothing to readers.
pub(super) const SIGNATURE: [u8; 4] = [0x78, 0x9F, 0x3E, 0x22];
const STREAM_HEADER: usize = 6;
const HEADER: usize = 9;
/// Attributes read; a message has a few dozen.
const MAX_ATTRIBUTES: usize = 50_000;

/// Ids of attributes, the type they are written with left away (2.1.3.1).
pub(super) mod id {
    pub(in crate::formats::mail::tnef) const FROM: u16 = 0x8000;
    pub(in crate::formats::mail::tnef) const SUBJECT: u16 = 0x8004;
    pub(in crate::formats::mail::tnef) const MESSAGE_CLASS: u16 = 0x8008;
    pub(in crate::formats::mail::tnef) const BODY: u16 = 0x800C;
    pub(in crate::formats::mail::tnef) const ATTACH_DATA: u16 = 0x800F;
    pub(in crate::formats::mail::tnef) const ATTACH_TITLE: u16 = 0x8010;
    pub(in crate::formats::mail::tnef) const ATTACH_TRANSPORT_NAME: u16 = 0x9001;
    pub(in crate::formats::mail::tnef) const ATTACH_RENDERING: u16 = 0x9002;
    pub(in crate::formats::mail::tnef) const PROPERTIES: u16 = 0x9003;
    pub(in crate::formats::mail::tnef) const ATTACHMENT_PROPERTIES: u16 = 0x9005;
    pub(in crate::formats::mail::tnef) const CODE_PAGE: u16 = 0x9007;
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    /// Whether it is of an attachment rather than of the message.
    pub(super) is_of_attachment: bool,
    pub(super) id: u16,
    pub(super) data: Bytes,
    /// Where its data starts.
    pub(super) at: usize,
}

/// Every attribute, as far as the stream goes, and where it ends.
pub(super) fn attributes(bytes: &Bytes, problems: &mut Vec<Problem>) -> (Vec<Attribute>, usize) {
    let mut found = Vec::new();
    let mut at = STREAM_HEADER;
    let mut wrong_checksums = 0usize;
    while at < bytes.len() {
        if found.len() >= MAX_ATTRIBUTES {
            problems.push(Problem::unsupported("more attributes than any message has", Location::at(at)));
            break;
        }
        let level = bytes.get(at).copied();
        let (Some(level @ (1 | 2)), Some(id), Some(length)) =
            (level, u16_at(bytes, at.saturating_add(1)), u32_at(bytes, at.saturating_add(5)))
        else {
            let rest = bytes.get(at..).unwrap_or_default();
            // Some senders pad the stream.
            if rest.iter().all(|byte| matches!(byte, 0 | b'\r' | b'\n' | b' ')) {
                return (found, bytes.len());
            }
            if found.is_empty() {
                problems.push(Problem::damaged("no attribute where the first should start", Location::at(at)));
            } else {
                problems.push(Problem::odd("bytes after the last attribute", Location::at(at)));
            }
            break;
        };
        let start = at.saturating_add(HEADER);
        let end = start.saturating_add(length as usize);
        let held = end.min(bytes.len());
        let data = bytes.slice(start.min(held)..held);
        if held < end {
            let what = format!("attribute {id:#06x} ends after {} of {length} bytes", data.len());
            problems.push(Problem::damaged(what, Location::at(start)));
        } else if u16_at(bytes, end).is_some_and(|stored| stored != checksum(&data)) {
            wrong_checksums = wrong_checksums.saturating_add(1);
            if wrong_checksums == 1 {
                let what = format!("checksum of attribute {id:#06x} does not fit its data");
                problems.push(Problem::odd(what, Location::at(end)));
            }
        }
        found.push(Attribute { is_of_attachment: level == 2, id, data, at: start });
        at = end.saturating_add(2);
    }
    (found, at)
}

/// The sum of all bytes.
fn checksum(data: &[u8]) -> u16 {
    data.iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}
