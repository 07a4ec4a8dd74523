//! Names that end where Windows does not look, and names of alternate data streams.

use super::Remark;
use super::shape::is_blank;
use crate::finding_kind;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::model::Severity;
use crate::model::name::{extension, file_name};

finding_kind! {
    /// ## What it is
    /// A file's name ends in a blank or a dot.
    ///
    /// ## Why it matters
    /// Windows drops them when it opens the file, so `a.exe ` runs as `a.exe`, while filters that compare extensions
    /// see `exe␠`. Archivers disagree on such names, which exploits use.
    ///
    /// ## How we see it
    /// The last character is a dot or a blank of any kind. With a launchable extension before it the finding weighs
    /// high, else medium.
    ///
    /// ## When it is innocent
    /// Files made on macOS or Linux, and mailers that quote names carelessly.
    ///
    /// ## References
    /// - Naming Files, Paths, and Namespaces: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    /// - ATT&CK T1036.006, Space after Filename: https://attack.mitre.org/techniques/T1036/006/
    pub(super) const TRAILING = {
        id: "name-ends-in-blank-or-dot",
        title: "the name ends in a blank or a dot, which Windows drops",
        ja: "名前の末尾に空白かピリオドがあり、Windowsはこれを無視します",
        why_ja: "拡張子の照合をすり抜け、開くときには別の種類のファイルとして扱われることがあります。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1036.006"],
    }
}

finding_kind! {
    /// ## What it is
    /// A name addresses an alternate data stream of another file: `note.txt:ads`.
    ///
    /// ## Why it matters
    /// Unpacked on NTFS, the content hides behind a harmless file: no folder shows it and many scanners do not read it.
    ///
    /// ## How we see it
    /// A colon behind a name that has a known extension, with no blank after it, or a stream type such as `:$DATA`.
    ///
    /// ## When it is innocent
    /// `:Zone.Identifier`, the mark of the web kept by some archivers, is not counted. Times (`10:30:22.png`) and
    /// subjects (`Re: plan.eml`) are not streams.
    ///
    /// ## References
    /// - MS-FSCC 2.1.5, Pathname: https://learn.microsoft.com/openspecs/windows_protocols/ms-fscc/
    /// - ATT&CK T1564.004, NTFS File Attributes: https://attack.mitre.org/techniques/T1564/004/
    pub(super) const STREAM = {
        id: "name-names-a-stream",
        title: "the name addresses a hidden stream of another file",
        ja: "別のファイルに隠れる代替データストリームを指す名前です",
        why_ja: "展開すると一覧に表示されない場所へ書き込まれます。中身を隠すための手口です。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1564.004"],
    }
}

/// A blank or dot at the end.
pub(super) fn trailing(name: &str) -> Option<Remark> {
    let last = file_name(name);
    let end = last.chars().next_back()?;
    if !(end == '.' || is_blank(end)) || matches!(last, "." | "..") {
        return None;
    }
    let bare = last.trim_end_matches(|c| c == '.' || is_blank(c));
    let observed = format!("{name}|");
    if class(&extension(bare)).is_some_and(ExtensionClass::is_launchable) {
        Some(Remark::new(TRAILING, observed))
    } else {
        Some(Remark::weaker(TRAILING, Severity::Medium, observed))
    }
}

/// A colon that starts a stream's name.
pub(super) fn stream(name: &str) -> Option<Remark> {
    let last = file_name(name);
    let (base, stream) = last.split_once(':')?;
    let stream = stream.trim_end_matches(|c| c == '.' || is_blank(c));
    let is_typed = stream.to_ascii_uppercase().ends_with(":$DATA");
    let is_named = class(&extension(base)).is_some() && !stream.is_empty() && !stream.starts_with(is_blank);
    let is_mark = stream.to_ascii_lowercase().starts_with("zone.identifier");
    ((is_typed || is_named) && !is_mark).then(|| Remark::new(STREAM, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_that_windows_drops_are_said() {
        for (name, severity) in [
            ("a.exe ", Severity::High),
            ("a.exe.", Severity::High),
            ("a.vbs\u{3000}", Severity::High),
            ("控え.pdf ", Severity::Medium),
            ("\u{a0}", Severity::Medium),
        ] {
            assert_eq!(trailing(name).unwrap().severity, severity, "{name:?}");
        }
        for name in ["a.exe", "a b.pdf", "dir. /a.txt", ".gitignore", ""] {
            assert!(trailing(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn streams_are_told_from_times_and_subjects() {
        for name in ["note.txt:ads", "a.pdf:evil.exe", "x::$DATA"] {
            assert!(stream(name).is_some(), "{name}");
        }
        for name in ["note.txt:Zone.Identifier", "10:30:22.png", "Re: plan.eml", "C:\\a.txt", "Re: a.pdf: b.eml"] {
            assert!(stream(name).is_none(), "{name}");
        }
    }
}
