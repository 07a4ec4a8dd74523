//! Messages cut into several by their sender (message/partial, RFC 2046 section 5.2.2): which fragments belong together,
//! and the message they make. Outlook Express and others put them together without asking.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::eml::{EmlView, is_message, params};
use crate::model::View as _;

/// Bytes of a message in which its own `Content-Type` is looked for.
const HEAD: usize = 64 << 10;
/// Fragments of one message; more would be a way to make us look for ever.
const MAX_FRAGMENTS: usize = 1_000;

/// What a fragment says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fragment {
    /// The same for all fragments of a message.
    pub(crate) id: String,
    /// Which one it is, from 1.
    pub(crate) number: u32,
    /// How many there are; the last fragment must say it, the others may.
    pub(crate) total: Option<u32>,
}

/// What the message says, if it is a fragment.
pub(crate) fn fragment(message: &Bytes) -> Option<Fragment> {
    // Most artifacts are no messages, and most messages no fragments; a parse is not worth it.
    if !is_message(message) {
        return None;
    }
    let head = message.get(..HEAD.min(message.len())).unwrap_or_default();
    memchr::memmem::find(&head.to_ascii_lowercase(), b"partial")?;
    let view = EmlView::parse(message).ok()?;
    let field = view.headers.first("content-type")?;
    let field = params::parse(&field.value);
    if field.head != "message/partial" {
        return None;
    }
    Some(Fragment {
        id: field.first("id")?.to_owned(),
        number: field.first("number")?.trim().parse().ok()?,
        total: field.first("total").and_then(|total| total.trim().parse().ok()),
    })
}

/// Groups of fragments that follow each other from the first on: positions in the list, in order. A number sent twice
/// counts once.
pub(crate) fn sets<'b>(messages: impl Iterator<Item = &'b Bytes>) -> Vec<Vec<usize>> {
    let mut by_id: BTreeMap<String, BTreeMap<u32, usize>> = BTreeMap::new();
    for (index, message) in messages.enumerate() {
        if let Some(fragment) = fragment(message) {
            by_id.entry(fragment.id).or_default().entry(fragment.number).or_insert(index);
        }
    }
    let follow = |numbers: BTreeMap<u32, usize>| -> Vec<usize> {
        let in_order = numbers.into_iter().zip(1u32..).take(MAX_FRAGMENTS);
        in_order.take_while(|((number, _), expected)| number == expected).map(|((_, index), _)| index).collect()
    };
    by_id.into_values().map(follow).filter(|members| members.len() >= 2).collect()
}

/// The message that fragments make: the contents one after the other, below those fields of the first fragment that
/// section 5.2.2.1 keeps.
pub(crate) fn join(fragments: &[Bytes]) -> Vec<u8> {
    let mut whole = Vec::new();
    for (index, message) in fragments.iter().enumerate() {
        let Ok(view) = EmlView::parse(message) else { continue };
        if index == 0 {
            for field in view.headers.0.iter().filter(|field| is_kept(&field.name)) {
                let value = field.value.replace(['\r', '\n'], " ");
                whole.extend_from_slice(format!("{}: {}\r\n", field.name, value.trim()).as_bytes());
            }
        }
        let content = view.leaves.iter().find(|leaf| leaf.media_type == "message/partial");
        let content = content.and_then(|leaf| leaf.contents(message).readings.into_iter().next());
        if let Some(content) = content {
            whole.extend_from_slice(&content.bytes);
        }
    }
    whole
}

/// Whether a field of the first fragment is one of the whole; the others come from inside.
fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("content-") && !["subject", "message-id", "encrypted", "mime-version"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, number: u32, content: &str) -> Bytes {
        Bytes::from(format!(
            "From: a@example.com\r\nSubject: part {number}\r\nMIME-Version: 1.0\r\n\
             Content-Type: message/partial; id=\"{id}\";\r\n number={number}; total=2\r\n\r\n{content}"
        ))
    }

    #[test]
    fn fragments_are_put_together_in_their_order() {
        let first = message("x@example.com", 1, "Subject: whole\r\nContent-Type: text/plain\r\n\r\nhel");
        let second = message("x@example.com", 2, "lo");
        let list = [second.clone(), message("y", 2, "other"), first.clone()];
        assert_eq!(sets(list.iter()), [vec![2, 0]]);
        let whole = join(&[first, second]);
        let text = String::from_utf8(whole).unwrap();
        assert_eq!(text, "From: a@example.com\r\nSubject: whole\r\nContent-Type: text/plain\r\n\r\nhello");
    }

    #[test]
    fn one_fragment_alone_and_ordinary_messages_are_left_alone() {
        let ordinary = Bytes::from_static(b"From: a@example.com\r\nSubject: a partial answer\r\n\r\nhello");
        assert_eq!(fragment(&ordinary), None);
        assert!(sets([message("x", 1, "a"), ordinary].iter()).is_empty());
        assert!(sets([message("x", 2, "a"), message("x", 3, "b")].iter()).is_empty());
    }
}
