use super::*;
use crate::formats::trial;
use crate::stage::Said;
use sekisho_samples::mail::{Prop, Tnef};

fn said(bytes: &[u8]) -> Said {
    trial::scan(&FORMAT, "winmail.dat", bytes)
}

fn child<'a>(said: &'a Said, name: &str) -> &'a [u8] {
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    let found = said.children.iter().find(|child| child.name.text == name);
    &found.unwrap_or_else(|| panic!("{name} is not in {names:?}")).bytes
}

fn letter() -> Tnef {
    Tnef::new().subject("御見積").with(0x1000, Prop::Text("パスワードは「Tkt#2016」です。".into()))
}

#[test]
fn a_stream_is_read_as_a_mail() {
    let said = said(&letter().attach("MITSUM~1.PDF", "見積.pdf", b"%PDF-").build());
    assert_eq!(child(&said, "body.txt"), "パスワードは「Tkt#2016」です。".as_bytes());
    assert_eq!(child(&said, "見積.pdf"), b"%PDF-");
    let file = said.children.iter().find(|child| child.name.text == "見積.pdf").unwrap();
    assert_eq!(file.name.others, ["MITSUM~1.PDF"]);
    assert!(said.facts.iter().any(|fact| fact.key == "mail-subject" && fact.value == "御見積"));
    assert_eq!(said.hints.unwrap().passwords().first().unwrap().text, "Tkt#2016");
    assert_eq!(said.problems, []);
}

#[test]
fn old_attributes_alone_are_enough() {
    let title = encoding_rs::SHIFT_JIS.encode("見積.pdf").0.into_owned();
    let from = [b"\x04\0\x20\0\x06\0\x14\0Yamada".as_slice(), b"SMTP:y@example.com\0\0"].concat();
    let old = Tnef::new()
        .attribute(1, 0x0000_8000, &from)
        .attribute(1, 0x0002_800C, &encoding_rs::SHIFT_JIS.encode("本文です").0)
        .attribute(2, 0x0006_9002, &[1, 0, 0, 0, 0, 0])
        .attribute(2, 0x0001_8010, &title)
        .attribute(2, 0x0006_800F, b"%PDF-");
    let said = said(&old.build());
    assert_eq!(child(&said, "見積.pdf"), b"%PDF-");
    assert_eq!(child(&said, "body.txt"), "本文です".as_bytes());
    assert!(said.facts.iter().any(|fact| fact.value == "\"Yamada\" <y@example.com>"));
}

#[test]
fn a_message_in_a_stream_is_a_stream() {
    let set = "00062008-0000-0000-C000-000000000046";
    let inner = letter().named(0x8001, set, 0x851F, Prop::Text("\\\\203.0.113.7\\a\\b.wav".into()));
    let outer = said(&letter().attach_message("FW: 御見積", &inner).build());
    assert!(trial::weight(&outer, "outlook-nested-message").is_some());
    let inner = said(child(&outer, "FW: 御見積"));
    assert!(trial::weight(&inner, "outlook-reminder-share").is_some());
    assert_eq!(child(&inner, "body.txt"), "パスワードは「Tkt#2016」です。".as_bytes());
}

#[test]
fn damage_is_said_and_what_came_before_is_kept() {
    let whole = letter().attach("a.txt", "a.txt", b"some text").attach("b.txt", "b.txt", b"other").build();
    for cut in 6..whole.len() {
        let (_, _) = trial::unpack(&TnefUnpacker, "winmail.dat", whole[..cut].to_vec());
    }
    let cut = said(&whole[..whole.len() - 20]);
    assert_eq!(child(&cut, "a.txt"), b"some text");
    assert!(!cut.problems.is_empty());
    let mut wrong = whole.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let wrong = said(&wrong);
    assert!(wrong.problems.iter().all(|problem| problem.what.contains("checksum")));
    assert_eq!(child(&wrong, "b.txt"), b"other");
}

#[test]
fn counts_that_lie_end_quietly() {
    let lie = Tnef::new().attribute(1, 0x0006_9003, &[0xFF; 40]).attribute(2, 0x0006_9005, &[0xFF; 4]);
    let said = said(&lie.build());
    assert!(said.problems.iter().any(|problem| problem.what.contains("properties end")));
}

#[test]
fn what_follows_the_last_attribute_is_given() {
    let whole = letter().attach("a.txt", "a.txt", b"some text").build();
    let padded = [whole.as_slice(), b"\r\n\0"].concat();
    assert_eq!(said(&padded).problems, []);
    let more = said(&[whole.as_slice(), b"MZ and more"].concat());
    assert_eq!(child(&more, "after the message"), b"MZ and more");
    assert_eq!(child(&more, "a.txt"), b"some text");
}
