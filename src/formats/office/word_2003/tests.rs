//! Each thing of a Word 2003 document that reaches out, and what only looks like it.

use super::FORMAT;
use crate::formats::trial::{attachment, findings, is_taken, observed, scan};
use crate::stage::Said;

fn document(body: &str) -> Said {
    scan(&FORMAT, "a.xml", text(body).as_bytes())
}

fn text(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>\
         <w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\">{body}</w:wordDocument>"
    )
}

#[test]
fn the_root_decides_whatever_the_prefix() {
    let is = |text: &str| match FORMAT.probe {
        crate::stage::Probe::Within(_, check) => check(&attachment("a", text.as_bytes())),
        _ => is_taken(&FORMAT, &attachment("a", text.as_bytes())),
    };
    assert!(is(&text("")));
    assert!(is("<x:wordDocument xmlns:x='http://schemas.microsoft.com/office/word/2003/word&#109;l'/>"));
    assert!(!is("<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>"));
}

#[test]
fn binary_data_becomes_children() {
    let said = document(
        "<w:docOleData><w:binData w:name=\"oledata.mso\" xml:space=\"preserve\">aGVs\r\nbG8=\r\n</w:binData></w:docOleData>\
                         <w:pict><w:binData w:name='wordml://01.png'>aGVsbG8=</w:binData><v:imagedata src='wordml://01.png'/></w:pict>",
    );
    let children: Vec<_> = said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
    assert_eq!(children, [("oledata.mso", b"hello".as_slice()), ("01.png", b"hello")]);
    assert_eq!((said.problems.len(), said.findings.len()), (0, 0));
}

#[test]
fn fields_are_followed() {
    let field = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>DDEAUTO c:\\\\none.exe \"/k x\"</w:instrText></w:r>\
                 <w:r><w:fldChar w:fldCharType='end'/></w:r>";
    let said = document(&format!("<w:body><w:p>{field}</w:p></w:body>"));
    assert_eq!(observed(&said, "dde-link").unwrap(), r"c:\none.exe /k x");
    assert_eq!(findings(&document("<w:fldSimple w:instr=' PAGE '/>")), []);
}

#[test]
fn targets_are_weighed_as_relationships_are() {
    assert_eq!(
        findings(&document("<w:docPr><w:attachedTemplate w:val='http://192.0.2.20/t.dot'/></w:docPr>")),
        [("remote-template", "high"), ("remote-host-unusual", "info")]
    );
    assert_eq!(findings(&document("<w:docPr><w:attachedTemplate w:val='C:\\a.dot'/></w:docPr>")), []);
    let link = document("<w:hlink w:dest='https://example.com/a'/>");
    assert_eq!(findings(&link), []);
    assert_eq!(link.iocs[0].value, "https://example.com/a");
}

#[test]
fn addresses_in_the_data_of_fields_are_indicators() {
    // HTTP in UTF-16 behind some bytes of a hyperlink object.
    let said = document("<w:fldData>AAAAaAB0AHQAcAA6AC8ALwBlAHgAYQBtAHAAbABlAC4AYwBvAG0ALwAAAA==</w:fldData>");
    assert_eq!(said.iocs[0].value, "http://example.com/");
    assert_eq!(document("<w:fldData>AAAA</w:fldData>").iocs.len(), 0);
}

#[test]
fn properties_are_facts_and_damage_is_said() {
    let said = document("<o:DocumentProperties><o:Author>taro</o:Author></o:DocumentProperties>");
    assert_eq!((said.facts[0].key, said.facts[0].value.as_str()), ("author", "taro"));
    assert_eq!(document("<w:body><w:p a=\"").problems.len(), 1);
}
