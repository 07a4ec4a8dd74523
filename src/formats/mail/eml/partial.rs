//! Messages sent in fragments (`message/partial`, RFC 2046 section 5.2.2). A fragment alone shows nothing; all of them in
//! order are the message. Here are those that are parts of one message.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::leaf::Leaf;
use super::params;
use super::parser::EmlView;

/// Fragments looked at in one message.
const MAX_FRAGMENTS: usize = 2_000;
/// One fragment.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    id: String,
    number: u64,
    total: Option<u64>,
    bytes: Bytes,
}

impl Fragment {
    /// What it says of itself.
    pub(super) fn of(leaf: &Leaf, artifact: &Bytes) -> Option<Fragment> {
        if leaf.media_type != "message/partial" {
            return None;
        }
        let value = params::parse(leaf.type_value.as_deref().unwrap_or_default());
        let number = |name: &str| value.first(name).and_then(|text| text.trim().parse().ok());
        Some(Fragment {
            id: value.first("id").unwrap_or_default().to_owned(),
            number: number("number")?,
            total: number("total"),
            bytes: leaf.contents(artifact).readings.into_iter().next()?.bytes,
        })
    }

    /// `id=… number=… total=…`.
    pub(super) fn fact(&self) -> String {
        let total = self.total.map_or_else(|| "unknown".to_owned(), |total| total.to_string());
        format!("id={} number={} total={total}", self.id, self.number)
    }
}

/// The fragments that are parts of one message. Fragments that are messages of their own are put together elsewhere.
pub(super) fn fragments(view: &EmlView, artifact: &Bytes) -> Vec<Fragment> {
    view.leaves.iter().filter_map(|leaf| Fragment::of(leaf, artifact)).take(MAX_FRAGMENTS).collect()
}

/// The messages of which every fragment is there, put together: the id, and the bytes.
pub(super) fn join(fragments: &[Fragment]) -> Vec<(String, Vec<u8>)> {
    let mut by_id: BTreeMap<&str, BTreeMap<u64, &Fragment>> = BTreeMap::new();
    for fragment in fragments {
        by_id.entry(&fragment.id).or_default().entry(fragment.number).or_insert(fragment);
    }
    by_id
        .into_iter()
        .filter_map(|(id, parts)| {
            let total = parts.values().filter_map(|fragment| fragment.total).max()?;
            let is_whole =
                parts.len() as u64 == total && parts.keys().zip(1..).all(|(number, wanted)| *number == wanted);
            let whole: Vec<u8> = parts.values().flat_map(|fragment| fragment.bytes.iter().copied()).collect();
            is_whole.then(|| (id.to_owned(), whole))
        })
        .collect()
}

/// Whether the fragment with this id was put together.
pub(super) fn is_in(joined: &[(String, Vec<u8>)], fragment: &Fragment) -> bool {
    joined.iter().any(|(id, _)| *id == fragment.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(number: u64, total: Option<u64>, text: &'static [u8]) -> Fragment {
        Fragment { id: "x".to_owned(), number, total, bytes: Bytes::from_static(text) }
    }

    #[test]
    fn only_whole_messages_are_put_together() {
        let parts = [fragment(2, Some(2), b"b"), fragment(1, None, b"a")];
        assert_eq!(join(&parts), [("x".to_owned(), b"ab".to_vec())]);
        assert!(join(&[fragment(2, Some(2), b"b")]).is_empty());
        assert!(join(&[fragment(1, None, b"a"), fragment(3, Some(2), b"c")]).is_empty());
    }
}
