//! Mails built around the case the project is about, and honest mails that look like them.

use crate::Sample;
use crate::archive::lzh;
use crate::archive::sevenz;
use crate::archive::zip::{self, ZipFile};
use crate::document::pdf;
use crate::mail::Eml;
use crate::office::macros;
use crate::program::{Icon, Pe};

const SUBJECT: &str = "航空券控え 添付のご連絡";

const BODY: &str = "旅行業務ご担当者様\r\n\r\nお世話になっております。\r\n航空券控えを添付にてお送りいたします。\r\n\
                    お手数ですが、内容をご確認のほどよろしくお願いいたします。\r\n\r\n\
                    ----\r\n航空販売株式会社 営業部 山田\r\n";

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t01",
            file_name: "航空券控え.eml",
            about: "the mail of March 2016: a partner's address, a foreign relay, an archive with a program that has a \
                    folder's icon and carries a ticket to show",
            make: || forged(ticket_archive()),
        },
        Sample {
            id: "t02",
            file_name: "航空券控え.eml",
            about: "the same with every authentication passed: the sender must not be needed",
            make: || genuine().attach("E-TKT控え.zip", "application/zip", &ticket_archive()).build(),
        },
        Sample {
            id: "t06",
            file_name: "航空券控え.eml",
            about: "a 7z archive with a name that a right-to-left override turns around",
            make: || {
                let program = Pe::new().build();
                let archive = sevenz::sevenz(&[sevenz::Entry::file("E-TKT控え\u{202e}fdp.exe", &program)]);
                genuine().attach("E-TKT控え.7z", "application/x-7z-compressed", &archive).build()
            },
        },
        Sample {
            id: "t08",
            file_name: "予約確認.eml",
            about: "an LZH archive with a CP932 name whose second bytes are backslashes; no path leads out of it",
            make: || {
                let program = Pe::new().icon(Icon::Pdf).build();
                let archive = lzh::lzh(&[lzh::Entry::file("予約確認表.exe", &program).level(2)]);
                genuine().attach("予約確認.lzh", "application/x-lzh-compressed", &archive).build()
            },
        },
        Sample {
            id: "t10",
            file_name: "航空券控え.eml",
            about: "a locked archive whose password stands in the mail, and inside it a document that fetches and starts",
            make: || {
                let document = macros::ticket_docm("t10", "http://example.com/dl/tkt.bin");
                let archive = zip::encrypted_aes("航空券控え.docm", document, "Tkt#2016");
                Eml::letter("yamada@air.example.com")
                    .subject_iso2022jp(SUBJECT)
                    .text_body(
                        "iso-2022-jp",
                        "航空券控えをお送りします。\r\n解凍パスワードは「Tkt#2016」です。\r\nよろしくお願いいたします。\r\n",
                    )
                    .attach("航空券控え.zip", "application/zip", &archive)
                    .build()
            },
        },
        Sample {
            id: "t12",
            file_name: "航空券控え.eml",
            about: "a locked archive whose password is nowhere in the mail",
            make: || {
                let archive = zip::encrypted_aes("航空券控え.pdf", pdf::ticket(), "Zq7#unguessable");
                genuine().attach("航空券控え.zip", "application/zip", &archive).build()
            },
        },
        Sample {
            id: "t13",
            file_name: "航空券控え.eml",
            about: "a locked archive without a password whose names alone give it away",
            make: || {
                let archive = zip::encrypted_zipcrypto("航空券控え.pdf .exe", Pe::new().build(), "Zq7#unguessable");
                genuine().attach("航空券控え.zip", "application/zip", &archive).build()
            },
        },
        Sample {
            id: "t24",
            file_name: "Re_お見積り.eml",
            about: "a reply in a thread nobody here began, a locked archive with its password, and a document with a macro",
            make: || {
                let document = macros::reply_doc("t24", "http://example.org/w/");
                let archive = zip::encrypted_zipcrypto("お見積り.doc", document, "k7Jq2");
                Eml::letter("\"tanaka@partner.example.com\" <m.silva@mailer.example.net>")
                    .subject_iso2022jp("Re: お見積りの件")
                    .text_body(
                        "iso-2022-jp",
                        "添付ファイルをご確認ください。\r\nパスワード: k7Jq2\r\n\r\n\
                         2020年9月1日 10:12 田中 <tanaka@partner.example.com>:\r\n\
                         > お世話になっております。お見積りをお願いいたします。\r\n",
                    )
                    .attach("お見積り.zip", "application/zip", &archive)
                    .build()
            },
        },
        Sample {
            id: "fe9",
            file_name: "confirm.eml",
            about: "a message whose words are split by characters nobody sees",
            make: || {
                let text =
                    "Please con\u{200b}firm your pass\u{ad}word and ac\u{200b}count to keep your book\u{ad}ing.\r\n";
                Eml::letter("booking@air.example.com").subject("Booking").text_body("utf-8", text).build()
            },
        },
        Sample {
            id: "b01",
            file_name: "eticket.eml",
            about: "an airline's e-ticket: a PDF with a link",
            make: || {
                Eml::letter("Example Air <ticket@air.example.com>")
                    .subject_iso2022jp("【Example Air】eチケットお客様控え")
                    .text_body("iso-2022-jp", "ご予約ありがとうございます。eチケットお客様控えを添付いたします。\r\n")
                    .attach("eticket.pdf", "application/pdf", &pdf::ticket())
                    .build()
            },
        },
        Sample {
            id: "b06",
            file_name: "請求書送付.mbox",
            about: "an honest partner's habit: a locked archive of a PDF and, in the next mail, its password",
            make: honest_locked,
        },
    ]
}

/// A mail as the partner's own servers would send it.
pub(crate) fn genuine() -> Eml {
    Eml::letter("山田 <yamada@air.example.com>".replace("山田", "=?iso-2022-jp?b?GyRCOzNFRBsoQg==?=").as_str())
        .subject_iso2022jp(SUBJECT)
        .text_body("iso-2022-jp", BODY)
}

fn forged(archive: Vec<u8>) -> Vec<u8> {
    Eml::new()
        .header("Return-Path", "<x@rental.example.net>")
        .received("rental.example.net", "203.0.113.45", "Tue, 15 Mar 2016 10:02:11 +0900")
        .authentication_results(
            "mx.example.org; spf=fail smtp.mailfrom=rental.example.net; dkim=none; dmarc=fail header.from=air.example.com",
        )
        .header("From", "=?iso-2022-jp?b?GyRCOzNFRBsoQg==?= <yamada@air.example.com>")
        .header("To", "info@example.org")
        .subject_iso2022jp(SUBJECT)
        .header("Date", "Tue, 15 Mar 2016 09:12:40 +0900")
        .header("Message-ID", "<20160315001240.7c1f@rental.example.net>")
        .text_body("iso-2022-jp", BODY)
        .attach("E-TKT控え.zip", "application/zip", &archive)
        .build()
}

/// The archive of the case: one program, a folder's icon, a ticket behind its end.
pub(super) fn ticket_archive() -> Vec<u8> {
    let program = Pe::new().icon(Icon::Folder).overlay(pdf::ticket()).build();
    ZipFile::new().entry("E-TKT控え.exe", program).build()
}

fn honest_locked() -> Vec<u8> {
    let archive = zip::encrypted_aes("請求書_2016年3月.pdf", pdf::ticket(), "Aw3x-2016");
    let first = Eml::letter("keiri@partner.example.com")
        .subject_iso2022jp("請求書送付の件")
        .text_body(
            "iso-2022-jp",
            "経理ご担当者様\r\n\r\n請求書をお送りします。\r\n解凍パスワード：Aw3x-2016\r\nよろしくお願いいたします。\r\n",
        )
        .attach("請求書_2016年3月.zip", "application/zip", &archive)
        .build();
    let second = Eml::letter("keiri@partner.example.com")
        .subject_iso2022jp("請求書送付の件（パスワード）")
        .text_body("iso-2022-jp", "先ほどのファイルのパスワードは「Aw3x-2016」です。\r\n")
        .build();
    crate::mail::mbox(crate::mail::MboxStyle::Mboxrd, &[first, second])
}
