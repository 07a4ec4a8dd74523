//! A sender that cannot be answered: mail to it came back, and it had sent an attachment.

use std::collections::BTreeSet;

use crate::finding_kind;
use crate::formats::mail::eml::{AUTHOR, BOUNCED};
use crate::model::{ArtifactPath, ArtifactTree, Finding, Location};
use crate::stage::{Correlator, Kinds};

/// Looks for messages whose author's address bounced.
pub(super) struct Bounced;

finding_kind! {
    /// ## What it is
    /// The message brings an attachment, and a delivery report among the same messages says that its author's address does
    /// not exist.
    ///
    /// ## Why it matters
    /// A forged sender is often an address that was never there. In the breach of JTB in 2016 the operator's answer to
    /// the mail came back minutes later, four days before anybody looked.
    ///
    /// ## How we see it
    /// The failed recipients of delivery reports (RFC 3464) are compared with the authors of the other messages of the same
    /// scan.
    ///
    /// ## When it is innocent
    /// Addresses that only send, and people who have left.
    ///
    /// ## References
    /// - RFC 3464, delivery status notifications: https://www.rfc-editor.org/rfc/rfc3464
    /// - ATT&CK T1684.002, Email Spoofing: https://attack.mitre.org/techniques/T1684/002/
    pub(super) const MAIL_SENDER_BOUNCED = {
        id: "mail-sender-bounced",
        title: "mail to the sender's address comes back as undeliverable",
        ja: "差出人のアドレス宛てのメールが宛先不明で戻ってきています",
        why_ja: "実在しないアドレスを名乗って添付ファイルを送っています。返信が届かない差出人は、なりすましの有力な手がかりです。",
        severity: Medium,
        facet: Identity,
        confidence: High,
        attack: ["T1684.002"],
    }
}

impl Correlator for Bounced {
    fn findings(&self) -> Kinds {
        &[MAIL_SENDER_BOUNCED]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        let bounced: BTreeSet<&str> = tree.records().iter().flat_map(|record| record.facts(BOUNCED)).collect();
        if bounced.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for record in tree.records() {
            let Some(author) = record.facts(AUTHOR).find(|author| bounced.contains(author)) else { continue };
            let has_file = tree.children(&record.path).any(|child| child.origin.is_file && child.size > 0);
            if has_file {
                let observed = format!("a delivery report says {author} does not take mail");
                found.push((
                    record.path.clone(),
                    super::finding(MAIL_SENDER_BOUNCED, Location::part("header From"), observed),
                ));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;
    use crate::model::{Fact, Record};

    fn with(mut record: Record, key: &'static str, value: &str) -> Record {
        record.facts.push(Fact { key, value: value.to_owned() });
        record
    }

    fn found(bounced: &str, has_file: bool) -> Vec<String> {
        let mut records = vec![
            record(&[], "inbox.mbox", "mbox"),
            with(record(&[0], "a.eml", "eml"), AUTHOR, "yamada@air.example.com"),
            with(record(&[1], "b.eml", "eml"), BOUNCED, bounced),
        ];
        if has_file {
            let mut file = record(&[0, 0], "a.zip", "zip");
            file.size = 9;
            records.push(file);
        }
        Bounced.correlate(&ArtifactTree::new(records)).into_iter().map(|(path, _)| path.to_string()).collect()
    }

    #[test]
    fn an_author_whose_address_bounced_is_said() {
        assert_eq!(found("yamada@air.example.com", true), ["0.0"]);
    }

    #[test]
    fn other_addresses_and_messages_without_attachment_are_not() {
        assert!(found("sato@air.example.com", true).is_empty());
        assert!(found("yamada@air.example.com", false).is_empty());
    }
}
