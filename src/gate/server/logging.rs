//! The log: to standard error, as text or JSON, with the priorities and without the times when journald reads it.

use std::io::{self, IsTerminal as _, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use super::ServeError;
use crate::config::{LogFormat, Settings};

/// Lets the level be changed later.
pub(super) struct Logging {
    filter: reload::Handle<EnvFilter, Registry>,
}

/// Starts the log.
pub(super) fn begin(settings: &Settings) -> Result<Logging, ServeError> {
    let filter = parse(&settings.log_level).map_err(ServeError::Log)?;
    let (filter, handle) = reload::Layer::new(filter);
    let registry = tracing_subscriber::registry().with(filter);
    // systemd.exec(5): set where standard error is connected to the journal, which stamps lines itself.
    let is_journal = std::env::var_os("JOURNAL_STREAM").is_some() && !io::stderr().is_terminal();
    let started = match (settings.log_format, is_journal) {
        (LogFormat::Json, _) => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(io::stderr)).try_init()
        }
        (LogFormat::Text, true) => registry
            .with(fmt::layer().with_ansi(false).without_time().with_level(false).with_writer(Journal))
            .try_init(),
        (LogFormat::Text, false) => {
            let ansi = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            registry.with(fmt::layer().with_ansi(ansi).with_writer(io::stderr)).try_init()
        }
    };
    started.map_err(|error| ServeError::Log(error.to_string()))?;
    // The message of a panic may quote what was read, so only its place is said.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic was caught");
    }));
    Ok(Logging { filter: handle })
}

impl Logging {
    /// Changes the level.
    pub(super) fn set_level(&self, level: &str) {
        let changed = parse(level).and_then(|filter| self.filter.reload(filter).map_err(|error| error.to_string()));
        if let Err(error) = changed {
            tracing::error!("the log level stays as it was: {error}");
        }
    }
}

fn parse(level: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(level).map_err(|error| format!("log.level \"{level}\": {error}"))
}

/// Writes the priority before each line (sd-daemon(3)).
#[derive(Debug, Clone, Copy)]
struct Journal;

impl<'a> MakeWriter<'a> for Journal {
    type Writer = Line;

    fn make_writer(&'a self) -> Self::Writer {
        Line { priority: "<6>" }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Self::Writer {
        Line { priority: priority(*metadata.level()) }
    }
}

/// The syslog priority of a level.
const fn priority(level: Level) -> &'static str {
    match level {
        Level::ERROR => "<3>",
        Level::WARN => "<4>",
        Level::INFO => "<6>",
        _ => "<7>",
    }
}

struct Line {
    priority: &'static str,
}

impl Write for Line {
    /// Called once with a whole event; one write keeps lines of several threads apart.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = [self.priority.as_bytes(), event].concat();
        io::stderr().write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
