//! The formats, each told by its section heads or first lines.

use super::SettingsView;
use super::analyze::{Sort, TargetAnalyzer};
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

const SHELL_DOCS: Reference = Reference {
    title: "Microsoft, Windows shell links and libraries",
    url: "https://learn.microsoft.com/en-us/windows/win32/shell/",
};

const fn text_shortcut(
    id: &'static str,
    title: &'static str,
    extensions: &'static [&'static str],
    check: fn(&Artifact) -> bool,
    references: &'static [Reference],
    analyzers: &'static [&'static dyn crate::stage::Analyzer],
) -> FormatSpec {
    FormatSpec {
        id: FormatId(id),
        title,
        family: Family::Program,
        extensions,
        media_types: &[],
        magic: &[],
        probe: Probe::Text(check),
        reading: Reading::Full,
        references,
        limitations: &["Only where it points and what it starts is read."],
        unpacker: None,
        analyzers,
    }
}

/// Internet shortcut.
pub const URL: FormatSpec = text_shortcut(
    "url-shortcut",
    "Internet shortcut",
    &["url", "website"],
    |artifact| has_section(artifact, "internetshortcut"),
    &[SHELL_DOCS],
    &[&TargetAnalyzer { sort: Sort::Url }],
);

/// Folder command.
pub const SCF: FormatSpec = text_shortcut(
    "scf",
    "Explorer command file",
    &["scf"],
    |artifact| {
        has_section(artifact, "shell")
            && settings(artifact, |view| view.get("iconfile").is_some() || view.get("command").is_some())
    },
    &[SHELL_DOCS],
    &[&TargetAnalyzer { sort: Sort::Scf }],
);

/// Windows theme.
pub const THEME: FormatSpec = text_shortcut(
    "theme",
    "Windows theme",
    &["theme"],
    |artifact| {
        has_section(artifact, "theme")
            && settings(artifact, |view| view.sections.len() > 1 || view.get("brandimage").is_some())
    },
    &[SHELL_DOCS],
    &[&TargetAnalyzer { sort: Sort::Theme }],
);

/// Desktop entry.
pub const DESKTOP: FormatSpec = text_shortcut(
    "desktop-entry",
    "Desktop entry",
    &["desktop"],
    |artifact| has_section(artifact, "desktop entry"),
    &[Reference {
        title: "Freedesktop, Desktop Entry Specification",
        url: "https://specifications.freedesktop.org/desktop-entry-spec/latest/",
    }],
    &[&TargetAnalyzer { sort: Sort::Desktop }],
);

/// Remote desktop connection.
pub const RDP: FormatSpec = text_shortcut(
    "rdp",
    "Remote desktop connection",
    &["rdp"],
    |artifact| {
        has_typed_setting(artifact)
            && settings(artifact, |view| {
                view.get("full address").is_some() || view.get("alternate full address").is_some()
            })
    },
    &[Reference {
        title: "Microsoft, Supported RDP properties",
        url: "https://learn.microsoft.com/en-us/azure/virtual-desktop/rdp-properties",
    }],
    &[&TargetAnalyzer { sort: Sort::Rdp }],
);

/// Library or search connector.
pub const LIBRARY: FormatSpec = text_shortcut(
    "library-ms",
    "Windows library or search connector",
    &["library-ms", "searchconnector-ms", "search-ms"],
    |artifact| {
        head(artifact, |head| head.contains("<librarydescription") || head.contains("<searchconnectordescription"))
    },
    &[SHELL_DOCS],
    &[&TargetAnalyzer { sort: Sort::Library }],
);

fn settings(artifact: &Artifact, check: fn(&SettingsView) -> bool) -> bool {
    artifact.view::<SettingsView>().is_ok_and(|view| check(&view))
}

/// Whether a text has a setting of the kind remote desktop files hold. Reading the settings of every text would cost
/// more than all other formats' questions together.
fn has_typed_setting(artifact: &Artifact) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| memchr::memmem::find(view.text.as_bytes(), b":s:").is_some())
}

fn has_section(artifact: &Artifact, name: &str) -> bool {
    // The head comes early; a text that quotes one later is none.
    head(artifact, |head| head.contains(&format!("[{name}")))
        && artifact
            .view::<SettingsView>()
            .is_ok_and(|view| view.has_section(name) && view.others.len() <= view.settings.len())
}

/// Asks something of the text's beginning, lower case.
fn head(artifact: &Artifact, ask: impl FnOnce(&str) -> bool) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| ask(view.lower_head().trim_start()))
}
