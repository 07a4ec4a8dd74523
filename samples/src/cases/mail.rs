//! Mails that mail programs read differently, mails in the encodings of Japanese mail, mailboxes, and honest mails whose
//! senders look odd.

use crate::Sample;
use crate::archive::zip::ZipFile;
use crate::document::pdf;
use crate::mail::{Eml, MboxStyle, NameStyle, Part, Transfer, deep_mime, encoded_word_b, jis, mbox, to_charset};
use crate::program::{Icon, Pe};

const BODY: &str = "お世話になっております。\r\n航空券控えを添付にてお送りいたします。\r\n\
                    内容をご確認のほどよろしくお願いいたします。\r\n";

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t22",
            file_name: "航空券控え.eml",
            about: "two boundary parameters: one reading shows a ticket, the other an archive with a program",
            make: two_boundaries,
        },
        Sample {
            id: "t23",
            file_name: "航空券控え.eml",
            about: "an attachment called t.pdf by one parameter and t.pdf.exe by the segments of another",
            make: conflicting_names,
        },
        Sample {
            id: "t25",
            file_name: "航空券控え.eml",
            about: "raw JIS with Windows characters, half-width kana and a fold inside an escape sequence, a body in a \
                    Chinese charset, another time zone: odd, and honest",
            make: raw_japanese,
        },
        Sample {
            id: "fm1",
            file_name: "転送.eml",
            about: "a message inside a message, with a misnamed program in it",
            make: nested,
        },
        Sample {
            id: "fm2",
            file_name: "inbox.mbox",
            about: "a mailbox of three honest messages, one with a quoted From line",
            make: mailbox,
        },
        Sample {
            id: "fm3",
            file_name: "お知らせ.eml",
            about: "a Shift_JIS message whose attachment's name is raw CP932 with backslash bytes",
            make: raw_shift_jis,
        },
        Sample {
            id: "fm4",
            file_name: "確認.eml",
            about: "a sender whose names contradict each other, and nothing else: not enough",
            make: contradicting_sender,
        },
        Sample {
            id: "fm5",
            file_name: "scan.eml",
            about: "an empty message with an archive of a ticket",
            make: || {
                let archive = ZipFile::new().entry("ticket.pdf", pdf::ticket()).build();
                Eml::letter("scanner@example.com").attach("scan.zip", "application/zip", &archive).build()
            },
        },
        Sample {
            id: "fm6",
            file_name: "deep.eml",
            about: "three hundred multiparts inside each other",
            make: || deep_mime(300),
        },
        Sample {
            id: "b10",
            file_name: "newsletter.eml",
            about: "an honest newsletter through a service provider, and how it looks forwarded: authentication fails",
            make: newsletter,
        },
        Sample {
            id: "b11-mail",
            file_name: "家族旅行.eml",
            about: "an honest subject with joined emoji, an attachment with an Arabic name",
            make: || {
                Eml::letter("sato@example.com")
                    .subject("👨‍👩‍👧 家族旅行のご案内")
                    .text_body("utf-8", BODY)
                    .attach("جدول الرحلة.txt", "text/plain", "09:40 NRT".as_bytes())
                    .build()
            },
        },
    ]
}

fn two_boundaries() -> Vec<u8> {
    let part = |boundary: &str, part: Part| {
        [format!("--{boundary}\r\n").into_bytes(), part.bytes(), format!("\r\n--{boundary}--\r\n").into_bytes()]
            .concat()
    };
    let program = Pe::new().icon(Icon::Folder).overlay(pdf::ticket()).build();
    let archive = ZipFile::new().entry("E-TKT控え.exe", program).build();
    Eml::letter("山田 <yamada@air.example.com>")
        .subject_iso2022jp("航空券控え 添付のご連絡")
        .head_raw(b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"seen\"; boundary=\"meant\"\r\n\r\n")
        .head_raw(&part("seen", Part::file("E-TKT.pdf", "application/pdf", &pdf::ticket())))
        .head_raw(&part("meant", Part::file("E-TKT控え.zip", "application/zip", &archive)))
        .build()
}

fn conflicting_names() -> Vec<u8> {
    let part = Part::new()
        .header("Content-Type", "application/octet-stream")
        .header(
            "Content-Disposition",
            "attachment; filename=\"t.pdf\";\r\n filename*0*=UTF-8''t.p;\r\n filename*1*=df.exe",
        )
        .content(Transfer::Base64, &Pe::new().build());
    Eml::letter("山田 <yamada@air.example.com>")
        .subject_iso2022jp("航空券控え 添付のご連絡")
        .text_body("iso-2022-jp", BODY)
        .attach_part(part)
        .build()
}

fn raw_japanese() -> Vec<u8> {
    let subject = jis("①髙﨑様 ｺﾞ予約の件");
    // Inside the second escape sequence.
    let cut = subject.len().saturating_sub(8);
    let (head, tail) = subject.split_at(cut);
    let folded = [head, b"\r\n ", tail].concat();
    Eml::new()
        .received("mail.example.com", "198.51.100.25", "Tue, 15 Mar 2016 08:12:44 +0800")
        .header_bytes("From", &[jis("髙﨑").as_slice(), b" <takasaki@example.com>"].concat())
        .header("To", "info@example.org")
        .header("Date", "Tue, 15 Mar 2016 08:12:40 +0800")
        .header("Message-ID", "<20160315001240.25@example.com>")
        .header_bytes("Subject", &folded)
        .text_body("gb2312", BODY)
        .attach_part(Part::file_as(
            NameStyle::Raw("iso-2022-jp"),
            "旅程①.txt",
            "text/plain",
            Transfer::Base64,
            "09:40 成田".as_bytes(),
        ))
        .build()
}

fn nested() -> Vec<u8> {
    let inner = Eml::letter("鈴木 <suzuki@air.example.com>")
        .subject_iso2022jp("旅程表")
        .text_body("iso-2022-jp", BODY)
        .attach("旅程表.pdf.exe", "application/pdf", &Pe::new().build())
        .build();
    Eml::letter("佐藤 <sato@example.com>")
        .subject_iso2022jp("Fwd: 旅程表")
        .text_body("iso-2022-jp", "転送いたします。ご確認をお願いいたします。\r\n")
        .attach_message(&inner)
        .build()
}

fn mailbox() -> Vec<u8> {
    let message = |subject: &str, text: &str| {
        Eml::letter("佐藤 <sato@example.com>").subject_iso2022jp(subject).text_body("iso-2022-jp", text)
    };
    let first = message("第一報", BODY).build();
    let second = message("第二報", "引用します。\r\n\r\nFrom Narita to Haneda it takes an hour.\r\n").build();
    let third = message("第三報", BODY).attach("旅程.txt", "text/plain", b"09:40 NRT\r\n").build();
    mbox(MboxStyle::Mboxrd, &[first, second, third])
}

fn raw_shift_jis() -> Vec<u8> {
    Eml::letter("sato@example.com")
        .header_bytes("Subject", &to_charset("shift_jis", "予約表ソフト能のお知らせ"))
        .text_body("shift_jis", BODY)
        .attach_part(Part::file_as(
            NameStyle::Raw("shift_jis"),
            "予約確認表.txt",
            "text/plain",
            Transfer::Base64,
            &to_charset("shift_jis", "予約番号 12AB"),
        ))
        .build()
}

fn contradicting_sender() -> Vec<u8> {
    let name = encoded_word_b("utf-8", "yamada@air.example.com");
    Eml::new()
        .header("Return-Path", "<bounce@rental.example.net>")
        .received("rental.example.net", "203.0.113.45", "Tue, 15 Mar 2016 09:12:44 +0900")
        .header("From", &format!("{name} <taro@mail.example.org>"))
        .header("From", "yamada@air.example.com")
        .header("Reply-To", "answers@example.net")
        .header("To", "info@example.com")
        .header("Date", "Tue, 15 Mar 2016 09:12:40 +0900")
        .header("Message-ID", "<4@rental.example.net>")
        .header("Subject", &encoded_word_b("utf-8", "ご確認\u{200B}のお願い"))
        .text_body("iso-2022-jp", "先日の件、ご確認いただけましたでしょうか。\r\nよろしくお願いいたします。\r\n")
        .build()
}

fn newsletter() -> Vec<u8> {
    let original = Eml::new()
        .header("Return-Path", "<bounce-17@esp.example.net>")
        .received("out7.esp.example.net", "198.51.100.77", "Tue, 15 Mar 2016 09:12:44 +0900")
        .authentication_results(
            "mx.example.org; spf=pass smtp.mailfrom=esp.example.net; dkim=pass header.d=travel.example.com; dmarc=pass",
        )
        .header("From", "\"Travel News\" <news@travel.example.com>")
        .header("Reply-To", "desk@travel.example.com")
        .header("To", "info@example.org")
        .header("Date", "Tue, 15 Mar 2016 09:12:40 +0900")
        .header("Message-ID", "<17@esp.example.net>")
        .header("List-Unsubscribe", "<https://example.com/u?id=17>")
        .subject("春の旅のご案内")
        .text_body("utf-8", "春の旅のご案内です。詳しくは https://example.com/spring をご覧ください。\r\n")
        .html_body(
            "utf-8",
            "<p>春の旅のご案内です。<a href=\"https://example.com/spring\">詳しくはこちら</a></p>\
             <img src=\"https://example.com/p.gif\" width=\"1\" height=\"1\">",
        )
        .build();
    Eml::new()
        .header("Return-Path", "<sato@example.com>")
        .received("fw.example.com", "198.51.100.26", "Tue, 15 Mar 2016 10:00:00 +0900")
        .authentication_results("mx.example.org; spf=fail smtp.mailfrom=example.com; dkim=none; dmarc=fail; arc=pass")
        .header("From", "佐藤 <sato@example.com>")
        .header("To", "info@example.org")
        .header("Date", "Tue, 15 Mar 2016 10:00:00 +0900")
        .header("Message-ID", "<20160315010000.1@example.com>")
        .subject("Fwd: 春の旅のご案内")
        .text_body("utf-8", "ご参考までに転送いたします。\r\n")
        .attach_message(&original)
        .build()
}
