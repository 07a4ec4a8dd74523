//! What the walkers of all three header families give.

use std::ops::Range;

use crate::model::EntryName;

/// How an entry's data is packed: which decoder, and what it must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// As it is.
    Stored,
    /// RAR 1.3 to 4: the version needed to unpack (13, 15, 20, 26, 29, 36).
    Old(u8),
    /// RAR 5 and 7: algorithm version and dictionary.
    New {
        /// 0 for RAR 5, 1 for RAR 7.
        algorithm: u8,
        /// Bytes of dictionary.
        dictionary: u64,
    },
    /// A version nobody knows.
    Unknown(u64),
}

/// How an entry's data is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lock {
    /// RAR 1.3.
    V13,
    /// RAR 1.5.
    V15,
    /// RAR 2.
    V20,
    /// RAR 2.9 to 4: AES-128.
    V30 {
        /// Salt of the key derivation.
        salt: Option<[u8; 8]>,
    },
    /// RAR 5: AES-256.
    V50(Lock50),
    /// The fixed key of comments of RAR 1.3.
    Comment13,
    /// RAR 5 with an encryption version nobody knows.
    Unknown,
}

/// What a RAR 5 header says of the encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lock50 {
    /// Exponent of the rounds of key derivation.
    pub(super) rounds: u8,
    /// Salt of the key derivation.
    pub(super) salt: [u8; 16],
    /// Initialisation vector of the data.
    pub(super) iv: [u8; 16],
    /// What a right password derives to.
    pub(super) check: Option<[u8; 12]>,
    /// Whether checksums are keyed.
    pub(super) has_keyed_checksums: bool,
}

impl Lock {
    /// In words.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Lock::V13 | Lock::Comment13 => "RAR 1.3 cipher",
            Lock::V15 => "RAR 1.5 cipher",
            Lock::V20 => "RAR 2 cipher",
            Lock::V30 { .. } => "AES-128",
            Lock::V50(_) => "AES-256",
            Lock::Unknown => "unknown cipher",
        }
    }
}

/// A checksum over the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    /// None stated.
    None,
    /// Rotating sum of RAR 1.3.
    Sum16(u16),
    /// CRC-32.
    Crc32(u32),
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A name for something else.
    Link {
        /// In words: `symbolic link`.
        kind: &'static str,
        /// Where it points to; none if its content says so.
        target: Option<String>,
        /// Whether the target is another entry whose content this one has as well.
        is_copy: bool,
    },
    /// An NTFS stream of the file before it, as named: `:Zone.Identifier`.
    Stream(String),
    /// The comment of the archive.
    Comment {
        /// Whether it is in UTF-16.
        is_wide: bool,
    },
    /// Another service record, by its name.
    Service(String),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Every name it is stored under.
    pub(super) name: EntryName,
    /// What it is.
    pub(super) what: What,
    /// Bytes of content; none if not known when it was written.
    pub(super) size: Option<u64>,
    /// Packed data in the archive, a piece per volume.
    pub(super) data: Vec<Range<usize>>,
    /// Bytes of packed data beyond the end of the file.
    pub(super) missing: u64,
    /// How it is packed.
    pub(super) method: Method,
    /// Whether it continues the dictionary of the entry before it.
    pub(super) is_solid: bool,
    /// How it is encrypted, if it is.
    pub(super) lock: Option<Lock>,
    /// Checksum of the content.
    pub(super) checksum: Checksum,
    /// Whether it began in the volume before.
    pub(super) is_continued: bool,
    /// Whether it goes on in the next volume.
    pub(super) goes_on: bool,
    /// Whether it is marked hidden or system.
    pub(super) is_hidden: bool,
    /// Offset of its header.
    pub(super) offset: usize,
}

impl Entry {
    /// Bytes of packed data.
    pub(super) fn packed(&self) -> u64 {
        self.data.iter().fold(0u64, |sum, piece| sum.saturating_add(piece.len() as u64))
    }

    /// Method in words.
    pub(super) fn method_name(&self) -> String {
        match self.method {
            Method::Stored => "stored".to_owned(),
            Method::Old(version) => format!("rar {}.{}", version / 10, version % 10),
            Method::New { algorithm: 0, .. } => "rar 5".to_owned(),
            Method::New { .. } => "rar 7".to_owned(),
            Method::Unknown(version) => format!("rar method version {version}"),
        }
    }
}
