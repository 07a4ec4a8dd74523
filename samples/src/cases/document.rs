//! PDF, HTML and other documents.

use crate::Sample;
use crate::document::pdf::{self, Pdf};
use crate::office::macros;
use crate::office::ooxml::Package;

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "b01a",
            file_name: "E-TKT控え.pdf",
            about: "an honest e-ticket: text, a picture, a link to the check-in page",
            make: pdf::ticket,
        },
        Sample {
            id: "b05",
            file_name: "申込書.pdf",
            about: "an honest form: number fields, opens fitted, an attached XML invoice, three updates, a JBIG2 scan",
            make: form,
        },
        Sample {
            id: "fp1",
            file_name: "案内.pdf",
            about: "opens with a script that launches a URL, in an object stream, under escaped names",
            make: script_in_object_stream,
        },
        Sample {
            id: "fp2",
            file_name: "請求書.pdf",
            about: "a link that starts a program",
            make: || Pdf::new().text("INVOICE").launch("harmless-none.exe").build(),
        },
        Sample {
            id: "fp3",
            file_name: "旅程表.pdf",
            about: "a Word document with a dropper, attached inside the PDF",
            make: || {
                let macros = macros::vba_project(&macros::ticket_project("fp3"));
                Pdf::new()
                    .text("ITINERARY")
                    .embed("旅程表.docm", "application/octet-stream", Package::docm("旅程表", macros).build())
                    .compressed()
                    .build()
            },
        },
        Sample {
            id: "fp5",
            file_name: "案内.pdf",
            about: "a PDF with the headers of a saved web page behind its objects",
            make: || {
                let mime = format!(
                    "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Location: \
                     file:///C:/a.htm\r\nContent-Type: text/html\r\n\r\n<html>{}</html>\r\n--b--\r\n",
                    crate::mark("fp5")
                );
                Pdf::new().text("NOTICE").after(mime.as_bytes()).build()
            },
        },
        Sample {
            id: "fp4",
            file_name: "資料.pdf",
            about: "a link to a document on another machine's share, and a form sent to it",
            make: || {
                Pdf::new()
                    .text("DOCUMENT")
                    .remote_goto(r"\\192.0.2.30\s\a.pdf")
                    .submit_form(r"\\192.0.2.30\s\f")
                    .build()
            },
        },
        Sample {
            id: "fp9",
            file_name: "マニュアル.pdf",
            about: "a header behind other bytes, a form with script, a link to an installer",
            make: || {
                let xfa = "<template><script contentType=\"application/x-javascript\">var a = 1;</script></template>";
                Pdf::new()
                    .text("MANUAL")
                    .before(b"GIF89a;")
                    .xfa(xfa)
                    .uri("https://example.com/setup.msi")
                    .submit_form("https://example.com/form")
                    .build()
            },
        },
        Sample {
            id: "fp6",
            file_name: "明細書.pdf",
            about: "says that it is encrypted",
            make: || Pdf::new().text("STATEMENT").encrypted_marker().build(),
        },
    ]
}

fn form() -> Vec<u8> {
    Pdf::new()
        .text("APPLICATION FORM")
        .text("申込書")
        .number_field("amount")
        .number_field("total")
        .opens_fitted()
        .embed("invoice.xml", "text/xml", &b"<?xml version=\"1.0\"?><Invoice><Total>1000</Total></Invoice>"[..])
        .bilevel_scan()
        .compressed()
        .updates(3)
        .build()
}

fn script_in_object_stream() -> Vec<u8> {
    Pdf::new()
        .text("NOTICE")
        .opens_with_script("app.launchURL(\"http://example.com/\", true);")
        .obfuscated_names()
        .object_streams()
        .build()
}
