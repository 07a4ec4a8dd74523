//! The standard mix: ten mails as a small Japanese company gets them, from fixed seeds.

use sekisho_samples::archive::zip::{Entry, ZipFile};
use sekisho_samples::document::pdf;
use sekisho_samples::mail::Eml;
use sekisho_samples::office::ooxml::Package;
use sekisho_samples::program::{Icon, Pe, noise};

/// A mail, and the files attached to it for the floor to unpack without parsing the mail.
pub(crate) struct Mail {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) files: Vec<Vec<u8>>,
}

const WORDS: [&str; 24] = [
    "航空券",
    "予約",
    "お客様",
    "確認",
    "添付",
    "ご連絡",
    "請求書",
    "見積",
    "旅程",
    "控え",
    "担当",
    "会議",
    "資料",
    "the",
    "schedule",
    "invoice",
    "travel",
    "confirm",
    "attached",
    "regards",
    "meeting",
    "2016",
    "3月",
    "出発",
];

/// Text of about this many bytes.
fn prose(seed: u64, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 32);
    let mut state = seed | 1;
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = WORDS[usize::try_from(state >> 40).unwrap_or(0) % WORDS.len()];
        text.push_str(word);
        text.push(if state % 17 < 1 { '\n' } else { ' ' });
    }
    text
}

fn letter() -> Eml {
    Eml::letter("suzuki@partner.example.com").subject_iso2022jp("資料送付の件")
}

fn mail(name: &'static str, eml: Eml, files: Vec<(&str, &str, Vec<u8>)>) -> Mail {
    let mut eml = eml;
    for (file, media, bytes) in &files {
        eml = eml.attach(file, media, bytes);
    }
    Mail { name, bytes: eml.build(), files: files.into_iter().map(|(_, _, bytes)| bytes).collect() }
}

fn document(seed: u64, bytes: usize) -> Vec<u8> {
    Package::docx(&prose(seed, bytes)).build()
}

/// The mix.
pub(crate) fn standard() -> Vec<Mail> {
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let html = format!(
        "<html><body>{}</body></html>",
        (0..120)
            .map(|n| format!("<p><a href=\"https://news.example.com/{n}\">{}</a></p>", prose(n, 200)))
            .collect::<String>()
    );
    let bundle = (0..12u64).fold(ZipFile::new(), |zip, n| {
        zip.with(Entry::new(format!("資料{n}.docx"), document(100 + n, 60_000)).stored())
    });
    let program = Pe::new().icon(Icon::Neutral).section(".data", noise(3, 300_000), 0xc000_0040).build();
    vec![
        mail("note", letter().text_body("iso-2022-jp", &prose(1, 3_000)), vec![]),
        mail("newsletter", letter().text_body("utf-8", &prose(2, 6_000)).html_body("utf-8", &html), vec![]),
        mail(
            "ticket",
            letter().text_body("iso-2022-jp", &prose(3, 800)),
            vec![("eticket.pdf", "application/pdf", pdf::ticket())],
        ),
        mail("report", letter().text_body("utf-8", &prose(4, 900)), vec![("報告書.docx", docx, document(5, 300_000))]),
        mail(
            "two documents",
            letter().text_body("utf-8", &prose(6, 900)),
            vec![("見積.docx", docx, document(7, 40_000)), ("注文.docx", docx, document(8, 40_000))],
        ),
        mail(
            "bundle",
            letter().text_body("utf-8", &prose(9, 500)),
            vec![("資料一式.zip", "application/zip", bundle.build())],
        ),
        mail("photo", letter().text_body("utf-8", &prose(10, 300)), vec![("photo.dat", "image/jpeg", photo())]),
        mail(
            "csv",
            letter().text_body("utf-8", &prose(11, 300)),
            vec![("一覧.csv", "text/csv", prose(12, 400_000).into_bytes())],
        ),
        mail(
            "program",
            letter().text_body("utf-8", &prose(13, 300)),
            vec![("setup.zip", "application/zip", ZipFile::new().entry("setup.exe", program).build())],
        ),
        mail(
            "forwarded",
            letter()
                .text_body("utf-8", &prose(14, 2_000))
                .attach_message(&letter().text_body("utf-8", &prose(15, 9_000)).build()),
            vec![],
        ),
    ]
}

/// Fifty documents of different sizes in one zip of about a megabyte.
pub(crate) fn office() -> Mail {
    let package = (0..50u64).fold(ZipFile::new(), |zip, n| {
        let bytes = usize::try_from(20_000 + n * 2_200).unwrap_or_default();
        zip.with(Entry::new(format!("資料{n}.docx"), document(200 + n, bytes)).stored())
    });
    let files = vec![("資料一式.zip", "application/zip", package.build())];
    mail("office", letter().text_body("utf-8", &prose(16, 500)), files)
}

/// Files for containers: prose, a table, and bytes that do not pack.
pub(crate) fn files() -> Vec<(&'static str, Vec<u8>)> {
    let row = |n: u64| format!("{n},{},{:.2},2016-03-{:02}\n", prose(n, 30).trim(), n as f64 * 1.1, n % 28 + 1);
    let table: String = (0..150_000u64).map(row).collect();
    vec![("text", prose(20, 4_000_000).into_bytes()), ("table", table.into_bytes()), ("noise", noise(21, 3_000_000))]
}

/// JPEG framing around incompressible data, as a photograph's.
fn photo() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
    bytes.extend(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    bytes.extend(noise(9, 500_000).into_iter().filter(|byte| *byte != 0xff));
    bytes.extend([0xff, 0xd9]);
    bytes
}
