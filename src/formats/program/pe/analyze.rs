//! What a program says of itself as facts, and the findings of the files beside this one.

use super::{Function, PeView, add_in, disguise, packing, signing};
use crate::formats::program::file::PROGRAM_FILE;
use crate::model::{Artifact, Ioc, IocKind, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at a Windows program.
pub(super) struct PeAnalyzer;

/// Facts of one sort given; a report is read by people.
const MAX_FACTS: usize = 100;

impl Analyzer for PeAnalyzer {
    fn findings(&self) -> Kinds {
        &[
            PROGRAM_FILE,
            add_in::PROGRAM_IS_ADD_IN,
            disguise::PROGRAM_WITH_DOCUMENT_ICON,
            disguise::PROGRAM_CARRIES_DOCUMENT,
            packing::PE_PACKED,
            packing::PROGRAM_PADDED,
            packing::PE_WRITABLE_CODE,
            packing::PROGRAM_PACKS_SCRIPT,
            signing::PE_SIGNATURE_DAMAGED,
            signing::PE_SIGNATURE_OF_ANOTHER_FILE,
        ]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<PeView>()?;
        facts(&view, out);
        if artifact.origin.is_file {
            out.raise(
                PROGRAM_FILE,
                Location::whole(),
                format!("{} for Windows, {}", kind(&view), view.header.machine_name()),
            );
        }
        add_in::look(&view, out);
        disguise::look(artifact, &view, out);
        packing::look(artifact, &view, out);
        signing::look(&view, out);
        Ok(())
    }
}

fn kind(view: &PeView) -> &'static str {
    match (view.header.subsystem, view.header.is_dll) {
        (1, _) => "driver",
        (10..=13, _) => "EFI program",
        (_, true) => "library",
        (3, false) => "console program",
        _ => "program",
    }
}

fn facts(view: &PeView, out: &mut Outcome<'_>) {
    let header = &view.header;
    out.fact("pe-kind", kind(view));
    out.fact("pe-machine", header.machine_name());
    out.fact("pe-compile-time", date(header.timestamp));
    if view.is_dotnet {
        out.fact("pe-managed", ".NET");
    }
    if view.has_tls {
        out.fact("pe-tls", "thread-local storage");
    }
    if let Some(imphash) = &view.imphash {
        out.fact("imphash", imphash.clone());
        out.ioc(Ioc::new(IocKind::Imphash, imphash.clone(), Location::part("imports")));
    }
    for section in view.sections.iter().take(MAX_FACTS) {
        let entropy = section.entropy.map(|entropy| format!(", entropy {entropy:.2}")).unwrap_or_default();
        out.fact("pe-section", format!("{} {} bytes{entropy}", section.name, section.range.len()));
    }
    for library in view.libraries.iter().take(MAX_FACTS) {
        let key = if library.is_delayed { "pe-delay-import" } else { "pe-import" };
        out.fact(key, library.name.to_ascii_lowercase());
    }
    for name in view.exports.library.iter() {
        out.fact("pe-linked-as", name.clone());
    }
    for name in view.exports.names.iter().take(MAX_FACTS) {
        out.fact("pe-export", name.clone());
    }
    for (key, value) in view.version.iter().filter(|(_, value)| !value.is_empty()) {
        out.fact("pe-version", format!("{key}: {value}"));
    }
    if let Some(company) = view.version_string("CompanyName") {
        out.fact("pe-company", company);
    }
    if let Some(level) = &view.execution_level {
        out.fact("pe-execution-level", level.clone());
    }
    if let Some(pdb) = &view.pdb {
        out.fact("pe-pdb", pdb.clone());
        out.ioc(Ioc::new(IocKind::Path, pdb.clone(), Location::part("debug directory")).with_context("debug symbols"));
    }
}

/// Whether the program imports a function for which `test` holds.
pub(super) fn imports(view: &PeView, test: impl Fn(&str) -> bool) -> bool {
    view.libraries.iter().flat_map(|library| &library.functions).any(|function| match function {
        Function::Name(name) => test(name),
        Function::Ordinal(_) => false,
    })
}

/// Seconds since 1970 as a date in UTC: the days-to-civil method of Howard Hinnant.
fn date(seconds: u32) -> String {
    let days = i64::from(seconds / 86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let of_day = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// Says that a program of the old kind came.
pub(super) struct OldProgram;

impl Analyzer for OldProgram {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.is_file
    }

    fn analyze(&self, _artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.raise(PROGRAM_FILE, Location::whole(), "program for DOS or 16-bit Windows");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_civil() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(0x56e7_5b00), "2016-03-15T00:44:48Z");
        assert_eq!(date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date(u32::MAX), "2106-02-07T06:28:15Z");
    }
}
