//! What cameras, phones and tools honestly append to a picture.

use super::ends;

/// The name of an honest trailer; none if it is not one.
pub(super) fn known(picture: &[u8], trailer: &[u8]) -> Option<&'static str> {
    if is_padding(trailer) {
        return Some("padding");
    }
    if is_samsung(trailer) {
        return Some("Samsung trailer");
    }
    if has_multi_picture(picture) && are_jpegs(trailer) {
        return Some("further pictures (MPF)");
    }
    if is_film(trailer) {
        return Some("film of a motion photo");
    }
    None
}

/// Blanks, line ends, zeros and ones that writers pad with.
fn is_padding(trailer: &[u8]) -> bool {
    trailer.iter().all(|byte| matches!(byte, 0 | 0xff | b' ' | b'\r' | b'\n' | 0x1a))
}

/// Samsung phones append records and a directory that ends in the directory's size and `SEFT`. The directory, `SEFH`,
/// counts its records; they fill what lies before it.
fn is_samsung(trailer: &[u8]) -> bool {
    let Some(rest) = trailer.strip_suffix(b"SEFT") else { return false };
    let Some((rest, size)) = rest.split_last_chunk::<4>() else { return false };
    let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
    let directory = rest.len().checked_sub(size).and_then(|start| rest.get(start..));
    let Some([b'S', b'E', b'F', b'H', _, _, _, _, count @ ..]) = directory else { return false };
    let Some((count, rows)) = count.split_first_chunk::<4>() else { return false };
    // Each row has twelve bytes: type, distance before the directory, size.
    let is_counted = usize::try_from(u32::from_le_bytes(*count)).ok().and_then(|count| count.checked_mul(12));
    if is_counted != Some(rows.len()) {
        return false;
    }
    let before = rest.len().saturating_sub(size) as u64;
    let mut used = 0u64;
    for row in rows.chunks_exact(12) {
        let Some([_, distance, length]) = row.as_chunks::<4>().0.first_chunk::<3>() else { return false };
        if u64::from(u32::from_le_bytes(*distance)) > before {
            return false;
        }
        used = used.saturating_add(u32::from_le_bytes(*length).into());
    }
    // Records may be padded a little, not by as much as a program.
    used <= before && before.saturating_sub(used) <= 256
}

/// CIPA DC-007: an APP2 segment that starts with `MPF`.
fn has_multi_picture(picture: &[u8]) -> bool {
    picture.starts_with(b"\xff\xd8") && memchr::memmem::find(picture, b"MPF\0").is_some()
}

/// Whole JPEG pictures with padding between them.
fn are_jpegs(mut trailer: &[u8]) -> bool {
    const MAX_PICTURES: usize = 16;
    for _ in 0..MAX_PICTURES {
        let start = trailer.iter().position(|byte| *byte != 0).unwrap_or(trailer.len());
        trailer = trailer.get(start..).unwrap_or_default();
        if is_padding(trailer) {
            return true;
        }
        let end = if trailer.starts_with(b"\xff\xd8\xff") { ends::jpeg(trailer) } else { None };
        match end {
            Some(end) => trailer = trailer.get(end..).unwrap_or_default(),
            None => return false,
        }
    }
    false
}

/// An MP4 file whose boxes fill the trailer, as motion photos have it.
fn is_film(mut trailer: &[u8]) -> bool {
    const MAX_BOXES: usize = 64;
    if trailer.get(4..8) != Some(b"ftyp") {
        return false;
    }
    for _ in 0..MAX_BOXES {
        if is_padding(trailer) {
            return true;
        }
        let Some((size, rest)) = trailer.split_first_chunk::<4>() else { return false };
        let is_known = rest.get(..4).is_some_and(|kind| kind.iter().all(u8::is_ascii_graphic));
        let size = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX);
        match trailer.get(size..) {
            Some(rest) if size >= 8 && is_known => trailer = rest,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use sekisho_samples::media;

    use super::*;

    #[test]
    fn knows_what_cameras_append() {
        let picture = media::jpeg();
        assert_eq!(known(&picture, &[0; 2000]), Some("padding"));
        assert_eq!(known(&picture, &media::samsung_trailer(b"record")), Some("Samsung trailer"));
        let with_index = media::jpeg_with_mpf();
        assert!(known(&with_index, &[&[0; 16][..], &picture].concat()).is_some());
        assert!(known(&picture, &picture).is_none());
    }

    #[test]
    fn a_program_in_such_clothes_is_none() {
        assert!(known(&media::jpeg(), b"MZ\x90\0 and so on SEFT").is_none());
        let padded = [&b"MZ"[..], &[7; 4000], &media::samsung_trailer(b"record")].concat();
        assert!(known(&media::jpeg(), &padded).is_none());
        assert!(known(&media::jpeg_with_mpf(), &[media::jpeg().as_slice(), b"MZ\x90\0"].concat()).is_none());
    }
}
