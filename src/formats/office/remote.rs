//! Findings on content that a document takes from another machine, shared by relationships and fields.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// What the document takes from another machine lies on a bare address, behind an odd port, or on a server path
    /// beyond the own network.
    ///
    /// ## Why it matters
    /// Companies keep templates and linked files on named servers; attackers rent machines for a day and use them by
    /// address. A server path makes Windows send the user's password hash there.
    ///
    /// ## How we see it
    /// The target of a template, object or including field, or the server path of a picture: its host is an IP
    /// address, its port is neither 80 nor 443, or it starts with `\\\\` and a host that is not of the own network.
    /// It brings no points itself; with the finding on what is fetched it sets a floor.
    ///
    /// ## When it is innocent
    /// Test systems and small offices that use addresses instead of names.
    ///
    /// ## References
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(crate) const REMOTE_HOST_UNUSUAL = {
        id: "remote-host-unusual",
        title: "the document takes content from a bare address, an odd port or a foreign server path",
        ja: "文書が、IP アドレス・特殊なポート・外部の共有フォルダーから内容を読み込みます",
        why_ja: "正規の文書は名前の付いたサーバーを使います。アドレスを直接指定する参照は、攻撃用に用意されたサーバーに多く見られます。",
        severity: Info,
        facet: Network,
        confidence: High,
        attack: ["T1221", "T1187"],
    }
}

finding_kind! {
    /// ## What it is
    /// The document takes an object, frame, sub-document or linked workbook from another machine.
    ///
    /// ## Why it matters
    /// The content is fetched when the document opens or updates its links, and can be exchanged at any time. A server
    /// path makes Windows send the user's password hash to that server.
    ///
    /// ## How we see it
    /// An external relationship of a type in the table `content`. Weighted high for numeric addresses, odd ports and
    /// server paths beyond the own network, medium for a named web server, low for a server of the own network.
    ///
    /// ## When it is innocent
    /// Workbooks that link to others on SharePoint or a file server.
    ///
    /// ## References
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(crate) const REMOTE_OBJECT = {
        id: "remote-object",
        title: "the document takes content from another machine",
        ja: "文書が外部のサーバーから内容を読み込みます",
        why_ja: "読み込まれる内容は後から差し替えられます。サーバーへの接続で認証情報が漏れる場合もあります。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1221", "T1187"],
    }
}

finding_kind! {
    /// ## What it is
    /// A picture, sound or film of the document lies on another machine.
    ///
    /// ## Why it matters
    /// Opening the document tells the server who opened it and when. If the address is a server path, Windows also
    /// sends the user's password hash.
    ///
    /// ## How we see it
    /// An external relationship `image`, `audio`, `video` or `media`, or a field `INCLUDEPICTURE`. Weighted high for a
    /// server path beyond the own network, otherwise low.
    ///
    /// ## When it is innocent
    /// Text pasted from web pages and newsletters.
    ///
    /// ## References
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(crate) const REMOTE_IMAGE = {
        id: "remote-image",
        title: "a picture of the document lies on another machine",
        ja: "文書内の画像が外部のサーバーに置かれています",
        why_ja: "文書を開いたことが外部に伝わります。サーバー共有への参照の場合は認証情報が漏れるおそれがあります。",
        severity: Low,
        facet: Network,
        confidence: High,
        attack: ["T1187"],
    }
}
