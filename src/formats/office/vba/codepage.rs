//! The code page of a project's texts, PROJECTCODEPAGE of MS-OVBA 2.3.4.2.1.4.

use std::fmt;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, GBK, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16LE, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
    X_MAC_CYRILLIC,
};

/// A Windows code page number; 0 where none is stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodePage(pub u16);

impl CodePage {
    /// Decodes; says whether some bytes had no meaning in the code page.
    pub fn decode(self, bytes: &[u8]) -> (String, bool) {
        let (text, malformed) = self.encoding().decode_without_bom_handling(bytes);
        (text.into_owned(), malformed)
    }

    /// The code page of source whose project does not say: Japanese if it reads as kana throughout, else not known.
    pub fn guess(bytes: &[u8]) -> Self {
        let (text, malformed) = CodePage(932).decode(bytes);
        let kana = text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}')).count();
        // In Western text read as Japanese, accented letters make a rare kanji here and there, and no kana.
        if !malformed && kana >= 2 { CodePage(932) } else { CodePage::default() }
    }

    /// The encoding; the Western one where the number means nothing, as hosts do.
    fn encoding(self) -> &'static Encoding {
        match self.0 {
            874 => WINDOWS_874,
            // 10001 and the other Macintosh pages of East Asia differ from the Windows ones in few characters.
            932 | 10001 => SHIFT_JIS,
            936 | 10008 => GBK,
            949 | 10003 => EUC_KR,
            950 | 10002 => BIG5,
            1200 => UTF_16LE,
            1250 => WINDOWS_1250,
            1251 => WINDOWS_1251,
            1253 => WINDOWS_1253,
            1254 => WINDOWS_1254,
            1255 => WINDOWS_1255,
            1256 => WINDOWS_1256,
            1257 => WINDOWS_1257,
            1258 => WINDOWS_1258,
            10000 => MACINTOSH,
            10007 => X_MAC_CYRILLIC,
            54936 => GB18030,
            65001 => UTF_8,
            _ => WINDOWS_1252,
        }
    }
}

impl fmt::Display for CodePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("code page not stated"),
            page => write!(f, "code page {page}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_source_is_known_by_its_kana() {
        let japanese = SHIFT_JIS.encode("' 合計を計算します").0;
        assert_eq!(CodePage::guess(&japanese), CodePage(932));
        let western = WINDOWS_1252.encode("' Prüfung der Größe, déjà vu").0;
        assert_eq!(CodePage::guess(&western), CodePage(0));
        assert_eq!(CodePage(0).decode(&western).0, "' Prüfung der Größe, déjà vu");
    }
}
