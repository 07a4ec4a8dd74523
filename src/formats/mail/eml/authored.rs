//! Who a message claims to be from, and whether a list or a verified signature stands behind it.

use crate::formats::mail::address::{Mailbox, mailboxes};

use super::header::Headers;

/// The mailboxes of the first field of this name.
pub(super) fn of_field(headers: &Headers, name: &str) -> Vec<Mailbox> {
    headers.first(name).map(|header| mailboxes(&header.value)).unwrap_or_default()
}

/// The author: the first mailbox of the first `From`.
pub(super) fn author(headers: &Headers) -> Option<Mailbox> {
    of_field(headers, "from").into_iter().next()
}

/// Whether a mailing list passed the message on (RFC 2369, RFC 2919): lists answer for others by design.
pub(super) fn is_from_a_list(headers: &Headers) -> bool {
    ["list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailing-list"]
        .iter()
        .any(|name| headers.first(name).is_some())
        || headers.text("precedence").is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "list" | "bulk"))
}
