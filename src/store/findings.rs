//! Findings that need a memory.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds the history raises.
pub const KINDS: Kinds = &[FIRST_SEEN_SENDER, BOUNCED_SENDER_OF_ATTACHMENT];

finding_kind! {
    /// ## What it is
    /// The author's address has not written before, though others of its domain have.
    ///
    /// ## Why it matters
    /// Whoever writes in the name of a partner often invents a person there. The mail that opened JTB in 2016 came under the
    /// domain of a partner everybody knew, from an address nobody had had a mail from.
    ///
    /// ## How we see it
    /// The daemon remembers, as keyed digests, which addresses wrote. Domains where anyone can have an address are left out. It
    /// is information for the reader and never changes the verdict.
    ///
    /// ## When it is innocent
    /// New colleagues, other departments, and everything in the first weeks of a history.
    ///
    /// ## References
    /// - ATT&CK T1684.001, Impersonation: https://attack.mitre.org/techniques/T1684/001/
    pub const FIRST_SEEN_SENDER = {
        id: "first-seen-sender",
        title: "the first mail from this address, in a domain that has written before",
        ja: "取引のあるドメインの、初めてのアドレスからのメールです",
        why_ja: "取引先のドメインで架空の担当者を名乗る手口があります。心当たりのない相手なら、電話など別の手段で確認してください。",
        severity: Info,
        facet: Identity,
        confidence: High,
        attack: ["T1684.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A delivery report says that an address does not take mail, and that address had sent a mail with an attachment within
    /// the last fourteen days.
    ///
    /// ## Why it matters
    /// A sender that cannot be answered was likely never there. In the breach of JTB in 2016 the answer to the mail came back
    /// minutes later, four days before anybody looked. The verdict of that earlier mail is raised by one level if it had 25
    /// points or more, and `sekisho quarantine alerts` lists it if it was let through.
    ///
    /// ## How we see it
    /// The failed recipients of delivery reports (RFC 3464) that come with an empty reverse path, and the messages they return
    /// or answer, are looked up in the history.
    ///
    /// ## When it is innocent
    /// Addresses that only send, people who have left, full mailboxes.
    ///
    /// ## References
    /// - RFC 3464, delivery status notifications: https://www.rfc-editor.org/rfc/rfc3464
    /// - ATT&CK T1684.002, Email Spoofing: https://attack.mitre.org/techniques/T1684/002/
    pub const BOUNCED_SENDER_OF_ATTACHMENT = {
        id: "bounced-sender-of-attachment",
        title: "mail to an address that had sent an attachment comes back as undeliverable",
        ja: "最近添付ファイルを送ってきたアドレス宛てのメールが、宛先不明で戻ってきました",
        why_ja: "返信の届かない差出人は、なりすましの有力な手がかりです。そのアドレスから届いた添付ファイルは開かず、開いた人がいないか確認してください。",
        severity: Info,
        facet: Identity,
        confidence: High,
        attack: ["T1684.002"],
    }
}
