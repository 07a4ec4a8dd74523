//! Names of streams. Windows Installer packs two characters into one, since a name in a compound file has 31 at most.

/// How the name of a table begins.
const TABLE: char = '\u{4840}';

/// The name as the database writes it, and whether it is a table's.
pub(super) fn decode(stored: &str) -> (String, bool) {
    let (rest, is_table) = match stored.strip_prefix(TABLE) {
        Some(rest) => (rest, true),
        None => (stored, false),
    };
    let mut name = String::with_capacity(stored.len());
    for c in rest.chars() {
        match u32::from(c) {
            code @ 0x3800..0x4800 => {
                let code = code.saturating_sub(0x3800);
                name.push(letter(code & 0x3f));
                name.push(letter((code >> 6) & 0x3f));
            }
            code @ 0x4800..0x4840 => name.push(letter(code.saturating_sub(0x4800))),
            _ => name.push(c),
        }
    }
    (name, is_table)
}

fn letter(code: u32) -> char {
    const LETTERS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
    LETTERS.get(code as usize).map_or('?', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::msi::encode_name;

    use super::*;

    #[test]
    fn names_come_back() {
        for name in ["_StringPool", "CustomAction", "Binary.a", "x"] {
            assert_eq!(decode(&encode_name(name, true)), (name.to_owned(), true));
            assert_eq!(decode(&encode_name(name, false)), (name.to_owned(), false));
        }
        assert_eq!(decode("\u{5}SummaryInformation"), ("\u{5}SummaryInformation".to_owned(), false));
    }
}
