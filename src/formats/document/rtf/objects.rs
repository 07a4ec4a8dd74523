//! The data of objects as Word reads it, and as other readings of the same digits give it where that is no object:
//! digits in groups that Word skips, digits shifted by one.

use bytes::Bytes;
use memchr::memmem;

use super::hex::Hex;
use super::tokenizer::{BinaryTrick, Token, Tokens};
use super::view::{Data, RtfView, Tricks};
use crate::formats::office::ole1::{Content, Object};

/// First bytes of a compound file.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// How the digits were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As Word does.
    Word,
    /// Every digit counts, wherever it stands.
    Every,
    /// One digit later.
    Shifted,
}

/// An object.
#[derive(Debug)]
pub(super) struct Embedded {
    /// Index of its group `\object`.
    pub(super) holder: usize,
    /// Where its digits begin.
    pub(super) at: usize,
    pub(super) data: Bytes,
    /// Its header, if it has one.
    pub(super) object: Option<Object>,
    pub(super) content: Content,
    pub(super) tricks: Tricks,
    pub(super) reading: Reading,
}

impl Embedded {
    fn new(data: &Data, bytes: Bytes, reading: Reading) -> Self {
        let object = Object::read(&bytes);
        let content = Content::of(object.as_ref(), &bytes);
        let (holder, at, tricks) = (data.holder, data.start, data.tricks);
        Embedded { holder, at, data: bytes, object, content, tricks, reading }
    }

    /// Whether it is an object beyond doubt.
    pub(super) fn is_convincing(&self) -> bool {
        self.object.as_ref().is_some_and(Object::is_convincing) || memmem::find(&self.data, COMPOUND).is_some()
    }
}

/// Every object of a document.
pub(super) fn embedded(view: &RtfView, bytes: &Bytes) -> Vec<Embedded> {
    // Other readings may go over the same bytes again, where objects lie inside objects.
    let mut left = bytes.len().saturating_mul(2);
    let mut found = Vec::new();
    for data in &view.objects {
        let plain = Embedded::new(data, data.bytes.clone(), Reading::Word);
        let size = data.end.saturating_sub(data.start);
        let tricks = &data.tricks;
        let is_ambiguous = tricks.skipped > 0 || tricks.escapes > 0 || tricks.dropped > 0;
        if plain.is_convincing() && tricks.skipped == 0 || left < size {
            found.push(plain);
            continue;
        }
        let mut others = Vec::new();
        if is_ambiguous {
            left = left.saturating_sub(size);
            others.push((every_digit(bytes.get(data.start..data.end).unwrap_or_default()), Reading::Every));
        }
        if !plain.is_convincing() {
            others.push((shifted(&data.bytes), Reading::Shifted));
        }
        let mut other = others.into_iter().map(|(bytes, reading)| Embedded::new(data, bytes, reading));
        match other.find(|other| other.is_convincing() && other.content != plain.content) {
            Some(other) if plain.is_convincing() => found.extend([plain, other]),
            Some(other) => found.push(other),
            None => found.push(plain),
        }
    }
    found
}

/// All digits of a stretch, whatever stands between them.
fn every_digit(bytes: &[u8]) -> Bytes {
    let mut tokens = Tokens::new(bytes);
    let mut hex = Hex::default();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => hex.text(text),
            Token::Binary { data, trick } if trick != Some(BinaryTrick::Beyond) => hex.binary(data),
            _ => {}
        }
    }
    hex.bytes.into()
}

/// The bytes one digit later.
fn shifted(bytes: &[u8]) -> Bytes {
    bytes
        .windows(2)
        .map(|pair| match pair {
            [high, low] => (high << 4) | (low >> 4),
            _ => 0,
        })
        .collect::<Vec<u8>>()
        .into()
}
