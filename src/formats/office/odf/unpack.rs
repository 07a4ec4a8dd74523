//! Macros and embedded content of OpenDocument, as children. The entries of a package are the zip's.

use super::flat::FlatView;
use super::macros::{started, target_name};
use super::parser::OdfView;
use super::reading::Content;
use crate::formats::office::vba::{basic_kinds, judge_basic};
use crate::formats::text::base64::from_base64;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Language of the modules.
const LANGUAGE: &str = "LibreOffice Basic";

/// Takes packages apart.
pub(super) struct PackageUnpacker;

impl Unpacker for PackageUnpacker {
    fn findings(&self) -> Kinds {
        basic_kinds()
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OdfView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if let Some(lock) = &view.lock {
            out.problem(Problem::encrypted(
                format!("parts are encrypted ({lock})"),
                Location::part("entry META-INF/manifest.xml"),
            ));
        }
        for what in &view.signatures {
            out.fact("signed", *what);
        }
        give_macros(&view.content, out)
    }
}

/// Takes flat documents apart.
pub(super) struct FlatUnpacker;

impl Unpacker for FlatUnpacker {
    fn findings(&self) -> Kinds {
        basic_kinds()
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<FlatView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        give_macros(&view.content, out)?;
        for (index, binary) in view.content.binaries.iter().enumerate() {
            let name = EntryName::new(format!("{}-{index}", binary.element));
            match from_base64(binary.text.as_bytes()) {
                Some(bytes) => {
                    let origin = Origin::part(OriginKind::Embedded, "binary data of the document, base64");
                    out.child_bytes(name, origin, bytes.into())?;
                }
                None => {
                    let at = Location::part(format!("binary data {}", name.text));
                    out.problem(Problem::damaged("binary data that is not base64", at));
                }
            }
        }
        Ok(())
    }
}

fn give_macros(content: &Content, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if let Some(generator) = &content.generator {
        out.fact("application", generator.trim());
    }
    for library in &content.locked {
        let what = format!("library {library} is locked with a password");
        out.problem(Problem::encrypted(what, Location::part(format!("library {library}"))));
    }
    if content.modules.is_empty() {
        return Ok(());
    }
    let started: Vec<String> =
        content.events.iter().filter(|event| started(event)).map(|event| target_name(&event.target)).collect();
    judge_basic(content.modules.clone(), &started, LANGUAGE, out)
}
