//! What the sender's mail server is told (RFC 5321 section 4.2, RFC 3463): ASCII, one line.

use super::reason::reason;
use crate::config::{Action, Actions, Cause};
use crate::formats::mail::rewrite::fill;
use crate::gate::checkpoint::{Examined, Refused};
use crate::report::Language;

/// Characters of a reply's text; with the codes it fits the 512 octets of a reply line (RFC 5321 section 4.5.3.1.5).
const MAX_TEXT: usize = 400;

/// A reply to the end of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits: 451, 550 or 552.
    pub code: u16,
    /// The enhanced status code, `5.7.1`.
    pub enhanced: &'static str,
    /// Printable ASCII in one line, at most 400 characters. `%` is as it is; who speaks milter must double it.
    pub text: String,
}

impl Reply {
    /// The reply in one line: `550 5.7.1 …`.
    pub fn line(&self) -> String {
        format!("{} {} {}", self.code, self.enhanced, self.text)
    }
}

/// The reply to a mail that is refused for now or for good; none if it is taken.
pub(super) fn reply(
    action: Action,
    cause: Cause,
    outcome: &Result<Examined, Refused>,
    actions: &Actions,
) -> Option<Reply> {
    let (code, enhanced, template) = match action {
        Action::Accept | Action::Tag | Action::Replace | Action::Quarantine => return None,
        Action::Defer => (451, "4.7.1", "Message cannot be taken at the moment, please try again later"),
        Action::Reject => {
            let (code, enhanced, text) = refusal(cause);
            let own = Some(actions.reject_text.as_str()).filter(|text| !text.trim().is_empty());
            (code, enhanced, own.unwrap_or(text))
        }
    };
    let id = outcome.as_ref().map_or("none", |examined| examined.id.as_str());
    let text = fill(template, |key| match key {
        "id" => Some(id.to_owned()),
        "reason" => Some(reason(outcome, cause, Language::English)),
        _ => None,
    });
    Some(Reply { code, enhanced, text: one_line(&text) })
}

fn refusal(cause: Cause) -> (u16, &'static str, &'static str) {
    match cause {
        // RFC 3463 section 3.4: message too big for system.
        Cause::TooLarge => (552, "5.3.4", "Message refused: {reason}"),
        Cause::Malicious => (550, "5.7.1", "Message refused: it carries dangerous content ({reason}); report {id}"),
        Cause::Suspicious => {
            (550, "5.7.1", "Message refused: it carries content that looks dangerous ({reason}); report {id}")
        }
        _ => (550, "5.7.1", "Message refused: {reason}; report {id}"),
    }
}

fn one_line(text: &str) -> String {
    let printable = text.chars().map(|c| match c {
        ' '..='~' => c,
        c if c.is_whitespace() => ' ',
        _ => '?',
    });
    let line: String = printable.take(MAX_TEXT).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::disposition::samples::{examined, found};
    use crate::model::Level;

    fn of(action: Action, cause: Cause, text: &str) -> Option<Reply> {
        let actions = Actions { reject_text: text.to_owned(), ..Actions::default() };
        reply(action, cause, &Ok(found(Level::Malicious, &["program-file"])), &actions)
    }

    #[test]
    fn what_is_taken_has_no_reply() {
        for action in [Action::Accept, Action::Tag, Action::Replace, Action::Quarantine] {
            assert_eq!(of(action, Cause::Malicious, ""), None);
        }
    }

    #[test]
    fn refusals_say_why_and_which_report() {
        assert_eq!(
            of(Action::Reject, Cause::Malicious, "").unwrap().line(),
            "550 5.7.1 Message refused: it carries dangerous content (a program: opening it runs it); report 0123abcd"
        );
        assert_eq!(
            of(Action::Reject, Cause::Encrypted, "").unwrap().line(),
            "550 5.7.1 Message refused: it is encrypted and could not be examined; report 0123abcd"
        );
        assert_eq!(
            reply(Action::Reject, Cause::TooLarge, &Err(Refused::TooLarge), &Actions::default()).unwrap().line(),
            "552 5.3.4 Message refused: it is larger than what is examined"
        );
        assert_eq!(
            of(Action::Defer, Cause::Crash, "unused").unwrap().line(),
            "451 4.7.1 Message cannot be taken at the moment, please try again later"
        );
    }

    #[test]
    fn an_own_text_is_one_line_of_ascii() {
        let text = of(Action::Reject, Cause::Malicious, "No: {reason}\r\n250 ok é {id} {other} 100%").unwrap().text;
        assert_eq!(text, "No: a program: opening it runs it  250 ok ? 0123abcd {other} 100%");
        let long = of(Action::Reject, Cause::Malicious, &"x".repeat(2_000)).unwrap().text;
        assert_eq!(long.len(), MAX_TEXT);
    }

    #[test]
    fn nothing_of_the_mail_is_in_a_reply() {
        let mut outcome = found(Level::Malicious, &["program-file"]);
        let mut report = (*outcome.report).clone();
        report.verdict.reasons[0].text = "a program: evil.exe\r\n250 ok".into();
        outcome.report = std::sync::Arc::new(report);
        let reply = reply(Action::Reject, Cause::Malicious, &Ok(outcome), &Actions::default()).unwrap();
        assert!(!reply.text.contains("evil"));
        let none =
            super::reply(Action::Reject, Cause::Malicious, &Ok(examined(Level::Malicious, &[])), &Actions::default());
        assert!(none.unwrap().text.contains("it is dangerous"));
    }
}
