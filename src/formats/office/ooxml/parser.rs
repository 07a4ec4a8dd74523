//! The view of a package: content types, relationships, and which part is the document (ECMA-376-2).

use std::collections::BTreeMap;

use bytes::Bytes;

use super::kinds;
use crate::formats::archive::zip::ZipView;
use crate::formats::office::xml::{Piece, walk};
use crate::model::{FormatId, Location, ParseError, Problem, View};

/// A package of parts, types and relations. The parts are entries of the zip and become children there.
#[derive(Debug)]
pub struct OoxmlView {
    /// The kind of document, if the main part's content type is one we know.
    pub format: Option<FormatId>,
    /// Name of the main part, without a leading slash.
    pub main: Option<String>,
    /// Whether the kind is only guessed from the names of parts: Office would call the file damaged and repair it.
    pub is_guessed: bool,
    /// Every relation of every part.
    pub relations: Vec<Relation>,
    /// What could not be read of the above.
    pub problems: Vec<Problem>,
    defaults: BTreeMap<String, String>,
    overrides: BTreeMap<String, String>,
}

/// A relation of a part to another or to something outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The part it belongs to; empty for the package.
    pub owner: String,
    /// Name of the part that states it.
    pub part: String,
    /// Its id within the owner: `rId1`.
    pub id: String,
    /// Its type, a URI.
    pub kind: String,
    /// Its target as written.
    pub target: String,
    /// Whether the target lies outside the package.
    pub is_external: bool,
}

/// Bytes read of `[Content_Types].xml` and of each relationships part; honest ones have some kilobytes.
const MAX_PART: u64 = 8 << 20;
/// Bytes read of all of them together.
const MAX_TOTAL: usize = 64 << 20;
/// Relations kept.
const MAX_RELATIONS: usize = 50_000;

impl View for OoxmlView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let zip = ZipView::parse(bytes)?;
        let mut view = OoxmlView {
            format: None,
            main: None,
            is_guessed: false,
            relations: Vec::new(),
            problems: Vec::new(),
            defaults: BTreeMap::new(),
            overrides: BTreeMap::new(),
        };
        if !is_package(&zip) {
            return Err(ParseError::new("zip without content types", 0));
        }
        let mut total = 0usize;
        for entry in &zip.entries {
            let name = part_name(&entry.name.text);
            let is_types = name.eq_ignore_ascii_case(CONTENT_TYPES);
            let owner = owner_of(&name);
            if (!is_types && owner.is_none()) || entry.is_encrypted() {
                continue;
            }
            if total > MAX_TOTAL || view.relations.len() >= MAX_RELATIONS {
                view.say("more relationships than are read", &name);
                break;
            }
            let (part, problem) = entry.read(bytes, MAX_PART);
            total = total.saturating_add(part.len());
            if let Some(problem) = problem {
                view.say(&problem, &name);
            }
            let end = match owner {
                Some(owner) => view.read_relations(&part, &owner, &name),
                None => view.read_types(&part),
            };
            if let Err(problem) = end {
                view.say(&problem, &name);
            }
        }
        view.find_main(&zip);
        Ok(view)
    }
}

/// Name of the part that lists content types, ECMA-376-2, 10.1.2.4.
pub(super) const CONTENT_TYPES: &str = "[Content_Types].xml";

/// Content type of a macro project, MS-OFFMACRO2 2.2.
pub(super) const VBA_PROJECT: &str = "application/vnd.ms-office.vbaProject";

/// Whether a zip is a package: it lists content types, or (damaged, and repaired by Office) has the main part of a
/// document under its usual name.
pub(super) fn is_package(zip: &ZipView) -> bool {
    zip.entry_by_name(CONTENT_TYPES).is_some() || kinds::by_name(zip).is_some()
}

impl OoxmlView {
    fn say(&mut self, what: &str, part: &str) {
        const MAX_PROBLEMS: usize = 20;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::damaged(what, Location::part(format!("part {part}"))));
        }
    }

    /// Content types, ECMA-376-2, 10.1.2.2.
    fn read_types(&mut self, part: &[u8]) -> Result<(), String> {
        walk(part, |piece| {
            let Piece::Open(tag) = piece else { return };
            let Some(content_type) = tag.get("ContentType") else { return };
            if let Some(extension) = tag.get("Extension").filter(|_| tag.is("Default")) {
                self.defaults.entry(extension.to_ascii_lowercase()).or_insert(content_type);
            } else if let Some(name) = tag.get("PartName").filter(|_| tag.is("Override")) {
                self.overrides.entry(part_name(&name).to_ascii_lowercase()).or_insert(content_type);
            }
        })
    }

    /// Relationships, ECMA-376-2, 9.3.2.
    fn read_relations(&mut self, part: &[u8], owner: &str, name: &str) -> Result<(), String> {
        walk(part, |piece| {
            let Piece::Open(tag) = piece else { return };
            if !tag.is("Relationship") || self.relations.len() >= MAX_RELATIONS {
                return;
            }
            let Some(target) = tag.get("Target") else { return };
            let target = target.trim().to_owned();
            let is_external = tag.get("TargetMode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("External"))
                || target.contains("://")
                || target.starts_with(r"\\");
            self.relations.push(Relation {
                owner: owner.to_owned(),
                part: name.to_owned(),
                id: tag.get("Id").unwrap_or_default(),
                kind: tag.get("Type").unwrap_or_default(),
                target,
                is_external,
            });
        })
    }

    /// The target of the package's `officeDocument` relation; several are possible, and one of a known type wins.
    fn find_main(&mut self, zip: &ZipView) {
        let mut mains = Vec::new();
        for relation in self.relations.iter().filter(|relation| relation.owner.is_empty() && !relation.is_external) {
            if matches!(relation.short_kind().as_str(), "officedocument" | "document") {
                mains.push(relation.resolve());
            }
        }
        let known =
            mains.iter().find_map(|name| Some((name.clone(), kinds::of_content_type(self.content_type(name)?)?)));
        match known {
            Some((name, format)) => {
                self.main = Some(name);
                self.format = Some(format);
            }
            None => {
                self.main = mains.into_iter().next();
                // Relations that are cut off leave the types, which name the main part just as well.
                self.format = self.overrides.values().find_map(|content_type| kinds::of_content_type(content_type));
                if self.format.is_none()
                    && let Some((name, format)) = kinds::by_name(zip)
                {
                    self.main = Some(name.to_owned());
                    self.format = Some(format);
                    self.is_guessed = true;
                }
            }
        }
    }

    /// The content type of a part.
    pub fn content_type(&self, part: &str) -> Option<&str> {
        let part = part.to_ascii_lowercase();
        let extension = part.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
        self.overrides.get(&part).or_else(|| self.defaults.get(extension)).map(String::as_str)
    }

    /// Relations of a part.
    pub fn relations_of<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = &'a Relation> {
        self.relations.iter().filter(move |relation| relation.owner.eq_ignore_ascii_case(owner))
    }

    /// Whether a part (named in lower case) is XML, by its name or its type. Names decide nothing, but writers follow them.
    pub(super) fn is_xml(&self, part: &str) -> bool {
        part.ends_with(".xml")
            || !part.ends_with(".rels") && self.content_type(part).is_some_and(|kind| kind.trim_end().ends_with("xml"))
            || self.main.as_deref().is_some_and(|main| main.eq_ignore_ascii_case(part))
    }

    /// Whether Word could open it: not, if it is a document of another program.
    pub(super) fn may_be_word(&self) -> bool {
        self.format.is_none_or(|format| format.as_str().starts_with("do"))
    }

    /// Whether a VBA project belongs to the package.
    pub fn has_vba(&self) -> bool {
        let is_project = |kind: &String| kind.trim().eq_ignore_ascii_case(VBA_PROJECT);
        self.relations.iter().any(|relation| relation.short_kind() == "vbaproject")
            || self.overrides.values().chain(self.defaults.values()).any(is_project)
    }
}

impl Relation {
    /// The last word of the type, lower case: the same in strict, transitional and vendor namespaces.
    pub fn short_kind(&self) -> String {
        let kind = self.kind.trim_end_matches('/');
        kind.rsplit('/').next().unwrap_or(kind).to_ascii_lowercase()
    }

    /// Name of the part an internal target leads to (RFC 3986, 5.2, as far as packages use it).
    pub fn resolve(&self) -> String {
        if self.target.starts_with('/') {
            return part_name(&self.target);
        }
        let folder = self.owner.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
        for step in self.target.split(['/', '\\']) {
            match step {
                "" | "." => {}
                ".." => {
                    steps.pop();
                }
                step => steps.push(step),
            }
        }
        steps.join("/")
    }
}

/// A part's name as the zip writes it, without a leading slash and with slashes only.
pub(super) fn part_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_owned()
}

/// The part whose relationships this part holds; none if it holds none.
fn owner_of(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let at = lower.rfind("_rels/")?;
    let file = name.get(at.checked_add(6)?..)?;
    let folder = name.get(..at)?;
    let is_rels = lower.ends_with(".rels") && !file.contains('/') && (folder.is_empty() || folder.ends_with('/'));
    is_rels.then(|| format!("{folder}{}", file.get(..file.len().saturating_sub(5)).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::ooxml::Package;

    #[test]
    fn relationships_belong_to_the_part_they_are_named_after() {
        assert_eq!(owner_of("word/_rels/document.xml.rels").as_deref(), Some("word/document.xml"));
        assert_eq!(owner_of("_rels/.rels").as_deref(), Some(""));
        assert_eq!(owner_of("word/my_rels/a.xml.rels"), None);
        assert_eq!(owner_of("word/document.xml"), None);
    }

    #[test]
    fn a_document_is_known_by_the_type_of_its_main_part() {
        let bytes = Package::docx("text").external("word/document.xml", "image", "http://192.0.2.1/a.png").build();
        let view = OoxmlView::parse(&bytes.into()).unwrap();
        assert_eq!(view.format.unwrap().as_str(), "docx");
        assert_eq!(view.main.as_deref(), Some("word/document.xml"));
        let image = view.relations.iter().find(|relation| relation.is_external).unwrap();
        assert_eq!((image.short_kind().as_str(), image.owner.as_str()), ("image", "word/document.xml"));
        assert!(view.problems.is_empty());
        let book = OoxmlView::parse(&Package::xlsm("a", b"project".to_vec()).build().into()).unwrap();
        assert_eq!(book.format.unwrap().as_str(), "xlsm");
        assert!(book.has_vba());
    }

    #[test]
    fn strict_documents_are_read_alike() {
        let bytes = Package::docx("text")
            .relation(
                "word/settings.xml",
                "http://purl.oclc.org/ooxml/officeDocument/relationships/attachedTemplate",
                "http://192.0.2.1/t",
                true,
            )
            .build();
        let view = OoxmlView::parse(&bytes.into()).unwrap();
        assert!(view.relations.iter().any(|relation| relation.short_kind() == "attachedtemplate"));
    }

    #[test]
    fn targets_resolve_within_the_package() {
        let relation = |owner: &str, target: &str| Relation {
            owner: owner.to_owned(),
            part: String::new(),
            id: String::new(),
            kind: String::new(),
            target: target.to_owned(),
            is_external: false,
        };
        assert_eq!(relation("word/document.xml", "../xl/a.bin").resolve(), "xl/a.bin");
        assert_eq!(relation("", "/word/document.xml").resolve(), "word/document.xml");
        assert_eq!(relation("word/document.xml", "../../../a").resolve(), "a");
    }
}
