//! Mails: [`Eml`] builds a message with full control over its bytes, [`Part`] one MIME part, [`mbox`] a mailbox, [`Msg`]
//! an Outlook message, [`Tnef`] one in transport form, [`deep_mime`] a message nested as deep as a test wants.

mod carried;
pub mod cms;
mod deep;
mod eml;
mod encode;
mod mbox;
mod msg;
mod part;
mod rpmsg;
mod tnef;

pub use carried::{binhex, binhex_characters, binhex_with_lengths, uuencode, yenc, yenc_part};
pub use deep::{deep_messages, deep_mime};
pub use eml::Eml;
pub use encode::{base64_lines, encoded_word_b, encoded_word_q, encoded_words, jis, quoted_printable, to_charset};
pub use mbox::{MboxStyle, mbox};
pub use msg::{Msg, MsgAttachment, MsgContent, Prop, compressed_rtf, rtf_of_html};
pub use part::{NameStyle, Part, Transfer};
pub use rpmsg::rpmsg;
pub use tnef::Tnef;
