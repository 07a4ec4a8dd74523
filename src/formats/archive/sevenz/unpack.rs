//! 7z to the entries in it.

use std::io::{Cursor, Read};

use bytes::Bytes;
use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Password};

use super::signature::{self, Signature};
use super::unlock::{self, MEMORY_KIB, Opened};
use super::{coders, methods};
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::archive::password::{OPENED_WITH_FOUND_PASSWORD, own_hints, say_opened};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, PasswordHint, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Bytes that the decoders of one archive may ask for their models, one after the other: a block of a few bytes may ask
/// for as much as the memory limit allows, which the decoder clears.
const MAX_MODELS: u64 = 2 << 30;

/// Takes 7z archives apart.
pub(super) struct SevenzUnpacker;

impl Unpacker for SevenzUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, OPENED_WITH_FOUND_PASSWORD]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let signature = Signature::read(&parent.bytes)?;
        let own = own_hints(parent.name.all());
        let found = find_header(parent, &signature, &own, out)?;
        let Some((repaired, opened)) = found else { return Ok(()) };
        let bytes = repaired.as_ref();
        let (mut archive, mut hint) = match opened {
            Opened::Archive(archive, hint) => (archive, hint),
            Opened::Locked => {
                out.fact("archive-names-encrypted", "7z");
                out.problem(Problem::encrypted("the list of entries is encrypted (7z AES-256)", Location::whole()));
                return Ok(());
            }
        };
        say_names(&archive, out);
        let checksums = take_checksums(&mut archive);
        if hint.is_none() && archive.blocks.iter().any(methods::is_encrypted) {
            let names = archive.files.iter().map(|entry| entry.name.as_str());
            let own = own_hints(parent.name.all().chain(names));
            hint = unlock::find_password(bytes, &archive, &checksums, &own, out)?;
        }
        if let Some(hint) = &hint {
            say_opened(out, hint);
        }
        let mut models_left = MAX_MODELS;
        for (index, block) in archive.blocks.iter().enumerate() {
            out.budget().check_deadline()?;
            let left = models_left.checked_sub(methods::model_memory(block));
            models_left = left.unwrap_or(models_left);
            let checksums = checksums.get(index).map(Vec::as_slice).unwrap_or_default();
            give_block(bytes, &archive, index, checksums, hint.as_ref(), left.is_some(), out)?;
        }
        for entry in archive.files.iter().filter(|entry| !entry.has_stream && !entry.is_directory) {
            if entry.is_anti_item {
                out.fact("7z-anti-item", entry.name.clone());
            } else {
                let origin = Origin::file(OriginKind::Entry, "empty");
                out.child_bytes(EntryName::new(entry.name.as_str()), origin, Bytes::new())?;
            }
        }
        Ok(())
    }
}

/// The header, opened if it can be; where the start of the file does not lead to one, it is looked for at the end, and the
/// file is read as if its start were right.
fn find_header(
    parent: &Artifact,
    signature: &Signature,
    own: &[PasswordHint],
    out: &mut Outcome<'_>,
) -> Result<Option<(Bytes, Opened)>, StageError> {
    let bytes = &parent.bytes;
    let is_there = signature.header_size > 0 && signature.end().is_some_and(|end| end <= bytes.len() as u64);
    let failed = if is_there {
        match unlock::open(bytes, signature.header(bytes), own, out) {
            Ok(opened) => {
                look_behind(parent, signature, out)?;
                return Ok(Some((bytes.clone(), opened)));
            }
            Err(error @ StageError::Limit(_)) => return Err(error),
            Err(error) => Some(error),
        }
    } else {
        None
    };
    // Start and checksum of an empty archive: 7-Zip writes no header for nothing.
    if signature.header_size == 0 && signature.header_offset == 0 && signature.is_checksum_right {
        look_behind(parent, signature, out)?;
        return Ok(None);
    }
    for at in signature::lost_headers(bytes) {
        out.budget().check_deadline()?;
        let (before, header) = bytes.split_at_checked(at).unwrap_or_default();
        let packed = before.get(usize::try_from(signature::SIZE).unwrap_or(usize::MAX)..).unwrap_or_default();
        let repaired = Bytes::from(signature::wrap(packed, header));
        if let Ok(opened) = unlock::open(&repaired, header, own, out)
            && !matches!(&opened, Opened::Archive(archive, _) if archive.files.is_empty())
        {
            let what = "the start of the file does not lead to the header; it was found at the end";
            out.problem(Problem::odd(what, Location::at(at)));
            return Ok(Some((repaired, opened)));
        }
    }
    match failed {
        Some(error) => {
            look_behind(parent, signature, out)?;
            Err(error)
        }
        None => {
            let what = "7z header lies beyond the end of the file (truncated, or one part of several)";
            out.problem(Problem::damaged(what, Location::offset(12)));
            Ok(None)
        }
    }
}

/// Bytes after the header belong to nobody; zeros are padding.
fn look_behind(parent: &Artifact, signature: &Signature, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let Some(end) = signature.end().and_then(|end| usize::try_from(end).ok()) else { return Ok(()) };
    let Some(rest) = parent.bytes.get(end..).filter(|rest| rest.iter().any(|byte| *byte != 0)) else {
        return Ok(());
    };
    out.problem(Problem::odd(format!("{} bytes follow the 7z archive", rest.len()), Location::at(end)));
    let name = EntryName::new(format!("{} (after the 7z archive)", parent.name.file_name()));
    let origin = Origin::part(OriginKind::Overlay, format!("after offset {end:#x}"));
    out.child_bytes(name, origin, parent.bytes.slice(end..))
}

/// What names and attributes say, whether or not the content opens.
fn say_names(archive: &Archive, out: &mut Outcome<'_>) {
    for entry in &archive.files {
        escape::raise(&EntryName::new(entry.name.as_str()), out);
        if entry.has_windows_attributes && entry.windows_attributes & 0x06 != 0 && !entry.is_directory {
            out.fact("hidden-entry", entry.name.clone());
        }
    }
}

/// Checksums of the entries of each block, taken out of the archive: the crate holds back the last bytes of an entry
/// whose checksum is wrong, we want to see them.
fn take_checksums(archive: &mut Archive) -> Vec<Vec<Option<u32>>> {
    let none = Password::empty();
    let mut source = Cursor::new(&[][..]);
    let checksums = (0..archive.blocks.len())
        .map(|index| {
            let decoder = BlockDecoder::new(1, index, archive, &none, &mut source);
            let streams = decoder.entries().iter().filter(|entry| entry.has_stream);
            streams.map(|entry| if entry.has_crc { u32::try_from(entry.crc).ok() } else { None }).collect()
        })
        .collect();
    for entry in &mut archive.files {
        entry.has_crc = false;
    }
    checksums
}

/// Gives the entries of one block. What cannot be read is given empty, so that names are judged all the same.
fn give_block(
    bytes: &[u8],
    archive: &Archive,
    index: usize,
    checksums: &[Option<u32>],
    hint: Option<&PasswordHint>,
    has_memory: bool,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let Some(block) = archive.blocks.get(index) else { return Ok(()) };
    let is_encrypted = methods::is_encrypted(block);
    let methods = methods::names(block);
    let password = hint.map(|hint| Password::new(&hint.text)).unwrap_or_default();
    let mut source = Cursor::new(bytes);
    let decoder = BlockDecoder::new_with_memory_limit(1, MEMORY_KIB, index, archive, &password, &mut source);
    let entries: Vec<String> =
        decoder.entries().iter().filter(|entry| entry.has_stream).map(|entry| entry.name.clone()).collect();

    let detail = match (is_encrypted, hint) {
        (false, _) => methods,
        (true, Some(hint)) => format!("{methods}, AES-256, password from {}", hint.source.as_str()),
        (true, None) => {
            let what = format!("{} entries are encrypted (7z AES-256)", entries.len());
            out.problem(Problem::encrypted(what, Location::whole()));
            return give_empty(&entries, "AES-256, locked", out);
        }
    };

    if !has_memory {
        let what = "decoders of this archive ask for too much memory; the rest was not decoded";
        out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
        return give_empty(&entries, "not decoded", out);
    }

    let mut given = 0usize;
    let mut limit = None;
    let mut is_locked = false;
    let mut each = |entry: &ArchiveEntry, reader: &mut dyn Read| {
        if !entry.has_stream {
            return Ok(true);
        }
        let wanted = checksums.get(given).copied().flatten();
        given = given.saturating_add(1);
        let mut summed = Summed { inner: reader, crc: crc32fast::Hasher::new() };
        let name = EntryName::new(entry.name.as_str());
        let place = Location::part(format!("entry {}", name.file_name()));
        let origin = Origin::file(OriginKind::Entry, detail.clone());
        match out.child_checked(name.clone(), origin, &mut summed) {
            Ok(true) => {
                say_link(entry, &name, out);
                if wanted.is_some_and(|wanted| wanted != summed.crc.finalize()) {
                    is_locked |= is_encrypted;
                    out.problem(Problem::damaged("content has a wrong checksum", place));
                }
                Ok(true)
            }
            Ok(false) => Ok(false),
            Err(error) => {
                limit = Some(error);
                Ok(false)
            }
        }
    };
    let ended = match archive.blocks.get(index).filter(|block| coders::is_ours(block)) {
        Some(_) => coders::read(bytes, archive, index, &password, |content| {
            for entry in decoder.entries() {
                let mut part = coders::Part::of(content, if entry.has_stream { entry.size } else { 0 });
                if !each(entry, &mut part).map_err(|error| std::io::Error::other(format!("{error:?}")))? {
                    break;
                }
            }
            Ok(true)
        })
        .map_err(|error| sevenz_rust2::Error::Io(error, "".into())),
        None => decoder.for_each_entries(&mut each),
    };
    if let Some(error) = limit {
        return Err(error);
    }
    if is_locked {
        let what = "content does not open with the password that opened the rest (7z AES-256)";
        out.problem(Problem::encrypted(what, Location::whole()));
    }
    if let Err(error) = ended {
        out.problem(unlock::stage_error(error).into_problem());
    }
    let unread = entries.get(given..).unwrap_or_default();
    if !unread.is_empty() {
        let what = format!("{} entries behind unreadable data were not read", unread.len());
        out.problem(Problem::damaged(what, Location::whole()));
        give_empty(unread, "not read", out)?;
    }
    Ok(())
}

/// Judges where a symbolic link of Unix points to: its content says so.
fn say_link(entry: &ArchiveEntry, name: &EntryName, out: &mut Outcome<'_>) {
    /// The upper half of the attributes is a mode (`FILE_ATTRIBUTE_UNIX_EXTENSION`).
    const HAS_MODE: u32 = 0x8000;
    let attributes = if entry.has_windows_attributes { entry.windows_attributes } else { 0 };
    if attributes & HAS_MODE == 0 || (attributes >> 16) & 0o170_000 != 0o120_000 {
        return;
    }
    let target = out.latest().map(|content| String::from_utf8_lossy(content).into_owned()).unwrap_or_default();
    out.fact("link", format!("{} → {target} (symbolic link)", name.text));
    escape::raise_link(name, &target, out);
}

fn give_empty(names: &[String], detail: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for name in names {
        let origin = Origin::file(OriginKind::Entry, detail);
        out.child_bytes(EntryName::new(name.as_str()), origin, Bytes::new())?;
    }
    Ok(())
}

/// Sums what passes.
struct Summed<'a> {
    inner: &'a mut dyn Read,
    crc: crc32fast::Hasher,
}

impl Read for Summed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::sevenz::{Entry, packed, sevenz};

    use super::*;
    use crate::formats::trial;
    use crate::model::Limits;
    use crate::stage::Said;

    fn unpack_with(bytes: Vec<u8>, passwords: &[&str]) -> Said {
        let (said, result) = trial::unpack_with(&SevenzUnpacker, "a.7z", bytes, passwords, Limits::default());
        result.unwrap();
        said
    }

    fn unpack(bytes: Vec<u8>) -> Said {
        unpack_with(bytes, &[])
    }

    fn shows(said: &Said, kind: &crate::model::FindingKind) -> bool {
        said.findings.iter().any(|finding| finding.kind.id == kind.id)
    }

    fn unhex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
    }

    /// 7-Zip 26.02, `7z a -pTkt#2016`: 請求書.txt with `HARMLESS-SAMPLE/1 locked`, names readable.
    const LOCKED_CONTENT: &str = "377abcaf271c000491b593b820000000000000006a00000000000000ef8cfe17fe34f1622e6e666632\
        997440a168d80c0e6e3baac53843927499ca68311fc1f60104060001092000070b0100022406f1070112530face9d86ab20ce589b3f8\
        718258b9eb082121010001000c1c1800080a01d135a79500000501190100111100cb8a426cf8662e0074007800740000001902000014\
        0a0100c0850a95dd7bdd01150601002080a4810000";
    /// The same with `-mhe=on`: names encrypted as well.
    const LOCKED_HEADER: &str = "377abcaf271c00040849830290000000000000002e000000000000006e5b8f050ceb889c8265f5443354\
        57e3b7cda56f4b593731119a02fbadfb8f4e699c024ff6aea65a1e49b34a49eec6137db6e123d167b73cc14d96a51394b072e86fec6f\
        8d8b8b0da6f0951b62763b99b50b287c8c735807cd6d64b72278d2698044a5383471ccee9eec8b85cb51eb275175dab0730349e54291\
        f517cf2653bbdcb30e49be855ac6de1bebc910c4e3d516cd557117062001097000070b0100012406f1070112530f78fcd5e673b93c98\
        db35d4ebafd261c90c6a0a01e943a8860000";

    #[test]
    fn gives_entries_with_their_unicode_names() {
        let said = unpack(sevenz(&[
            Entry::folder("資料"),
            Entry::file("資料/E-TKT控え\u{202e}fdp.exe", b"one"),
            Entry::file("empty.txt", b"").hidden(),
            Entry::file("b.txt", b"two"),
        ]));
        let children: Vec<_> =
            said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        let expected: [(&str, &[u8]); 3] =
            [("資料/E-TKT控え\u{202e}fdp.exe", b"one"), ("b.txt", b"two"), ("empty.txt", b"")];
        assert_eq!(children, expected);
        assert_eq!(said.facts[0].value, "empty.txt");
        assert!(said.problems.is_empty());
    }

    #[test]
    fn reports_names_that_lead_out() {
        assert!(shows(&unpack(sevenz(&[Entry::file("..\\..\\a.txt", b"x")])), ENTRY_NAME_ESCAPES));
        assert!(!shows(&unpack(sevenz(&[Entry::file("a/..b.txt", b"x")])), ENTRY_NAME_ESCAPES));
    }

    #[test]
    fn opens_with_a_password_of_the_message() {
        for archive in [LOCKED_CONTENT, LOCKED_HEADER] {
            let said = unpack_with(unhex(archive), &["wrong", "Tkt#2016"]);
            assert_eq!(said.children[0].name.text, "請求書.txt");
            assert_eq!(said.children[0].bytes.as_ref(), b"HARMLESS-SAMPLE/1 locked");
            assert!(said.children[0].origin.detail.contains("password from the message body"));
            assert!(shows(&said, OPENED_WITH_FOUND_PASSWORD));
            assert!(said.problems.is_empty());
        }
        assert!(!shows(&unpack(sevenz(&[Entry::file("a", b"x")])), OPENED_WITH_FOUND_PASSWORD));
    }

    #[test]
    fn locked_content_keeps_its_names() {
        let said = unpack(unhex(LOCKED_CONTENT));
        assert_eq!(said.children[0].name.text, "請求書.txt");
        assert!(said.children[0].bytes.is_empty() && said.children[0].origin.is_file);
        assert_eq!(said.children[0].origin.detail, "AES-256, locked");
        assert_eq!(said.problems[0].kind, ProblemKind::Encrypted);

        let said = unpack(unhex(LOCKED_HEADER));
        assert!(said.children.is_empty());
        assert_eq!(said.problems[0].kind, ProblemKind::Encrypted);
    }

    #[test]
    fn damage_keeps_what_can_be_read() {
        let mut bytes = sevenz(&[Entry::file("a.txt", b"hello"), Entry::file("b.txt", b"world")]);
        bytes[33] ^= 1;
        let said = unpack(bytes.clone());
        assert_eq!(said.children[0].bytes.as_ref(), b"hdllo");
        assert_eq!(said.children[1].bytes.as_ref(), b"world");
        assert_eq!(said.problems[0].kind, ProblemKind::Damaged);

        bytes.truncate(bytes.len() - 4);
        let said = unpack(bytes);
        assert_eq!(said.problems[0].kind, ProblemKind::Damaged);
    }

    #[test]
    fn finds_a_header_the_start_does_not_lead_to() {
        let whole = sevenz(&[Entry::file("a.txt", b"hello")]);
        for range in [12..20, 8..32, 20..28] {
            let mut bytes = whole.clone();
            bytes[range.clone()].fill(0);
            let said = unpack(bytes);
            assert_eq!(said.children.first().map(|child| child.bytes.as_ref()), Some(&b"hello"[..]), "{range:?}");
            assert!(said.problems.iter().any(|problem| problem.what.contains("found at the end")), "{range:?}");
        }
    }

    #[test]
    fn links_that_lead_out_are_said() {
        let link = |target: &'static [u8]| {
            let mut link = Entry::file("d/link", target);
            link.attributes = (0o120_777 << 16) | 0x8000;
            let said = unpack(sevenz(&[link]));
            said.findings.iter().any(|finding| finding.kind.id == ENTRY_NAME_ESCAPES.id)
        };
        assert!(link(b"../../etc/passwd"));
        assert!(!link(b"../a.txt"));
    }

    #[test]
    fn methods_decoded_here_survive_every_cut() {
        let stored = b"\x01\x05\x00\xfa\xffhello";
        let swapped = packed(&[0x02, 0x03, 0x02], &[], b"ehll!o", "a.txt", b"hello!");
        assert_eq!(unpack(swapped).children[0].bytes.as_ref(), b"hello!");
        let whole = packed(&[0x04, 0x01, 0x09], &[], stored, "a.txt", b"hello");
        assert_eq!(unpack(whole.clone()).children[0].bytes.as_ref(), b"hello");
        for end in 32..whole.len() {
            let (said, result) = trial::unpack(&SevenzUnpacker, "a.7z", whole[..end].to_vec());
            assert!(result.is_err() || !said.problems.is_empty(), "{end}");
        }
        for length in 0..stored.len() {
            for method in
                [&[0x04, 0x01, 0x09][..], &[0x04, 0xf7, 0x11, 1], &[0x04, 0xf7, 0x11, 2], &[0x04, 0xf7, 0x11, 4]]
            {
                let said = unpack(packed(method, &[], &stored[..length], "a.txt", b"hello"));
                assert!(!said.problems.is_empty(), "{method:?} {length}");
                assert_eq!(said.children.len(), 1);
            }
        }
    }

    #[test]
    fn looks_at_what_follows() {
        let mut bytes = sevenz(&[Entry::file("a.txt", b"hello")]);
        bytes.extend(b"more");
        let said = unpack(bytes);
        assert_eq!(said.children[0].bytes.as_ref(), b"more");
        assert_eq!(said.children[0].origin.kind, OriginKind::Overlay);
    }
}
