//! Commands a self-extracting archive runs: the finding every family of such programs raises.

use crate::finding_kind;
use crate::model::Location;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A self-extracting archive says which command is run once its content is unpacked: `Setup=` in the comment of a RAR,
    /// `RunProgram=` in the settings of a 7z, `RUNPROGRAM` in a cabinet.
    ///
    /// ## Why it matters
    /// Opening the attachment runs the content at once, often with no window at all. The droppers of Emdivi and LODEINFO
    /// came to Japan as such archives.
    ///
    /// ## How we see it
    /// The settings beside the archive are read. Inside a program this weighs much; in an archive that is no program it
    /// does nothing until it is made one, and weighs little.
    ///
    /// ## When it is innocent
    /// Installers are built that way. They are seldom mailed.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(crate) const RUNS_COMMAND = {
        id: "self-extractor-runs-command",
        title: "the self-extracting archive runs a command once unpacked",
        ja: "自己解凍書庫が、展開後にコマンドを実行します",
        why_ja: "開くだけで中のプログラムが実行されます。画面を出さずに実行する設定もよく悪用されます。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1204.002"],
    }
}

/// Says the command.
pub(crate) fn raise(command: &str, at: Location, out: &mut Outcome<'_>) {
    out.raise(RUNS_COMMAND, at, command);
}

/// Settings of WinRAR's self-extractor in an archive's comment (WinRAR help, "SFX script commands"): what is run, and
/// whether nothing is shown meanwhile.
pub(crate) fn rar_script(comment: &str) -> Option<String> {
    let mut run: Vec<&str> = Vec::new();
    let mut others: Vec<&str> = Vec::new();
    for line in comment.lines().map(str::trim).take(1_000) {
        let Some((key, _)) = line.split_once('=') else { continue };
        match key.trim().to_ascii_lowercase().as_str() {
            "setup" | "presetup" | "delete" | "shortcut" => run.push(line),
            "silent" | "path" | "overwrite" | "tempmode" => others.push(line),
            _ => {}
        }
    }
    let is_run = run.iter().any(|line| line.to_ascii_lowercase().contains("setup"));
    is_run.then(|| run.into_iter().chain(others).take(8).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_run_something_are_told_from_comments() {
        let script = ";The comment below contains SFX script commands\r\nPath=%temp%\r\nSetup=a.exe /s\r\nSilent=1\r\n";
        assert_eq!(rar_script(script).as_deref(), Some("Setup=a.exe /s; Path=%temp%; Silent=1"));
        assert_eq!(rar_script("Path=%temp%\r\nSilent=1"), None);
        assert_eq!(rar_script("setup: see readme.txt"), None);
    }
}
