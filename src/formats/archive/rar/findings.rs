//! What the structure of a RAR archive gives away.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// A RAR archive holds an NTFS stream whose name is a path: `:..\..\Startup\a.lnk`.
    ///
    /// ## Why it matters
    /// WinRAR before 7.13 joined such a name to the folder it unpacked into, and so wrote files anywhere
    /// (CVE-2025-8088). From July 2025 on mails brought shortcuts into the Startup folder that way, unseen: programs show
    /// only the document the stream belongs to.
    ///
    /// ## How we see it
    /// Service headers of the kind `STM` are read in all versions, and the stream's name is looked at. NTFS allows no
    /// separator in it. A name that climbs out or is absolute is decisive; one that only has a separator weighs much.
    ///
    /// ## When it is innocent
    /// Never: no file system could have given an archiver such a name.
    ///
    /// ## References
    /// - CVE-2025-8088: https://nvd.nist.gov/vuln/detail/CVE-2025-8088
    /// - ATT&CK T1564.004, NTFS File Attributes: https://attack.mitre.org/techniques/T1564/004/
    pub(super) const STREAM_ESCAPES = {
        id: "rar-stream-escapes",
        title: "the name of an NTFS stream in the archive is a path (CVE-2025-8088)",
        ja: "書庫内のNTFSストリーム名にパスが書かれています（CVE-2025-8088）",
        why_ja: "修正前のWinRARで展開すると、送信者が選んだ場所（スタートアップなど）にファイルを書き込まれます。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1203", "T1564.004", "T1547.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A file in a RAR archive carries an NTFS stream that holds a file of its own: a program, a shortcut, a script.
    ///
    /// ## Why it matters
    /// Streams are shown by no file manager, and most scanners never look at them. A shortcut beside the document can run
    /// what the stream holds.
    ///
    /// ## How we see it
    /// The stream's content is unpacked; it counts if its name is one that Windows runs, or its content a program or
    /// another archive.
    ///
    /// ## When it is innocent
    /// Windows keeps notes in streams (`Zone.Identifier`, thumbnails); those are no programs.
    ///
    /// ## References
    /// - ATT&CK T1564.004, NTFS File Attributes: https://attack.mitre.org/techniques/T1564/004/
    pub(super) const STREAM_HIDES_FILE = {
        id: "rar-stream-hides-file",
        title: "an NTFS stream in the archive hides a file",
        ja: "書庫内のNTFSストリームにファイルが隠されています",
        why_ja: "ストリームはエクスプローラーに表示されず、多くの検査をすり抜けます。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1564.004"],
    }
}
