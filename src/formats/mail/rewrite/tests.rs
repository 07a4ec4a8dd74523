//! Messages before and after, down to the byte.

use super::*;
use crate::formats::mail::eml::LeafKind;
use crate::formats::text::base64::from_base64;
use crate::model::digest::Digests;
use sekisho_samples::mail::{Eml, Part, deep_mime, uuencode};

const NOTICE: &str = "removed: {name}, {size}, {sha256}\n";
/// The ZIP in most of these, and its base64.
const EVIL: &[u8] = b"PK\x03\x04 evil";
const EVIL64: &str = "UEsDBCBldmls";

fn digest(bytes: &[u8]) -> String {
    Digests::of(bytes).sha256
}

fn without(message: impl Into<Vec<u8>>, parts: &[&[u8]]) -> Option<Rewritten> {
    let artifacts = parts.iter().map(|part| digest(part)).collect();
    rewrite(&message.into().into(), &Replacement { artifacts, also: Vec::new(), notice: NOTICE.to_owned() })
}

/// What stands in a part's place.
fn placed(number: usize, name: &str, content: &[u8], line_end: &str) -> String {
    let text = format!("removed: {name}, {}, {}\r\n", content.len(), digest(content));
    format!("{}{}", part::head(number, line_end), part::body(text.as_bytes(), line_end))
}

fn lines(text: &str, line_end: &str) -> String {
    text.replace('\n', line_end)
}

const MAIL: &str = "From: a@example.com\nMIME-Version: 1.0\nSubject: =?utf-8?B?44GC?=\n folded\n\
    Content-Type: multipart/mixed;\n\tboundary=\"b 1\"\n\nA preamble.\n--b 1\n\
    Content-Type: text/plain; charset=iso-2022-jp\nX-Odd:  kept \n\nHello,   \n  world  \n\n\
    --b 1  \nContent-Type: application/zip; name=\"a.zip\"\nContent-Transfer-Encoding: base64\n\
    Content-Disposition: attachment\n\nUEsDBCBldmls\n\n--b 1\nContent-Type: application/octet-stream; name=z.bin\n\n\
    z\n\n--b 1--\nAn epilogue.\n\n";

#[test]
fn one_part_is_replaced_and_every_other_byte_kept() {
    for line_end in ["\r\n", "\n"] {
        let mail = lines(MAIL, line_end);
        let rewritten = without(mail.clone(), &[EVIL]).unwrap();
        assert_eq!((rewritten.headers.len(), rewritten.removed.as_slice()), (0, ["a.zip".to_owned()].as_slice()));
        let start = mail.find("Content-Type: application/zip").unwrap();
        // The blank line after the base64 is the part's, the line end after it the boundary's.
        let end = mail.find(&lines("\n--b 1\nContent-Type: application/octet", line_end)).unwrap();
        let expected = [&mail[..start], &placed(1, "a.zip", EVIL, line_end), &mail[end..]].concat();
        let whole = rewritten.whole(mail.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(whole).unwrap(), expected);
        assert!(expected.ends_with(&lines("--b 1--\nAn epilogue.\n\n", line_end)));
    }
}

#[test]
fn the_notice_is_a_text_part_any_reader_shows() {
    let rewritten = without(lines(MAIL, "\r\n"), &[EVIL]).unwrap();
    let body = String::from_utf8(rewritten.body).unwrap();
    let head = "Content-Type: text/plain; charset=utf-8; name=\"removed-1.txt\"\r\n\
        Content-Disposition: inline; filename=\"removed-1.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let (_, after) = body.split_once(head).unwrap();
    let encoded = after.split_once("\r\n--b 1").unwrap().0;
    assert!(encoded.lines().all(|line| line.len() <= 76));
    let text = from_base64(encoded.replace("\r\n", "").as_bytes()).unwrap();
    assert_eq!(text, format!("removed: a.zip, 9, {}\r\n", digest(EVIL)).into_bytes());
}

#[test]
fn several_parts_and_every_copy_of_one() {
    let mail = Eml::letter("a@example.com")
        .text_body("utf-8", "text")
        .attach("one.zip", "application/zip", EVIL)
        .attach("good.bin", "application/octet-stream", b"good \0")
        .attach("two.zip", "application/zip", EVIL)
        .attach("three.exe", "application/octet-stream", b"MZ evil")
        .build();
    let rewritten = without(mail.clone(), &[EVIL, b"MZ evil"]).unwrap();
    assert_eq!(rewritten.removed, ["one.zip", "two.zip", "three.exe"]);
    let whole = Bytes::from(rewritten.whole(&mail).unwrap());
    let view = EmlView::parse(&whole).unwrap();
    let names: Vec<&str> = view.leaves.iter().flat_map(|leaf| &leaf.name).map(|name| name.text.as_str()).collect();
    assert_eq!(names, ["removed-1.txt", "good.bin", "removed-2.txt", "removed-3.txt"]);
}

#[test]
fn what_may_go_too_goes_if_it_can() {
    let mail = Eml::letter("a@example.com")
        .text_body("us-ascii", "only text")
        .attach("one.zip", "application/zip", EVIL)
        .attach("two.bin", "application/octet-stream", b"two")
        .build();
    let text = {
        let bytes = Bytes::from(mail.clone());
        let view = EmlView::parse(&bytes).unwrap();
        assert_eq!(view.leaves[0].kind, LeafKind::Body);
        view.leaves[0].contents(&bytes).readings[0].bytes.clone()
    };
    let also = vec![digest(b"two"), digest(&text), digest(b"not there")];
    let replacement = Replacement { artifacts: vec![digest(EVIL)], also, notice: NOTICE.to_owned() };
    assert_eq!(rewrite(&mail.clone().into(), &replacement).unwrap().removed, ["one.zip", "two.bin"]);
    // What must go and cannot is another matter.
    assert_eq!(without(mail.clone(), &[EVIL, &text]), None);
    assert_eq!(without(mail.clone(), &[EVIL, b"not there"]), None);
    assert_eq!(without(mail, &[]), None);
}

#[test]
fn the_text_that_is_also_an_attachment_stays_so_nothing_is_rewritten() {
    let text = b"the same text\r\n";
    let mail = Eml::letter("a@example.com")
        .body_part(Part::new().header("Content-Type", "text/plain").body(text))
        .attach("a.txt", "text/plain", text)
        .build();
    let view = EmlView::parse(&mail.clone().into()).unwrap();
    assert_eq!(view.leaves.len(), 2);
    assert_eq!(without(mail, &[text]), None);
}

#[test]
fn parts_of_nested_multiparts() {
    // The inner boundary begins like the outer, as mailers that count make it.
    let inner = [Part::text("utf-8", "text"), Part::html("utf-8", "<p>text"), Part::file("i.png", "image/png", EVIL)];
    let mail = Eml::letter("a@example.com")
        .boundary("b")
        .body_part(Part::multipart("related", "b-1", &inner))
        .attach("z.bin", "application/octet-stream", b"z")
        .build();
    let text = String::from_utf8(mail.clone()).unwrap();
    let start = text.find("--b-1\r\nContent-Type: image/png").unwrap() + "--b-1\r\n".len();
    let end = start + text[start..].find("\r\n--b-1--").unwrap();
    let whole = without(mail.clone(), &[EVIL]).unwrap().whole(&mail).unwrap();
    let expected = [&text[..start], &placed(1, "i.png", EVIL, "\r\n"), &text[end..]].concat();
    assert_eq!(String::from_utf8(whole).unwrap(), expected);
}

#[test]
fn an_attached_message_goes_as_a_whole() {
    let inner = Eml::letter("b@example.com").text_body("utf-8", "x").attach("a.zip", "application/zip", EVIL).build();
    let mail = Eml::letter("a@example.com").text_body("utf-8", "see").attach_message(&inner).build();
    // A part of a part is none of this message's.
    assert_eq!(without(mail.clone(), &[EVIL]), None);
    let view = EmlView::parse(&mail.clone().into()).unwrap();
    let attached = view.leaves.iter().find(|leaf| leaf.kind == LeafKind::Message).unwrap();
    let content = attached.contents(&mail.clone().into()).readings[0].bytes.clone();
    let whole = without(mail.clone(), &[&content]).unwrap().whole(&mail).unwrap();
    assert!(!String::from_utf8(whole).unwrap().contains(EVIL64));
}

#[test]
fn a_message_that_is_one_attachment_becomes_the_notice() {
    let mail = "From: a@example.com\r\nSubject: x\r\nContent-Type: application/zip; name=a.zip\r\nDKIM-Signature: v=1\r\n\
        Content-Disposition: attachment;\r\n filename=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBCBldmls\r\n";
    let rewritten = without(mail, &[EVIL]).unwrap();
    assert_eq!(
        rewritten.headers,
        [
            ("Content-Type".to_owned(), Some("text/plain; charset=utf-8".to_owned())),
            ("Content-Transfer-Encoding".to_owned(), Some("base64".to_owned())),
            ("MIME-Version".to_owned(), Some("1.0".to_owned())),
            ("Content-Disposition".to_owned(), None),
        ]
    );
    assert_eq!(rewritten.breaks, ["dkim"]);
    let text = format!("removed: a.zip, 9, {}\r\n", digest(EVIL));
    let head = "From: a@example.com\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\nDKIM-Signature: v=1\r\n\
        Content-Transfer-Encoding: base64\r\nMIME-Version: 1.0\r\n\r\n";
    let expected = format!("{head}{}\r\n", part::body(text.as_bytes(), "\r\n"));
    assert_eq!(String::from_utf8(rewritten.whole(mail.as_bytes()).unwrap()).unwrap(), expected);

    // Twice the same field: which counts is the reader's choice, and which is changed the mail server's.
    let twice = mail.replace("Subject: x\r\n", "Subject: x\r\nContent-Disposition: attachment; filename=a.zip\r\n");
    assert_eq!(without(twice, &[EVIL]), None);
}

#[test]
fn a_missing_end_boundary_changes_nothing_about_what_a_part_is() {
    for end in ["", "\r\n", "\r\n\r\n"] {
        let mail = format!(
            "From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\
             text\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{EVIL64}{end}"
        );
        let whole = without(mail.clone(), &[EVIL]).unwrap().whole(mail.as_bytes()).unwrap();
        let start = mail.find("Content-Type: application/zip").unwrap();
        let expected = format!("{}{}\r\n", &mail[..start], placed(1, "a.zip", EVIL, "\r\n"));
        assert_eq!(String::from_utf8(whole).unwrap(), expected);
    }
}

#[test]
fn boundaries_in_quotes_comments_and_eight_bit_parts() {
    let mail = |boundary: &str, used: &str| {
        let head = format!(
            "From: a@example.com\r\nMIME-Version: 1.0 (x)\r\nContent-Type: multipart/mixed (a \"b\\) c); {boundary}\r\n\r\n"
        );
        let mut mail = format!(
            "{head}--{used}\r\nContent-Type: text/plain; charset=shift_jis\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        )
        .into_bytes();
        mail.extend_from_slice(b"\x82\xa0\x82\xa2--not\r\n\r\n");
        let file = format!(
            "--{used}\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{EVIL64}\r\n--{used}--\r\n"
        );
        mail.extend_from_slice(file.as_bytes());
        mail
    };
    for (boundary, used) in [
        ("boundary=\"=_a:b;c (d)\"", "=_a:b;c (d)"),
        ("charset=x; boundary=\"a'()+_,-./:=?b\"; x=y", "a'()+_,-./:=?b"),
        ("boundary=plain", "plain"),
    ] {
        let before = mail(boundary, used);
        let whole = without(before.clone(), &[EVIL]).unwrap().whole(&before).unwrap();
        let kept = before.windows(19).position(|window| window == b"Content-Type: appli").unwrap();
        assert_eq!(&whole[..kept], &before[..kept], "{boundary}");
        assert!(whole.ends_with(format!("\r\n--{used}--\r\n").as_bytes()));
        assert!(!whole.windows(EVIL64.len()).any(|window| window == EVIL64.as_bytes()));
    }
}

#[test]
fn messages_that_programs_read_differently_are_not_rewritten() {
    let good = lines(MAIL, "\r\n");
    assert!(without(good.clone(), &[EVIL]).is_some());
    let second = "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n\r\n";
    let cases = [
        (
            "two boundaries",
            good.replace("boundary=\"b 1\"", "boundary=\"b 1\"; boundary=c")
                .replace("--b 1--", "--c\r\n\r\nx\r\n--b 1--"),
        ),
        ("two content types", good.replace("\r\n\r\nA preamble.", "\r\nContent-Type: text/plain\r\n\r\nA preamble.")),
        (
            "two transfer encodings",
            good.replacen(
                "Content-Transfer-Encoding: base64",
                "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit",
                1,
            ),
        ),
        ("the whole encoded", good.replace("MIME-Version: 1.0", "Content-Transfer-Encoding: base64")),
        ("junk in a head", good.replace("Content-Disposition: attachment", "junk\r\nContent-Disposition: attachment")),
        ("a bare CR", good.replace("Hello, ", "Hello\r--b 1\rContent-Type: application/zip\r\rPK")),
        (
            "blanks that may end a head",
            good.replace("Content-Disposition: attachment", " \r\nContent-Disposition: attachment"),
        ),
        ("a part after the end", good.replace("An epilogue.", "--b 1\r\nContent-Type: application/zip\r\n\r\nPK\r\n")),
        ("a boundary that never comes", good.replace("boundary=\"b 1\"", "boundary=\"b 2\"")),
        ("a line that begins like a boundary", good.replace("  world", "--b 1x\r\nContent-Type: text/html\r\n\r\n")),
        ("an mbox line before it", format!("From a Thu Jan  1 00:00:00 1970\r\n{good}")),
        ("a blank line before it", format!("\r\n{good}")),
        ("a byte order mark before it", format!("\u{feff}{good}")),
        (
            "names that differ",
            good.replace("Content-Disposition: attachment", "Content-Disposition: attachment; filename=a.exe"),
        ),
        ("no head", second.to_owned()),
        ("no message", "PK\x03\x04".to_owned()),
        ("nothing", String::new()),
        ("only a head", "From: a@example.com\r\nTo: b@example.com\r\n".to_owned()),
    ];
    for (what, mail) in cases {
        assert_eq!(without(mail, &[EVIL]), None, "{what}");
    }
    let deep = deep_mime(150);
    assert_eq!(without(deep, &[b""]), None);
}

#[test]
fn files_written_out_in_a_text_are_not_cut_out_of_it() {
    let text = [b"see\r\n".as_slice(), &uuencode("a.zip", EVIL)].concat();
    let mail = Eml::letter("a@example.com")
        .body_part(Part::new().header("Content-Type", "text/plain").body(&text))
        .attach("z.bin", "application/octet-stream", b"z")
        .build();
    assert_eq!(without(mail, &[EVIL]), None);
}

#[test]
fn base64_that_goes_on_after_its_padding_goes_in_every_reading() {
    let mail = lines(MAIL, "\r\n").replace(EVIL64, "UEsDBCBldg==bWls");
    let rewritten = without(mail.clone(), &[b"PK\x03\x04 ev"]).unwrap();
    let whole = String::from_utf8(rewritten.whole(mail.as_bytes()).unwrap()).unwrap();
    assert!(!whole.contains("UEsDBCBldg") && !whole.contains("bWls"));
    assert!(without(mail, &[b"PK\x03\x04 evmil"]).is_some());
}

#[test]
fn a_mail_is_not_filled_with_notices() {
    let mail = |copies: usize| {
        let letter = Eml::letter("a@example.com").text_body("utf-8", "text");
        (0..copies).fold(letter, |mail, _| mail.attach("a.zip", "application/zip", EVIL)).build()
    };
    assert_eq!(without(mail(200), &[EVIL]).unwrap().removed.len(), 200);
    assert_eq!(without(mail(201), &[EVIL]), None);
}

#[test]
fn names_do_not_leave_the_notice() {
    let mail =
        lines(MAIL, "\r\n").replace("name=\"a.zip\"", "name*=utf-8''a%0d%0a--b%201%0d%0a%E2%80%AEpiz.exe%7Bsize%7D");
    let rewritten = without(mail.clone(), &[EVIL]).unwrap();
    assert_eq!(rewritten.removed, ["a  --b 1  \\u{202e}piz.exe{size}"]);
    let whole = Bytes::from(rewritten.whole(mail.as_bytes()).unwrap());
    assert_eq!(EmlView::parse(&whole).unwrap().leaves.len(), EmlView::parse(&mail.into()).unwrap().leaves.len());
}

#[test]
fn signatures_that_break_are_told() {
    let signed = |subtype: &str, signature: &str| {
        let parts = [
            Part::multipart("mixed", "in", &[Part::text("utf-8", "x"), Part::file("a.zip", "application/zip", EVIL)]),
            Part::file("signature", signature, b"signature"),
        ];
        let mail = Eml::letter("a@example.com").body_part(Part::multipart(subtype, "out", &parts)).build();
        without(mail, &[EVIL]).unwrap().breaks
    };
    assert_eq!(signed("signed", "application/pkcs7-signature"), ["smime"]);
    assert_eq!(signed("signed", "application/pgp-signature"), ["pgp"]);
    assert!(signed("mixed", "application/octet-stream").is_empty());
    let dkim = lines(MAIL, "\r\n").replace("Subject:", "DKIM-Signature: v=1\r\nSubject:");
    assert_eq!(without(dkim, &[EVIL]).unwrap().breaks, ["dkim"]);
}

#[test]
fn cut_messages_are_rewritten_rightly_or_not_at_all() {
    let mail = lines(MAIL, "\r\n");
    for end in 0..mail.len() {
        let cut = &mail.as_bytes()[..end];
        if let Some(rewritten) = without(cut, &[EVIL]) {
            let whole = String::from_utf8(rewritten.whole(cut).unwrap()).unwrap();
            assert!(!whole.contains(EVIL64) && whole.contains("removed-1.txt"), "cut at {end}");
        }
    }
}
