//! Findings about whole scans that gave no answer.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of workers that failed.
pub const KINDS: Kinds = &[SCAN_CRASHED, SCAN_OUT_OF_MEMORY, SCAN_TIMED_OUT];

finding_kind! {
    /// ## What it is
    /// The process that read this input died on it.
    ///
    /// ## Why it matters
    /// Nothing is known of the input. Input that breaks scanners is sometimes made on purpose, to be let through unread or
    /// to take the scanner over.
    ///
    /// ## How we see it
    /// Every input is read by a confined process of its own. The report says by which signal or exit status it ended; all
    /// other inputs were read by others.
    ///
    /// ## When it is innocent
    /// Always possible: it is our defect, or somebody killed the process. Please report it with the sample's SHA-256.
    ///
    /// ## References
    /// - CWE-248, uncaught exception: https://cwe.mitre.org/data/definitions/248.html
    pub(super) const SCAN_CRASHED = {
        id: "scan-crashed",
        title: "the process that read this died on it; nothing is known of the content",
        ja: "検査プロセスがこの入力の処理中に異常終了したため、内容を確認できていません",
        why_ja: "内容は一切確認できていません。検査ソフトを停止させる、または乗っ取る目的で作られたファイルの可能性があります。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: [],
    }
}

finding_kind! {
    /// ## What it is
    /// Reading this input needed more memory than a worker process may have.
    ///
    /// ## Why it matters
    /// Nothing is known of the input. Files that unpack to far more than they are, or that announce huge tables, are made to
    /// exhaust scanners.
    ///
    /// ## How we see it
    /// The process has a ceiling of address space (`workers.memory` of the daemon). The allocation that went over it, or the
    /// kernel's own shortage of memory, ended the process.
    ///
    /// ## When it is innocent
    /// Very large honest archives and images. Raise the ceiling and scan again.
    ///
    /// ## References
    /// - CWE-789, memory allocation with excessive size value: https://cwe.mitre.org/data/definitions/789.html
    pub(super) const SCAN_OUT_OF_MEMORY = {
        id: "scan-out-of-memory",
        title: "reading this needed more memory than a scan may have; nothing is known of the content",
        ja: "検査に必要なメモリが上限を超えたため、内容を確認できていません",
        why_ja: "内容は一切確認できていません。検査ソフトのメモリを使い果たす目的で作られたファイルの可能性があります。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: ["T1499.004"],
    }
}

finding_kind! {
    /// ## What it is
    /// Reading this input was not finished at the deadline, and the process that read it was killed.
    ///
    /// ## Why it matters
    /// Nothing is known of the input. Input that keeps a scanner busy until the mail server gives up is let through unread
    /// by many installations.
    ///
    /// ## How we see it
    /// Whoever asks for a scan states until when. Scans keep their own, shorter limit and report what they read until then;
    /// only one that hangs, or a machine under heavy load, comes to this.
    ///
    /// ## When it is innocent
    /// A machine that is overloaded, or a deadline that is short for large inputs.
    ///
    /// ## References
    /// - CWE-834, excessive iteration: https://cwe.mitre.org/data/definitions/834.html
    pub(super) const SCAN_TIMED_OUT = {
        id: "scan-timed-out",
        title: "reading this was stopped at the deadline; nothing is known of the content",
        ja: "時間内に検査が終わらず打ち切ったため、内容を確認できていません",
        why_ja: "内容は一切確認できていません。検査を長引かせて見逃させる目的で作られたファイルの可能性があります。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: ["T1499.004"],
    }
}
