//! Hash algorithms of encryption descriptors (MS-OFFCRYPTO 2.3.4.10), and what is made of them: a password hashed many
//! times over, HMAC.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::budget::{Budget, Exceeded};

/// Rounds between two looks at the clock.
const ROUNDS_PER_LOOK: u32 = 1 << 15;

/// An algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By the name a descriptor gives it.
    pub(super) fn named(name: &str) -> Option<Hash> {
        match name.to_ascii_uppercase().replace('-', "").as_str() {
            "MD5" => Some(Hash::Md5),
            "SHA1" => Some(Hash::Sha1),
            "SHA256" => Some(Hash::Sha256),
            "SHA384" => Some(Hash::Sha384),
            "SHA512" => Some(Hash::Sha512),
            _ => None,
        }
    }

    /// As descriptors write it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Hash::Md5 => "MD5",
            Hash::Sha1 => "SHA1",
            Hash::Sha256 => "SHA256",
            Hash::Sha384 => "SHA384",
            Hash::Sha512 => "SHA512",
        }
    }

    /// Bytes of a block, which HMAC needs.
    const fn block(self) -> usize {
        match self {
            Hash::Md5 | Hash::Sha1 | Hash::Sha256 => 64,
            Hash::Sha384 | Hash::Sha512 => 128,
        }
    }

    /// The hash of parts put together.
    pub(super) fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Hash::Md5 => of::<Md5>(parts),
            Hash::Sha1 => of::<Sha1>(parts),
            Hash::Sha256 => of::<Sha256>(parts),
            Hash::Sha384 => of::<Sha384>(parts),
            Hash::Sha512 => of::<Sha512>(parts),
        }
    }

    /// The hash of salt and password, hashed again with a counter before it as often as said (2.3.4.7, 2.3.4.11).
    pub(super) fn spun(self, salt: &[u8], password: &[u8], rounds: u32, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
        match self {
            Hash::Md5 => spun::<Md5>(salt, password, rounds, budget),
            Hash::Sha1 => spun::<Sha1>(salt, password, rounds, budget),
            Hash::Sha256 => spun::<Sha256>(salt, password, rounds, budget),
            Hash::Sha384 => spun::<Sha384>(salt, password, rounds, budget),
            Hash::Sha512 => spun::<Sha512>(salt, password, rounds, budget),
        }
    }

    /// HMAC, RFC 2104.
    pub(super) fn hmac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        let mut key = if key.len() > self.block() { self.of(&[key]) } else { key.to_vec() };
        key.resize(self.block(), 0);
        let masked = |mask: u8| -> Vec<u8> { key.iter().map(|byte| byte ^ mask).collect() };
        let inner = self.of(&[&masked(0x36), data]);
        self.of(&[&masked(0x5C), &inner])
    }
}

fn of<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().to_vec()
}

fn spun<D: Digest>(salt: &[u8], password: &[u8], rounds: u32, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut hash = D::new().chain_update(salt).chain_update(password).finalize();
    for round in 0..rounds {
        if round % ROUNDS_PER_LOOK == 0 {
            budget.check_deadline()?;
        }
        hash = D::new().chain_update(round.to_le_bytes()).chain_update(&hash).finalize();
    }
    Ok(hash.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&Hash::Sha256.hmac(b"Jefe", b"what do ya want for nothing?")), expected);
        let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
        let data = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hex(&Hash::Sha256.hmac(&[0xAA; 131], data)), expected);
    }

    #[test]
    fn names_are_taken_with_and_without_a_dash() {
        assert_eq!(Hash::named("SHA-1"), Some(Hash::Sha1));
        assert_eq!(Hash::named("SHA512"), Some(Hash::Sha512));
        assert_eq!(Hash::named("WHIRLPOOL"), None);
    }
}
