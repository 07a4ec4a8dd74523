//! Compiled AutoIt scripts (EA05 and EA06), alone (`.a3x`) and in programs: the script as text and the files it brings.
//! The `autoit` crate decrypts, unpacks and turns tokens into text; where the records lie is found here, and they are
//! read one by one so that the budget pays for each.

use autoit::au3::{Limits, Record, parse_records_partial};
use autoit::script::recover_scripts;
use autoit::{DecompressionStatus, Encoding};
use memchr::memmem;

use super::file::PROGRAM_FILE;
use super::pe::PeView;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{
    Analyzer, Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker,
};

/// How a compiled script begins; the same bytes stand before it in a program.
const SIGNATURE: &[u8] = b"\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9\x99\x4c\x53\x0a\x86\xd6\x48\x7d";

/// A compiled script by itself.
pub const A3X: FormatSpec = FormatSpec {
    id: FormatId("a3x"),
    title: "Compiled AutoIt script",
    extensions: &["a3x"],
    media_types: &["application/x-autoit-a3x"],
    magic: &[Magic::start(SIGNATURE)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "AutoIt, Compiling Scripts with Aut2Exe",
        url: "https://www.autoitscript.com/autoit3/docs/intro/compiler.htm",
    }],
    limitations: &[
        "Scripts of AutoIt before 3.2 (EA04) and of old AutoHotkey are not looked for.",
        "Scripts compiled with a password are read as far as their encryption ignores it.",
    ],
    unpacker: Some(&Alone),
    analyzers: &[&RunsScript],
    ..FormatSpec::of(Family::Program)
};

/// Records read of one script.
const MAX_RECORDS: usize = 128;
/// Bytes of one record, packed and unpacked.
const MAX_RECORD: usize = 64 << 20;
/// The same where records are read together.
const MAX_TOGETHER: usize = 8 << 20;

/// Reads a script that is a file.
struct Alone;

impl Unpacker for Alone {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        match find(&parent.bytes, |_| true) {
            Some((at, encoding)) => give(parent, at, encoding, out),
            None => {
                let what = "AutoIt script of a version that is not read";
                out.problem(Problem::unsupported(what, Location::whole()));
                Ok(())
            }
        }
    }
}

/// Reads a script inside a program. One that makes up the data after the program's end is a file of its own.
pub(in crate::formats) struct InProgram;

impl Unpacker for InProgram {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<PeView>()?;
        let is_given = |at: usize| {
            view.overlays.iter().any(|overlay| {
                let bytes = parent.bytes.get(overlay.clone()).unwrap_or_default();
                overlay.contains(&at) && bytes.starts_with(SIGNATURE)
            })
        };
        if let Some((at, encoding)) = find(&parent.bytes, |at| !is_given(at)) {
            return give(parent, at, encoding, out);
        }
        if let Some(at) = memmem::find(&parent.bytes, SIGNATURE).filter(|at| !is_given(*at)) {
            out.problem(Problem::unsupported("AutoIt script of a version that is not read", Location::at(at)));
        }
        Ok(())
    }
}

/// Where records begin, and how they are written. Compilers put sixteen bytes between the mark and the first record.
fn find(bytes: &[u8], is_wanted: impl Fn(usize) -> bool) -> Option<(usize, Encoding)> {
    const MARK: &[u8] = b"AU3!EA0";
    for at in memmem::find_iter(bytes, MARK).take(16).filter(|at| is_wanted(*at)) {
        let encoding = match bytes.get(at.saturating_add(MARK.len())) {
            Some(b'5') => Encoding::Ea05,
            Some(b'6') => Encoding::Ea06,
            _ => continue,
        };
        let start = at.saturating_add(MARK.len() + 1);
        for first in [start.saturating_add(16), start] {
            let limits = Limits { max_records: 1, max_decompressed_blob_size: 1, ..Limits::default() };
            let report = parse_records_partial(bytes, first, encoding, limits);
            if report.is_ok_and(|report| !report.records().is_empty()) {
                return Some((first, encoding));
            }
        }
    }
    None
}

fn give(parent: &Artifact, first: usize, encoding: Encoding, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mut at = first;
    let mut count = 0usize;
    while count < MAX_RECORDS {
        out.budget().check_deadline()?;
        // The key of EA05 depends on the bytes before the first record, so its records are read in one go.
        let is_one_by_one = encoding == Encoding::Ea06;
        let limits = Limits {
            max_records: if is_one_by_one { 1 } else { MAX_RECORDS },
            max_encrypted_blob_size: MAX_RECORD,
            max_decompressed_blob_size: if is_one_by_one { MAX_RECORD } else { MAX_TOGETHER },
            ..Limits::default()
        };
        let Ok(report) = parse_records_partial(&parent.bytes, at, encoding, limits) else { break };
        let diagnostic = report.diagnostic();
        for record in report.records() {
            count = count.saturating_add(1);
            give_record(record, out)?;
        }
        match diagnostic {
            Some(diagnostic) if is_one_by_one && !report.records().is_empty() && diagnostic.offset > at => {
                at = diagnostic.offset;
            }
            Some(diagnostic) => {
                let what = format!("AutoIt record {count} is not readable");
                out.problem(Problem::damaged(what, Location::at(diagnostic.offset)));
                return Ok(());
            }
            None => return Ok(()),
        }
    }
    let what = format!("more than {MAX_RECORDS} AutoIt records; the others are not read");
    out.problem(Problem::new(ProblemKind::Limit, what, Location::at(at)));
    Ok(())
}

fn give_record(record: &Record, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let place = || Location::at(record.offset());
    if let DecompressionStatus::Failed { .. } = record.decompression_status() {
        out.problem(Problem::damaged("packed data of an AutoIt record does not decode", place()));
    }
    if !record.checksum_valid() {
        out.problem(Problem::damaged("AutoIt record with a wrong checksum", place()));
    }
    let scripts = recover_scripts(std::slice::from_ref(record));
    for script in &scripts {
        let name = EntryName::new("script.au3").also(script.name());
        let detail = "AutoIt script, turned back into text";
        let (detail, bytes) = match script.source_text() {
            Some(text) => (detail, text.as_bytes().to_vec()),
            None => {
                out.problem(Problem::unsupported("AutoIt tokens that are not known", place()));
                ("AutoIt script, as tokens", script.bytes().to_vec())
            }
        };
        out.child_bytes(name, Origin::part(OriginKind::Decoded, detail), bytes.into())?;
    }
    if scripts.is_empty() {
        let name = record.name().trim_end_matches('\0');
        let name = if name.is_empty() { "file" } else { name };
        let name = EntryName::new(crate::model::name::file_name(name)).also(name);
        let bytes = record.payload_data().to_vec();
        out.child_bytes(name, Origin::part(OriginKind::Embedded, "file of an AutoIt script"), bytes.into())?;
    }
    Ok(())
}

struct RunsScript;

impl Analyzer for RunsScript {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.is_file
    }

    fn analyze(&self, _: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.raise(PROGRAM_FILE, Location::whole(), "compiled AutoIt script");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::autoit::a3x;
    use sekisho_samples::program::pe::Pe;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn names(said: &Said) -> Vec<(&str, &[u8])> {
        said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect()
    }

    #[test]
    fn scripts_and_files_come_out() {
        let bytes = a3x("MsgBox(0, 0, 'HARMLESS')", &[("C:\\a\\b.dat", b"content")]);
        let said = trial::scan(&A3X, "a.a3x", &bytes);
        assert_eq!(names(&said), [("script.au3", &b"MsgBox(0, 0, 'HARMLESS')"[..]), ("b.dat", b"content")]);
        assert!(said.problems.is_empty(), "{:?}", said.problems);
        assert!(trial::observed(&said, "program-file").is_some());
    }

    #[test]
    fn a_program_gives_what_is_in_its_resources_and_not_what_is_a_file_of_its_own() {
        let script = a3x("Exit", &[]);
        let (said, _) =
            trial::unpack(&InProgram, "a.exe", Pe::new().resource_named(10, "SCRIPT", script.clone()).build());
        assert_eq!(names(&said), [("script.au3", &b"Exit"[..])]);
        let (said, _) = trial::unpack(&InProgram, "a.exe", Pe::new().overlay(&script).build());
        assert!(said.children.is_empty());
        // Other bytes stand before the script, so that nothing tells it from data.
        let (said, _) = trial::unpack(&InProgram, "a.exe", Pe::new().overlay([&[9; 8][..], &script].concat()).build());
        assert_eq!(names(&said), [("script.au3", &b"Exit"[..])]);
    }

    #[test]
    fn the_mark_alone_is_no_script() {
        let (said, _) = trial::unpack(&InProgram, "a.exe", Pe::new().overlay("AU3!EA06 is a mark").build());
        assert!(said.children.is_empty() && said.problems.is_empty());
    }

    #[test]
    fn every_cut_is_survived() {
        let bytes = a3x("Exit", &[("a.dat", b"content")]);
        for end in 16..bytes.len() {
            let (_, result) = trial::unpack(&Alone, "a.a3x", bytes[..end].to_vec());
            result.unwrap();
        }
    }
}
