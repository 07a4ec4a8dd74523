//! Agile encryption (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15): an XML descriptor names hash and cipher, the package is
//! encrypted in segments of 4096 bytes, each with a vector of its own.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::cipher::{BLOCK, aes_cbc};
use super::hash::Hash;
use super::password::Password;
use crate::budget::{Budget, Exceeded};
use crate::formats::text::base64::from_base64;

/// Bytes of a segment, 2.3.4.15.
const SEGMENT: usize = 4096;
/// Key encryptors looked at: one per password or certificate, where Office writes one.
const MAX_ENCRYPTORS: usize = 8;
/// Elements read of a descriptor.
const MAX_ELEMENTS: usize = 200;

/// Block keys, 2.3.4.12 to 2.3.4.14: what a key is for.
const VERIFIER_INPUT: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const VERIFIER_VALUE: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const PACKAGE_KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];
const HMAC_KEY: [u8; 8] = [0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6];
const HMAC_VALUE: [u8; 8] = [0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33];

/// What `keyData` and `encryptedKey` have in common.
#[derive(Debug, Clone)]
struct Parameters {
    salt: Vec<u8>,
    key_size: usize,
    hash: Hash,
    hash_size: usize,
}

/// A key locked with a password.
#[derive(Debug, Clone)]
pub(super) struct Encryptor {
    parameters: Parameters,
    /// Rounds of hashing a password takes.
    pub(super) rounds: u32,
    verifier_input: Vec<u8>,
    verifier_value: Vec<u8>,
    key: Vec<u8>,
}

/// A descriptor.
#[derive(Debug)]
pub(super) struct Agile {
    data: Parameters,
    hmac: Option<(Vec<u8>, Vec<u8>)>,
    /// The keys, of which any opens the document.
    pub(super) encryptors: Vec<Encryptor>,
}

impl Agile {
    /// Reads a descriptor; what is not read comes back as words.
    pub(super) fn parse(xml: &[u8]) -> Result<Agile, String> {
        let text = String::from_utf8_lossy(xml);
        let mut reader = Reader::from_str(&text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        let (mut data, mut hmac, mut encryptors, mut unread) = (None, None, Vec::new(), None);
        for _ in 0..MAX_ELEMENTS {
            let tag = match reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => tag,
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => continue,
            };
            match tag.local_name().as_ref() {
                "keyData" if data.is_none() => data = Some(parameters(&tag)?),
                "dataIntegrity" => hmac = bytes(&tag, "encryptedHmacKey").zip(bytes(&tag, "encryptedHmacValue")),
                // Without a spin count it is locked to a certificate, 2.3.4.10.
                "encryptedKey" if encryptors.len() < MAX_ENCRYPTORS && text_of(&tag, "spinCount").is_some() => {
                    match encryptor(&tag) {
                        Ok(encryptor) => encryptors.push(encryptor),
                        Err(what) => unread = Some(what),
                    }
                }
                _ => {}
            }
        }
        match (data, encryptors.is_empty()) {
            (None, _) => Err("without a descriptor".to_owned()),
            (Some(_), true) => Err(unread.unwrap_or_else(|| "not by a password".to_owned())),
            (Some(data), false) => Ok(Agile { data, hmac, encryptors }),
        }
    }

    /// In words: `AES-256, SHA512, 100000 rounds`.
    pub(super) fn describe(&self) -> String {
        let rounds = self.encryptors.iter().map(|encryptor| encryptor.rounds).max().unwrap_or_default();
        let bits = self.data.key_size.saturating_mul(8);
        format!("AES-{bits}, {}, {rounds} rounds", self.data.hash.as_str())
    }

    /// The package after its size field.
    pub(super) fn decrypt(&self, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let mut out = data.to_vec();
        for (index, segment) in out.chunks_mut(SEGMENT).enumerate() {
            let index = u32::try_from(index).ok()?;
            aes_cbc(key, &self.vector(&index.to_le_bytes()), segment)?;
        }
        Some(out)
    }

    /// Whether the whole stream is what was encrypted, 2.3.4.14; nothing where the descriptor does not tell.
    pub(super) fn is_intact(&self, key: &[u8], stream: &[u8]) -> Option<bool> {
        let (hmac_key, hmac_value) = self.hmac.as_ref()?;
        let plain = |data: &[u8], block: &[u8]| {
            let mut data = data.to_vec();
            aes_cbc(key, &self.vector(block), &mut data)?;
            data.truncate(self.data.hash_size);
            Some(data)
        };
        let expected = plain(hmac_value, &HMAC_VALUE)?;
        Some(self.data.hash.hmac(&plain(hmac_key, &HMAC_KEY)?, stream) == expected)
    }

    fn vector(&self, block: &[u8]) -> Vec<u8> {
        fitted(self.data.hash.of(&[&self.data.salt, block]), BLOCK)
    }
}

impl Encryptor {
    /// The key of the package, if the password is right.
    pub(super) fn open(&self, password: &Password, budget: &Budget) -> Result<Option<Vec<u8>>, Exceeded> {
        let known = &self.parameters;
        let spun = known.hash.spun(&known.salt, &password.wide, self.rounds, budget)?;
        let vector = fitted(known.salt.clone(), BLOCK);
        let plain = |block: &[u8], data: &[u8]| {
            let key = fitted(known.hash.of(&[&spun, block]), known.key_size);
            let mut data = data.to_vec();
            aes_cbc(&key, &vector, &mut data)?;
            Some(data)
        };
        let opened = || {
            let mut input = plain(&VERIFIER_INPUT, &self.verifier_input)?;
            input.truncate(known.salt.len());
            let mut value = plain(&VERIFIER_VALUE, &self.verifier_value)?;
            value.truncate(known.hash_size);
            if value.is_empty() || known.hash.of(&[&input]).get(..value.len()) != Some(value.as_slice()) {
                return None;
            }
            let mut key = plain(&PACKAGE_KEY, &self.key)?;
            key.truncate(known.key_size);
            Some(key)
        };
        Ok(opened())
    }
}

/// Cut to a size, or filled with 0x36 (2.3.4.11, 2.3.4.12).
fn fitted(mut bytes: Vec<u8>, size: usize) -> Vec<u8> {
    bytes.resize(size, 0x36);
    bytes
}

fn encryptor(tag: &BytesStart<'_>) -> Result<Encryptor, String> {
    let missing = || "without a whole key encryptor".to_owned();
    Ok(Encryptor {
        parameters: parameters(tag)?,
        rounds: number(tag, "spinCount").ok_or_else(missing)?,
        verifier_input: bytes(tag, "encryptedVerifierHashInput").ok_or_else(missing)?,
        verifier_value: bytes(tag, "encryptedVerifierHashValue").ok_or_else(missing)?,
        key: bytes(tag, "encryptedKeyValue").ok_or_else(missing)?,
    })
}

fn parameters(tag: &BytesStart<'_>) -> Result<Parameters, String> {
    let word = |name: &str| text_of(tag, name).unwrap_or_default();
    let (cipher, chaining, hash) = (word("cipherAlgorithm"), word("cipherChaining"), word("hashAlgorithm"));
    let key_size = number(tag, "keyBits").unwrap_or_default() as usize / 8;
    let is_read = cipher.eq_ignore_ascii_case("AES")
        && chaining.eq_ignore_ascii_case("ChainingModeCBC")
        && matches!(key_size, 16 | 24 | 32);
    let (true, Some(hash)) = (is_read, Hash::named(&hash)) else {
        return Err(format!("by {cipher}, {chaining}, {hash}, which is not read"));
    };
    let salt = bytes(tag, "saltValue").ok_or_else(|| "without a salt".to_owned())?;
    let hash_size = number(tag, "hashSize").unwrap_or_default() as usize;
    Ok(Parameters { salt, key_size, hash, hash_size })
}

fn text_of(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.trim().to_owned())
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<u32> {
    text_of(tag, name)?.parse().ok()
}

fn bytes(tag: &BytesStart<'_>, name: &str) -> Option<Vec<u8>> {
    from_base64(text_of(tag, name)?.as_bytes()).filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_said() {
        let whirlpool = b"<encryption><keyData saltSize='16' keyBits='256' cipherAlgorithm='AES' \
            cipherChaining='ChainingModeCBC' hashAlgorithm='WHIRLPOOL' saltValue='AAAA'/></encryption>";
        assert_eq!(Agile::parse(whirlpool).unwrap_err(), "by AES, ChainingModeCBC, WHIRLPOOL, which is not read");
        assert_eq!(Agile::parse(b"<encryption").unwrap_err(), "without a descriptor");
    }

    #[test]
    fn a_key_for_a_certificate_is_no_password() {
        let xml = b"<encryption><keyData keyBits='128' cipherAlgorithm='AES' cipherChaining='ChainingModeCBC' \
            hashAlgorithm='SHA1' saltValue='AAAA'/><keyEncryptors><keyEncryptor><c:encryptedKey \
            encryptedKeyValue='AAAA' X509Certificate='AAAA'/></keyEncryptor></keyEncryptors></encryption>";
        assert_eq!(Agile::parse(xml).unwrap_err(), "not by a password");
    }
}
