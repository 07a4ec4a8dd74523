//! The modules of a compound file's VBA projects, as children: source text in UTF-8, and the stored bytes where
//! decoding lost some.

use super::modules::VbaModule;
use super::storage::projects;
use crate::formats::office::ole::OleView;
use crate::model::{Artifact, EntryName, Origin, OriginKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Unpacks VBA projects of a compound file.
pub struct ProjectUnpacker;

/// How the origin of a project's module starts; its analysis belongs to the project.
pub(super) const MODULE_ORIGIN: &str = "VBA module";

impl Unpacker for ProjectUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        for project in projects(&view) {
            for problem in &project.problems {
                out.problem(problem.clone());
            }
            for reference in &project.references {
                out.fact("vba-reference", reference.libid.clone());
            }
            for module in project.modules {
                give(module, &project.storage, &project.code_page.to_string(), out)?;
            }
        }
        Ok(())
    }
}

fn give(module: VbaModule, storage: &str, code_page: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let name = match storage {
        "" => module.name,
        storage => format!("{storage}/{}", module.name),
    };
    if let Some(raw) = module.raw {
        let origin = Origin::part(OriginKind::Decoded, format!("{MODULE_ORIGIN}, bytes as stored"));
        out.child_bytes(EntryName::new(format!("{name} (bytes)")), origin, raw.into())?;
    }
    let origin = Origin::part(OriginKind::Decoded, format!("{MODULE_ORIGIN}, {code_page}"));
    out.child_bytes(EntryName::new(name), origin, module.source.into_bytes().into())
}
