//! Tables as text (RFC 4180). Spreadsheet programs take cells that start like formulas for formulas.

mod analyze;
mod cells;

use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// CSV.
pub const CSV: FormatId = FormatId("csv");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: CSV,
    title: "Table as text",
    family: Family::Text,
    extensions: &["csv", "tsv", "tab"],
    media_types: &["text/csv", "text/tab-separated-values", "application/csv"],
    magic: &[],
    probe: Probe::Text(is_csv),
    reading: Reading::Full,
    references: &[Reference { title: "RFC 4180, CSV files", url: "https://www.rfc-editor.org/rfc/rfc4180" }],
    limitations: &[],
    unpacker: None,
    analyzers: &[&analyze::CsvAnalyzer],
};

/// Names of workbooks: Excel opens text under them as a table, after a question.
const WORKBOOKS: &[&str] = &["xls", "xlt", "xlsx", "xlsm", "xlsb", "ods", "prn"];

/// Text that is called a table; content alone does not tell one.
fn is_csv(artifact: &Artifact) -> bool {
    let extension = artifact.name.extension();
    let is_named = FORMAT.extensions.iter().chain(WORKBOOKS).any(|known| *known == extension)
        || artifact.origin.claimed_type.as_deref().is_some_and(|kind| FORMAT.media_types.contains(&kind));
    is_named && artifact.view::<TextView>().is_ok()
}
