//! Android's binary XML, as far as the manifest needs it: which package it is, and what it asks for.

use crate::formats::fields::{size_at, u16_at, u32_at};

/// What a manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Name of the package.
    pub(super) package: Option<String>,
    /// Permissions it asks for, without the common prefix.
    pub(super) permissions: Vec<String>,
}

/// Texts, permissions and chunks read.
const MAX_ITEMS: usize = 10_000;
/// No resource.
const NONE: u32 = u32::MAX;

/// ResourceTypes.h: a chunk has a type, the size of its header and its size; a tree has a pool of texts (1) and elements
/// (0x0102) in it.
pub(super) fn read(bytes: &[u8]) -> Manifest {
    let mut manifest = Manifest::default();
    let mut texts: Vec<String> = Vec::new();
    let mut at = usize::from(u16_at(bytes, 2).unwrap_or(8)).max(8);
    for _ in 0..MAX_ITEMS {
        let (Some(kind), Some(size)) = (u16_at(bytes, at), size_at(bytes, at.saturating_add(4))) else { break };
        let chunk = bytes.get(at..at.saturating_add(size).min(bytes.len())).unwrap_or_default();
        match kind {
            1 if texts.is_empty() => texts = pool(chunk),
            0x0102 => element(chunk, &texts, &mut manifest),
            _ => {}
        }
        // A size below the header's would not lead on.
        at = at.saturating_add(size.max(8));
    }
    manifest
}

fn pool(chunk: &[u8]) -> Vec<String> {
    let count = size_at(chunk, 8).unwrap_or(0).min(MAX_ITEMS);
    let is_utf8 = u32_at(chunk, 16).unwrap_or(0) & 0x100 != 0;
    let start = size_at(chunk, 20).unwrap_or(0);
    let header = usize::from(u16_at(chunk, 2).unwrap_or(28));
    (0..count)
        .map_while(|index| size_at(chunk, header.saturating_add(index.saturating_mul(4))))
        .map(|offset| text(chunk, start.saturating_add(offset), is_utf8).unwrap_or_default())
        .collect()
}

/// A text: its length in characters, in UTF-8 also in bytes; a top bit says that the length goes on.
fn text(chunk: &[u8], at: usize, is_utf8: bool) -> Option<String> {
    const LONGEST: usize = 4_096;
    if is_utf8 {
        let (_, at) = short_length(chunk, at)?;
        let (length, at) = short_length(chunk, at)?;
        let bytes = chunk.get(at..at.checked_add(length.min(LONGEST))?)?;
        return Some(String::from_utf8_lossy(bytes).into_owned());
    }
    let first = usize::from(u16_at(chunk, at)?);
    let (length, at) = match first & 0x8000 {
        0 => (first, at.checked_add(2)?),
        _ => ((first & 0x7fff) << 16 | usize::from(u16_at(chunk, at.checked_add(2)?)?), at.checked_add(4)?),
    };
    let units = (0..length.min(LONGEST)).map_while(|index| u16_at(chunk, at.checked_add(index.checked_mul(2)?)?));
    Some(String::from_utf16_lossy(&units.collect::<Vec<u16>>()))
}

fn short_length(chunk: &[u8], at: usize) -> Option<(usize, usize)> {
    let first = usize::from(*chunk.get(at)?);
    let next = at.checked_add(1)?;
    match first & 0x80 {
        0 => Some((first, next)),
        _ => Some(((first & 0x7f) << 8 | usize::from(*chunk.get(next)?), next.checked_add(1)?)),
    }
}

fn element(chunk: &[u8], texts: &[String], manifest: &mut Manifest) {
    let get = |index: u32| if index == NONE { None } else { texts.get(index as usize) };
    let name = u32_at(chunk, 20).and_then(get).map_or("", String::as_str);
    let is_manifest = name == "manifest";
    if !is_manifest && !name.starts_with("uses-permission") {
        return;
    }
    let first = 16usize.saturating_add(usize::from(u16_at(chunk, 24).unwrap_or(20)));
    let width = usize::from(u16_at(chunk, 26).unwrap_or(20)).max(20);
    let count = usize::from(u16_at(chunk, 28).unwrap_or(0)).min(64);
    for index in 0..count {
        let at = first.saturating_add(index.saturating_mul(width));
        let attribute = u32_at(chunk, at.saturating_add(4)).and_then(get).map_or("", String::as_str);
        let value = u32_at(chunk, at.saturating_add(8)).and_then(get);
        let Some(value) = value.or_else(|| u32_at(chunk, at.saturating_add(16)).and_then(get)) else { continue };
        if is_manifest && attribute == "package" {
            manifest.package = Some(value.clone());
        } else if !is_manifest && matches!(attribute, "name" | "") && manifest.permissions.len() < 256 {
            let permission = value.strip_prefix("android.permission.").unwrap_or(value).to_owned();
            if !manifest.permissions.contains(&permission) {
                manifest.permissions.push(permission);
            }
        }
    }
}
