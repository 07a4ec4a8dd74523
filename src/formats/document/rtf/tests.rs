use sekisho_samples::document::rtf::{Rtf, hex};
use sekisho_samples::office::{cfb, ole1};

use super::FORMAT;
use crate::formats::trial::{observed, scan, weight};
use crate::model::Severity;
use crate::stage::Said;

fn said(rtf: &[u8]) -> Said {
    scan(&FORMAT, "a.rtf", rtf)
}

fn child<'a>(said: &'a Said, name: &str) -> Option<&'a [u8]> {
    said.children.iter().find(|child| child.name.text.starts_with(name)).map(|child| &child.bytes[..])
}

fn text(rtf: &[u8]) -> String {
    String::from_utf8(child(&said(rtf), "text").unwrap_or_default().to_vec()).unwrap()
}

fn compound() -> Vec<u8> {
    cfb::Cfb::new().stream("Contents", b"HARMLESS".to_vec()).build()
}

#[test]
fn text_is_read_in_its_code_pages() {
    assert_eq!(text(br"{\rtf1\ansi\ansicpg1251 \'cf\'f0\par{\b x}}"), "\u{41f}\u{440}\nx");
    let fonts = br"{\rtf1{\fonttbl{\f0 Arial;}{\f1\fcharset128 MS Mincho;}}\f1\'82\'a0\f0\'e9}";
    assert_eq!(text(fonts), "\u{3042}\u{e9}");
    // A trail byte may stand as it is.
    assert_eq!(text(br"{\rtf1\ansicpg932\'83A\'83\'42}"), "\u{30a2}\u{30a3}");
    assert_eq!(text(br"{\rtf1\uc2\u-10179\'3f\'3f\u-8704??!}"), "\u{1F600}!");
    assert_eq!(text(b"{\\rtf1 a\r\nb\\~c{\\*\\unknown hidden}{\\info{\\title t}}}"), "ab\u{a0}chidden\nt\n");
}

#[test]
fn objects_are_taken_out_wherever_they_stand() {
    let compound = compound();
    let data = ole1::embedded("Word.Document.8", &compound);
    let digits = String::from_utf8(hex(&data)).unwrap();
    for rtf in [
        Rtf::new().object(r"\objemb", "Word.Document.8", &data).build(),
        format!(r"{{\rt{{\*\objdata {digits}").into_bytes(),
        format!(r"{{\rtf1{{\*\listname{{\*\xyz{{\object\objocx\objdata {digits}}}}}}}}}").into_bytes(),
        format!(r"{{\rtf1}}{{\object{{\*\objdata {digits}}}}}").into_bytes(),
    ] {
        assert_eq!(child(&said(&rtf), "object"), Some(&compound[..]));
    }
}

#[test]
fn digits_are_found_between_what_word_skips() {
    let compound = compound();
    let data = ole1::embedded("Word.Document.8", &compound);
    let plain: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
    let spread = |between: &str| -> String {
        plain.as_bytes().chunks(2).map(|pair| format!("{}{between}", std::str::from_utf8(pair).unwrap())).collect()
    };
    for digits in [
        spread(r"\'ff"),
        spread(r"{\x}"),
        spread(r"{\*\pxe 41}").replace("41}", "}"),
        spread(r"{\*\unknown41 4242}"),
        spread(r"\par12345 "),
        spread("\t\r\n   "),
        // A digit that waits when the escape comes is lost.
        spread(r"4\'ff"),
        format!("{}\\bin8 {}", &plain[..16], ""),
    ] {
        let rtf = if digits.contains("bin8") {
            let tail: String = data[16..].iter().map(|byte| format!("{byte:02x}")).collect();
            [format!(r"{{\rtf1{{\*\objdata {digits}").into_bytes(), data[8..16].to_vec(), format!("{tail}}}}}").into()]
                .concat()
        } else {
            format!(r"{{\rtf1{{\*\objdata {digits}}}}}").into_bytes()
        };
        let said = said(&rtf);
        assert_eq!(child(&said, "object"), Some(&compound[..]), "{}", &digits[..40]);
        if !digits.contains('\t') {
            assert!(weight(&said, "rtf-object-disguised").is_some());
        }
    }
}

#[test]
fn other_readings_are_tried_where_word_finds_no_object() {
    let compound = compound();
    let data = ole1::embedded("Word.Document.8", &compound);
    let plain: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
    let hidden = said(format!(r"{{\rtf1{{\*\objdata 01{{\*\unknown {plain}}}}}}}").as_bytes());
    assert!(child(&hidden, "object").unwrap().starts_with(&compound));
    let shifted = said(format!(r"{{\rtf1{{\*\objdata 5{plain}}}}}").as_bytes());
    assert!(child(&shifted, "object").unwrap().starts_with(&compound));
    assert_eq!(weight(&shifted, "rtf-object-disguised"), Some(Severity::High));
}

#[test]
fn packed_files_keep_their_names() {
    let package = cfb::packaged("領収書.pdf", r"C:\t\領収書.pdf.exe", b"MZ payload");
    let said = said(&Rtf::new().object(r"\objemb", "Package", &ole1::embedded("Package", &package)).build());
    assert_eq!(child(&said, "領収書.pdf.exe"), Some(&b"MZ payload"[..]));
    assert_eq!(weight(&said, "ole-embedded-executable"), Some(Severity::High));
    assert_eq!(weight(&said, "ole-package-label-lies"), Some(Severity::High));
    assert_eq!(weight(&said, "rtf-object"), Some(Severity::Low));
    assert_eq!(weight(&said, "rtf-object-disguised"), None);
}

#[test]
fn what_loads_by_itself_weighs() {
    assert_eq!(
        weight(&said(br"{\rtf1{\object\objautlink\objupdate{\*\objdata 0105}}}"), "rtf-object"),
        Some(Severity::High)
    );
    assert_eq!(weight(&said(br"{\rtf1 \objclass}"), "rtf-object"), None);
}

#[test]
fn equations_are_read_by_any_name() {
    let overflow = [&[0x0A, 0x01, 0x08, 0x5A, 0x5A][..], b"cmd /c harmless-none", &[0x90; 40], &[0]].concat();
    let native = ole1::equation(&overflow);
    let exploit = said(&Rtf::new().object("", "x", &ole1::embedded("eQuatiON.3", &native)).build());
    assert_eq!(weight(&exploit, "equation-font-overflow"), Some(Severity::Critical));
    assert_eq!(weight(&exploit, "equation-editor-object"), Some(Severity::High));
    assert!(observed(&exploit, "equation-font-overflow").unwrap().contains("cmd /c harmless-none"));
    let honest = ole1::equation(&[&[0x0A, 0x01, 0x08, 0x81, 0x00][..], b"Symbol\0", &[0]].concat());
    let honest = said(&Rtf::new().object("", "Equation.3", &ole1::embedded("Equation.3", &honest)).build());
    assert_eq!(weight(&honest, "equation-editor-object"), Some(Severity::Medium));
    assert_eq!(weight(&honest, "equation-font-overflow"), None);
}

#[test]
fn an_equation_beside_a_file_to_decode_is_a_builders_work() {
    let equation = ole1::embedded("Equation.3", &ole1::equation(&[0]));
    let package = |name: &str, data: &[u8]| ole1::embedded("Package", &cfb::packaged(name, name, data));
    let with = |package: Vec<u8>| {
        said(&Rtf::new().object("", "Package", &package).object("", "Equation.3", &equation).build())
    };
    assert_eq!(
        weight(&with(package("8.t", b"\xb2\xa6\x6d\xff")), "rtf-package-with-equation"),
        Some(Severity::Critical)
    );
    assert_eq!(weight(&with(package("a.pdf", b"%PDF-1.4 ")), "rtf-package-with-equation"), None);
    let alone = said(&Rtf::new().object("", "Package", &package("8.t", b"\xb2\xa6\x6d\xff")).build());
    assert_eq!(weight(&alone, "rtf-package-with-equation"), None);
}

#[test]
fn classes_and_links_of_objects_are_judged_by_name() {
    let explorer = said(&Rtf::new().object("", "Shell.Explorer.1", &ole1::embedded("Shell.Explorer.1", b"x")).build());
    assert_eq!(weight(&explorer, "ole-dangerous-class"), Some(Severity::Critical));
    let link = |topic: &str| {
        said(&Rtf::new().object(r"\objautlink", "Word.Document.8", &ole1::linked("Word.Document.8", topic, "")).build())
    };
    let web = link("http://192.0.2.9/a.doc");
    assert_eq!(weight(&web, "ole-remote-link"), Some(Severity::High));
    assert_eq!(weight(&web, "remote-host-unusual"), Some(Severity::Info));
    assert_eq!(weight(&link("script:http://example.com/a.sct"), "ole-dangerous-class"), Some(Severity::Critical));
    let local = link(r"C:\a.doc");
    assert_eq!((weight(&local, "ole-remote-link"), weight(&local, "ole-dangerous-class")), (None, None));
}

#[test]
fn templates_are_read_through_escapes() {
    for (target, severity) in [
        ("http://example.com/t", Some(Severity::High)),
        (r"\u104?\u116?\u116?\u112?://example.com/t", Some(Severity::High)),
        (r"\'68ttp://192.0.2.4/t", Some(Severity::High)),
        (r"\\\\192.0.2.4\\s\\t.dotm", Some(Severity::High)),
        ("file://192.0.2.4/s/t.dotm", Some(Severity::High)),
        (r"\\\\SERVER01\\s\\t.dot", Some(Severity::Low)),
        (r"C:\\Normal.dot", None),
    ] {
        let said = said(format!(r"{{\rtf1{{\*\template {target}}}}}").as_bytes());
        assert_eq!(weight(&said, "rtf-remote-template"), severity, "{target}");
    }
}

#[test]
fn fields_are_put_together() {
    let split = said(br"{\rtf1{\field{\*\fldinst {\b DDE}{AUTO c:\\\\harmless-none.exe}{ /x}}{\fldrslt x}}}");
    assert_eq!(weight(&split, "dde-link"), Some(Severity::High));
    let nested = br#"{\rtf1{\field{\*\fldinst DDE {\field{\*\fldinst QUOTE 99 109 100}{\fldrslt}} "/x"}{\fldrslt}}}"#;
    assert_eq!(observed(&said(nested), "dde-link").as_deref(), Some("cmd /x"));
    let variable = br#"{\rtf1{\*\docvar {v}{cmd}}{\field{\*\fldinst DDE {\field{\*\fldinst DOCVARIABLE v}{\fldrslt}} "/x"}{\fldrslt}}}"#;
    assert_eq!(observed(&said(variable), "dde-link").as_deref(), Some("cmd /x"));
    let shown = said(br"{\rtf1{\field{\*\fldinst PAGE}{\fldrslt DDEAUTO cmd x}}}");
    assert_eq!(weight(&shown, "dde-link"), None);
    let picture = said(br#"{\rtf1{\field{\*\fldinst INCLUDEPICTURE "\\\\\\\\192.0.2.1\\\\s\\\\a.png"}{\fldrslt}}}"#);
    assert_eq!(weight(&picture, "remote-image"), Some(Severity::High));
    let scheme = said(br#"{\rtf1{\field{\*\fldinst HYPERLINK "ms-msdt:/id x"}{\fldrslt a}}}"#);
    assert_eq!(weight(&scheme, "document-exploit-target"), Some(Severity::Critical));
    let link = said(br#"{\rtf1{\field{\*\fldinst HYPERLINK "https://example.com/"}{\fldrslt a}}}"#);
    assert!(link.findings.is_empty() && link.iocs.len() == 1, "{:?}", link.findings);
}

#[test]
fn shapes_name_pictures_elsewhere() {
    let shape =
        |value: &str| said(format!(r"{{\rtf1{{\shp{{\*\shpinst{{\sp{{\sn pibName}}{{\sv {value}}}}}}}}}}}").as_bytes());
    assert_eq!(weight(&shape(r"\\\\192.0.2.1\\s\\a.png"), "remote-image"), Some(Severity::High));
    assert_eq!(weight(&shape("https://example.com/a.png"), "remote-image"), Some(Severity::Low));
    assert_eq!(weight(&shape(r"C:\\a.png"), "remote-image"), None);
}

#[test]
fn too_many_fonts_overflow() {
    let table = |count: usize| {
        let fonts: String = (0..count).map(|font| format!("{{\\f{font}A;}}")).collect();
        said(format!(r"{{\rtf1{{\fonttbl{fonts}}}}}").as_bytes())
    };
    assert_eq!(weight(&table(32_800), "rtf-font-table-overflow"), Some(Severity::Critical));
    assert_eq!(weight(&table(300), "rtf-font-table-overflow"), None);
}

#[test]
fn an_ordinary_text_is_quiet_and_a_header_may_be_odd() {
    let quiet = said(br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\template C:\\Normal.dot}hello\par}");
    assert!(quiet.findings.is_empty() && quiet.problems.is_empty(), "{:?}", quiet.findings);
    assert_eq!(weight(&said(br"{\rt hello}"), "rtf-header-odd"), Some(Severity::Medium));
}

#[test]
fn pictures_are_given_only_for_what_else_they_hold() {
    let png = [&b"\x89PNG\r\n\x1a\n"[..], &[7; 64]].concat();
    let picture = |data: &[u8]| {
        let digits = String::from_utf8(hex(data)).unwrap();
        said(format!(r"{{\rtf1{{\*\shppict{{\pict\pngblip{digits}}}}}}}").as_bytes())
    };
    assert!(picture(&png).children.is_empty());
    let zip = sekisho_samples::archive::zip::ZipFile::new().entry("a.txt", "HARMLESS".to_owned()).build();
    assert_eq!(picture(&[png, zip].concat()).children.len(), 1);
}

#[test]
fn what_follows_the_last_brace_is_given() {
    let after = |bytes: &[u8]| said(&Rtf::new().text("a").after(bytes).build());
    let long = b"HARMLESS".repeat(100);
    assert_eq!(child(&after(&[&b"\r\n"[..], &long].concat()), "behind"), Some(&long[..]));
    assert_eq!(child(&after(b"HARMLESS"), "behind"), None);
    assert!(after(b"\r\n\0").problems.is_empty());
}

#[test]
fn hostile_repetition_costs_its_length() {
    for flood in [
        br"\*\template".repeat(100_000),
        br"{\x}".repeat(100_000),
        b"{".repeat(300_000),
        br"{\*\objdata ".repeat(50_000),
        br"{\object{\*\objdata 01".repeat(50_000),
        br"{\field{\*\fldinst a".repeat(50_000),
        br"\bin-1 ".repeat(50_000),
        br"\bin99999999 ".repeat(50_000),
        br"41\'ff".repeat(100_000),
        br"{\*\docvar {".repeat(50_000),
    ] {
        said(&[br"{\rtf1".to_vec(), flood.clone()].concat());
        said(&[br"{\rtf1{\*\objdata ".to_vec(), flood].concat());
    }
}
