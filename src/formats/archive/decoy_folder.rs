//! A file and a folder of the same name side by side, the folder holding a script: the layout of CVE-2023-38831, for
//! every archive format.

use std::collections::HashSet;

use crate::finding_kind;
use crate::knowledge::extensions;
use crate::model::name::{extension, file_name};

/// The script in a folder that is named like a file beside it, if there is one among these entry names.
pub(crate) fn check<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let files: HashSet<String> = names.clone().filter(|name| !name.ends_with(['/', '\\'])).map(fold).collect();
    names.into_iter().find(|name| is_decoy_script(name, &files)).map(str::to_owned)
}

fn is_decoy_script(name: &str, files: &HashSet<String>) -> bool {
    let path = fold(name);
    let Some((folder, script)) = path.rsplit_once('/') else { return false };
    let class = extensions::class(&extension(script));
    class.is_some_and(|class| class.is_launchable())
        && files.contains(folder)
        && script.starts_with(file_name(folder).trim_end())
}

/// A path as Windows compares it.
fn fold(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

finding_kind! {
    /// ## What it is
    /// An archive with a document and, beside it, a folder of exactly the same name that holds a script named after the
    /// document: `ticket.pdf␠` and `ticket.pdf␠/ticket.pdf␠.cmd`.
    ///
    /// ## Why it matters
    /// WinRAR before 6.23 starts the script when the document is double-clicked (CVE-2023-38831). Criminals and state
    /// groups used it from April 2023 on.
    ///
    /// ## How we see it
    /// Among the names of one archive, one is both a file and a folder, and the folder holds something that runs and
    /// whose name starts like the file's. No file system could have given an archiver these names.
    ///
    /// ## When it is innocent
    /// Never seen: a file and a folder cannot share a name on disk.
    ///
    /// ## References
    /// - CVE-2023-38831: https://nvd.nist.gov/vuln/detail/CVE-2023-38831
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(crate) const DECOY_FOLDER_SCRIPT = {
        id: "archive-decoy-folder-script",
        title: "a folder named like the document beside it holds a script (CVE-2023-38831)",
        ja: "文書と同じ名前のフォルダーにスクリプトが隠されています（CVE-2023-38831）",
        why_ja: "修正前のWinRARでは、文書を開いたつもりでスクリプトが実行されます。正規の書庫ではあり得ない構成です。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1203", "T1036"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_layout_and_nothing_like_it() {
        let found = check(["t.pdf ", "t.pdf /t.pdf .cmd"].into_iter());
        assert_eq!(found.as_deref(), Some("t.pdf /t.pdf .cmd"));
        assert!(check(["T.PDF", "t.pdf\\T.pdf.exe"].into_iter()).is_some());
        assert_eq!(check(["t.pdf", "t/t.pdf.cmd"].into_iter()), None);
        assert_eq!(check(["t.pdf/", "t.pdf/setup.cmd"].into_iter()), None);
        assert_eq!(check(["t.pdf", "t.pdf/note.txt"].into_iter()), None);
    }
}
