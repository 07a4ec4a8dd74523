//! `sekisho macros`: the code in documents, for a person to read.

mod gather;
mod json;
mod text;

use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;

use anyhow::Context as _;

use self::gather::{Macros, gather, wanted};
use super::args::{Color, ListFormat, MacrosArgs};
use super::{exit, inputs};
use crate::matching::RuleSet;
use crate::report::Paint;
use crate::sandbox::Confinement;
use crate::verdict::Policy;
use crate::{ScanOptions, Scanner, Submission};

/// No macro code was found, and everything was read.
const NONE: u8 = 1;

/// Bytes of all inputs together.
const MAX_READ: u64 = 2 << 30;
/// Address space of this command, bytes.
const MAX_MEMORY: u64 = 8 << 30;
/// Said where the process cannot be confined.
const HINT: &str = "--no-isolation goes on without, at a risk";

/// Shows the macros of everything named, in the order given.
pub(super) fn run(options: &MacrosArgs) -> anyhow::Result<ExitCode> {
    let inputs = inputs::gather(&options.paths);
    let settings = ScanOptions {
        limits: super::scan::limits(&options.limits),
        passwords: options.passwords.clone(),
        language: options.lang.into(),
        // Behind the door nobody can ask how many cores there are.
        threads: super::workload::threads(None),
        ..ScanOptions::default()
    };
    let out = std::io::stdout();
    let paint = match options.color {
        Color::Auto => out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        Color::Always => true,
        Color::Never => false,
    };
    let paint = if paint { Paint::Always } else { Paint::Never };
    let mut out = std::io::BufWriter::new(out);
    let read = read_all(&inputs, options.limits.max_total);
    let scanner = confined(settings, options)?;
    let (mut found, mut incomplete) = (false, false);
    let mut documents = Vec::new();
    for (input, read) in inputs.iter().zip(read) {
        let macros = match read {
            Ok(submission) => {
                let (report, kept) = scanner.scan_keeping(submission, wanted);
                gather(&report, &kept, options.pcode)
            }
            Err(error) => Macros::unreadable(&input.name(), &error.to_string()),
        };
        found |= !macros.is_empty();
        incomplete |= !macros.unread.is_empty();
        if options.raw {
            raw(&mut out, &macros)?;
        } else if options.json || options.format == ListFormat::Json {
            documents.push(json::value(&macros));
        } else {
            text::write(&mut out, &macros, paint, options.lang.into())?;
        }
    }
    if !options.raw && (options.json || options.format == ListFormat::Json) {
        let document = match documents.len() {
            1 => documents.pop().unwrap_or_default(),
            _ => serde_json::Value::Array(documents),
        };
        serde_json::to_writer_pretty(&mut out, &document).context("cannot write the macros")?;
        out.write_all(b"\n")?;
    }
    out.flush().context("cannot write the macros")?;
    Ok(match (found, incomplete) {
        (_, true) => ExitCode::from(exit::INCOMPLETE),
        (true, false) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(NONE),
    })
}

/// Everything there is to read, before the door closes. Beyond [`MAX_READ`] bytes inputs are left out, and said to be.
fn read_all(inputs: &[inputs::Input], limit: u64) -> Vec<std::io::Result<Submission>> {
    let mut left = MAX_READ;
    inputs
        .iter()
        .map(|input| {
            let (submission, is_cut) = input.read(limit.min(left))?;
            if is_cut && left < limit {
                return Err(std::io::Error::other("too much to read at once; name fewer files"));
            }
            left = left.saturating_sub(submission.bytes.len() as u64);
            Ok(submission)
        })
        .collect()
}

/// A scanner in this process, which from here on opens nothing and only writes to standard output.
fn confined(settings: ScanOptions, options: &MacrosArgs) -> anyhow::Result<Scanner> {
    // Rules say nothing of source that is not shown anyway.
    if options.no_isolation {
        super::workload::warn(options.lang.into())?;
        return Ok(Scanner::with(settings, RuleSet::compile(&[])?, Policy::shipped()));
    }
    let mut confinement = Confinement::of_this_process().context(HINT)?;
    confinement.limit_memory(MAX_MEMORY).context(HINT)?;
    // Compiling needs executable memory, and the scanner's threads must be shut in as well.
    let scanner = Scanner::with(settings, RuleSet::compile(&[])?, Policy::shipped());
    confinement.close().context(HINT)?;
    Ok(scanner)
}

/// The source and nothing else, one module after the other.
fn raw(out: &mut impl Write, macros: &Macros) -> std::io::Result<()> {
    let modules = macros.programs.iter().flat_map(|program| &program.modules).map(|module| &module.source);
    for source in modules.chain(macros.others.iter().map(|other| &other.text)) {
        out.write_all(source.as_bytes())?;
        if !source.is_empty() && !source.ends_with('\n') {
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
