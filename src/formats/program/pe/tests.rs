//! Built programs read back, and every finding with its near miss.

use sekisho_samples::program::pe::{CODE, DATA, WRITABLE_CODE};
use sekisho_samples::program::{Icon, Pe, noise, resource};

use super::*;
use crate::formats::trial::{file, identified, observed, scan_artifact};
use crate::model::{Bytes, View};
use crate::stage::Said;

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

fn view(bytes: Vec<u8>) -> PeView {
    PeView::parse(&Bytes::from(bytes)).unwrap()
}

fn say(bytes: Vec<u8>) -> Said {
    scan_artifact(&FORMAT, file("a.exe", bytes))
}

#[test]
fn reads_what_the_builder_wrote() {
    let pe = Pe::dll("core.dll", &["Start", "Render"])
        .import("KERNEL32.dll", &["CreateFileW", "WriteFile"])
        .import_ordinals("WS2_32.dll", &[115, 3])
        .delay_import("shell32.dll", &["ShellExecuteW"])
        .icon(Icon::Neutral)
        .version(&[("CompanyName", "株式会社例"), ("OriginalFilename", "core.dll")])
        .manifest("requireAdministrator")
        .pdb("D:\\work\\core.pdb")
        .section(".blob", noise(1, 4096), DATA)
        .overlay(b"tail");
    let view = view(pe.build());
    assert!(view.header.is_dll && !view.header.is_64);
    assert_eq!(view.header.machine_name(), "x86");
    let names: Vec<&str> = view.sections.iter().map(|section| section.name.as_str()).collect();
    assert_eq!(names, [".text", ".rdata", ".blob", ".rsrc"]);
    assert!(view.sections[2].entropy.unwrap() > 7.9);
    let libraries: Vec<(&str, usize, bool)> =
        view.libraries.iter().map(|l| (l.name.as_str(), l.functions.len(), l.is_delayed)).collect();
    assert_eq!(libraries, [("KERNEL32.dll", 2, false), ("WS2_32.dll", 2, false), ("shell32.dll", 1, true)]);
    assert_eq!(view.exports.library.as_deref(), Some("core.dll"));
    assert_eq!(view.exports.names, ["Render", "Start"]);
    assert_eq!(view.version_string("CompanyName"), Some("株式会社例"));
    assert_eq!(view.execution_level.as_deref(), Some("requireAdministrator"));
    assert_eq!(view.pdb.as_deref(), Some("D:\\work\\core.pdb"));
    assert_eq!(view.overlays.len(), 1);
    assert!(view.problems.is_empty(), "{:?}", view.problems);
}

#[test]
fn the_import_hash_is_the_one_others_compute() {
    // pefile 2024.8 over the same file.
    let pe = Pe::new().import("kernel32.dll", &["LoadLibraryA", "GetProcAddress"]);
    assert_eq!(view(pe.build()).imphash.as_deref(), Some("87bed5a7cba00c7e1f4015f1bdae2183"));
    assert_eq!(view(Pe::new().build()).imphash, None);
    let named = Pe::new().import("ws2_32.dll", &["WSAStartup"]);
    let numbered = Pe::new().import_ordinals("WS2_32.dll", &[115]);
    assert_eq!(view(named.build()).imphash, view(numbered.build()).imphash);
}

#[test]
fn header_lies_do_not_make_it_unreadable() {
    let mut bytes = Pe::new().import("a.dll", &["b"]).build();
    // NumberOfRvaAndSizes: the loader reads sixteen whatever it says beyond.
    bytes[0x80 + 24 + 92..][..4].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    assert_eq!(view(bytes.clone()).libraries.len(), 1);
    // NumberOfSections.
    bytes[0x80 + 6..][..2].copy_from_slice(&0xffffu16.to_le_bytes());
    let view = view(bytes);
    assert!(!view.problems.is_empty());
}

#[test]
fn any_cut_and_any_flipped_byte_is_read_without_a_panic() {
    let whole = Pe::new()
        .icon_with_png(Icon::Pdf)
        .import("a.dll", &["b", "c"])
        .version(&[("CompanyName", "x")])
        .manifest("asInvoker")
        .pdb("x.pdb")
        .overlay(PDF)
        .copied_certificate("Example")
        .build();
    let look = |bytes: Vec<u8>| {
        if signature_at(&bytes).is_some() {
            say(bytes);
        }
    };
    for length in (0..whole.len()).step_by(61) {
        look(whole[..length].to_vec());
    }
    for at in (0..0x400).chain((0x400..whole.len()).step_by(97)) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        look(bytes);
    }
}

#[test]
fn old_programs_are_told_from_new_ones_and_from_text() {
    let mut old = vec![0u8; 512];
    old[..4].copy_from_slice(b"MZ\x90\x00");
    old[4] = 1;
    old[8] = 4;
    old[0x18] = 0x40;
    assert!(observed(&scan_artifact(&MZ_FORMAT, file("a.com", old)), "program-file").is_some());
    let text = crate::model::Artifact::new(
        crate::model::ArtifactPath::root(),
        crate::model::EntryName::new("a.txt"),
        crate::model::Origin::file(crate::model::OriginKind::Input, ""),
        Bytes::from_static(b"MZ is how such files begin, and this is a note about it, long enough to be read as one."),
        FormatId::UNKNOWN,
    );
    assert!(!is_pe(&text) && !is_old(&text));
}

#[test]
fn a_program_is_a_finding_only_as_a_file() {
    assert!(observed(&say(Pe::new().build()), "program-file").is_some());
    let mut inner = identified(&FORMAT, file("a.exe", Pe::new().build()));
    inner.origin.is_file = false;
    let budget = crate::budget::Budget::new(crate::model::Limits::default());
    let mut out = crate::stage::Outcome::new(&inner, Default::default(), &budget);
    FORMAT.analyzers[0].analyze(&inner, &mut out).unwrap();
    assert!(!out.shows("program-file"));
}

#[test]
fn icons_of_documents_are_seen_and_others_not() {
    use crate::formats::program::pe::icons;
    let looks = [
        (Icon::Folder, "folder"),
        (Icon::OpenFolder, "folder"),
        (Icon::Pdf, "pdf"),
        (Icon::PdfTile, "pdf"),
        (Icon::Word, "word"),
        (Icon::WordPage, "word"),
        (Icon::Excel, "excel"),
        (Icon::ExcelPage, "excel"),
        (Icon::Zip, "zip"),
        (Icon::Photo, "photo"),
        (Icon::Text, "text"),
    ];
    for (icon, depicts) in looks {
        for bytes in [Pe::new().icon(icon).build(), Pe::new().icon_with_png(icon).build()] {
            let evidence = observed(&say(bytes.clone()), "program-with-document-icon");
            let shown: Vec<String> = icons::shown(&bytes, &view(bytes.clone()))
                .iter()
                .map(|r| format!("{} {:?} {:032x}", r.side, r.tint, r.hash))
                .collect();
            assert!(evidence.is_some_and(|text| text.contains(&format!("looks like {depicts}"))), "{icon:?} {shown:?}");
        }
    }
    for icon in [Icon::Neutral, Icon::Window] {
        assert_eq!(observed(&say(Pe::new().icon(icon).build()), "program-with-document-icon"), None);
    }
}

#[test]
fn a_vendor_may_wear_its_own_icon_if_it_signs() {
    let reader = Pe::new().icon(Icon::Pdf).version(&[("CompanyName", "Adobe Systems Incorporated")]);
    let signed = reader.build_signed("Adobe Inc.");
    assert_eq!(observed(&say(signed), "program-with-document-icon"), None);
    assert!(observed(&say(reader.build()), "program-with-document-icon").is_some());
    let copied = reader.copied_certificate("Adobe Inc.").build();
    assert!(observed(&say(copied), "program-with-document-icon").is_some());
}

#[test]
fn documents_inside_are_found_and_given() {
    let said = say(Pe::new().overlay(PDF).build());
    assert_eq!(observed(&said, "program-carries-document").as_deref(), Some("PDF, 81 bytes"));
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.children[0].bytes, PDF);
    assert!(!said.children[0].origin.is_file);

    let said = say(Pe::new().overlay([b"cfg1".as_slice(), &[1; 700], PDF, &[2; 16]].concat()).build());
    let kinds: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    assert!(kinds[0].ends_with(".pdf"));

    let said = say(Pe::new().resource(resource::RCDATA, 101, PDF.to_vec()).build());
    assert!(observed(&said, "program-carries-document").is_some());
    assert_eq!(said.children.len(), 1);

    let said = say(Pe::new().section(".data", [&[9; 100], PDF].concat(), DATA).build());
    assert_eq!(said.children.len(), 1);
}

#[test]
fn letters_of_a_document_are_no_document() {
    let talk = b"%PDF-1.7 is a header. D0CF11E0 too. PK\x03\x04 and %%EOF and MSCF\0\0\0\0 and PE\0\0".to_vec();
    let said = say(Pe::new().section(".data", talk, DATA).build());
    assert_eq!(observed(&said, "program-carries-document"), None);
    assert!(said.children.is_empty());
    let small = Pe::new().section(".data", noise(3, 20_000), DATA).resource(resource::RCDATA, 1, PDF.to_vec());
    let severity =
        say(small.build()).findings.iter().find(|f| f.kind.id == "program-carries-document").unwrap().severity;
    assert_eq!(severity, crate::model::Severity::Low);
}

#[test]
fn programs_inside_programs_are_cut_where_they_end() {
    let inner = Pe::new().build();
    let said = say(Pe::new().resource(resource::RCDATA, 5, inner.clone()).build());
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.children[0].bytes, inner);
    let said = say(Pe::new().section(".data", [&[7; 33][..], &inner, &[8; 99]].concat(), DATA).build());
    assert_eq!(said.children[0].bytes, inner);
}

#[test]
fn packing_shows_by_name_or_by_looks() {
    let named = Pe::new().section("UPX0", vec![1; 64], CODE);
    assert!(observed(&say(named.build()), "pe-packed").is_some());
    let random = Pe::new().section(".code", noise(1, 8192), CODE);
    assert!(observed(&say(random.build()), "pe-packed").is_some());
    let data = Pe::new().section(".data", noise(1, 8192), DATA);
    assert_eq!(observed(&say(data.build()), "pe-packed"), None);
}

#[test]
fn writable_code_is_noted() {
    let writable = Pe::new().section(".x", vec![1; 64], WRITABLE_CODE);
    assert!(observed(&say(writable.build()), "pe-writable-code").is_some());
    assert_eq!(observed(&say(Pe::new().build()), "pe-writable-code"), None);
}

#[test]
fn padding_counts_when_it_is_large_and_empty() {
    let said = say(Pe::new().overlay(vec![0; (30 << 20) + 1]).build());
    assert!(observed(&said, "program-padded").is_some());
    assert!(said.children.is_empty() && said.problems.is_empty());
    assert_eq!(observed(&say(Pe::new().overlay(vec![0; 1 << 20]).build()), "program-padded"), None);
}

#[test]
fn bundled_scripts_are_told_by_their_marks() {
    let said = say(Pe::new().overlay(b"\xa3\x48\x4b\xbe AU3!EA06 HARMLESS-SAMPLE/1").build());
    assert_eq!(observed(&said, "program-packs-script").as_deref(), Some("AutoIt script"));
    let said = say(Pe::new().overlay(b"NullsoftInst").build());
    assert_eq!(observed(&said, "program-packs-script"), None);
    assert!(said.facts.iter().any(|fact| fact.key == "pe-installer" && fact.value == "NSIS"));
}

#[test]
fn signatures_are_checked_against_the_file() {
    let pe = Pe::new().overlay(b"data");
    let copied = say(pe.clone().copied_certificate("Example Travel").build());
    assert!(observed(&copied, "pe-signature-of-another-file").unwrap().contains("Example Travel"));
    let own = say(pe.build_signed("Example Travel"));
    assert_eq!(observed(&own, "pe-signature-of-another-file"), None);
    assert_eq!(observed(&own, "pe-signature-damaged"), None);

    let nonsense = say(pe.clone().certificate(b"no signature at all".to_vec()).build());
    assert!(observed(&nonsense, "pe-signature-damaged").is_some());
    let mut cut = pe.clone().copied_certificate("Example Travel").build();
    cut.truncate(cut.len() - 8);
    assert!(observed(&say(cut), "pe-signature-damaged").is_some());
    let signature = sekisho_samples::program::pe::signature_like("Example", &[1; 32]);
    let extra = say(pe.certificate([signature, b"hidden configuration".to_vec()].concat()).build());
    assert_eq!(observed(&extra, "pe-signature-damaged").as_deref(), Some("20 bytes after the end of the signature"));
}

#[test]
#[ignore = "prints the table of icons for rules/indicators/icons.toml"]
fn print_icons() {
    for icon in Icon::ALL {
        let bytes = Pe::new().icon(icon).build();
        for reduced in super::icons::shown(&bytes, &view(bytes.clone())) {
            let row = format!("ROW {icon:?} {} {:?} {:032x}", reduced.side, reduced.tint, reduced.hash);
            std::io::Write::write_all(&mut std::io::stdout(), format!("{row}\n").as_bytes()).unwrap();
        }
    }
}
