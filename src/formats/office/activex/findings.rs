//! What the data of a control shows.

use crate::finding_kind;

finding_kind! {
    /// ## What it is
    /// A control of the document carries a large block of data that repeats itself.
    ///
    /// ## Why it matters
    /// Exploits fill the memory of Office with their code, so that a wrong jump lands in it. Before scripts could do that
    /// in documents, and where they cannot, dozens of controls that share such a block do it (CVE-2013-3906,
    /// CVE-2012-0158).
    ///
    /// ## How we see it
    /// From 128 KiB on, nearly every byte equals the one 4, 4,096 or 65,536 bytes later, and most are neither zero nor
    /// 0xFF. Weighted high if the class is one known for memory corruption. Controls of forms are left out.
    ///
    /// ## When it is innocent
    /// Controls of special programs that store pictures of one colour.
    ///
    /// ## References
    /// - CVE-2013-3906: https://nvd.nist.gov/vuln/detail/CVE-2013-3906
    /// - ATT&CK T1203, Exploitation for Client Execution: https://attack.mitre.org/techniques/T1203/
    pub(super) const ACTIVEX_SPRAYS_MEMORY = {
        id: "activex-sprays-memory",
        title: "a control's data is there to fill memory",
        ja: "コントロールのデータが、メモリを埋めるための繰り返しになっています",
        why_ja: "Officeの脆弱性を突く攻撃は、同じデータでメモリを埋めて攻撃コードを動かします。通常の文書にはありません。",
        severity: High,
        facet: Exploit,
        confidence: High,
        attack: ["T1203"],
    }
}
