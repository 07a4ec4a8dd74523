//! Findings of the engine itself: what kept it from reading everything.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds the engine raises.
pub const KINDS: Kinds = &[LIMIT_REACHED, STAGE_PANICKED, CONTAINS_ITSELF, ENCRYPTED_CONTENT];

finding_kind! {
    /// ## What it is
    /// Reading this artifact reached one of the scan's limits: bytes, expansion ratio, artifact count, depth or time.
    ///
    /// ## Why it matters
    /// What lies beyond the limit was not looked at. Senders of malware pad files and nest archives to get exactly
    /// there, because many scanners then say "clean". This one says "partial".
    ///
    /// ## How we see it
    /// Every byte is paid for from a budget while it is decoded. The finding names the limit that was reached first.
    ///
    /// ## When it is innocent
    /// Backups, disk images and log archives are large for honest reasons. Raise the limit and scan again.
    ///
    /// ## References
    /// - CWE-409, improper handling of highly compressed data: https://cwe.mitre.org/data/definitions/409.html
    pub const LIMIT_REACHED = {
        id: "limit-reached",
        title: "a limit of the scan was reached here; what lies beyond was not read",
        ja: "検査の上限に達したため、この先は検査していません",
        why_ja: "上限の先に何があるかは確認できていません。ファイルを巨大にしたり何重にも圧縮したりして、検査を逃れる攻撃があります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A stage of this program stopped on a programming error while reading this artifact.
    ///
    /// ## Why it matters
    /// The artifact was not read completely, and input that breaks scanners is sometimes made on purpose.
    ///
    /// ## How we see it
    /// Panics are caught around each stage of each artifact; all other stages and artifacts went on.
    ///
    /// ## When it is innocent
    /// Always possible: it is our defect. Please report it with the sample's SHA-256.
    ///
    /// ## References
    /// - CWE-248, uncaught exception: https://cwe.mitre.org/data/definitions/248.html
    pub const STAGE_PANICKED = {
        id: "stage-panicked",
        title: "the scanner failed on this artifact; it was not read completely",
        ja: "この部分の処理中にエラーが起き、一部を検査できませんでした",
        why_ja: "読めなかった内容は確認できていません。検査ソフトを誤動作させる目的で作られたファイルの可能性もあります。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: [],
    }
}

finding_kind! {
    /// ## What it is
    /// An archive holds itself: somewhere inside, the same bytes appear again.
    ///
    /// ## Why it matters
    /// Such a file (a "quine") unpacks for ever. It exists only to exhaust programs that unpack recursively.
    ///
    /// ## How we see it
    /// The SHA-256 of each artifact is compared with those of everything it lies in; a repeat is not unpacked again.
    ///
    /// ## When it is innocent
    /// Published curiosities such as the zip quine of 2010. Nobody mails one for work.
    ///
    /// ## References
    /// - R. Cox, Zip Files All The Way Down: https://research.swtch.com/zip
    pub(super) const CONTAINS_ITSELF = {
        id: "archive-contains-itself",
        title: "the archive contains itself and would unpack for ever",
        ja: "書庫が自分自身を含んでおり、際限なく展開されます",
        why_ja: "展開処理を終わらせないためだけに作られたファイルで、業務で送られることはありません。",
        severity: High,
        facet: Structure,
        confidence: High,
        attack: ["T1499"],
    }
}

finding_kind! {
    /// ## What it is
    /// Content is encrypted and none of the passwords at hand opened it.
    ///
    /// ## Why it matters
    /// Nobody but the recipient can see what is inside. Mailing a locked archive with its password is how Emotet,
    /// IcedID and others got past scanners in 2020, and also how many honest partners still send files.
    ///
    /// ## How we see it
    /// The container's own flags say so. Passwords were tried from the message's text, subject and file names, the
    /// command line, and a short list of common ones.
    ///
    /// ## When it is innocent
    /// Payroll, contracts and the Japanese habit of mailing a zip and its password apart (PPAP). Ask the sender for the
    /// password and scan again with `--password`.
    ///
    /// ## References
    /// - ATT&CK T1027.013, Encrypted/Encoded File: https://attack.mitre.org/techniques/T1027/013/
    pub(super) const ENCRYPTED_CONTENT = {
        id: "encrypted-content",
        title: "content is encrypted and could not be opened",
        ja: "暗号化されているため、中身を確認できません",
        why_ja: "中身を検査できていません。パスワード付き書庫は正規の取引でも攻撃でも使われます。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.013"],
    }
}
