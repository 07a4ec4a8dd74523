//! Documents with macros: droppers that run nothing, and the honest forms they must not be taken for.

use crate::Sample;
use crate::mark;
use crate::office::macros;
use crate::office::ooxml::Package;
use crate::office::vba::{Module, Project};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "t14",
            file_name: "航空券控え.docm",
            about: "opening it fetches from an address cut in pieces, writes and starts a program: the dropper of 2014 to 2023",
            make: || {
                let text = "航空券控え\n「コンテンツの有効化」を押すと内容が表示されます。";
                Package::docm(text, macros::vba_project(&macros::ticket_project("t14"))).build()
            },
        },
        Sample {
            id: "t24d",
            file_name: "請求書.doc",
            about: "the same dropper in a Word 97 document, as hijacked reply threads carried it",
            make: || macros::reply_doc("t24d", "http://example.org/w/"),
        },
        Sample {
            id: "b02",
            file_name: "見積書.xlsm",
            about: "an honest estimate: buttons, a change event, a dictionary, saving under another name, a CSV export",
            make: estimate,
        },
        Sample {
            id: "b03",
            file_name: "勤怠.xls",
            about: "an honest time sheet without compiled code, whose comments and messages name Workbook_Open, Call and Shell",
            make: time_sheet,
        },
        Sample {
            id: "fo12",
            file_name: "案内.docm",
            about: "compiled code of sixty lines with an address in it, and source that is a comment",
            make: stomped,
        },
        Sample {
            id: "fo13",
            file_name: "座席表.xlsm",
            about: "an honest project without compiled code, as libraries write it",
            make: purged,
        },
        Sample {
            id: "fo30",
            file_name: "為替レート.xls",
            about: "an opening event, a download and a program start that nothing connects",
            make: || macros::excel_97(&unconnected()),
        },
        Sample {
            id: "fo31",
            file_name: "航空券控え_修復.docm",
            about: "the dropper with a ruined dir stream: its modules are found by their own first bytes",
            make: || Package::docm("航空券控え", macros::without_tables(&macros::ticket_project("fo31"))).build(),
        },
        Sample {
            id: "fo32",
            file_name: "ticket.bas",
            about: "the dropper's source as an exported module",
            make: || {
                macros::ticket_project("fo32").modules.iter().map(Module::text).next_back().unwrap_or_default().into()
            },
        },
        Sample {
            id: "fo33",
            file_name: "精算書.xlsm",
            about: "a locked project whose hidden module starts a program on opening",
            make: hidden,
        },
    ]
}

fn hidden() -> Vec<u8> {
    let mut module = Module::standard("Engine", "Sub RunTool()\n    Shell \"harmless-none.exe\"\nEnd Sub\n");
    module.is_hidden = true;
    let start = Module::document("ThisWorkbook", "Private Sub Workbook_Open()\n    RunTool\nEnd Sub\n");
    let mut project = Project::new(vec![start, module]);
    project.is_locked = true;
    Package::xlsm("精算書\n交通費\t1200", macros::vba_project(&project)).build()
}

fn estimate() -> Vec<u8> {
    let sheet = Module::document("Sheet1", include_str!("../../text/estimate-sheet.bas"));
    let module = Module::standard("見積", include_str!("../../text/estimate-module.bas"));
    let project = Project::new(vec![Module::document("ThisWorkbook", ""), sheet, module]);
    Package::xlsm("御見積書\n品名\t数量\t単価\n航空券\t2\t48000", macros::vba_project(&project)).build()
}

fn time_sheet() -> Vec<u8> {
    let module = Module::standard("勤怠", include_str!("../../text/timesheet.bas"));
    macros::excel_97(&Project::new(vec![Module::document("ThisWorkbook", ""), module]))
}

fn stomped() -> Vec<u8> {
    let mut module = Module::document("ThisDocument", &format!("' {}\n", mark("fo12")));
    module.cache = macros::compiled_lines(60, "AutoOpen\0http://198.51.100.9/p\0");
    Package::docm("ご案内", macros::vba_project(&Project::new(vec![module]))).build()
}

fn purged() -> Vec<u8> {
    let module =
        Module::standard("Seats", "Public Sub Sort()\n    Range(\"A1:B40\").Sort Key1:=Range(\"A1\")\nEnd Sub\n");
    let project = Project::new(vec![Module::document("ThisWorkbook", ""), module]);
    Package::xlsm("座席\t氏名", macros::vba_project(&project)).build()
}

fn unconnected() -> Project {
    let source = include_str!("../../text/tool-unconnected.bas");
    Project::new(vec![Module::document("ThisWorkbook", source)])
}
