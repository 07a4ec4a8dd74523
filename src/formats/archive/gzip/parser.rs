//! The header of a gzip member.

use crate::formats::fields::u16_at;
use crate::model::ParseError;

/// A member's header, RFC 1952 §2.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header<'a> {
    /// Original file name, without its zero.
    pub name: Option<&'a [u8]>,
    /// Comment, without its zero.
    pub comment: Option<&'a [u8]>,
    /// Extra field.
    pub extra: Option<&'a [u8]>,
    /// Whether the header carries a CRC and it is right; none if it carries none.
    pub is_crc_right: Option<bool>,
    /// Whether a reserved flag is set; the specification wants such files refused, programs read them.
    pub has_reserved_flags: bool,
    /// Offset of the deflated data.
    pub data: usize,
}

const FLAG_HEADER_CRC: u8 = 0x02;
const FLAG_EXTRA: u8 = 0x04;
const FLAG_NAME: u8 = 0x08;
const FLAG_COMMENT: u8 = 0x10;
const FLAGS_RESERVED: u8 = 0xe0;

/// Reads the member header at an offset, RFC 1952 §2.3.1.
pub fn read_header(bytes: &[u8], at: usize) -> Result<Header<'_>, ParseError> {
    let error = |what: &str, offset: usize| ParseError::new(what, offset as u64);
    let mut rest = bytes.get(at..).unwrap_or_default();
    let fixed = take(&mut rest, 10).ok_or_else(|| error("gzip header is cut off", at))?;
    let [0x1f, 0x8b, method, flags, ..] = *fixed else {
        return Err(error("no gzip header", at));
    };
    if method != 8 {
        return Err(error("gzip method other than deflate", at));
    }
    let offset = |rest: &[u8]| bytes.len().saturating_sub(rest.len());
    let mut extra = None;
    if flags & FLAG_EXTRA != 0 {
        let length = take(&mut rest, 2).and_then(|field| u16_at(field, 0));
        let length = length.ok_or_else(|| error("gzip extra field is cut off", bytes.len()))?.into();
        extra = Some(take(&mut rest, length).ok_or_else(|| error("gzip extra field is cut off", bytes.len()))?);
    }
    let mut text = |flag: u8, what: &str| -> Result<Option<&[u8]>, ParseError> {
        if flags & flag == 0 {
            return Ok(None);
        }
        let end = memchr::memchr(0, rest).ok_or_else(|| error(what, bytes.len()))?;
        let text = take(&mut rest, end);
        take(&mut rest, 1);
        Ok(text)
    };
    let name = text(FLAG_NAME, "gzip file name has no end")?;
    let comment = text(FLAG_COMMENT, "gzip comment has no end")?;
    let mut is_crc_right = None;
    if flags & FLAG_HEADER_CRC != 0 {
        let end = offset(rest);
        let stored = take(&mut rest, 2).ok_or_else(|| error("gzip header checksum is cut off", bytes.len()))?;
        let crc = crc32fast::hash(bytes.get(at..end).unwrap_or_default()).to_le_bytes();
        is_crc_right = Some(crc.starts_with(stored));
    }
    Ok(Header {
        name: name.filter(|name| !name.is_empty()),
        comment,
        extra,
        is_crc_right,
        has_reserved_flags: flags & FLAGS_RESERVED != 0,
        data: offset(rest),
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::gzip;

    use super::*;

    #[test]
    fn reads_every_field() {
        let header = gzip::Header {
            name: Some(b"a.txt"),
            comment: Some(b"by hand"),
            extra: Some(b"AB\x02\x00xy"),
            has_header_crc: true,
        };
        let bytes = gzip::member(&header, b"hello");
        let read = read_header(&bytes, 0).unwrap();
        assert_eq!(read.name, Some(&b"a.txt"[..]));
        assert_eq!(read.comment, Some(&b"by hand"[..]));
        assert_eq!(read.extra, Some(&b"AB\x02\x00xy"[..]));
        assert_eq!(read.is_crc_right, Some(true));
    }

    #[test]
    fn says_where_a_header_ends_early() {
        let bytes = gzip::gzip("a.txt", b"hello");
        for length in 0..16 {
            assert!(read_header(&bytes[..length], 0).is_err(), "{length}");
        }
        assert!(read_header(&bytes[..16], 0).is_ok());
    }
}
