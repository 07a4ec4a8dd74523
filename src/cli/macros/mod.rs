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
use crate::verdict::Policy;
use crate::{ScanOptions, Scanner};

/// No macro code was found, and everything was read.
const NONE: u8 = 1;

/// Shows the macros of everything named, in the order given.
pub(super) fn run(options: &MacrosArgs) -> anyhow::Result<ExitCode> {
    // Rules say nothing of source that is not shown anyway.
    let rules = RuleSet::compile(&[])?;
    let settings = ScanOptions {
        limits: super::scan::limits(&options.limits),
        passwords: options.passwords.clone(),
        language: options.lang.into(),
        ..ScanOptions::default()
    };
    let scanner = Scanner::with(settings, rules, Policy::shipped());
    let out = std::io::stdout();
    let paint = match options.color {
        Color::Auto => out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        Color::Always => true,
        Color::Never => false,
    };
    let paint = if paint { Paint::Always } else { Paint::Never };
    let mut out = std::io::BufWriter::new(out);
    let (mut found, mut incomplete) = (false, false);
    let mut documents = Vec::new();
    for input in inputs::gather(&options.paths) {
        let macros = match input.read(options.limits.max_total) {
            Ok((submission, _)) => {
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
