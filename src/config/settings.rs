//! Settings after checking: plain values with defaults, no text left to interpret.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::model::{Limits, Site};
use crate::report::Language;

/// Everything the daemon is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// What a scan may cost, which rules it applies, whom it works for.
    pub scan: Scan,
    /// The worker processes.
    pub workers: Workers,
    /// Queues, lanes and the cache.
    pub queue: Queue,
    /// What happens to mail, by verdict and cause.
    pub actions: Actions,
    /// The milter door, if open.
    pub milter: Option<Milter>,
    /// The clamd door, if open.
    pub clamd: Option<Clamd>,
    /// The HTTP door, if open.
    pub http: Option<Http>,
    /// The olefy door, if open.
    pub olefy: Option<Olefy>,
    /// Quarantine and history, if kept.
    pub store: Option<Store>,
    /// Where released mail is handed back.
    pub release: Release,
    /// The user to become after sockets are open.
    pub user: Option<String>,
    /// The group to become, if not the user's own.
    pub group: Option<String>,
    /// What the log says, as a `tracing` filter: `info`, `sekisho=debug`.
    pub log_level: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// How long work in hand may take after the daemon was told to stop.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            scan: Scan::default(),
            workers: Workers::default(),
            queue: Queue::default(),
            actions: Actions::default(),
            milter: None,
            clamd: None,
            http: None,
            olefy: None,
            store: None,
            release: Release::default(),
            user: None,
            group: None,
            log_level: "info".to_owned(),
            log_format: LogFormat::Text,
            grace: Duration::from_secs(30),
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// As text.
    Text,
    /// One JSON object per line.
    Json,
}

/// What a scan may cost, which rules it applies, whom it works for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    /// Ceilings of each scan.
    pub limits: Limits,
    /// The language of reports, notices and replies.
    pub language: Language,
    /// What is known of the recipients.
    pub site: Site,
    /// Rule files or folders besides the shipped rules.
    pub rules: Vec<PathBuf>,
    /// A policy instead of the shipped one.
    pub policy: Option<PathBuf>,
    /// Passwords to try first on locked content.
    pub passwords: Vec<String>,
    /// A file of words to try on locked content when nothing else opened it.
    pub wordlist: Option<PathBuf>,
}

/// The worker processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workers {
    /// Whether workers are shut into processes of their own.
    pub isolation: bool,
    /// Workers altogether.
    pub count: usize,
    /// Of them, those that take small inputs only.
    pub reserved: usize,
    /// Jobs after which a worker is replaced.
    pub recycle_after: u64,
    /// Address space of one worker, bytes.
    pub memory: u64,
}

impl Default for Workers {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let count = cores.max(2);
        Workers { isolation: true, count, reserved: count.div_ceil(4), recycle_after: 1_000, memory: 4 << 30 }
    }
}

/// Queues, lanes and the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Inputs up to this many bytes go the small lane.
    pub small: u64,
    /// Inputs that may wait in the small lane.
    pub small_waiting: usize,
    /// Inputs that may wait in the large lane.
    pub large_waiting: usize,
    /// Bytes of all inputs that wait or are in work; more is turned away.
    pub bytes: u64,
    /// The largest input taken at all.
    pub max_input: u64,
    /// Reports kept to answer the same bytes again; 0 keeps none.
    pub cache: usize,
    /// How long a kept report is good.
    pub cache_for: Duration,
    /// Times the same bytes may kill a worker before they are quarantined for it.
    pub poison_after: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Queue {
            small: 1 << 20,
            small_waiting: 512,
            large_waiting: 64,
            bytes: 512 << 20,
            max_input: 128 << 20,
            cache: 10_000,
            cache_for: Duration::from_secs(3_600),
            poison_after: 3,
        }
    }
}

/// What kind of outcome an action is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Clean, and read completely.
    Clean,
    /// Something no one should open.
    Malicious,
    /// Something a person should look at.
    Suspicious,
    /// Nothing found, but encrypted content remains.
    Encrypted,
    /// Nothing found, but a limit of the scan was reached.
    Limit,
    /// Nothing found, but there is a format or method that is not read.
    Unsupported,
    /// Nothing found, but bytes were broken or missing.
    Damaged,
    /// Nothing found, but a stage failed.
    Failed,
    /// The worker died.
    Crash,
    /// The worker ran out of memory.
    Memory,
    /// Not read in time.
    Timeout,
    /// Not read because too much was waiting.
    Overload,
    /// Larger than anything that is read.
    TooLarge,
    /// It has killed workers again and again.
    Poison,
    /// The store could not keep what must be kept.
    Store,
}

impl Cause {
    /// All of them, in the order of the table.
    pub const ALL: [Cause; 15] = [
        Cause::Clean,
        Cause::Malicious,
        Cause::Suspicious,
        Cause::Encrypted,
        Cause::Limit,
        Cause::Unsupported,
        Cause::Damaged,
        Cause::Failed,
        Cause::Crash,
        Cause::Memory,
        Cause::Timeout,
        Cause::Overload,
        Cause::TooLarge,
        Cause::Poison,
        Cause::Store,
    ];

    /// Its name in configuration, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Clean => "clean",
            Cause::Malicious => "malicious",
            Cause::Suspicious => "suspicious",
            Cause::Encrypted => "encrypted",
            Cause::Limit => "limit",
            Cause::Unsupported => "unsupported",
            Cause::Damaged => "damaged",
            Cause::Failed => "failed",
            Cause::Crash => "crash",
            Cause::Memory => "memory",
            Cause::Timeout => "timeout",
            Cause::Overload => "overload",
            Cause::TooLarge => "too-large",
            Cause::Poison => "poison",
            Cause::Store => "store",
        }
    }
}

/// What is done with a mail. Ordered from the mildest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Let it pass, with the headers every mail gets.
    Accept,
    /// Let it pass, with headers that say what was found.
    Tag,
    /// Let it pass without the attachments that were found bad, a notice in their place. Where no single attachment can be
    /// taken out, the mail is quarantined.
    Replace,
    /// Keep it in the store and tell the sender's server that it was taken.
    Quarantine,
    /// Ask the sender's server to try again later.
    Defer,
    /// Refuse it.
    Reject,
}

impl Action {
    /// All of them, the mildest first.
    pub const ALL: [Action; 6] =
        [Action::Accept, Action::Tag, Action::Replace, Action::Quarantine, Action::Defer, Action::Reject];

    /// Its name in configuration, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Accept => "accept",
            Action::Tag => "tag",
            Action::Replace => "replace",
            Action::Quarantine => "quarantine",
            Action::Defer => "defer",
            Action::Reject => "reject",
        }
    }
}

/// What happens to mail, by verdict and cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// For every cause an action.
    pub table: BTreeMap<Cause, Action>,
    /// Other tables for some recipients. A mail to several recipients gets the strictest of their actions.
    pub exceptions: Vec<Exception>,
    /// Where quarantined mail goes.
    pub hold: Hold,
    /// Whether authenticated senders pass unscanned.
    pub skip_authenticated: bool,
    /// Whether headers are added.
    pub add_headers: bool,
    /// What headers begin with: `X-Sekisho`.
    pub header_prefix: String,
    /// The text put in place of an attachment; see [`crate::worker::Replacement::notice`]. `{reason}` and `{id}` stand for
    /// the mail's first reason and the report's id. Empty: a text of ours.
    pub notice: String,
    /// The text of rejections: `{id}` stands for the report's id, `{reason}` for the first reason.
    pub reject_text: String,
}

/// Where quarantined mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// Into Sekisho's store; the mail server is told to discard its copy after ours is safe.
    Store,
    /// Into the mail server's own quarantine (Postfix: the hold queue).
    Server,
}

/// Other actions for some recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Addresses, or `@domain` for all of a domain; lower case.
    pub recipients: Vec<String>,
    /// Actions that differ from the table.
    pub actions: BTreeMap<Cause, Action>,
}

impl Default for Actions {
    fn default() -> Self {
        use Action::{Accept, Defer, Quarantine, Reject, Tag};
        let table = [
            (Cause::Clean, Accept),
            (Cause::Malicious, Reject),
            (Cause::Suspicious, Quarantine),
            (Cause::Encrypted, Tag),
            (Cause::Limit, Tag),
            (Cause::Unsupported, Tag),
            (Cause::Damaged, Tag),
            (Cause::Failed, Tag),
            (Cause::Crash, Defer),
            (Cause::Memory, Defer),
            (Cause::Timeout, Defer),
            (Cause::Overload, Defer),
            (Cause::TooLarge, Tag),
            (Cause::Poison, Quarantine),
            (Cause::Store, Defer),
        ];
        Actions {
            table: table.into_iter().collect(),
            exceptions: Vec::new(),
            hold: Hold::Store,
            skip_authenticated: false,
            add_headers: true,
            header_prefix: "X-Sekisho".to_owned(),
            notice: String::new(),
            reject_text: String::new(),
        }
    }
}

/// Where a door listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Listen {
    /// A TCP address; port 0 takes any free one.
    Tcp(SocketAddr),
    /// A socket file, and its permission bits.
    Unix(PathBuf, u32),
    /// A socket handed over by the service manager, by its `FileDescriptorName`.
    Passed(String),
}

/// The milter door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milter {
    /// Where it listens.
    pub listen: Vec<Listen>,
    /// How long a scan may take before the mail is deferred.
    pub deadline: Duration,
    /// How often the mail server is told that work goes on.
    pub progress: Duration,
    /// Connections at once; more are refused.
    pub connections: usize,
}

impl Default for Milter {
    fn default() -> Self {
        Milter {
            listen: Vec::new(),
            deadline: Duration::from_secs(120),
            progress: Duration::from_secs(20),
            connections: 500,
        }
    }
}

/// The clamd door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clamd {
    /// Where it listens.
    pub listen: Vec<Listen>,
    /// The largest stream taken.
    pub stream_max: u64,
    /// How long a scan may take before it is answered as over a limit.
    pub deadline: Duration,
    /// How failures are answered.
    pub errors: ErrorStyle,
    /// Folders whose files may be scanned by path; none allows none.
    pub roots: Vec<PathBuf>,
    /// Connections at once.
    pub connections: usize,
    /// Whether a suspicious verdict is answered FOUND.
    pub suspicious_found: bool,
    /// Whether content that stayed encrypted is answered FOUND (`Heuristics.Encrypted.…`).
    pub encrypted_found: bool,
    /// Whether a client may make the daemon reload its rules or stop.
    pub control: bool,
}

impl Default for Clamd {
    fn default() -> Self {
        Clamd {
            listen: Vec::new(),
            stream_max: 100 << 20,
            deadline: Duration::from_secs(110),
            errors: ErrorStyle::Error,
            roots: Vec::new(),
            connections: 500,
            suspicious_found: true,
            encrypted_found: true,
            control: true,
        }
    }
}

/// How a failed scan is answered over the clamd protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorStyle {
    /// `… ERROR`, which Exim, amavis and clamdscan turn into "try again later".
    Error,
    /// `Heuristics.Limits.Exceeded.… FOUND`, which rspamd turns into a symbol, where an error would pass unseen.
    Found,
}

/// The HTTP door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Where it listens.
    pub listen: Vec<Listen>,
    /// The largest body taken.
    pub body_max: u64,
    /// How long a scan may take.
    pub deadline: Duration,
    /// SHA-256 of each key a client may show (hexadecimal), and its name for the log. None: only health is open.
    pub keys: Vec<(String, String)>,
    /// Whether metrics are open without a key.
    pub open_metrics: bool,
    /// Requests at once.
    pub requests: usize,
}

impl Default for Http {
    fn default() -> Self {
        Http {
            listen: Vec::new(),
            body_max: 64 << 20,
            deadline: Duration::from_secs(120),
            keys: Vec::new(),
            open_metrics: false,
            requests: 256,
        }
    }
}

/// The olefy door (rspamd's `external_services`, oletools).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Olefy {
    /// Where it listens.
    pub listen: Vec<Listen>,
    /// The largest part taken.
    pub body_max: u64,
    /// How long a scan may take.
    pub deadline: Duration,
    /// Connections at once.
    pub connections: usize,
}

impl Default for Olefy {
    fn default() -> Self {
        Olefy { listen: Vec::new(), body_max: 64 << 20, deadline: Duration::from_secs(14), connections: 200 }
    }
}

/// Quarantine and history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Its folder.
    pub path: PathBuf,
    /// The file of the key that samples are encrypted with; made at first start.
    pub key_file: PathBuf,
    /// How long quarantined mail is kept.
    pub keep_quarantine: Duration,
    /// How long it is remembered who sent what to whom.
    pub keep_history: Duration,
    /// How long reports can be asked for by id.
    pub keep_reports: Duration,
    /// Bytes the quarantine may take; beyond, mail is deferred.
    pub max_bytes: u64,
}

impl Default for Store {
    /// A store without a place: a path must be given.
    fn default() -> Self {
        const DAY: u64 = 86_400;
        Store {
            path: PathBuf::new(),
            key_file: PathBuf::new(),
            keep_quarantine: Duration::from_secs(30 * DAY),
            keep_history: Duration::from_secs(180 * DAY),
            keep_reports: Duration::from_secs(14 * DAY),
            max_bytes: 10 << 30,
        }
    }
}

/// Where released mail is handed back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The SMTP server.
    pub server: String,
    /// Its port; one whose mail does not come back to this daemon, or that accepts the release mark.
    pub port: u16,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether a mail that was quarantined only because it was locked is handed back by itself once a password of a later
    /// mail opened it and all of it is clean.
    pub opened: bool,
}

impl Default for Release {
    fn default() -> Self {
        Release { server: "127.0.0.1".to_owned(), port: 25, timeout: Duration::from_secs(60), opened: false }
    }
}
