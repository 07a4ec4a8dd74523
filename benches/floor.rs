//! The floor: what any scanner must at least do with the same bytes. Inflate with the bare library, SHA-256, match the
//! same rules with one scanner. No parsing of mails, no analysis, no report.

use std::io::{Cursor, Read as _};

use sekisho::matching::shipped_sources;
use sha2::Digest as _;

use crate::mix::Mail;

/// The rules of the floor.
pub(crate) fn rules() -> yara_x::Rules {
    let mut compiler = yara_x::Compiler::new();
    for name in ["file_name", "file_extension", "detected_type", "parent_type"] {
        compiler.define_global(name, "").expect("a global");
    }
    compiler.define_global("depth", 0i64).expect("a global");
    compiler.define_global("is_file", false).expect("a global");
    for source in shipped_sources() {
        compiler.new_namespace(&source.name);
        compiler.add_source(source.text.as_str()).expect("shipped rules compile");
    }
    compiler.build()
}

/// Which digests the floor makes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digests {
    /// SHA-256 alone.
    One,
    /// MD5 and SHA-1 as well, as every report must hold them.
    Three,
}

/// Does the least with a mail; returns the bytes handled, and something that depends on all of them.
pub(crate) fn run(mail: &Mail, scanner: &mut yara_x::Scanner<'_>, digests: Digests) -> (u64, u8) {
    let mut handled = touch(&mail.bytes, scanner, digests);
    for file in &mail.files {
        let (bytes, mark) = open(file, scanner, digests);
        handled = (handled.0 + bytes, handled.1 ^ mark);
    }
    handled
}

fn touch(bytes: &[u8], scanner: &mut yara_x::Scanner<'_>, digests: Digests) -> (u64, u8) {
    let mut mark = sha2::Sha256::digest(bytes)[0];
    if digests == Digests::Three {
        mark ^= md5::Md5::digest(bytes)[0] ^ sha1::Sha1::digest(bytes)[0];
    }
    let matched = scanner.scan(bytes).map(|results| results.matching_rules().len()).unwrap_or(0);
    (bytes.len() as u64, mark ^ u8::try_from(matched % 256).unwrap_or(0))
}

fn open(bytes: &[u8], scanner: &mut yara_x::Scanner<'_>, digests: Digests) -> (u64, u8) {
    let mut handled = touch(bytes, scanner, digests);
    if !bytes.starts_with(b"PK") {
        return handled;
    }
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return handled };
    for index in 0..archive.len() {
        let mut inside = Vec::new();
        if let Ok(mut entry) = archive.by_index(index)
            && entry.read_to_end(&mut inside).is_ok()
        {
            let (more, mark) = open(&inside, scanner, digests);
            handled = (handled.0 + more, handled.1 ^ mark);
        }
    }
    handled
}
