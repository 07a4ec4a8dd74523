//! What OpenDocument files can show.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// An event of the document starts a macro.
    ///
    /// ## Why it matters
    /// LibreOffice runs it when the document is opened, closed or touched by the pointer, after one question or none,
    /// depending on its settings. Events of the pointer need no click (CVE-2018-16858 was used so).
    ///
    /// ## How we see it
    /// `script:event-listener` elements of the document, its shapes, forms and dialogs. Info where a person has to
    /// click, medium otherwise. What the macro does is judged with its source.
    ///
    /// ## When it is innocent
    /// Forms of offices that work with LibreOffice fill in dates and numbers this way.
    ///
    /// ## References
    /// - ODF 1.3 part 3, 4.3 script:event-listener: https://docs.oasis-open.org/office/OpenDocument/v1.3/
    /// - ATT&CK T1059.005, Visual Basic: https://attack.mitre.org/techniques/T1059/005/
    pub(super) const MACRO_BOUND = {
        id: "odf-event-starts-macro",
        title: "an event of the document starts a macro",
        ja: "文書のイベントでマクロが起動します",
        why_ja: "文書を開く、閉じる、マウスを重ねるなどの操作でマクロが実行されます。",
        severity: Medium,
        facet: Trigger,
        confidence: High,
        attack: ["T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// The document starts a script that does not lie in it, but in LibreOffice's own folders or elsewhere on the disk.
    ///
    /// ## Why it matters
    /// LibreOffice trusted the scripts it came with: with a path that climbs out of their folder any Python file of the
    /// machine ran without a question (CVE-2018-16858), and LibreLogo ran whatever text the document held
    /// (CVE-2019-9848).
    ///
    /// ## How we see it
    /// `vnd.sun.star.script:` targets with `location=user`, `share` or `application`. Critical where the path climbs
    /// (`../`, escaped or not) or names a script known to run what it is given.
    ///
    /// ## When it is innocent
    /// Documents made for one machine use macros of its user; elsewhere they do nothing.
    ///
    /// ## References
    /// - CVE-2018-16858: https://www.libreoffice.org/about-us/security/advisories/cve-2018-16858/
    /// - CVE-2019-9848: https://www.libreoffice.org/about-us/security/advisories/cve-2019-9848/
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const MACRO_ELSEWHERE = {
        id: "odf-macro-elsewhere",
        title: "the document starts a script that does not lie in it",
        ja: "文書の外にあるスクリプトを起動します",
        why_ja: "LibreOfficeに付属するスクリプトや、ディスク上の任意のファイルを確認なしに実行させる脆弱性が悪用されたことがあります。",
        severity: High,
        facet: Exploit,
        confidence: High,
        attack: ["T1203", "T1059.006"],
    }
}

finding_kind! {
    /// ## What it is
    /// A link, frame or picture of the document has a command or macro of the office program as its target.
    ///
    /// ## Why it matters
    /// Such targets ran without a question in unpatched versions (CVE-2022-3140, CVE-2023-6186); a frame or picture is
    /// followed without a click.
    ///
    /// ## How we see it
    /// Targets with the schemes `commands` of `rules/indicators/opendocument.toml`: `macro:`, `vnd.sun.star.script:`,
    /// `vnd.libreoffice.command:`, `.uno:` and others. High for content that is loaded, medium for links, low for links
    /// to a macro of the document itself.
    ///
    /// ## When it is innocent
    /// Manuals and forms with a button-like link to a macro of their own.
    ///
    /// ## References
    /// - CVE-2022-3140: https://www.libreoffice.org/about-us/security/advisories/cve-2022-3140/
    /// - CVE-2023-6186: https://www.libreoffice.org/about-us/security/advisories/cve-2023-6186/
    pub(super) const COMMAND_LINK = {
        id: "odf-link-runs-command",
        title: "a link of the document runs a command of the office program",
        ja: "文書内のリンクがマクロやコマンドを実行します",
        why_ja: "リンクや画像の参照先にLibreOfficeのコマンドを指定し、マクロなどを実行させます。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.001", "T1203"],
    }
}
