//! Each finding of compound files: a file that raises it, and one that nearly does.

use sekisho_samples::office::biff::Workbook;
use sekisho_samples::office::cfb::{Cfb, packaged};

use super::{FORMAT, kinds};
use crate::formats::trial::{file, findings, scan_artifact};
use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Origin, OriginKind, ProblemKind};
use crate::stage::{FormatSpec, Probe, Said};

const PACKAGE: &str = "0003000C-0000-0000-C000-000000000046";
const EQUATION: &str = "0002CE02-0000-0000-C000-000000000046";

fn say(cfb: &Cfb) -> Said {
    scan_artifact(&FORMAT, file("t", cfb.build()))
}

fn object(class: &str, stream: &str, data: impl Into<Vec<u8>>) -> Cfb {
    Cfb::new().class("ObjectPool/_1", class).stream(&format!("ObjectPool/_1/{stream}"), data)
}

fn program() -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(200, 0);
    bytes
}

#[test]
fn a_packed_program_is_seen_by_name_and_by_content() {
    let by_name = object(PACKAGE, "\u{1}oLE10nATIVE", packaged("tool", r"C:\t\tool.vbs", b"text"));
    assert_eq!(findings(&say(&by_name)), [("ole-embedded-executable", "high")]);
    let by_content = object(PACKAGE, "\u{1}Ole10Native", packaged("data", "data.bin", &program()));
    assert_eq!(findings(&say(&by_content)), [("ole-embedded-executable", "high")]);
    let harmless = object(PACKAGE, "\u{1}Ole10Native", packaged("notes.txt", r"C:\t\notes.txt", b"text"));
    assert_eq!(findings(&say(&harmless)), [("ole-package-object", "low")]);
    let bitmap = object("0003000A-0000-0000-C000-000000000046", "\u{1}Ole10Native", b"\x04\0\0\0BM..".to_vec());
    assert_eq!(findings(&say(&bitmap)), []);
}

#[test]
fn a_label_that_promises_a_document_lies() {
    let lies = object(PACKAGE, "\u{1}Ole10Native", packaged("領収書.pdf", r"C:\t\領収書.pdf.exe", &program()));
    let said = say(&lies);
    assert_eq!(findings(&said), [("ole-embedded-executable", "high"), ("ole-package-label-lies", "high")]);
    let child = &said.children[0];
    assert_eq!(child.name.text, "領収書.pdf.exe");
    assert_eq!(child.name.others, ["領収書.pdf"]);
    assert!(child.origin.is_file);
    assert_eq!(child.bytes, program());
    let honest = object(PACKAGE, "\u{1}Ole10Native", packaged("tool.exe", "tool.exe", &program()));
    assert_eq!(findings(&say(&honest)), [("ole-embedded-executable", "high")]);
}

#[test]
fn an_equation_is_weighed_by_its_content() {
    let mut native = vec![0u8; 28];
    native[0] = 28;
    native[4] = 2;
    native.extend([3, 1, 1, 3, 10, 0x0A, 0x01, 0x08, 0x81, 0x00]);
    let real = [native.as_slice(), b"Times New Roman\0"].concat();
    let cases = [
        (object(EQUATION, "Equation Native", real.clone()), vec![("equation-editor-object", "medium")]),
        (object(EQUATION, "eQuatiON nATIve", real.clone()), vec![("equation-editor-object", "high")]),
        (object(EQUATION, "Equation Native", b"HARMLESS-SAMPLE/1".to_vec()), vec![("equation-editor-object", "high")]),
        (object(EQUATION, "\u{1}Ole10Native", b"code".to_vec()), vec![("equation-editor-object", "high")]),
        (object("00020906-0000-0000-C000-000000000046", "Equation", real), vec![]),
        (
            object(EQUATION, "Equation Native", [native.as_slice(), &[b'A'; 60]].concat()),
            vec![("equation-font-overflow", "critical"), ("equation-editor-object", "medium")],
        ),
    ];
    for (cfb, wanted) in cases {
        assert_eq!(findings(&say(&cfb)), wanted);
    }
}

#[test]
fn classes_are_judged_by_the_table() {
    let explorer = object("EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B", "Contents", b"".to_vec());
    assert_eq!(findings(&say(&explorer)), [("ole-dangerous-class", "critical")]);
    let tree_view = object("C74190B6-8589-11D1-B16A-00C0F0283628", "Contents", b"".to_vec());
    assert_eq!(findings(&say(&tree_view)), [("ole-risky-class", "medium")]);
    let button = object("D7053240-CE69-11CD-A777-00DD01143C57", "Contents", b"".to_vec());
    assert_eq!(findings(&say(&button)), []);
}

#[test]
fn a_link_to_another_machine_is_said() {
    let moniker = [0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11, 0x8C, 0x82, 0x00, 0xAA, 0x00, 0x4B, 0xA9, 0x0B];
    let address: Vec<u8> = "http://192.0.2.9/a.hta\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let link = "00000300-0000-0000-C000-000000000046";
    let remote = say(&object(link, "\u{1}Ole", [&moniker[..], &[0; 4], &address].concat()));
    assert_eq!(findings(&remote), [("ole-remote-link", "high"), ("remote-host-unusual", "info")]);
    assert_eq!(remote.iocs[0].value, "http://192.0.2.9/a.hta");
    let local = say(&object(link, "\u{1}Ole", br"C:\Users\taro\book.xls".to_vec()));
    assert_eq!(findings(&local), []);
}

#[test]
fn macro_sheets_weigh_by_how_they_are_hidden() {
    let book = |workbook: Workbook| say(&Cfb::new().stream("Workbook", workbook.build()));
    let hidden = |formula: &str| {
        let workbook = Workbook::new().sheet("Sheet1", 0, 0).sheet("M", 2, 1).column(&[formula]).auto_open_at(1);
        book(workbook)
    };
    let tool = hidden("RETURN()");
    assert_eq!(findings(&tool), [("xlm-hidden-sheet", "low"), ("xlm-macro-sheet", "low"), ("xlm-auto-open", "low")]);
    let hidden = hidden("EXEC(\"harmless-none.exe\")");
    assert_eq!(
        findings(&hidden),
        [
            ("xlm-hidden-sheet", "high"),
            ("xlm-macro-sheet", "medium"),
            ("xlm-auto-open", "high"),
            ("xlm-starts-program", "high")
        ]
    );
    assert!(hidden.problems.is_empty());
    assert_eq!(findings(&book(Workbook::new().sheet("M", 0, 1))), [("xlm-macro-sheet", "low")]);
    let plain = book(Workbook::new().sheet("Hidden", 2, 0).auto_open());
    assert_eq!(findings(&plain), []);
    assert!(plain.problems.is_empty());
}

#[test]
fn dde_weighs_by_what_it_starts() {
    let book = |service: &str, topic: &str| {
        findings(&say(&Cfb::new().stream("Workbook", Workbook::new().dde(service, topic).build())))
    };
    assert_eq!(book("cmd", "/c echo"), [("dde-link", "high")]);
    assert_eq!(book("RSS", "9984.T"), [("dde-link", "medium")]);
    assert_eq!(book("Word.Document.8", "report.doc"), []);
}

#[test]
fn fields_of_old_documents_are_read() {
    let document = |field: &str| {
        let text: Vec<u8> =
            format!("text \u{13}{field}\u{14}shown\u{15}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        findings(&say(&Cfb::new().stream("WordDocument", [vec![0; 512], text, vec![0; 4096]].concat())))
    };
    assert_eq!(document(" DDEAUTO harmless-none.exe "), [("dde-link", "high")]);
    assert_eq!(
        document(r" INCLUDEPICTURE \\\\198.51.100.9\\p \d "),
        [("remote-image", "high"), ("remote-host-unusual", "info")]
    );
    assert_eq!(document(" PAGE "), []);
}

#[test]
fn damage_is_said_and_health_is_not() {
    let whole = Cfb::new().stream("Long", vec![7; 9000]).build();
    assert_eq!(findings(&scan_artifact(&FORMAT, file("t", whole.clone()))), []);
    let mut cut = whole;
    let fat = 512 + crate::formats::fields::u32_at(&cut, 76).unwrap() as usize * 512;
    cut[fat + 8..fat + 12].copy_from_slice(&[0xEE, 0xEE, 0xEE, 0]);
    assert_eq!(findings(&scan_artifact(&FORMAT, file("t", cut))), [("ole-structure-damaged", "low")]);
}

#[test]
fn tables_that_lie_are_said_where_the_content_was_found() {
    let mut file = Cfb::new().stream("Long", vec![7; 9000]).build();
    file[48..52].fill(0xFF);
    let said = scan_artifact(&FORMAT, file_of(file));
    assert_eq!(findings(&said), [("ole-structure-damaged", "low"), ("ole-tables-repaired", "low")]);
    let mut file = Cfb::new().stream("Long", vec![7; 9000]).build();
    file[30] = 12;
    assert_eq!(findings(&scan_artifact(&FORMAT, file_of(file))), [("ole-tables-repaired", "low")]);
    // A version that fits nothing else says nothing by itself.
    let mut file = Cfb::new().stream("Long", vec![7; 9000]).build();
    file[26] = 9;
    assert_eq!(findings(&scan_artifact(&FORMAT, file_of(file))), []);
}

fn file_of(bytes: Vec<u8>) -> Artifact {
    file("t", bytes)
}

#[test]
fn locked_documents_are_said() {
    let mut word = vec![0u8; 5000];
    word[..2].copy_from_slice(&[0xEC, 0xA5]);
    let mut locked_word = word.clone();
    locked_word[11] = 1;
    let locked = [
        Cfb::new().stream("EncryptedPackage", vec![1; 5000]).stream("EncryptionInfo", vec![4, 0, 4, 0, 64, 0, 0, 0]),
        Cfb::new().stream("WordDocument", locked_word),
        Cfb::new().stream("Workbook", Workbook::new().locked().build()),
    ];
    for cfb in locked {
        assert!(say(&cfb).problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted));
    }
    for cfb in [Cfb::new().stream("WordDocument", word), Cfb::new().stream("Workbook", Workbook::new().build())] {
        assert_eq!(say(&cfb).problems, []);
    }
}

#[test]
fn streams_become_children_where_the_file_alone_is_not_enough() {
    let pdf = [b"%PDF-1.4\n".as_slice(), &[b' '; 100]].concat();
    let zip = [b"PK\x03\x04".as_slice(), &[0; 100]].concat();
    let cfb = Cfb::new()
        .stream("WordDocument", vec![1; 5000])
        .stream("1Table", vec![2; 5000])
        .stream("\u{1}CompObj", vec![0; 90])
        .stream("ObjectPool/_1/CONTENTS", pdf)
        .stream("ObjectPool/_2/Package", zip)
        .stream("Macros/VBA/Module1", vec![0; 5000]);
    let names = |cfb: &Cfb| -> Vec<String> { say(cfb).children.into_iter().map(|child| child.name.text).collect() };
    assert_eq!(names(&cfb), ["ObjectPool/_1/CONTENTS", "ObjectPool/_2/Package"]);
    let scattered = names(&cfb.fragmented());
    assert!(scattered.contains(&"WordDocument".to_owned()));
    assert!(!scattered.iter().any(|name| name.contains("VBA")));
}

#[test]
fn kinds_are_told_by_streams_and_not_by_class() {
    let cases: [(&FormatSpec, Cfb); 8] = [
        (&kinds::MPP, Cfb::new().stream("Props14", vec![0; 10])),
        (&kinds::WORKS, Cfb::new().stream("MatOST", vec![0; 10])),
        (&kinds::OUTLOOK_PROJECT, Cfb::new().stream("OutlookVbaData/VBA/dir", vec![0; 10])),
        (&kinds::VSD, Cfb::new().stream("VisioDocument", vec![0; 10])),
        (&kinds::DOC, Cfb::new().stream("worddocument", vec![0; 10])),
        (&kinds::XLS, Cfb::new().stream("Book", vec![0; 10])),
        (&kinds::PPT, Cfb::new().stream("PowerPoint Document", vec![0; 10])),
        (&crate::formats::mail::msg::FORMAT, Cfb::new().stream("__properties_version1.0", vec![0; 10])),
    ];
    for (wanted, cfb) in &cases {
        let origin = Origin::file(OriginKind::Input, "");
        let artifact =
            Artifact::new(ArtifactPath::root(), EntryName::new("t"), origin, cfb.build().into(), FormatId::UNKNOWN);
        for (spec, _) in &cases {
            let Probe::Within(_, check) = spec.probe else { panic!("{} narrows nothing", spec.title) };
            assert_eq!(check(&artifact), spec.id == wanted.id, "{} as {}", wanted.title, spec.title);
        }
    }
}
