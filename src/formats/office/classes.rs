//! Findings on the classes of embedded objects, shared by every format that names one: storages of compound files,
//! ActiveX parts of OOXML, objects in RTF.

use crate::finding_kind;
use crate::knowledge::clsids::{ClassKind, Clsid, KnownClass, class};
use crate::model::Location;
use crate::stage::Outcome;

/// Says what an embedded object's class is good for. Equation editors, packages and links are judged by their content
/// where that is read.
pub(crate) fn say_class(out: &mut Outcome<'_>, id: Clsid, at: Location) {
    if let Some(known) = class(id) {
        say_known(out, known, at);
    }
}

/// As [`say_class`], for a class that is named.
pub(crate) fn say_known(out: &mut Outcome<'_>, known: &KnownClass, at: Location) {
    let cve = if known.cve.is_empty() { String::new() } else { format!(" ({})", known.cve.join(", ")) };
    let observed = format!("{} {{{}}}{cve}", known.name, known.clsid());
    match known.kind {
        ClassKind::Script => out.raise(DANGEROUS_CLASS, at, observed),
        ClassKind::Browser | ClassKind::Flash | ClassKind::Exploited => out.raise(RISKY_CLASS, at, observed),
        ClassKind::Equation | ClassKind::Package | ClassKind::Link | ClassKind::Forms | ClassKind::Program => {}
    }
}

finding_kind! {
    /// ## What it is
    /// The document embeds an object of a class that runs scripts or programs, or opens whatever it is pointed to: a
    /// script or SOAP moniker, an HTML application, a shell link, the Explorer window.
    ///
    /// ## Why it matters
    /// Such objects are how a document starts code without a macro when it is opened or its object is activated
    /// (CVE-2017-0199, CVE-2017-8570, CVE-2017-8759, CVE-2026-21509).
    ///
    /// ## How we see it
    /// The class id of a storage, an ActiveX part or an OLE1 header is in the table of classes with kind `script`.
    ///
    /// ## When it is innocent
    /// No document program writes these into documents meant to be mailed.
    ///
    /// ## References
    /// - ATT&CK T1559.001, Component Object Model: https://attack.mitre.org/techniques/T1559/001/
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(crate) const DANGEROUS_CLASS = {
        id: "ole-dangerous-class",
        title: "an embedded object is of a class that runs scripts or programs",
        ja: "スクリプトやプログラムを実行する種類のオブジェクトが埋め込まれています",
        why_ja: "文書を開くだけでコードが動く攻撃に使われる種類のオブジェクトで、業務文書に埋め込まれることはありません。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1559.001", "T1203"],
    }
}

finding_kind! {
    /// ## What it is
    /// The document embeds a control that shows web pages, plays Flash, or belongs to libraries known for memory
    /// corruption.
    ///
    /// ## Why it matters
    /// These controls load when the document does, and were the target of many exploits (CVE-2012-0158, Flash until
    /// 2020). A browser control fetches its page without asking.
    ///
    /// ## How we see it
    /// The class id of a storage or an ActiveX part is in the table of classes with kind `browser`, `flash` or
    /// `exploited`.
    ///
    /// ## When it is innocent
    /// Older in-house Excel tools use list and tree controls; slides of the 2000s have Flash.
    ///
    /// ## References
    /// - CVE-2012-0158: https://nvd.nist.gov/vuln/detail/CVE-2012-0158
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(crate) const RISKY_CLASS = {
        id: "ole-risky-class",
        title: "an embedded object is of a class often attacked",
        ja: "攻撃に悪用されやすい種類のオブジェクトが埋め込まれています",
        why_ja: "古いコントロールや閲覧用コントロールは、文書を開いたときの攻撃に悪用されてきました。",
        severity: Medium,
        facet: Exploit,
        confidence: Medium,
        attack: ["T1203"],
    }
}
