//! Programs that stand in for a scanner where a mail server can only run one: Proxmox Mail Gateway's custom check,
//! MailScanner's generic scanner, Exim's command line scanner. They ask a running daemon if they are told where it
//! listens, and else scan by themselves, shut in as `sekisho scan` is.

mod ask;
mod judged;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use walkdir::WalkDir;

use self::ask::Asker;
use self::judged::Judged;
use super::args::{EximArgs, EximFail, MailscannerArgs, MailscannerFail, PmgArgs, PmgFail};
use super::exit;

/// `sekisho pmg`. Never fails: a failure would let the mail pass.
pub(super) fn pmg(options: &PmgArgs) -> anyhow::Result<ExitCode> {
    let judged = Asker::new(&options.ask).ask(&options.file);
    let second = match judged {
        Judged::Clean => "OK".to_owned(),
        Judged::Malicious(name) => format!("VIRUS: {name}"),
        Judged::Suspicious(_) => format!("SCORE: {}", options.suspicious),
        Judged::Encrypted(_) => format!("SCORE: {}", options.encrypted),
        Judged::Unread(name) => match options.fail {
            PmgFail::Ok => "OK".to_owned(),
            PmgFail::Score => format!("SCORE: {}", options.unread),
            PmgFail::Virus => format!("VIRUS: {name}"),
        },
    };
    writeln!(std::io::stdout(), "v1\n{second}").context("cannot write the answer")?;
    Ok(ExitCode::SUCCESS)
}

/// `sekisho mailscanner`.
pub(super) fn mailscanner(options: &MailscannerArgs) -> anyhow::Result<ExitCode> {
    let mut asker = Asker::new(&options.ask);
    let mut out = std::io::stdout();
    for file in files(&options.folder) {
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                writeln!(out, "ERROR::{}", on_one_line(&error.to_string()))?;
                continue;
            }
        };
        let (keyword, name) = match asker.ask(&file) {
            Judged::Clean => continue,
            Judged::Malicious(name) | Judged::Suspicious(name) | Judged::Encrypted(name) => ("INFECTED", name),
            Judged::Unread(name) => match options.fail {
                MailscannerFail::Error => ("ERROR", name),
                MailscannerFail::Infected => ("INFECTED", name),
            },
        };
        let shown = file.strip_prefix(&options.folder).unwrap_or(&file).to_string_lossy();
        writeln!(out, "{keyword}::{name}::{}", on_one_line(&shown))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `sekisho exim`.
pub(super) fn exim(options: &EximArgs) -> anyhow::Result<ExitCode> {
    let mut asker = Asker::new(&options.ask);
    let mut out = std::io::stdout();
    let mut is_unread = false;
    for file in files(&options.path) {
        let judged = file.map_or_else(|error| Judged::unread(&error.to_string()), |file| asker.ask(&file));
        match judged {
            Judged::Clean => {}
            Judged::Malicious(name) | Judged::Suspicious(name) | Judged::Encrypted(name) => {
                writeln!(out, "found in file:'{name}'")?;
            }
            Judged::Unread(name) => match options.fail {
                EximFail::Defer => is_unread = true,
                EximFail::Found => writeln!(out, "found in file:'{name}'")?,
                EximFail::Pass => {}
            },
        }
    }
    Ok(if is_unread { ExitCode::from(exit::INCOMPLETE) } else { ExitCode::SUCCESS })
}

/// The file, or the files below a folder in order of names. Links are not followed.
fn files(path: &Path) -> impl Iterator<Item = Result<PathBuf, walkdir::Error>> {
    WalkDir::new(path).sort_by_file_name().into_iter().filter_map(|entry| match entry {
        Ok(entry) => entry.file_type().is_file().then(|| Ok(entry.into_path())),
        Err(error) => Some(Err(error)),
    })
}

/// A name that cannot write lines of its own.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
