//! The trailer and the property list it leads to.

use bytes::Bytes;

use super::chunks::{self, Image};
use crate::formats::fields::{clipped, u32_be_at, u64_be_at};
use crate::formats::text::base64::from_base64;
use crate::model::{Location, ParseError, Problem};
use crate::stage::{Outcome, StageError};

const TRAILER: usize = 512;
/// Bytes of the property list that are read.
const MAX_LIST: usize = 16 << 20;
/// Tables: one for each partition.
const MAX_TABLES: usize = 256;

/// Whether a file has the trailer, or is the encrypted form.
pub(super) fn is_there(bytes: &Bytes) -> bool {
    is_encrypted(bytes) || trailer(bytes).starts_with(b"koly\0\0\0\x04")
}

fn trailer(bytes: &[u8]) -> &[u8] {
    bytes.len().checked_sub(TRAILER).and_then(|at| bytes.get(at..)).unwrap_or_default()
}

/// The second version has its mark at the start, the first at the end.
fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(b"encrcdsa") || bytes.ends_with(b"cdsaencr")
}

/// Opens an image.
pub(super) fn open(file: Bytes, out: &mut Outcome<'_>) -> Result<Image, StageError> {
    if is_encrypted(&file) {
        return Err(StageError::Encrypted("the disk image is encrypted (AES)".to_owned()));
    }
    let trailer = trailer(&file);
    let field = |offset| u64_be_at(trailer, offset).ok_or_else(|| ParseError::new("DMG trailer ends early", 0));
    let (fork, at, length) = (field(24)?, field(216)?, field(224)?);
    let sectors = field(492)?;
    if u32_be_at(trailer, 60).unwrap_or_default() > 1 {
        out.problem(Problem::unsupported("a part of a split disk image", Location::at(file.len())));
    }
    if at == 0 || length == 0 {
        return Err(StageError::Unsupported("a disk image with its tables in a resource fork".to_owned()));
    }
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let list = clipped(&file, start, usize::try_from(length).unwrap_or(usize::MAX).min(MAX_LIST));
    let mut all = Vec::new();
    for table in tables(list) {
        all.extend(chunks::table(&table, fork));
    }
    if all.is_empty() {
        return Err(ParseError::new("no table of chunks can be read", at).into());
    }
    out.fact("virtual-disk-size", sectors.saturating_mul(512).to_string());
    Ok(Image::new(file, all, sectors))
}

/// The values of the key "blkx": an array of dictionaries, each with its table in base64.
fn tables(list: &[u8]) -> Vec<Vec<u8>> {
    let find = |text: &[u8], what: &[u8]| memchr::memmem::find(text, what);
    let Some(mut rest) = find(list, b"<key>blkx</key>").and_then(|at| list.get(at..)) else { return Vec::new() };
    let end = find(rest, b"</array>").unwrap_or(rest.len());
    rest = rest.get(..end).unwrap_or(rest);
    let mut found = Vec::new();
    while let Some(at) = find(rest, b"<data>").filter(|_| found.len() < MAX_TABLES) {
        rest = rest.get(at.saturating_add(6)..).unwrap_or_default();
        let end = find(rest, b"</data>").unwrap_or(rest.len());
        let text: Vec<u8> =
            rest.get(..end).unwrap_or_default().iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        found.extend(from_base64(&text));
        rest = rest.get(end..).unwrap_or_default();
    }
    found
}
