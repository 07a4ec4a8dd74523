//! What a shortcut can show.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of shortcuts.
pub(super) const KINDS: Kinds = &[SHORTCUT_TO_SHARE, SHORTCUT_ODD_TARGET, URL_SHORTCUT, DESKTOP_ENTRY_RUNS, RDP_FILE];

finding_kind! {
    /// ## What it is
    /// A shortcut, theme or library points to a file, picture or folder on another machine's share.
    ///
    /// ## Why it matters
    /// Showing its icon is enough for Windows to log on there and give away a hash of the password (CVE-2024-43451,
    /// CVE-2025-24054). Programs started from a share carry no mark of the web (CVE-2023-36025, CVE-2024-21412).
    ///
    /// ## How we see it
    /// Any setting whose value is a UNC path or a file: address with a host. In libraries and search connectors, which
    /// nobody mails, web addresses count too and the finding is decisive.
    ///
    /// ## When it is innocent
    /// Shortcuts to a company's own file server, mailed inside it.
    ///
    /// ## References
    /// - CVE-2025-24054: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2025-24054
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const SHORTCUT_TO_SHARE = {
        id: "shortcut-to-share",
        title: "a shortcut points to another machine's share",
        ja: "ショートカットが外部の共有フォルダーを参照しています",
        why_ja: "アイコンが表示されるだけで、パスワードのハッシュが相手のコンピューターに送られることがあります。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1187", "T1553.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Internet shortcut leads to something that is no web address: a program of this machine, script, or a scheme that
    /// starts another program (`mhtml:`, `search-ms:`, `ms-…:`).
    ///
    /// ## Why it matters
    /// Such schemes open weak old programs (CVE-2024-38112) or show a stranger's folder as if it were the user's.
    ///
    /// ## How we see it
    /// The URL setting's scheme.
    ///
    /// ## When it is innocent
    /// Shortcuts to programs made on one machine make no sense on another.
    ///
    /// ## References
    /// - CVE-2024-38112: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2024-38112
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const SHORTCUT_ODD_TARGET = {
        id: "shortcut-odd-target",
        title: "an Internet shortcut leads to something that is no web address",
        ja: "インターネットショートカットの参照先がWebではありません",
        why_ja: "特殊な参照先を使い、警告なしにプログラムや外部のフォルダーを開かせる手口です。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1553.005"],
    }
}

finding_kind! {
    /// ## What it is
    /// An Internet shortcut to an ordinary web address.
    ///
    /// ## Why it matters
    /// It is a link in another wrapping; the address is an indicator.
    ///
    /// ## How we see it
    /// The URL setting is an http, https, ftp or mailto address.
    ///
    /// ## When it is innocent
    /// People mail each other bookmarks, and document systems send links this way. Check where it leads.
    ///
    /// ## References
    /// - ATT&CK T1566.002, Spearphishing Link: https://attack.mitre.org/techniques/T1566/002/
    pub(super) const URL_SHORTCUT = {
        id: "url-shortcut",
        title: "an Internet shortcut to a web address",
        ja: "Webサイトへのショートカットです",
        why_ja: "リンクをファイルにしたものです。リンク先が正しいか確かめてください。",
        severity: Info,
        facet: Network,
        confidence: High,
        attack: ["T1566.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A Linux desktop entry that runs a command when opened.
    ///
    /// ## Why it matters
    /// It shows any name and icon and runs any command; groups attacking government offices mail them as documents.
    ///
    /// ## How we see it
    /// The Exec setting; critical if it calls a shell, downloads or decodes.
    ///
    /// ## When it is innocent
    /// People who package programs for Linux exchange such files; offices do not.
    ///
    /// ## References
    /// - Freedesktop, Desktop Entry Specification: https://specifications.freedesktop.org/desktop-entry-spec/latest/
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const DESKTOP_ENTRY_RUNS = {
        id: "desktop-entry-runs-command",
        title: "a desktop entry runs a command when opened",
        ja: "開くとコマンドを実行するLinuxのショートカットです",
        why_ja: "文書のアイコンと名前を装い、任意のコマンドを実行できます。",
        severity: Critical,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A remote desktop file that connects this machine to another and lends it drives, clipboard or keys.
    ///
    /// ## Why it matters
    /// The other side can then read and write the user's files. Midnight Blizzard mailed signed ones in October 2024, to
    /// Japan too. A signature makes it no safer.
    ///
    /// ## How we see it
    /// `full address` outside the local network together with redirections; without them it is medium.
    ///
    /// ## When it is innocent
    /// An IT desk sends one for its own servers. The address in it should be one of your organisation.
    ///
    /// ## References
    /// - Microsoft, Midnight Blizzard spear-phishing with RDP files: https://www.microsoft.com/en-us/security/blog/2024/10/29/
    /// - ATT&CK T1566.001, Spearphishing Attachment: https://attack.mitre.org/techniques/T1566/001/
    pub(super) const RDP_FILE = {
        id: "rdp-file",
        title: "a remote desktop file connects this machine to another",
        ja: "この端末を外部のコンピューターに接続するリモートデスクトップ設定ファイルです",
        why_ja: "接続すると、ドライブやクリップボードの内容を相手に渡してしまいます。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1566.001", "T1219"],
    }
}
