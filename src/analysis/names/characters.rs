//! Characters in names that show nothing at all.

use super::Remark;
use crate::finding_kind;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::model::Severity;
use crate::model::name::file_name;

finding_kind! {
    /// ## What it is
    /// A name holds characters that are not shown: zero-width spaces and joiners, soft hyphens, tag characters.
    ///
    /// ## Why it matters
    /// They split the words that filters look for (`pay<U+200B>ment.exe`) or make two names that look the same.
    ///
    /// ## How we see it
    /// Default-ignorable characters in any name field, but for those that writing needs: joiners between emoji, and in
    /// Arabic, Persian and Indic words; variation selectors. With a launchable extension, or inside the extension, it
    /// weighs high, else medium.
    ///
    /// ## When it is innocent
    /// A name pasted from a web page may carry a soft hyphen or zero-width space along.
    ///
    /// ## References
    /// - Unicode Default_Ignorable_Code_Point, UAX #44: https://www.unicode.org/reports/tr44/
    /// - ATT&CK T1036, Masquerading: https://attack.mitre.org/techniques/T1036/
    pub(super) const INVISIBLE = {
        id: "name-invisible-characters",
        title: "the name holds characters that are not shown",
        ja: "画面に表示されない文字が名前に含まれています",
        why_ja: "目に見えない文字で検査や照合を逃れようとする手口があります。名前を打ち直して比べると違いがわかります。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1036", "T1027.018"],
    }
}

/// Characters that show nothing and that no file name needs, wherever they stand.
pub(in crate::analysis) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180d}' | '\u{200b}'
        | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Zero-width joiner and non-joiner, which some scripts and emoji need.
pub(in crate::analysis) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Characters beside which a joiner is at home: emoji and their modifiers, Arabic, Syriac, Indic to Khmer, Mongolian.
pub(in crate::analysis) const fn takes_joiner(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{2190}'..='\u{2bff}'
        | '\u{fe0f}' | '\u{fb50}'..='\u{fdff}' | '\u{1f000}'..='\u{1faff}')
}

/// Characters that show nothing.
pub(super) fn invisible(name: &str) -> Option<Remark> {
    let mut found = None;
    let mut previous = None;
    let mut letters = name.char_indices().peekable();
    let is_flag = name.contains('\u{1f3f4}');
    while let Some((index, c)) = letters.next() {
        let is_tag_of_flag = is_flag && matches!(c, '\u{e0020}'..='\u{e007f}');
        let next = letters.peek().map(|(_, c)| *c);
        let is_homeless_joiner = is_joiner(c) && !(previous.is_some_and(takes_joiner) && next.is_none_or(takes_joiner));
        if (is_invisible(c) && !is_tag_of_flag) || is_homeless_joiner {
            found = Some((index, c));
            break;
        }
        previous = Some(c);
    }
    let (index, c) = found?;
    let observed = format!("{name} (U+{:04X})", u32::from(c));
    let last = file_name(name);
    let visible: String = last.chars().filter(|c| !is_invisible(*c) && !is_joiner(*c)).collect();
    let is_launchable = class(&crate::model::name::extension(&visible)).is_some_and(ExtensionClass::is_launchable);
    let is_in_extension = name.rfind('.').is_some_and(|dot| dot < index);
    if is_launchable || is_in_extension {
        Some(Remark::new(INVISIBLE, observed))
    } else {
        Some(Remark::weaker(INVISIBLE, Severity::Medium, observed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_show_nothing_are_named() {
        for name in ["pay\u{200b}ment.exe", "a.p\u{ad}df", "a\u{200d}b.exe", "a\u{e0041}.exe"] {
            assert_eq!(invisible(name).unwrap().severity, Severity::High, "{name:?}");
        }
        assert_eq!(invisible("a\u{200b}b.pdf").unwrap().severity, Severity::Medium);
    }

    #[test]
    fn writing_that_needs_joiners_is_honest() {
        for name in [
            "家族👨\u{200d}👩\u{200d}👧.jpg",
            "می\u{200c}خواهم.pdf",
            "क्\u{200d}ष.pdf",
            "葛\u{e0100}飾.pdf",
            "❤\u{fe0f}.png",
            "航空券 控え.pdf",
        ] {
            assert!(invisible(name).is_none(), "{name}");
        }
    }
}
