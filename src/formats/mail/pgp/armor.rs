//! Armour (RFC 9580 section 6) and the cleartext signature framework (section 7), line by line.

use std::ops::Range;

/// A stretch of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Text around armour.
    Around(Range<usize>),
    /// Signed text, still escaped.
    Signed(Range<usize>),
    /// Packets in base64 under this label.
    Packets(String, Range<usize>),
}

/// Where the first armour must begin.
const WINDOW: usize = 16 << 10;
/// Blocks read.
const MAX_BLOCKS: usize = 1_000;

const BEGIN: &[u8] = b"-----BEGIN PGP ";
const END: &[u8] = b"-----END PGP ";
const SIGNED: &str = "SIGNED MESSAGE";

/// Whether armour begins near the start of a text.
pub(super) fn starts(bytes: &[u8]) -> bool {
    let window = bytes.get(..WINDOW).unwrap_or(bytes);
    lines(window).any(|line| label(window.get(line).unwrap_or_default(), BEGIN).is_some())
}

/// Lines with their ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0usize;
    bytes.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at = at.saturating_add(line.len());
        start..at
    })
}

/// The label of an armour line.
fn label(line: &[u8], start: &[u8]) -> Option<String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
    let is_label = label.len() <= 40 && label.iter().all(|byte| byte.is_ascii_alphanumeric() || b" ,/".contains(byte));
    is_label.then(|| String::from_utf8_lossy(label).into_owned())
}

/// The blocks of a text, in order, and whether the last ends as it should.
pub(super) fn blocks(bytes: &[u8]) -> (Vec<Block>, bool) {
    enum State {
        Around,
        /// Headers of a block, until an empty line.
        Head(String),
        Signed,
        Packets(String),
    }
    let mut found = Vec::new();
    let mut state = State::Around;
    let mut from = 0usize;
    for line in lines(bytes) {
        if found.len() >= MAX_BLOCKS {
            return (found, false);
        }
        let text = bytes.get(line.clone()).unwrap_or_default();
        match &state {
            State::Around => {
                if let Some(label) = label(text, BEGIN) {
                    found.push(Block::Around(from..line.start));
                    state = State::Head(label);
                }
            }
            State::Head(label) => {
                // Old programs leave the empty line out; headers have a colon.
                let is_blank = text.trim_ascii().is_empty();
                if is_blank || memchr::memmem::find(text, b": ").is_none() {
                    from = if is_blank { line.end } else { line.start };
                    state = if label == SIGNED { State::Signed } else { State::Packets(label.clone()) };
                }
            }
            State::Signed => {
                if let Some(label) = label(text, BEGIN) {
                    found.push(Block::Signed(from..line.start));
                    state = State::Head(label);
                }
            }
            State::Packets(label_of) => {
                if label(text, END).is_some() {
                    found.push(Block::Packets(label_of.clone(), from..line.start));
                    state = State::Around;
                    from = line.end;
                }
            }
        }
    }
    let rest = from..bytes.len();
    match state {
        State::Around => {
            found.push(Block::Around(rest));
            return (found, true);
        }
        State::Head(_) => {}
        State::Signed => found.push(Block::Signed(rest)),
        State::Packets(label) => found.push(Block::Packets(label, rest)),
    }
    (found, false)
}

/// The base64 of a block without its checksum line (section 6.1).
pub(super) fn without_checksum(block: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(block.len());
    for line in block.split_inclusive(|byte| *byte == b'\n') {
        if !(line.starts_with(b"=") && line.trim_ascii().len() == 5) {
            out.extend_from_slice(line);
        }
    }
    out
}

/// Signed text as it was before its dashes were escaped (section 7.1).
pub(super) fn unescaped(block: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(block.len());
    for line in block.split_inclusive(|byte| *byte == b'\n') {
        out.extend_from_slice(line.strip_prefix(b"- ").unwrap_or(line));
    }
    out
}
