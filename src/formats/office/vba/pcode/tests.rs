//! Hand-made code: every class of instruction, every compiler, and what hostile tables do.

use sekisho_samples::office::pcode::{Code, Compiler, Names as Made};

use super::{Comparison, Listing, MAX_WORK, Names};
use crate::formats::office::vba::codepage::CodePage;

const ALL: [Compiler; 5] = [Compiler::Vba5, Compiler::Vba6, Compiler::Vba6Mac, Compiler::Vba7, Compiler::Vba7Wide];

fn listing(names: &Made, code: &Code) -> Listing {
    let names = Names::read(&names.stream(), CodePage(932));
    assert_eq!(names.damage, None);
    Listing::read(&code.build(), &names, CodePage(932)).unwrap().unwrap()
}

/// Lines of source that hand-made code gives.
fn sources(compiler: Compiler, make: impl FnOnce(&mut Made, &mut Code)) -> Vec<String> {
    let mut names = Made::new(compiler);
    let mut code = Code::new(compiler);
    make(&mut names, &mut code);
    let listing = listing(&names, &code);
    for line in &listing.lines {
        assert!(line.is_whole, "{line}");
    }
    listing.lines.into_iter().map(|line| line.source.trim().to_owned()).collect()
}

#[test]
fn every_compiler_is_read() {
    for compiler in ALL {
        let lines = sources(compiler, |names, code| {
            let (main, target, shell) = (names.id("Main"), names.id("対象"), names.id("Shell"));
            let object = names.id("Range");
            let excel = names.id("Excel");
            code.sub(main);
            let simple = code.variable(target, Some(code.simple(8)), false);
            let entry = code.object(&[excel, object]);
            let described = code.described(entry, false);
            let other = code.variable(names.id("r"), Some(described), false);
            code.line().op(93, 0, &[]).record(245, 0, simple).record(245, 0, other);
            code.line().string("a\"b").op(32, 0, &[target]).op(17, 0, &[]).integer(0).call(shell, 2);
            code.line();
            code.end_sub();
        });
        assert_eq!(
            lines,
            ["Sub Main()", "Dim 対象 As String, r As Excel.Range", "Shell \"a\"\"b\" & 対象, 0", "", "End Sub",],
            "{compiler:?}"
        );
    }
}

#[test]
fn reserved_and_own_names_are_told_apart() {
    // The first own name follows the last reserved one, wherever a version puts that.
    for compiler in ALL {
        let lines = sources(compiler, |names, code| {
            code.line().op(32, 0, &[0x105]).op(27, 0, &[]).op(39, 0, &[names.id("Word")]);
            code.line().op(32, 0, &[0xffff]).op(66, 16, &[names.id("Hide"), 0]);
        });
        assert_eq!(lines, ["Word = Len(Module)", "Me.Hide"], "{compiler:?}");
    }
}

#[test]
fn expressions_come_back() {
    let lines = sources(Compiler::Vba7Wide, |names, code| {
        let mut id = |name: &str| names.id(name);
        let (x, a, b) = (id("x"), id("a"), id("b"));
        code.line().op(32, 0, &[a]).integer(2).op(15, 0, &[]).op(29, 0, &[]).op(22, 0, &[]).op(39, 0, &[x]);
        code.line().integer(1).op(32, 0, &[a]).op(33, 0, &[b]).op(34, 8, &[x]).op(40, 0, &[b]);
        code.line().op(240, 0, &[]).integer(1).op(36, 0, &[a, 1]).op(46, 0, &[x]);
        code.line().integer(1).integer(2).op(32, 0, &[a]).op(35, 0, &[2]).op(57, 0, &[x]);
        code.line().op(175, 0, &[0x41]).op(179, 0, &[8]).op(11, 0, &[]).op(173, 0, &[1, 0]).op(11, 0, &[]).op(
            39,
            0,
            &[x],
        );
        let double = 1.5f64.to_bits().to_le_bytes();
        let words: Vec<u16> = double.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        code.line().op(183, 0, &words).op(169, 0, &[10_000, 0, 0, 0]).op(12, 0, &[]).op(39, 0, &[x]);
        let date = 45_292.5f64.to_bits().to_le_bytes();
        let words: Vec<u16> = date.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        code.line().op(170, 0, &words).op(39, 0, &[x]);
        code.line().op(186, 1, &[]).op(186, 3, &[]).op(178, 0, &[]).op(65, 0, &[a, 3]);
        code.line().integer(1).op(212, 0, &[b]).op(211, 0, &[]).op(192, 0, &[]).op(66, 16, &[a, 2]);
        code.line().string("a").string("b").op(132, 0, &[]).op(88, 8, &[]).op(39, 0, &[x]);
        code.line().op(32, 0, &[a]).op(138, 0, &[0]).op(32, 32, &[b]).op(73, 0, &[a]).op(65, 16, &[x, 3]);
    });
    assert_eq!(
        lines,
        [
            "x = -(a * 2)",
            "a.b!x$.b = 1",
            "Set x = a(1)",
            ".x = a(1, 2)",
            "x = &H41 + &O10 + 1&",
            "x = 1.5 - 1@",
            "x = #1/1/2024 12:00:00 PM#",
            "Call a(True, Empty, Nothing)",
            "Me.a b:=1,",
            "x = CStr(InStr(\"a\", \"b\"))",
            "x LBound(a), [b], AddressOf a",
        ]
    );
}

#[test]
fn statements_come_back() {
    let lines = sources(Compiler::Vba6, |names, code| {
        let mut id = |name: &str| names.id(name);
        let (i, a, b, x) = (id("i"), id("a"), id("b"), id("x"));
        code.line().op(258, 0, &[]).op(32, 0, &[i]).op(257, 0, &[]).integer(1).integer(9).integer(2).op(149, 0, &[]);
        code.line().op(258, 0, &[]).op(32, 0, &[i]).op(257, 0, &[]).op(32, 0, &[a]).op(147, 0, &[]);
        code.line().op(32, 0, &[i]).op(203, 0, &[]).op(32, 0, &[a]).op(203, 0, &[]);
        code.line().op(32, 0, &[a]).op(155, 0, &[]).op(71, 0, &[]).op(124, 0, &[]).op(99, 0, &[]).op(71, 0, &[]);
        code.op(65, 16, &[b, 0]).op(106, 0, &[]);
        code.line().op(32, 0, &[a]).op(237, 0, &[]);
        code.line().integer(1).op(75, 0, &[]).integer(2).integer(5).op(76, 0, &[]).integer(9).op(77, 0, &[]).op(
            84,
            0,
            &[],
        );
        code.line().op(83, 0, &[]);
        code.line().op(204, 1, &[0xffff]);
        code.line().op(204, 0, &[a]);
        code.line().op(204, 2, &[0xffff]);
        code.line().op(163, 0, &[a]).op(70, 0, &[4]).op(232, 1, &[0xffff]);
        code.line().op(32, 0, &[a]).op(248, 0, &[]).op(70, 0, &[0]).op(113, 0, &[]);
        code.line().op(32, 0, &[x]).integer(1).op(30, 0, &[]).op(171, 0, &[]).op(207, 0, &[0x20]);
        code.line().integer(1).op(30, 0, &[]).op(213, 0, &[]).string("t").op(218, 0, &[]).op(32, 0, &[a]).op(
            217,
            0,
            &[],
        );
        code.line().op(91, 0, &[]).op(220, 0, &[]).op(32, 0, &[a]).op(217, 0, &[]);
        code.line().integer(1).op(30, 0, &[]).op(171, 0, &[]).op(32, 0, &[a]).op(226, 0, &[]);
        code.line().integer(1).op(30, 0, &[]).op(86, 0, &[1]);
        code.line().text(227, &[4], " 注釈");
        code.line().text(231, &[], " old");
        code.line().text(230, &[], "Shell x y z");
        code.line().integer(0).integer(9).op(228, 16, &[x, 1, 0, 0]);
    });
    assert_eq!(
        lines,
        [
            "For i = 1 To 9 Step 2",
            "For Each i In a",
            "Next i, a",
            "If a Then Exit Sub Else b",
            "Select Case a",
            "Case 1, 2 To 5, Is > 9",
            "Case Else",
            "On Error Resume Next",
            "On Error GoTo a",
            "On Error GoTo 0",
            "a: Resume Next",
            "With a: End With",
            "Open x For Binary As #1",
            "Print #1, \"t\"; a",
            "Debug.Print a",
            "Put #1, , a",
            "Close #1",
            "' 注釈",
            "Rem old",
            "Shell x y z",
            "ReDim Preserve x(0 To 9)",
        ]
    );
}

#[test]
fn declarations_come_back() {
    for compiler in ALL {
        let lines = sources(compiler, |names, code| {
            let (f, x, y, kernel) = (names.id("Fetch"), names.id("x"), names.id("y"), names.id("urlmon"));
            let string = code.simple(8);
            let long = code.simple(3);
            let at = code.function(f, 0x1020, &[(x, string, 0x0184), (y, long, 0x0380)], long, 0x02);
            code.declare(at, kernel, "URLDownloadToFileA");
            code.line().record(150, 2, at);
            let at = code.function(f, 0x1028, &[(x, string, 0x0584), (y, long, 0x0782)], long, 0x02);
            code.line().integer(7).string("d").record(150, 2, at);
            let at = code.function(f, 0x2028, &[], long, 0x02);
            code.line().record(150, 5, at);
            code.line().op(208, 4, &[]);
            let variable = code.variable(x, Some(long), false);
            code.line().op(93, 0x11, &[]).integer(5).record(245, 0, variable);
            let object = code.object(&[names.id("Collection")]);
            let described = code.described(object, false);
            let variable = code.variable(x, Some(described), true);
            code.line().op(93, 0, &[]).record(245, 0, variable);
            let array = code.described(object, true);
            let variable = code.variable(x, Some(array), false);
            code.line().op(93, 0x10, &[]).op(209, 0, &[]).integer(5).record(245, 0, variable);
            let at = code.user_type(names.id("Point"), true);
            code.line().record(243, 1, at);
            code.line().op(240, 0, &[]).op(201, 0, &[object]).op(46, 0, &[x]);
        });
        let head = if compiler == Compiler::Vba5 { "Private Declare" } else { "Declare" };
        assert_eq!(
            lines,
            [
                &format!(
                    "{head} Function Fetch Lib \"urlmon\" Alias \"URLDownloadToFileA\" (ByVal x As String, Optional y As Long) As Long"
                ),
                "Function Fetch(ByVal x As String = \"d\", Optional ByRef y As Long = 7) As Long",
                "Public Property Get Fetch() As Long",
                "Option Explicit",
                "Private Const x As Long = 5",
                "Dim x As New Collection",
                "Private x(5) As Collection",
                "Type Point",
                "Set x = New Collection",
            ],
            "{compiler:?}"
        );
    }
}

#[test]
fn source_is_compared_line_by_line() {
    let mut names = Made::new(Compiler::Vba7);
    let mut code = Code::new(Compiler::Vba7);
    let (main, shell, range) = (names.id("実行"), names.id("Shell"), names.id("Range"));
    code.line().text(227, &[0], " 注釈");
    code.sub(main);
    code.line().string("say \"hi\"").integer(16).op(36, 0, &[range, 1]).op(17, 0, &[]).call(shell, 1);
    code.line();
    code.end_sub();
    let cache = code.build();
    let names = Names::read(&names.stream(), CodePage(932));
    let compare = |source: &str| {
        let made = Comparison::make(&cache, source, &names, CodePage(932), &mut MAX_WORK.clone()).unwrap().unwrap();
        (made.equal, made.differing, made.unclear)
    };
    let head = "Attribute VB_Name = \"M\"\r\n";
    let same = |body: &str| compare(&format!("{head}{body}"));
    assert_eq!(same("' 注釈\r\nSub 実行()\r\nShell \"say \"\"hi\"\"\" & Range(16)\r\n\r\nEnd Sub\r\n"), (5, 0, 0));
    // Another comment, continued lines, another case, another form of a number, an attribute within.
    let dressed = "' x\r\nPublic Sub 実行()\r\nAttribute 実行.VB_Description = \"d\"\r\nshell _\r\n  \"say \"\"hi\"\"\" & _\r\n range(&H10) ' y\r\n\r\nEnd Sub\r\n";
    assert_eq!(same(dressed), (5, 0, 0));
    for other in [
        dressed.replace("16", "17").replace("&H10", "17"),
        dressed.replace("hi", "ho"),
        dressed.replace("range", "cells"),
        dressed.replace("shell", "msgbox"),
    ] {
        assert_eq!(same(&other), (4, 1, 0), "{other}");
    }
    // Words of the language alone prove nothing; lines elsewhere are the same lines.
    assert_eq!(same(&dressed.replace("Public", "Private")), (4, 0, 1));
    assert_eq!(same(&dressed.replace("' x\r\n", "")), (5, 0, 0));
    // A line too many, a line twice, a line too few.
    assert_eq!(same(&dressed.replace("End Sub", "Beep\r\nEnd Sub")), (5, 1, 0));
    assert_eq!(same(&dressed.replace("End Sub", "End Sub\r\nEnd Sub")), (5, 1, 0));
    assert_eq!(same(&dressed.replace("End Sub\r\n", "")), (4, 1, 0));
    assert_eq!(same("").1, 3);
}

#[test]
fn a_cut_or_hostile_table_costs_what_it_holds() {
    let mut names = Made::new(Compiler::Vba7);
    let mut code = Code::new(Compiler::Vba7);
    let x = names.id("x");
    for _ in 0..40 {
        code.line().op(32, 0, &[x]).op(39, 0, &[x]);
    }
    let whole = code.build();
    let names = Names::read(&names.stream(), CodePage(932));
    for end in (0..whole.len()).step_by(5) {
        let _ = Listing::read(&whole[..end], &names, CodePage(932));
        let _ = Comparison::make(&whole[..end], "x = x\r\n", &names, CodePage(932), &mut MAX_WORK.clone());
    }
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let _ = Listing::read(&bytes, &names, CodePage(932));
    }
    // Every line of a full table is the same long line.
    let mut code = Code::new(Compiler::Vba7);
    code.line();
    for _ in 0..4_000 {
        code.op(32, 0, &[0x0102]).op(17, 0, &[]);
    }
    let mut bytes = code.build();
    let table = bytes.windows(2).position(|pair| pair == [0xfe, 0xca]).unwrap();
    let row = bytes[table + 6..table + 18].to_vec();
    bytes[table + 4..table + 6].copy_from_slice(&60_000u16.to_le_bytes());
    let rows = row.repeat(59_999);
    bytes.splice(table + 18..table + 18, rows);
    let mut left = MAX_WORK;
    let made = Comparison::make(&bytes, "", &names, CodePage(932), &mut left).unwrap().unwrap();
    assert!(made.is_cut || made.differing > 0);
    let listing = Listing::read(&bytes, &names, CodePage(932)).unwrap().unwrap();
    assert!(listing.is_cut);
}

#[test]
fn names_survive_damage_before_them() {
    let mut names = Made::new(Compiler::Vba7Wide);
    names.id("対象");
    let mut stream = names.stream();
    // References that are not there.
    stream[0x1e] = 9;
    let read = Names::read(&stream, CodePage(932));
    assert_eq!(read.damage, None);
    assert_eq!(read.own().last().map(String::as_str), Some("対象"));
    assert_eq!(read.last_reserved, 0x106);
    let lost = Names::read(&stream[..stream.len() - 60], CodePage(932));
    assert!(lost.damage.is_some() && !lost.is_known());
    assert!(!Names::read(b"\xcc\x61\xff\xff\0\0\0", CodePage(932)).has_version());
    assert!(Names::read(&names.stream(), CodePage(932)).version_fits());
    let mut changed = names.stream();
    changed[2] = 0x85;
    assert!(!Names::read(&changed, CodePage(932)).version_fits());
}

#[test]
fn every_instruction_is_understood() {
    let mut unknown = Vec::new();
    for (number, (_, mnemonic, operands, has_text)) in super::opcodes::OPCODES.iter().enumerate() {
        let mut names = Made::new(Compiler::Vba7Wide);
        let x = names.id("x");
        let mut code = Code::new(Compiler::Vba7Wide);
        let record = code.function(x, 0x1008, &[], u32::MAX, 3);
        let object = code.object(&[x]);
        code.line();
        for value in 0..8 {
            code.integer(value);
        }
        let words: Vec<u16> = operands
            .iter()
            .flat_map(|operand| match operand {
                super::opcodes::Operand::Name => vec![x],
                super::opcodes::Operand::Word => vec![1],
                super::opcodes::Operand::Object => vec![object],
                super::opcodes::Operand::Context => vec![0; 4],
                _ => vec![u16::try_from(record).unwrap(), 0],
            })
            .collect();
        if *has_text {
            code.text(u16::try_from(number).unwrap(), &words, "ab");
        } else {
            code.op(u16::try_from(number).unwrap(), 0, &words);
        }
        let listing = listing(&names, &code);
        let line = &listing.lines[0];
        assert_eq!(line.instructions.len(), 9, "{line}");
        let said = line.source.split(' ').next().unwrap_or_default();
        // What is not understood is said by its mnemonic, behind what lies on the stack.
        if said == *mnemonic && !line.source.contains("x") && !KNOWN_BY_THEIR_NAME.contains(mnemonic) {
            unknown.push(*mnemonic);
        }
    }
    assert_eq!(unknown, ["SelectIs", "Illegal"]);

    const KNOWN_BY_THEIR_NAME: &[&str] = &[
        "Case", "Circle", "Close", "Do", "DoEvents", "Else", "End", "Erase", "Error", "Input", "Line", "Lock", "Loop",
        "Mid", "MidB", "Name", "Next", "Open", "Option", "PSet", "Rem", "Return", "Scale", "Seek", "Stop", "Unlock",
        "Dim", "For", "Wend", "While", "With", "LSet", "RSet", "DefType", "If", "Resume",
    ];
}
