//! Excel 4.0 macros (XLM): formulas that run commands, in sheets of their own. Readers of BIFF, binary and XML workbooks
//! and of SYLK fill a [`program::Program`]; what is said of it is the same for all.
//!
//! `formula` a formula as a tree; `text` as text; `parse` back again; `program` sheets, names and values; `value` and
//! `functions` what formulas come to without Excel; `machine` macros followed from cell to cell; `abilities` what they do,
//! `judge` and `findings` what is said of it; `show` the sheets as children.

mod abilities;
mod findings;
pub(crate) mod formula;
mod functions;
mod judge;
mod machine;
pub(crate) mod parse;
pub(crate) mod program;
mod show;
pub(crate) mod text;
mod value;

pub(crate) use judge::{KINDS, say};

use crate::model::{Artifact, FormatId, OriginKind};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Excel 4.0 macros as text.
pub(crate) const XLM: FormatId = FormatId("xlm");

/// The format.
pub(crate) const FORMAT: FormatSpec = FormatSpec {
    id: XLM,
    title: "Excel 4.0 macro sheet",
    probe: Probe::Text(is_macro_sheet),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "MS-XLS 2.2.2, Formulas",
            url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-xls/",
        },
        Reference {
            title: "MS-XLSB 2.2.2, Formulas",
            url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-xlsb/",
        },
    ],
    limitations: &[
        "Macros are followed without Excel: what they ask of Windows, of windows or of the clock is not known, and both ways of a condition on it are taken.",
    ],
    ..FormatSpec::of(Family::Office)
};

/// How the origin of a decompiled sheet starts.
const ORIGIN: &str = "macro sheet";

fn is_macro_sheet(artifact: &Artifact) -> bool {
    artifact.origin.kind == OriginKind::Decoded && artifact.origin.detail.starts_with(ORIGIN)
}

/// How a sheet is shown, BoundSheet8 `hsState` or the `state` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// As a tab.
    Visible,
    /// Under "Unhide".
    Hidden,
    /// Only for programs.
    VeryHidden,
}

impl Visibility {
    fn as_str(self) -> &'static str {
        match self {
            Visibility::Visible => "visible",
            Visibility::Hidden => "hidden",
            Visibility::VeryHidden => "very hidden",
        }
    }
}

/// Whether a defined name is one that Excel runs: it compares the beginning only, without regard to case, and zeros
/// inside do not keep it from doing so.
pub(crate) fn is_auto_name(name: &str) -> bool {
    // Names that do not begin so are most of them.
    if !name.trim_start_matches(['\0', ' ']).starts_with(['a', 'A', '_', 'Ａ', 'ａ']) {
        return false;
    }
    let name: String = name.chars().filter(|c| *c != '\0').flat_map(char::to_lowercase).collect();
    let name = name.trim().trim_start_matches("_xlnm.");
    ["auto_open", "auto_close", "auto_activate", "auto_deactivate"].iter().any(|auto| name.starts_with(auto))
}

#[cfg(test)]
mod judge_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_excel_does() {
        assert!(is_auto_name("AUTO_OPEN1"));
        assert!(is_auto_name("Au\0to_Open"));
        assert!(is_auto_name("_xlnm.Auto_Open"));
        assert!(!is_auto_name("Automatic_Open"));
        assert!(!is_auto_name("Total"));
    }
}
