//! Version information: the strings Explorer shows on a program's details page.

use crate::formats::fields::{u16_at, wide_at};

/// Strings kept.
const MAX_STRINGS: usize = 64;
/// Blocks looked at, at any depth.
const MAX_BLOCKS: usize = 512;
/// Longest string kept, in UTF-16 units.
const MAX_TEXT: usize = 512;

/// VS_VERSIONINFO: nested blocks of length, value length, type, key, padding, value, children. The strings are the
/// blocks three levels down, under `StringFileInfo` and a language.
pub(super) fn strings(bytes: &[u8]) -> Vec<(String, String)> {
    let mut strings = Vec::new();
    let mut budget = MAX_BLOCKS;
    let Some(root) = block(bytes, 0) else { return strings };
    for info in children(bytes, &root, &mut budget) {
        if info.key != "StringFileInfo" {
            continue;
        }
        for table in children(bytes, &info, &mut budget) {
            for string in children(bytes, &table, &mut budget) {
                let value = wide_at(bytes, string.value, MAX_TEXT).map(|(text, _)| text).unwrap_or_default();
                let value = if string.value_length == 0 { String::new() } else { value.trim().to_owned() };
                if strings.len() < MAX_STRINGS {
                    strings.push((string.key, value));
                }
            }
        }
    }
    strings
}

struct Block {
    key: String,
    /// Offset of the value.
    value: usize,
    /// Length of the value: bytes, or UTF-16 units for text.
    value_length: usize,
    is_text: bool,
    /// Offset after the block.
    end: usize,
}

fn block(bytes: &[u8], at: usize) -> Option<Block> {
    let length = usize::from(u16_at(bytes, at)?);
    let value_length = usize::from(u16_at(bytes, at.saturating_add(2))?);
    let is_text = u16_at(bytes, at.saturating_add(4))? == 1;
    let key_at = at.saturating_add(6);
    let (key, taken) = wide_at(bytes, key_at, 128)?;
    let value = key_at.saturating_add(taken).next_multiple_of(4);
    let end = at.saturating_add(length).min(bytes.len());
    (length >= 6).then_some(Block { key, value, value_length, is_text, end })
}

fn children(bytes: &[u8], parent: &Block, budget: &mut usize) -> Vec<Block> {
    let length = parent.value_length.saturating_mul(if parent.is_text { 2 } else { 1 });
    let mut at = parent.value.saturating_add(length).next_multiple_of(4);
    let mut children = Vec::new();
    while at < parent.end && *budget > 0 {
        *budget = budget.saturating_sub(1);
        let Some(child) = block(bytes, at) else { break };
        at = child.end.max(at.saturating_add(6)).next_multiple_of(4);
        children.push(child);
    }
    children
}
