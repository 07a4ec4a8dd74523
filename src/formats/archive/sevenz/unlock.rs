//! Finding the password of a 7z archive among those at hand.

use std::io::{Cursor, Read, Write};

use sevenz_rust2::{Archive, BlockDecoder, Error, Password};

use super::{coders, methods};
use crate::knowledge::passwords::passwords;
use crate::model::{PasswordHint, PasswordSource};
use crate::stage::{Outcome, StageError};

/// Memory a decoder may ask for, in KiB. 7-Zip's highest setting uses a quarter of it.
pub(super) const MEMORY_KIB: usize = 256 << 10;

/// Key derivation rounds spent on one archive. 7-Zip uses 2^19 a try; a header can ask for far more.
const MAX_ROUNDS: u64 = 1 << 26;

/// The costliest derivation a user's word is tried with, a power of two.
const MAX_WORD_EXPONENT: u8 = 22;

/// What came of opening the header.
pub(super) enum Opened {
    /// Read, with this password if one was needed.
    Archive(Box<Archive>, Option<PasswordHint>),
    /// Encrypted, and nothing opened it.
    Locked,
}

/// Reads the header, trying passwords if it is encrypted.
pub(super) fn open(bytes: &[u8], header: &[u8], own: &[PasswordHint], out: &Outcome<'_>) -> Result<Opened, StageError> {
    let read = |password: &Password| Archive::read_with_memory_limit(&mut Cursor::new(bytes), password, MEMORY_KIB);
    match read(&Password::empty()) {
        Ok(archive) => return Ok(Opened::Archive(Box::new(archive), None)),
        Err(Error::PasswordRequired) => {}
        Err(error) => return Err(stage_error(error)),
    }
    for hint in candidates(own, out, methods::rounds_exponent_in(header)) {
        out.budget().check_deadline()?;
        if let Ok(archive) = read(&Password::new(&hint.text)) {
            return Ok(Opened::Archive(Box::new(archive), Some(hint)));
        }
    }
    Ok(Opened::Locked)
}

/// The password that opens the encrypted blocks, tried on the one whose first entry is smallest.
pub(super) fn find_password(
    bytes: &[u8],
    archive: &Archive,
    checksums: &[Vec<Option<u32>>],
    own: &[PasswordHint],
    out: &Outcome<'_>,
) -> Result<Option<PasswordHint>, StageError> {
    let first_size = |index: usize| {
        let none = Password::empty();
        let mut source = Cursor::new(bytes);
        let decoder = BlockDecoder::new(1, index, archive, &none, &mut source);
        decoder.entries().iter().find(|entry| entry.has_stream).map(|entry| entry.size)
    };
    let encrypted = archive.blocks.iter().enumerate().filter(|(_, block)| methods::is_encrypted(block));
    let Some((index, _)) =
        encrypted.filter_map(|(index, _)| Some((index, first_size(index)?))).min_by_key(|(_, size)| *size)
    else {
        return Ok(None);
    };
    let checksum = checksums.get(index).and_then(|block| block.first()).copied().flatten();
    for hint in candidates(own, out, methods::rounds_exponent(archive)) {
        out.budget().check_deadline()?;
        if opens(bytes, archive, index, checksum, &Password::new(&hint.text), out)? {
            return Ok(Some(hint));
        }
    }
    Ok(None)
}

/// Whether a password gives the first entry of a block its checksum.
fn opens(
    bytes: &[u8],
    archive: &Archive,
    index: usize,
    checksum: Option<u32>,
    password: &Password,
    out: &Outcome<'_>,
) -> Result<bool, StageError> {
    if archive.blocks.get(index).is_some_and(coders::is_ours) {
        return Ok(opens_ours(bytes, archive, index, checksum, password));
    }
    let mut source = Cursor::new(bytes);
    let decoder = BlockDecoder::new_with_memory_limit(1, MEMORY_KIB, index, archive, password, &mut source);
    let mut is_right = false;
    let mut exceeded = None;
    let is_packed = archive.blocks.get(index).is_some_and(methods::is_packed);
    let ended = decoder.for_each_entries(&mut |entry, reader| {
        if !entry.has_stream {
            return Ok(true);
        }
        let mut crc = crc32fast::Hasher::new();
        let mut chunk = [0u8; 16 << 10];
        loop {
            if let Err(limit) = out.budget().check_deadline() {
                exceeded = Some(limit);
                return Ok(false);
            }
            match reader.read(&mut chunk)? {
                0 => break,
                count => crc.update(chunk.get(..count).unwrap_or_default()),
            }
        }
        is_right = match checksum {
            Some(checksum) => crc.finalize() == checksum,
            None => is_packed,
        };
        Ok(false)
    });
    match exceeded {
        Some(limit) => Err(limit.into()),
        None => Ok(is_right && ended.is_ok()),
    }
}

/// The same for a block that is decoded here.
fn opens_ours(bytes: &[u8], archive: &Archive, index: usize, checksum: Option<u32>, password: &Password) -> bool {
    let none = Password::empty();
    let mut source = Cursor::new(bytes);
    let decoder = BlockDecoder::new(1, index, archive, &none, &mut source);
    let Some(size) = decoder.entries().iter().find(|entry| entry.has_stream).map(|entry| entry.size) else {
        return false;
    };
    let mut crc = Crc(crc32fast::Hasher::new());
    let ended =
        coders::read(bytes, archive, index, password, |content| std::io::copy(&mut content.take(size), &mut crc));
    ended.is_ok_and(|length| length == size) && checksum.is_none_or(|checksum| checksum == crc.0.finalize())
}

struct Crc(crc32fast::Hasher);

impl Write for Crc {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Candidates, as many as the rounds allow.
fn candidates(own: &[PasswordHint], out: &Outcome<'_>, exponent: u8) -> impl Iterator<Item = PasswordHint> {
    let tries = MAX_ROUNDS.checked_shr(u32::from(exponent)).unwrap_or(0).max(1);
    let tries = usize::try_from(tries).unwrap_or(usize::MAX);
    let all = out.passwords(own, &passwords().common);
    // Words a user gave are bounded by time, which is asked between two of them: one must not take minutes.
    let takes_words = exponent <= MAX_WORD_EXPONENT;
    let (words, said): (Vec<_>, Vec<_>) =
        all.into_iter().filter(|hint| !hint.text.is_empty()).partition(|hint| hint.source == PasswordSource::WordList);
    said.into_iter().take(tries).chain(words.into_iter().filter(move |_| takes_words))
}

/// The crate's error as ours.
pub(super) fn stage_error(error: Error) -> StageError {
    use crate::model::ParseError;
    let damaged = |what: String| StageError::Parse(ParseError::new(what, 0));
    match error {
        Error::UnsupportedCompressionMethod(method) => StageError::Unsupported(format!("7z method {method}")),
        Error::Unsupported(what) => StageError::Unsupported(format!("7z: {what}")),
        Error::ExternalUnsupported => StageError::Unsupported("7z header data in another stream".to_owned()),
        Error::UnsupportedVersion { major, minor } => StageError::Unsupported(format!("7z version {major}.{minor}")),
        Error::MaxMemLimited { actaul_kb, .. } => {
            StageError::Unsupported(format!("7z decoder that needs {} MiB", actaul_kb / 1024))
        }
        Error::PasswordRequired => StageError::Encrypted("7z content is encrypted".to_owned()),
        Error::ChecksumVerificationFailed => damaged("7z checksum is wrong".to_owned()),
        Error::NextHeaderCrcMismatch => damaged("7z header has a wrong checksum".to_owned()),
        Error::Io(error, _) | Error::MaybeBadPassword(error) => damaged(format!("7z data: {error}")),
        Error::Other(what) => damaged(format!("7z: {what}")),
        other => damaged(format!("7z header: {other:?}")),
    }
}
