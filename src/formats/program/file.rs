//! The finding that belongs to every program, whatever system it is for.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// A file that the recipient's computer runs when it is opened: a Windows program, library or screen saver, or a
    /// program of Linux or macOS.
    ///
    /// ## Why it matters
    /// A program needs no weakness and no macro; opening it is enough. Business partners hardly ever send programs by
    /// mail, attackers often do: in the Japanese targeted-mail cases of 2014 to 2017 programs in archives were the
    /// most common form.
    ///
    /// ## How we see it
    /// The content is a program, whatever the file is called. Only files a person can open are counted, not programs
    /// found inside other programs.
    ///
    /// ## When it is innocent
    /// Software vendors and one's own IT department do send programs. Fetch them from the vendor's site instead, or
    /// check with the sender by telephone.
    ///
    /// ## References
    /// - MITRE ATT&CK T1204.002, user execution of a malicious file: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const PROGRAM_FILE = {
        id: "program-file",
        title: "a program: opening it runs it",
        ja: "プログラムです。開くとそのまま実行されます",
        why_ja: "取引先がメールでプログラムを送ってくることはほとんどありません。開く前に、電話など別の手段で送信者に確認してください。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002"],
    }
}
