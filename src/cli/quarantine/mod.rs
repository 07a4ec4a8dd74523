//! `sekisho quarantine`.

mod args;
mod text;
mod time;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::Context as _;

pub(crate) use args::QuarantineArgs;
use args::{LevelArg, ListArgs, QuarantineCommand, ReleaseArgs, Since, StateArg};

use super::args::ListFormat;
use super::exit;
use crate::config::{Actions, Release};
use crate::gate::disposition::release_field;
use crate::model::Level;
use crate::report::Language;
use crate::store::{Entry, Filter, Handed, State, Store, StoreError, hand};

/// What a subcommand works with.
struct Desk {
    store: Store,
    release: Release,
    mark: String,
    format: ListFormat,
    language: Language,
}

/// Does what was asked.
pub(super) fn run(options: &QuarantineArgs) -> anyhow::Result<ExitCode> {
    let mut desk = open(options)?;
    match &options.command {
        QuarantineCommand::List(list) => desk.list(list),
        QuarantineCommand::Show { id } => desk.show(id),
        QuarantineCommand::Release(release) => desk.release_all(release),
        QuarantineCommand::Delete { ids } => desk.delete(ids),
        QuarantineCommand::Export { id } => {
            let entry = desk.store.entry(id)?;
            std::io::stdout().lock().write_all(&desk.store.mail(&entry)?)?;
            Ok(ExitCode::SUCCESS)
        }
        QuarantineCommand::Alerts => desk.alerts(),
        QuarantineCommand::Check { adopt } => desk.check(*adopt),
    }
}

fn open(options: &QuarantineArgs) -> anyhow::Result<Desk> {
    let (format, language) = (options.format, options.lang.into());
    let (path, key, release, mark) = match &options.store {
        Some(path) => {
            let key = options.key.clone().unwrap_or_else(|| path.join("key"));
            (path.clone(), key, Release::default(), release_field(&Actions::default()))
        }
        None => {
            let settings = crate::config::load(&options.config)?.settings;
            let mark = release_field(&settings.actions);
            let store = settings.store.with_context(|| {
                format!("{} has no [store]; name the store with --store FOLDER", options.config.display())
            })?;
            (store.path, store.key_file, settings.release, mark)
        }
    };
    let store = Store::open_beside(&path, &key).with_context(|| format!("the store {}", path.display()))?;
    Ok(Desk { store, release, mark, format, language })
}

impl Desk {
    fn list(&self, list: &ListArgs) -> anyhow::Result<ExitCode> {
        let filter = Filter {
            since: list.since.map(|since| match since {
                Since::Ago(seconds) => now().saturating_sub(seconds),
                Since::At(seconds) => seconds,
            }),
            sender: list.sender.clone(),
            recipient: list.recipient.clone(),
            level: list.verdict.map(level),
            state: list.state.map(|state| match state {
                StateArg::Held => State::Held,
                StateArg::Releasing => State::Releasing,
                StateArg::Released => State::Released,
            }),
            // One more than is shown tells whether there are more.
            limit: list.limit.saturating_add(1),
        };
        let mut entries = self.store.list(&filter)?;
        let has_more = entries.len() > list.limit;
        entries.truncate(list.limit);
        match self.format {
            ListFormat::Json => json(&entries)?,
            ListFormat::Text => text::list(&mut anstream::stdout().lock(), &entries, self.language)?,
        }
        if has_more {
            let text = self.language.pick(
                "sekisho: there are more than were listed; --limit lists as many as it says",
                "sekisho: 表示しきれない件数があります。--limit で件数を増やせます",
            );
            writeln!(anstream::stderr().lock(), "{text}")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn show(&self, id: &str) -> anyhow::Result<ExitCode> {
        let entry = self.store.entry(id)?;
        let report = self.store.report(&entry.slip.report)?;
        let report: Option<crate::Report> = report.and_then(|json| serde_json::from_slice(&json).ok());
        match self.format {
            ListFormat::Json => json(&serde_json::json!({ "entry": entry, "report": report }))?,
            ListFormat::Text => {
                text::show(&mut anstream::stdout().lock(), &entry, report.as_ref(), self.language)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn release_all(&mut self, options: &ReleaseArgs) -> anyhow::Result<ExitCode> {
        let mut release = self.release.clone();
        if let Some(server) = &options.server {
            let (host, port) = server.rsplit_once(':').context("--server wants HOST:PORT")?;
            release.server = host.trim_matches(['[', ']']).to_owned();
            release.port = port.parse().context("--server wants HOST:PORT")?;
        }
        // All are looked at before the first is sent, so that a slip of the pen sends nothing.
        let entries: Vec<Entry> = options.ids.iter().map(|id| self.store.entry(id)).collect::<Result<_, _>>()?;
        let held_back = entries.iter().find(|entry| entry.level() == Level::Malicious && !options.yes);
        if let Some(entry) = held_back {
            anyhow::bail!("{}", text::needs_yes(&entry.id, self.language));
        }
        let mut all_taken = true;
        for entry in entries {
            let handed = self.release(&entry.id, &release, options);
            all_taken &= matches!(handed, Ok(Handed::Taken(_)));
            text::handed(&mut anstream::stdout().lock(), &entry.id, &handed, self.language)?;
        }
        Ok(if all_taken { ExitCode::SUCCESS } else { ExitCode::from(exit::FOUND) })
    }

    fn release(&mut self, id: &str, release: &Release, options: &ReleaseArgs) -> Result<Handed, StoreError> {
        let leaving = self.store.begin_release(id, &options.to, options.again, now())?;
        let mark = (self.mark.as_str(), leaving.mark.as_str());
        let handed = hand(release, &leaving.entry.slip.sender, &leaving.to, &leaving.mail, mark);
        self.store.end_release(id, &leaving.to, &handed, now())?;
        Ok(handed)
    }

    fn delete(&mut self, ids: &[String]) -> anyhow::Result<ExitCode> {
        let entries: Vec<Entry> = ids.iter().map(|id| self.store.entry(id)).collect::<Result<_, _>>()?;
        for entry in entries {
            self.store.delete(&entry.id)?;
            text::deleted(&mut anstream::stdout().lock(), &entry.id, self.language)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn alerts(&self) -> anyhow::Result<ExitCode> {
        let alerts = self.store.alerts()?;
        match self.format {
            ListFormat::Json => json(&alerts)?,
            ListFormat::Text => text::alerts(&mut anstream::stdout().lock(), &alerts, self.language)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn check(&mut self, adopt: bool) -> anyhow::Result<ExitCode> {
        let checked = self.store.check(adopt)?;
        match self.format {
            ListFormat::Json => json(&checked)?,
            ListFormat::Text => text::checked(&mut anstream::stdout().lock(), &checked, self.language)?,
        }
        let is_sound = checked.missing.is_empty()
            && checked.damaged.is_empty()
            && checked.orphans.is_empty()
            && checked.releasing.is_empty();
        Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::from(exit::FOUND) })
    }
}

fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

const fn level(level: LevelArg) -> Level {
    match level {
        LevelArg::Clean => Level::Clean,
        LevelArg::Unscannable => Level::Unscannable,
        LevelArg::Error => Level::Error,
        LevelArg::Suspicious => Level::Suspicious,
        LevelArg::Malicious => Level::Malicious,
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
