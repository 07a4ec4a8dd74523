//! Office Open XML packages (ECMA-376-2): parts, content types and relationships, zipped.

use std::collections::BTreeMap;

use crate::archive::zip::ZipFile;

/// Prefix of the transitional relationship types.
pub const OFFICE_REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
const PACKAGE_REL: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A package in the making.
///
/// ```
/// use sekisho_samples::office::ooxml::Package;
/// let bytes = Package::docx("本文").external("word/settings.xml", "attachedTemplate", "http://192.0.2.20/t.dotm").build();
/// assert!(bytes.starts_with(b"PK"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Package {
    parts: Vec<(String, Vec<u8>)>,
    types: BTreeMap<String, String>,
    relations: BTreeMap<String, Vec<Relation>>,
}

#[derive(Debug, Clone)]
struct Relation {
    kind: String,
    target: String,
    is_external: bool,
}

impl Package {
    /// A Word document whose body is these lines.
    pub fn docx(text: &str) -> Self {
        Package::word(text, "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")
    }

    /// A Word document of the macro-enabled type, holding this VBA project.
    pub fn docm(text: &str, project: Vec<u8>) -> Self {
        Package::word(text, "application/vnd.ms-word.document.macroEnabled.main+xml").vba("word/document.xml", project)
    }

    /// A workbook with one sheet; each line is a row of tab-separated texts.
    pub fn xlsx(text: &str) -> Self {
        Package::excel(text, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")
    }

    /// A workbook of the macro-enabled type, holding this VBA project.
    pub fn xlsm(text: &str, project: Vec<u8>) -> Self {
        Package::excel(text, "application/vnd.ms-excel.sheet.macroEnabled.main+xml").vba("xl/workbook.xml", project)
    }

    /// A presentation with one slide, whose shapes are these.
    pub fn pptx(shapes: &str) -> Self {
        let kind = "application/vnd.openxmlformats-officedocument.presentationml.";
        let drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
        let slides = "http://schemas.openxmlformats.org/presentationml/2006/main";
        let relations = OFFICE_REL.trim_end_matches('/');
        Package::default()
            .core("山田太郎", "Microsoft Office PowerPoint")
            .part(
                "ppt/presentation.xml",
                &format!("{kind}presentation.main+xml"),
                format!(
                    "<p:presentation xmlns:p=\"{slides}\" xmlns:r=\"{relations}\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId1\"/>\
                     </p:sldIdLst></p:presentation>"
                ),
            )
            .part(
                "ppt/slides/slide1.xml",
                &format!("{kind}slide+xml"),
                format!(
                    "<p:sld xmlns:a=\"{drawing}\" xmlns:p=\"{slides}\" xmlns:r=\"{relations}\"><p:cSld><p:spTree>{shapes}</p:spTree>\
                     </p:cSld></p:sld>"
                ),
            )
            .internal("", "officeDocument", "ppt/presentation.xml")
            .internal("ppt/presentation.xml", "slide", "slides/slide1.xml")
    }

    fn word(text: &str, kind: &str) -> Self {
        let paragraphs: String = text
            .lines()
            .map(|line| format!("<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", escape(line)))
            .collect();
        Package::default()
            .core("山田太郎", "Microsoft Office Word")
            .part(
                "word/document.xml",
                kind,
                format!(
                    "<w:document xmlns:w=\"{WORD}\" xmlns:r=\"{}\"><w:body>{paragraphs}<w:sectPr/></w:body></w:document>",
                    OFFICE_REL.trim_end_matches('/')
                ),
            )
            .part(
                "word/settings.xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
                format!("<w:settings xmlns:w=\"{WORD}\"/>"),
            )
            .internal("", "officeDocument", "word/document.xml")
            .internal("word/document.xml", "settings", "settings.xml")
    }

    fn excel(text: &str, kind: &str) -> Self {
        let rows: String = text
            .lines()
            .map(|line| {
                let cells: String = line
                    .split('\t')
                    .map(|cell| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escape(cell)))
                    .collect();
                format!("<row>{cells}</row>")
            })
            .collect();
        Package::default()
            .core("山田太郎", "Microsoft Excel")
            .part(
                "xl/workbook.xml",
                kind,
                format!(
                    "<workbook xmlns=\"{SHEET}\" xmlns:r=\"{}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
                    OFFICE_REL.trim_end_matches('/')
                ),
            )
            .part(
                "xl/worksheets/sheet1.xml",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
                format!("<worksheet xmlns=\"{SHEET}\"><sheetData>{rows}</sheetData></worksheet>"),
            )
            .internal("", "officeDocument", "xl/workbook.xml")
            .internal("xl/workbook.xml", "worksheet", "worksheets/sheet1.xml")
    }

    fn core(self, creator: &str, application: &str) -> Self {
        self.part(
            "docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml",
            format!(
                "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
                 xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:creator>{}</dc:creator></cp:coreProperties>",
                escape(creator)
            ),
        )
        .part(
            "docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml",
            format!(
                "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
                 <Application>{}</Application></Properties>",
                escape(application)
            ),
        )
        .internal("", "extended-properties", "docProps/app.xml")
        .relation(
            "",
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
            "docProps/core.xml",
            false,
        )
    }

    /// Adds a VBA project to the part it belongs to.
    pub fn vba(self, owner: &str, project: Vec<u8>) -> Self {
        let folder = owner.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.part(&format!("{folder}/vbaProject.bin"), "application/vnd.ms-office.vbaProject", project).relation(
            owner,
            "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
            "vbaProject.bin",
            false,
        )
    }

    /// Adds a part, or replaces it. An empty content type leaves the part to the defaults (`xml`, `rels`, `bin`, `png`).
    pub fn part(mut self, name: &str, content_type: &str, data: impl Into<Vec<u8>>) -> Self {
        if !content_type.is_empty() {
            self.types.insert(name.to_owned(), content_type.to_owned());
        }
        let mut data = data.into();
        if name.ends_with(".xml") && !data.starts_with(b"<?xml") && data.starts_with(b"<") {
            data = [XML_HEAD.as_bytes(), &data].concat();
        }
        match self.parts.iter_mut().find(|(known, _)| known == name) {
            Some(slot) => slot.1 = data,
            None => self.parts.push((name.to_owned(), data)),
        }
        self
    }

    /// Relates a part (the package itself if empty) to another, by the last word of an officeDocument type.
    pub fn internal(self, owner: &str, kind: &str, target: &str) -> Self {
        self.relation(owner, &format!("{OFFICE_REL}{kind}"), target, false)
    }

    /// Relates a part to something outside the package.
    pub fn external(self, owner: &str, kind: &str, target: &str) -> Self {
        self.relation(owner, &format!("{OFFICE_REL}{kind}"), target, true)
    }

    /// Relates a part to a target by a full type; ids are `rId1`, `rId2`, … in the order of adding.
    pub fn relation(mut self, owner: &str, kind: &str, target: &str, is_external: bool) -> Self {
        self.relations.entry(owner.to_owned()).or_default().push(Relation {
            kind: kind.to_owned(),
            target: target.to_owned(),
            is_external,
        });
        self
    }

    /// Embeds an OLE object as Word does: a compound file under `word/embeddings`.
    pub fn ole_object(self, number: u32, object: Vec<u8>) -> Self {
        self.part(
            &format!("word/embeddings/oleObject{number}.bin"),
            "application/vnd.openxmlformats-officedocument.oleObject",
            object,
        )
        .internal("word/document.xml", "oleObject", &format!("embeddings/oleObject{number}.bin"))
    }

    /// The package, zipped.
    pub fn build(&self) -> Vec<u8> {
        let mut entries: Vec<(String, Vec<u8>)> = vec![("[Content_Types].xml".to_owned(), self.content_types())];
        for (owner, relations) in &self.relations {
            entries.push((rels_name(owner), relationships(relations)));
        }
        entries.extend(self.parts.iter().cloned());
        entries.into_iter().fold(ZipFile::new(), |zip, (name, data)| zip.entry(&name, data)).build()
    }

    /// The package as Flat OPC: one XML file, binary parts in base64.
    pub fn flat(&self) -> Vec<u8> {
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<?mso-application progid=\"Word.Document\"?>\r\n\
             <pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">",
        );
        let rels = "application/vnd.openxmlformats-package.relationships+xml".to_owned();
        let relations =
            self.relations.iter().map(|(owner, list)| (rels_name(owner), relationships(list), rels.clone()));
        let parts = self.parts.iter().map(|(name, data)| {
            (name.clone(), data.clone(), self.types.get(name).cloned().unwrap_or_else(|| "application/xml".to_owned()))
        });
        for (name, data, kind) in relations.chain(parts) {
            let (name, kind) = (escape(&name), escape(&kind));
            let content = match std::str::from_utf8(&data) {
                Ok(text) if text.starts_with('<') => {
                    format!("<pkg:xmlData>{}</pkg:xmlData>", text.strip_prefix(XML_HEAD).unwrap_or(text))
                }
                _ => format!("<pkg:binaryData>{}</pkg:binaryData>", super::single_xml::base64(&data)),
            };
            xml.push_str(&format!("<pkg:part pkg:name=\"/{name}\" pkg:contentType=\"{kind}\">{content}</pkg:part>"));
        }
        xml.push_str("</pkg:package>");
        xml.into_bytes()
    }

    fn content_types(&self) -> Vec<u8> {
        let mut xml =
            format!("{XML_HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">");
        for (extension, kind) in [
            ("bin", "application/vnd.openxmlformats-officedocument.oleObject"),
            ("png", "image/png"),
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
        ] {
            xml.push_str(&format!("<Default Extension=\"{extension}\" ContentType=\"{kind}\"/>"));
        }
        for (part, kind) in &self.types {
            xml.push_str(&format!("<Override PartName=\"/{}\" ContentType=\"{}\"/>", escape(part), escape(kind)));
        }
        xml.push_str("</Types>");
        xml.into_bytes()
    }
}

const XML_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

fn relationships(relations: &[Relation]) -> Vec<u8> {
    let mut xml = format!("{XML_HEAD}<Relationships xmlns=\"{PACKAGE_REL}\">");
    for (number, relation) in (1..).zip(relations) {
        xml.push_str(&format!(
            "<Relationship Id=\"rId{number}\" Type=\"{}\" Target=\"{}\"{}/>",
            escape(&relation.kind),
            escape(&relation.target),
            if relation.is_external { " TargetMode=\"External\"" } else { "" }
        ));
    }
    xml.push_str("</Relationships>");
    xml.into_bytes()
}

/// ECMA-376-2, 9.3: the relationships of `word/document.xml` are in `word/_rels/document.xml.rels`.
fn rels_name(owner: &str) -> String {
    match owner.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{owner}.rels"),
    }
}

/// Text as XML content or attribute value.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
