//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use super::quarantine::QuarantineArgs;
use crate::model::Level;
use crate::report::Language;

/// Opens e-mail attachments before people do.
///
/// Unpacks mails, archives and documents recursively, identifies every part by content, inspects programs, macros and
/// objects, matches rules, extracts indicators, and explains its verdict. Nothing is run.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan mails, mailboxes, attachments or whole folders
    Scan(Box<ScanArgs>),
    /// Measure the scanner on a collection: what it says and how long it takes, by kind of file
    Evaluate(Box<EvaluateArgs>),
    /// Show the macros of documents: source, what starts it, what it leads to
    Macros(Box<MacrosArgs>),
    /// Explain a finding: what it is, why it matters, when it is innocent
    Explain(ExplainArgs),
    /// List the formats that are read, and how far
    Formats(FormatsArgs),
    /// See and decide what happens to quarantined mail
    Quarantine(Box<QuarantineArgs>),
    /// Work with detection rules
    Rules(RulesArgs),
    /// Run as a daemon that mail servers ask
    Serve(ServeArgs),
    /// Check and explain the configuration of the daemon
    Config(ConfigArgs),
    /// Make keys for the HTTP interface
    Key(KeyArgs),
    /// Stand in for the custom check of Proxmox Mail Gateway
    Pmg(PmgArgs),
    /// Stand in for a virus scanner of MailScanner
    Mailscanner(MailscannerArgs),
    /// Stand in for a command line scanner of Exim
    Exim(EximArgs),
    /// Show that the processes that read mail are shut in
    Isolation(IsolationArgs),
    /// Be a scanning worker (started by sekisho itself)
    #[command(hide = true)]
    Worker(WorkerArgs),
}

/// Scan mails, mailboxes, attachments or whole folders.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status:
  0   everything was read and nothing was found
  1   something was found at or above --fail-on
  2   nothing was found, but something could not be read (encrypted, damaged, unsupported, over a limit)
  64  the command line is wrong

Examples:
  sekisho scan mail.eml
  sekisho scan --format jsonl quarantine/ > reports.jsonl
  sekisho scan --password 'Tkt#2016' locked.zip
  sekisho scan --wordlist words.txt locked.7z
  cat mail.eml | sekisho scan --lang ja -")]
pub(crate) struct ScanArgs {
    /// Files, folders (read recursively), glob patterns, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// How to write reports
    #[arg(short, long, value_enum, default_value = "text")]
    pub(crate) format: Format,

    /// Language of texts in reports
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) lang: Lang,

    /// The least level that makes the exit status 1
    #[arg(long, value_enum, default_value = "suspicious", value_name = "LEVEL")]
    pub(crate) fail_on: FailOn,

    /// A password to try on locked content; may be given several times
    #[arg(short, long = "password", value_name = "TEXT")]
    pub(crate) passwords: Vec<String>,

    /// A file with one password per line to try on locked content when nothing else opened it
    #[arg(long, value_name = "FILE")]
    pub(crate) wordlist: Option<PathBuf>,

    /// A rule file or folder of .yar files to use besides the shipped rules; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,

    /// A policy to use instead of the shipped one (see rules/policy.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// A server whose Authentication-Results are believed; may be given several times. Without one the topmost field is
    /// taken, which a sender can write where no server of yours does
    #[arg(long = "trust-authserv-id", value_name = "ID")]
    pub(crate) authserv_ids: Vec<String>,

    /// A domain of your organisation, to tell look-alikes from; may be given several times
    #[arg(long = "own-domain", value_name = "DOMAIN")]
    pub(crate) own_domains: Vec<String>,

    /// A domain of an organisation you write to, to tell look-alikes from; may be given several times
    #[arg(long = "partner-domain", value_name = "DOMAIN")]
    pub(crate) partner_domains: Vec<String>,

    /// Threads to scan with [default: one per core]
    #[arg(short = 'j', long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) threads: Option<u16>,

    /// When to colour text reports
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: Color,

    /// Read the files in this process instead of confined ones: what exploits a defect of the scanner then acts with your
    /// rights, and a crash ends everything
    #[arg(long)]
    pub(crate) no_isolation: bool,

    /// Do not show progress
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Measure the scanner on a collection: what it says and how long it takes, by kind of file.
#[derive(Debug, Args)]
#[command(after_help = "\
Files are grouped by what they are by content. A file counts as \"with macros\" if any part of it holds macro code.
With --answers the reports are compared with what is known of the files; see docs/evaluation.md for the keys.

Exit status:
  0   nothing was more than allowed: no file at or above --fail-on, no wrong answer, no stage failed
  1   something was
  64  the command line is wrong

Examples:
  sekisho evaluate honest-files/
  sekisho evaluate --fail-on malicious --list honest-files/
  sekisho evaluate --answers known.jsonl samples/")]
pub(crate) struct EvaluateArgs {
    /// Files, folders (read recursively) or glob patterns
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// How to write the figures
    #[arg(short, long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,

    /// The least level that makes the exit status 1
    #[arg(long, value_enum, default_value = "suspicious", value_name = "LEVEL")]
    pub(crate) fail_on: FailOn,

    /// Name every file that is not clean and complete, with the reasons, and the slowest ones
    #[arg(short, long)]
    pub(crate) list: bool,

    /// A file of known answers, one JSON object per line: {\"path\": …, \"expect\": {…}}, paths relative to it
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,

    /// A password to try on locked content; may be given several times
    #[arg(short, long = "password", value_name = "TEXT")]
    pub(crate) passwords: Vec<String>,

    /// Threads to scan with [default: one, so that times mean something]
    #[arg(short = 'j', long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) threads: u16,

    /// Read the files in this process instead of confined ones: what exploits a defect of the scanner then acts with your
    /// rights, and a crash ends everything
    #[arg(long)]
    pub(crate) no_isolation: bool,

    /// Do not show progress
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Show the macros of documents: source, what starts it, what it leads to.
#[derive(Debug, Args)]
#[command(after_help = "\
Documents may lie in mails and archives, or be locked with a password that is given or said in the mail.

The margin says why a line is worth a look:
  !   a procedure starts here without a call
  *   something is done here that a macro which starts by itself comes to
  +   something is done here that none of them comes to
  =   a text comes together here from pieces

Exit status:
  0   macros were shown
  1   there are none, and everything was read
  2   something could not be read (encrypted, damaged, unsupported, over a limit)
  64  the command line is wrong

Examples:
  sekisho macros invoice.docm
  sekisho macros --lang ja mail.eml
  sekisho macros --password infected sample.zip
  sekisho macros --raw invoice.docm > source.bas
  sekisho macros --json folder/")]
pub(crate) struct MacrosArgs {
    /// Files, folders (read recursively), glob patterns, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// How to write what is found
    #[arg(short, long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,

    /// The same as --format json
    #[arg(long, conflicts_with = "raw")]
    pub(crate) json: bool,

    /// Write the source only, in UTF-8 and otherwise as it is stored
    #[arg(long)]
    pub(crate) raw: bool,

    /// Show the compiled code of each module too
    #[arg(long, conflicts_with = "raw")]
    pub(crate) pcode: bool,

    /// Language of explanations
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) lang: Lang,

    /// A password to try on locked content; may be given several times
    #[arg(short, long = "password", value_name = "TEXT")]
    pub(crate) passwords: Vec<String>,

    /// When to colour text
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: Color,

    /// Read the files in this process without confining it: what exploits a defect of the scanner then acts with your
    /// rights
    #[arg(long)]
    pub(crate) no_isolation: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// How a program that stands in for a scanner gets its answer.
#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    /// The socket of a running daemon's clamd door, which has its rules ready; without one, or where nobody listens, the
    /// scan is done here
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,

    /// Seconds one file may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) max_time: u64,
}

/// Stand in for the custom check of Proxmox Mail Gateway.
#[derive(Debug, Args)]
#[command(after_help = "\
Writes two lines: v1, and one of
  OK             nothing was found
  VIRUS: name    malicious
  SCORE: number  suspicious, encrypted, or not read: points that the gateway adds to the spam score

The gateway lets a mail pass when its check fails, so that this never fails: what could not be scanned is answered by
--fail. See docs/gateway.md, and dist/bin/pmg-custom-check for the script that calls it.

Examples:
  sekisho pmg v1 mail.eml
  sekisho pmg --socket /run/sekisho/clamd.sock v1 mail.eml")]
pub(crate) struct PmgArgs {
    /// Version of the gateway's interface
    #[arg(value_name = "VERSION", value_parser = ["v1"])]
    pub(crate) version: String,

    /// The mail
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Points of a suspicious mail
    #[arg(long, value_name = "POINTS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=100))]
    pub(crate) suspicious: u16,

    /// Points of a mail with content that stays encrypted
    #[arg(long, value_name = "POINTS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(0..=100))]
    pub(crate) encrypted: u16,

    /// Points of a mail that was not read completely
    #[arg(long, value_name = "POINTS", default_value_t = 3, value_parser = clap::value_parser!(u16).range(0..=100))]
    pub(crate) unread: u16,

    /// What is said of a mail that was not read completely
    #[arg(long, value_enum, default_value = "score")]
    pub(crate) fail: PmgFail,

    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PmgFail {
    /// OK
    Ok,
    /// SCORE, as many as --unread says
    Score,
    /// VIRUS
    Virus,
}

/// Stand in for a virus scanner of MailScanner.
#[derive(Debug, Args)]
#[command(after_help = "\
Writes a line for each file below the folder that is not clean:
  INFECTED::name::message/file
  ERROR::what::message/file

MailScanner only logs ERROR lines and lets the file pass; with --fail infected, what was not read is INFECTED.
See docs/gateway.md, and dist/bin/sekisho-wrapper for the script that MailScanner calls.

Examples:
  sekisho mailscanner .
  sekisho mailscanner --socket /run/sekisho/clamd.sock --fail infected .")]
pub(crate) struct MailscannerArgs {
    /// The folder of the batch: a folder for each message, and its parts in it
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,

    /// What is said of a file that was not read completely
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) fail: MailscannerFail,

    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MailscannerFail {
    /// ERROR, which is logged and passes
    Error,
    /// INFECTED
    Infected,
}

/// Stand in for a command line scanner of Exim.
#[derive(Debug, Args)]
#[command(after_help = "\
Writes \"found in file:'name'\" for each file that is malicious, suspicious or stays encrypted.

Exit status:
  0   everything was read, whether something was found or not
  2   something was not read completely: Exim defers the mail (see --fail)

Exim's setting:
  av_scanner = cmdline:/usr/bin/sekisho exim %s:found in file:'(.+)'
See docs/gateway.md.")]
pub(crate) struct EximArgs {
    /// The mail, or a folder with it
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,

    /// What is said of a file that was not read completely
    #[arg(long, value_enum, default_value = "defer")]
    pub(crate) fail: EximFail,

    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EximFail {
    /// Exit status 2, so that the mail is deferred
    Defer,
    /// It is found
    Found,
    /// Nothing
    Pass,
}

/// What one scan may cost. A reached limit is reported and makes coverage partial.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Bytes of all artifacts of one input together (suffix K, M, G)
    #[arg(long, value_name = "BYTES", default_value = "1G", value_parser = parse_bytes)]
    pub(crate) max_total: u64,

    /// Bytes of one artifact (suffix K, M, G)
    #[arg(long, value_name = "BYTES", default_value = "256M", value_parser = parse_bytes)]
    pub(crate) max_artifact: u64,

    /// Times a container may grow when unpacked, once it has grown to 64 MiB
    #[arg(long, value_name = "FACTOR", default_value_t = 250, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_ratio: u64,

    /// Artifacts in one input
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_artifacts: u64,

    /// Containers inside containers
    #[arg(long, value_name = "LEVELS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=200))]
    pub(crate) max_depth: u64,

    /// Seconds one input may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) max_time: u64,
}

/// Explain a finding: what it is, why it matters, when it is innocent.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of the finding, as reports show it; without one, all are listed
    #[arg(value_name = "FINDING")]
    pub(crate) id: Option<String>,

    /// Language of the explanation
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) lang: Lang,
}

/// List the formats that are read, and how far.
#[derive(Debug, Args)]
pub(crate) struct FormatsArgs {
    /// How to write the list
    #[arg(short, long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
}

/// Work with detection rules.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// Make keys for the HTTP interface.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key: it goes to standard output, the line for the configuration to standard error
    New {
        /// What it is called in the log
        #[arg(value_name = "NAME", default_value = "client")]
        name: String,
    },
}

/// Show that the processes that read mail are shut in.
#[derive(Debug, Args)]
#[command(after_help = "\
A worker is started as for a scan and tries what it must not be able to do: to open files and connections, to start
programs, to signal and trace other processes, to make memory executable, to change its own limits.

Exit status:
  0   every attempt was refused
  1   an attempt succeeded, or failed for another reason than being refused
  64  the command line is wrong, or no worker could be started")]
pub(crate) struct IsolationArgs {
    /// How to write what came of the attempts
    #[arg(short, long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
}

/// Be a scanning worker: the channel is standard input.
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// Try what a worker must not be able to do, when asked to
    #[arg(long)]
    pub(crate) probes: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Check rule files: they compile, their meta is complete, they match their sample
    Check {
        /// Rule files or folders; without one, the shipped rules are checked
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}

/// Where the configuration of the daemon is unless said otherwise.
const CONFIG: &str = "/etc/sekisho/sekisho.toml";

/// Run as a daemon that mail servers ask.
///
/// Speaks the milter and clamd protocols, HTTP, and olefy, as configured. The log goes to standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Signals:
  SIGHUP            read the configuration and the rules again; if they are wrong, go on with what was
  SIGTERM, SIGINT   stop after the work in hand; a second one stops at once
  SIGUSR1           write what was counted to the log

Exit status:
  0   stopped as told
  1   cannot run: an address is taken, a right is missing
  64  the command line, the configuration or a rule is wrong")]
pub(crate) struct ServeArgs {
    /// The configuration; see sekisho config
    #[arg(short, long, value_name = "FILE", default_value = CONFIG)]
    pub(crate) config: PathBuf,

    /// Go on as root if started as root and no user is configured
    #[arg(long)]
    pub(crate) allow_root: bool,
}

/// Check and explain the configuration of the daemon.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say everything that is wrong with a configuration, and whether its rules compile
    ///
    /// Exit status: 0 if the daemon would start with it, though there may be warnings; 64 if it would not.
    Check {
        /// The configuration
        #[arg(value_name = "FILE", default_value = CONFIG)]
        file: PathBuf,

        /// Print what is in force, too
        #[arg(short, long)]
        verbose: bool,
    },
    /// Print what is in force with a configuration, defaults included, as TOML
    Show {
        /// The configuration
        #[arg(value_name = "FILE", default_value = CONFIG)]
        file: PathBuf,
    },
    /// List all keys
    Keys,
    /// Explain a key or a table: what it means, what it may hold, its default
    Explain {
        /// Such as milter.deadline, or milter
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Print a commented configuration with every key at its default
    Sample,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A readable tree
    Text,
    /// One JSON document (an array for several inputs)
    Json,
    /// One JSON report per line, as soon as it is ready
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table
    Text,
    /// JSON
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// Japanese
    Ja,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Language::English,
            Lang::Ja => Language::Japanese,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Suspicious and malicious
    Suspicious,
    /// Malicious only
    Malicious,
}

impl From<FailOn> for Level {
    fn from(level: FailOn) -> Self {
        match level {
            FailOn::Suspicious => Level::Suspicious,
            FailOn::Malicious => Level::Malicious,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On terminals
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `256M` and the like to bytes.
fn parse_bytes(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.trim_end_matches(['b', 'B']).char_indices().last() {
        Some((at, 'k' | 'K')) => (text.get(..at), 1u64 << 10),
        Some((at, 'm' | 'M')) => (text.get(..at), 1 << 20),
        Some((at, 'g' | 'G')) => (text.get(..at), 1 << 30),
        _ => (Some(text), 1),
    };
    let number: u64 =
        digits.unwrap_or_default().trim().parse().map_err(|_| format!("{text} is no number of bytes, such as 64M"))?;
    number.checked_mul(factor).filter(|bytes| *bytes > 0).ok_or_else(|| format!("{text} is out of range"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn reads_byte_counts_as_people_write_them() {
        assert_eq!(parse_bytes("256M"), Ok(256 << 20));
        assert_eq!(parse_bytes("10kb"), Ok(10 << 10));
        assert_eq!(parse_bytes("77"), Ok(77));
        assert!(parse_bytes("0").is_err());
        assert!(parse_bytes("many").is_err());
    }

    #[test]
    fn the_defaults_are_those_of_the_library() {
        let parsed = Arguments::try_parse_from(["sekisho", "scan", "x"]).unwrap();
        let Command::Scan(options) = parsed.command else { panic!("scan expected") };
        assert_eq!(super::super::scan::limits(&options.limits), crate::Limits::default());
    }
}
