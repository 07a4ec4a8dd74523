//! What an RTF shows of its own; objects, fields and targets are said as in other documents.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// The RTF holds an embedded or linked object; high if it loads without a click.
    ///
    /// ## Why it matters
    /// Objects in RTF carry the equation editor exploits and links to remote documents that were mailed in numbers from
    /// 2017 on.
    ///
    /// ## How we see it
    /// The control words \objupdate and \objautlink in the group of an object, or outside any; else object data. What
    /// the objects are is said by other findings.
    ///
    /// ## When it is innocent
    /// Tables and drawings pasted from other programs (low). Word itself writes \objautlink where a table is linked to
    /// a workbook.
    ///
    /// ## References
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const RTF_OBJECT = {
        id: "rtf-object",
        title: "the RTF holds an object that it loads",
        ja: "RTF文書にオブジェクトが埋め込まれています",
        why_ja: "RTFのオブジェクトは、開いただけで攻撃コードを動かす手口に多用されてきました。",
        severity: High,
        facet: Exploit,
        confidence: Medium,
        attack: ["T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// The RTF names a template on the web or on another machine's share.
    ///
    /// ## Why it matters
    /// Word fetches and opens it with the document; what it holds is not in the mail ("RTF template injection", 2021).
    ///
    /// ## How we see it
    /// The destination \*\template with a web address or server path, escapes undone. Weighted low for a server of the
    /// own network.
    ///
    /// ## When it is innocent
    /// Templates on a company's own server, inside it.
    ///
    /// ## References
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    pub(super) const RTF_TEMPLATE = {
        id: "rtf-remote-template",
        title: "the RTF fetches a template from elsewhere",
        ja: "RTF文書が外部のテンプレートを読み込みます",
        why_ja: "文書を開くと、検査されていない外部のファイルが読み込まれます。",
        severity: High,
        facet: Network,
        confidence: High,
        attack: ["T1221"],
    }
}

finding_kind! {
    /// ## What it is
    /// The RTF's header is not what writers write.
    ///
    /// ## Why it matters
    /// Word accepts `{\rt` followed by anything; filters that look for `{\rtf1` do not.
    ///
    /// ## How we see it
    /// The first characters.
    ///
    /// ## When it is innocent
    /// Very old or very careless writers.
    ///
    /// ## References
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(super) const RTF_HEADER = {
        id: "rtf-header-odd",
        title: "the RTF's header is not what writers write",
        ja: "RTFのヘッダーが通常と異なります",
        why_ja: "検査を逃れるための細工に使われる書き方です。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// The digits of an embedded object are broken up or disguised.
    ///
    /// ## Why it matters
    /// Word reads the object all the same; programs that look for its digits do not find it. Writers write digits and
    /// line ends and nothing else, so this is done by hand.
    ///
    /// ## How we see it
    /// Between the digits of object data stand control words, groups, `\\'hh`, `\\bin`, other objects, long blanks or
    /// characters that are no digits; a digit is missing; `\\bin` has an impossible length; or the object's header lies
    /// about its names and sizes. Weighted high from two such signs on, else medium.
    ///
    /// ## When it is innocent
    /// A file damaged on its way may show one sign.
    ///
    /// ## References
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    /// - MS-OLEDS 2.2, OLE1.0 Format Structures
    pub(super) const RTF_OBJECT_DISGUISED = {
        id: "rtf-object-disguised",
        title: "the data of an embedded object is written to be overlooked",
        ja: "埋め込みオブジェクトのデータが、検査を逃れるように書かれています",
        why_ja: "通常のソフトは16進数字だけを書きます。制御語などで分断されたデータは、攻撃用に手で細工されたものです。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// The RTF holds an equation and a packed file with content that no program would open.
    ///
    /// ## Why it matters
    /// The file is put into the folder for temporary files when the document opens, and the exploit in the equation
    /// decodes and starts it. Builders shared by several groups that spy on Japan and its neighbours make such documents
    /// ("Royal Road", `8.t`).
    ///
    /// ## How we see it
    /// Among the objects are one of the equation editor and a package whose file is named `*.t`, or has neither an
    /// extension nor content that is known.
    ///
    /// ## When it is innocent
    /// Never seen: texts with equations have no use for such files.
    ///
    /// ## References
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(super) const RTF_PACKAGE_WITH_EQUATION = {
        id: "rtf-package-with-equation",
        title: "the RTF brings an equation object and a file for it to decode",
        ja: "数式オブジェクトと、それに復号させるファイルが一緒に埋め込まれています",
        why_ja: "日本を狙う複数の攻撃グループが共有する作成ツール（Royal Road）の文書の形です。開かないでください。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1203", "T1027.009"],
    }
}

finding_kind! {
    /// ## What it is
    /// The font table has more entries than Word can count.
    ///
    /// ## Why it matters
    /// This is CVE-2023-21716: from 32,768 fonts on Word wrote outside its table, which could run code, in the preview
    /// too.
    ///
    /// ## How we see it
    /// Words `\\f` inside font tables are counted.
    ///
    /// ## When it is innocent
    /// Never: no document names so many fonts.
    ///
    /// ## References
    /// - CVE-2023-21716: https://nvd.nist.gov/vuln/detail/CVE-2023-21716
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const RTF_FONT_TABLE_OVERFLOW = {
        id: "rtf-font-table-overflow",
        title: "the RTF's font table is larger than Word can hold",
        ja: "フォント表がWordの限界を超えています",
        why_ja: "表示しただけでWordの脆弱性（CVE-2023-21716）を突く攻撃の形です。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        attack: ["T1203"],
    }
}
