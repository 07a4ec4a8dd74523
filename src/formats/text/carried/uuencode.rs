//! uuencode (POSIX.1-2017, uuencode), its base64 form, and xxencode: `begin 644 name`, lines that start with their
//! length, `end`. Readers are forgiving and so is this one: blanks lost at the ends of lines, checksum characters behind
//! them, a missing `end`.

use super::Carried;
use crate::formats::mail::eml::transfer::base64;

/// Files taken out of one text.
const MAX_FILES: usize = 500;
/// A line longer than this is none of ours.
const LONGEST_LINE: usize = 400;

/// How the lines of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    /// Not told yet: the first line will.
    Open,
    /// Characters from blank to grave accent.
    Uu,
    /// `+-0-9A-Za-z`.
    Xx,
    /// base64, ended by `====`.
    Base64,
}

struct Pending {
    file: Carried,
    alphabet: Alphabet,
    base64: Vec<u8>,
}

impl Pending {
    fn finish(mut self) -> Option<Carried> {
        if self.alphabet == Alphabet::Base64 {
            self.file.bytes = base64(&self.base64).bytes;
        }
        self.file.how = match self.alphabet {
            Alphabet::Xx => "xxencode",
            Alphabet::Base64 => "uuencode in base64",
            Alphabet::Uu | Alphabet::Open => "uuencode",
        };
        (!self.file.bytes.is_empty()).then_some(self.file)
    }

    /// Whether the line ends the file.
    fn is_end(&self, line: &[u8]) -> bool {
        match self.alphabet {
            Alphabet::Base64 => line.trim_ascii() == b"====",
            _ => line.trim_ascii() == b"end",
        }
    }

    /// Takes a line. False if it is none of the file.
    fn take(&mut self, line: &[u8]) -> bool {
        if line.is_empty() {
            return true;
        }
        if line.len() > LONGEST_LINE {
            return false;
        }
        if self.alphabet == Alphabet::Base64 {
            let is_ours = line
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' ' | b'\t'));
            if is_ours {
                self.base64.extend_from_slice(line);
                self.base64.push(b'\n');
            }
            return is_ours;
        }
        if self.alphabet != Alphabet::Xx
            && let Some(bytes) = line_of(line, uu_value)
        {
            self.alphabet = Alphabet::Uu;
            self.file.bytes.extend_from_slice(&bytes);
            return true;
        }
        if self.alphabet != Alphabet::Uu
            && let Some(bytes) = line_of(line, xx_value)
        {
            self.alphabet = Alphabet::Xx;
            self.file.bytes.extend_from_slice(&bytes);
            return true;
        }
        false
    }
}

/// The uuencoded and xxencoded files in a text. Outlook shows those in plain text as attachments.
pub(super) fn files(input: &[u8]) -> Vec<Carried> {
    let mut files: Vec<Carried> = Vec::new();
    let mut open: Option<Pending> = None;
    let mut at = 0usize;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let start = at;
        at = at.saturating_add(line.len());
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(pending) = &mut open {
            if pending.is_end(line) {
                pending.file.is_complete = true;
                files.extend(open.take().and_then(Pending::finish));
                continue;
            }
            if pending.take(line) {
                continue;
            }
            files.extend(open.take().and_then(Pending::finish));
        }
        if files.len() >= MAX_FILES {
            break;
        }
        open = begin(line, start);
    }
    files.extend(open.and_then(Pending::finish));
    files
}

/// Whether a line begins a file and the line after it goes on as one.
pub(super) fn is_there(input: &[u8]) -> bool {
    const CANDIDATES: usize = 200;
    memchr::memmem::find_iter(input, b"begin").take(CANDIDATES).any(|at| {
        let before = at.checked_sub(1).and_then(|before| input.get(before));
        if !matches!(before, None | Some(b'\n')) {
            return false;
        }
        let rest = input.get(at..).unwrap_or_default();
        let mut lines = rest.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let Some(mut pending) = lines.next().and_then(|line| begin(line, at)) else { return false };
        const BLANK_LINES: usize = 4;
        let Some(first) = lines.take(BLANK_LINES).find(|line| !line.is_empty()) else { return false };
        pending.take(first) && pending.finish().is_some()
    })
}

/// `begin 644 name`, `begin-base64 644 name`; blanks as Outlook Express takes them.
fn begin(line: &[u8], offset: usize) -> Option<Pending> {
    let rest = line.strip_prefix(b"begin")?;
    let (rest, alphabet) = match rest.strip_prefix(b"-base64").or_else(|| rest.strip_prefix(b"-base64-encoded")) {
        Some(rest) => (rest, Alphabet::Base64),
        None => (rest, Alphabet::Open),
    };
    if !matches!(rest.first(), Some(b' ' | b'\t')) {
        return None;
    }
    let rest = rest.trim_ascii();
    let blank = memchr::memchr2(b' ', b'\t', rest)?;
    let (mode, name) = rest.split_at(blank);
    let is_mode = (3..=6).contains(&mode.len()) && mode.iter().all(|byte| matches!(byte, b'0'..=b'7'));
    let name = name.trim_ascii();
    (is_mode && !name.is_empty()).then(|| Pending {
        file: Carried { name: name.to_vec(), offset, ..Carried::default() },
        alphabet,
        base64: Vec::new(),
    })
}

fn uu_value(byte: u8) -> Option<u8> {
    (0x20..=0x60).contains(&byte).then(|| byte.wrapping_sub(0x20) & 0x3f)
}

fn xx_value(byte: u8) -> Option<u8> {
    match byte {
        b'+' => Some(0),
        b'-' => Some(1),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(2)),
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A').wrapping_add(12)),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(38)),
        _ => None,
    }
}

/// One line: its length, then groups of four characters for three bytes. None if it is none.
fn line_of(line: &[u8], value: fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let (first, groups) = line.split_first()?;
    let length = usize::from(value(*first)?);
    let wanted = length.div_ceil(3).saturating_mul(4);
    let values: Vec<u8> = groups.iter().map(|byte| value(*byte)).collect::<Option<_>>()?;
    // Trailing blanks may have been lost on the way; they stand for zeros. Some writers add a checksum character or
    // two. Anything else of another length is text.
    let is_cut = values.len() < wanted && (wanted.saturating_sub(values.len()) > wanted / 2) && wanted > 8;
    if values.len() > wanted.saturating_add(4) || is_cut {
        return None;
    }
    let mut bytes = Vec::with_capacity(48);
    for index in 0..length.div_ceil(3) {
        let sextet = |offset: usize| {
            u32::from(values.get(index.saturating_mul(4).saturating_add(offset)).copied().unwrap_or_default())
        };
        let quantum = (sextet(0) << 18) | (sextet(1) << 12) | (sextet(2) << 6) | sextet(3);
        let [_, a, b, c] = quantum.to_be_bytes();
        bytes.extend_from_slice(&[a, b, c]);
    }
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &[u8]) -> Vec<(String, Vec<u8>, bool)> {
        let name = |file: &Carried| String::from_utf8_lossy(&file.name).into_owned();
        files(text).into_iter().map(|file| (name(&file), file.bytes, file.is_complete)).collect()
    }

    #[test]
    fn files_are_found_in_text() {
        let text = b"see below\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\nbegin a new life\n";
        assert_eq!(found(text), [("cat.txt".to_owned(), b"Cat".to_vec(), true)]);
        assert!(is_there(text));
        assert!(!is_there(b"begin a new life\nbegin 644 times\nwith a smile\n"));
    }

    #[test]
    fn a_second_begin_ends_a_file_that_never_began() {
        let text = b"begin 644 decoy.txt\nbegin 644 cat.txt\n#0V%T\n`\nend\nbegin  644 two.txt\r\n#0V%T\r\nend\r\n";
        let names: Vec<String> = found(text).into_iter().map(|(name, _, _)| name).collect();
        assert_eq!(names, ["cat.txt", "two.txt"]);
    }

    #[test]
    fn base64_and_xxencode_are_read_too() {
        let text = b"begin-base64 644 cat.txt\nQ2F0\n====\nbegin 644 dog.txt\n1EKxb\n+\nend\n";
        let found = found(text);
        assert_eq!(found[0], ("cat.txt".to_owned(), b"Cat".to_vec(), true));
        assert_eq!(found[1].0, "dog.txt");
        assert_eq!(found[1].1.len(), 3);
    }

    #[test]
    fn wrong_lengths_and_lost_blanks_are_survived() {
        // A checksum character behind the line, and blanks cut off its end.
        assert_eq!(found(b"begin 600 a\n#0V%Tz\nend\n"), []);
        assert_eq!(found(b"begin 600 a\n#0V%TZ\nend\n")[0].1, b"Cat");
        assert_eq!(found(b"begin 600 a\n$0V%T\nend\n")[0].1, b"Cat\0");
        // Text behind a file without its end is no part of it.
        let text = b"begin 600 a\n#0V%T\nYours, the sender of this message\n";
        assert_eq!(found(text), [("a".to_owned(), b"Cat".to_vec(), false)]);
    }
}
