//! What Hangul documents can show.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// The document's script has code of its own.
    ///
    /// ## Why it matters
    /// It is JScript that runs when the document is opened or made, with what the program's objects can reach; with the
    /// security level lowered, without a question.
    ///
    /// ## How we see it
    /// `Scripts/DefaultJScript`, inflated, or the script parts of an HWPX file: a line that is neither a remark nor of the
    /// empty frame every document has. The script is given and examined as a part of its own.
    ///
    /// ## When it is innocent
    /// Forms of Korean offices and schools compute fields with scripts.
    ///
    /// ## References
    /// - Hancom, HWP Document File Formats 5.0, 3.2.4 Scripts: https://www.hancom.com/etc/hwpDownload.do
    /// - ATT&CK T1059.007, JavaScript: https://attack.mitre.org/techniques/T1059/007/
    pub(super) const HWP_SCRIPT = {
        id: "hwp-script",
        title: "the document's script has code of its own",
        ja: "ハングル文書にスクリプトのコードが含まれています",
        why_ja: "文書を開いたときにスクリプトが実行されることがあります。",
        severity: Medium,
        facet: Trigger,
        confidence: Medium,
        attack: ["T1059.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// A picture of the document is PostScript.
    ///
    /// ## Why it matters
    /// PostScript is a language; the program interpreted it when the document was opened (CVE-2013-0808, CVE-2015-2545,
    /// CVE-2017-0261 and others), and for years mails from Korea's north carried such pictures. Newer versions no longer
    /// read them.
    ///
    /// ## How we see it
    /// `%!PS` or the binary head of EPS in a `BinData` stream, after inflating, whatever its extension.
    ///
    /// ## When it is innocent
    /// Old documents with printed diagrams.
    ///
    /// ## References
    /// - CVE-2017-0261: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2017-0261
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const HWP_POSTSCRIPT = {
        id: "hwp-postscript",
        title: "a picture of the document is a PostScript program",
        ja: "ハングル文書にPostScriptの画像が含まれています",
        why_ja: "PostScriptはプログラムであり、文書を開くだけで攻撃コードが動く脆弱性に使われてきました。",
        severity: High,
        facet: Exploit,
        confidence: Medium,
        attack: ["T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// A link of the document starts a program or script of the machine or of a share.
    ///
    /// ## Why it matters
    /// The program unpacks objects of the document into the temporary folder as soon as it is opened; a transparent
    /// picture with a link to that file then runs it with one click.
    ///
    /// ## How we see it
    /// The command of a `%hlk` field names a file that Windows launches.
    ///
    /// ## When it is innocent
    /// Manuals for one machine. Links to other documents do not count.
    ///
    /// ## References
    /// - ATT&CK T1204.002, Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const HWP_LINK_RUNS = {
        id: "hwp-link-runs-file",
        title: "a link of the document starts a program of the machine",
        ja: "ハングル文書のリンクが端末上のプログラムを起動します",
        why_ja: "文書から一時フォルダーに展開されたファイルを、リンクのクリックで実行させる手口があります。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002"],
    }
}
