//! What lies behind a record's name: System Use Sharing Protocol, and in it Rock Ridge's names, links and moved folders.

use crate::formats::archive::old_names;
use crate::formats::fields::{size_at, u32_at};
use crate::model::EntryName;

/// What the entries say.
#[derive(Debug, Default, Clone)]
pub(super) struct Extra {
    /// The name in full.
    pub(super) name: Option<EntryName>,
    /// Where a symbolic link leads.
    pub(super) link: Option<String>,
    /// The block of a folder that was moved because it lay too deep.
    pub(super) moved_to: Option<u32>,
    /// Whether this is such a folder at the place it was moved to.
    pub(super) is_moved: bool,
    /// Whether it is a device, pipe or socket.
    pub(super) is_special: bool,
    /// Whether content is compressed by zisofs.
    pub(super) is_compressed: bool,
    /// Bytes to skip in every record, stated in the root folder.
    pub(super) skip: Option<usize>,
}

/// Continuation areas followed for one record.
const MAX_AREAS: usize = 32;
/// Bytes of a name or link put together from pieces.
const MAX_TEXT: usize = 4096;

/// Reads the entries behind a record. `area` gives a continuation: block, offset, length.
pub(super) fn read(first: &[u8], skip: usize, mut area: impl FnMut(u32, usize, usize) -> Vec<u8>) -> Extra {
    let mut extra = Extra::default();
    let mut name: Vec<u8> = Vec::new();
    let mut link: Vec<u8> = Vec::new();
    let mut has_link = false;
    let mut glue = false;
    let mut next = Some(first.get(skip..).unwrap_or_default().to_vec());
    for _ in 0..MAX_AREAS {
        let Some(bytes) = next.take() else { break };
        let mut rest = bytes.as_slice();
        while let Some(length) = rest.get(2).map(|length| usize::from(*length)).filter(|length| *length >= 4) {
            let Some(entry) = rest.get(..length) else { break };
            match entry.get(..2).unwrap_or_default() {
                b"SP" => extra.skip = entry.get(6).map(|skip| usize::from(*skip)),
                b"CE" => {
                    if let (Some(block), Some(offset), Some(length)) =
                        (u32_at(entry, 4), size_at(entry, 12), size_at(entry, 20))
                    {
                        next = Some(area(block, offset, length));
                    }
                }
                b"NM" => {
                    let flags = entry.get(4).copied().unwrap_or_default();
                    // "." and ".." are flags, not text.
                    if flags & 0x06 == 0 && name.len() < MAX_TEXT {
                        name.extend(entry.get(5..).unwrap_or_default());
                    }
                }
                b"SL" => {
                    has_link = true;
                    if link.len() < MAX_TEXT {
                        components(entry.get(5..).unwrap_or_default(), &mut link, &mut glue);
                    }
                }
                b"CL" => extra.moved_to = u32_at(entry, 4),
                b"RE" => extra.is_moved = true,
                b"ZF" => extra.is_compressed = true,
                b"PX" => {
                    let kind = u32_at(entry, 4).unwrap_or_default() & 0xf000;
                    extra.is_special = matches!(kind, 0x1000 | 0x2000 | 0x6000 | 0xc000);
                }
                b"ST" => break,
                _ => {}
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    if !name.is_empty() {
        extra.name = Some(old_names::decode(&name));
    }
    extra.link = has_link.then(|| old_names::decode(&link).text);
    extra
}

/// The components of a link; one may go on in the next entry.
fn components(mut bytes: &[u8], link: &mut Vec<u8>, glue: &mut bool) {
    while let [flags, length, rest @ ..] = bytes {
        let text = rest.get(..usize::from(*length)).unwrap_or(rest);
        if !*glue && !link.is_empty() && !link.ends_with(b"/") {
            link.push(b'/');
        }
        match flags & 0x0e {
            0x02 => link.push(b'.'),
            0x04 => link.extend(b".."),
            0x08 => link.push(b'/'),
            _ => link.extend(text),
        }
        *glue = flags & 0x01 != 0;
        bytes = rest.get(usize::from(*length)..).unwrap_or_default();
    }
}
