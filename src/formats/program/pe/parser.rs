//! Bytes to [`PeView`]: the parts read by the files beside this one, put together.

use std::ops::Range;

use super::header::Directory;
use super::sections::Image;
use super::{Certificate, Exports, Header, Library, Resource, Section};
use super::{certificate, exports, header, imports, resources, sections, signature_at, version};
use crate::formats::carve::{self, Kind};
use crate::formats::fields::{range_in, size_at, text_at};
use crate::model::{Bytes, Location, ParseError, Problem, ProblemKind, View};

/// A program as read.
#[derive(Debug, Default)]
pub struct PeView {
    /// Headers.
    pub header: Header,
    /// Sections in table order.
    pub sections: Vec<Section>,
    /// Imported libraries in table order, delayed ones last.
    pub libraries: Vec<Library>,
    /// Import hash, if anything is imported.
    pub imphash: Option<String>,
    /// What it offers.
    pub exports: Exports,
    /// Resources in tree order.
    pub resources: Vec<Resource>,
    /// Version strings in order: `CompanyName`, `OriginalFilename`, ….
    pub version: Vec<(String, String)>,
    /// The execution level its manifest asks for: `asInvoker`, `requireAdministrator`.
    pub execution_level: Option<String>,
    /// Path of its debug symbols, as its author's machine had it.
    pub pdb: Option<String>,
    /// Whether it has thread-local storage, whose callbacks run before the entry point.
    pub has_tls: bool,
    /// Whether it is managed code.
    pub is_dotnet: bool,
    /// Its certificate table.
    pub certificate: Option<Certificate>,
    /// Bytes after the last section, without the certificate table, zeros at the front and padding at the end.
    pub overlays: Vec<Range<usize>>,
    /// Files found inside.
    pub contents: Vec<Content>,
    /// What was odd or not read.
    pub problems: Vec<Problem>,
}

/// A file found inside a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What it is.
    pub kind: Kind,
    /// Where it lies.
    pub place: Place,
    /// Its bytes in the file.
    pub range: Range<usize>,
}

/// Where in a program a file lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// After the last section.
    Overlay,
    /// A resource, by label.
    Resource(String),
    /// A section, by name.
    Section(String),
}

/// Files found inside; an installer with loose files has a few.
const MAX_CONTENTS: usize = 32;

impl PeView {
    /// A version string by its key.
    pub fn version_string(&self, key: &str) -> Option<&str> {
        self.version.iter().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

impl View for PeView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let at = signature_at(bytes).ok_or_else(|| ParseError::new("no PE signature", 0x3c))?;
        let (header, is_bare) =
            header::read(bytes, at).ok_or_else(|| ParseError::new("header ends early", at as u64))?;
        let mut view = PeView { sections: sections::read(bytes, &header), header, ..PeView::default() };
        if is_bare {
            view.problems.push(Problem::odd("optional header of no known kind", Location::at(at)));
        }
        view.read_tables(bytes);
        view.find_overlays(bytes);
        view.find_contents(bytes);
        Ok(view)
    }
}

impl PeView {
    fn read_tables(&mut self, bytes: &[u8]) {
        let (header, sections) = (&self.header, &self.sections);
        let image = Image { bytes, header, sections };
        let (libraries, imports_cut) = imports::read(image);
        let (resources, resources_cut) = resources::read(image);
        self.imphash = imports::imphash(&libraries);
        self.exports = exports::read(image);
        self.pdb = pdb(image);
        self.has_tls = self.header.directory(Directory::Tls).is_some();
        self.is_dotnet = self.header.directory(Directory::Clr).is_some();
        self.certificate = certificate::read(bytes, &self.header);
        let content = |kind: &super::ResourceId| {
            resources.iter().find(|r| r.kind == *kind).and_then(|resource| bytes.get(resource.range.clone()))
        };
        self.version = content(&resources::VERSION).map(version::strings).unwrap_or_default();
        self.execution_level = content(&resources::MANIFEST).and_then(execution_level);
        for (is_cut, what) in [(imports_cut, "imports"), (resources_cut, "resources")] {
            if is_cut {
                let what = format!("more {what} than are read");
                self.problems.push(Problem::new(ProblemKind::Limit, what, Location::whole()));
            }
        }
        let missing = self.header.section_count.saturating_sub(self.sections.len());
        if missing > 0 {
            let what = format!("{missing} of {} section headers were not read", self.header.section_count);
            let kind =
                if self.sections.len() >= sections::MAX_SECTIONS { ProblemKind::Limit } else { ProblemKind::Damaged };
            self.problems.push(Problem::new(kind, what, Location::at(self.header.section_table)));
        }
        for section in self.sections.iter().filter(|section| section.is_cut) {
            let at = Location::part(format!("section {}", section.name)).with_offset(section.range.start as u64);
            self.problems.push(Problem::damaged("the file ends before the section does", at));
        }
        self.libraries = libraries;
        self.resources = resources;
    }

    /// What lies after the last section; the certificate table is no overlay.
    fn find_overlays(&mut self, bytes: &[u8]) {
        let sections_end = self.sections.iter().map(|section| section.range.end).max().unwrap_or(0);
        // Headers cut short are no overlay either, whatever size they state.
        const SIGNATURE_AND_COFF_HEADER: usize = 24;
        let headers_end = self.header.headers_size.max(self.header.offset.saturating_add(SIGNATURE_AND_COFF_HEADER));
        let start = sections_end.max(headers_end.min(bytes.len()));
        let table = self.certificate.as_ref().map_or(bytes.len()..bytes.len(), |certificate| certificate.range.clone());
        let (before, after) = if table.start >= start {
            (start..table.start, table.end..bytes.len())
        } else {
            (start..bytes.len(), 0..0)
        };
        let pieces = [before, after];
        self.overlays = pieces.into_iter().filter_map(|piece| without_zeros(bytes, piece)).collect();
        if let Some(extra) = self.certificate.as_ref().and_then(|certificate| certificate.extra.clone()) {
            self.overlays.extend(without_zeros(bytes, extra));
        }
    }

    /// Files inside: in overlays, at the start of resources, then anywhere in sections.
    fn find_contents(&mut self, bytes: &[u8]) {
        // Ranges of resources and sections may overlap at will; what is searched is counted.
        let mut searchable = bytes.len().saturating_mul(3);
        let mut contents: Vec<Content> = Vec::new();
        let mut pay = |range: &Range<usize>| {
            let is_paid = range.len() <= searchable;
            searchable = searchable.saturating_sub(range.len());
            is_paid
        };
        let mut unread = false;
        for overlay in &self.overlays {
            let found = carve::find(bytes, overlay.clone());
            if found.is_empty()
                && let Some(kind) = bytes.get(overlay.clone()).and_then(carve::at_start)
            {
                contents.push(Content { kind, place: Place::Overlay, range: overlay.clone() });
            }
            for (kind, range) in found {
                add(&mut contents, Content { kind, place: Place::Overlay, range });
            }
        }
        for resource in self.resources.iter().filter(|resource| !resource.kind.is_interface()) {
            if !pay(&resource.range) {
                unread = true;
                break;
            }
            let kind = bytes.get(resource.range.clone()).and_then(carve::at_start);
            if let Some(kind) = kind.filter(|kind| *kind != Kind::WebPage && *kind != Kind::Picture) {
                let place = Place::Resource(resource.label());
                add(&mut contents, Content { kind, place, range: resource.range.clone() });
            }
        }
        for section in &self.sections {
            if !pay(&section.range) {
                unread = true;
                break;
            }
            for (kind, range) in carve::find(bytes, section.range.clone()) {
                // A section that begins with this very program's header holds no other.
                if range.start != 0 {
                    add(&mut contents, Content { kind, place: Place::Section(section.name.clone()), range });
                }
            }
        }
        if unread {
            let what = "overlapping sections or resources were not all searched for files";
            self.problems.push(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
        contents.sort_by_key(|content| (content.range.start, content.range.end));
        self.contents = contents;
    }
}

/// Keeps a file if none of those kept shares bytes with it.
fn add(contents: &mut Vec<Content>, content: Content) {
    let is_new =
        contents.iter().all(|known| content.range.end <= known.range.start || content.range.start >= known.range.end);
    if is_new && contents.len() < MAX_CONTENTS {
        contents.push(content);
    }
}

/// Zeros kept at the end of an overlay: the last fields of an archive may be such.
const LAST_ZEROS: usize = 64;

/// The range without zeros at its front and without padding at its end; none if only zeros are left.
fn without_zeros(bytes: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let content = bytes.get(range.clone())?;
    let first = content.iter().position(|byte| *byte != 0)?;
    let last = content.iter().rposition(|byte| *byte != 0)?;
    let end = range.start.saturating_add(last).saturating_add(1).saturating_add(LAST_ZEROS).min(range.end);
    Some(range.start.saturating_add(first)..end)
}

/// PE Format, "The .debug Section": the CodeView entry (type 2) names the symbols after `RSDS`, a GUID and an age.
fn pdb(image: Image<'_>) -> Option<String> {
    let (rva, size) = image.header.directory(Directory::Debug)?;
    let start = image.offset(rva)?;
    (0..(size / 28).min(16)).find_map(|index| {
        let at = start.saturating_add(index.saturating_mul(28));
        let content_at = size_at(image.bytes, at.saturating_add(24))?;
        let is_code_view = size_at(image.bytes, at.saturating_add(12))? == 2;
        let path_at = match image.bytes.get(range_in(image.bytes, content_at, 4))? {
            b"RSDS" => content_at.checked_add(24)?,
            b"NB10" => content_at.checked_add(16)?,
            _ => return None,
        };
        is_code_view.then(|| text_at(image.bytes, path_at, 512))?
    })
}

/// The `level` of `requestedExecutionLevel` in a manifest.
fn execution_level(manifest: &[u8]) -> Option<String> {
    let manifest = manifest.get(..64 << 10).unwrap_or(manifest);
    let text = String::from_utf8_lossy(manifest);
    let (_, after) = text.split_once("requestedExecutionLevel")?;
    let (_, after) = after.split_once("level")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (level, _) = after.get(1..)?.split_once(quote)?;
    (level.len() <= 64).then(|| level.to_owned())
}
