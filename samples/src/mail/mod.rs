//! Mails: [`Eml`] builds a message with full control over its bytes, [`Part`] one MIME part, [`mbox`] a mailbox,
//! [`deep_mime`] a message nested as deep as a test wants.

mod deep;
mod eml;
mod encode;
mod mbox;
mod part;

pub use deep::{deep_messages, deep_mime};
pub use eml::Eml;
pub use encode::{base64_lines, encoded_word_b, encoded_word_q, encoded_words, jis, quoted_printable, to_charset};
pub use mbox::{MboxStyle, mbox};
pub use part::{NameStyle, Part, Transfer};
