//! Invitations sent by another than the organizer they name.

use crate::finding_kind;
use crate::formats::mail::address::{domain_of, mailboxes, organisation};
use crate::formats::mail::eml::AUTHOR;
use crate::model::{ArtifactPath, ArtifactTree, Finding, Location, Record};
use crate::stage::{Correlator, Kinds};

/// Looks for invitations in messages of strangers.
pub(super) struct Invitation;

finding_kind! {
    /// ## What it is
    /// An invitation with a link or a file names an organizer of another organisation than the message's author.
    ///
    /// ## Why it matters
    /// Calendars show invitations before anyone accepts them, without the mail they came in: the organizer's name is all
    /// a reader sees, and anyone can write it.
    ///
    /// ## How we see it
    /// METHOD is REQUEST or PUBLISH; the calendar holds an address or a file; the organisations (public suffix list) of
    /// ORGANIZER and of From differ, and Reply-To and Sender are not the organizer's either.
    ///
    /// ## When it is innocent
    /// Forwarded invitations and booking services. It is never enough alone.
    ///
    /// ## References
    /// - RFC 5546, iTIP: https://www.rfc-editor.org/rfc/rfc5546
    /// - ATT&CK T1566.002, Spearphishing Link: https://attack.mitre.org/techniques/T1566/002/
    pub(super) const CALENDAR_FOREIGN_ORGANIZER = {
        id: "calendar-foreign-organizer",
        title: "the invitation names an organizer who did not send it",
        ja: "予定の招待に、メールの差出人とは異なる組織の主催者が書かれています",
        why_ja: "カレンダーには主催者の名前だけが表示されるため、信頼できる相手からの招待に見せかける手口に使われます。",
        severity: Low,
        facet: Network,
        confidence: Medium,
        attack: ["T1566.002"],
    }
}

impl Correlator for Invitation {
    fn findings(&self) -> Kinds {
        &[CALENDAR_FOREIGN_ORGANIZER]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        let mut found = Vec::new();
        for calendar in tree.records() {
            let Some(organizer) = calendar.facts("calendar-organizer").next() else { continue };
            let asks = calendar.facts("calendar-method").any(|method| matches!(method, "REQUEST" | "PUBLISH"));
            let has_file = tree.children(&calendar.path).any(|child| child.origin.is_file);
            let brings = has_file || calendar.facts("calendar-links").next().is_some();
            let Some(mail) = calendar.path.parent().and_then(|path| tree.get(&path)).filter(|_| asks && brings) else {
                continue;
            };
            let Some(author) = mail.facts(AUTHOR).next() else { continue };
            let wanted = domain_of(organizer).map(organisation);
            if wanted.is_some() && !organisations(mail, author).contains(&wanted) {
                let observed = format!("organizer {organizer}, author {author}");
                let at = Location::part("ORGANIZER");
                found.push((calendar.path.clone(), super::finding(CALENDAR_FOREIGN_ORGANIZER, at, observed)));
            }
        }
        found
    }
}

/// The organisations a message says it is from.
fn organisations(mail: &Record, author: &str) -> Vec<Option<String>> {
    let named = mail.facts("mail-reply-to").chain(mail.facts("mail-sender")).flat_map(mailboxes);
    let addresses = named.map(|mailbox| mailbox.address).chain([author.to_owned()]);
    addresses.map(|address| domain_of(&address).map(organisation)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;
    use crate::model::Fact;

    fn found(author: &str, reply_to: Option<&str>, links: bool) -> usize {
        let mut mail = record(&[], "a.eml", "eml");
        mail.facts.push(Fact { key: AUTHOR, value: author.to_owned() });
        mail.facts.extend(reply_to.map(|value| Fact { key: "mail-reply-to", value: value.to_owned() }));
        let mut calendar = record(&[0], "a.ics", "icalendar");
        let facts = [("calendar-method", "REQUEST"), ("calendar-organizer", "sato@example.com")];
        calendar.facts.extend(facts.map(|(key, value)| Fact { key, value: value.to_owned() }));
        if links {
            calendar.facts.push(Fact { key: "calendar-links", value: "1".to_owned() });
        }
        Invitation.correlate(&ArtifactTree::new(vec![mail, calendar])).len()
    }

    #[test]
    fn an_organizer_elsewhere_is_said() {
        assert_eq!(found("x@mailer.example.net", None, true), 1);
    }

    #[test]
    fn organizers_who_sent_it_or_are_answered_are_not() {
        assert_eq!(found("taro@mail.example.com", None, true), 0);
        assert_eq!(found("x@mailer.example.net", Some("Sato <sato@example.com>"), true), 0);
        assert_eq!(found("x@mailer.example.net", None, false), 0);
    }
}
