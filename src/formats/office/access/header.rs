//! The first page of a database: which engine wrote it, and whether its pages are encoded. Facts are those the mdbtools
//! project gathered ("HACKING"); Microsoft published nothing.

use rc4::{KeyInit, Rc4, StreamCipher};

use crate::formats::fields::{u16_at, u32_at};

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// Access 97 and before.
    Jet3,
    /// Access 2000 to 2003.
    Jet4,
    /// Access 2007 and later, by the number in the header.
    Ace(u8),
}

impl Engine {
    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Engine::Jet3 => "Jet 3 (Access 97)",
            Engine::Jet4 => "Jet 4 (Access 2000-2003)",
            Engine::Ace(2) => "ACE 12 (Access 2007)",
            Engine::Ace(3) => "ACE 14 (Access 2010)",
            Engine::Ace(5) => "ACE 16 (Access 2016)",
            Engine::Ace(6) => "ACE 17 (Access 2019)",
            Engine::Ace(_) => "ACE",
        }
    }
}

/// What the first page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) engine: Engine,
    /// Key of the other pages; none if they are stored as they are.
    pub(super) key: Option<u32>,
    /// Whether pages are encrypted with a password's key (MS-OFFCRYPTO), which no key in the file opens.
    pub(super) is_encrypted: bool,
    /// Whether a password is asked for, though the pages can be read without it.
    pub(super) has_password: bool,
}

/// Where the encoded part starts.
const ENCODED: usize = 0x18;
/// Its key, the same in every file.
const HEADER_KEY: [u8; 4] = [0xC7, 0xDA, 0x39, 0x6B];
/// Where an ACE file keeps an encryption structure of MS-OFFCRYPTO, with its size in 16 bits before it.
const CRYPT: usize = 0x299;

/// Reads the first page.
pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    let is_ace = bytes.get(4..)?.starts_with(b"Standard ACE DB\0");
    let is_jet = bytes.get(4..)?.starts_with(b"Standard Jet DB\0");
    if !is_ace && !is_jet {
        return None;
    }
    let version = *bytes.get(0x14)?;
    let engine = match version {
        0 => Engine::Jet3,
        1 if is_jet => Engine::Jet4,
        version => Engine::Ace(version),
    };
    let length = if engine == Engine::Jet3 { 126 } else { 128 };
    let mut plain = bytes.get(ENCODED..ENCODED.saturating_add(length))?.to_vec();
    rc4(&HEADER_KEY, &mut plain);
    let key = u32_at(&plain, 0x3E - ENCODED)?;
    let crypt = u16_at(bytes, CRYPT).unwrap_or_default();
    let is_encrypted = key != 0 && matches!(engine, Engine::Ace(_)) && (1..0x800).contains(&crypt);
    Some(Header {
        engine,
        key: (key != 0 && !is_encrypted).then_some(key),
        is_encrypted,
        has_password: has_password(&plain, engine),
    })
}

/// Jet 3 stores twenty bytes, zero without a password; Jet 4 forty, masked with the file's date.
fn has_password(plain: &[u8], engine: Engine) -> bool {
    let at = 0x42 - ENCODED;
    match engine {
        Engine::Jet3 => plain.get(at..at.saturating_add(20)).is_some_and(|word| word.iter().any(|byte| *byte != 0)),
        Engine::Jet4 | Engine::Ace(_) => {
            let Some(word) = plain.get(at..at.saturating_add(40)) else { return false };
            // The mask is the date as a double, cut to a whole number of 32 bits; every other pair of bytes is masked.
            let date = plain.get(0x72 - ENCODED..0x7A - ENCODED).and_then(|date| <[u8; 8]>::try_from(date).ok());
            let days = date.map_or(0.0, f64::from_le_bytes);
            let mask = if days.is_finite() && days.abs() < 1e9 { (days as i64 as u32).to_le_bytes() } else { [0; 4] };
            word.iter().zip(mask.iter().cycle()).any(|(byte, mask)| byte ^ mask != 0)
        }
    }
}

/// RC4 over a buffer in place.
pub(super) fn rc4(key: &[u8], data: &mut [u8]) {
    if let Ok(mut cipher) = Rc4::new_from_slice(key) {
        cipher.apply_keystream(data);
    }
}
