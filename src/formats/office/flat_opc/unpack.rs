//! The package as one child: the zip that Office would have written of the same parts.

use super::parser::{Package, read};
use crate::formats::archive::zip::build::stored;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Rebuilds the package.
pub(super) struct FlatOpcUnpacker;

impl Unpacker for FlatOpcUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<TextView>()?;
        let package = read(&view.text);
        if let Some(damage) = &package.damage {
            out.problem(Problem::damaged(format!("the package ends early: {damage}"), Location::whole()));
        }
        if package.is_cut {
            out.problem(Problem::new(ProblemKind::Limit, "more parts than are read", Location::whole()));
        }
        if package.parts.is_empty() {
            out.problem(Problem::damaged("a package without parts", Location::whole()));
            return Ok(());
        }
        let origin = Origin::part(OriginKind::Decoded, "the package as a zip");
        out.child_bytes(EntryName::new("package"), origin, zip(&package).into())
    }
}

fn zip(package: &Package) -> Vec<u8> {
    let types = content_types(package);
    let types = std::iter::once(("[Content_Types].xml", types.as_bytes()));
    let parts = package.parts.iter().map(|part| (part.name.trim_start_matches('/'), part.data.as_slice()));
    stored(types.chain(parts))
}

/// ECMA-376-2, 10.1.2.2.
fn content_types(package: &Package) -> String {
    let mut xml = String::from("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">");
    for part in &package.parts {
        let (name, kind) = (escape(&part.name), escape(&part.content_type));
        xml.push_str(&format!("<Override PartName=\"{name}\" ContentType=\"{kind}\"/>"));
    }
    xml.push_str("</Types>");
    xml
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use crate::formats::office::ooxml::OoxmlView;
    use crate::model::View;

    #[test]
    fn the_child_is_a_document() {
        let text = "<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">\
                    <pkg:part pkg:name=\"/_rels/.rels\" pkg:contentType=\"application/vnd.openxmlformats-package.relationships+xml\">\
                    <pkg:xmlData><Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"word/d.xml\"/>\
                    </Relationships></pkg:xmlData></pkg:part><pkg:part pkg:name=\"/word/d.xml\" pkg:contentType=\
                    \"application/vnd.ms-word.document.macroEnabled.main+xml\"><pkg:xmlData><d/></pkg:xmlData></pkg:part></pkg:package>";
        let said = crate::formats::trial::scan(&super::super::FORMAT, "a.xml", text.as_bytes());
        assert_eq!(said.problems, []);
        let package = OoxmlView::parse(&Bytes::copy_from_slice(&said.children[0].bytes)).unwrap();
        assert_eq!(package.format.unwrap().as_str(), "docm");
        assert_eq!(package.main.as_deref(), Some("word/d.xml"));
    }
}
