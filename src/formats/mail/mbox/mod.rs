//! Mailboxes in one file: messages behind lines that begin with "From " (RFC 4155 and its relatives mboxo, mboxrd,
//! mboxcl). `parser` finds the messages, `unpack` gives them.

mod parser;
mod unpack;

pub use parser::MboxView;
pub(super) use unpack::give_messages;

use crate::formats::mail::eml::is_message;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// A mailbox.
pub const MBOX: FormatId = FormatId("mbox");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: MBOX,
    title: "Mailbox (mbox)",
    family: Family::Mail,
    extensions: &["mbox", "mbx", "mailbox", "eml", "txt"],
    media_types: &["application/mbox"],
    magic: &[],
    probe: Probe::Structure(is_mbox),
    reading: Reading::Full,
    references: &[
        Reference { title: "RFC 4155, application/mbox", url: "https://www.rfc-editor.org/rfc/rfc4155" },
        Reference { title: "The mbox format (qmail)", url: "https://qmail.org/man/man5/mbox.html" },
    ],
    limitations: &["The indexed mailboxes of Outlook Express (dbx) and Outlook (pst) are not read."],
    unpacker: Some(&unpack::MboxUnpacker),
    analyzers: &[],
};

fn is_mbox(artifact: &Artifact) -> bool {
    is_mailbox(&artifact.bytes)
}

/// Whether bytes are a mailbox of two or more messages; one message behind a "From " line is a message.
pub fn is_mailbox(bytes: &[u8]) -> bool {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let bytes = bytes.get(start..).unwrap_or_default().trim_ascii_start();
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    first.starts_with(b"From ") && (parser::is_dated(first) || is_message(bytes)) && parser::has_second_message(bytes)
}
