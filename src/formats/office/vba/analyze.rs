//! Judgement of macro source that stands alone: an exported module, a script in a mail. Modules of a project are judged
//! with it, when the project is unpacked.

use super::judge::{KINDS, Places, judge};
use super::program::Part;
use super::unpack::is_module;
use crate::formats::text::plain::TextView;
use crate::model::Artifact;
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at a lone module.
pub(super) struct SourceAnalyzer;

impl Analyzer for SourceAnalyzer {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        !is_module(artifact)
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        judge(&[Part { name: artifact.name.file_name(), sort: None, source: &view.text }], Places::Line, out)
    }
}
