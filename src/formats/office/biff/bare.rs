//! Workbooks and sheets outside a compound file, as Excel 2 to 5 saved them and Excel still opens them.

use super::say::{is_locked, say};
use super::version::is_bare_workbook;
use crate::formats::office::{dde, xlm};
use crate::model::{Artifact, FindingKind, FormatId, Location, Problem};
use crate::stage::{Analyzer, Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError};

/// The format.
pub(crate) const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("biff"),
    title: "Excel 2-5 workbook",
    extensions: &["xls", "xlm", "xlw", "xlc", "xlt", "xla"],
    media_types: &["application/vnd.ms-excel"],
    magic: &[
        Magic::start(&[0x09, 0x00]),
        Magic::start(&[0x09, 0x02]),
        Magic::start(&[0x09, 0x04]),
        Magic::start(&[0x09, 0x08]),
    ],
    probe: Probe::Structure(|artifact| is_bare_workbook(&artifact.bytes)),
    reading: Reading::Full,
    references: &[Reference {
        title: "MS-XLS, Excel Binary File Format, and its ancestors",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-xls/",
    }],
    limitations: &["Formulas of worksheets are not decompiled; cell texts are searched in the file's bytes."],
    analyzers: &[&Bare],
    ..FormatSpec::of(Family::Office)
};

struct Bare;

impl Analyzer for Bare {
    fn findings(&self) -> Kinds {
        static KINDS: std::sync::LazyLock<Vec<&'static FindingKind>> =
            std::sync::LazyLock::new(|| xlm::KINDS.iter().copied().chain([dde::DDE_LINK]).collect());
        &KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        if is_locked(&artifact.bytes) {
            out.problem(Problem::encrypted("the workbook is encrypted", Location::whole()));
        }
        say(&artifact.bytes, &Location::whole(), out)
    }
}
