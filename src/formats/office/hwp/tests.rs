use sekisho_samples::office::cfb::Cfb;
use sekisho_samples::office::hwp::{Hwp, hwpx};

use super::{FORMAT, HWP_3, HWPX, is_hwpx};
use crate::formats::trial::{attachment, is_taken, observed, scan, weight};
use crate::model::{ProblemKind, Severity};
use crate::stage::Said;

fn said(document: &Hwp) -> Said {
    scan(&FORMAT, "a.hwp", &document.build())
}

fn child<'a>(said: &'a Said, name: &str) -> &'a [u8] {
    &said.children.iter().find(|child| child.name.text == name).unwrap().bytes
}

#[test]
fn text_pictures_and_objects_come_out_inflated() {
    let object = Cfb::new().stream("x", b"y".to_vec()).build();
    let picture = sekisho_samples::media::jpeg();
    let document = Hwp::new("안녕하세요").binary("BIN0001.jpg", &picture).binary("BIN0002.OLE", &object);
    let said = said(&document);
    assert_eq!(String::from_utf8_lossy(child(&said, "text")).trim(), "안녕하세요");
    assert_eq!(child(&said, "BinData/BIN0001.jpg"), picture);
    assert_eq!(child(&said, "BinData/BIN0002.OLE"), object);
    assert!(said.findings.is_empty());
    assert!(said.problems.is_empty());
}

#[test]
fn postscript_is_seen_under_any_name() {
    let document = Hwp::new("x").binary("BIN0001.png", b"%!PS-Adobe-3.0 EPSF-3.0\n");
    assert_eq!(weight(&said(&document), "hwp-postscript"), Some(Severity::High));
}

#[test]
fn links_are_judged_by_what_they_start() {
    let found = said(&Hwp::new("x").link("https\\://example.com/a?b;1;0;0;"));
    assert_eq!(found.iocs[0].value, "https://example.com/a?b");
    assert!(found.findings.is_empty());
    let found = said(&Hwp::new("x").link("..\\AppData\\Local\\Temp\\none.exe;1;0;0;"));
    assert_eq!(observed(&found, "hwp-link-runs-file").unwrap(), "..\\AppData\\Local\\Temp\\none.exe");
    let found = said(&Hwp::new("x").link("C\\:\\a.hwp;1;0;0;"));
    assert!(found.findings.is_empty());
}

#[test]
fn an_empty_script_is_none() {
    let idle = said(&Hwp::new("x").script("function OnDocument_Open()\r\n{\r\n\t//todo : \r\n}\r\n"));
    assert_eq!(weight(&idle, "hwp-script"), None);
    assert!(!child(&idle, "Scripts/DefaultJScript.js").is_empty());
    let busy =
        said(&Hwp::new("x").script("function OnDocument_Open()\r\n{\r\n\tDocument.XHwpRange.Text = 1;\r\n}\r\n"));
    assert_eq!(observed(&busy, "hwp-script").unwrap(), "Document.XHwpRange.Text = 1;");
}

#[test]
fn pictures_on_shares_are_said() {
    let found = said(&Hwp::new("x").linked_picture("\\\\192.0.2.20\\s\\a.png"));
    assert_eq!(weight(&found, "remote-image"), Some(Severity::High));
    let found = said(&Hwp::new("x").linked_picture("C:\\a.png"));
    assert_eq!(weight(&found, "remote-image"), None);
}

#[test]
fn locks_are_gaps() {
    let kinds = |flags| -> Vec<ProblemKind> {
        said(&Hwp::new("x").flags(flags)).problems.iter().map(|problem| problem.kind).collect()
    };
    assert_eq!(kinds(2), [ProblemKind::Encrypted]);
    // Flagged so, but its script is not under a key.
    assert_eq!(kinds(4), [ProblemKind::Unsupported]);
}

#[test]
fn what_is_kept_for_reading_only_is_read() {
    let found = said(&Hwp::new("배포용 문서").script("function OnDocument_Open() { }\r\nvar x = f(1);\r\n").sealed());
    assert!(String::from_utf8_lossy(child(&found, "text")).contains("배포용 문서"));
    assert_eq!(weight(&found, "hwp-script"), Some(Severity::Medium));
    assert!(found.problems.is_empty(), "{:?}", found.problems);
}

#[test]
fn packages_are_read_and_others_are_not_taken() {
    let field = "<?xml version=\"1.0\"?><hp:x xmlns:hp=\"x\"><hp:fieldBegin type=\"HYPERLINK\"><hp:parameters><hp:stringParam \
                 name=\"Command\">..\\Temp\\none.exe;1;0;0;</hp:stringParam></hp:parameters></hp:fieldBegin></hp:x>";
    let document = hwpx(
        "x",
        &[
            ("Contents/section1.xml", field),
            ("BinData/image1.png", "%!PS-Adobe"),
            ("Scripts/sourceScripts", "function OnDocument_Open() { a(1); }"),
        ],
    );
    assert!(is_hwpx(&attachment("a.hwpx", &document)));
    let said = scan(&HWPX, "a.hwpx", &document);
    assert_eq!(weight(&said, "hwp-link-runs-file"), Some(Severity::High));
    assert_eq!(weight(&said, "hwp-postscript"), Some(Severity::High));
    let plain = hwpx("x", &[]);
    assert!(scan(&HWPX, "a.hwpx", &plain).findings.is_empty());
    assert!(!is_hwpx(&attachment("a.zip", &sekisho_samples::archive::zip::ZipFile::new().entry("a", "b").build())));
    assert!(is_taken(&HWP_3, &attachment("a.hwp", b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05\0\0")));
}

#[test]
fn every_cut_is_survived() {
    let file = Hwp::new("x").link("a").binary("BIN0001.png", b"x").linked_picture("a").build();
    for end in (1024..file.len()).step_by(97) {
        if is_taken(&crate::formats::office::ole::FORMAT, &attachment("a", &file[..end])) {
            let _ = crate::formats::trial::unpack(&super::unpack::HangulUnpacker, "a.hwp", file[..end].to_vec());
        }
    }
}
