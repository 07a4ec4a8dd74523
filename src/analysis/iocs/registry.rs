//! Registry keys, written out or by hive abbreviation, in any of the spellings of scripts and tools.

use super::reading::{Finds, Reading, find, is_word};
use crate::model::IocKind;

/// Bytes of one key kept; names have 255 at most and keys are a few deep.
const MAX_KEY: usize = 512;

/// Hives by their abbreviations.
const HIVES: [(&str, &str); 5] = [
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKCC", "HKEY_CURRENT_CONFIG"),
    ("HKU", "HKEY_USERS"),
];

/// A key at a hive, or at `\CurrentVersion\Run` where no hive precedes.
pub(super) fn at_hive(reading: &Reading<'_>, anchor: usize, finds: &mut Finds) -> usize {
    let without_hive = reading.byte(anchor) == b'\\';
    let start = if without_hive { reading.back(anchor, 64, is_key_byte) } else { anchor };
    if is_word(reading.byte_before(start)) {
        return 0;
    }
    let opener = reading.byte_before(start);
    let is_quoted = matches!(opener, b'"' | b'\'' | b'[');
    let mut end = anchor;
    loop {
        end = reading.ahead(end, MAX_KEY, is_key_byte);
        // Key names have blanks (`Windows NT`), and nothing closes an unquoted key; a backslash soon after says it goes on.
        let next_end = reading.ahead(end.saturating_add(1), 32, |byte| is_key_byte(byte) && byte != b'\\');
        let goes_on = reading.byte(end) == b' '
            && end.saturating_sub(start) < MAX_KEY
            && (reading.byte(next_end) == b'\\'
                || (is_quoted && matches!(reading.byte(next_end), b'"' | b'\'' | b']')));
        if !goes_on {
            break;
        }
        end = next_end;
    }
    finds.pay(end.saturating_sub(start));
    let spelled = reading.piece(start, end).trim_end_matches(['\\', '.', ',', ')', ';', ':', ']']);
    let Some(value) = normalised(spelled, without_hive) else { return 0 };
    let mut found = find(reading, IocKind::Registry, value, start).spelled(spelled);
    if without_hive {
        found = found.because("no hive");
    }
    finds.add(found);
    end
}

/// With the hive written out and single backslashes; none if no key follows the hive.
fn normalised(spelled: &str, without_hive: bool) -> Option<String> {
    let single = if spelled.contains("\\\\") { spelled.replace("\\\\", "\\") } else { spelled.to_owned() };
    let single = single.replace(":\\", "\\");
    let (hive, key) = single.split_once('\\')?;
    if key.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return None;
    }
    if without_hive {
        return hive.eq_ignore_ascii_case("software").then_some(single);
    }
    let upper = hive.to_ascii_uppercase();
    let full = HIVES.iter().find(|(short, _)| *short == upper).map_or(upper.as_str(), |(_, full)| full);
    HIVES.iter().any(|(_, known)| *known == full).then(|| format!("{full}\\{key}"))
}

fn is_key_byte(byte: u8) -> bool {
    is_word(byte)
        || byte >= 0x80
        || matches!(byte, b'\\' | b':' | b'-' | b'.' | b'{' | b'}' | b'*' | b'%' | b'$' | b'+' | b'#' | b'&')
}
