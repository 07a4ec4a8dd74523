//! What indicators show beside themselves: addresses made to be misread.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of this folder.
pub(super) const KINDS: Kinds = &[HIDES_HOST, HOST_OBFUSCATED, DOMAIN_CONFUSABLE];

finding_kind! {
    /// ## What it is
    /// A URL has another host's name before its real host: `http://www.example.com@192.0.2.1/`.
    ///
    /// ## Why it matters
    /// What stands before the `@` is a user name and leads nowhere; readers take it for the site.
    ///
    /// ## How we see it
    /// A URL parser finds a user name that itself reads as a host name.
    ///
    /// ## When it is innocent
    /// User names that are mail addresses, in links to file servers.
    ///
    /// ## References
    /// - RFC 3986 §7.6, Semantic Attacks: https://www.rfc-editor.org/rfc/rfc3986#section-7.6
    pub(super) const HIDES_HOST = {
        id: "url-hides-host-behind-userinfo",
        title: "a link shows another site's name before its real host",
        ja: "リンクの見かけのサイト名と実際の接続先が異なります",
        why_ja: "「@」より前は接続先ではありません。見慣れた名前を前に置いて別のサイトへ誘導する手口です。",
        severity: Low,
        facet: Deceive,
        confidence: High,
        attack: ["T1036"],
    }
}

finding_kind! {
    /// ## What it is
    /// A link's host is written so that it cannot be read: as a number, in octal or hexadecimal, or percent-encoded.
    ///
    /// ## Why it matters
    /// Browsers understand `http://3221225985/` and `http://0xC0.0x0.0x2.0x1/`; people and many filters do not.
    ///
    /// ## How we see it
    /// The host is parsed as browsers do (WHATWG) and its spelling compared with the result.
    ///
    /// ## When it is innocent
    /// No mail program or office writes such links. Test data of URL parsers does.
    ///
    /// ## References
    /// - WHATWG URL Standard, host parsing: https://url.spec.whatwg.org/#host-parsing
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const HOST_OBFUSCATED = {
        id: "url-host-obfuscated",
        title: "a link's host is written so that it cannot be read",
        ja: "リンクの接続先が数値などの読めない形で書かれています",
        why_ja: "通常のメールや文書がこのような書き方をすることはありません。検査や人の目を逃れるための書き方です。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// A domain name mixes letters of scripts that no language mixes, or is made of look-alikes of Latin letters.
    ///
    /// ## Why it matters
    /// `аррӏе.com` in Cyrillic letters shows as another company's name; `example.comんa.example.net` shows a slash
    /// where there is none.
    ///
    /// ## How we see it
    /// Each label is decoded from punycode; letters of two alphabets, or a label of Cyrillic or Greek look-alikes only,
    /// or a lone slash-like kana among Latin letters, are reported. Japanese names (kanji, kana, Latin) are not.
    ///
    /// ## When it is innocent
    /// Short Russian or Greek words all of whose letters look Latin.
    ///
    /// ## References
    /// - UTS #39, Unicode Security Mechanisms: https://www.unicode.org/reports/tr39/
    /// - ATT&CK T1036, Masquerading: https://attack.mitre.org/techniques/T1036/
    pub(super) const DOMAIN_CONFUSABLE = {
        id: "domain-confusable",
        title: "a domain name is made of letters that look like others",
        ja: "別の文字に見える文字を使ったドメイン名があります",
        why_ja: "正規のサイトとそっくりに見える偽のドメインへ誘導する手口です。",
        severity: Medium,
        facet: Deceive,
        confidence: High,
        attack: ["T1036", "T1583.001"],
    }
}
