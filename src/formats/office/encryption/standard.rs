//! Encryption by a provider of CryptoAPI (MS-OFFCRYPTO 2.3.2, 2.3.3): the header and verifier that standard encryption of
//! packages (AES, 2.3.4.5) and RC4 in binary documents (2.3.5) share.

use super::cipher::{aes_ecb, rc4};
use super::hash::Hash;
use super::password::Password;
use crate::budget::{Budget, Exceeded};
use crate::formats::fields::{size_at, u32_at};

/// Rounds of hashing in standard encryption, 2.3.4.7.
pub(super) const ROUNDS: u32 = 50_000;

/// Flags, 2.3.1.
const IS_CRYPTO_API: u32 = 0x04;
const IS_EXTERNAL: u32 = 0x10;
const IS_AES: u32 = 0x20;

const ALGORITHM_RC4: u32 = 0x6801;
const ALGORITHM_AES_128: u32 = 0x660E;
const ALGORITHM_AES_192: u32 = 0x660F;
const ALGORITHM_AES_256: u32 = 0x6610;
const HASH_SHA1: u32 = 0x8004;

/// Longest header: eight numbers and a provider's name.
const MAX_HEADER: usize = 4096;

/// What a provider's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    /// AES, with the key's size in bytes.
    Aes(usize),
    /// RC4, likewise.
    Rc4(usize),
}

/// Header and verifier.
#[derive(Debug, Clone)]
pub(super) struct Provided {
    pub(super) cipher: Cipher,
    salt: Vec<u8>,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
}

impl Provided {
    /// Reads EncryptionFlags, the header's size, header and verifier, which follow the version everywhere.
    pub(super) fn parse(bytes: &[u8]) -> Result<Provided, String> {
        Provided::read(bytes).unwrap_or_else(|| Err("its header ends early".to_owned()))
    }

    fn read(bytes: &[u8]) -> Option<Result<Provided, String>> {
        let flags = u32_at(bytes, 0)?;
        let size = size_at(bytes, 4)?;
        if size > MAX_HEADER {
            return Some(Err(format!("its header states {size} bytes")));
        }
        let header = bytes.get(8..)?;
        let algorithm = u32_at(header, 8)?;
        let hash = u32_at(header, 12)?;
        let bits = size_at(header, 16)?;
        let after = header.get(size..)?;
        let cipher = match algorithm {
            ALGORITHM_AES_128 => Cipher::Aes(16),
            ALGORITHM_AES_192 => Cipher::Aes(24),
            ALGORITHM_AES_256 => Cipher::Aes(32),
            ALGORITHM_RC4 => Cipher::Rc4(rc4_size(bits)),
            // Zero leaves it to the flags, 2.3.2.
            0 if flags & IS_EXTERNAL != 0 => return Some(Err("by an external provider, which is not read".to_owned())),
            0 if flags & IS_AES != 0 => Cipher::Aes(bits / 8),
            0 if flags & IS_CRYPTO_API != 0 => Cipher::Rc4(rc4_size(bits)),
            other => return Some(Err(format!("by algorithm {other:#x}, which is not read"))),
        };
        if !matches!(hash, HASH_SHA1 | 0) {
            return Some(Err(format!("by hash {hash:#x}, which is not read")));
        }
        let salt_size = size_at(after, 0)?.min(64);
        let salt = after.get(4..salt_size.checked_add(4)?)?.to_vec();
        let after = after.get(salt_size.checked_add(4)?..)?;
        let verifier = after.get(..16)?.to_vec();
        let hash_size = match cipher {
            Cipher::Aes(_) => 32,
            Cipher::Rc4(_) => 20,
        };
        let verifier_hash = after.get(20..hash_size + 20)?.to_vec();
        Some(Ok(Provided { cipher, salt, verifier, verifier_hash }))
    }

    /// The key of the package (2.3.4.7), if the password is right (2.3.4.9).
    pub(super) fn open_package(&self, password: &Password, budget: &Budget) -> Result<Option<Vec<u8>>, Exceeded> {
        let Cipher::Aes(size) = self.cipher else { return Ok(None) };
        let spun = Hash::Sha1.spun(&self.salt, &password.wide, ROUNDS, budget)?;
        let hash = Hash::Sha1.of(&[&spun, &0u32.to_le_bytes()]);
        let half = |mask: u8| {
            let mut block = [mask; 64];
            block.iter_mut().zip(&hash).for_each(|(byte, hash)| *byte ^= hash);
            Hash::Sha1.of(&[&block])
        };
        let mut key = half(0x36);
        key.extend(half(0x5C));
        key.truncate(size);
        let (mut verifier, mut expected) = (self.verifier.clone(), self.verifier_hash.clone());
        let is_right = aes_ecb(&key, &mut verifier).is_some()
            && aes_ecb(&key, &mut expected).is_some()
            && expected.starts_with(&Hash::Sha1.of(&[&verifier]));
        Ok(is_right.then_some(key))
    }

    /// What the keys of streams are made of (2.3.5.2), if the password is right (2.3.5.6).
    pub(super) fn open_streams(&self, password: &Password) -> Option<StreamKey> {
        let Cipher::Rc4(size) = self.cipher else { return None };
        let key = StreamKey { base: Hash::Sha1.of(&[&self.salt, &password.wide]), size };
        let mut both = [self.verifier.as_slice(), &self.verifier_hash].concat();
        rc4(&key.of_block(0), &mut both)?;
        let (verifier, expected) = both.split_at_checked(16)?;
        (Hash::Sha1.of(&[verifier]) == expected).then_some(key)
    }
}

/// Bytes of an RC4 key. Zero stands for 40 bits.
fn rc4_size(bits: usize) -> usize {
    if bits == 0 { 5 } else { (bits / 8).clamp(1, 16) }
}

/// What RC4 keys of blocks are made of.
#[derive(Debug, Clone)]
pub(super) struct StreamKey {
    base: Vec<u8>,
    size: usize,
}

impl StreamKey {
    /// The key of a block, 2.3.5.2. One of 40 bits is filled with zeros.
    pub(super) fn of_block(&self, block: u32) -> Vec<u8> {
        let mut key = Hash::Sha1.of(&[&self.base, &block.to_le_bytes()]);
        key.truncate(self.size);
        if self.size == 5 {
            key.resize(16, 0);
        }
        key
    }
}
