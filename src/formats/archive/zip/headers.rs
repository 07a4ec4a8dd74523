//! The two headers every entry has, and their extra fields.

use crate::formats::fields::{clipped, has, u16_at, u32_at, u64_at};

/// Signature of a local file header, APPNOTE 4.3.7.
pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
/// Signature of a central directory header, APPNOTE 4.3.12.
pub(super) const CENTRAL: &[u8; 4] = b"PK\x01\x02";
/// Signature of a data descriptor, APPNOTE 4.3.9.3.
pub(super) const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";

/// Length of a local header without name and extra fields.
pub(super) const LOCAL_LENGTH: usize = 30;
/// Length of a central header without name, extra fields and comment.
pub(super) const CENTRAL_LENGTH: usize = 46;

/// General purpose bit 0, APPNOTE 4.4.4: encrypted.
const ENCRYPTED: u16 = 1;
/// Bit 3: sizes and checksum follow the data.
const HAS_DESCRIPTOR: u16 = 1 << 3;
/// Bit 11: name and comment are UTF-8.
const IS_UTF8: u16 = 1 << 11;
/// Method number that stands for WinZip AES; the real one is in extra field 0x9901.
const METHOD_AES: u16 = 99;

/// Bytes of a name that are kept; no file system takes longer ones.
const MAX_NAME: usize = 4 << 10;

/// What one header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Offset of the header in the archive.
    pub at: usize,
    /// General purpose flags, APPNOTE 4.4.4.
    pub flags: u16,
    /// Compression method, APPNOTE 4.4.5, of what is inside the encryption.
    pub method: u16,
    /// Modification time in DOS format.
    pub time: u16,
    /// Checksum of the content.
    pub crc: u32,
    /// Bytes of the data, encryption headers included.
    pub compressed: u64,
    /// Bytes of the content.
    pub size: u64,
    /// The name as stored.
    pub name: Vec<u8>,
    /// The Info-ZIP Unicode path (extra field 0x7075), if its checksum fits the stored name.
    pub unicode_name: Option<Vec<u8>>,
    /// WinZip AES: strength (1 to 3) and vendor version (1 or 2).
    pub aes: Option<(u8, u16)>,
}

impl Header {
    /// Whether the data is said to be encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// Whether sizes and checksum follow the data.
    pub fn has_descriptor(&self) -> bool {
        self.flags & HAS_DESCRIPTOR != 0
    }

    /// Whether the name is said to be UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.flags & IS_UTF8 != 0
    }

    /// Whether the sizes are those of the data: a streaming writer leaves zeros in the local header.
    pub fn knows_sizes(&self) -> bool {
        !(self.has_descriptor() && self.compressed == 0)
    }
}

/// A central header: the record, and what only the directory knows.
#[derive(Debug, Clone)]
pub(super) struct Central {
    pub(super) header: Header,
    /// Where the directory says the local header is.
    pub(super) offset: u64,
    /// External attributes: DOS in the low byte, Unix mode in the high half.
    pub(super) attributes: u32,
    /// The comment as stored.
    pub(super) comment: Vec<u8>,
    /// Offset after this record.
    pub(super) end: usize,
}

/// Local file header, APPNOTE 4.3.7. None if there is none at this offset or it is cut off.
pub(super) fn local(bytes: &[u8], at: usize) -> Option<(Header, usize)> {
    if !has(bytes, at, LOCAL) {
        return None;
    }
    let name_length = usize::from(u16_at(bytes, at.checked_add(26)?)?);
    let extra_length = usize::from(u16_at(bytes, at.checked_add(28)?)?);
    let mut header = common(bytes, at, at.checked_add(6)?)?;
    let name_at = at.checked_add(LOCAL_LENGTH)?;
    let extra_at = name_at.checked_add(name_length)?;
    header.name = clipped(bytes, name_at, name_length.min(MAX_NAME)).to_vec();
    read_extra(&mut header, clipped(bytes, extra_at, extra_length), &mut None);
    Some((header, extra_at.checked_add(extra_length)?.min(bytes.len())))
}

/// Whether a signature nobody points to begins a local header: its method is one APPNOTE assigns, and its name is there
/// and fits. Nothing is copied, since every four bytes of hostile input may hold a signature.
pub(super) fn looks_local(bytes: &[u8], at: usize) -> bool {
    let field = |offset: usize| u16_at(bytes, at.checked_add(offset)?);
    let name = at.saturating_add(LOCAL_LENGTH);
    field(8).is_some_and(is_known_method) && field(26).is_some_and(|length| name_fits(bytes, name, length))
}

/// The same for a record of the directory; its offset must lie in the input as well.
pub(super) fn looks_central(bytes: &[u8], at: usize) -> bool {
    let field = |offset: usize| u16_at(bytes, at.checked_add(offset)?);
    let name = at.saturating_add(CENTRAL_LENGTH);
    let offset = at.checked_add(42).and_then(|at| u32_at(bytes, at));
    field(10).is_some_and(is_known_method)
        && field(28).is_some_and(|length| name_fits(bytes, name, length))
        && offset.is_some_and(|offset| u64::from(offset) < bytes.len() as u64)
}

fn name_fits(bytes: &[u8], at: usize, length: u16) -> bool {
    /// Bytes of it looked at.
    const LOOKED_AT: usize = 64;
    let length = usize::from(length);
    let start = clipped(bytes, at, length.min(LOOKED_AT));
    length > 0 && at.saturating_add(length) <= bytes.len() && !start.contains(&0)
}

/// Methods APPNOTE 4.4.5 assigns.
fn is_known_method(method: u16) -> bool {
    matches!(method, 0..=10 | 12 | 14 | 16 | 18..=20 | 93..=99)
}

/// Central directory header, APPNOTE 4.3.12.
pub(super) fn central(bytes: &[u8], at: usize) -> Option<Central> {
    if !has(bytes, at, CENTRAL) {
        return None;
    }
    let name_length = usize::from(u16_at(bytes, at.checked_add(28)?)?);
    let extra_length = usize::from(u16_at(bytes, at.checked_add(30)?)?);
    let comment_length = usize::from(u16_at(bytes, at.checked_add(32)?)?);
    let attributes = u32_at(bytes, at.checked_add(38)?)?;
    let offset = u32_at(bytes, at.checked_add(42)?)?;
    let mut header = common(bytes, at, at.checked_add(8)?)?;
    let name_at = at.checked_add(CENTRAL_LENGTH)?;
    let extra_at = name_at.checked_add(name_length)?;
    let comment_at = extra_at.checked_add(extra_length)?;
    header.name = clipped(bytes, name_at, name_length.min(MAX_NAME)).to_vec();
    let mut wide_offset = (offset == u32::MAX).then_some(u64::from(offset));
    read_extra(&mut header, clipped(bytes, extra_at, extra_length), &mut wide_offset);
    Some(Central {
        header,
        offset: wide_offset.unwrap_or(u64::from(offset)),
        attributes,
        comment: clipped(bytes, comment_at, comment_length).to_vec(),
        end: comment_at.checked_add(comment_length)?.min(bytes.len()),
    })
}

/// The fields both headers share, from the flags on.
fn common(bytes: &[u8], at: usize, flags_at: usize) -> Option<Header> {
    let field = |offset: usize| flags_at.checked_add(offset);
    Some(Header {
        at,
        flags: u16_at(bytes, flags_at)?,
        method: u16_at(bytes, field(2)?)?,
        time: u16_at(bytes, field(4)?)?,
        crc: u32_at(bytes, field(8)?)?,
        compressed: u64::from(u32_at(bytes, field(12)?)?),
        size: u64::from(u32_at(bytes, field(16)?)?),
        name: Vec::new(),
        unicode_name: None,
        aes: None,
    })
}

/// Extra fields, APPNOTE 4.5: ZIP64 sizes (0x0001), Unicode path (0x7075), WinZip AES (0x9901).
fn read_extra(header: &mut Header, extra: &[u8], offset: &mut Option<u64>) {
    let mut at = 0usize;
    while let (Some(id), Some(length)) = (u16_at(extra, at), u16_at(extra, at.saturating_add(2))) {
        let body = clipped(extra, at.saturating_add(4), usize::from(length));
        match id {
            0x0001 => read_zip64(header, body, offset),
            0x7075 if u32_at(body, 1) == Some(crc32fast::hash(&header.name)) => {
                header.unicode_name = body.get(5..).map(|name| clipped(name, 0, MAX_NAME).to_vec());
            }
            0x9901 => {
                if let (Some(version), Some(&strength), Some(method)) = (u16_at(body, 0), body.get(4), u16_at(body, 5))
                    && header.method == METHOD_AES
                {
                    header.aes = Some((strength, version));
                    header.method = method;
                }
            }
            _ => {}
        }
        at = at.saturating_add(4).saturating_add(usize::from(length));
    }
}

/// ZIP64 extended information, APPNOTE 4.5.3: only the fields that are saturated in the header are there, in order.
fn read_zip64(header: &mut Header, body: &[u8], offset: &mut Option<u64>) {
    let mut at = 0usize;
    let mut next = || {
        let value = u64_at(body, at);
        at = at.saturating_add(8);
        value
    };
    if header.size == u64::from(u32::MAX)
        && let Some(size) = next()
    {
        header.size = size;
    }
    if header.compressed == u64::from(u32::MAX)
        && let Some(compressed) = next()
    {
        header.compressed = compressed;
    }
    if offset.is_some()
        && let Some(value) = next()
    {
        *offset = Some(value);
    }
}
