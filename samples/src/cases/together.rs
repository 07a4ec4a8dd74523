//! What only several files together show: pieces of one file, the same bytes twice, a password in another message.

use crate::archive::cab;
use crate::archive::zip::{self, ZipFile};
use crate::document::pdf;
use crate::mail::{Eml, MboxStyle, mbox};
use crate::program::{Pe, noise};
use crate::{Sample, mark};

const PASSWORD: &str = "Gq7w-2016";

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t11",
            file_name: "inbox.mbox",
            about: "a locked archive with a program in one message, its password in the next",
            make: || mbox(MboxStyle::Mboxrd, &[locked_mail(), password_mail()]),
        },
        Sample {
            id: "t11a",
            file_name: "航空券控え.eml",
            about: "the first of those two messages alone",
            make: locked_mail,
        },
        Sample {
            id: "t11b",
            file_name: "パスワード.eml",
            about: "the second of those two messages alone: it harms nobody",
            make: password_mail,
        },
        Sample {
            id: "ft1-pieces",
            file_name: "見積書.eml",
            about: "an archive cut into three pieces, as splitting programs do; a program is in it",
            make: || {
                let whole = ZipFile::new().entry("見積書.pdf.exe", Pe::new().build()).build();
                let third = whole.len() / 3;
                let cut = |range: std::ops::Range<usize>| whole.get(range).unwrap_or_default().to_vec();
                letter()
                    .attach("見積書.zip.002", "application/octet-stream", &cut(third..2 * third))
                    .attach("見積書.zip.001", "application/octet-stream", &cut(0..third))
                    .attach("見積書.zip.003", "application/octet-stream", &cut(2 * third..whole.len()))
                    .build()
            },
        },
        Sample {
            id: "ft1-strangers",
            file_name: "書類.eml",
            about: "a locked archive and an open one that are named like pieces and are none",
            make: || {
                let locked = zip::encrypted_aes("控え.pdf", pdf::ticket(), "Zq7#unguessable");
                let open = ZipFile::new().entry("readme.txt", mark("ft1-strangers")).build();
                letter()
                    .attach("書類.001", "application/octet-stream", &locked)
                    .attach("書類.002", "application/octet-stream", &open)
                    .build()
            },
        },
        Sample {
            id: "ft1-unread",
            file_name: "書類.eml",
            about: "bytes nobody can read and an archive that are named like pieces: the archive being read reads no bytes",
            make: || {
                let open = ZipFile::new().entry("readme.txt", mark("ft1-unread")).build();
                letter()
                    .attach("書類.001", "application/octet-stream", &noise(5, 3_000))
                    .attach("書類.002", "application/octet-stream", &open)
                    .build()
            },
        },
        Sample {
            id: "ft2-fragments",
            file_name: "inbox.mbox",
            about: "a message sent in two fragments (message/partial); neither holds the whole program",
            make: fragments,
        },
        Sample {
            id: "ft5-cabinets",
            file_name: "書類.eml",
            about: "a program cut over two cabinets of one set",
            make: || {
                let [first, second] = cab::split("viewer.exe", &Pe::new().build(), 700);
                letter()
                    .attach("disk2.cab", "application/vnd.ms-cab-compressed", &second)
                    .attach("disk1.cab", "application/vnd.ms-cab-compressed", &first)
                    .build()
            },
        },
        Sample {
            id: "ft3-repeats",
            file_name: "資料.eml",
            about: "the same archive of a ticket attached under two names",
            make: || {
                let archive = ZipFile::new().entry("ticket.pdf", pdf::ticket()).build();
                letter()
                    .attach("資料.zip", "application/zip", &archive)
                    .attach("資料 (1).zip", "application/zip", &archive)
                    .build()
            },
        },
        Sample {
            id: "ft4-text",
            file_name: "書類一式.zip",
            about: "a locked archive and the text with its password, both in one archive",
            make: || {
                ZipFile::new()
                    .entry("書類.zip", zip::encrypted_aes("控え.pdf", pdf::ticket(), PASSWORD))
                    .entry("お読みください.txt", format!("解凍パスワード: {PASSWORD}\r\n"))
                    .build()
            },
        },
    ]
}

fn letter() -> Eml {
    Eml::letter("Yamada <yamada@partner.example.com>").subject("書類の件").text_body(
        "utf-8",
        "お世話になっております。\r\n書類をお送りいたします。\r\nご確認のほどよろしくお願いいたします。\r\n",
    )
}

fn locked_mail() -> Vec<u8> {
    // The names inside are locked away too.
    let inner = ZipFile::new().entry("航空券控え.exe", Pe::new().build()).build();
    let archive = zip::encrypted_aes("航空券控え.zip", inner, PASSWORD);
    letter().attach("航空券控え.zip", "application/zip", &archive).build()
}

fn password_mail() -> Vec<u8> {
    Eml::letter("Yamada <yamada@partner.example.com>")
        .subject("Re: 書類の件")
        .text_body("utf-8", &format!("先ほどお送りしたファイルのパスワードは「{PASSWORD}」です。\r\n"))
        .build()
}

/// RFC 2046 section 5.2.2.2: the head of the whole stands in the first fragment.
fn fragments() -> Vec<u8> {
    let whole = letter().attach("航空券控え.exe", "application/octet-stream", &Pe::new().build()).build();
    let inner = whole.windows(13).position(|at| at == b"MIME-Version:").unwrap_or_default();
    let inner = whole.get(inner..).unwrap_or_default();
    let middle = inner.len() / 2;
    let middle = inner.iter().skip(middle).position(|byte| *byte == b'\n').map_or(middle, |at| middle + at + 1);
    let (first, second) = inner.split_at(middle);
    let fragment = |number: u32, content: &[u8]| {
        let mut bytes = format!(
            "From: yamada@partner.example.com\r\nTo: desk@example.net\r\nDate: Tue, 15 Mar 2016 10:3{number}:00 +0900\r\n\
             Message-ID: <part{number}@partner.example.com>\r\nSubject: ticket ({number}/2)\r\nMIME-Version: 1.0\r\n\
             Content-Type: message/partial; id=\"whole@partner.example.com\"; number={number}; total=2\r\n\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(content);
        bytes
    };
    mbox(MboxStyle::Mboxrd, &[fragment(2, second), fragment(1, first)])
}
