//! Attachments taken out of a message, a notice in the place of each, every other byte as it was.

mod notice;

use serde::{Deserialize, Serialize};

pub use notice::fill;

use crate::model::Report;

/// Which attachments to take out of a message, and what to say in their place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// SHA-256 (hexadecimal) of the MIME parts of the message, decoded, that may not pass. A message is rewritten only if
    /// every one of them can be taken out by itself.
    pub artifacts: Vec<String>,
    /// SHA-256 of parts that are taken out with them if they can be.
    pub also: Vec<String>,
    /// The text put in each one's place, UTF-8 with `\n` line ends. `{name}` stands for the attachment's name,
    /// `{size}` for its bytes, `{sha256}` for its digest.
    pub notice: String,
}

/// A message with attachments taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    /// Its body, without the header section.
    pub body: Vec<u8>,
    /// Header fields that must change with it: name, and the new value or nothing to delete it. Each replaces the first
    /// occurrence.
    pub headers: Vec<(String, Option<String>)>,
    /// Names of the attachments taken out, as a person may be shown them.
    pub removed: Vec<String>,
    /// Signatures over the message that no longer hold: `dkim`, `smime`, `pgp`.
    pub breaks: Vec<String>,
    /// The report of the message as it is after this; without it nobody knows whether it may pass.
    pub left: Option<Box<Report>>,
}
