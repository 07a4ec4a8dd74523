//! A file name as a person reads it: compatibility forms folded (NFKC), blanks of every kind alike, cut at its dots.

use unicode_normalization::UnicodeNormalization;

/// Characters of one name looked at; no file system takes longer ones.
const MAX_CHARS: usize = 4_096;

/// A name as it reads.
#[derive(Debug)]
pub(super) struct Shape {
    /// NFKC, every blank a space, lower case.
    pub(super) folded: String,
}

impl Shape {
    /// The shape of a file name (without folders).
    pub(super) fn of(name: &str) -> Self {
        let mut folded = String::new();
        for c in name.chars().take(MAX_CHARS) {
            // Folded one by one: composing letters of neighbours changes nothing here, and NFKC would turn U+3164 and
            // its kin into letters before they could be known as blanks.
            if is_blank(c) {
                folded.push(' ');
            } else {
                for c in std::iter::once(c).nfkc().flat_map(char::to_lowercase) {
                    folded.push(if is_blank(c) { ' ' } else { c });
                }
            }
        }
        Shape { folded }
    }

    /// The parts between dots, without the blanks and empty parts at the end that Windows drops.
    pub(super) fn parts(&self) -> Vec<&str> {
        self.folded.trim_end_matches(['.', ' ']).split('.').collect()
    }

    /// The extension the eye takes for the last: that of the folded name, blanks removed.
    pub(super) fn extension(&self) -> Option<&str> {
        match self.parts().as_slice() {
            [_, .., last] => Some(last.trim()),
            _ => None,
        }
    }

    /// The longest run of blanks that something other than blanks follows, in characters.
    pub(super) fn longest_padding(&self) -> usize {
        let (mut longest, mut run) = (0usize, 0usize);
        for c in self.folded.trim_end().chars() {
            run = if c == ' ' { run.saturating_add(1) } else { 0 };
            longest = longest.max(run);
        }
        longest
    }
}

/// Characters that show as empty space.
pub(super) const fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{180e}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{ffa0}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_letters_and_dots_read_as_plain_ones() {
        for dot in ['\u{ff0e}', '\u{fe52}', '\u{2024}'] {
            assert_eq!(Shape::of(&format!("a{dot}ＰＤＦ.Exe")).parts(), ["a", "pdf", "exe"]);
        }
    }

    #[test]
    fn every_blank_is_a_blank() {
        assert_eq!(Shape::of("a\u{3000}\u{a0}\u{2800}\u{3164}\u{2003}.exe").longest_padding(), 5);
        assert_eq!(Shape::of("a.exe      ").longest_padding(), 0);
    }

    #[test]
    fn what_windows_drops_is_no_extension() {
        assert_eq!(Shape::of("t.exe. . ").extension(), Some("exe"));
        assert_eq!(Shape::of("none").extension(), None);
    }
}
