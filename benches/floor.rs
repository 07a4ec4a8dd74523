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

/// Does the least with a mail; returns the bytes handled, and something that depends on all of them.
pub(crate) fn run(mail: &Mail, scanner: &mut yara_x::Scanner<'_>) -> (u64, u8) {
    let mut handled = touch(&mail.bytes, scanner);
    for file in &mail.files {
        let (bytes, mark) = open(file, scanner);
        handled = (handled.0 + bytes, handled.1 ^ mark);
    }
    handled
}

fn touch(bytes: &[u8], scanner: &mut yara_x::Scanner<'_>) -> (u64, u8) {
    let digest = sha2::Sha256::digest(bytes);
    let matched = scanner.scan(bytes).map(|results| results.matching_rules().len()).unwrap_or(0);
    (bytes.len() as u64, digest[0] ^ u8::try_from(matched % 256).unwrap_or(0))
}

fn open(bytes: &[u8], scanner: &mut yara_x::Scanner<'_>) -> (u64, u8) {
    let mut handled = touch(bytes, scanner);
    if !bytes.starts_with(b"PK") {
        return handled;
    }
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return handled };
    for index in 0..archive.len() {
        let mut inside = Vec::new();
        if let Ok(mut entry) = archive.by_index(index)
            && entry.read_to_end(&mut inside).is_ok()
        {
            let (more, mark) = open(&inside, scanner);
            handled = (handled.0 + more, handled.1 ^ mark);
        }
    }
    handled
}
