//! The short byte sequences that every indicator contains. One automaton finds them all in one pass over the text;
//! everything dearer happens only around its hits.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};

use crate::knowledge::iocs::words;

/// What a hit may be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// `://`: a URL.
    Scheme,
    /// `.`: an address or a domain.
    Dot,
    /// `:` or `::`: a version 6 address.
    Colon,
    /// `@`: an e-mail address.
    At,
    /// `\\`: a share, or a URL written backwards-slashed.
    Backslashes,
    /// `:\`: a path with a drive.
    Drive,
    /// `%\`: a path that starts with a variable.
    Percent,
    /// `$env:`: the same in PowerShell.
    PowerShell,
    /// The start of a Unix path.
    Root,
    /// A registry hive or the well-known part of a key.
    Registry,
    /// The extension of something that launches.
    Launchable,
    /// Characters written by their numbers.
    Escape,
    /// A defanged spelling.
    Defanged,
    /// A URL backwards.
    Reversed,
    /// Full-width punctuation of a URL.
    FullWidth,
    /// A URL with every letter moved by thirteen.
    Rotated,
    /// A URL in octal escapes.
    Octal,
}

pub(super) struct Anchors {
    automaton: AhoCorasick,
    meanings: Vec<Anchor>,
}

static ANCHORS: LazyLock<Option<Anchors>> = LazyLock::new(|| {
    let fixed: [(Anchor, &[&str]); 15] = [
        (Anchor::Scheme, &["://"]),
        (Anchor::Dot, &["."]),
        (Anchor::Colon, &[":", "::"]),
        (Anchor::At, &["@"]),
        (Anchor::Backslashes, &["\\\\"]),
        (Anchor::Drive, &[":\\"]),
        (Anchor::Percent, &["%\\"]),
        (Anchor::PowerShell, &["$env:"]),
        (
            Anchor::Registry,
            &[
                "hkey_",
                "hklm\\",
                "hklm:\\",
                "hkcu\\",
                "hkcu:\\",
                "hkcr\\",
                "hkcr:\\",
                "hku\\",
                "hku:\\",
                "hkcc\\",
                "\\currentversion\\run",
            ],
        ),
        (
            Anchor::Escape,
            &[
                "%2f%2f", "%3a", "%25", "%68%74", "%u00", "&#", "&colon;", "&sol;", "\\u00", "\\x", ":\\/\\/", "\\68",
                "\\0068", "\\000068",
            ],
        ),
        (
            Anchor::Defanged,
            &["hxxp", "h**p", "[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", "[:]", "[://]", "[at]", "(at)", "[@]"],
        ),
        (Anchor::Reversed, &["//:ptth", "//:sptth", "//:ptf"]),
        (Anchor::Rotated, &["uggc://", "uggcf://"]),
        (Anchor::Octal, &["\\150\\164\\164\\160"]),
        (Anchor::FullWidth, &["：／／", "：//", "．", "＠", "ｗｗｗ"]),
    ];
    let mut patterns: Vec<String> = Vec::new();
    let mut meanings = Vec::new();
    for (meaning, list) in fixed {
        for pattern in list {
            patterns.push((*pattern).to_owned());
            meanings.push(meaning);
        }
    }
    for root in &words().unix_roots {
        patterns.push(root.clone());
        meanings.push(Anchor::Root);
    }
    for extension in &words().launchable_names {
        patterns.push(format!(".{extension}"));
        meanings.push(Anchor::Launchable);
    }
    let automaton = AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(&patterns)
        .ok()?;
    Some(Anchors { automaton, meanings })
});

/// The hits in a text, first to last: what each may mean, where it starts and ends.
pub(super) fn hits(text: &str) -> impl Iterator<Item = (Anchor, usize, usize)> {
    ANCHORS.iter().flat_map(move |anchors| {
        anchors.automaton.find_iter(text).filter_map(move |hit| {
            let meaning = anchors.meanings.get(hit.pattern().as_usize())?;
            Some((*meaning, hit.start(), hit.end()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_automaton_builds_and_prefers_the_longest() {
        let found: Vec<Anchor> = hits(r"http://a.exe C:\x \\y HKLM\z").map(|(anchor, ..)| anchor).collect();
        assert_eq!(found, [Anchor::Scheme, Anchor::Launchable, Anchor::Drive, Anchor::Backslashes, Anchor::Registry]);
    }
}
