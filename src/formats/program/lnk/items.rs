//! LinkTargetIDList: the shell items from the desktop to the target. MS-SHLLINK 2.2 leaves their content to the
//! shell; what is read here is known from observation (the libfwsi documentation of Joachim Metz).

use super::parser::ansi;
use crate::formats::fields::{u16_at, u32_at, until_nul, wide_at};

/// Items followed; a path of the greatest length has some hundred.
const MAX_ITEMS: usize = 256;

/// Where the items lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trail {
    /// Drive, share or address, then names.
    pub(super) path: String,
    /// Whether one file's item holds several names, as the shell never writes it.
    pub(super) is_crammed: bool,
}

/// The path the items lead to. None if no item has a name.
pub(super) fn path(list: &[u8]) -> Option<Trail> {
    let (mut path, mut is_crammed) = (String::new(), false);
    let mut at = 0usize;
    for _ in 0..MAX_ITEMS {
        let size = usize::from(u16_at(list, at).unwrap_or(0));
        if size < 3 {
            break;
        }
        let end = at.saturating_add(size).min(list.len());
        if let Some(name) = list.get(at.saturating_add(2)..end).and_then(name) {
            let is_file = list.get(at.saturating_add(2)).is_some_and(|kind| kind & 0x70 == 0x30);
            is_crammed |= is_file && name.contains('\\');
            if !path.is_empty() && !path.ends_with('\\') {
                path.push('\\');
            }
            path.push_str(&name);
        }
        at = end;
    }
    (!path.is_empty()).then_some(Trail { path, is_crammed })
}

/// What one item contributes to the path; this computer contributes nothing.
fn name(item: &[u8]) -> Option<String> {
    let kind = *item.first()?;
    if item.get(4..8) == Some(b"CFSF") {
        return file_entry(item.get(10..)?);
    }
    match kind {
        0x1f => root(item),
        0x61 => address(item),
        _ => match kind & 0x70 {
            0x20 => text(item, 1),
            0x30 => file_entry(item),
            0x40 => text(item, 3),
            _ => None,
        },
    }
}

fn text(item: &[u8], at: usize) -> Option<String> {
    let text = ansi(until_nul(item, at, 1_024)?);
    (!text.is_empty()).then_some(text)
}

/// A root folder by its class, written as the shell does: `::{…}`.
fn root(item: &[u8]) -> Option<String> {
    const THIS_COMPUTER: &[u8] = b"\xe0\x4f\xd0\x20\xea\x3a\x69\x10\xa2\xd8\x08\x00\x2b\x30\x30\x9d";
    let class = item.get(2..18)?;
    if class == THIS_COMPUTER {
        return None;
    }
    let tail: String = class.get(8..)?.iter().map(|byte| format!("{byte:02X}")).collect();
    let (fourth, fifth) = tail.split_at_checked(4)?;
    Some(format!(
        "::{{{:08X}-{:04X}-{:04X}-{fourth}-{fifth}}}",
        u32_at(class, 0)?,
        u16_at(class, 4)?,
        u16_at(class, 6)?
    ))
}

/// A file or folder: short name, and the long one in the extension block 0xBEEF0004.
fn file_entry(item: &[u8]) -> Option<String> {
    const IS_WIDE: u8 = 0x04;
    let short = if item.first()? & IS_WIDE != 0 {
        wide_at(item, 12, 260).map(|(text, _)| text).filter(|text| !text.is_empty())
    } else {
        text(item, 12)
    };
    long_name(item).or(short)
}

fn long_name(item: &[u8]) -> Option<String> {
    let signature = memchr::memmem::find(item, b"\x04\x00\xef\xbe")?;
    let block = item.get(signature.checked_sub(4)?..)?;
    let version = u16_at(block, 2)?;
    // Size, version, signature, two times and an identifier take 18 bytes; each later version put fields before the
    // name.
    let mut at = 18usize;
    if version >= 7 {
        at = at.saturating_add(18);
    }
    if version >= 3 {
        at = at.saturating_add(2);
    }
    if version >= 9 {
        at = at.saturating_add(4);
    }
    if version >= 8 {
        at = at.saturating_add(4);
    }
    wide_at(block, at, 1_024).map(|(text, _)| text).filter(|text| !text.is_empty())
}

/// An Internet address: flags, a block of data, then the address.
fn address(item: &[u8]) -> Option<String> {
    const IS_WIDE: u8 = 0x80;
    let at = usize::from(u16_at(item, 2)?).checked_add(4)?;
    if item.get(1)? & IS_WIDE != 0 {
        wide_at(item, at, 2_048).map(|(text, _)| text).filter(|text| !text.is_empty())
    } else {
        text(item, at)
    }
}
