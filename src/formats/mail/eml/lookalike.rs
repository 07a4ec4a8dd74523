//! Senders whose domain looks like another.

use unicode_security::RestrictionLevelDetection as _;
use unicode_security::confusable_detection::skeleton;
use unicode_security::restriction_level::RestrictionLevel;

use crate::finding_kind;
use crate::formats::mail::address::organisation;
use crate::knowledge::senders;
use crate::model::Location;
use crate::stage::Outcome;

use super::authored::of_field;
use super::header::Headers;

finding_kind! {
    /// ## What it is
    /// The sender's domain is not, but looks like, a domain of the recipient's organisation, of a partner, or of a company
    /// that is often imitated.
    ///
    /// ## Why it matters
    /// A look-alike domain passes SPF, DKIM and DMARC, because it is the sender's own. A reader sees the name he knows.
    ///
    /// ## How we see it
    /// The registered name in From and Reply-To is compared with the domains given as own and partner's and with a table
    /// of imitated ones: one or two letters added, missing, exchanged or turned around (one, against the table), or the
    /// same skeleton by Unicode's table of confusable characters. Short names, and the same name under another suffix, are
    /// left out.
    ///
    /// ## When it is innocent
    /// Sister companies, and names that happen to be close. It is never enough alone.
    ///
    /// ## References
    /// - UTS #39, confusable detection: https://www.unicode.org/reports/tr39/#Confusable_Detection
    /// - ATT&CK T1583.001, Acquire Infrastructure: Domains: https://attack.mitre.org/techniques/T1583/001/
    pub(super) const MAIL_SENDER_LOOKALIKE = {
        id: "mail-sender-lookalike",
        title: "the sender's domain looks like one that is known to the recipient",
        ja: "差出人のドメインが、自社・取引先・有名企業のドメインに酷似しています",
        why_ja: "一文字違いなどの紛らわしいドメインは、送信ドメイン認証に合格したうえで受信者の目を欺きます。",
        severity: Medium,
        facet: Identity,
        confidence: Medium,
        attack: ["T1583.001", "T1684.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// The sender's domain is written in letters of several alphabets, or in letters of another alphabet that all look
    /// like Latin ones.
    ///
    /// ## Why it matters
    /// `аnа.example` with Cyrillic letters cannot be told from `ana.example` by eye.
    ///
    /// ## How we see it
    /// Each label is decoded from punycode. More than the "highly restrictive" level of UTS #39 allows is said (Japanese
    /// with Latin letters is allowed), and so is a label of one foreign alphabet whose skeleton is ASCII.
    ///
    /// ## When it is innocent
    /// Not known for mixed labels; a short word in Cyrillic or Greek may happen to look Latin.
    ///
    /// ## References
    /// - UTS #39, restriction-level detection: https://www.unicode.org/reports/tr39/#Restriction_Level_Detection
    /// - ATT&CK T1036, Masquerading: https://attack.mitre.org/techniques/T1036/
    pub(super) const MAIL_SENDER_MIXED_SCRIPTS = {
        id: "mail-sender-mixed-scripts",
        title: "the sender's domain mixes alphabets that look alike",
        ja: "差出人のドメインに、見分けのつかない他の文字体系の文字が使われています",
        why_ja: "英字に似たキリル文字などを使い、別のドメインに見せかけています。",
        severity: Medium,
        facet: Identity,
        confidence: High,
        attack: ["T1036", "T1684.001"],
    }
}

/// Names shorter than this are close to too many others.
const SHORTEST: usize = 5;
/// Domains compared with at most, of those given.
const MAX_KNOWN: usize = 10_000;

pub(super) fn check(headers: &Headers, out: &mut Outcome<'_>) {
    for field in ["From", "Reply-To"] {
        let Some(domain) = of_field(headers, field).first().and_then(|mailbox| mailbox.domain().map(str::to_owned))
        else {
            continue;
        };
        let (shown, _) = idna::domain_to_unicode(&domain);
        let at = || Location::part(format!("header {field}"));
        if let Some(label) = shown.split('.').find(|label| is_confusable(label)) {
            let written = if shown == domain { String::new() } else { format!(", written {domain}") };
            out.raise(MAIL_SENDER_MIXED_SCRIPTS, at(), format!("{label} in {shown}{written}"));
        }
        if let Some((known, whose)) = imitated(&shown, &domain, out.site()) {
            out.raise(MAIL_SENDER_LOOKALIKE, at(), format!("{shown} looks like {known}, {whose}"));
        }
    }
}

/// Whether a label would be taken for another by its looks.
fn is_confusable(label: &str) -> bool {
    const LONGEST: usize = 63;
    if label.is_ascii() || label.chars().count() > LONGEST {
        return false;
    }
    let is_mixed = label.detect_restriction_level() > RestrictionLevel::HighlyRestrictive;
    is_mixed || skeleton(label).all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The known domain that the sender's looks like.
fn imitated(shown: &str, domain: &str, site: &crate::model::Site) -> Option<(String, &'static str)> {
    let own = organisation(domain);
    let given = site.own_domains.iter().map(|known| (known, "a domain of your own", 2usize));
    let partners = site.partner_domains.iter().map(|known| (known, "a partner's domain", 2));
    let table = senders::imitated().iter().map(|known| (known, "a domain often imitated", 1));
    let all: Vec<(String, &str, usize)> = given
        .chain(partners)
        .take(MAX_KNOWN)
        .chain(table)
        .map(|(known, whose, most)| (organisation(known), whose, most))
        .collect();
    if all.iter().any(|(known, _, _)| *known == own) || senders::is_free_mail(&own) {
        return None;
    }
    let name = name_of(&organisation(shown));
    all.into_iter()
        .find(|(known, _, most)| {
            let theirs = name_of(known);
            is_near(&name, &theirs, *most)
        })
        .map(|(known, whose, _)| (known, whose))
}

/// The registered name, without its public suffix.
fn name_of(organisation: &str) -> String {
    organisation.split('.').next().unwrap_or(organisation).to_lowercase()
}

fn is_near(name: &str, known: &str, most: usize) -> bool {
    const LONGEST: usize = 63;
    let length = known.chars().count();
    if name == known || !(SHORTEST..=LONGEST).contains(&length) || name.chars().count() > LONGEST {
        return false;
    }
    let same_looks = || skeleton(name).flat_map(char::to_lowercase).eq(skeleton(known).flat_map(char::to_lowercase));
    // Two letters of eight are as good as none, and of five letters one is: `apples` is a word.
    let most = match length {
        ..6 => most.saturating_sub(1),
        6..9 => most.min(1),
        _ => most,
    };
    same_looks() || distance(name, known, most) <= most
}

/// How many letters are added, missing, exchanged or turned around (optimal string alignment); beyond `most` only that
/// it is more.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return most.saturating_add(1);
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, ours) in a.iter().enumerate() {
        let mut next = vec![row.saturating_add(1)];
        for (column, theirs) in b.iter().enumerate() {
            let value = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let cost = usize::from(ours != theirs);
            let mut best = value(&last, column.saturating_add(1)).saturating_add(1);
            best = best.min(value(&next, column).saturating_add(1));
            best = best.min(value(&last, column).saturating_add(cost));
            let turned = row.checked_sub(1).and_then(|row| a.get(row)) == Some(theirs)
                && column.checked_sub(1).and_then(|column| b.get(column)) == Some(ours);
            if turned && column > 0 {
                best = best.min(value(&before, column.saturating_sub(1)).saturating_add(1));
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::mail::eml::analyze::tests::observed_at;
    use crate::model::Site;
    use sekisho_samples::mail::Eml;

    fn seen(from: &str, id: &str) -> Vec<String> {
        let site = Site {
            own_domains: vec!["example.org".to_owned()],
            partner_domains: vec!["yamatravel.example.com".to_owned()],
            ..Site::default()
        };
        observed_at(&Eml::new().header("From", from).text_body("us-ascii", "hi").build(), id, site)
    }

    #[test]
    fn names_close_to_known_ones_are_said() {
        let id = "mail-sender-lookalike";
        assert_eq!(seen("a@exarnple.net", id), ["exarnple.net looks like example.org, a domain of your own"]);
        for domain in
            ["examp1e.net", "exmaple.com", "examples.net", "micros0ft.com", "rnicrosoft.com", "xn--exmple-4nf.com"]
        {
            assert_eq!(seen(&format!("a@{domain}"), id).len(), 1, "{domain}");
        }
    }

    #[test]
    fn known_ones_themselves_and_strangers_are_not() {
        let id = "mail-sender-lookalike";
        for domain in [
            "example.org",
            "mail.example.org",
            "example.net",
            "microsoft.com",
            "gmail.com",
            "sample-shop.net",
            "apples.jp",
        ] {
            assert!(seen(&format!("a@{domain}"), id).is_empty(), "{domain}");
        }
    }

    #[test]
    fn alphabets_that_are_mixed_are_said_and_japanese_is_not() {
        let id = "mail-sender-mixed-scripts";
        assert_eq!(seen("a@xn--n-7sbb.example.net", id).len(), 1);
        assert_eq!(seen("a@\u{440}\u{430}\u{443}\u{440}\u{430}.com", id).len(), 1);
        for domain in ["xn--zcr549gxdf.jp", "日本語tour.jp", "müller.de", "example.com", "ロボット一番.jp"] {
            assert!(seen(&format!("a@{domain}"), id).is_empty(), "{domain}");
        }
    }

    #[test]
    fn distances_count_turned_letters_once() {
        assert_eq!(distance("example", "exmaple", 2), 1);
        assert_eq!(distance("example", "exmple", 2), 1);
        assert_eq!(distance("example", "eaxmpel", 2), 2);
        assert!(distance("example", "sample-shop", 2) > 2);
    }
}
