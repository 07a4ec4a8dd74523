//! Encryption of entries: the traditional PKWARE cipher (APPNOTE 6.1), written here so that the same sample always has
//! the same bytes, and WinZip AES through the `zip` crate with a fixed salt.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{AesSalt, CompressionMethod, DateTime, ZipWriter};

/// Key length of WinZip AES.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AesKey {
    /// AES-128.
    Bits128,
    /// AES-192.
    Bits192,
    /// AES-256.
    Bits256,
}

impl AesKey {
    /// The strength byte of extra field 0x9901.
    pub(super) fn strength(self) -> u8 {
        match self {
            AesKey::Bits128 => 1,
            AesKey::Bits192 => 2,
            AesKey::Bits256 => 3,
        }
    }

    fn salt(self) -> AesSalt {
        match self {
            AesKey::Bits128 => AesSalt::Aes128(*b"samplesa"),
            AesKey::Bits192 => AesSalt::Aes192(*b"samplesalt12"),
            AesKey::Bits256 => AesSalt::Aes256(*b"samplesaltsample"),
        }
    }
}

/// Compressed and encrypted data of one entry as the `zip` crate writes it.
pub(super) fn by_zip_crate(content: &[u8], method: CompressionMethod, aes: Option<(AesKey, &str)>) -> Vec<u8> {
    let mut options = SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    if let Some((key, password)) = aes {
        options = options.with_aes_encryption_and_salt(password.as_bytes(), key.salt());
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("x", options).expect("a new archive takes an entry");
    writer.write_all(content).expect("memory takes bytes");
    let mut archive = writer.finish_into_readable().expect("memory takes a directory");
    let (start, size) = {
        let file = archive.by_index_raw(0).expect("the entry just written is there");
        (file.data_start().expect("its data starts somewhere"), file.compressed_size())
    };
    let bytes = archive.into_inner().into_inner();
    let start = usize::try_from(start).expect("samples fit in memory");
    let size = usize::try_from(size).expect("samples fit in memory");
    bytes[start..start + size].to_vec()
}

/// Traditional PKWARE encryption, APPNOTE 6.1: a 12-byte header whose last byte is `check`, then the data.
pub(super) fn zipcrypto(data: &[u8], password: &str, check: u8) -> Vec<u8> {
    let mut keys = Keys::new(password.as_bytes());
    let header = b"sampleheade".iter().copied().chain([check]);
    header.chain(data.iter().copied()).map(|byte| keys.encrypt(byte)).collect()
}

struct Keys([u32; 3]);

impl Keys {
    fn new(password: &[u8]) -> Self {
        let mut keys = Keys([0x1234_5678, 0x2345_6789, 0x3456_7890]);
        for byte in password {
            keys.update(*byte);
        }
        keys
    }

    fn update(&mut self, byte: u8) {
        self.0[0] = crc_step(self.0[0], byte);
        self.0[1] = self.0[1].wrapping_add(self.0[0] & 0xff).wrapping_mul(134_775_813).wrapping_add(1);
        self.0[2] = crc_step(self.0[2], self.0[1].to_be_bytes()[0]);
    }

    fn encrypt(&mut self, byte: u8) -> u8 {
        let temp = (self.0[2] | 2) & 0xffff;
        let mask = (temp.wrapping_mul(temp ^ 1) >> 8).to_le_bytes()[0];
        self.update(byte);
        byte ^ mask
    }
}

/// One step of CRC-32 without the final inversions.
fn crc_step(crc: u32, byte: u8) -> u32 {
    let mut value = (crc ^ u32::from(byte)) & 0xff;
    for _ in 0..8 {
        value = if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 };
    }
    (crc >> 8) ^ value
}
