//! Messages in, children out.

use super::*;
use crate::formats::trial;
use crate::model::ProblemKind;
use crate::stage::Said;
use sekisho_samples::mail::{Eml, NameStyle, Part, Transfer, deep_messages, deep_mime, jis, to_charset};

pub(crate) fn unpack(mail: &[u8]) -> Said {
    let (said, result) = trial::unpack(&EmlUnpacker, "a.eml", mail.to_vec());
    result.unwrap();
    said
}

fn children(mail: &[u8]) -> Vec<(String, Vec<u8>)> {
    unpack(mail).children.into_iter().map(|child| (child.name.text, child.bytes.to_vec())).collect()
}

fn is_ambiguous(said: &Said) -> bool {
    said.findings.iter().any(|finding| finding.kind.id == "mime-structure-ambiguous")
}

#[test]
fn bodies_come_as_utf8_and_files_as_they_are() {
    let mail = Eml::letter("a@example.com")
        .text_body("iso-2022-jp", "①髙﨑様 ｺﾞ確認ください")
        .html_body("shift_jis", "<p>表</p>")
        .attach("E-TKT控え.zip", "application/zip", b"PK\x05\x06\0\r\n\xff")
        .build();
    let said = unpack(&mail);
    let found: Vec<(&str, &[u8], bool)> = said
        .children
        .iter()
        .map(|child| (child.name.text.as_str(), child.bytes.as_ref(), child.origin.is_file))
        .collect();
    assert_eq!(
        found,
        [
            ("body.txt", "①髙﨑様 ｺﾞ確認ください".as_bytes(), false),
            ("body-2.html", "<p>表</p>".as_bytes(), false),
            ("E-TKT控え.zip", b"PK\x05\x06\0\r\n\xff".as_slice(), true),
        ]
    );
    assert_eq!(said.children[2].origin.claimed_type.as_deref(), Some("application/zip"));
    assert_eq!(said.children[2].origin.detail, "application/zip, base64");
    assert!(said.problems.is_empty() && !is_ambiguous(&said), "{:?}", said.problems);
}

#[test]
fn every_transfer_encoding_gives_the_same_bytes() {
    let bytes: Vec<u8> = (0..=255u8).filter(|byte| !matches!(byte, b'\r' | b'\n')).cycle().take(3_000).collect();
    for transfer in [Transfer::EightBit, Transfer::Binary, Transfer::Base64, Transfer::QuotedPrintable] {
        let part = Part::file_as(NameStyle::Usual, "a.bin", "application/octet-stream", transfer, &bytes);
        let mail = Eml::letter("a@example.com").text_body("us-ascii", "hi").attach_part(part).build();
        assert_eq!(children(&mail)[1].1, bytes, "{transfer:?}");
    }
}

#[test]
fn messages_inside_come_whole() {
    let inner = Eml::letter("b@example.com").subject("inner").text_body("us-ascii", "hi\r\n").build();
    let mail = Eml::letter("a@example.com").text_body("us-ascii", "fwd").attach_message(&inner).build();
    assert_eq!(children(&mail)[1], ("message.eml".to_owned(), inner));
}

#[test]
fn two_boundaries_give_the_parts_of_both() {
    let part = |boundary: &str, name: &str| {
        let part = Part::file(name, "application/octet-stream", name.as_bytes()).bytes();
        [format!("--{boundary}\r\n").as_bytes(), &part, format!("\r\n--{boundary}--\r\n").as_bytes()].concat()
    };
    let mail = Eml::letter("a@example.com")
        .head_raw(b"Content-Type: multipart/mixed; boundary=A; boundary=B\r\n\r\n")
        .head_raw(&part("A", "a.pdf"))
        .head_raw(&part("B", "b.zip"))
        .build();
    let said = unpack(&mail);
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    assert_eq!(names, ["a.pdf", "b.zip"]);
    assert!(is_ambiguous(&said));
}

#[test]
fn conflicting_declarations_are_all_followed() {
    let mail = Eml::letter("a@example.com")
        .head_raw(b"Content-Type: text/plain\r\nContent-Type: application/zip; name=a.zip\r\n")
        .head_raw(b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        .head_raw(b"UEsFBgAA\r\n")
        .build();
    let said = unpack(&mail);
    let found: Vec<&[u8]> = said.children.iter().map(|child| child.bytes.as_ref()).collect();
    assert!(found.contains(&b"PK\x05\x06\0\0".as_slice()), "{found:?}");
    assert!(found.iter().any(|bytes| bytes.starts_with(b"UEsFBgAA")), "{found:?}");
    assert!(is_ambiguous(&said));
}

#[test]
fn names_that_conflict_are_kept_and_said() {
    let mail = Eml::letter("a@example.com")
        .text_body("us-ascii", "hi")
        .attach_part(
            Part::new()
                .header("Content-Type", "application/octet-stream")
                .header(
                    "Content-Disposition",
                    "attachment; filename=\"t.pdf\";\r\n filename*0*=UTF-8''t.p;\r\n filename*1*=df.exe",
                )
                .content(Transfer::Base64, b"MZ"),
        )
        .build();
    let said = unpack(&mail);
    let names: Vec<&str> = said.children[1].name.all().collect();
    assert_eq!(names, ["t.pdf.exe", "t.pdf"]);
    assert!(is_ambiguous(&said));
}

#[test]
fn what_lies_after_padding_is_a_second_reading() {
    let first = sekisho_samples::mail::base64_lines(b"harmless");
    let second = sekisho_samples::mail::base64_lines(&[b'Z'; 90]);
    let part = Part::new()
        .header("Content-Type", "application/octet-stream; name=a.bin")
        .header("Content-Transfer-Encoding", "base64")
        .body(&[first, second].concat());
    let said = unpack(&Eml::letter("a@example.com").text_body("us-ascii", "hi").attach_part(part).build());
    let lengths: Vec<usize> = said.children.iter().skip(1).map(|child| child.bytes.len()).collect();
    assert_eq!(lengths, [8, 98]);
    assert!(is_ambiguous(&said));
}

#[test]
fn plain_text_may_hold_uuencoded_files() {
    let mail =
        Eml::letter("a@example.com").text_body("us-ascii", "see\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n").build();
    assert!(children(&mail).contains(&("cat.txt".to_owned(), b"Cat".to_vec())));
}

#[test]
fn a_body_that_is_no_text_stays_bytes() {
    let mail = Eml::letter("a@example.com")
        .body_part(
            Part::new().header("Content-Type", "text/plain").content(Transfer::Base64, b"MZ\x90\0\x03\0\0\0\xff"),
        )
        .build();
    assert_eq!(children(&mail)[0].1, b"MZ\x90\0\x03\0\0\0\xff");
}

#[test]
fn raw_names_survive_in_any_charset() {
    for charset in ["shift_jis", "iso-2022-jp", "euc-jp", "utf-8"] {
        let part = Part::file_as(NameStyle::Raw(charset), "予約表ソ.pdf", "application/pdf", Transfer::Base64, b"%PDF");
        let mail = Eml::letter("a@example.com").text_body(charset, "ご確認ください").attach_part(part).build();
        assert_eq!(children(&mail)[1].0, "予約表ソ.pdf", "{charset}");
    }
}

#[test]
fn passwords_are_offered() {
    let mail = Eml::letter("a@example.com")
        .subject_iso2022jp("航空券控え 添付のご連絡")
        .text_body("iso-2022-jp", "解凍パスワードは「Tkt#2016」です。")
        .attach("a.zip", "application/zip", b"PK")
        .build();
    let hints = unpack(&mail).hints.unwrap();
    assert_eq!(hints.passwords().first().map(|hint| hint.text.clone()), Some("Tkt#2016".to_owned()));
    let html = Eml::letter("a@example.com")
        .html_body("utf-8", "<p>パスワードは<br><b>abc&amp;123</b></p>")
        .attach("a.zip", "application/zip", b"PK")
        .build();
    let hints = unpack(&html).hints.unwrap();
    assert!(hints.passwords().iter().any(|hint| hint.text == "abc&123"));
}

#[test]
fn depth_ends_in_a_limit_quickly() {
    let said = unpack(&deep_mime(10_000));
    assert!(said.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
    let _ = unpack(&deep_messages(10_000));
}

#[test]
fn broken_messages_give_what_is_readable() {
    let whole = Eml::letter("a@example.com")
        .subject_iso2022jp("件名")
        .text_body("iso-2022-jp", "本文")
        .attach("a.zip", "application/zip", &[7; 500])
        .build();
    for cut in (0..whole.len()).step_by(7) {
        if super::super::is_message(&whole[..cut]) {
            let _ = unpack(&whole[..cut]);
        }
        let mut flipped = whole.clone();
        flipped[cut] ^= 0x20;
        let _ = unpack(&flipped);
        flipped[cut] = b'\r';
        let _ = unpack(&flipped);
    }
    let raw = [b"From: x@example.com\r\nSubject: ".as_slice(), &jis("件"), &to_charset("shift_jis", "名\0")].concat();
    let _ = unpack(&raw);
}

#[test]
fn a_multipart_in_base64_is_a_message() {
    let inner = b"--B\r\nContent-Type: application/zip; name=a.zip\r\n\r\nPK\r\n--B--\r\n";
    let mail = Eml::letter("a@example.com")
        .head_raw(b"Content-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        .head_raw(&sekisho_samples::mail::base64_lines(inner))
        .build();
    let said = unpack(&mail);
    assert!(said.children[0].bytes.starts_with(b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"));
    assert_eq!(children(&said.children[0].bytes), [("a.zip".to_owned(), b"PK".to_vec())]);
}

#[test]
fn what_is_declared_base64_and_is_not_comes_as_it_stands_too() {
    let part = |body: &[u8]| {
        let part = Part::new()
            .header("Content-Type", "application/octet-stream; name=a.bin")
            .header("Content-Transfer-Encoding", "base64")
            .body(body);
        unpack(&Eml::letter("a@example.com").text_body("us-ascii", "hi").attach_part(part).build()).children
    };
    assert!(part(b"%PDF-1.4 (hello) <</a>>").iter().any(|child| child.bytes.starts_with(b"%PDF-1.4")));
    assert!(part(b"-_-_").iter().any(|child| child.bytes.as_ref() == [0xfb, 0xff, 0xbf]));
    assert_eq!(part(b"aGVsbG8=").len(), 2);
}

#[test]
fn a_misspelt_encoding_is_still_read() {
    let part = Part::new()
        .header("Content-Type", "application/octet-stream; name=a.bin")
        .header("Content-Transfer-Encoding", "(c) base64 (see RFC 2045), mostly")
        .body(b"aGVsbG8=");
    let mail = Eml::letter("a@example.com").text_body("us-ascii", "hi").attach_part(part).build();
    assert_eq!(children(&mail)[1].1, b"hello");
}

#[test]
fn fragments_in_one_message_are_put_together_and_one_alone_is_not_read() {
    let fragment = |number: usize, text: &str| {
        let kind = format!("message/partial; id=\"x@example.com\"; number={number}; total=2");
        Part::new().header("Content-Type", &kind).body(text.as_bytes())
    };
    let mail = Eml::letter("a@example.com")
        .attach_part(fragment(2, "ld\r\n"))
        .attach_part(fragment(1, "Subject: whole\r\n\r\nhello wor"))
        .build();
    let said = unpack(&mail);
    let joined = said.children.iter().find(|child| child.name.text == "joined.eml").unwrap();
    assert_eq!(joined.bytes.as_ref(), b"Subject: whole\r\n\r\nhello world\r\n");
    assert!(said.problems.iter().all(|problem| problem.kind == ProblemKind::Odd));
    assert!(said.facts.iter().any(|fact| fact.value == "id=x@example.com number=2 total=2"));
    let alone = unpack(&Eml::letter("a@example.com").text_body("us-ascii", "x").attach_part(fragment(2, "b")).build());
    assert!(alone.problems.iter().any(|problem| problem.kind == ProblemKind::Unsupported));
}

#[test]
fn a_returned_message_comes_out_of_the_text() {
    let sent =
        Eml::letter("b@example.com").text_body("us-ascii", "hi").attach("a.zip", "application/zip", b"PK").build();
    let text = format!(
        "Not delivered.\r\n\r\n--- Below is a copy of the message.\r\n\r\n{}",
        String::from_utf8(sent).unwrap()
    );
    let found = children(&Eml::letter("MAILER-DAEMON@example.org").text_body("us-ascii", &text).build());
    let (_, inner) = found.iter().find(|(name, _)| name == "enclosed.eml").unwrap();
    assert!(children(inner).contains(&("a.zip".to_owned(), b"PK".to_vec())));
}

#[test]
fn a_body_with_control_characters_is_text() {
    let html = format!("<p>hello\0 \x13 there</p>{}", "<p>and on</p>".repeat(10));
    let mail = Eml::letter("a@example.com").html_body("us-ascii", &html).build();
    let shown = String::from_utf8(children(&mail)[0].1.clone()).unwrap();
    assert!(shown.starts_with("<p>hello   there</p>"), "{shown:?}");
}

#[test]
fn what_is_quoted_comes_out_too() {
    let quote = |text: &str| text.lines().map(|line| format!("> {line}\r\n")).collect::<String>();
    let file = String::from_utf8(sekisho_samples::mail::uuencode("cat.txt", b"Cat")).unwrap();
    let mail = Eml::letter("a@example.com").text_body("us-ascii", &format!("see\r\n{}", quote(&file))).build();
    assert!(children(&mail).contains(&("cat.txt".to_owned(), b"Cat".to_vec())));
    let sent =
        Eml::letter("b@example.com").text_body("us-ascii", "hi").attach("a.zip", "application/zip", b"PK").build();
    let text = quote(&String::from_utf8(sent).unwrap());
    let mail = Eml::letter("a@example.com").text_body("us-ascii", &text).build();
    assert!(children(&mail).iter().any(|(name, _)| name == "quoted.eml"));
}
