//! Charsets and time zones that do not fit the language a message is written in.

use bytes::Bytes;

use crate::finding_kind;
use crate::formats::mail::charset::encoding;
use crate::model::Location;
use crate::stage::Outcome;

use super::authored::author;
use super::leaf::LeafKind;
use super::parser::EmlView;

finding_kind! {
    /// ## What it is
    /// A message in Japanese, or from a Japanese domain, was written with a Chinese charset or in a time zone that is
    /// not Japan's (+0800, or -0000 as programs write that do not know theirs).
    ///
    /// ## Why it matters
    /// Targeted mails written abroad for Japanese readers have carried such traces. It helps an analyst to place a
    /// message; it says nothing alone and counts nothing.
    ///
    /// ## How we see it
    /// Kana in subject or text, or a From under .jp, make a message Japanese. Its declared charsets and the zone of its
    /// Date are compared with that.
    ///
    /// ## When it is innocent
    /// Staff, partners and travellers abroad; mail programs set to another language.
    ///
    /// ## References
    /// - RFC 5322 section 3.3, date and time: https://www.rfc-editor.org/rfc/rfc5322#section-3.3
    pub(super) const MAIL_CHARSET_CONTRADICTION = {
        id: "mail-charset-contradiction",
        title: "charset or time zone does not fit a Japanese message",
        ja: "日本語のメールに、文字コードや時差の不自然な組み合わせがあります",
        why_ja: "海外で作成された標的型メールに見られる痕跡です。海外拠点からのメールでも普通に起こるため、単独では判断できません。",
        severity: Info,
        facet: Identity,
        confidence: Low,
        attack: ["T1566.001"],
    }
}

/// Bytes of a body looked at for kana.
const SAMPLE: usize = 64 << 10;

pub(super) fn check(view: &EmlView, bytes: &Bytes, out: &mut Outcome<'_>) {
    let subject = view.headers.text("subject").unwrap_or_default();
    let is_from_japan =
        author(&view.headers).is_some_and(|mailbox| mailbox.domain().is_some_and(|domain| domain.ends_with(".jp")));
    let mut has_kana = subject.chars().any(is_kana);
    let mut chinese: Vec<String> = Vec::new();
    for header in view.headers.all("subject").chain(view.headers.all("from")) {
        let labels = header.value.split("=?").skip(1).filter_map(|word| word.split('?').next());
        chinese.extend(labels.filter(|label| is_chinese(label)).map(str::to_ascii_lowercase).take(4));
    }
    for leaf in view.leaves.iter().filter(|leaf| leaf.kind == LeafKind::Body).take(4) {
        chinese.extend(leaf.charset.as_deref().filter(|label| is_chinese(label)).map(str::to_ascii_lowercase));
        if !has_kana && let Some(content) = leaf.contents(bytes).readings.first() {
            let sample = content.bytes.get(..SAMPLE).unwrap_or(&content.bytes);
            has_kana = leaf.text(sample).is_some_and(|(text, _)| text.chars().any(is_kana));
        }
    }
    if !is_from_japan && !has_kana {
        return;
    }
    chinese.dedup();
    if !chinese.is_empty() {
        out.raise(
            MAIL_CHARSET_CONTRADICTION,
            Location::part("header Content-Type"),
            format!("charset {}", chinese.join(", ")),
        );
    }
    let zone = view
        .headers
        .text("date")
        .and_then(|date| date.split_whitespace().find(|word| matches!(*word, "+0800" | "-0000")).map(str::to_owned));
    if let Some(zone) = zone {
        out.raise(MAIL_CHARSET_CONTRADICTION, Location::part("header Date"), format!("time zone {zone}"));
    }
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}')
}

fn is_chinese(label: &str) -> bool {
    encoding(label).is_some_and(|found| matches!(found.name(), "GBK" | "gb18030" | "Big5"))
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::observed;
    use sekisho_samples::mail::Eml;

    const ID: &str = "mail-charset-contradiction";

    #[test]
    fn a_japanese_message_in_a_chinese_charset() {
        let mail = Eml::new()
            .header("From", "a@example.com")
            .header("Date", "Tue, 15 Mar 2016 09:12:40 +0800")
            .text_body("gb2312", "ご確認ください。")
            .build();
        assert_eq!(observed(&mail, ID), ["charset gb2312", "time zone +0800"]);
    }

    #[test]
    fn chinese_messages_and_japanese_ones_from_japan_are_ordinary() {
        let chinese = Eml::new()
            .header("From", "a@example.com")
            .header("Date", "Tue, 15 Mar 2016 09:12:40 +0800")
            .text_body("gb2312", "请确认附件。")
            .build();
        assert!(observed(&chinese, ID).is_empty());
        let japanese = Eml::letter("a@example.com").text_body("iso-2022-jp", "ご確認ください。").build();
        assert!(observed(&japanese, ID).is_empty());
    }
}
