//! The key of a store: 32 random bytes in a file only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

use super::StoreError;

/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of the nonce before everything sealed. Random nonces of this length do not repeat.
const NONCE: usize = 24;
/// Bytes of SHA-256's block, RFC 2104 section 2.
const BLOCK: usize = 64;

/// The key everything in a store is sealed and hashed with. Keys for each use are derived from it.
#[derive(Clone)]
pub struct Key {
    rows: [u8; KEY],
    names: [u8; KEY],
    samples: [u8; KEY],
    marks: [u8; KEY],
    check: [u8; KEY],
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key")
    }
}

impl Key {
    /// The key of these bytes.
    fn of(master: &[u8; KEY]) -> Self {
        let derive = |label: &str| hmac(master, &[b"sekisho store 1 ", label.as_bytes()]);
        Key {
            rows: derive("rows"),
            names: derive("names"),
            samples: derive("samples"),
            marks: derive("marks"),
            check: derive("check"),
        }
    }

    /// Reads the key in a file. It must hold 32 bytes and be closed to everybody but its owner.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let wrong = |why: &str| StoreError::Key { path: path.to_owned(), why: why.to_owned() };
        let mut file = File::open(path).map_err(|error| wrong(&error.to_string()))?;
        let about = file.metadata().map_err(|error| wrong(&error.to_string()))?;
        if about.mode() & 0o077 != 0 {
            return Err(wrong("others than its owner may read or change it (chmod 600)"));
        }
        let mut master = [0; KEY];
        if about.len() != u64::try_from(KEY).unwrap_or(u64::MAX) || file.read_exact(&mut master).is_err() {
            return Err(wrong("it does not hold 32 bytes"));
        }
        Ok(Key::of(&master))
    }

    /// Makes a key file. It appears whole or not at all, and one that is there is left alone.
    pub fn make(path: &Path) -> Result<Self, StoreError> {
        let mut master = [0; KEY];
        random(&mut master)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut name = [0; 8];
        random(&mut name)?;
        let draft = folder.join(format!(".key-{}", hexadecimal(&name)));
        let written = (|| {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            file.write_all(&master)?;
            file.sync_all()?;
            // Fails if the name is taken, as a rename would not.
            fs::hard_link(&draft, path)?;
            File::open(folder)?.sync_all()
        })();
        let _ = fs::remove_file(&draft);
        written.map_err(StoreError::file(path))?;
        Ok(Key::of(&master))
    }

    /// What a store remembers of its key to know it again.
    pub(super) fn check(&self) -> &[u8] {
        &self.check
    }

    /// A name or address as it is looked up by: without the key nobody can tell what it was, not even by trying.
    pub(super) fn hashed(&self, what: &str, value: &str) -> Vec<u8> {
        let hash = hmac(&self.names, &[what.as_bytes(), b"\0", value.as_bytes()]);
        hash.iter().take(16).copied().collect()
    }

    /// Signs a release mark.
    pub(super) fn signed(&self, parts: &[&[u8]]) -> [u8; KEY] {
        hmac(&self.marks, parts)
    }

    /// The key of one sample.
    pub(super) fn of_sample(&self, salt: &[u8], id: &str) -> [u8; KEY] {
        hmac(&self.samples, &[salt, id.as_bytes()])
    }

    /// Seals bytes for one place; they open only there.
    pub(super) fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut sealed = vec![0; NONCE];
        random(&mut sealed)?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let body = XChaCha20Poly1305::new(&self.rows.into())
            .encrypt(XNonce::from_slice(&sealed), payload)
            .map_err(|_| StoreError::Tampered(place.to_owned()))?;
        sealed.extend(body);
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let tampered = || StoreError::Tampered(place.to_owned());
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or_else(tampered)?;
        XChaCha20Poly1305::new(&self.rows.into())
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: place.as_bytes() })
            .map_err(|_| tampered())
    }
}

/// Fills a buffer with random bytes of the operating system.
pub(super) fn random(buffer: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(buffer).map_err(|error| StoreError::Random(error.to_string()))
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
        text
    })
}

/// HMAC-SHA-256, RFC 2104.
fn hmac(key: &[u8; KEY], parts: &[&[u8]]) -> [u8; KEY] {
    let padded = |with: u8| {
        let mut block = [with; BLOCK];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let mut inner = Sha256::new_with_prefix(padded(0x36));
    for part in parts {
        inner.update(part);
    }
    let mut outer = Sha256::new_with_prefix(padded(0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hmac_is_that_of_the_standard() {
        // RFC 4231 test case 1: a key of 20 bytes is padded with zeros, as one of 32 that ends in zeros is.
        let mut key = [0; KEY];
        key[..20].fill(0x0b);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hexadecimal(&hmac(&key, &[b"Hi ", b"There"])), expected);
    }

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = Key::make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(Key::read(&path).unwrap().check, key.check);
        assert!(Key::make(&path).is_err(), "one that is there is left alone");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_key_others_can_read_or_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Key::make(&path).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
        assert!(Key::read(&path).unwrap_err().to_string().contains("chmod 600"));
        let short = folder.path().join("short");
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&short).unwrap().write_all(&[1; 31]).unwrap();
        assert!(Key::read(&short).unwrap_err().to_string().contains("32 bytes"));
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::make(&folder.path().join("key")).unwrap();
        let other = Key::make(&folder.path().join("other")).unwrap();
        let mut sealed = key.seal("row 1", b"secret").unwrap();
        assert_eq!(key.open("row 1", &sealed).unwrap(), b"secret");
        assert!(key.open("row 2", &sealed).is_err());
        assert!(other.open("row 1", &sealed).is_err());
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open("row 1", &sealed).is_err());
        assert!(key.open("row 1", b"short").is_err());
    }
}
