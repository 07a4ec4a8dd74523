//! Quarantined mails as files: one each, encrypted, under a random name.
//!
//! A file holds `SKS1`, 32 random bytes, and then the plain text in chunks of 64 KiB, each sealed with
//! ChaCha20-Poly1305 under a key made for this file from the store's key, the random bytes and the entry's id. The nonce is
//! the chunk's number and whether it is the last one (the STREAM construction), so that chunks can be neither changed,
//! swapped, left out nor cut off. The plain text is the length of a slip, the slip, and the mail; the slip repeats what
//! the database says of the mail, so that a lost database can be made again from the files.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};

use super::key::{Key, random};
use super::{Slip, StoreError};

/// How a file begins.
const MAGIC: &[u8; 4] = b"SKS1";
/// Random bytes that make a file's key its own.
const SALT: usize = 32;
/// Bytes of a chunk before sealing.
const CHUNK: usize = 64 << 10;
/// Bytes sealing adds to a chunk.
const TAG: usize = 16;
/// The longest slip that is believed.
const MAX_SLIP: usize = 1 << 20;
/// The largest file that is read.
const MAX_FILE: u64 = 4 << 30;
/// What the name of an unfinished file ends with.
const UNFINISHED: &str = "part";

/// The steps of keeping a file, for those who want to see one fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The unfinished file is made.
    Create,
    /// It is written.
    Write,
    /// It is made safe against loss of power.
    Sync,
    /// It gets its name.
    Rename,
    /// The name is made safe too.
    SyncFolder,
    /// The database is told.
    Commit,
}

/// Is told of every step before it is taken, and can make it fail.
pub(super) trait Watch: Send + Sync {
    /// An error instead of the step.
    fn before(&self, step: Step) -> io::Result<()>;
}

/// Lets every step be taken.
struct Trusting;

impl Watch for Trusting {
    fn before(&self, _: Step) -> io::Result<()> {
        Ok(())
    }
}

/// The files of a store.
#[derive(Clone)]
pub struct Samples {
    folder: PathBuf,
    key: Key,
    watch: Arc<dyn Watch>,
}

/// What lies in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Ids of whole files, sorted.
    pub(super) ids: Vec<String>,
    /// Files that were not finished.
    pub(super) unfinished: Vec<PathBuf>,
}

impl Samples {
    /// The files in a folder, which is made if it is missing.
    pub(super) fn open(folder: PathBuf, key: Key) -> Result<Self, StoreError> {
        private_folder(&folder)?;
        Ok(Samples { folder, key, watch: Arc::new(Trusting) })
    }

    /// Has every step watched.
    #[cfg(test)]
    pub(super) fn watched(&mut self, watch: Arc<dyn Watch>) {
        self.watch = watch;
    }

    pub(super) fn before(&self, step: Step) -> io::Result<()> {
        self.watch.before(step)
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(id.get(..2).unwrap_or("00")).join(id)
    }

    /// Writes the file of a mail; it is safe on disk when this returns, and nothing is left of it if it fails. The mail is
    /// kept when [`Store::enter`](super::Store::enter) has returned too.
    pub fn keep(&self, id: &str, slip: &Slip, mail: &[u8]) -> Result<(), StoreError> {
        self.write(id, &serde_json::to_vec(slip)?, mail)
    }

    /// Removes the file of a mail that was not entered.
    pub fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.remove(id)
    }

    /// Writes a file; it is safe on disk under its name when this returns, and nothing is left of it if it fails.
    pub(super) fn write(&self, id: &str, slip: &[u8], mail: &[u8]) -> Result<(), StoreError> {
        let path = self.path(id);
        let draft = path.with_extension(UNFINISHED);
        let written = self.write_as(id, slip, mail, &path, &draft);
        if written.is_err() {
            let _ = fs::remove_file(&draft);
            let _ = fs::remove_file(&path);
        }
        written
    }

    fn write_as(&self, id: &str, slip: &[u8], mail: &[u8], path: &Path, draft: &Path) -> Result<(), StoreError> {
        let mut salt = [0; SALT];
        random(&mut salt)?;
        let folder = path.parent().unwrap_or(&self.folder);
        private_folder(folder)?;
        let length = u32::try_from(slip.len()).unwrap_or(u32::MAX).to_be_bytes();
        let done = (|| {
            self.before(Step::Create)?;
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
            let mut out = BufWriter::new(file);
            self.before(Step::Write)?;
            out.write_all(MAGIC)?;
            out.write_all(&salt)?;
            let plain = [&length[..], slip, mail];
            seal_chunks(&self.key.of_sample(&salt, id), &plain, |chunk| out.write_all(chunk))?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            self.before(Step::Sync)?;
            file.sync_all()?;
            self.before(Step::Rename)?;
            fs::rename(draft, path)?;
            self.before(Step::SyncFolder)?;
            File::open(folder)?.sync_all()?;
            File::open(&self.folder)?.sync_all()
        })();
        done.map_err(StoreError::file(path))
    }

    /// Reads a file: slip and mail.
    pub(super) fn read(&self, id: &str) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        let path = self.path(id);
        let tampered = || StoreError::Tampered(format!("the sample {id}"));
        let mut sealed = Vec::new();
        let file = File::open(&path).map_err(StoreError::file(&path))?;
        file.take(MAX_FILE).read_to_end(&mut sealed).map_err(StoreError::file(&path))?;
        let body = sealed.strip_prefix(MAGIC).ok_or_else(tampered)?;
        let (salt, body) = body.split_at_checked(SALT).ok_or_else(tampered)?;
        let plain = open_chunks(&self.key.of_sample(salt, id), body).ok_or_else(tampered)?;
        let (length, rest) = plain.split_first_chunk::<4>().ok_or_else(tampered)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > MAX_SLIP {
            return Err(tampered());
        }
        let (slip, mail) = rest.split_at_checked(length).ok_or_else(tampered)?;
        Ok((slip.to_vec(), mail.to_vec()))
    }

    /// Whether there is a file.
    pub(super) fn has(&self, id: &str) -> bool {
        self.path(id).is_file()
    }

    /// Removes a file; one that is not there is no error. Its bytes are not overwritten.
    pub(super) fn remove(&self, id: &str) -> Result<(), StoreError> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::File { path, source: error }),
            _ => Ok(()),
        }
    }

    /// When a file was written, seconds since 1970.
    pub(super) fn written(&self, id: &str) -> Option<i64> {
        let written = fs::metadata(self.path(id)).ok()?.modified().ok()?;
        i64::try_from(written.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok()
    }

    /// What lies in the folder.
    pub(super) fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = Listing::default();
        for folder in fs::read_dir(&self.folder).map_err(StoreError::file(&self.folder))?.filter_map(Result::ok) {
            let Ok(files) = fs::read_dir(folder.path()) else { continue };
            for file in files.filter_map(Result::ok).map(|file| file.path()) {
                if file.extension().is_some_and(|extension| extension == UNFINISHED) {
                    listing.unfinished.push(file);
                } else if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
                    listing.ids.push(name.to_owned());
                }
            }
        }
        listing.ids.sort();
        Ok(listing)
    }
}

/// Makes a folder only its owner can enter; one that is there is left as it is.
pub(super) fn private_folder(path: &Path) -> Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(StoreError::file(path))
}

/// The nonce of a chunk: eleven bytes of its number, big-endian, and one that says whether it is the last.
fn nonce(number: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; 12];
    let [.., last] = &mut bytes;
    *last = u8::from(is_last);
    if let Some(place) = bytes.get_mut(3..11) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    bytes.into()
}

/// Seals the parts as if they were one text, chunk by chunk.
fn seal_chunks(key: &[u8; 32], parts: &[&[u8]], mut give: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let cipher = ChaCha20Poly1305::new(key.into());
    let mut number = 0u64;
    let mut chunk: Vec<u8> = Vec::with_capacity(CHUNK);
    let mut seal = |chunk: &[u8], is_last: bool| {
        let sealed = cipher.encrypt(&nonce(number, is_last), chunk).map_err(|_| io::Error::other("cannot seal"))?;
        number = number.saturating_add(1);
        give(&sealed)
    };
    for part in parts {
        let mut part = *part;
        while !part.is_empty() {
            if chunk.len() == CHUNK {
                seal(&chunk, false)?;
                chunk.clear();
            }
            let (now, later) = part.split_at(part.len().min(CHUNK.saturating_sub(chunk.len())));
            chunk.extend_from_slice(now);
            part = later;
        }
    }
    seal(&chunk, true)
}

/// Opens what [`seal_chunks`] gave; nothing unless all of it is there and unchanged.
fn open_chunks(key: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = ChaCha20Poly1305::new(key.into());
    let mut plain = Vec::with_capacity(sealed.len());
    let mut chunks = sealed.chunks(CHUNK.saturating_add(TAG)).enumerate().peekable();
    chunks.peek()?;
    while let Some((number, chunk)) = chunks.next() {
        let is_last = chunks.peek().is_none();
        plain.extend(cipher.decrypt(&nonce(u64::try_from(number).ok()?, is_last), chunk).ok()?);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> (tempfile::TempDir, Samples) {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::make(&folder.path().join("key")).unwrap();
        let samples = Samples::open(folder.path().join("samples"), key).unwrap();
        (folder, samples)
    }

    #[test]
    fn mails_of_every_size_come_back() {
        let (_folder, samples) = samples();
        for size in [0, 1, CHUNK - 8, CHUNK - 7, CHUNK - 6, CHUNK, 3 * CHUNK + 5] {
            let id = format!("aa{size:018}");
            let mail = vec![0x41; size];
            samples.write(&id, b"slip", &mail).unwrap();
            assert_eq!(samples.read(&id).unwrap(), (b"slip".to_vec(), mail), "{size}");
            let bytes = fs::read(samples.path(&id)).unwrap();
            assert!(!bytes.windows(4).any(|window| window == b"slip" || window == b"AAAA"));
        }
    }

    #[test]
    fn every_change_is_noticed() {
        let (_folder, samples) = samples();
        let id = "aabbccddeeff00112233";
        samples.write(id, b"slip", &vec![0x41; CHUNK + 100]).unwrap();
        let path = samples.path(id);
        let good = fs::read(&path).unwrap();
        let chunk = CHUNK + TAG;
        let head = 4 + SALT;
        let mut changed: Vec<Vec<u8>> = [0, 5, head, head + chunk - 1, good.len() - 1]
            .into_iter()
            .map(|at| {
                let mut bytes = good.clone();
                bytes[at] ^= 0x10;
                bytes
            })
            .collect();
        changed.push(good[..head + chunk].to_vec());
        changed.push(good[..good.len() - 1].to_vec());
        changed.push(good[..head].to_vec());
        changed.push([&good[..head], &good[head + chunk..]].concat());
        changed.push([&good[..head], &good[head + chunk..], &good[head..head + chunk]].concat());
        for bytes in changed {
            fs::write(&path, bytes).unwrap();
            assert!(matches!(samples.read(id), Err(StoreError::Tampered(_))));
        }
        fs::write(&path, &good).unwrap();
        assert!(samples.read(id).is_ok());
        // Under another name it is another entry's mail.
        fs::copy(&path, path.with_file_name("aa000000000000000000")).unwrap();
        assert!(matches!(samples.read("aa000000000000000000"), Err(StoreError::Tampered(_))));
    }
}
