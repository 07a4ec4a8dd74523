//! Keys from passwords, and the ciphers of all versions. A derivation costs up to 2^24 hashes and each header may have
//! a salt of its own, so that the work of one archive is counted.

use std::collections::HashMap;
use std::io::{self, Read};

use encoding_rs::SHIFT_JIS;
use rars::crypto::rar13::Rar13Cipher;
use rars::crypto::rar15::Rar15Cipher;
use rars::crypto::rar20::Rar20Cipher;
use rars::crypto::rar30::Rar30Cipher;
use rars::crypto::rar50::{Rar50Cipher, Rar50Keys};

use super::entry::{Lock, Lock50};

/// Rounds of key derivation spent on one archive: 128 passwords of RAR 3, 1,024 of RAR 5 as WinRAR writes it.
pub(super) const MAX_ROUNDS: u64 = 1 << 25;
/// Rounds of one derivation of RAR 3.
const ROUNDS_30: u64 = 1 << 18;

/// What is left of [`MAX_ROUNDS`].
#[derive(Debug)]
pub(super) struct Work(u64);

impl Work {
    pub(super) fn new() -> Self {
        Work(MAX_ROUNDS)
    }

    fn pay(&mut self, rounds: u64) -> Option<()> {
        self.0 = self.0.checked_sub(rounds)?;
        Some(())
    }

    /// Whether nothing more will be derived.
    pub(super) fn is_spent(&self) -> bool {
        self.0 < ROUNDS_30
    }
}

/// A password, and the keys derived from it so far.
pub(super) struct Keys {
    text: String,
    legacy: Vec<u8>,
    old: HashMap<Option<[u8; 8]>, Rar30Cipher>,
    new: HashMap<([u8; 16], u8), Rar50Keys>,
}

impl Keys {
    pub(super) fn new(password: &str) -> Self {
        let (legacy, _, is_lossy) = SHIFT_JIS.encode(password);
        let legacy = if is_lossy { password.as_bytes().to_vec() } else { legacy.into_owned() };
        Keys { text: password.to_owned(), legacy, old: HashMap::new(), new: HashMap::new() }
    }

    /// AES-128 of RAR 3.
    pub(super) fn cipher30(&mut self, salt: Option<[u8; 8]>, work: &mut Work) -> Option<Rar30Cipher> {
        if let Some(known) = self.old.get(&salt) {
            return Some(known.clone());
        }
        work.pay(ROUNDS_30)?;
        let cipher = Rar30Cipher::new(self.text.as_bytes(), salt).ok()?;
        self.old.insert(salt, cipher.clone());
        Some(cipher)
    }

    /// Keys of RAR 5; none if the check value says that the password is another.
    pub(super) fn keys50(&mut self, lock: &Lock50, work: &mut Work) -> Option<Rar50Keys> {
        let known = self.new.get(&(lock.salt, lock.rounds)).cloned();
        let keys = match known {
            Some(keys) => keys,
            None => {
                work.pay(1u64.checked_shl(u32::from(lock.rounds))?)?;
                let keys = Rar50Keys::derive(self.text.as_bytes(), lock.salt, lock.rounds).ok()?;
                self.new.insert((lock.salt, lock.rounds), keys.clone());
                keys
            }
        };
        match &lock.check {
            Some(check) if keys.check_password(check).is_err() => None,
            _ => Some(keys),
        }
    }

    /// The cipher of an entry.
    pub(super) fn cipher(&mut self, lock: &Lock, work: &mut Work) -> Option<Cipher> {
        Some(match lock {
            Lock::V13 => Cipher::V13(Rar13Cipher::new(&self.legacy)),
            Lock::Comment13 => Cipher::V13(Rar13Cipher::new_comment()),
            Lock::V15 => Cipher::V15(Rar15Cipher::new(&self.legacy)),
            Lock::V20 => Cipher::V20(Box::new(Rar20Cipher::new(&self.legacy))),
            Lock::V30 { salt } => Cipher::V30(Box::new(self.cipher30(*salt, work)?)),
            Lock::V50(lock) => Cipher::V50(Box::new(Rar50Cipher::new(self.keys50(lock, work)?.key, lock.iv))),
            Lock::Unknown => return None,
        })
    }
}

/// A cipher under way.
pub(super) enum Cipher {
    V13(Rar13Cipher),
    V15(Rar15Cipher),
    V20(Box<Rar20Cipher>),
    V30(Box<Rar30Cipher>),
    V50(Box<Rar50Cipher>),
}

impl Cipher {
    /// Decrypts whole blocks of 16 bytes.
    pub(super) fn decrypt(&mut self, data: &mut [u8]) {
        match self {
            Cipher::V13(cipher) => data.iter_mut().for_each(|byte| *byte = cipher.decrypt_byte(*byte)),
            Cipher::V15(cipher) => cipher.crypt_in_place(data),
            // These fail for lengths that are no multiple of 16 only.
            Cipher::V20(cipher) => drop(cipher.decrypt_in_place(data)),
            Cipher::V30(cipher) => drop(cipher.decrypt_in_place(data)),
            Cipher::V50(cipher) => drop(cipher.decrypt_in_place(data)),
        }
    }
}

/// Decrypts what it reads, 16 bytes at a time.
pub(super) struct Decrypting<R> {
    inner: R,
    cipher: Cipher,
    ready: Vec<u8>,
    at: usize,
}

impl<R: Read> Decrypting<R> {
    pub(super) fn new(inner: R, cipher: Cipher) -> Self {
        Decrypting { inner, cipher, ready: Vec::new(), at: 0 }
    }

    fn fill(&mut self) -> io::Result<()> {
        const CHUNK: u64 = 16 << 10;
        self.ready.clear();
        self.at = 0;
        (&mut self.inner).take(CHUNK).read_to_end(&mut self.ready)?;
        // A block cut in two cannot be decrypted; stream ciphers have no blocks.
        if !matches!(self.cipher, Cipher::V13(_) | Cipher::V15(_)) {
            self.ready.truncate(self.ready.len() & !15);
        }
        self.cipher.decrypt(&mut self.ready);
        Ok(())
    }
}

impl<R: Read> Read for Decrypting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.ready.len() {
            self.fill()?;
        }
        let mut rest = self.ready.get(self.at..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}
