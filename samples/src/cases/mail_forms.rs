//! Mails in other forms than the internet's: Outlook's files and its transport form, signed and encrypted mails.

use super::travel::ticket_archive;
use crate::Sample;
use crate::archive::zip;
use crate::document::pdf;
use crate::mail::{Eml, Msg, MsgAttachment, Prop, Tnef, base64_lines, cms, compressed_rtf, rpmsg, rtf_of_html};
use crate::office::cfb::Cfb;
use crate::office::macros;

/// PSETID_Common.
const COMMON: &str = "00062008-0000-0000-C000-000000000046";
const SOUND: u16 = 0x851F;
const OVERRIDE: u16 = 0x851C;

const SUBJECT: &str = "航空券控え 添付のご連絡";
const BODY: &str = "旅行業務ご担当者様\r\n\r\nお世話になっております。\r\n航空券控えを添付にてお送りいたします。\r\n\
                    ご確認のほどよろしくお願いいたします。\r\n";
const PASSWORD_BODY: &str =
    "航空券控えをお送りします。\r\n解凍パスワードは「Tkt#2016」です。\r\nよろしくお願いいたします。\r\n";

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t21-msg",
            file_name: "航空券控え.msg",
            about: "the mail of March 2016, forwarded as an attachment of an Outlook message",
            make: || {
                let headers = "Return-Path: <x9k2@rental.example.net>\r\n\
                               From: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <yamada@air.example.com>\r\n";
                let inner = letter().with(0x007D, Prop::Text(headers.to_owned()));
                let inner = inner.attach(MsgAttachment::file("E-TKT控え.zip", &ticket_archive()));
                let text = "転送します。\r\n心当たりはありますか。\r\n";
                Msg::letter("佐藤", "sato@example.com", "FW: 航空券控え", text)
                    .attach(MsgAttachment::message(SUBJECT, inner))
                    .build()
            },
        },
        Sample {
            id: "t21-tnef",
            file_name: "航空券控え.eml",
            about: "the mail of March 2016 inside a message in a winmail.dat",
            make: || {
                let inner = tnef_letter().attach("E-TKT.zip", "E-TKT控え.zip", &ticket_archive());
                let outer = Tnef::new().with(0x0037, Prop::Text("FW".into())).attach_message(SUBJECT, &inner);
                Eml::letter("sato@example.com")
                    .subject_iso2022jp("FW: 航空券控え")
                    .text_body("iso-2022-jp", "転送します。\r\n心当たりはありますか。\r\n")
                    .attach("winmail.dat", "application/ms-tnef", &outer.build())
                    .build()
            },
        },
        Sample {
            id: "fe18-msg",
            file_name: "打合せ.msg",
            about: "an appointment whose reminder plays a sound from another machine",
            make: || {
                Msg::letter("Tanaka", "tanaka@example.net", "打合せ", "明日の打合せの件です。\r\n")
                    .named(COMMON, u32::from(OVERRIDE), Prop::Flag(true))
                    .named(COMMON, u32::from(SOUND), Prop::Text("\\\\203.0.113.7\\share\\bell.wav".into()))
                    .build()
            },
        },
        Sample {
            id: "fe18-tnef",
            file_name: "winmail.dat",
            about: "the same in transport form",
            make: || {
                tnef_letter()
                    .named(0x8001, COMMON, u32::from(OVERRIDE), Prop::Flag(true))
                    .named(0x8002, COMMON, u32::from(SOUND), Prop::Text("\\\\203.0.113.7\\share\\bell.wav".into()))
                    .build()
            },
        },
        Sample {
            id: "b17-msg",
            file_name: "打合せ.msg",
            about: "an honest appointment with a sound of the own machine, formatted text and a document",
            make: || {
                let html = "<html><body><p>明日の<b>打合せ</b>の件です。資料を添付します。</p></body></html>";
                Msg::letter("田中", "tanaka@example.com", "打合せ", "明日の打合せの件です。資料を添付します。\r\n")
                    .with(0x1009, Prop::Binary(compressed_rtf(rtf_of_html(html).as_bytes())))
                    .named(COMMON, u32::from(OVERRIDE), Prop::Flag(true))
                    .named(COMMON, u32::from(SOUND), Prop::Text("C:\\Windows\\Media\\chimes.wav".into()))
                    .attach(
                        MsgAttachment::file("資料.pdf", &pdf::ticket()).with(0x3704, Prop::Text("SHIRYO.PDF".into())),
                    )
                    .build()
            },
        },
        Sample {
            id: "b17-tnef",
            file_name: "見積.eml",
            about: "an honest mail whose sender's Outlook wrapped it into a winmail.dat",
            make: || {
                let inner = tnef_letter().attach("MITSUM~1.PDF", "見積.pdf", &pdf::ticket()).build();
                Eml::letter("yamada@example.com")
                    .subject_iso2022jp(SUBJECT)
                    .text_body("iso-2022-jp", BODY)
                    .attach("winmail.dat", "application/ms-tnef", &inner)
                    .build()
            },
        },
        Sample {
            id: "t21-p7m",
            file_name: "航空券控え.eml",
            about: "the mail of March 2016 inside a signature, in the pieces of a streaming signer",
            make: || {
                let entity =
                    super::travel::genuine().attach("E-TKT控え.zip", "application/zip", &ticket_archive()).build();
                letter_with("smime.p7m", "application/pkcs7-mime", &cms::signed_in_pieces(&entity, 1000))
            },
        },
        Sample {
            id: "fe21-p7m",
            file_name: "smime.eml",
            about: "a mail encrypted for its recipient with S/MIME",
            make: || letter_with("smime.p7m", "application/pkcs7-mime", &cms::enveloped(&noise(600))),
        },
        Sample {
            id: "fe21-pgp",
            file_name: "pgp.eml",
            about: "a mail encrypted for its recipient with OpenPGP",
            make: || letter_with("encrypted.asc", "application/octet-stream", &pgp_armor("MESSAGE", &pgp_encrypted())),
        },
        Sample {
            id: "fe21-rpmsg",
            file_name: "protected.eml",
            about: "a mail under rights management, as Microsoft 365 sends it to others",
            make: || {
                let ole = Cfb::new()
                    .stream("\u{9}DRMContent", noise(9_000))
                    .stream("\u{6}DataSpaces/Version", vec![1; 76])
                    .build();
                letter_with("message.rpmsg", "application/x-microsoft-rpmsg-message", &rpmsg(&ole))
            },
        },
        Sample {
            id: "b18-p7s",
            file_name: "signed.eml",
            about: "an honest mail with a detached signature",
            make: || letter_with("smime.p7s", "application/pkcs7-signature", &cms::detached()),
        },
        Sample {
            id: "b18-pgp",
            file_name: "signed.eml",
            about: "an honest mail whose text is signed with OpenPGP in place",
            make: || {
                let signature = [&[0xC2u8, 30, 4, 1, 8, 10], noise(26).as_slice()].concat();
                let text = format!(
                    "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n{BODY}- -- \r\nYamada\r\n{}",
                    String::from_utf8_lossy(&pgp_armor("SIGNATURE", &signature))
                );
                Eml::letter("yamada@example.com").subject_iso2022jp(SUBJECT).text_body("utf-8", &text).build()
            },
        },
        Sample {
            id: "t10-msg",
            file_name: "航空券控え.msg",
            about: "an Outlook message with a locked archive whose password stands in its text",
            make: || {
                Msg::letter("山田", "yamada@air.example.com", SUBJECT, PASSWORD_BODY)
                    .attach(MsgAttachment::file("航空券控え.zip", &locked()))
                    .narrow(encoding_rs::SHIFT_JIS, 932)
                    .build()
            },
        },
        Sample {
            id: "t10-tnef",
            file_name: "winmail.dat",
            about: "a winmail.dat with a locked archive whose password stands in its text",
            make: || {
                Tnef::new()
                    .subject(SUBJECT)
                    .with(0x1000, Prop::Text(PASSWORD_BODY.into()))
                    .attach("ticket.zip", "航空券控え.zip", &locked())
                    .build()
            },
        },
    ]
}

fn letter() -> Msg {
    Msg::letter("山田", "yamada@air.example.com", SUBJECT, BODY)
}

fn letter_with(name: &str, media_type: &str, bytes: &[u8]) -> Vec<u8> {
    Eml::letter("yamada@example.com")
        .subject_iso2022jp(SUBJECT)
        .text_body("iso-2022-jp", BODY)
        .attach(name, media_type, bytes)
        .build()
}

/// Bytes without order, the same each time.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..count).map(|_| next()).collect()
}

/// A session key for a key that nobody has, and data encrypted with it.
fn pgp_encrypted() -> Vec<u8> {
    let session = [&[0xC1u8, 100, 3], noise(99).as_slice()].concat();
    [session, [&[0xD2u8, 0xFF, 0, 0, 1, 0, 1], noise(255).as_slice()].concat()].concat()
}

fn pgp_armor(label: &str, packets: &[u8]) -> Vec<u8> {
    let start = format!("-----BEGIN PGP {label}-----\r\n\r\n");
    let end = format!("=njUN\r\n-----END PGP {label}-----\r\n");
    [start.as_bytes(), &base64_lines(packets), end.as_bytes()].concat()
}

fn tnef_letter() -> Tnef {
    Tnef::new().subject(SUBJECT).with(0x1000, Prop::Text(BODY.into()))
}

fn locked() -> Vec<u8> {
    zip::encrypted_aes("航空券控え.docm", macros::ticket_docm("t10", "http://example.com/dl/tkt.bin"), "Tkt#2016")
}
