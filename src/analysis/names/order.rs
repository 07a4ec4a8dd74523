//! Characters that change the order in which a name is shown (Unicode Bidirectional Algorithm, UAX #9).

use super::Remark;
use crate::finding_kind;
use crate::model::Severity;

finding_kind! {
    /// ## What it is
    /// A name holds characters that turn the order of the letters after them.
    ///
    /// ## Why it matters
    /// `控え<U+202E>fdp.exe` is shown as `控えexe.pdf`: a program that reads as a PDF. Campaigns against Japan used this
    /// for years (BRONZE BUTLER, BlackTech).
    ///
    /// ## How we see it
    /// Any of U+202A–202E and U+2066–2069 in any name field, also as raw UTF-8 bytes in a name whose charset could not
    /// hold them. What is observed shows the stored order, then what the eye sees. Isolates that turn nothing by
    /// themselves (U+2066, U+2068, U+2069) weigh high and do not decide: some phones write them around names.
    ///
    /// ## When it is innocent
    /// Arabic and Hebrew names need no such characters; their letters carry their direction.
    ///
    /// ## References
    /// - UAX #9, Unicode Bidirectional Algorithm: https://www.unicode.org/reports/tr9/
    /// - ATT&CK T1036.002, Right-to-Left Override: https://attack.mitre.org/techniques/T1036/002/
    pub(super) const BIDI = {
        id: "name-bidi-override",
        title: "the name holds characters that show its letters in another order",
        ja: "文字の並びを逆に見せる制御文字が名前に使われています",
        why_ja: "画面では別の拡張子のファイルに見えます。日本を狙う攻撃で使われてきた偽装で、通常の業務では使われません。",
        severity: Critical,
        facet: Deceive,
        confidence: High,
        decisive: true,
        attack: ["T1036.002"],
    }
}

/// Overrides, embeddings and isolates.
const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Isolates that keep the order of what is left-to-right anyway.
const fn is_mild(c: char) -> bool {
    matches!(c, '\u{2066}' | '\u{2068}' | '\u{2069}')
}

/// A name that shows in another order than it is stored.
pub(super) fn bidi(name: &str) -> Option<Remark> {
    if !name.contains(turns) {
        return None;
    }
    let observed = format!("{name} (shows as {})", visual(name));
    if name.chars().filter(|c| turns(*c)).all(is_mild) {
        return Some(Remark::weaker(BIDI, Severity::High, observed));
    }
    Some(Remark::new(BIDI, observed))
}

/// The same in the stored bytes of a name that decoded to something else.
pub(super) fn bidi_in_raw(name: &str, raw: &[u8]) -> Option<Remark> {
    const OVERRIDES: [&[u8]; 2] = [b"\xe2\x80\xae", b"\xe2\x80\xad"];
    let found = OVERRIDES.iter().any(|bytes| memchr::memmem::find(raw, bytes).is_some());
    if !found || name.contains(turns) {
        return None;
    }
    let text = String::from_utf8_lossy(raw);
    Some(Remark::new(BIDI, format!("{text} (shows as {}), stored in a name of another charset", visual(&text))))
}

/// A name as the eye sees it: what follows a right-to-left override or embedding is reversed up to its end. Letters
/// that are right-to-left by themselves are left in stored order, since terminals turn them anyway.
fn visual(name: &str) -> String {
    let mut out: Vec<char> = Vec::new();
    // Where each open override started, and whether it reverses.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for c in name.chars().take(MAX_CHARS) {
        match c {
            '\u{202e}' => open.push((out.len(), true)),
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{2066}'..='\u{2068}' => open.push((out.len(), false)),
            '\u{202c}' | '\u{2069}' => close(&mut out, open.pop()),
            c => out.push(c),
        }
        if open.len() > MAX_OPEN {
            break;
        }
    }
    while let Some(level) = open.pop() {
        close(&mut out, Some(level));
    }
    out.into_iter().collect()
}

/// Characters of a name turned around; longer names are no names.
const MAX_CHARS: usize = 1_024;
/// UAX #9's max_depth; deeper levels are ignored by renderers.
const MAX_OPEN: usize = 125;

fn close(out: &mut [char], level: Option<(usize, bool)>) {
    if let Some((start, true)) = level
        && let Some(turned) = out.get_mut(start..)
    {
        turned.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_both_orders() {
        let remark = bidi("E-TKT控え\u{202e}fdp.exe").unwrap();
        assert!(remark.is_decisive);
        assert_eq!(remark.observed, "E-TKT控え\u{202e}fdp.exe (shows as E-TKT控えexe.pdf)");
        assert_eq!(visual("a\u{202e}cb\u{202c}d"), "abcd");
        assert_eq!(visual("a\u{202e}\u{202d}bc\u{202c}x"), "axcb");
    }

    #[test]
    fn folders_count_too() {
        assert!(bidi("a\u{202e}b/c.txt").is_some());
    }

    #[test]
    fn right_to_left_names_without_overrides_are_honest() {
        for name in ["تقرير.pdf", "דוח שנתי.docx", "تذكرة\u{200f}.pdf"] {
            assert!(bidi(name).is_none(), "{name}");
        }
    }

    #[test]
    fn isolates_alone_do_not_decide() {
        assert!(!bidi("\u{2068}Taro\u{2069}.vcf").unwrap().is_decisive);
        assert!(bidi("a\u{2067}fdp.exe").unwrap().is_decisive);
    }

    #[test]
    fn raw_bytes_under_another_charset_count() {
        let raw = b"a\xe2\x80\xaefdp.exe";
        let (decoded, _, _) = encoding_rs::SHIFT_JIS.decode(raw);
        assert!(bidi_in_raw(&decoded, raw).is_some());
        let (honest, _, _) = encoding_rs::SHIFT_JIS.encode("予約確認表.pdf");
        assert!(bidi_in_raw("予約確認表.pdf", &honest).is_none());
    }
}
