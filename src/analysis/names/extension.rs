//! Extensions that pose as others: a document's before a program's, or pushed out of sight by blanks.

use super::Remark;
use super::shape::Shape;
use crate::finding_kind;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::knowledge::names::{lists, names};
use crate::model::Severity;
use crate::model::name::file_name;

finding_kind! {
    /// ## What it is
    /// A name ends in two extensions: one of a document or picture, then one that runs, as `控え.pdf.exe`.
    ///
    /// ## Why it matters
    /// Windows hides the last extension by default and shows `控え.pdf`. Opening it runs the program. This is the oldest
    /// disguise of mailed malware and still in use, also with shortcuts (`.pdf.lnk`).
    ///
    /// ## How we see it
    /// Every name the file is stored under is folded as a reader sees it: full-width letters and dots, one-dot leaders
    /// and blanks of all kinds become plain ones. Then the last extension must be launchable and the one before it
    /// content (`rules/indicators/extensions.toml`); blanks, digits, brackets and dashes between them do not matter.
    ///
    /// ## When it is innocent
    /// Never for `.pdf.exe`. Source trees hold names like `package.json.js` or `page.html.url`; such pairs
    /// (`names.toml`) weigh medium and decide nothing.
    ///
    /// ## References
    /// - ATT&CK T1036.007, Double File Extension: https://attack.mitre.org/techniques/T1036/007/
    pub(super) const DOUBLE = {
        id: "name-double-extension",
        title: "the name shows a document's extension before the one that runs",
        ja: "文書の拡張子の後ろに、実行される本当の拡張子が付いています",
        why_ja: "Windowsは最後の拡張子を隠すため文書に見えますが、開くとプログラムが実行されます。正当な理由のない偽装です。",
        severity: Critical,
        facet: Deceive,
        confidence: High,
        decisive: true,
        attack: ["T1036.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// A name has a long run of blanks before its extension, or blanks that nobody can type.
    ///
    /// ## Why it matters
    /// The blanks push the real extension beyond the edge of the column or dialog, so that only `控え.pdf` is seen.
    /// Braille blanks (U+2800) were used so against Windows in 2024 (CVE-2024-43461).
    ///
    /// ## How we see it
    /// Five or more blanks in a row (space, U+3000, U+00A0, U+2000–200A, U+2800, U+3164 and their kin) anywhere before
    /// the end of the name, or any U+2800 or U+3164. With a launchable extension, or with the two blanks no keyboard
    /// has, it decides; else it weighs high.
    ///
    /// ## When it is innocent
    /// Rarely: a template that pads names with ideographic spaces. One or two spaces are not padding.
    ///
    /// ## References
    /// - CVE-2024-43461: https://nvd.nist.gov/vuln/detail/CVE-2024-43461
    /// - ATT&CK T1036.007: https://attack.mitre.org/techniques/T1036/007/
    pub(super) const PADDED = {
        id: "name-padded-extension",
        title: "blanks push the name's real extension out of sight",
        ja: "多数の空白で本当の拡張子を画面の外へ押し出しています",
        why_ja: "一覧や確認画面では空白の手前までしか見えず、別の種類のファイルに見えます。本当の拡張子を隠すための手口です。",
        severity: Critical,
        facet: Deceive,
        confidence: High,
        decisive: true,
        attack: ["T1036.007"],
    }
}

/// Blanks in a row that are no slip of the finger.
const MIN_PADDING: usize = 5;

/// A document's extension before a launchable one.
pub(super) fn double(name: &str) -> Option<Remark> {
    let shape = Shape::of(file_name(name));
    let parts = shape.parts();
    let [.., decoy, last] = parts.as_slice() else { return None };
    // The first part is the name itself, unless look-alike dots stand in it.
    let decoy = if parts.len() > 2 { Some(*decoy) } else { None };
    let last = last.trim();
    let launchable = class(last).is_some_and(ExtensionClass::is_launchable) && !lists(&names().data_too, last);
    if !launchable {
        return None;
    }
    let decoy = decoy.and_then(content_extension).or_else(|| after_false_dot(parts.iter().rev().nth(1)?))?;
    let table = names();
    if lists(&table.source, last) && (lists(&table.source_content, decoy) || last == "application") {
        return Some(Remark::weaker(DOUBLE, Severity::Medium, name));
    }
    Some(Remark::new(DOUBLE, name))
}

/// The content extension a part is, ignoring what copies and padding add: `pdf`, `pdf (1)`, `pdf   `.
fn content_extension(part: &str) -> Option<&str> {
    let part = part.trim();
    let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
    let (word, rest) = part.split_at(end);
    let is_decoration =
        rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '[' | ']' | '-' | '_'));
    (is_decoration && class(word).is_some_and(ExtensionClass::is_content)).then_some(word)
}

/// The content extension after a character that only looks like a dot (`控え。pdf.exe`).
fn after_false_dot<'a>(part: &&'a str) -> Option<&'a str> {
    let (_, tail) = part.rsplit_once(['。', '｡', '・', '·', '․', '\u{0701}', '\u{0702}', '\u{a4f8}'])?;
    content_extension(tail)
}

/// Blanks before the extension.
pub(super) fn padded(name: &str) -> Option<Remark> {
    let last = file_name(name);
    let shape = Shape::of(last);
    let is_launchable = shape.extension().and_then(class).is_some_and(ExtensionClass::is_launchable);
    let is_untypable = last.contains(['\u{2800}', '\u{3164}']);
    if shape.longest_padding() >= MIN_PADDING {
        let decides = is_launchable || is_untypable;
        return Some(if decides { Remark::new(PADDED, name) } else { Remark::weaker(PADDED, Severity::High, name) });
    }
    is_untypable.then(|| Remark::new(PADDED, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decides(remark: Option<Remark>) -> bool {
        remark.is_some_and(|remark| remark.is_decisive)
    }

    #[test]
    fn a_program_posing_as_a_document_decides() {
        for name in [
            "E-TKT控え.pdf.exe",
            "E-TKT控え．pdf.exe",
            "E-TKT控え.pdf．exe",
            "E-TKT控え\u{2024}pdf.exe",
            "a.PDF.SCR",
            "航空券.pdf.lnk",
            "請求書.xls.vbs",
            "請求書.xls.js",
            "領収書.jpg   .com",
            "a.pdf (1).exe",
            "控え。pdf.exe",
            "folder.v2/控え.docm.pif",
            "invoice.pdf.exe. ",
        ] {
            assert!(decides(double(name)), "{name}");
        }
    }

    #[test]
    fn honest_dots_are_no_double_extension() {
        for name in [
            "setup.v2.1.exe",
            "setup.v2.1.exe.txt",
            "a.tar.gz",
            "2016.03.15.報告.pdf",
            "report.pdf.zip",
            "photo.jpg",
            "pdf.exe",
            "jquery.min.js",
            "v1.doc viewer.exe",
            "a.pdf/setup.exe",
            "image.png.mat",
            "報告書.docx.pdf",
        ] {
            assert!(double(name).is_none(), "{name}");
        }
    }

    #[test]
    fn source_trees_do_not_decide() {
        for name in ["package.json.js", "page.html.url", "data.csv.py"] {
            assert_eq!(double(name).map(|remark| remark.is_decisive), Some(false), "{name}");
        }
        assert!(decides(double("invoice.html.exe")));
    }

    #[test]
    fn padding_of_every_kind_of_blank_decides() {
        for blank in [' ', '\u{3000}', '\u{a0}', '\u{2003}', '\u{3164}', '\u{2800}'] {
            let name = format!("E-TKT控え.pdf{}.scr", blank.to_string().repeat(6));
            assert!(decides(padded(&name)), "{name:?}");
            assert!(decides(double(&name)), "{name:?}");
        }
        assert!(decides(padded("a.pdf\u{2800}.hta")));
        assert!(decides(padded("a          b.exe")));
    }

    #[test]
    fn a_space_or_two_is_no_padding() {
        for name in ["E-TKT 控え 最終.pdf", "a    b.exe", "請求書　　最終.xlsx", "a.exe      "] {
            assert!(padded(name).is_none(), "{name}");
        }
        assert!(!decides(padded("請求書　　　　　　.xlsx")));
    }
}
