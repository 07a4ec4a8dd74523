//! The header of a message in Outlook's form: the one it came with (PidTagTransportMessageHeaders), filled up from its
//! properties where that says nothing; and the whole as a view that everything which judges e-mail can judge.

use bytes::Bytes;

use super::bodies::Body;
use super::item::Item;
use super::property::{Properties, Value, id};
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::mail::eml::{EmlView, Header, Headers, Leaf, LeafKind, Transfer};

/// Bytes of a stored header that are read.
const MAX_HEAD: usize = 1 << 20;
/// Fields kept.
const MAX_FIELDS: usize = 2_000;
/// People listed in one field.
const MAX_PEOPLE: usize = 50;

/// The message as mail programs see it: fields, texts and names of attachments. The view's ranges are into the bytes.
pub(super) fn as_mail(item: &Item, bodies: &[Body]) -> (EmlView, Bytes) {
    let mut bytes: Vec<u8> = Vec::new();
    let mut leaves: Vec<Leaf> = Vec::new();
    for body in bodies.iter().filter(|body| body.media_type != "application/rtf") {
        let start = bytes.len();
        bytes.extend_from_slice(&body.text);
        let leaf = leaf(LeafKind::Body, body.media_type.to_owned());
        leaves.push(Leaf { body: start..bytes.len(), charset: Some("utf-8".to_owned()), ..leaf });
    }
    for attachment in item.attachments.iter().filter(|attachment| !attachment.is_hidden()) {
        let media_type = attachment.properties.text(id::ATTACH_MIME_TAG).unwrap_or_default().to_ascii_lowercase();
        leaves.push(Leaf { name: attachment.name(), ..leaf(LeafKind::File, media_type) });
    }
    let view = EmlView { headers: headers(&item.properties), leaves, ambiguities: Vec::new(), problems: Vec::new() };
    (view, bytes.into())
}

fn leaf(kind: LeafKind, media_type: String) -> Leaf {
    Leaf {
        kind,
        head_start: 0,
        body: 0..0,
        media_type,
        charset: None,
        name: None,
        transfers: vec![Transfer::Identity("8bit".to_owned())],
        disposition: String::new(),
        conflicts: Vec::new(),
        type_value: None,
    }
}

/// The fields.
fn headers(properties: &Properties) -> Headers {
    let stored = properties.text(id::TRANSPORT_HEADERS).unwrap_or_default();
    let mut headers = Headers(fields(&stored));
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty())
            && headers.first(name).is_none()
        {
            headers.0.push(Header { name: name.to_owned(), value, offset: 0, is_raw_eight_bit: false });
        }
    };
    let author = person(
        properties,
        id::SENT_REPRESENTING_NAME,
        &[id::SENT_REPRESENTING_SMTP_ADDRESS, id::SENT_REPRESENTING_ADDRESS],
    );
    let sender = person(properties, id::SENDER_NAME, &[id::SENDER_SMTP_ADDRESS, id::SENDER_ADDRESS]);
    add("Sender", sender.clone().filter(|sender| author.as_ref().is_some_and(|author| author != sender)));
    add("From", author.or(sender));
    add("Reply-To", reply_to(properties));
    add("To", properties.text(id::DISPLAY_TO));
    add("Subject", subject(properties));
    let time = properties.number(id::CLIENT_SUBMIT_TIME).or_else(|| properties.number(id::DELIVERY_TIME));
    add("Date", time.and_then(date));
    for (name, tag) in
        [("Message-ID", id::MESSAGE_ID), ("In-Reply-To", id::IN_REPLY_TO), ("References", id::REFERENCES)]
    {
        add(name, properties.text(tag));
    }
    headers
}

/// The lines of a stored header, as a field and its continuations each.
fn fields(text: &str) -> Vec<Header> {
    let end = (0..=MAX_HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    let mut found = Vec::new();
    let mut start = 0usize;
    let mut at = 0usize;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let continues = matches!(line.first(), Some(b' ' | b'\t'));
        if !continues && at > start {
            found.extend(Header::parse(bytes, &(start..at)));
            start = at;
        }
        if found.len() >= MAX_FIELDS {
            return found;
        }
        at = at.saturating_add(line.len());
    }
    found.extend(Header::parse(bytes, &(start..at)));
    // "Microsoft Mail Internet Headers Version 2.0" stands above the fields in what older Outlooks saved.
    found.retain(|header| !header.name.is_empty());
    found
}

/// A name and an address; Exchange's own addresses (`/o=…/cn=…`) tell nobody anything.
fn person(properties: &Properties, name: u16, addresses: &[u16]) -> Option<String> {
    let address = addresses.iter().find_map(|tag| properties.text(*tag).filter(|text| text.contains('@')));
    written(&properties.text(name).unwrap_or_default(), &address.unwrap_or_default())
}

fn written(name: &str, address: &str) -> Option<String> {
    let name = name.trim().trim_matches(['\'', '"']);
    let quoted = || format!("\"{}\"", name.replace(['"', '\\'], " "));
    match (name.is_empty() || name == address, address.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("<{address}>")),
        (false, true) => Some(quoted()),
        (false, false) => Some(format!("{} <{address}>", quoted())),
    }
}

fn subject(properties: &Properties) -> Option<String> {
    properties
        .text(id::SUBJECT)
        .or_else(|| {
            let prefix = properties.text(id::SUBJECT_PREFIX).unwrap_or_default();
            properties.text(id::NORMALIZED_SUBJECT).map(|subject| format!("{prefix}{subject}"))
        })
        // Outlook marks the length of the prefix by two control characters.
        .map(|subject| match subject.strip_prefix('\u{1}') {
            Some(rest) => rest.chars().skip(1).collect(),
            None => subject,
        })
}

/// Whom an answer goes to: FlatEntryList (MS-OXCDATA 2.3.3) of one-off entries (2.2.5.1).
fn reply_to(properties: &Properties) -> Option<String> {
    let Some(list) = properties.binary(id::REPLY_RECIPIENT_ENTRIES) else {
        return properties.text(id::REPLY_RECIPIENT_NAMES).filter(|names| names.contains('@'));
    };
    let count = u32_at(&list, 0)? as usize;
    let mut at = 8usize;
    let mut people = Vec::new();
    for _ in 0..count.min(MAX_PEOPLE) {
        let Some(size) = u32_at(&list, at) else { break };
        let start = at.saturating_add(4);
        let end = start.saturating_add(size as usize);
        people.extend(list.get(start..end).and_then(|entry| one_off(entry, properties)));
        at = end.div_ceil(4).saturating_mul(4);
    }
    (!people.is_empty()).then(|| people.join(", "))
}

/// The provider of entries that carry their address with them.
const ONE_OFF: [u8; 16] =
    [0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02];

fn one_off(entry: &[u8], properties: &Properties) -> Option<String> {
    if entry.get(4..20)? != ONE_OFF {
        return None;
    }
    let is_wide = u16_at(entry, 22)? & 0x8000 != 0;
    let mut rest = entry.get(24..)?;
    let mut next = || -> Option<String> {
        if is_wide {
            let length = rest.chunks_exact(2).position(|unit| unit == [0, 0])?.saturating_mul(2);
            let (text, after) = rest.split_at_checked(length)?;
            rest = after.get(2..)?;
            return Some(encoding_rs::UTF_16LE.decode_without_bom_handling(text).0.into_owned());
        }
        let length = memchr::memchr(0, rest)?;
        let (text, after) = rest.split_at_checked(length)?;
        rest = after.get(1..)?;
        Some(properties.read(&Value::Narrow(Bytes::copy_from_slice(text))))
    };
    let (name, _kind, address) = (next()?, next()?, next()?);
    written(&name, &address)
}

/// A FILETIME as a date field. Days from 1601-01-01 to a civil date.
fn date(time: u64) -> Option<String> {
    const TICKS: u64 = 10_000_000;
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let seconds = time / TICKS;
    let days = seconds / 86_400;
    // Years beyond four digits are no dates.
    if time == 0 || days > 3_000_000 {
        return None;
    }
    let clock = seconds % 86_400;
    // 1601-01-01 is day 584,694 after 0000-03-01, from which leap days come last in their year.
    let shifted = days.saturating_add(584_694);
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 2 } else { month_from_march - 10 };
    let year = year_of_era + era * 400 + u64::from(month < 2);
    let (weekday, month) = (DAYS.get(usize::try_from(days % 7).ok()?)?, MONTHS.get(usize::try_from(month).ok()?)?);
    let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
    Some(format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} +0000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(texts: &[(u16, &str)]) -> Properties {
        let mut properties = Properties::default();
        for (tag, text) in texts {
            properties.push(*tag, Value::Text((*text).to_owned()));
        }
        properties
    }

    #[test]
    fn properties_stand_in_for_a_header() {
        let mut properties = with(&[
            (id::SENT_REPRESENTING_NAME, "山田"),
            (id::SENT_REPRESENTING_ADDRESS, "/O=EX/CN=YAMADA"),
            (id::SENT_REPRESENTING_SMTP_ADDRESS, "yamada@example.com"),
            (id::SENDER_NAME, "Desk"),
            (id::SENDER_ADDRESS, "desk@example.com"),
            (id::NORMALIZED_SUBJECT, "quote"),
            (id::SUBJECT_PREFIX, "RE: "),
        ]);
        properties.push(id::CLIENT_SUBMIT_TIME, Value::Number(131_025_255_600_000_000));
        let headers = headers(&properties);
        assert_eq!(headers.text("From").unwrap(), "\"山田\" <yamada@example.com>");
        assert_eq!(headers.text("Sender").unwrap(), "\"Desk\" <desk@example.com>");
        assert_eq!(headers.text("Subject").unwrap(), "RE: quote");
        assert_eq!(headers.text("Date").unwrap(), "Tue, 15 Mar 2016 14:26:00 +0000");
    }

    #[test]
    fn the_header_it_came_with_goes_first() {
        let stored = "Received: from a\r\n\tby b\r\nFrom: =?utf-8?B?5bGx?= <a@example.com>\r\nSubject: one\r\n two\r\n";
        let headers = headers(&with(&[(id::TRANSPORT_HEADERS, stored), (id::SUBJECT, "other")]));
        assert_eq!(headers.text("From").unwrap(), "山 <a@example.com>");
        assert_eq!(headers.all("subject").map(Header::text).collect::<Vec<_>>(), ["one two"]);
        assert_eq!(headers.text("received").unwrap(), "from a by b");
    }

    #[test]
    fn answers_go_where_one_off_entries_say() {
        let mut entry = vec![0u8; 4];
        entry.extend(ONE_OFF);
        entry.extend([0, 0, 0, 0x80]);
        for text in ["Desk", "SMTP", "desk@example.net"] {
            entry.extend(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        }
        let mut list = 1u32.to_le_bytes().to_vec();
        list.extend((entry.len() as u32 + 4).to_le_bytes());
        list.extend((entry.len() as u32).to_le_bytes());
        list.extend(entry);
        for cut in 0..list.len() {
            let mut properties = Properties::default();
            properties.push(id::REPLY_RECIPIENT_ENTRIES, Value::Binary(list[..cut].to_vec().into()));
            let _ = reply_to(&properties);
        }
        let mut properties = Properties::default();
        properties.push(id::REPLY_RECIPIENT_ENTRIES, Value::Binary(list.into()));
        assert_eq!(reply_to(&properties).unwrap(), "\"Desk\" <desk@example.net>");
    }
}
