//! Content transfer encodings (RFC 2045 section 6) decoded as forgivingly as mailers decode them, with
//! what was odd counted.

/// What a base64 decoder made of its input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base64 {
    /// The decoded bytes: every run of the input, padded or not, joined.
    pub bytes: Vec<u8>,
    /// How many decoded bytes a decoder gives that stops at the first padding; less than all when runs follow it.
    pub until_padding: usize,
    /// Characters outside the alphabet, white space aside.
    pub junk: usize,
    /// Junk with at least two clean full lines of base64 after it: inside the data, not a footer behind it.
    pub junk_inside: usize,
    /// Offset of the first junk character.
    pub first_junk: Option<usize>,
    /// Whether the last quantum lacked its padding.
    pub lacks_padding: bool,
}

/// Base64, RFC 2045 section 6.8. Characters outside the alphabet are skipped as the RFC says; a run that ends in padding
/// may be followed by another.
pub fn base64(input: &[u8]) -> Base64 {
    let mut out = Base64 { bytes: Vec::with_capacity(input.len() / 4 * 3), ..Base64::default() };
    let mut quantum = 0u32;
    let mut held = 0u8;
    let mut padded_at: Option<usize> = None;
    let (mut line_junk, mut line_length) = (0usize, 0usize);
    // Junk not yet known to have data behind it, and clean full lines seen since.
    let (mut open_junk, mut clean_lines) = (0usize, 0usize);
    let mut at = 0usize;
    while let Some(rest) = input.get(at..) {
        // Whole groups of four, as nearly all of the input is; everything odd is looked at byte by byte.
        if held == 0 {
            let groups = whole_groups(rest, &mut out.bytes).saturating_mul(4);
            line_length = line_length.saturating_add(groups);
            at = at.saturating_add(groups);
        }
        let Some(&byte) = input.get(at) else { break };
        let here = at;
        at = at.saturating_add(1);
        let value = match byte {
            b'=' => {
                flush(&mut out.bytes, quantum, held);
                if held >= 2 && padded_at.is_none() {
                    padded_at = Some(out.bytes.len());
                }
                (quantum, held) = (0, 0);
                continue;
            }
            b'\n' => {
                if line_junk > 0 {
                    open_junk = open_junk.saturating_add(line_junk);
                    clean_lines = 0;
                } else if line_length >= 60 {
                    clean_lines = clean_lines.saturating_add(1);
                    if clean_lines >= 2 {
                        out.junk_inside = out.junk_inside.saturating_add(std::mem::take(&mut open_junk));
                    }
                }
                (line_junk, line_length) = (0, 0);
                continue;
            }
            b'\r' | b' ' | b'\t' => continue,
            _ => match digit(byte) {
                OTHER => {
                    out.junk = out.junk.saturating_add(1);
                    line_junk = line_junk.saturating_add(1);
                    out.first_junk.get_or_insert(here);
                    continue;
                }
                value => value,
            },
        };
        line_length = line_length.saturating_add(1);
        quantum = (quantum << 6) | u32::from(value);
        held = held.saturating_add(1);
        if held == 4 {
            let [_, a, b, c] = quantum.to_be_bytes();
            out.bytes.extend_from_slice(&[a, b, c]);
            (quantum, held) = (0, 0);
        }
    }
    out.lacks_padding = held >= 2;
    flush(&mut out.bytes, quantum, held);
    out.until_padding = padded_at.unwrap_or(out.bytes.len());
    out
}

/// What [`digit`] gives for a character outside the alphabet; no digit has this bit.
const OTHER: u8 = 0x80;

/// The value of each character of the alphabet.
const DIGITS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[alphabet[value] as usize] = value as u8;
        }
        value += 1;
    }
    table
};

fn digit(byte: u8) -> u8 {
    DIGITS.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

/// Decodes groups of four characters of the alphabet up to the first that holds another; gives how many.
fn whole_groups(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut count = 0usize;
    for group in input.chunks_exact(4) {
        let [a, b, c, d] = group else { break };
        let (a, b, c, d) = (digit(*a), digit(*b), digit(*c), digit(*d));
        if (a | b | c | d) & OTHER != 0 {
            break;
        }
        out.extend_from_slice(&[(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d]);
        count = count.saturating_add(1);
    }
    count
}

/// The bytes of an incomplete quantum: two characters give one, three give two.
fn flush(out: &mut Vec<u8>, quantum: u32, held: u8) {
    match held {
        2 => out.extend_from_slice(&[(quantum >> 4) as u8]),
        3 => out.extend_from_slice(&[(quantum >> 10) as u8, (quantum >> 2) as u8]),
        _ => {}
    }
}

/// Whether bytes are base64 and nothing else: long enough not to be words, only the alphabet, in lines.
pub fn is_all_base64(input: &[u8]) -> bool {
    const SHORTEST: usize = 64;
    let significant = input.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    significant >= SHORTEST
        && significant.is_multiple_of(4)
        && input.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n' | b' ' | b'\t')
        })
        // Running text has blanks between words.
        && !input.split(|byte| *byte == b'\n').any(|line| line.trim_ascii().contains(&b' '))
}

/// Quoted-printable, RFC 2045 section 6.7: an equals sign that starts no escape stands for itself.
pub fn quoted_printable(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        let after = escape.get(1..).unwrap_or_default();
        match after {
            [high, low, tail @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                let byte = hex(*high).unwrap_or(0).wrapping_mul(16).wrapping_add(hex(*low).unwrap_or(0));
                out.push(byte);
                rest = tail;
            }
            _ => {
                let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                let tail = after.get(blanks..).unwrap_or_default();
                if let Some(tail) = tail.strip_prefix(b"\r\n").or_else(|| tail.strip_prefix(b"\n")) {
                    rest = tail;
                } else if tail.is_empty() || tail == b"\r" {
                    rest = &[];
                } else {
                    out.push(b'=');
                    rest = after;
                }
            }
        }
    }
    out.extend_from_slice(rest);
    out
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_tolerates_what_mailers_tolerate() {
        assert_eq!(base64(b"aGVs\r\nbG8=").bytes, b"hello");
        assert_eq!(base64(b"aGVsbG8").bytes, b"hello");
        assert!(base64(b"aGVsbG8").lacks_padding);
        assert_eq!(base64(b"aG!!Vs*bG8=").bytes, b"hello");
        assert_eq!(base64(b"aG!!Vs*bG8=").junk, 3);
        let joined = base64(b"aGVsbG8=IHdvcmxk");
        assert_eq!((joined.bytes.as_slice(), joined.until_padding), (b"hello world".as_slice(), 5));
        assert_eq!(base64(b"").bytes, b"");
        assert_eq!(base64(b"A").bytes, b"");
    }

    #[test]
    fn a_footer_behind_base64_is_not_junk_inside_it() {
        let line = "QUJD".repeat(19);
        let footer = format!("{line}\n{line}\nQUI=\n____\nlist info: http://example.com/\n");
        let decoded = base64(footer.as_bytes());
        assert!(decoded.junk > 0);
        assert_eq!(decoded.junk_inside, 0);
        let inside = format!("{line}\nQU!!\n{line}\n{line}\n{line}\n");
        assert_eq!(base64(inside.as_bytes()).junk_inside, 2);
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        assert_eq!(quoted_printable(b"a=3D=\r\nb= \nc=zz=e3="), b"a=bc=zz\xe3");
    }

    #[test]
    fn text_is_not_base64() {
        assert!(is_all_base64(&[b'A'; 64]));
        assert!(!is_all_base64(b"See the attached file for the details of your reservation in March please"));
    }
}
