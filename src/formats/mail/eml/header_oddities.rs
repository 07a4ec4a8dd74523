//! Characters nobody sees, and fields that are there twice.

use crate::finding_kind;
use crate::model::Location;
use crate::stage::Outcome;

use super::authored::of_field;
use super::header::Headers;

finding_kind! {
    /// ## What it is
    /// The subject or the sender's display name holds characters that are invisible or reverse the reading direction.
    ///
    /// ## Why it matters
    /// They break words so that filters do not find them, or turn text around so that a person reads something else.
    ///
    /// ## How we see it
    /// Zero-width, filler and directional characters are looked for in the decoded text. Joiners inside emoji and
    /// scripts that need them, and direction marks beside right-to-left letters, are left out.
    ///
    /// ## When it is innocent
    /// Text pasted from web pages and newsletters brings zero-width spaces along.
    ///
    /// ## References
    /// - ATT&CK T1027.018, Invisible Unicode: https://attack.mitre.org/techniques/T1027/018/
    /// - Unicode TR 36, section 2.10: https://www.unicode.org/reports/tr36/
    pub(super) const INVISIBLE_CHARACTERS_IN_HEADER = {
        id: "invisible-characters-in-header",
        title: "invisible or direction-changing characters in the subject or sender name",
        ja: "件名または差出人名に、目に見えない文字や表示順を変える文字が含まれています",
        why_ja: "検査をすり抜けたり、別の文字列に見せかけたりするために使われます。",
        severity: Low,
        facet: Deceive,
        confidence: High,
        attack: ["T1027.018", "T1036.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A header field that may occur once occurs again with another value, or From names several senders.
    ///
    /// ## Why it matters
    /// A server checks one of them and the mail program shows another: so forged senders pass authentication.
    ///
    /// ## How we see it
    /// From, Sender, Reply-To, Subject, Date, Message-ID, MIME-Version, Content-Type and the other fields RFC 5322
    /// section 3.6 limits are counted; repeats with the same value are ignored.
    ///
    /// ## When it is innocent
    /// Broken mailers and gateways that add a field without looking.
    ///
    /// ## References
    /// - RFC 5322 section 3.6: https://www.rfc-editor.org/rfc/rfc5322#section-3.6
    /// - ATT&CK T1684.002, Email Spoofing: https://attack.mitre.org/techniques/T1684/002/
    pub(super) const MAIL_HEADER_DUPLICATED = {
        id: "mail-header-duplicated",
        title: "a header field that may occur once occurs with several values",
        ja: "本来一つしか書けないヘッダーが、異なる内容で複数書かれています",
        why_ja: "認証に使われる差出人と画面に表示される差出人を別々にする手口に使われます。",
        severity: Low,
        facet: Identity,
        confidence: High,
        attack: ["T1684.002"],
    }
}

const SINGLE: [&str; 10] = [
    "From",
    "Sender",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

pub(super) fn check(headers: &Headers, out: &mut Outcome<'_>) {
    let subject = headers.text("subject").unwrap_or_default();
    let sender = of_field(headers, "from").into_iter().next().map(|mailbox| mailbox.display).unwrap_or_default();
    for (text, field) in [(subject, "header Subject"), (sender, "header From")] {
        let hidden = hidden_characters(&text);
        if !hidden.is_empty() {
            let list: Vec<String> = hidden.iter().take(8).map(|c| format!("U+{:04X}", u32::from(*c))).collect();
            out.raise(INVISIBLE_CHARACTERS_IN_HEADER, Location::part(field), format!("{} in {text}", list.join(" ")));
        }
    }
    for name in SINGLE {
        let mut values: Vec<&str> = Vec::new();
        for header in headers.all(name).take(20) {
            if !values.contains(&header.value.as_str()) {
                values.push(&header.value);
            }
        }
        if values.len() > 1 {
            out.raise(MAIL_HEADER_DUPLICATED, Location::part(format!("header {name}")), values.join(" | "));
        }
    }
    let senders = of_field(headers, "from");
    let addresses: Vec<&str> =
        senders.iter().map(|mailbox| mailbox.address.as_str()).filter(|address| address.contains('@')).collect();
    let domains: std::collections::BTreeSet<&str> = senders.iter().filter_map(|mailbox| mailbox.domain()).collect();
    if domains.len() > 1 {
        let observed = format!("several senders: {}", addresses.join(", "));
        out.raise(MAIL_HEADER_DUPLICATED, Location::part("header From"), observed);
    }
}

/// Characters that hide something, those with an honest reason left out.
fn hidden_characters(text: &str) -> Vec<char> {
    const LOOKED_AT: usize = 2_000;
    let chars: Vec<char> = text.trim_start_matches('\u{FEFF}').chars().take(LOOKED_AT).collect();
    let is_right_to_left =
        chars.iter().any(|c| matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'));
    let soft_hyphens = chars.iter().filter(|c| **c == '\u{AD}').count();
    let mut hidden = Vec::new();
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let after = chars.get(index.saturating_add(1)).copied();
        let hides = match c {
            '\u{200D}' | '\u{200C}' => !(is_right_to_left || before.is_some_and(joins) && after.is_some_and(joins)),
            // Marks and isolates are how right-to-left text is written; overrides are not.
            '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}' | '\u{202B}' | '\u{202C}' | '\u{2066}'..='\u{2069}' => {
                !is_right_to_left
            }
            '\u{202D}' | '\u{202E}' => true,
            '\u{AD}' => soft_hyphens > 1,
            '\u{200B}'
            | '\u{2060}'..='\u{2064}'
            | '\u{034F}'
            | '\u{180E}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{3164}'
            | '\u{FFA0}'
            | '\u{2800}'
            | '\u{FEFF}' => true,
            // Tags spell flags after an emoji.
            '\u{E0000}'..='\u{E007F}' => !before.is_some_and(|c| joins(c) || matches!(c, '\u{E0020}'..='\u{E007E}')),
            _ => false,
        };
        if hides && !hidden.contains(c) {
            hidden.push(*c);
        }
    }
    hidden
}

/// Letters and pictures that joiners honestly stand between: emoji and their modifiers, Arabic, Indic scripts.
fn joins(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}' | '\u{0600}'..='\u{0DFF}' | '\u{20E3}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::mail::eml::analyze::tests::observed;
    use sekisho_samples::mail::{Eml, encoded_word_b};

    #[test]
    fn invisible_characters_are_said() {
        for text in
            ["請求\u{200B}書", "a\u{202E}fdp", "p\u{AD}a\u{AD}y", "\u{2066}x\u{2069}", "a\u{200D}b", "a\u{E0041}"]
        {
            let mail = Eml::new().header("From", "a@example.com").header("Subject", &encoded_word_b("utf-8", text));
            assert_eq!(observed(&mail.build(), "invisible-characters-in-header").len(), 1, "{text:?}");
        }
    }

    #[test]
    fn emoji_and_right_to_left_text_are_honest() {
        for text in [
            "👨‍👩‍👧 旅行",
            "مرحبا\u{200F} abc",
            "\u{2067}שלום\u{2069}",
            "soft\u{AD}hyphen",
            "\u{FEFF}件名",
            "❤️",
            "🏴\u{E0067}\u{E0062}\u{E007F}",
            "क्\u{200D}ष",
        ] {
            assert!(hidden_characters(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn fields_that_are_there_twice() {
        let twice = Eml::new().header("From", "a@example.com").header("From", "b@example.net").build();
        assert_eq!(observed(&twice, "mail-header-duplicated"), ["a@example.com | b@example.net"]);
        let several = Eml::new().header("From", "a@example.com, b@example.net").build();
        assert_eq!(observed(&several, "mail-header-duplicated").len(), 1);
        let same = Eml::new()
            .header("From", "a@example.com")
            .header("MIME-Version", "1.0")
            .header("MIME-Version", "1.0")
            .received("a.example.com", "192.0.2.1", "x")
            .received("b.example.com", "192.0.2.2", "y")
            .build();
        assert!(observed(&same, "mail-header-duplicated").is_empty());
    }
}
