//! SMTP commands left in a message: a second message smuggled past a server in the first.

use crate::finding_kind;
use crate::model::Location;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// The message holds a line with a single dot, and right behind it the SMTP commands of another message.
    ///
    /// ## Why it matters
    /// Servers disagree on whether a dot between bare line ends ends a message. Where one thinks so and another does not,
    /// a sender has a second message delivered in the name of anyone the first server may send for (SMTP smuggling).
    ///
    /// ## How we see it
    /// A line of one dot, between line ends of whatever kind, followed by `MAIL FROM:` with an address. A dialogue with the
    /// server's answers in it, as manuals show, is none.
    ///
    /// ## When it is innocent
    /// Notes about the trick itself.
    ///
    /// ## References
    /// - CVE-2023-51764, Postfix: https://nvd.nist.gov/vuln/detail/CVE-2023-51764
    /// - SMTP smuggling, Postfix's advice: https://www.postfix.org/smtp-smuggling.html
    pub(super) const SMTP_COMMANDS_IN_MESSAGE = {
        id: "smtp-commands-in-message",
        title: "the message carries the SMTP commands of another message",
        ja: "メールの中に、別のメールを送るための SMTP コマンドが埋め込まれています",
        why_ja: "メールサーバー間の解釈の違いを突き、他人名義のメールを送り込む手口（SMTP スマグリング）の痕跡です。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1684.002"],
    }
}

pub(super) fn check(message: &[u8], out: &mut Outcome<'_>) {
    // Every occurrence of the rarer word is looked at backwards, not every line forwards.
    const CANDIDATES: usize = 1_000;
    const LONGEST_LINE: usize = 512;
    let candidates = memchr::memchr2_iter(b'M', b'm', message).filter(|at| {
        let command = message.get(*at..at.saturating_add(10)).unwrap_or_default();
        command.eq_ignore_ascii_case(b"mail from:")
    });
    for at in candidates.take(CANDIDATES) {
        let rest = message.get(at..at.saturating_add(LONGEST_LINE).min(message.len())).unwrap_or_default();
        let line = rest.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
        let has_address = memchr::memchr(b'<', line).is_some() && memchr::memchr(b'>', line).is_some();
        if has_address && follows_dot(message.get(..at).unwrap_or_default()) {
            let shown = String::from_utf8_lossy(line.get(..line.len().min(80)).unwrap_or_default()).into_owned();
            out.raise(SMTP_COMMANDS_IN_MESSAGE, Location::at(at), shown);
            return;
        }
    }
}

/// Whether the line before is a single dot; a greeting or reset may stand between.
fn follows_dot(before: &[u8]) -> bool {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    if !before.last().is_some_and(is_end) {
        return false;
    }
    let tail = before.get(before.len().saturating_sub(200)..).unwrap_or_default();
    let mut lines = tail.split(is_end).rev().filter(|line| !line.is_empty());
    let mut last = lines.next().unwrap_or_default();
    let starts = |line: &[u8], word: &[u8]| line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if starts(last, b"ehlo") || starts(last, b"helo") || starts(last, b"rset") {
        last = lines.next().unwrap_or_default();
    }
    last == b"."
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::observed;

    fn seen(body: &str) -> usize {
        let mail = format!("From: a@example.com\nTo: b@example.org\nSubject: x\n\n{body}");
        observed(mail.as_bytes(), "smtp-commands-in-message").len()
    }

    #[test]
    fn a_second_message_is_said() {
        assert_eq!(seen("hi\n.\r\nMAIL FROM:<admin@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"), 1);
        assert_eq!(seen("hi\r\n\r.\rmail from: <admin@example.com>\r\n"), 1);
        assert_eq!(seen("hi\n.\nEHLO x\nMAIL FROM:<a@example.com>\n"), 1);
    }

    #[test]
    fn a_dialogue_in_a_manual_is_not() {
        assert_eq!(seen("DATA\n354 go\nhi\n.\n250 ok\nMAIL FROM:<a@example.com>\n"), 0);
        assert_eq!(seen("Then write MAIL FROM:<a@example.com>.\n"), 0);
        assert_eq!(seen(".\nMail from: Taro\n"), 0);
    }
}
