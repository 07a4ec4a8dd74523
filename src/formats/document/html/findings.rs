//! What a page can show.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of pages.
pub(super) const KINDS: Kinds = &[
    HTML_MONIKER_LINK,
    HTML_SHARE_LINK,
    HTML_LINK_TEXT_LIES,
    HTML_SMUGGLING,
    HTML_CREDENTIAL_FORM,
    HTML_CLICKFIX,
    HTML_REDIRECT_ONLY,
    HTML_TRACKING_PIXEL,
];

finding_kind! {
    /// ## What it is
    /// A link with a file: address that ends in an extension and an exclamation mark (`file://host/a.rtf!x`).
    ///
    /// ## Why it matters
    /// Outlook without the fix for CVE-2024-21413 follows it without a warning: it logs on to the sender's machine and
    /// opens the file in Word outside protected view.
    ///
    /// ## How we see it
    /// Any href or src whose target is a file: address with a short extension followed by `!`.
    ///
    /// ## When it is innocent
    /// Never: no mail program or office writes such a link.
    ///
    /// ## References
    /// - CVE-2024-21413: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2024-21413
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const HTML_MONIKER_LINK = {
        id: "html-moniker-link",
        title: "a link abuses Outlook's handling of file: addresses (CVE-2024-21413)",
        ja: "Outlookのfile:リンク処理の脆弱性を突くリンクがあります（CVE-2024-21413）",
        why_ja: "警告なしに外部のコンピューターへ認証情報が送られ、保護ビューを経ずに文書が開かれます。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1187", "T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// The page refers to a file on another machine's share.
    ///
    /// ## Why it matters
    /// Following it, Windows logs on to that machine and gives away the user's name and a hash of the password. Pictures
    /// and frames are followed as soon as the page is shown.
    ///
    /// ## How we see it
    /// UNC paths and file: addresses with a host; medium for links to click, high for what loads by itself.
    ///
    /// ## When it is innocent
    /// Mails inside one company link to its file server; the name of the server tells.
    ///
    /// ## References
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const HTML_SHARE_LINK = {
        id: "html-share-link",
        title: "the page refers to a file on another machine's share",
        ja: "ページが外部の共有フォルダーを参照しています",
        why_ja: "参照した時点で、ユーザー名とパスワードのハッシュが相手のコンピューターに送られます。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1187"],
    }
}

finding_kind! {
    /// ## What it is
    /// A link whose text is a web address of one organisation leads to another.
    ///
    /// ## Why it matters
    /// The reader trusts the address that is shown.
    ///
    /// ## How we see it
    /// The label is nothing but an address with a registered ending; its registrable domain differs from the target's.
    /// Low where the target is a known click counter or the label has no scheme, medium otherwise.
    ///
    /// ## When it is innocent
    /// Newsletters, whose links all go through a click counter.
    ///
    /// ## References
    /// - ATT&CK T1566.002, Spearphishing Link: https://attack.mitre.org/techniques/T1566/002/
    pub(super) const HTML_LINK_TEXT_LIES = {
        id: "html-link-text-lies",
        title: "a link shows one web address and leads to another",
        ja: "表示されているURLと実際のリンク先が異なります",
        why_ja: "見た目のURLを信用して、別のサイトへ誘導されるおそれがあります。",
        severity: Medium,
        facet: Deceive,
        confidence: Medium,
        attack: ["T1566.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// The page builds a file from text inside itself and hands it over as a download.
    ///
    /// ## Why it matters
    /// No file passes the mail filter or proxy: it comes into being in the browser ("HTML smuggling").
    ///
    /// ## How we see it
    /// The code decodes text, makes a Blob or File of it and saves it, and the page holds a long encoded string, or one
    /// that starts as an archive or program does. Words: `rules/indicators/html.toml`. What can be decoded is scanned too.
    ///
    /// ## When it is innocent
    /// Portals for encrypted mail send such pages; single-page programs save files this way, but do not carry them.
    ///
    /// ## References
    /// - ATT&CK T1027.006, HTML Smuggling: https://attack.mitre.org/techniques/T1027/006/
    pub(super) const HTML_SMUGGLING = {
        id: "html-smuggling",
        title: "the page builds a file from text inside itself and hands it over",
        ja: "ページ内の文字列からファイルを組み立ててダウンロードさせます",
        why_ja: "ファイルがブラウザーの中で作られるため、メールや通信の検査をすり抜けます（HTMLスマグリング）。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.006"],
    }
}

finding_kind! {
    /// ## What it is
    /// An attached page asks for a password.
    ///
    /// ## Why it matters
    /// A page opened from a file has no address a reader could check or a filter could block.
    ///
    /// ## How we see it
    /// A password field in a page that is an attachment or lies in an archive.
    ///
    /// ## When it is innocent
    /// Portals for encrypted mail; saved copies of sign-in pages.
    ///
    /// ## References
    /// - ATT&CK T1598.003, Spearphishing Link: https://attack.mitre.org/techniques/T1598/003/
    pub(super) const HTML_CREDENTIAL_FORM = {
        id: "html-credential-form",
        title: "the attached page asks for a password",
        ja: "添付されたHTMLがパスワードの入力を求めています",
        why_ja: "添付ファイルとして開く入力画面は、偽のログイン画面の典型的な手口です。",
        severity: Medium,
        facet: Deceive,
        confidence: High,
        attack: ["T1566.002", "T1598.003"],
    }
}

finding_kind! {
    /// ## What it is
    /// The page puts a command on the clipboard and tells the reader to paste it into Windows' Run box or a terminal.
    ///
    /// ## Why it matters
    /// The reader runs the attack by hand, past every filter ("ClickFix", "FileFix"), usually to prove not to be a robot.
    ///
    /// ## How we see it
    /// Code that writes to the clipboard, text that names the keys to press, and a command in the code. Without the
    /// command it is medium: the text may be put together at run time.
    ///
    /// ## When it is innocent
    /// Manuals with copy buttons do not ask to open the Run box.
    ///
    /// ## References
    /// - ATT&CK T1204.004, Malicious Copy and Paste: https://attack.mitre.org/techniques/T1204/004/
    pub(super) const HTML_CLICKFIX = {
        id: "html-clickfix",
        title: "the page puts a command on the clipboard and asks to run it",
        ja: "コマンドをクリップボードに入れ、実行するよう指示するページです",
        why_ja: "「Windowsキー＋R」などの操作で、利用者自身に不正なコマンドを実行させる手口です（ClickFix）。",
        severity: Critical,
        facet: Execute,
        confidence: High,
        decisive: true,
        attack: ["T1204.004"],
    }
}

finding_kind! {
    /// ## What it is
    /// An attached page shows nothing and only leads to another address.
    ///
    /// ## Why it matters
    /// The mail then holds no link that a filter could check.
    ///
    /// ## How we see it
    /// Next to no visible text, and a refresh or code that sets the location to a web address.
    ///
    /// ## When it is innocent
    /// Sign-on portals save such pages as stubs. A partner who wants to send a link writes it into the mail.
    ///
    /// ## References
    /// - ATT&CK T1566.002, Spearphishing Link: https://attack.mitre.org/techniques/T1566/002/
    pub(super) const HTML_REDIRECT_ONLY = {
        id: "html-redirect-only",
        title: "the attached page only leads to another address",
        ja: "添付されたHTMLは別のサイトへ転送するだけのものです",
        why_ja: "メール本文にリンクを書かずに、検査を避けて誘導する手口です。",
        severity: Medium,
        facet: Network,
        confidence: High,
        attack: ["T1566.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// The page loads an invisible picture from the web.
    ///
    /// ## Why it matters
    /// The sender learns when and where the mail was opened.
    ///
    /// ## How we see it
    /// A remote picture of one pixel or less.
    ///
    /// ## When it is innocent
    /// Nearly every newsletter.
    ///
    /// ## References
    /// - ATT&CK T1598, Phishing for Information: https://attack.mitre.org/techniques/T1598/
    pub(super) const HTML_TRACKING_PIXEL = {
        id: "html-tracking-pixel",
        title: "an invisible remote picture tells the sender that the mail was opened",
        ja: "開封を送信者に知らせる見えない画像があります",
        why_ja: "多くのメールマガジンでも使われるもので、単独では問題ありません。",
        severity: Info,
        facet: Network,
        confidence: High,
        attack: ["T1598"],
    }
}
