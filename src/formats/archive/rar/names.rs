//! Names of RAR 1.5 to 4: bytes of the writer's code page, and since RAR 3 a Unicode form folded against them.

use crate::formats::archive::old_names;
use crate::model::EntryName;

/// The name field of a header whose Unicode flag is set or not.
pub(super) fn decode(field: &[u8], is_unicode: bool) -> EntryName {
    if !is_unicode {
        return old_names::decode(field.split(|byte| *byte == 0).next().unwrap_or_default());
    }
    let Some(end) = field.iter().position(|byte| *byte == 0) else {
        // Without a NUL the whole field is UTF-8.
        return old_names::decode(field);
    };
    let (plain, folded) =
        (field.get(..end).unwrap_or_default(), field.get(end.saturating_add(1)..).unwrap_or_default());
    let text = unfold(plain, folded);
    if text.is_empty() {
        return old_names::decode(plain);
    }
    // Old programs and those that do not know the folded form show the plain one.
    let shown = old_names::decode(plain).text;
    let is_placeholder = shown.chars().any(|c| matches!(c, '?' | '_' | '\u{fffd}')) || !plain.is_ascii();
    let name = EntryName { raw: (!plain.is_ascii()).then(|| plain.to_vec()), ..EntryName::new(text) };
    if is_placeholder && shown.chars().count() == name.text.chars().count() { name } else { name.also(shown) }
}

/// UTF-16 units told by two-bit commands, against the plain name (unrar, `encname.cpp`, `EncodeFileName::Decode`).
fn unfold(plain: &[u8], folded: &[u8]) -> String {
    let mut bytes = folded.iter().copied();
    let Some(high) = bytes.next().map(|byte| u16::from(byte) << 8) else { return String::new() };
    let mut units: Vec<u16> = Vec::new();
    let mut flags = 0u8;
    let mut left = 0u8;
    'all: while units.len() < old_names::MAX_NAME {
        if left == 0 {
            let Some(next) = bytes.next() else { break };
            flags = next;
            left = 4;
        }
        let command = flags >> 6;
        flags <<= 2;
        left = left.saturating_sub(1);
        let Some(first) = bytes.next() else { break };
        match command {
            0 => units.push(u16::from(first)),
            1 => units.push(u16::from(first) | high),
            2 => {
                let Some(second) = bytes.next() else { break };
                units.push(u16::from_le_bytes([first, second]));
            }
            _ => {
                let correction = if first & 0x80 == 0 {
                    None
                } else {
                    let Some(correction) = bytes.next() else { break };
                    Some(correction)
                };
                for _ in 0..u16::from(first & 0x7f).saturating_add(2) {
                    let Some(byte) = plain.get(units.len()).copied() else { break 'all };
                    units.push(match correction {
                        Some(correction) => u16::from(byte.wrapping_add(correction)) | high,
                        None => u16::from(byte),
                    });
                }
            }
        }
    }
    let units: Vec<u16> = units.into_iter().take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units)
}

/// The name of a RAR 5 header: UTF-8.
pub(super) fn utf8(field: &[u8]) -> EntryName {
    let field = field.get(..old_names::MAX_NAME).unwrap_or(field);
    match std::str::from_utf8(field) {
        Ok(text) => EntryName::new(text),
        Err(_) => old_names::decode(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfolds_what_winrar_folds() {
        // "te\u{17f}\u{10d}.txt" with one high byte, as rarfile's tests have it.
        let folded = [0x01, 0b0000_0101, b't', b'e', 0x7f, 0x0d, 0b1100_0000, 0x02];
        assert_eq!(unfold(b"te__.txt", &folded), "te\u{17f}\u{10d}.txt");
        let mut field = b"te__.txt\0".to_vec();
        field.extend(folded);
        assert_eq!(decode(&field, true).text, "te\u{17f}\u{10d}.txt");
    }

    #[test]
    fn every_cut_of_a_folded_name_is_read() {
        let field = b"te__.txt\0\x01\x05te\x7f\x0d\xc0\x82\x01";
        for end in 0..field.len() {
            let _ = decode(&field[..end], true);
        }
    }

    #[test]
    fn names_of_japanese_windows_are_read() {
        let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("予約確認表.exe");
        assert_eq!(decode(&cp932, false).text, "予約確認表.exe");
    }
}
