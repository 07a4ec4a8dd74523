//! Names of archive entries that lead out of the folder they are unpacked into, for every archive format. Names are
//! judged as decoded text: a CP932 name whose second byte is 0x5C has no backslash in it.

use crate::finding_kind;
use crate::knowledge::autostart;
use crate::model::{EntryName, Location, Severity};
use crate::stage::Outcome;

/// How a name leads out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Escape {
    /// In words: `climbs out with ".."`.
    pub(crate) how: &'static str,
    /// The name that does, among those the entry goes by.
    pub(crate) name: String,
    /// The place it aims at where things run by themselves, if it does.
    pub(crate) autostart: Option<&'static str>,
}

/// Whether one of an entry's names leads out of the folder it is unpacked into.
pub(crate) fn check(name: &EntryName) -> Option<Escape> {
    name.all().find_map(check_path)
}

/// The same for one path: an entry's name, or what a symbolic link points to.
pub(crate) fn check_path(path: &str) -> Option<Escape> {
    let how = leads_out(path)?;
    Some(Escape { how, name: path.to_owned(), autostart: autostart::aims_at(path) })
}

/// Raises [`ENTRY_NAME_ESCAPES`] if the name leads out; critical and decisive where it aims at a place whose content
/// runs by itself.
pub(crate) fn raise(name: &EntryName, out: &mut Outcome<'_>) {
    if let Some(escape) = check(name) {
        raise_found(&escape, out);
    }
}

/// As [`raise`], for an escape already found.
pub(crate) fn raise_found(escape: &Escape, out: &mut Outcome<'_>) {
    let at = Location::part(format!("entry {}", escape.name));
    if escape.how == BLANKS {
        let observed = format!("{}: {}", escape.how, escape.name);
        return out.raise_as(ENTRY_NAME_ESCAPES, Severity::Critical, true, at, observed);
    }
    match escape.autostart {
        Some(place) => {
            let observed = format!("{}: {} (aims at {place})", escape.how, escape.name);
            out.raise_as(ENTRY_NAME_ESCAPES, Severity::Critical, true, at, observed);
        }
        None => out.raise(ENTRY_NAME_ESCAPES, at, format!("{}: {}", escape.how, escape.name)),
    }
}

/// The same for what a link points to, from the folder the link is in.
pub(crate) fn raise_link(name: &EntryName, target: &str, out: &mut Outcome<'_>) {
    // Windows links are stored with the prefix of the kernel.
    let target = target.strip_prefix("\\??\\").or_else(|| target.strip_prefix("/??/")).unwrap_or(target);
    let folder = name.text.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    let is_relative = !target.starts_with(['/', '\\']) && target.chars().nth(1) != Some(':');
    let path = if is_relative && !folder.is_empty() { format!("{folder}/{target}") } else { target.to_owned() };
    if let Some(found) = check_path(&path) {
        raise_found(&found, out);
    }
}

/// How WinRAR before 7.12 was led out: it took the name for harmless, Windows drops the blank.
const BLANKS: &str = "climbs out with \".. \" (CVE-2025-6218)";

fn leads_out(path: &str) -> Option<&'static str> {
    let path = path.replace('\\', "/");
    let mut first = path.chars();
    if let (Some(drive), Some(':')) = (first.next(), first.next())
        && drive.is_ascii_alphabetic()
    {
        return Some("names a drive");
    }
    if path.starts_with("//") {
        return Some("names a server");
    }
    if path.starts_with('/') {
        return Some("is absolute");
    }
    let mut depth = 0usize;
    let mut has_blanks = false;
    for part in path.split('/') {
        // Win32 drops blanks and dots at the end of a part, so "..␠" is ".." there.
        let trimmed = part.trim_end_matches(' ');
        match trimmed {
            "" | "." => {}
            ".." => {
                has_blanks |= part.len() > trimmed.len();
                match depth.checked_sub(1) {
                    Some(up) => depth = up,
                    None if has_blanks => return Some(BLANKS),
                    None => return Some("climbs out with \"..\""),
                }
            }
            _ => depth = depth.saturating_add(1),
        }
    }
    None
}

finding_kind! {
    /// ## What it is
    /// An archive entry whose name leads out of the folder the archive is unpacked into: it climbs up with `..`, starts
    /// at the root, or names a drive or a server.
    ///
    /// ## Why it matters
    /// A program that trusts the name writes the file wherever the sender wants it: over a program, or into the Startup
    /// folder, where it runs at the next log-on. Unpackers keep being found that do (CVE-2018-20250, CVE-2025-6218,
    /// CVE-2025-8088).
    ///
    /// ## How we see it
    /// Every name the entry is stored under is decoded to Unicode first and then split at `/` and `\`; only a path that
    /// really ends up outside counts. Aimed at a place whose content runs by itself, it is decisive, and so is a name that
    /// climbs with a blank after the dots, which nothing but an attack on CVE-2025-6218 has.
    ///
    /// ## When it is innocent
    /// Some backup programs store absolute paths. Nobody mails those.
    ///
    /// ## References
    /// - CWE-22, path traversal: https://cwe.mitre.org/data/definitions/22.html
    /// - ATT&CK T1547.001, Registry Run Keys / Startup Folder: https://attack.mitre.org/techniques/T1547/001/
    pub(crate) const ENTRY_NAME_ESCAPES = {
        id: "entry-name-escapes",
        title: "an archive entry's name leads out of the folder it is unpacked into",
        ja: "書庫内のファイル名が、展開先フォルダーの外を指しています",
        why_ja: "展開すると、送信者が選んだ場所（スタートアップなど）にファイルを書き込まれるおそれがあります。",
        severity: High,
        facet: Exploit,
        confidence: High,
        attack: ["T1204.002", "T1547.001"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how(path: &str) -> Option<&'static str> {
        check(&EntryName::new(path)).map(|escape| escape.how)
    }

    #[test]
    fn finds_every_way_out() {
        assert_eq!(how("..\\..\\harmless-marker.txt"), Some("climbs out with \"..\""));
        assert_eq!(how("a/../../b"), Some("climbs out with \"..\""));
        assert_eq!(how(".. /.. /b"), Some(BLANKS));
        assert_eq!(how("/etc/passwd"), Some("is absolute"));
        assert_eq!(how("C:\\a.txt"), Some("names a drive"));
        assert_eq!(how("\\\\192.0.2.1\\share\\a"), Some("names a server"));
        let hidden = EntryName::new("a.txt").also("../a.txt");
        assert!(check(&hidden).is_some());
    }

    #[test]
    fn knows_where_it_aims() {
        let path = "../AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/a.txt";
        assert!(check_path(path).unwrap().autostart.is_some());
    }

    #[test]
    fn honest_names_stay_inside() {
        for path in ["a/b/c.txt", "a/../b.txt", "予約表.txt", "a\\b.txt", "a..b.txt", "...", "旅程:表.txt", "./a"]
        {
            assert_eq!(how(path), None, "{path}");
        }
    }
}
