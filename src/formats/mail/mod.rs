//! Messages and mailboxes. What every kind of message shares lies here: charsets, encoded words, addresses, HTML as
//! text, and the passwords a message offers its attachments.

pub mod address;
pub mod babyl;
pub mod charset;
pub(crate) mod date;
pub mod eml;
pub mod emlx;
pub mod encoded_word;
pub mod html_text;
pub mod letter;
pub(crate) mod mapi;
pub mod mbox;
pub mod mmdf;
pub mod msg;
pub(crate) mod partial;
pub mod passwords;
pub mod pgp;
mod pieces;
pub mod recognised;
pub mod rewrite;
pub mod rpmsg;
mod sealed;
pub mod smime;
pub mod tnef;

#[cfg(test)]
mod hostile_tests;
