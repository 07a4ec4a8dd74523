//! The table and its exceptions.

use crate::config::{Action, Actions, Cause, Exception};

/// The action for a cause and these recipients: the strictest of theirs, and that of the table where there are none.
///
/// For each recipient the exception of its exact address counts, else that of its domain, else the table; each cause for
/// itself, so that an exception changes only the causes it names. Of several exceptions of the same rank the strictest
/// counts. A domain does not stand for its subdomains. Letter case does not matter; what follows a plus sign does, as
/// only the recipient's mail server knows what it means. A cause without an action is deferred.
pub fn action(actions: &Actions, cause: Cause, recipients: &[String]) -> Action {
    let of_table = actions.table.get(&cause).copied().unwrap_or(Action::Defer);
    let of_recipient = |recipient: &String| {
        let address = plain(recipient);
        let domain = address.rsplit_once('@').map(|(_, domain)| format!("@{domain}"));
        let exact = strictest(&actions.exceptions, cause, &address);
        exact.or_else(|| strictest(&actions.exceptions, cause, &domain?)).unwrap_or(of_table)
    };
    recipients.iter().map(of_recipient).max().unwrap_or(of_table)
}

fn strictest(exceptions: &[Exception], cause: Cause, entry: &str) -> Option<Action> {
    let named = exceptions.iter().filter(|exception| exception.recipients.iter().any(|known| plain(known) == entry));
    named.filter_map(|exception| exception.actions.get(&cause)).max().copied()
}

/// An address as it is compared: lower case, without brackets, route (RFC 5321 section 4.1.2, appendix C), needless
/// quotes, and the dot that may end a domain.
fn plain(address: &str) -> String {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>').trim();
    let address = match address.split_once(':') {
        Some((route, address)) if route.starts_with('@') => address,
        _ => address,
    };
    let address = address.to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return address };
    let is_atom = |text: &str| !text.contains(|c: char| c.is_whitespace() || "\"\\(),:;<>@[]".contains(c));
    let bare = local.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|text| is_atom(text));
    format!("{}@{}", bare.unwrap_or(local), domain.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(exceptions: &[(&[&str], Action)]) -> Actions {
        let exceptions = exceptions
            .iter()
            .map(|(recipients, action)| Exception {
                recipients: recipients.iter().map(|recipient| (*recipient).to_owned()).collect(),
                actions: [(Cause::Suspicious, *action)].into(),
            })
            .collect();
        Actions { exceptions, ..Actions::default() }
    }

    fn of(actions: &Actions, recipients: &[&str]) -> Action {
        let recipients: Vec<String> = recipients.iter().map(|recipient| (*recipient).to_owned()).collect();
        action(actions, Cause::Suspicious, &recipients)
    }

    #[test]
    fn without_recipients_the_table_counts() {
        let actions = with(&[(&["@example.com"], Action::Reject)]);
        assert_eq!(of(&actions, &[]), Action::Quarantine);
        assert_eq!(of(&actions, &["a@example.net"]), Action::Quarantine);
    }

    #[test]
    fn the_strictest_recipient_decides() {
        let actions = with(&[(&["lax@example.com"], Action::Tag), (&["strict@example.com"], Action::Reject)]);
        assert_eq!(of(&actions, &["lax@example.com"]), Action::Tag);
        assert_eq!(of(&actions, &["lax@example.com", "other@example.com"]), Action::Quarantine);
        assert_eq!(of(&actions, &["lax@example.com", "strict@example.com"]), Action::Reject);
    }

    #[test]
    fn an_address_outranks_its_domain() {
        let actions = with(&[(&["@example.com"], Action::Reject), (&["lab@example.com"], Action::Tag)]);
        assert_eq!(of(&actions, &["lab@example.com"]), Action::Tag);
        assert_eq!(of(&actions, &["other@example.com"]), Action::Reject);
        let twice = with(&[(&["a@example.com"], Action::Tag), (&["a@example.com", "b@x"], Action::Defer)]);
        assert_eq!(of(&twice, &["a@example.com"]), Action::Defer);
    }

    #[test]
    fn an_exception_changes_only_what_it_names() {
        let actions = with(&[(&["a@example.com"], Action::Tag), (&["@example.com"], Action::Tag)]);
        assert_eq!(action(&actions, Cause::Malicious, &["a@example.com".to_owned()]), Action::Reject);
    }

    #[test]
    fn spellings_of_one_address() {
        let actions = with(&[(&["lab@example.com"], Action::Tag)]);
        let spellings = [
            "LAB@Example.COM",
            "<lab@example.com>",
            "lab@example.com.",
            "\"lab\"@example.com",
            "@relay:lab@example.com",
        ];
        for spelling in spellings {
            assert_eq!(of(&actions, &[spelling]), Action::Tag, "{spelling}");
        }
        for other in ["lab+x@example.com", "lab@sub.example.com", "xlab@example.com", "\"l ab\"@example.com", "lab"] {
            assert_eq!(of(&actions, &[other]), Action::Quarantine, "{other}");
        }
    }

    #[test]
    fn a_domain_is_not_its_subdomains_nor_its_endings() {
        let actions = with(&[(&["@example.com"], Action::Tag)]);
        assert_eq!(of(&actions, &["a@example.com"]), Action::Tag);
        assert_eq!(of(&actions, &["a@b@example.com"]), Action::Tag);
        for other in ["a@sub.example.com", "a@notexample.com", "a@example.com.evil.example", "a@example.co"] {
            assert_eq!(of(&actions, &[other]), Action::Quarantine, "{other}");
        }
    }

    #[test]
    fn a_cause_without_an_action_is_deferred() {
        let actions = Actions { table: Default::default(), ..Actions::default() };
        assert_eq!(action(&actions, Cause::Clean, &[]), Action::Defer);
    }
}
