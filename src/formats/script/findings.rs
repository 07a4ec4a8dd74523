//! What a script can show.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of scripts.
pub(super) const KINDS: Kinds = &[SCRIPT_FILE, SCRIPT_ENCODED, SCRIPT_CALLS_OUT, SCRIPT_OBFUSCATED];

finding_kind! {
    /// ## What it is
    /// A script that runs, or is offered to run, when the file is opened.
    ///
    /// ## Why it matters
    /// It can do everything the recipient can. In 2016 more than half of what archives mailed to Japanese companies held
    /// was .js files.
    ///
    /// ## How we see it
    /// A file a person could open whose name's extension starts a script host (`rules/indicators/extensions.toml`), or
    /// whose content is one where the name says nothing. Scripts inside pages and documents do not count. High for what
    /// Windows runs, medium for languages that need an interpreter of their own. A script given by itself, that neither a
    /// mail nor an archive brought, weighs less (medium; low for PowerShell, which Windows opens in an editor) unless it
    /// goes by the name of a business document (`rules/indicators/names.toml`) or starts programs.
    ///
    /// ## When it is innocent
    /// Administrators mailing scripts to each other; source code of web sites in archives.
    ///
    /// ## References
    /// - ATT&CK T1059, Command and Scripting Interpreter: https://attack.mitre.org/techniques/T1059/
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const SCRIPT_FILE = {
        id: "script-file",
        title: "the file is a script that runs when opened",
        ja: "開くと実行されるスクリプトファイルです",
        why_ja: "スクリプトは利用者の権限で何でも実行できます。メールでスクリプトを受け取る業務上の理由はほとんどありません。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1059", "T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// The script is stored in Microsoft's encoded form (.jse, .vbe), which script hosts run and people cannot read.
    ///
    /// ## Why it matters
    /// The encoding protects nothing; since the tool for it was withdrawn it serves to hide.
    ///
    /// ## How we see it
    /// The mark `#@~^` with a length behind it, and `^#~@` at the end. The code is not decoded.
    ///
    /// ## When it is innocent
    /// Administration scripts of about 2000, still kept in archives.
    ///
    /// ## References
    /// - ATT&CK T1027.010, Command Obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const SCRIPT_ENCODED = {
        id: "script-encoded",
        title: "the script is encoded so that people cannot read it",
        ja: "人が読めないように符号化されたスクリプトです",
        why_ja: "内容を隠すための形式で、現在の業務では使われません。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1027.010"],
    }
}

finding_kind! {
    /// ## What it is
    /// The script can fetch something from the network.
    ///
    /// ## Why it matters
    /// Downloaders are the commonest scripts in mail: what they bring is not in the mail to be scanned.
    ///
    /// ## How we see it
    /// Words for downloads in `rules/indicators/script-capabilities.toml`, comments left out.
    ///
    /// ## When it is innocent
    /// Set-up and administration scripts fetch what they install; they come from one's own IT department, not by
    /// mail.
    ///
    /// ## References
    /// - ATT&CK T1105, Ingress Tool Transfer: https://attack.mitre.org/techniques/T1105/
    pub(super) const SCRIPT_CALLS_OUT = {
        id: "script-calls-out",
        title: "the script can fetch something from the network",
        ja: "外部からファイルを取得できるスクリプトです",
        why_ja: "本体を後から取り込む手口です。メールの検査では本体を確認できません。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1105"],
    }
}

finding_kind! {
    /// ## What it is
    /// The script decodes or assembles what it runs.
    ///
    /// ## Why it matters
    /// The words a filter would look for appear only at run time.
    ///
    /// ## How we see it
    /// Words for decoding together with words for running code, or the way a language is written to be unreadable: slices
    /// of variables in batch files, backticks and format operators in PowerShell, long rows of character codes.
    ///
    /// ## When it is innocent
    /// Code of web sites is minified, and installers unpack themselves. Neither is sent as an attachment to open.
    ///
    /// ## References
    /// - ATT&CK T1027.010, Command Obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const SCRIPT_OBFUSCATED = {
        id: "script-obfuscated",
        title: "the script decodes or assembles what it runs",
        ja: "実行する内容を隠したスクリプトです",
        why_ja: "検査で見つかる語を避けるため、実行時に命令を組み立てています。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027.010"],
    }
}
