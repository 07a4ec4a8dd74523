//! Encrypted workbooks (MS-XLS 2.2.10): from the record FilePass on, the data of each record is encrypted, its header is
//! not, and some records stay in the clear.

use bytes::Bytes;

use super::Opening;
use super::password::Password;
use super::stream::{Header, Opened};
use super::xor;
use crate::formats::fields::u16_at;
use crate::model::Location;
use crate::stage::Outcome;

const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
/// BOF of all versions, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead: never encrypted.
const CLEAR: [u16; 10] = [0x0809, 0x0409, 0x0209, 0x0009, FILE_PASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138];
/// What FilePass becomes: a record of no known kind.
const NOTHING: [u8; 2] = [0xFF, 0x7F];
/// Bytes under one RC4 key, MS-XLS 2.2.10.
const BLOCK: usize = 1024;
/// Records before FilePass; it follows BOF, and WriteProtect where there is one (2.1.7.20.3).
const MAX_BEFORE: usize = 64;

/// The place of the data of FilePass.
fn file_pass(stream: &[u8]) -> Option<(usize, &[u8])> {
    let mut records = records(stream);
    if !matches!(records.next()?.kind, 0x0809 | 0x0409 | 0x0209 | 0x0009) {
        return None;
    }
    let found = records.take(MAX_BEFORE).find(|record| record.kind == FILE_PASS)?;
    Some((found.start, stream.get(found.start..found.end)?))
}

/// Whether a stream is a workbook that is encrypted.
pub(super) fn is_locked(stream: &[u8]) -> bool {
    file_pass(stream).is_some()
}

/// The stream in the clear, without FilePass and with everything else in its place.
pub(super) fn open(
    stream: &Bytes,
    candidates: &[Password],
    at: &Location,
    out: &mut Outcome<'_>,
) -> Result<Opening, String> {
    let (place, body) = file_pass(stream).ok_or("without FilePass")?;
    let (method, opened) = match (body.len(), u16_at(body, 0)) {
        (6.., Some(1)) => {
            let header = Header::parse(body.get(2..).unwrap_or_default())?;
            (header.describe(), header.open(candidates, at, out))
        }
        // Before Excel 97 there is no type: key and verifier are all.
        (4.., Some(first)) => {
            let from = if body.len() == 4 { 0 } else { 2 };
            if from == 2 && first != 0 {
                return Err(format!("by type {first}, which is not read"));
            }
            let (key, verifier) =
                u16_at(body, from).zip(u16_at(body, from.saturating_add(2))).ok_or("its header ends early")?;
            ("XOR".to_owned(), xor::open(key, verifier, candidates, at, out))
        }
        _ => return Err("its header ends early".to_owned()),
    };
    let Some((cipher, password)) = opened else { return Err(format!("{method}; no password at hand opens it")) };
    let mut clear = decrypt(stream, place, &cipher);
    if let Some(kind) = place.checked_sub(4).and_then(|from| clear.get_mut(from..from.saturating_add(2))) {
        kind.copy_from_slice(&NOTHING);
    }
    Ok(Opening { method, password, streams: vec![clear.into()], cipher })
}

/// All records after FilePass in the clear.
fn decrypt(stream: &[u8], from: usize, cipher: &Opened) -> Vec<u8> {
    let mut clear = stream.to_vec();
    cipher.apply(&mut clear, BLOCK);
    let mut last = 0usize;
    for record in records(stream) {
        let is_clear = record.start <= from || CLEAR.contains(&record.kind);
        // The place of a sheet's records (lbPlyPos, MS-XLS 2.4.28) stays in the clear.
        let skipped = match record.kind {
            _ if is_clear => record.end.saturating_sub(record.start),
            BOUND_SHEET => 4,
            _ => 0,
        };
        let data = record.start.saturating_add(skipped).min(record.end);
        restore(&mut clear, stream, last, data);
        if let (Opened::Xor(pad), Some(bytes)) = (cipher, clear.get_mut(data..record.end)) {
            // MS-XLS 2.2.10: the index is the place of the data in the stream and its size, for its first byte.
            let size = record.end.saturating_sub(record.start);
            xor::apply_method_1(pad, bytes, data.saturating_add(size));
        }
        last = record.end;
    }
    restore(&mut clear, stream, last, stream.len());
    clear
}

fn restore(clear: &mut [u8], stream: &[u8], from: usize, to: usize) {
    if let (Some(clear), Some(stream)) = (clear.get_mut(from..to), stream.get(from..to)) {
        clear.copy_from_slice(stream);
    }
}

struct Record {
    kind: u16,
    start: usize,
    end: usize,
}

/// Records by their headers; the last may be cut.
fn records(stream: &[u8]) -> impl Iterator<Item = Record> {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let size = usize::from(u16_at(stream, at.saturating_add(2))?);
        let start = at.saturating_add(4);
        let end = start.saturating_add(size).min(stream.len());
        at = end;
        Some(Record { kind, start, end })
    })
}
