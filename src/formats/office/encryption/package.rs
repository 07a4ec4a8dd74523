//! Encrypted OOXML packages (MS-OFFCRYPTO 2.3.4): `EncryptionInfo` says how, `EncryptedPackage` is the zip.

use bytes::Bytes;

use super::agile::Agile;
use super::cipher::aes_ecb;
use super::findings::say_opened;
use super::password::{self, Password, search};
use super::rights;
use super::standard::{Cipher, Provided, ROUNDS};
use crate::formats::fields::{size_at, u16_at};
use crate::formats::office::ole::OleView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError};

const PACKAGE: &str = "EncryptedPackage";
const INFO: &str = "EncryptionInfo";
/// Bytes of the size before the data.
const SIZE: usize = 8;
/// Bytes beyond the stated size that are looked at as well: less is filling of the last block.
const MIN_BEYOND: usize = 4096;

/// Whether a compound file is an encrypted package.
pub(in crate::formats::office) fn is_encrypted_package(view: &OleView) -> bool {
    view.find(PACKAGE).is_some() && (view.find(INFO).is_some() || rights::is_managed(view))
}

/// A method with what a password opens by it.
enum Method {
    Agile(Agile),
    Standard(Provided),
}

/// Opens the package and gives it as a child, or says that it is locked.
pub(super) fn unlock(parent: &Artifact, view: &OleView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let at = Location::part(format!("stream {PACKAGE}"));
    let locked = |what: &str| Problem::encrypted(format!("the document is encrypted ({what})"), at.clone());
    let Some(info) = view.stream(INFO) else {
        out.problem(rights::problem(at.clone()));
        return Ok(());
    };
    let (name, method) = match method(&info) {
        Ok(found) => found,
        Err(what) => {
            out.problem(locked(&what));
            return Ok(());
        }
    };
    out.fact("encryption", name.clone());
    let stream = view.stream(PACKAGE).unwrap_or_default();
    let candidates = password::candidates(parent, out);
    match open(&method, &candidates, &stream, &at, out) {
        Some((data, password)) => {
            say_opened(out, &password);
            give(parent, &stream, data, &name, &password, out)
        }
        None => {
            out.problem(locked(&format!("{name}; no password at hand opens it")));
            Ok(())
        }
    }
}

/// The method, with its name in words.
fn method(info: &[u8]) -> Result<(String, Method), String> {
    match (u16_at(info, 0), u16_at(info, 2)) {
        (Some(4), Some(4)) => {
            let agile = Agile::parse(info.get(8..).unwrap_or_default()).map_err(|what| format!("agile, {what}"))?;
            Ok((format!("agile, {}", agile.describe()), Method::Agile(agile)))
        }
        // Extensible encryption (2.3.4.6) names a provider of its own; some writers put the standard method there.
        (Some(2..=4), Some(minor @ (2 | 3))) => {
            let kind = if minor == 2 { "standard" } else { "extensible" };
            let provided =
                Provided::parse(info.get(4..).unwrap_or_default()).map_err(|what| format!("{kind}, {what}"))?;
            match provided.cipher {
                Cipher::Aes(size) => {
                    Ok((format!("{kind}, AES-{}", size.saturating_mul(8)), Method::Standard(provided)))
                }
                Cipher::Rc4(_) => Err(format!("{kind}, by RC4, which is not read")),
            }
        }
        _ => Err("unknown method".to_owned()),
    }
}

/// The data after the size field, by the first password that fits.
fn open(
    method: &Method,
    candidates: &[Password],
    stream: &[u8],
    at: &Location,
    out: &mut Outcome<'_>,
) -> Option<(Vec<u8>, Password)> {
    let data = stream.get(SIZE..).unwrap_or_default();
    match method {
        Method::Agile(agile) => {
            for encryptor in &agile.encryptors {
                let fits = |password: &Password, out: &Outcome<'_>| encryptor.open(password, out.budget());
                if let Some((key, password)) = search(candidates, encryptor.rounds, at, out, fits) {
                    if agile.is_intact(&key, stream) == Some(false) {
                        let what = "the encrypted package is not the one whose checksum (HMAC) was stored";
                        out.problem(Problem::damaged(what, at.clone()));
                    }
                    return Some((agile.decrypt(&key, data)?, password));
                }
            }
            None
        }
        Method::Standard(provided) => {
            let fits = |password: &Password, out: &Outcome<'_>| provided.open_package(password, out.budget());
            let (key, password) = search(candidates, ROUNDS, at, out, fits)?;
            let mut data = data.to_vec();
            aes_ecb(&key, &mut data)?;
            Some((data, password))
        }
    }
}

/// Gives the package, up to its stated size, and what follows it where that is more than filling.
fn give(
    parent: &Artifact,
    stream: &[u8],
    data: Vec<u8>,
    name: &str,
    password: &Password,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    // Eight bytes, of which some writers fill four (2.3.4.4).
    let stated = size_at(stream, 0).unwrap_or_default();
    if stated > data.len() {
        let what = format!("{stated} bytes of content are stated, {} are there", data.len());
        out.problem(Problem::damaged(what, Location::part(format!("stream {PACKAGE}"))));
    }
    let mut package = Bytes::from(data);
    let beyond = package.split_off(stated.min(package.len()));
    let detail = format!("decrypted ({name}), password from {}", password.source());
    let origin = Origin::file(OriginKind::Decoded, detail);
    out.child_bytes(EntryName::new(parent.name.file_name()), origin, package)?;
    if beyond.len() >= MIN_BEYOND {
        let origin = Origin::part(OriginKind::Overlay, "after the end of the encrypted package");
        out.child_bytes(EntryName::new("after the stated size"), origin, beyond)?;
    }
    Ok(())
}
