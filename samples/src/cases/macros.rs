//! Documents with macros: droppers that run nothing, and the honest forms they must not be taken for.

use crate::Sample;
use crate::mark;
use crate::office::macros::{self, compiled};
use crate::office::ooxml::Package;
use crate::office::pcode::Compiler;
use crate::office::vba::{Module, Project};
use crate::program::Pe;

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
            about: "compiled code of a dropper, and source that is a comment",
            make: || stomped("fo12", "ご案内", |_, _| {}),
        },
        Sample {
            id: "fo12d",
            file_name: "座席案内.docm",
            about: "compiled code of a dropper under source that only greets",
            make: || {
                stomped("fo12d", "座席のご案内", |project, _| {
                    let source = "Sub AutoOpen()\n    MsgBox \"ご案内です\"\nEnd Sub\n";
                    project.modules[0].source.push_str(source);
                })
            },
        },
        Sample {
            id: "fo12v",
            file_name: "搭乗案内.docm",
            about: "a macro whose project was given the version of another Office",
            make: || {
                stomped("fo12v", "搭乗のご案内", |project, source| {
                    project.modules[0].source = source;
                    project.others = vec![("__SRP_0".to_owned(), compiled::executed(Compiler::Vba7))];
                    project.compiled[2] = 0xaf;
                })
            },
        },
        Sample {
            id: "fo12o",
            file_name: "変更案内.docm",
            about: "a module whose stated offset lies beyond its stream",
            make: || {
                stomped("fo12o", "便変更のご案内", |project, source| {
                    project.modules[0].source = source;
                    project.modules[0].stated_offset = Some(0x00ff_ffff);
                })
            },
        },
        Sample {
            id: "b03c",
            file_name: "勤怠表.xlsm",
            about: "an honest time sheet with compiled code, Japanese names, comments and a continued line",
            make: compiled_sheet,
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
            id: "fo16",
            file_name: "売上集計.xll",
            about: "a library that Excel loads and runs when it is opened",
            make: || Pe::dll("sum.dll", &["xlAutoOpen", "xlAutoClose"]).build(),
        },
        Sample {
            id: "fo16p",
            file_name: "案内.ppam",
            about: "a PowerPoint add-in with the dropper",
            make: || {
                add_in("application/vnd.ms-powerpoint.addin.macroEnabled.main+xml", "ppt/presentation.xml", "Auto_Open")
            },
        },
        Sample {
            id: "fo16v",
            file_name: "配置図.vsdm",
            about: "a Visio drawing with the dropper",
            make: || {
                add_in(
                    "application/vnd.ms-visio.drawing.macroEnabled.main+xml",
                    "visio/document.xml",
                    "Document_DocumentOpened",
                )
            },
        },
        Sample {
            id: "fo9m",
            file_name: "申請書.docm",
            about: "a ribbon that runs the dropper when the document is shown; the macro has a name of no trigger",
            make: || ribbon("onLoad=\"Ticket.PrepareRibbon\"", "PrepareRibbon"),
        },
        Sample {
            id: "fo9i",
            file_name: "申請書.docm",
            about: "the same macros in a document that never runs them",
            make: || {
                let project = ribbon_project("PrepareRibbon");
                Package::docm("申請書", macros::vba_project(&project)).build()
            },
        },
        Sample {
            id: "fo9b",
            file_name: "申請書.docm",
            about: "a button of the ribbon that runs the dropper",
            make: || ribbon("", "PressButton"),
        },
        Sample {
            id: "bo43",
            file_name: "申請書.docm",
            about: "a company's ribbon whose macro only notes that it was loaded",
            make: || {
                let source =
                    "Private shown As Object\nSub NoteRibbon(ribbon As Object)\n    Set shown = ribbon\nEnd Sub\n";
                let project =
                    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Menu", source)]);
                with_ribbon(Package::docm("申請書", macros::vba_project(&project)), "onLoad=\"NoteRibbon\"", "")
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

/// A package of no text, whose main part has this content type, with the dropper under the host's own trigger.
fn add_in(content_type: &str, main: &str, trigger: &str) -> Vec<u8> {
    let mut project = macros::ticket_project("fo16");
    project.modules.push(Module::document("ThisProject", &format!("Sub {trigger}()\n    AutoOpen\nEnd Sub\n")));
    Package::default()
        .part(main, content_type, "<document/>")
        .internal("", "officeDocument", main)
        .vba(main, macros::vba_project(&project))
        .build()
}

/// A document whose ribbon runs the dropper under this name: by the attribute of the ribbon, else by a button.
fn ribbon(attribute: &str, name: &str) -> Vec<u8> {
    let project = ribbon_project(name);
    let button = if attribute.is_empty() { format!("<button id=\"b\" onAction=\"{name}\"/>") } else { String::new() };
    with_ribbon(Package::docm("申請書", macros::vba_project(&project)), attribute, &button)
}

/// The dropper as a macro of the ribbon.
fn ribbon_project(name: &str) -> Project {
    let mut project = macros::ticket_project("fo9");
    for module in &mut project.modules {
        module.source = module.source.replace("Sub AutoOpen()", &format!("Sub {name}(ribbon As Object)"));
    }
    project
}

fn with_ribbon(package: Package, attribute: &str, content: &str) -> Vec<u8> {
    let xml = format!(
        "<customUI xmlns=\"http://schemas.microsoft.com/office/2009/07/customui\" {attribute}>{content}</customUI>"
    );
    package
        .part("customUI/customUI14.xml", "", xml)
        .relation(
            "",
            "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
            "customUI/customUI14.xml",
            false,
        )
        .build()
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

/// The dropper's compiled code over a source of somebody's choice.
fn stomped(id: &str, file: &str, change: impl FnOnce(&mut Project, String)) -> Vec<u8> {
    let made = compiled::dropper(Compiler::Vba7, "http://example.com/update.bin");
    let mut module = Module::document("ThisDocument", &format!("' {}\n", mark(id)));
    module.cache = made.cache;
    let mut project = Project::new(vec![module]);
    project.compiled = made.names;
    change(&mut project, made.source);
    Package::docm(file, macros::vba_project(&project)).build()
}

/// A time sheet as Excel saves it: compiled code, the source it was made of, the cache of the last run.
fn compiled_sheet() -> Vec<u8> {
    let made = compiled::time_sheet(Compiler::Vba7Wide);
    let mut module = Module::standard("勤怠", &made.source);
    module.cache = made.cache;
    let mut project = Project::new(vec![module]);
    project.compiled = made.names;
    project.others = vec![("__SRP_0".to_owned(), compiled::executed(Compiler::Vba7Wide))];
    Package::xlsm("勤怠表\n氏名\t時間", macros::vba_project(&project)).build()
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
