//! Encrypted presentations (MS-PPT 2.3.7): each persist object is encrypted by itself, with its number as the block; edits,
//! directories and the container that says how stay in the clear, and pictures are encrypted field by field.

use bytes::Bytes;

use super::Opening;
use super::password::Password;
use super::stream::{Header, Opened};
use crate::formats::fields::{range_in, size_at, u16_at, u32_at};
use crate::model::Location;
use crate::stage::Outcome;

/// CurrentUserAtom, MS-PPT 2.3.2.
const TOKEN: usize = 12;
const TOKEN_LOCKED: u32 = 0xF3D1_C4DF;
const TOKEN_CLEAR: u32 = 0xE391_C05F;
const CURRENT_EDIT: usize = 16;
/// Record types, 2.13.24.
const USER_EDIT: u16 = 0x0FF5;
const DIRECTORY: u16 = 0x1772;
const SESSION: u16 = 0x2F14;
/// Bytes of a record header.
const HEADER: usize = 8;
/// Edits and objects followed.
const MAX_EDITS: usize = 1000;
const MAX_OBJECTS: usize = 200_000;
/// Pictures decrypted.
const MAX_PICTURES: usize = 20_000;

/// Whether a stream is a CurrentUserAtom that says the presentation is encrypted.
pub(super) fn is_locked(current_user: &[u8]) -> bool {
    u32_at(current_user, TOKEN) == Some(TOKEN_LOCKED)
}

/// `Current User`, `PowerPoint Document` and `Pictures` in the clear, in this order.
pub(super) fn open(
    streams: [&Bytes; 3],
    candidates: &[Password],
    at: &Location,
    out: &mut Outcome<'_>,
) -> Result<Opening, String> {
    let [user, document, pictures] = streams;
    let edits = Edits::read(document, size_at(user, CURRENT_EDIT).unwrap_or_default());
    let session = edits.session.and_then(|id| edits.place(id)).ok_or("without a session")?;
    if u16_at(document, session.saturating_add(2)) != Some(SESSION) {
        return Err("without a session".to_owned());
    }
    let size = size_at(document, session.saturating_add(4)).unwrap_or_default();
    let header = document.get(range_in(document, session.saturating_add(HEADER), size)).unwrap_or_default();
    let header = Header::parse(header)?;
    let method = header.describe();
    let Some((cipher, password)) = header.open(candidates, at, out) else {
        return Err(format!("{method}; no password at hand opens it"));
    };
    let mut clear = document.to_vec();
    for (id, place) in &edits.objects {
        if Some(*id) != edits.session {
            decrypt_object(&mut clear, *id, *place, &cipher);
        }
    }
    let mut user = user.to_vec();
    if let Some(token) = user.get_mut(TOKEN..TOKEN.saturating_add(4)) {
        token.copy_from_slice(&TOKEN_CLEAR.to_le_bytes());
    }
    let streams = vec![user.into(), clear.into(), decrypt_pictures(pictures, &cipher).into()];
    Ok(Opening { method, password, streams, cipher })
}

/// What the edits of a presentation list.
#[derive(Default)]
struct Edits {
    /// Objects by number, the latest edit first; every number once.
    objects: Vec<(u32, usize)>,
    session: Option<u32>,
}

impl Edits {
    /// Follows the edits back, 2.3.3 and 2.3.4.
    fn read(document: &[u8], latest: usize) -> Edits {
        let mut edits = Edits::default();
        let mut at = latest;
        for _ in 0..MAX_EDITS {
            if u16_at(document, at.saturating_add(2)) != Some(USER_EDIT) {
                break;
            }
            let field = |offset: usize| size_at(document, at.saturating_add(offset));
            // The last field is there only in encrypted presentations.
            if edits.session.is_none() && field(4).is_some_and(|size| size >= 32) {
                edits.session = u32_at(document, at.saturating_add(36));
            }
            let (Some(before), Some(directory)) = (field(16), field(20)) else { break };
            edits.list(document, directory);
            // An edit lies behind the one before it.
            if before == 0 || before >= at {
                break;
            }
            at = before;
        }
        edits.objects.sort_by_key(|(id, _)| *id);
        edits.objects.dedup_by_key(|(id, _)| *id);
        edits
    }

    /// PersistDirectoryEntry, 2.3.5: a first number in 20 bits, a count in twelve, then places.
    fn list(&mut self, document: &[u8], at: usize) {
        if u16_at(document, at.saturating_add(2)) != Some(DIRECTORY) {
            return;
        }
        let size = size_at(document, at.saturating_add(4)).unwrap_or_default();
        let mut fields = document
            .get(range_in(document, at.saturating_add(HEADER), size))
            .unwrap_or_default()
            .chunks_exact(4)
            .filter_map(|field| u32_at(field, 0));
        while let Some(entry) = fields.next() {
            let (first, count) = (entry & 0x000F_FFFF, entry >> 20);
            for (id, place) in (first..).zip(fields.by_ref().take(count as usize)) {
                if self.objects.len() < MAX_OBJECTS {
                    self.objects.push((id, place as usize));
                }
            }
        }
    }

    fn place(&self, id: u32) -> Option<usize> {
        let index = self.objects.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        self.objects.get(index).map(|(_, place)| *place)
    }
}

/// A record and its content, as long as its own header says once that is in the clear.
fn decrypt_object(document: &mut [u8], id: u32, place: usize, cipher: &Opened) {
    let Some(head) = document.get(place..place.saturating_add(HEADER)) else { return };
    let mut head = head.to_vec();
    cipher.apply_block(id, &mut head);
    let size = size_at(&head, 4).unwrap_or_default().saturating_add(HEADER);
    let range = range_in(document, place, size);
    if let Some(object) = document.get_mut(range) {
        cipher.apply_block(id, object);
    }
}

/// Pictures, 2.3.7.2: header, each identifier, tag or metafile header, and content are encrypted each from the beginning.
fn decrypt_pictures(pictures: &[u8], cipher: &Opened) -> Vec<u8> {
    let mut clear = pictures.to_vec();
    let mut at = 0usize;
    let field = |from: usize, size: usize, clear: &mut [u8]| {
        let range = range_in(clear, from, size);
        let end = range.end;
        if let Some(bytes) = clear.get_mut(range) {
            cipher.apply_block(0, bytes);
        }
        end
    };
    for _ in 0..MAX_PICTURES {
        if at.saturating_add(HEADER) > clear.len() {
            break;
        }
        let body = field(at, HEADER, &mut clear);
        let instance = u16_at(&clear, at).unwrap_or_default() >> 4;
        let kind = u16_at(&clear, at.saturating_add(2)).unwrap_or_default();
        let size = size_at(&clear, at.saturating_add(4)).unwrap_or_default();
        let end = body.saturating_add(size).min(clear.len());
        // OfficeArtBlip records, MS-ODRAW 2.2.23; anything else was no picture.
        if !(0xF018..=0xF117).contains(&kind) {
            break;
        }
        // Odd instances have a second identifier, but for JPEG and PNG's own pairs, which differ in the lowest bit too.
        let identifiers = if instance & 1 == 1 { 2 } else { 1 };
        let mut from = body;
        for _ in 0..identifiers {
            from = field(from, 16, &mut clear);
        }
        let tag = if matches!(kind, 0xF01A..=0xF01C) { 34 } else { 1 };
        from = field(from, tag, &mut clear);
        field(from, end.saturating_sub(from), &mut clear);
        at = end;
    }
    clear
}
