//! Stream filters (ISO 32000-1 §7.4): what turns stored bytes into content. Picture codecs are not decoded: what they
//! give are pixels.

use std::io::{Cursor, Read};

use flate2::bufread::DeflateDecoder;

use super::lexer::from_hex;
use super::object::{Dictionary, Value};

/// Filters in a row; honest files use one or two.
const MAX_CHAIN: usize = 5;
/// Bytes a filter in the middle of a chain (or one that is not decoded piecemeal) may give.
const MAX_STAGE: u64 = 64 << 20;

/// How a stream is stored.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// Through these filters, first one first.
    Filters(Vec<Filter>),
    /// A picture codec decodes it, named here.
    Picture(String),
    /// A filter we do not know, or too many.
    Unsupported(String),
}

/// A filter that is decoded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// §7.4.4, with the predictor that follows it.
    Flate(Predictor),
    /// §7.4.4, with the predictor that follows it, and whether codes grow one early.
    Lzw(Predictor, bool),
    /// §7.4.2.
    AsciiHex,
    /// §7.4.3.
    Ascii85,
    /// §7.4.5.
    RunLength,
    /// §7.4.10 with the identity filter.
    Nothing,
}

/// PNG predictors, §7.4.4.4: each row of `columns` bytes is preceded by its filter type. TIFF's (2) is for pictures
/// and is not undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Predictor {
    is_png: bool,
    row: usize,
    pixel: usize,
}

/// How a stream's dictionary says it is stored. `resolve` follows references.
pub(crate) fn storage<'a>(dictionary: &'a Dictionary, resolve: &dyn Fn(&'a Value) -> &'a Value) -> Storage {
    let list = |keys: [&str; 2]| -> Vec<&'a Value> {
        match keys.iter().find_map(|key| dictionary.get(key)).map(resolve) {
            Some(Value::Array(values)) => values.iter().take(MAX_CHAIN.saturating_add(1)).map(resolve).collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        }
    };
    let names = list(["Filter", "F"]);
    let parameters = list(["DecodeParms", "DP"]);
    if names.len() > MAX_CHAIN {
        return Storage::Unsupported(format!("more than {MAX_CHAIN} filters in a row"));
    }
    let mut filters = Vec::new();
    for (index, value) in names.iter().enumerate() {
        let Some(name) = value.name() else { continue };
        let parameters = parameters.get(index).and_then(|value| value.dictionary());
        filters.push(match name {
            "FlateDecode" | "Fl" => Filter::Flate(predictor(parameters)),
            "LZWDecode" | "LZW" => {
                let early = parameters.and_then(|p| p.get("EarlyChange")).and_then(Value::integer) != Some(0);
                Filter::Lzw(predictor(parameters), early)
            }
            "ASCIIHexDecode" | "AHx" => Filter::AsciiHex,
            "ASCII85Decode" | "A85" => Filter::Ascii85,
            "RunLengthDecode" | "RL" => Filter::RunLength,
            "Crypt" if parameters.is_none_or(|p| p.get("Name").is_none_or(|n| n.name() == Some("Identity"))) => {
                Filter::Nothing
            }
            "DCTDecode" | "DCT" | "JPXDecode" | "JBIG2Decode" | "CCITTFaxDecode" | "CCF" => {
                return Storage::Picture(name.to_owned());
            }
            other => return Storage::Unsupported(format!("filter {other}")),
        });
    }
    Storage::Filters(filters)
}

fn predictor(parameters: Option<&Dictionary>) -> Predictor {
    let number = |key: &str, default: i64| {
        let value = parameters.and_then(|p| p.get(key)).and_then(Value::integer).unwrap_or(default);
        usize::try_from(value.clamp(1, 1 << 20)).unwrap_or(1)
    };
    if number("Predictor", 1) < 10 {
        return Predictor::default();
    }
    let bits = number("Colors", 1).saturating_mul(number("BitsPerComponent", 8));
    let row = bits.saturating_mul(number("Columns", 1)).div_ceil(8);
    Predictor { is_png: true, row, pixel: bits.div_ceil(8) }
}

/// The content, decoded as it is read.
pub(crate) fn reader<'a>(filters: &[Filter], stored: &'a [u8]) -> Box<dyn Read + 'a> {
    let Some((first, rest)) = filters.split_first() else { return Box::new(stored) };
    let mut content: Box<dyn Read + 'a> = stage(*first, stored);
    for filter in rest {
        let mut whole = Vec::new();
        // A stage that fails in the middle has given what a viewer would see too.
        let _ = content.take(MAX_STAGE).read_to_end(&mut whole);
        content = owned_stage(*filter, whole);
    }
    content
}

fn stage<'a>(filter: Filter, stored: &'a [u8]) -> Box<dyn Read + 'a> {
    match filter {
        Filter::Flate(predictor) if !predictor.is_png => Box::new(DeflateDecoder::new(deflated(stored))),
        Filter::Flate(predictor) => {
            let mut whole = Vec::new();
            let _ = DeflateDecoder::new(deflated(stored)).take(MAX_STAGE).read_to_end(&mut whole);
            Box::new(Cursor::new(unpredict(&whole, predictor)))
        }
        Filter::Lzw(predictor, early) => {
            let whole = lzw(stored, early);
            Box::new(Cursor::new(if predictor.is_png { unpredict(&whole, predictor) } else { whole }))
        }
        Filter::AsciiHex => {
            let end = memchr::memchr(b'>', stored).unwrap_or(stored.len());
            Box::new(Cursor::new(from_hex(stored.get(..end).unwrap_or_default())))
        }
        Filter::Ascii85 => Box::new(Cursor::new(ascii85(stored))),
        Filter::RunLength => Box::new(Cursor::new(run_length(stored))),
        Filter::Nothing => Box::new(stored),
    }
}

fn owned_stage<'a>(filter: Filter, stored: Vec<u8>) -> Box<dyn Read + 'a> {
    if let Filter::Flate(predictor) = filter
        && !predictor.is_png
    {
        let skip = stored.len().saturating_sub(deflated(&stored).len());
        let mut cursor = Cursor::new(stored);
        cursor.set_position(skip as u64);
        return Box::new(DeflateDecoder::new(cursor));
    }
    let mut whole = Vec::new();
    let _ = stage(filter, &stored).read_to_end(&mut whole);
    Box::new(Cursor::new(whole))
}

/// The deflate data behind the two-byte zlib header (RFC 1950 §2.2). The checksum behind it is not asked for: viewers
/// show the content whether or not it matches.
fn deflated(stored: &[u8]) -> &[u8] {
    // Some writers put line ends before the data.
    let blanks = stored.iter().take(4).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let data = stored.get(blanks..).unwrap_or_default();
    match data {
        [method, _, rest @ ..] if method & 0x0f == 8 => rest,
        _ => data,
    }
}

/// PNG row filters, RFC 2083 §6.
fn unpredict(data: &[u8], predictor: Predictor) -> Vec<u8> {
    let Predictor { row, pixel, .. } = predictor;
    let mut out: Vec<u8> = Vec::new();
    let mut above: Vec<u8> = Vec::new();
    for line in data.chunks(row.saturating_add(1)) {
        let Some((kind, stored)) = line.split_first() else { continue };
        let mut current: Vec<u8> = Vec::new();
        for (index, byte) in stored.iter().enumerate() {
            let left = index.checked_sub(pixel).and_then(|at| current.get(at)).copied().unwrap_or(0);
            let up = above.get(index).copied().unwrap_or(0);
            let corner = index.checked_sub(pixel).and_then(|at| above.get(at)).copied().unwrap_or(0);
            let guess = match kind {
                1 => left,
                2 => up,
                3 => ((u16::from(left).saturating_add(u16::from(up))) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => 0,
            };
            current.push(byte.wrapping_add(guess));
        }
        out.extend_from_slice(&current);
        above = current;
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let guess = a.saturating_add(b).saturating_sub(c);
    let (da, db, dc) = ((guess - a).abs(), (guess - b).abs(), (guess - c).abs());
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

/// Five characters to four bytes, §7.4.3.
fn ascii85(stored: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::new();
    let stored = stored.strip_prefix(b"<~").unwrap_or(stored);
    for byte in stored {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte.wrapping_sub(b'!')),
            _ => {}
        }
        if group.len() == 5 {
            out.extend_from_slice(&group85(&group).to_be_bytes());
            group.clear();
        }
    }
    if group.len() > 1 {
        let count = group.len().saturating_sub(1);
        group.resize(5, 84);
        out.extend(group85(&group).to_be_bytes().iter().take(count));
    }
    out
}

fn group85(group: &[u8]) -> u32 {
    group.iter().fold(0u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(u32::from(*digit)))
}

/// §7.4.5.
fn run_length(stored: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = stored;
    while let Some((length, tail)) = rest.split_first() {
        match length {
            128 => break,
            0..=127 => {
                let count = usize::from(*length).saturating_add(1).min(tail.len());
                let (copy, after) = tail.split_at(count);
                out.extend_from_slice(copy);
                rest = after;
            }
            129..=255 => {
                let Some((byte, after)) = tail.split_first() else { break };
                let count = 257usize.saturating_sub(usize::from(*length));
                out.resize(out.len().saturating_add(count), *byte);
                rest = after;
            }
        }
        if out.len() as u64 > MAX_STAGE {
            break;
        }
    }
    out
}

/// §7.4.4.2: codes of 9 to 12 bits, 256 clears the table, 257 ends.
fn lzw(stored: &[u8], early: bool) -> Vec<u8> {
    // Each entry is the text of another one and a byte; the text is found by walking back.
    let mut entries: Vec<(u16, u8)> = Vec::new();
    let mut out: Vec<u8> = Vec::new();
    let mut previous: Option<u16> = None;
    let (mut held, mut bits, mut width) = (0u32, 0u32, 9u32);
    let mut text: Vec<u8> = Vec::new();
    for byte in stored {
        held = (held << 8) | u32::from(*byte);
        bits = bits.saturating_add(8);
        if bits < width {
            continue;
        }
        bits = bits.saturating_sub(width);
        let code = ((held >> bits) & ((1 << width) - 1)) as u16;
        held &= (1 << bits) - 1;
        match code {
            256 => {
                entries.clear();
                previous = None;
                width = 9;
                continue;
            }
            257 => break,
            _ => {}
        }
        let next = entries.len().saturating_add(258);
        let is_new = usize::from(code) == next;
        if !spell(&entries, if is_new { previous.unwrap_or(0) } else { code }, &mut text) {
            break;
        }
        let Some(first) = text.first().copied() else { break };
        if is_new {
            text.push(first);
        }
        out.extend_from_slice(&text);
        if let Some(before) = previous
            && next < 4096
        {
            entries.push((before, first));
        }
        previous = Some(code);
        let count = entries.len().saturating_add(258).saturating_add(usize::from(early));
        width = match count {
            0..=511 => 9,
            512..=1023 => 10,
            1024..=2047 => 11,
            _ => 12,
        };
        if out.len() as u64 > MAX_STAGE {
            break;
        }
    }
    out
}

/// The text of a code; false where the code is not in the table.
fn spell(entries: &[(u16, u8)], code: u16, text: &mut Vec<u8>) -> bool {
    text.clear();
    let mut at = code;
    // A chain is at most as long as the table.
    for _ in 0..=4096 {
        if at < 256 {
            text.push(at as u8);
            text.reverse();
            return true;
        }
        let Some((before, byte)) = entries.get(usize::from(at).wrapping_sub(258)) else { return false };
        text.push(*byte);
        at = *before;
    }
    false
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn all(filters: &[Filter], stored: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let _ = reader(filters, stored).read_to_end(&mut out);
        out
    }

    #[test]
    fn undoes_each_filter_and_chains() {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"hello hello").unwrap();
        let deflated = encoder.finish().unwrap();
        assert_eq!(all(&[Filter::Flate(Predictor::default())], &deflated), b"hello hello");
        let hex: String = deflated.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            all(&[Filter::AsciiHex, Filter::Flate(Predictor::default())], format!("{hex}>").as_bytes()),
            b"hello hello"
        );
        assert_eq!(all(&[Filter::Ascii85], b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(all(&[Filter::RunLength], &[2, b'a', b'b', b'c', 254, b'x', 128]), b"abcxxx");
        // ISO 32000-1 §7.4.4.2, example 1.
        let example = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(all(&[Filter::Lzw(Predictor::default(), true)], &example), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    #[test]
    fn undoes_png_rows() {
        let predictor = Predictor { is_png: true, row: 3, pixel: 1 };
        assert_eq!(unpredict(&[2, 1, 2, 3, 2, 1, 1, 1, 1, 5, 1, 1], predictor), [1, 2, 3, 2, 3, 4, 5, 6, 7]);
    }
}
