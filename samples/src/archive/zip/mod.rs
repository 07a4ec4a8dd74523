//! Zip archives, honest and otherwise (APPNOTE 6.3.10). The common path is
//! `ZipFile::new().entry("a.txt", "text").build()`; everything a header can say, true or not, can be set as well.
//!
//! [`Entry`] is one file with its headers, [`ZipFile`] the order of things, `locked` the encryption.

mod entry;
mod layout;
mod locked;
#[cfg(test)]
mod tests;

pub(crate) use self::entry::deflate;
pub use self::entry::{Entry, Method};
pub use self::layout::{End, ZipFile};
pub use self::locked::AesKey;

/// A zip of one file, locked with AES-256 (WinZip AE-2).
pub fn encrypted_aes(name: &str, content: impl Into<Vec<u8>>, password: &str) -> Vec<u8> {
    ZipFile::new().with(Entry::new(name, content).aes(AesKey::Bits256, password)).build()
}

/// A zip of one file, locked with the traditional PKWARE cipher that every Windows opens.
pub fn encrypted_zipcrypto(name: &str, content: impl Into<Vec<u8>>, password: &str) -> Vec<u8> {
    ZipFile::new().with(Entry::new(name, content).zipcrypto(password)).build()
}

/// One archive after the other, offsets left as they were: what `cat a.zip b.zip` gives.
pub fn concatenate(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.concat()
}

/// Bytes of a name as Japanese Windows before Unicode stored it.
pub fn cp932(name: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(name).0.into_owned()
}

/// `count` empty files, each with both headers.
pub fn many_entries(count: usize) -> Vec<u8> {
    let mut zip = ZipFile::new();
    for index in 0..count {
        zip = zip.with(Entry::new(format!("{index:06}.txt"), Vec::new()).method(Method::Stored));
    }
    zip.build()
}

/// One file of a few bytes whose headers claim two gibibytes.
pub fn claims_two_gibibytes() -> Vec<u8> {
    let size = 2 << 30;
    ZipFile::new().with(Entry::new("large.txt", "small").method(Method::Stored).claims_sizes(size, size)).build()
}

/// A zip in a zip in a zip: `depth` levels around one file.
pub fn nest(depth: usize, name: &str, content: impl Into<Vec<u8>>) -> Vec<u8> {
    let mut inner = ZipFile::new().entry(name, content).build();
    for level in 1..depth {
        inner = ZipFile::new().entry(&format!("{}.zip", depth - level), inner).build();
    }
    inner
}
