//! Where a picture ends by its own structure. None if the structure breaks before an end.

use crate::formats::fields::{size_at, u16_at, u32_at};
/// The end of a PNG file: behind the IEND chunk, PNG (3rd edition) §5.3.
pub(super) fn png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8usize;
    loop {
        let length = big(bytes, at, 4)?;
        // Length, type, data and CRC.
        let next = at.checked_add(12)?.checked_add(length)?;
        let kind = bytes.get(at.checked_add(4)?..at.checked_add(8)?)?;
        if next > bytes.len() {
            return None;
        }
        if kind == b"IEND" {
            return Some(next);
        }
        at = next;
    }
}

/// The end of a JPEG file: behind EOI, ITU-T T.81 annex B. Thumbnails lie inside segments and are stepped over.
pub(super) fn jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2usize;
    loop {
        if bytes.get(at) != Some(&0xff) {
            return None;
        }
        // Any number of fill bytes may stand before a marker.
        let marker = bytes.get(at..)?.iter().position(|byte| *byte != 0xff)?;
        at = at.checked_add(marker)?;
        let kind = *bytes.get(at)?;
        at = at.checked_add(1)?;
        match kind {
            0xd9 => return Some(at),
            0x01 | 0xd0..=0xd8 => {}
            _ => {
                at = at.checked_add(big(bytes, at, 2)?.max(2))?;
                if kind == 0xda {
                    at = entropy_end(bytes, at)?;
                }
            }
        }
    }
}

/// The marker that ends entropy-coded data: not a stuffed zero and not a restart.
fn entropy_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    memchr::memchr_iter(0xff, rest)
        .find(|index| {
            let next = index.checked_add(1).and_then(|next| rest.get(next));
            next.is_some_and(|next| !matches!(next, 0x00 | 0xd0..=0xd7 | 0xff))
        })
        .and_then(|index| start.checked_add(index))
}

/// The end of a GIF file: behind the trailer, GIF89a §27.
pub(super) fn gif(bytes: &[u8]) -> Option<usize> {
    let mut at = 13usize.checked_add(color_table(*bytes.get(10)?))?;
    loop {
        let kind = *bytes.get(at)?;
        at = at.checked_add(1)?;
        match kind {
            0x3b => return Some(at),
            0x21 => at = sub_blocks(bytes, at.checked_add(1)?)?,
            0x2c => {
                let table = color_table(*bytes.get(at.checked_add(8)?)?);
                // Descriptor, local table, minimum code size.
                at = sub_blocks(bytes, at.checked_add(10)?.checked_add(table)?)?;
            }
            _ => return None,
        }
    }
}

/// Bytes of a colour table, from the packed field that announces it.
fn color_table(packed: u8) -> usize {
    if packed & 0x80 != 0 { 3usize << ((packed & 7).saturating_add(1)) } else { 0 }
}

fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at = at.checked_add(1)?.checked_add(length)?;
        if length == 0 {
            return Some(at);
        }
    }
}

/// The end of a BMP file: what its header states or its pixels need, whichever is more; writers get the first wrong.
pub(super) fn bmp(bytes: &[u8]) -> Option<usize> {
    let stated = size_at(bytes, 2)?;
    let pixels = size_at(bytes, 10)?;
    let header = size_at(bytes, 14)?;
    let (width, height, depth, compression, image) = if header == 12 {
        (usize::from(u16_at(bytes, 18)?), usize::from(u16_at(bytes, 20)?), usize::from(u16_at(bytes, 24)?), 0, 0)
    } else {
        // A negative height means rows from the top.
        let height = u32_at(bytes, 22)?.cast_signed().unsigned_abs();
        let height = usize::try_from(height).ok()?;
        (size_at(bytes, 18)?, height, usize::from(u16_at(bytes, 28)?), size_at(bytes, 30)?, size_at(bytes, 34)?)
    };
    let row = width.checked_mul(depth)?.div_ceil(32).checked_mul(4)?;
    let data = if matches!(compression, 0 | 3 | 6) { row.checked_mul(height)? } else { image };
    let end = stated.max(pixels.checked_add(data)?);
    (end <= bytes.len()).then_some(end)
}

/// The end of a RIFF file (WebP, WAV, AVI): behind the outer chunk, padded to an even length.
pub(super) fn riff(bytes: &[u8]) -> Option<usize> {
    let size = size_at(bytes, 4)?;
    let end = size.checked_next_multiple_of(2)?.checked_add(8)?;
    if end > bytes.len() {
        // The padding byte is forgotten at times.
        return (size.checked_add(8)? == bytes.len()).then_some(bytes.len());
    }
    Some(end)
}

fn big(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().fold(0usize, |value, byte| (value << 8) | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use sekisho_samples::media;

    use super::*;

    #[test]
    fn finds_the_end_of_each_kind() {
        for (end, bytes) in [
            (png as fn(&[u8]) -> Option<usize>, media::png()),
            (jpeg, media::jpeg()),
            (gif, media::gif()),
            (bmp, media::bmp()),
        ] {
            assert_eq!(end(&bytes), Some(bytes.len()));
            let followed = [bytes.as_slice(), b"more"].concat();
            assert_eq!(end(&followed), Some(bytes.len()));
            for length in 0..bytes.len() {
                assert_eq!(end(&bytes[..length]), None);
            }
        }
    }

    #[test]
    fn lengths_beyond_the_file_have_no_end() {
        let mut bytes = media::png();
        bytes[8..12].fill(0xff);
        assert_eq!(png(&bytes), None);
        let mut bytes = media::bmp();
        bytes[18..26].fill(0x7f);
        assert_eq!(bmp(&bytes), None);
    }
}
