//! From a scanned tree to programs: modules that belong together, with what their project says of them.

use std::collections::BTreeMap;

use crate::formats::office::ole::OleView;
use crate::formats::office::strings::NamedString;
use crate::formats::office::vba::forms::forms;
use crate::formats::office::vba::{
    MODULE_ORIGIN, Review, ReviewSource, Sort, Standing, VBA, VbaProject, projects, review,
};
use crate::formats::text::plain::TextView;
use crate::model::report::Report;
use crate::model::{Artifact, CoverageLevel, OriginKind};

/// What is shown of one input.
#[derive(Debug, Default)]
pub(super) struct Macros {
    /// Its name as given.
    pub(super) input: String,
    /// Programs, in tree order.
    pub(super) programs: Vec<Program>,
    /// Other code: macro sheets, scripts of other languages.
    pub(super) others: Vec<Other>,
    /// Strings a macro could reach, by the path of what holds them.
    pub(super) strings: Vec<(String, String)>,
    /// What could not be read.
    pub(super) unread: Vec<String>,
}

/// Modules that are one program.
#[derive(Debug)]
pub(super) struct Program {
    /// Path of what holds it, or of the lone module.
    pub(super) path: String,
    /// Its name.
    pub(super) name: String,
    /// What its project says.
    pub(super) project: Option<Project>,
    /// Its modules.
    pub(super) modules: Vec<Module>,
    /// What to look at.
    pub(super) review: Review,
}

/// What a project says of itself.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) name: String,
    pub(super) code_page: String,
    pub(super) is_locked: bool,
    pub(super) has_password: bool,
    pub(super) is_tampered: bool,
    pub(super) references: Vec<(String, String)>,
}

/// One module.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) sort: Option<Sort>,
    /// Whether the editor shows it.
    pub(super) is_hidden: bool,
    /// How it was decoded.
    pub(super) decoded: String,
    pub(super) source: String,
    /// Its compiled code in words, if it was asked for and there is some.
    pub(super) pcode: Option<String>,
}

/// Code in another language.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) format: &'static str,
    pub(super) text: String,
}

/// Formats that hold code of documents besides VBA, and how the origin of text starts that is code of a document.
const OTHERS: [&str; 2] = ["xlm", "basic"];
const OTHER_ORIGINS: [&str; 2] = ["macro sheet", "Power Query"];

/// Whether an artifact is needed: code, or a compound file that may hold a project.
pub(super) fn wanted(artifact: &Artifact) -> bool {
    const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    is_module(artifact) || artifact.format == VBA || is_other(artifact) || artifact.bytes.starts_with(&COMPOUND)
}

fn is_other(artifact: &Artifact) -> bool {
    let detail = artifact.origin.detail.as_str();
    let is_decoded = artifact.origin.kind == OriginKind::Decoded;
    OTHERS.contains(&artifact.format.as_str())
        || (is_decoded && OTHER_ORIGINS.iter().any(|origin| detail.starts_with(origin)))
}

fn is_module(artifact: &Artifact) -> bool {
    let detail = artifact.origin.detail.as_str();
    artifact.origin.kind == OriginKind::Decoded
        && detail.starts_with(MODULE_ORIGIN)
        && !detail.ends_with("bytes as stored")
}

impl Macros {
    /// An input that could not be read at all.
    pub(super) fn unreadable(input: &str, why: &str) -> Self {
        Macros { input: input.to_owned(), unread: vec![why.to_owned()], ..Macros::default() }
    }

    /// Whether there is no code.
    pub(super) fn is_empty(&self) -> bool {
        self.programs.is_empty() && self.others.is_empty()
    }
}

/// The programs among the artifacts kept of a scan; with their compiled code, if that is wanted.
pub(super) fn gather(report: &Report, kept: &[Artifact], with_pcode: bool) -> Macros {
    let mut macros = Macros { input: report.input.clone(), ..Macros::default() };
    let mut groups: BTreeMap<(usize, String), Vec<&Artifact>> = BTreeMap::new();
    let mut parents: Vec<String> = Vec::new();
    for artifact in kept {
        if is_module(artifact) {
            let parent = artifact.path.parent().map_or_else(String::new, |path| path.to_string());
            let place = parents.iter().position(|known| *known == parent).unwrap_or(parents.len());
            if place == parents.len() {
                parents.push(parent);
            }
            let storage = artifact.name.text.rsplit_once('/').map_or("", |(storage, _)| storage);
            groups.entry((place, storage.to_owned())).or_default().push(artifact);
        } else if artifact.format == VBA {
            let module = module(artifact, None, false);
            macros.programs.push(program(
                artifact.path.to_string(),
                artifact.name.text.clone(),
                None,
                &[],
                vec![module],
            ));
        } else if is_other(artifact) {
            macros.others.push(Other {
                path: artifact.path.to_string(),
                name: artifact.name.text.clone(),
                format: artifact.format.as_str(),
                text: text_of(artifact),
            });
        }
    }
    for ((place, storage), modules) in groups {
        let parent = parents.get(place).cloned().unwrap_or_default();
        let holder = kept.iter().find(|artifact| artifact.path.to_string() == parent);
        let project = holder.and_then(|holder| project_of(holder, &storage));
        let strings: Vec<NamedString> = holder
            .filter(|_| project.is_some())
            .and_then(|holder| holder.view::<OleView>().ok())
            .map(|view| forms(&view).into_iter().flat_map(|form| form.strings).collect())
            .unwrap_or_default();
        let name =
            report.artifacts.iter().find(|artifact| artifact.path == parent).map(|artifact| artifact.name.clone());
        let modules = modules.into_iter().map(|artifact| module(artifact, project.as_ref(), with_pcode)).collect();
        macros.programs.push(program(parent, name.unwrap_or_default(), project.as_ref(), &strings, modules));
    }
    macros.programs.sort_by_key(|program| sort_key(&program.path));
    for artifact in &report.artifacts {
        for (key, values) in &artifact.facts {
            if key.contains("string") || key.contains("form-text") {
                macros.strings.extend(values.iter().map(|value| (artifact.path.clone(), value.clone())));
            }
        }
    }
    if report.coverage.level != CoverageLevel::Complete {
        macros.unread.extend(report.coverage.reasons.iter().map(|gap| format!("{} {}", gap.artifact, gap.text)));
    }
    macros
}

/// Tree order: by the numbers of the path.
fn sort_key(path: &str) -> Vec<u32> {
    path.split('.').map(|step| step.parse().unwrap_or(u32::MAX)).collect()
}

fn project_of(holder: &Artifact, storage: &str) -> Option<VbaProject> {
    let view = holder.view::<OleView>().ok()?;
    projects(&view).into_iter().find(|project| project.storage == storage)
}

fn module(artifact: &Artifact, project: Option<&VbaProject>, with_pcode: bool) -> Module {
    let name = artifact.name.text.rsplit('/').next().unwrap_or_default().to_owned();
    let known = project.and_then(|project| project.modules.iter().find(|module| module.name == name));
    let listing = project.and_then(|project| project.listing.as_ref()).filter(|listing| !listing.modules.is_empty());
    let is_listed = listing
        .is_none_or(|listing| listing.modules.iter().any(|(listed, _)| listed.to_lowercase() == name.to_lowercase()));
    let is_unlisted = known.is_some_and(|module| module.standing == Standing::Unlisted);
    let detail = artifact.origin.detail.strip_prefix(MODULE_ORIGIN).unwrap_or_default();
    Module {
        path: artifact.path.to_string(),
        sort: known.and_then(|module| module.sort),
        is_hidden: is_unlisted || !is_listed,
        decoded: detail.trim_start_matches([',', ' ']).to_owned(),
        source: text_of(artifact),
        pcode: project
            .zip(known)
            .filter(|_| with_pcode)
            .and_then(|(project, module)| project.pcode(module))
            .map(|listing| listing.to_string()),
        name,
    }
}

fn text_of(artifact: &Artifact) -> String {
    match std::str::from_utf8(&artifact.bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => artifact.view::<TextView>().map(|view| view.text.clone()).unwrap_or_default(),
    }
}

fn program(
    path: String,
    name: String,
    project: Option<&VbaProject>,
    strings: &[NamedString],
    modules: Vec<Module>,
) -> Program {
    let sources: Vec<ReviewSource<'_>> = modules
        .iter()
        .map(|module| ReviewSource { name: &module.name, sort: module.sort, text: &module.source })
        .collect();
    let review = review(&sources, strings);
    let project = project.map(|project| Project {
        name: project.name.clone(),
        code_page: project.code_page.to_string(),
        is_locked: project.listing.as_ref().is_some_and(|listing| listing.is_locked),
        has_password: project.listing.as_ref().is_some_and(|listing| listing.has_password),
        is_tampered: project.listing.as_ref().is_some_and(|listing| listing.is_tampered),
        references: project
            .references
            .iter()
            .map(|reference| (reference.name.clone(), reference.libid.clone()))
            .collect(),
    });
    Program { path, name, project, modules, review }
}
