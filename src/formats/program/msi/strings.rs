//! The pool of texts that every table refers to by number.

use encoding_rs::Encoding;

use crate::formats::fields::{u16_at, u32_at};

/// Texts by number; 0 is none.
#[derive(Debug, Default)]
pub(super) struct Strings {
    texts: Vec<String>,
    /// Whether references take three bytes instead of two.
    pub(super) is_wide: bool,
    /// Whether the data ended before the pool did.
    pub(super) is_cut: bool,
}

/// Texts kept.
const MAX_STRINGS: usize = 1 << 20;

impl Strings {
    /// `_StringPool` has a header with the code page, then a length and a count of references for each text;
    /// `_StringData` has the texts end to end. A text longer than 64 KiB takes two rows, the first with the upper half
    /// of its length as the count.
    pub(super) fn read(pool: &[u8], data: &[u8]) -> Self {
        let header = u32_at(pool, 0).unwrap_or(0);
        let encoding = encoding(header & 0x7fff_ffff);
        let mut strings = Strings { texts: vec![String::new()], is_wide: header & 0x8000_0000 != 0, is_cut: false };
        let (mut row, mut at) = (4usize, 0usize);
        while let (Some(length), Some(count)) = (u16_at(pool, row), u16_at(pool, row.saturating_add(2))) {
            if strings.texts.len() >= MAX_STRINGS {
                strings.is_cut = true;
                break;
            }
            row = row.saturating_add(4);
            let mut length = usize::from(length);
            if length == 0 && count != 0 {
                length = (usize::from(count) << 16) | usize::from(u16_at(pool, row).unwrap_or(0));
                row = row.saturating_add(4);
            }
            let end = at.saturating_add(length);
            strings.is_cut |= end > data.len();
            let bytes = data.get(at.min(data.len())..end.min(data.len())).unwrap_or_default();
            strings.texts.push(encoding.decode_without_bom_handling(bytes).0.into_owned());
            at = end;
        }
        strings
    }

    /// A text by its number.
    pub(super) fn get(&self, index: usize) -> &str {
        self.texts.get(index).map_or("", String::as_str)
    }
}

fn encoding(code_page: u32) -> &'static Encoding {
    match code_page {
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        874 => encoding_rs::WINDOWS_874,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        1252 => encoding_rs::WINDOWS_1252,
        // 0 is "neutral", which packages of any language use for UTF-8 or ASCII.
        _ => encoding_rs::UTF_8,
    }
}
