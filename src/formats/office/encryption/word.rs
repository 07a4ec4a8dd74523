//! Encrypted Word documents (MS-DOC 2.2.6): the streams WordDocument (but for its first 68 bytes), table and Data.

use bytes::Bytes;

use super::Opening;
use super::password::Password;
use super::stream::{Header, Opened};
use super::xor;
use crate::formats::fields::{u16_at, u32_at};
use crate::model::Location;
use crate::stage::Outcome;

/// FibBase, MS-DOC 2.5.2.
const FLAGS: usize = 10;
const KEY: usize = 14;
const IS_ENCRYPTED: u16 = 0x0100;
const USES_TABLE_1: u16 = 0x0200;
const IS_OBFUSCATED: u16 = 0x8000;
/// Bytes of WordDocument that are never encrypted, 2.2.6.2.
const CLEAR: usize = 68;
/// Bytes under one RC4 key, 2.2.6.2.
const BLOCK: usize = 512;

/// Whether a stream is a document that is encrypted.
pub(super) fn is_locked(stream: &[u8]) -> bool {
    matches!(u16_at(stream, 0), Some(0xA5EC | 0xA5DC)) && flags(stream) & IS_ENCRYPTED != 0
}

fn flags(stream: &[u8]) -> u16 {
    u16_at(stream, FLAGS).unwrap_or_default()
}

/// The name of the table stream.
pub(super) fn table_name(stream: &[u8]) -> &'static str {
    if flags(stream) & USES_TABLE_1 != 0 { "1Table" } else { "0Table" }
}

/// WordDocument, table and Data in the clear, in this order.
pub(super) fn open(
    streams: [&Bytes; 3],
    candidates: &[Password],
    at: &Location,
    out: &mut Outcome<'_>,
) -> Result<Opening, String> {
    let [word, table, _] = streams;
    let is_obfuscated = flags(word) & IS_OBFUSCATED != 0;
    if u16_at(word, 0) == Some(0xA5DC) {
        return Err("by the method of Word 95, which is not read".to_owned());
    }
    let key = u32_at(word, KEY).ok_or("its header ends early")?;
    let (method, opened) = if is_obfuscated {
        // 2.2.6.1: the key is the high half, the verifier the low one.
        let (key, verifier) = ((key >> 16) as u16, (key & 0xFFFF) as u16);
        ("XOR".to_owned(), xor::open(key, verifier, candidates, at, out))
    } else {
        let header = Header::parse(table)?;
        (header.describe(), header.open(candidates, at, out))
    };
    let Some((cipher, password)) = opened else { return Err(format!("{method}; no password at hand opens it")) };
    let mut clear = streams.map(|stream| decrypt(stream, &cipher));
    let [document, ..] = &mut clear;
    if let (Some(to), Some(from)) = (document.get_mut(..CLEAR), word.get(..CLEAR)) {
        to.copy_from_slice(from);
    }
    set(document, FLAGS, &(flags(word) & !(IS_ENCRYPTED | IS_OBFUSCATED)).to_le_bytes());
    set(document, KEY, &[0; 4]);
    Ok(Opening { method, password, streams: clear.into_iter().map(Bytes::from).collect(), cipher })
}

fn set(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at.saturating_add(value.len())) {
        place.copy_from_slice(value);
    }
}

fn decrypt(stream: &[u8], cipher: &Opened) -> Vec<u8> {
    let mut clear = stream.to_vec();
    match cipher {
        Opened::Xor(pad) => xor::apply_method_2(pad, &mut clear),
        Opened::Rc4(_) | Opened::Provided(_) => cipher.apply(&mut clear, BLOCK),
    }
    clear
}
