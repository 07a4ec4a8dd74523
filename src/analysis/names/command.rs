//! Names that are commands.

use super::Remark;
use crate::finding_kind;
use crate::knowledge::names::{lists, names};

finding_kind! {
    /// ## What it is
    /// A file's name is a shell command: a substitution (`$(…)`, backticks, braces) or a pipe into an interpreter.
    ///
    /// ## Why it matters
    /// Scripts on servers and desktops that list files carelessly run the name itself. Nothing has to be opened, and
    /// scanners that read only contents see an empty file. RAR archives with such names were mailed in 2025.
    ///
    /// ## How we see it
    /// Substitution or pipe characters together with the name of an interpreter or download tool
    /// (`rules/indicators/names.toml`), as a word of its own.
    ///
    /// ## When it is innocent
    /// Next to never: templates named `$(name)` hold no command word.
    ///
    /// ## References
    /// - CWE-78, OS Command Injection: https://cwe.mitre.org/data/definitions/78.html
    /// - ATT&CK T1059.004, Unix Shell: https://attack.mitre.org/techniques/T1059/004/
    pub(super) const COMMAND = {
        id: "name-holds-command",
        title: "the file's name is a command",
        ja: "ファイル名そのものがコマンドになっています",
        why_ja: "ファイルを一覧するだけの処理でも、名前がコマンドとして実行されるおそれがあります。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1059.004", "T1027"],
    }
}

/// A command in a name.
pub(super) fn command(name: &str) -> Option<Remark> {
    let substitutes = name.contains("$(")
        || name.matches('`').count() >= 2
        || name.contains("${")
        || name.contains('|')
        || (name.contains("{") && name.contains(",-"));
    if !substitutes {
        return None;
    }
    let lower = name.to_lowercase();
    let has_word = lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| lists(&names().commands, word));
    has_word.then(|| Remark::new(COMMAND, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_templates() {
        for name in ["ziliao2.pdf`{echo,aGVsbG8=}|{base64,-d}|bash`", "$(curl example.com)", "a;`wget x`.txt", "x|sh"] {
            assert!(command(name).is_some(), "{name}");
        }
        for name in ["report $(date).txt", "bash history.txt", "a`b.txt", "{1234-ab}.png", "echo.wav"] {
            assert!(command(name).is_none(), "{name}");
        }
    }
}
