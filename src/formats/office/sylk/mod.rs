//! SYLK, a spreadsheet as lines of text from the 1980s. Excel opens it, and runs its Excel 4.0 macros.

mod analyze;
mod parser;

use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// The format.
pub(crate) const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("sylk"),
    title: "SYLK spreadsheet",
    extensions: &["slk", "sylk"],
    media_types: &["application/vnd.ms-excel"],
    probe: Probe::Text(is_sylk),
    reading: Reading::Full,
    references: &[Reference {
        title: "Library of Congress, SYLK",
        url: "https://www.loc.gov/preservation/digital/formats/",
    }],
    limitations: &["Formulas are read where there are macros; other cells are searched as text."],
    analyzers: &[&analyze::SylkAnalyzer],
    ..FormatSpec::of(Family::Office)
};

/// Excel takes any text that starts with `ID`, tables with such a first column included. Those have no records.
fn is_sylk(artifact: &Artifact) -> bool {
    const LINES: usize = 200;
    const RECORDS: [&str; 9] = ["NN;N", "O;", "C;Y", "C;X", "P;P", "F;P", "B;Y", "B;X", "C;K"];
    let Ok(view) = artifact.view::<TextView>() else { return false };
    let text = view.text.trim_start_matches('\u{feff}');
    let Some(rest) = text.strip_prefix("ID;").or_else(|| text.strip_prefix("id;")) else { return false };
    if rest.starts_with(['P', 'p']) {
        return true;
    }
    let mut lines = rest.lines().skip(1).take(LINES);
    lines.any(|line| RECORDS.iter().any(|record| line.starts_with(record)))
}
