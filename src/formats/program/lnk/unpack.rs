//! The command line becomes a text of its own, so that everything that reads text reads it; what is appended becomes
//! a child.

use super::LnkView;
use crate::model::{Artifact, EntryName, Origin, OriginKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Gives what a shortcut holds.
pub(super) struct LnkUnpacker;

impl Unpacker for LnkUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<LnkView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if let Some(arguments) = view.arguments.as_ref().filter(|arguments| !arguments.trim().is_empty()) {
            let target = view.targets().into_iter().next().map(|(_, path)| path).unwrap_or_default();
            let command = format!("\"{target}\" {}", arguments.trim_start());
            let origin = Origin::part(OriginKind::Decoded, "the shortcut's command line");
            out.child_bytes(EntryName::new("command line"), origin, command.into_bytes().into())?;
        }
        if let Some(overlay) = &view.overlay {
            let detail = format!("{} bytes after the end of the shortcut", overlay.len());
            let name = EntryName::new(format!("overlay-{:x}", overlay.start));
            out.child_bytes(name, Origin::part(OriginKind::Overlay, detail), parent.bytes.slice(overlay.clone()))?;
        }
        Ok(())
    }
}
