//! Properties encrypted beside a document by a provider (MS-OFFCRYPTO 2.3.5.4): one stream holds them all, with a list
//! of their names at its end. Each part of it is encrypted from the beginning of a block.

use bytes::Bytes;

use super::stream::Opened;
use crate::formats::fields::{range_in, size_at, u16_at, wide_at};
use crate::formats::office::ole::OleView;

/// What the stream is called in Word and Excel, and in PowerPoint.
const NAMES: [&str; 2] = ["encryption", "EncryptedSummary"];
/// Streams taken; Office writes two.
const MAX_STREAMS: usize = 16;

/// The streams of properties in the clear.
pub(super) fn streams(view: &OleView, storage: usize, cipher: &Opened) -> Vec<(String, Bytes)> {
    if !matches!(cipher, Opened::Provided(_)) {
        return Vec::new();
    }
    let found = NAMES.iter().find_map(|name| view.child(storage, name));
    found.map(|index| read(&view.data(index), cipher)).unwrap_or_default()
}

fn read(stream: &[u8], cipher: &Opened) -> Vec<(String, Bytes)> {
    let Some(head) = stream.get(..8) else { return Vec::new() };
    let mut head = head.to_vec();
    cipher.apply_block(0, &mut head);
    let (Some(offset), Some(size)) = (size_at(&head, 0), size_at(&head, 4)) else { return Vec::new() };
    let mut list = stream.get(range_in(stream, offset, size)).unwrap_or_default().to_vec();
    cipher.apply_block(0, &mut list);
    let count = size_at(&list, 0).unwrap_or_default().min(MAX_STREAMS);
    let mut found = Vec::new();
    let mut at = 4usize;
    for _ in 0..count {
        let field = |offset: usize| size_at(&list, at.saturating_add(offset));
        let (Some(start), Some(size), Some(block)) = (field(0), field(4), u16_at(&list, at.saturating_add(8))) else {
            break;
        };
        let length = list.get(at.saturating_add(10)).copied().map(usize::from).unwrap_or_default();
        let Some((name, taken)) = wide_at(&list, at.saturating_add(16), length.saturating_add(1)) else { break };
        at = at.saturating_add(16).saturating_add(taken);
        let mut data = stream.get(range_in(stream, start, size)).unwrap_or_default().to_vec();
        cipher.apply_block(u32::from(block), &mut data);
        if !name.is_empty() && !data.is_empty() {
            found.push((name, data.into()));
        }
    }
    found
}
