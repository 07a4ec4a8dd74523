//! What internet mail carries beside plain MIME: fragments, multiparts encoded as a whole, content kept elsewhere, files
//! in text, calendars and contact cards.

use crate::Sample;
use crate::archive::zip::ZipFile;
use crate::document::pdf;
use crate::mail::{Eml, MboxStyle, Part, base64_lines, binhex, mbox, uuencode, yenc};
use crate::program::Pe;

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fe12-partial",
            file_name: "inbox.mbox",
            about: "a mailbox in which three fragments make a message with a program",
            make: || mbox(MboxStyle::Mboxrd, &fragments()),
        },
        Sample {
            id: "fe12-fragment",
            file_name: "part2.eml",
            about: "one fragment of a message alone: nothing can be said of it",
            make: || fragments().swap_remove(1),
        },
        Sample {
            id: "fe12-encoded",
            file_name: "reservation.eml",
            about: "a multipart that is encoded in base64 as a whole, with an archive of a program in it",
            make: encoded_multipart,
        },
        Sample {
            id: "fe12-blank",
            file_name: "reservation.eml",
            about: "a part whose type changes behind a line of blanks: text to some programs, an archive to others",
            make: blank_line,
        },
        Sample {
            id: "fe12-elsewhere",
            file_name: "draft.eml",
            about: "a part that is to be fetched from a web server",
            make: || {
                let kind = "message/external-body; access-type=URL;\r\n URL=\"https://example.net/files/ticket.zip\"";
                let part = Part::new().header("Content-Type", kind).body(b"Content-Type: application/zip\r\n\r\n");
                Eml::letter("desk@example.com")
                    .subject("Your ticket")
                    .text_body("us-ascii", "Please find your ticket attached to this message.\r\n")
                    .attach_part(part)
                    .build()
            },
        },
        Sample {
            id: "fe12-text",
            file_name: "files.eml",
            about: "a message whose text carries a program three times: in uuencode, yEnc and BinHex",
            make: files_in_text,
        },
        Sample {
            id: "fe12-returned",
            file_name: "bounce.eml",
            about: "a server returns a message in its text, with the archive that was attached to it",
            make: returned,
        },
        Sample {
            id: "t20",
            file_name: "inbox.mbox",
            about: "a mail with an archive of a program, and the report that its sender's address does not exist",
            make: bounced,
        },
        Sample {
            id: "fe8",
            file_name: "account.eml",
            about: "a sender of whom nothing fits, with nothing attached: mixed alphabets, a look-alike for answers, another \
                    server, failed authentication",
            make: || {
                Eml::new()
                    .header("Return-Path", "<x@rental.example.net>")
                    .header("Received", "from ylmf-pc (unknown [203.0.113.45]) by mx.example.org with ESMTP; x")
                    .authentication_results("mx.example.org; spf=fail; dkim=none; dmarc=fail")
                    .header("From", "\"support@example.com\" <support@xn--n-7sbb.example>")
                    .header("Reply-To", "desk@micros0ft.example")
                    .header("To", "info@example.org")
                    .header("Date", "Tue, 15 Mar 2016 09:12:40 +0900")
                    .header("Message-ID", "<1@rental.example.net>")
                    .subject("Your account")
                    .text_body("us-ascii", "Please answer to this message within two days.\r\n")
                    .build()
            },
        },
        Sample {
            id: "fe22",
            file_name: "note.eml",
            about: "a message with the commands of a second one behind a dot between bare line ends",
            make: || {
                let text = "Thank you for your message.\n.\r\nMAIL FROM:<admin@example.com>\r\n\
                            RCPT TO:<info@example.org>\r\nDATA\r\nSubject: Urgent\r\n\r\nPlease call.\r\n";
                let part = Part::new().header("Content-Type", "text/plain; charset=us-ascii").body(text.as_bytes());
                Eml::letter("taro@example.com").subject("Thank you").body_part(part).build()
            },
        },
        Sample {
            id: "fe15-share",
            file_name: "invite.ics",
            about: "an invitation whose reminder sound lies on a stranger's machine",
            make: || {
                calendar(
                    "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\nATTACH:file://192.0.2.44/media/ding.wav\r\nEND:VALARM\r\n",
                )
            },
        },
        Sample {
            id: "fe15-file",
            file_name: "invite.eml",
            about: "an invitation that carries an archive of a program, and names an organizer who did not send it",
            make: || {
                let archive = ZipFile::new().entry("agenda.exe", Pe::new().build()).build();
                let text = String::from_utf8(base64_lines(&archive)).unwrap_or_default().replace("\r\n", "\r\n ");
                let attach = format!(
                    "ATTACH;FMTTYPE=application/zip;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=agenda.zip:\r\n {}\r\n",
                    text.trim_end()
                );
                invitation("events@mailer.example.net", &attach)
            },
        },
        Sample {
            id: "b11-invite",
            file_name: "invite.eml",
            about: "an honest invitation with a link to the meeting, and the organizer's card with a picture",
            make: || {
                let picture = base64_lines(&crate::media::png());
                let picture = String::from_utf8(picture).unwrap_or_default().replace("\r\n", "\r\n ");
                let card = format!(
                    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:佐藤 花子\r\nEMAIL:sato@example.com\r\n\
                     URL:https://example.com/sato\r\nPHOTO;ENCODING=b;TYPE=PNG:\r\n {}\r\nEND:VCARD\r\n",
                    picture.trim_end()
                );
                let invite = invitation_part("URL:https://example.com/meet/1234\r\n");
                Eml::letter("佐藤 <sato@example.com>")
                    .subject("打ち合わせ")
                    .text_body("utf-8", "打ち合わせのご案内です。よろしくお願いいたします。\r\n")
                    .body_part(invite)
                    .attach("sato.vcf", "text/vcard", card.as_bytes())
                    .build()
            },
        },
    ]
}

fn fragments() -> Vec<Vec<u8>> {
    let archive = ZipFile::new().entry("E-TKT.exe", Pe::new().build()).build();
    let whole = Eml::letter("yamada@air.example.com")
        .subject("E-ticket")
        .text_body("us-ascii", "Please find your e-ticket attached to this message.\r\n")
        .attach("E-TKT.zip", "application/zip", &archive)
        .build();
    // Cut where lines end, as RFC 2046 section 5.2.2 asks for.
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let fragment = |(index, piece): (usize, &[&[u8]])| {
        let kind = format!("message/partial; id=\"abc@air.example.com\"; number={}; total=3", index + 1);
        Eml::letter("yamada@air.example.com")
            .subject(&format!("E-ticket ({}/3)", index + 1))
            .body_part(Part::new().header("Content-Type", &kind).body(&piece.concat()))
            .build()
    };
    lines.chunks(lines.len().div_ceil(3)).enumerate().map(fragment).collect()
}

fn encoded_multipart() -> Vec<u8> {
    let archive = ZipFile::new().entry("E-TKT.exe", Pe::new().build()).build();
    let parts = [
        b"--inner\r\n".to_vec(),
        Part::file("E-TKT.zip", "application/zip", &archive).bytes(),
        b"\r\n--inner--\r\n".to_vec(),
    ]
    .concat();
    Eml::letter("yamada@air.example.com")
        .subject("Reservation")
        .head_raw(b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=inner\r\n")
        .head_raw(b"Content-Transfer-Encoding: base64\r\n\r\n")
        .head_raw(&base64_lines(&parts))
        .build()
}

fn blank_line() -> Vec<u8> {
    let archive = ZipFile::new().entry("E-TKT.exe", Pe::new().build()).build();
    let part = [
        b"Content-Type: text/plain\r\n \r\nContent-Disposition: attachment; filename=E-TKT.zip\r\n".as_slice(),
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        &base64_lines(&archive),
    ]
    .concat();
    Eml::letter("yamada@air.example.com")
        .subject("Reservation")
        .text_body("us-ascii", "Please find your reservation attached to this message.\r\n")
        .attach_part(Part::raw(&part))
        .build()
}

fn files_in_text() -> Vec<u8> {
    let program = Pe::new().build();
    let text = [
        b"Here are the files.\r\n\r\n".to_vec(),
        uuencode("one.exe", &program),
        yenc("two.exe", &program),
        binhex("three.exe", &program, &[]),
    ]
    .concat();
    let part = Part::new()
        .header("Content-Type", "text/plain; charset=iso-8859-1")
        .header("Content-Transfer-Encoding", "8bit")
        .body(&text);
    Eml::letter("desk@example.com").subject("Files").body_part(part).build()
}

fn returned() -> Vec<u8> {
    let archive = ZipFile::new().entry("ticket.pdf", pdf::ticket()).build();
    let sent = Eml::letter("yamada@air.example.com")
        .subject("E-ticket")
        .text_body("us-ascii", "Please find your e-ticket attached.\r\n")
        .attach("E-TKT.zip", "application/zip", &archive)
        .build();
    let text = [
        b"I was not able to deliver your message to info@example.org.\r\n\r\n".as_slice(),
        b"--- Below this line is a copy of the message.\r\n\r\n",
        &sent,
    ]
    .concat();
    let part = Part::new().header("Content-Type", "text/plain; charset=us-ascii").body(&text);
    Eml::letter("MAILER-DAEMON@example.org").subject("failure notice").body_part(part).build()
}

fn bounced() -> Vec<u8> {
    let archive = ZipFile::new().entry("E-TKT.exe", Pe::new().build()).build();
    let sent = Eml::letter("yamada@air.example.com")
        .subject("E-ticket")
        .text_body("us-ascii", "Please find your e-ticket attached to this message.\r\n")
        .attach("E-TKT.zip", "application/zip", &archive)
        .build();
    let status = "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; yamada@air.example.com\r\n\
                  Action: failed\r\nStatus: 5.1.1\r\n";
    let report = Eml::letter("MAILER-DAEMON@example.org")
        .subject("Undelivered Mail Returned to Sender")
        .content_type("multipart/report; report-type=delivery-status; boundary=\"report\"")
        .boundary("report")
        .text_body("us-ascii", "The mail system could not deliver your message to this address.\r\n")
        .attach_part(Part::new().header("Content-Type", "message/delivery-status").body(status.as_bytes()))
        .build();
    mbox(MboxStyle::Mboxrd, &[sent, report])
}

fn calendar(lines: &str) -> Vec<u8> {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//samples//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
         UID:1@example.com\r\nDTSTAMP:20160315T001240Z\r\nDTSTART:20160316T010000Z\r\nSUMMARY:Meeting\r\n\
         ORGANIZER;CN=Sato:mailto:sato@example.com\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    .into_bytes()
}

fn invitation_part(lines: &str) -> Part {
    Part::new().header("Content-Type", "text/calendar; charset=utf-8; method=REQUEST").body(&calendar(lines))
}

fn invitation(from: &str, lines: &str) -> Vec<u8> {
    Eml::letter(from)
        .subject("Invitation: Meeting")
        .text_body("us-ascii", "You are invited to the meeting of next Wednesday.\r\n")
        .body_part(invitation_part(lines))
        .build()
}
