//! The code page of a project's texts, PROJECTCODEPAGE of MS-OVBA 2.3.4.2.1.4.

use std::fmt;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6,
    ISO_8859_7, ISO_8859_8, ISO_8859_13, ISO_8859_15, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
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
        self.known().unwrap_or(WINDOWS_1252)
    }

    /// Whether the number names a code page that is read; none stated is the system's own.
    pub fn is_known(self) -> bool {
        self.0 == 0 || self.known().is_some()
    }

    fn known(self) -> Option<&'static Encoding> {
        Some(match self.0 {
            874 | 10021 => WINDOWS_874,
            // The Macintosh pages of East Asia and of other scripts differ from the Windows ones in few characters.
            932 | 10001 => SHIFT_JIS,
            936 | 10008 | 20936 => GBK,
            949 | 1361 | 10003 | 51949 => EUC_KR,
            950 | 10002 => BIG5,
            1200 => UTF_16LE,
            1201 => UTF_16BE,
            1250 => WINDOWS_1250,
            1251 => WINDOWS_1251,
            1252 | 437 | 850 | 858 | 860 | 861 | 863 | 865 | 20127 | 28591 => WINDOWS_1252,
            852 => WINDOWS_1250,
            855 => WINDOWS_1251,
            1253 | 737 | 869 | 10006 => WINDOWS_1253,
            1254 | 857 | 28599 => WINDOWS_1254,
            1255 | 862 | 10005 => WINDOWS_1255,
            1256 | 720 | 864 | 10004 => WINDOWS_1256,
            1257 | 775 => WINDOWS_1257,
            1258 => WINDOWS_1258,
            866 => IBM866,
            // Roman, Romanian, Central European, Icelandic, Turkish, Croatian: alike below 128 and in most letters.
            10000 | 10010 | 10029 | 10079 | 10081 | 10082 => MACINTOSH,
            10007 | 10017 => X_MAC_CYRILLIC,
            20866 => KOI8_R,
            21866 => KOI8_U,
            20932 | 51932 => EUC_JP,
            28592 => ISO_8859_2,
            28593 => ISO_8859_3,
            28594 => ISO_8859_4,
            28595 => ISO_8859_5,
            28596 => ISO_8859_6,
            28597 => ISO_8859_7,
            28598 | 38598 => ISO_8859_8,
            28603 => ISO_8859_13,
            28605 => ISO_8859_15,
            51936 | 54936 => GB18030,
            65001 => UTF_8,
            _ => return None,
        })
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
    fn pages_of_other_systems_are_read() {
        assert_eq!(CodePage(10000).decode(&[0x8a]).0, "ä");
        assert_eq!(CodePage(10017).decode(&[0x80]).0, "А");
        assert_eq!(CodePage(866).decode(&[0x80]).0, "А");
        assert!(CodePage(10081).is_known() && CodePage(0).is_known() && !CodePage(4711).is_known());
        assert_eq!(CodePage(4711).decode(b"Sub\xe9").0, "Subé");
    }

    #[test]
    fn japanese_source_is_known_by_its_kana() {
        let japanese = SHIFT_JIS.encode("' 合計を計算します").0;
        assert_eq!(CodePage::guess(&japanese), CodePage(932));
        let western = WINDOWS_1252.encode("' Prüfung der Größe, déjà vu").0;
        assert_eq!(CodePage::guess(&western), CodePage(0));
        assert_eq!(CodePage(0).decode(&western).0, "' Prüfung der Größe, déjà vu");
    }
}
