//! The result read again.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::cut::{Cut, digests};
use super::is_plain;
use crate::formats::mail::eml::{EmlView, Leaf};
use crate::model::View as _;

/// Whether a rewritten message is the one it was made of but for what was taken out: as plain to read, the same parts in
/// the same order with the same bytes, a notice where each cut was, and nothing anywhere that can be read as something
/// taken out.
pub(super) fn holds(before: &EmlView, message: &Bytes, cuts: &[Cut], whole: &Bytes) -> bool {
    let Ok(after) = EmlView::parse(whole) else { return false };
    if !is_plain(&after) || after.leaves.len() != before.leaves.len() {
        return false;
    }
    let gone: BTreeSet<&str> = cuts.iter().flat_map(|cut| cut.digests.iter().map(String::as_str)).collect();
    let mut cuts = cuts.iter().peekable();
    let mut leaves = before.leaves.iter().zip(&after.leaves).enumerate();
    leaves.all(|(index, (old, new))| match cuts.next_if(|cut| cut.leaf == index) {
        Some(cut) => {
            let readings = new.contents(whole).readings;
            new.media_type == "text/plain" && matches!(readings.as_slice(), [only] if only.bytes == cut.text)
        }
        None => {
            is_same(old, message, new, whole)
                && digests(new, whole).iter().all(|(digest, _)| !gone.contains(digest.as_str()))
        }
    })
}

/// Whether a part is what it was, in its fields and in its bytes.
fn is_same(old: &Leaf, message: &Bytes, new: &Leaf, whole: &Bytes) -> bool {
    let bytes = |leaf: &Leaf, of: &Bytes| {
        let head = of.get(leaf.head_start..leaf.body.start).map(|head| of.slice_ref(head));
        (head, of.get(leaf.body.clone()).map(|body| of.slice_ref(body)))
    };
    old.kind == new.kind && bytes(old, message) == bytes(new, whole)
}
