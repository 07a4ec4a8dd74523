//! What follows the last `%%EOF` (ISO 32000-1 §7.5.5): nothing in honest files but blanks, the end of a download that
//! was padded, or a signature service's notes.

use std::ops::Range;

use super::lexer::is_blank;
use super::parser::PdfView;
use crate::formats::fields::u32_at;

/// Bytes behind the end that are passed over: signatures and mailers leave a few.
const HARMLESS: usize = 500;

/// Bytes behind the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tail {
    /// Where they are.
    pub(super) range: Range<usize>,
    /// What sort of file they start, if one is recognised.
    pub(super) file: Option<&'static str>,
}

/// What follows the last end-of-file mark, if it is more than a few bytes, or a file.
pub(super) fn of(view: &PdfView, bytes: &[u8]) -> Option<Tail> {
    let start = view.tail?;
    let rest = bytes.get(start..)?;
    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
    let end = rest.iter().rev().take_while(|byte| is_blank(**byte)).count();
    let range = start.saturating_add(blanks)..bytes.len().saturating_sub(end).max(start.saturating_add(blanks));
    let rest = bytes.get(range.clone())?;
    let file = magic(rest);
    // Objects behind the mark are an update without an end of its own; they were read.
    let is_update = view.objects.iter().any(|object| range.contains(&object.offset));
    ((rest.len() > HARMLESS && !is_update) || file.is_some()).then_some(Tail { range, file })
}

/// What sort of file these bytes start.
pub(super) fn magic(bytes: &[u8]) -> Option<&'static str> {
    const MAGICS: [(&[u8], &str); 16] = [
        (b"PK\x03\x04", "a zip archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"MSCF\0\0\0\0", "a cabinet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a compound file"),
        (b"\x7fELF", "a Linux program"),
        (b"{\\rt", "an RTF document"),
        (b"%PDF-", "another PDF"),
        (b"<html", "a web page"),
        (b"<HTML", "a web page"),
        (b"<!DOCTYPE html", "a web page"),
        (b"<!doctype html", "a web page"),
        (b"<script", "a script"),
        (b"MIME-Version:", "a MIME message"),
        (b"L\0\0\0\x01\x14\x02\0", "a shortcut"),
        (b"#@~^", "an encoded script"),
    ];
    // Two letters are little; the rest of the header has to be there.
    if bytes.starts_with(b"MZ") && u32_at(bytes, 60).is_some_and(|place| place < 0x1000) {
        return Some("a Windows program");
    }
    MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, what)| *what)
}
