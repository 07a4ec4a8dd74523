//! Encrypted documents: locks that nobody has to open, and locks whose password stands in the mail.

use crate::mail::Eml;
use crate::office::biff::Workbook;
use crate::office::cfb::Cfb;
use crate::office::encryption::{self, Method, agile};
use crate::office::ooxml::Package;
use crate::office::{macros, vba};
use crate::{Sample, mark};

/// What Excel tries by itself.
const DEFAULT: &str = "VelvetSweatshop";
/// Office writes 100,000; fewer make the samples quick to build and to open.
const ROUNDS: u32 = 1000;
const EXCEL: &str = "00020820-0000-0000-C000-000000000046";
const WORD: &str = "00020906-0000-0000-C000-000000000046";

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fo23",
            file_name: "請求書.xlsm",
            about: "a workbook encrypted with the password Excel tries by itself, and a macro that runs on opening",
            make: || {
                let project = macros::ticket_project("fo23");
                agile(&Package::xlsm("請求書", macros::vba_project(&project)).build(), DEFAULT, ROUNDS)
            },
        },
        Sample {
            id: "fo23x",
            file_name: "請求書.xls",
            about: "a workbook under XOR obfuscation with the password Excel tries, and a macro sheet that runs on opening",
            make: || workbook(DEFAULT, Method::Xor),
        },
        Sample {
            id: "fo23r",
            file_name: "請求書.xls",
            about: "the same by RC4",
            make: || workbook(DEFAULT, Method::Rc4),
        },
        Sample {
            id: "fo24",
            file_name: "Re_見積依頼.eml",
            about: "an encrypted document with a macro, and its password in the mail",
            make: || {
                let document = macros::ticket_docm("fo24", "http://192.0.2.10/a.bin");
                Eml::letter("tanaka@partner.example.com")
                    .subject_iso2022jp("Re: 見積依頼")
                    .text_body("iso-2022-jp", "添付をご確認ください。\r\nパスワード: k7Jq2#Doc\r\n")
                    .attach("見積書.docm", DOCM, &encryption::standard(&document, "k7Jq2#Doc", 2))
                    .build()
            },
        },
        Sample {
            id: "fo24d",
            file_name: "見積依頼.eml",
            about: "a Word 97 document by RC4 with a macro, and its password in the subject",
            make: || {
                Eml::letter("tanaka@partner.example.com")
                    .subject_iso2022jp("見積依頼 パスワード：k7Jq2")
                    .text_body("iso-2022-jp", "添付をご確認ください。\r\n")
                    .attach("見積書.doc", "application/msword", &document("k7Jq2"))
                    .build()
            },
        },
        Sample {
            id: "fo24u",
            file_name: "給与明細.xlsx",
            about: "an encrypted workbook whose password is nowhere",
            make: || agile(&Package::xlsx("給与\t300000").build(), "Zq7#unguessable", ROUNDS),
        },
        Sample {
            id: "bo23",
            file_name: "単価表.xlsx",
            about: "an honest workbook protected against changes, which Excel encrypts with a password it knows",
            make: || agile(&Package::xlsx("品名\t単価\n航空券\t48000").build(), DEFAULT, ROUNDS),
        },
        Sample {
            id: "bo24",
            file_name: "給与.eml",
            about: "an honest encrypted workbook and its password, as personnel departments send them",
            make: || {
                let book = agile(&Package::xlsx("給与\t300000").build(), "Kyuyo-2016", ROUNDS);
                Eml::letter("jinji@partner.example.com")
                    .subject_iso2022jp("給与明細の送付")
                    .text_body("iso-2022-jp", "明細を添付します。\r\nパスワードは「Kyuyo-2016」です。\r\n")
                    .attach("明細.xlsx", XLSX, &book)
                    .build()
            },
        },
    ]
}

const DOCM: &str = "application/vnd.ms-word.document.macroEnabled.12";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn workbook(password: &str, method: Method) -> Vec<u8> {
    let book = Workbook::new()
        .sheet("請求書", 0, 0)
        .sheet("Macro1", 2, 1)
        .auto_open()
        .label("http://198.51.100.7/x")
        .label(&mark("fo23x"))
        .build();
    Cfb::new().class("", EXCEL).stream("Workbook", encryption::workbook(&book, password, method)).build()
}

fn document(password: &str) -> Vec<u8> {
    let mut text = vec![0u8; 4096];
    let marked = mark("fo24d");
    text[0x200..0x200 + marked.len()].copy_from_slice(marked.as_bytes());
    let (document, table) = encryption::word(&text, &[0; 4096], password, Method::CryptoApi);
    let file = Cfb::new().class("", WORD).stream("WordDocument", document).stream("0Table", table);
    macros::with_project(file, "Macros", &vba_project()).build()
}

fn vba_project() -> vba::Project {
    macros::ticket_project_from("fo24d", "http://example.org/w/")
}
