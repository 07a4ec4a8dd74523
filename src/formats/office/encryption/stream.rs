//! The ciphers of streams in binary documents: RC4 with a key of 40 bits (MS-OFFCRYPTO 2.3.6), RC4 by a provider
//! (2.3.5), XOR obfuscation (2.3.7, in `xor`).

use super::cipher::rc4;
use super::hash::Hash;
use super::password::{Password, search};
use super::standard::{Cipher, Provided, StreamKey};
use super::xor::Pad;
use crate::formats::fields::u16_at;
use crate::model::Location;
use crate::stage::Outcome;

/// A cipher with its key.
#[derive(Debug, Clone)]
pub(super) enum Opened {
    /// 40 bits of the password's hash.
    Rc4(Vec<u8>),
    /// By a provider.
    Provided(StreamKey),
    /// Obfuscated.
    Xor(Pad),
}

impl Opened {
    /// Decrypts a stream from its start, with a new key for every so many bytes. XOR is for who knows the records.
    pub(super) fn apply(&self, stream: &mut [u8], block_size: usize) {
        for (block, bytes) in (0u32..).zip(stream.chunks_mut(block_size.max(1))) {
            self.apply_block(block, bytes);
        }
    }

    /// Decrypts the beginning of one block.
    pub(super) fn apply_block(&self, block: u32, bytes: &mut [u8]) {
        match self {
            Opened::Rc4(base) => {
                rc4(&block_key(base, block), bytes);
            }
            Opened::Provided(key) => {
                rc4(&key.of_block(block), bytes);
            }
            Opened::Xor(_) => {}
        }
    }
}

/// The header of encryption that begins with a version, in a FilePass record, a table stream, a container.
#[derive(Debug)]
pub(super) enum Header {
    Rc4 { salt: [u8; 16], verifier: [u8; 32] },
    Provided(Provided),
}

impl Header {
    /// Reads a header; what is not read comes back as words.
    pub(super) fn parse(bytes: &[u8]) -> Result<Header, String> {
        let version = u16_at(bytes, 0).zip(u16_at(bytes, 2));
        match version {
            Some((1, 1)) => {
                let field = |from: usize, to: usize| bytes.get(from..to);
                let salt = field(4, 20).and_then(|salt| salt.try_into().ok());
                let verifier = field(20, 52).and_then(|verifier| verifier.try_into().ok());
                match (salt, verifier) {
                    (Some(salt), Some(verifier)) => Ok(Header::Rc4 { salt, verifier }),
                    _ => Err("its header ends early".to_owned()),
                }
            }
            Some((2..=4, 2)) => {
                let provided = Provided::parse(bytes.get(4..).unwrap_or_default())?;
                match provided.cipher {
                    Cipher::Rc4(_) => Ok(Header::Provided(provided)),
                    Cipher::Aes(_) => Err("by AES in a binary document, which is not read".to_owned()),
                }
            }
            Some((major, minor)) => Err(format!("by version {major}.{minor}, which is not read")),
            None => Err("without a header".to_owned()),
        }
    }

    /// In words.
    pub(super) fn describe(&self) -> String {
        match self {
            Header::Rc4 { .. } => "RC4, 40 bits".to_owned(),
            Header::Provided(Provided { cipher: Cipher::Rc4(size) | Cipher::Aes(size), .. }) => {
                format!("RC4 CryptoAPI, {} bits", size.saturating_mul(8))
            }
        }
    }

    /// The first candidate that fits.
    pub(super) fn open(
        &self,
        candidates: &[Password],
        at: &Location,
        out: &mut Outcome<'_>,
    ) -> Option<(Opened, Password)> {
        search(candidates, 1, at, out, |password, _| {
            Ok(match self {
                Header::Rc4 { salt, verifier } => open_rc4(salt, verifier, password).map(Opened::Rc4),
                Header::Provided(provided) => provided.open_streams(password).map(Opened::Provided),
            })
        })
    }
}

/// What keys are made of (2.3.6.2), if the password is right (2.3.6.4).
fn open_rc4(salt: &[u8; 16], verifier: &[u8; 32], password: &Password) -> Option<Vec<u8>> {
    let hash = Hash::Md5.of(&[&password.wide]);
    let short = hash.get(..5)?;
    let salted = [short, salt.as_slice()].concat();
    let mut base = Hash::Md5.of(&[&salted.repeat(16)]);
    base.truncate(5);
    let mut both = *verifier;
    rc4(&block_key(&base, 0), &mut both)?;
    let (verifier, expected) = both.split_at_checked(16)?;
    (Hash::Md5.of(&[verifier]) == expected).then_some(base)
}

fn block_key(base: &[u8], block: u32) -> Vec<u8> {
    Hash::Md5.of(&[base, &block.to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_versions_are_said() {
        assert_eq!(Header::parse(&[9, 0, 9, 0]).unwrap_err(), "by version 9.9, which is not read");
        assert_eq!(Header::parse(&[1]).unwrap_err(), "without a header");
        assert_eq!(Header::parse(&[1, 0, 1, 0, 7]).unwrap_err(), "its header ends early");
    }
}
