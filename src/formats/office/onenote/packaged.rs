//! Sections as Office for the web and OneNote on other systems keep them: not a log of changes but a package of elements
//! (MS-ONESTORE 2.8, MS-FSSHTTPB 2.2.1). Files lie in it as blobs, without the header they have in a log.

use std::ops::Range;

use crate::formats::fields::{number_at, u16_at, u32_at};

/// {638DE92F-A6D4-4BC1-9A36-B3FC2511A5B7}, guidFileFormat of a package, behind three others.
const FORMAT: &[u8] = b"\x2f\xe9\x8d\x63\xd4\xa6\xc1\x4b\x9a\x36\xb3\xfc\x25\x11\xa5\xb7";
const FORMAT_AT: usize = 48;
/// Where the package starts: four bytes are reserved behind the format.
const START: usize = 68;
/// Type of a stream object that is an Object Data BLOB, MS-FSSHTTPB 2.2.1.5.
const BLOB: u32 = 2;
/// Headers read; a section of a megabyte has some ten thousand.
const MAX_HEADERS: usize = 4_000_000;

/// Whether a section is a package.
pub(super) fn is_package(bytes: &[u8]) -> bool {
    bytes.get(FORMAT_AT..).is_some_and(|rest| rest.starts_with(FORMAT))
}

/// The blobs of a package, and where the walk broke off before its end, if it did.
pub(super) fn blobs(bytes: &[u8], limit: usize) -> (Vec<Range<usize>>, Option<usize>) {
    let mut found = Vec::new();
    let mut at = START;
    for _ in 0..MAX_HEADERS {
        if at >= bytes.len() {
            return (found, None);
        }
        let Some((kind, body, end)) = object(bytes, at) else { return (found, Some(at)) };
        if kind == BLOB {
            // Its data has a length of its own.
            let Some((length, width)) = compact(bytes, body) else { return (found, Some(at)) };
            let start = body.saturating_add(width);
            let stop = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(end).min(bytes.len());
            if found.len() >= limit {
                return (found, Some(at));
            }
            found.push(start.min(stop)..stop);
        }
        if end > bytes.len() {
            return (found, Some(at));
        }
        at = end;
    }
    (found, Some(at))
}

/// A header, MS-FSSHTTPB 2.2.1.5: the type of the object, where its own data starts, and where it ends; children follow
/// as headers of their own. The two lowest bits tell starts of 16 and 32 bits from ends of 8 and 16.
fn object(bytes: &[u8], at: usize) -> Option<(u32, usize, usize)> {
    const LARGE: u32 = 0x7FFF;
    match bytes.get(at)? & 3 {
        1 => Some((u32::MAX, at, at.checked_add(1)?)),
        3 => Some((u32::MAX, at, at.checked_add(2)?)),
        0 => {
            let head = u32::from(u16_at(bytes, at)?);
            let body = at.checked_add(2)?;
            Some((head >> 3 & 0x3F, body, body.checked_add((head >> 9 & 0x7F) as usize)?))
        }
        _ => {
            let head = u32_at(bytes, at)?;
            let body = at.checked_add(4)?;
            let kind = head >> 3 & 0x3FFF;
            match head >> 17 & LARGE {
                LARGE => {
                    let (length, width) = compact(bytes, body)?;
                    let body = body.checked_add(width)?;
                    Some((kind, body, body.checked_add(usize::try_from(length).ok()?)?))
                }
                length => Some((kind, body, body.checked_add(length as usize)?)),
            }
        }
    }
}

/// A number whose width its lowest bits tell, MS-FSSHTTPB 2.2.1.1, and that width.
fn compact(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    match first.trailing_zeros() {
        8 => Some((0, 1)),
        7 => Some((number_at(bytes, at.checked_add(1)?, 8)?, 9)),
        zeros => {
            let width = zeros.checked_add(1)?;
            Some((number_at(bytes, at, width as usize)? >> width, width as usize))
        }
    }
}
