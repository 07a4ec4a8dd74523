use super::*;
use crate::formats::trial;
use crate::model::name::extension;
use crate::stage::Said;
use sekisho_samples::mail::{Msg, MsgAttachment, Prop, compressed_rtf, rtf_of_html};
use sekisho_samples::office::cfb::packaged;

fn said(bytes: &[u8]) -> Said {
    trial::scan(&FORMAT, "a.msg", bytes)
}

fn child<'a>(said: &'a Said, name: &str) -> &'a [u8] {
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    let found = said.children.iter().find(|child| child.name.text == name);
    &found.unwrap_or_else(|| panic!("{name} is not in {names:?}")).bytes
}

fn letter() -> Msg {
    Msg::letter("山田", "yamada@example.com", "御見積", "ご確認ください。")
}

#[test]
fn a_message_is_read_as_a_mail() {
    let said = said(&letter().attach(MsgAttachment::file("見積.pdf", b"%PDF-")).build());
    assert_eq!(child(&said, "body.txt"), "ご確認ください。".as_bytes());
    assert_eq!(child(&said, "見積.pdf"), b"%PDF-");
    let fact = |key: &str| said.facts.iter().find(|fact| fact.key == key).map(|fact| fact.value.as_str());
    assert_eq!(fact("mail-from"), Some("\"山田\" <yamada@example.com>"));
    assert_eq!(fact("mail-subject"), Some("御見積"));
    assert_eq!(said.problems, []);
}

#[test]
fn strings_in_a_code_page_are_read() {
    let narrow = letter().attach(MsgAttachment::file("見積表.pdf", b"x")).narrow(encoding_rs::SHIFT_JIS, 932);
    let said = said(&narrow.build());
    assert_eq!(child(&said, "body.txt"), "ご確認ください。".as_bytes());
    assert_eq!(child(&said, "見積表.pdf"), b"x");
}

#[test]
fn all_three_texts_come_out_once_each() {
    let html = "<html><body>ご確認<br>\r\n<a href=\"http://example.com/\">{x}</a></body></html>";
    let rtf = compressed_rtf(rtf_of_html(html).as_bytes());
    let both = letter().with(0x1009, Prop::Binary(rtf.clone()));
    assert_eq!(child(&said(&both.build()), "body.html"), html.as_bytes());
    let narrow = encoding_rs::SHIFT_JIS.encode(html).0.into_owned();
    let all = both.with(0x1013, Prop::Binary(narrow)).with(0x3FDE, Prop::Long(932)).build();
    assert_eq!(said(&all).children.iter().filter(|child| child.name.text == "body.html").count(), 1);
    let plain = Msg::new().with(0x1009, Prop::Binary(compressed_rtf(b"{\\rtf1\\ansi hello \\b world}")));
    assert_eq!(child(&said(&plain.build()), "body.txt"), b"hello world");
}

#[test]
fn what_judges_mails_judges_these() {
    let lying = Msg::letter("yamada@air.example.com", "x@example.net", "x", "y");
    assert!(trial::weight(&said(&lying.build()), "mail-display-name-lies").is_some());
    let headers = "Return-Path: <x@rental.example.net>\r\nFrom: y@air.example.com\r\n";
    let forged = letter().with(0x007D, Prop::Text(headers.to_owned()));
    assert!(trial::weight(&said(&forged.build()), "mail-envelope-mismatch").is_some());
    assert!(said(&letter().build()).findings.is_empty());
}

#[test]
fn the_text_offers_passwords() {
    let mail = Msg::letter("a", "a@example.com", "x", "パスワードは「Tkt#2016」です。");
    let said = said(&mail.attach(MsgAttachment::file("a.zip", b"PK")).build());
    assert_eq!(said.hints.unwrap().passwords().first().unwrap().text, "Tkt#2016");
}

#[test]
fn a_message_in_a_message_is_a_message() {
    let inner = letter()
        .named("00062008-0000-0000-C000-000000000046", 0x851F, Prop::Text("\\\\203.0.113.7\\s\\a.wav".into()))
        .attach(MsgAttachment::file("inner.txt", b"in there"));
    let outer = said(&letter().attach(MsgAttachment::message("FW: 御見積", inner)).build());
    assert!(trial::weight(&outer, "outlook-nested-message").is_some());
    assert!(trial::weight(&outer, "outlook-reminder-share").is_none());
    let inner = said(child(&outer, "FW: 御見積"));
    assert_eq!(child(&inner, "inner.txt"), b"in there");
    assert_eq!(child(&inner, "body.txt"), "ご確認ください。".as_bytes());
    // Names of properties stand in the outer message.
    assert!(trial::weight(&inner, "outlook-reminder-share").is_some());
    assert!(inner.facts.iter().any(|fact| fact.key == "mail-date"));
}

#[test]
fn an_object_becomes_a_compound_file() {
    let object = MsgAttachment::object(&[("\u{1}Ole10Native", packaged("a.pdf", "a.exe", b"MZ"))]);
    let said = said(&letter().attach(object).build());
    let ole = child(&said, "object-1.ole");
    let (said, result) = trial::unpack(crate::formats::office::ole::FORMAT.unpacker.unwrap(), "o", ole.to_vec());
    result.unwrap();
    assert_eq!(said.children[0].name.text, "a.exe");
}

#[test]
fn every_name_is_kept_and_links_are_said() {
    let named = MsgAttachment::file("ticket.pdf", b"x").with(0x3704, Prop::Text("TICKET.EXE".into()));
    let linked = MsgAttachment::default()
        .with(0x3705, Prop::Long(7))
        .with(0x3707, Prop::Text("plan.exe".into()))
        .with(0x370D, Prop::Text("https://files.example.net/plan.exe".into()));
    let said = said(&letter().attach(named).attach(linked).build());
    let ticket = said.children.iter().find(|child| child.name.text == "ticket.pdf").unwrap();
    assert!(ticket.name.all().any(|name| extension(name) == "exe"));
    assert!(child(&said, "plan.exe").is_empty());
    assert!(said.iocs.iter().any(|ioc| ioc.value == "https://files.example.net/plan.exe"));
}

#[test]
fn cut_anywhere_it_does_not_panic() {
    let inner = letter().attach(MsgAttachment::file("a", b"x"));
    let whole = letter()
        .named("00062008-0000-0000-C000-000000000046", 0x851F, Prop::Text("x".into()))
        .with(0x1009, Prop::Binary(compressed_rtf(b"{\\rtf1 x}")))
        .attach(MsgAttachment::message("m", inner))
        .build();
    for cut in (0..whole.len()).step_by(64).chain(whole.len() - 200..whole.len()) {
        let (_, _) = trial::unpack(&MsgUnpacker, "a.msg", whole[..cut].to_vec());
    }
}

#[test]
fn an_attachment_nobody_lists_any_more_is_given() {
    let mut bytes = letter().attach(MsgAttachment::file("gone.exe", b"MZ")).build();
    // Without the root's link to its children, no storage reaches anything.
    let root = bytes.windows(4).position(|window| window == [b'R', 0, b'o', 0]).unwrap();
    bytes[root + 76..root + 80].fill(0xFF);
    let (said, _) = trial::unpack(&MsgUnpacker, "a.msg", bytes);
    assert!(said.children.iter().any(|child| child.name.text == "gone.exe"));
    assert!(said.problems.iter().any(|problem| problem.what.contains("no longer lists")));
}
