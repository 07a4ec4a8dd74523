//! Configuration and rules, read again beside what is in force.

use std::path::Path;
use std::sync::Arc;

use super::ServeError;
use super::sockets::wanted;
use crate::config::{self, Loaded, Settings};
use crate::worker::{Isolation, Setup, Workshop};

/// What a reload would put in force.
pub(super) struct Prepared {
    pub(super) settings: Settings,
    /// Nothing if rules and scan options are what they were.
    pub(super) workshop: Option<Arc<Workshop>>,
    pub(super) warnings: Vec<String>,
    /// Keys that were changed and take a restart.
    pub(super) later: Vec<&'static str>,
}

/// A workshop for these settings. Compiles the rules, here or in the first worker, which shows that one can be started.
pub(super) fn workshop(settings: &Settings, setup: Setup) -> Result<Arc<Workshop>, ServeError> {
    let workers = &settings.workers;
    if !workers.isolation {
        return Ok(Arc::new(Workshop::without_isolation(setup)?));
    }
    let isolation = Isolation { memory: workers.memory, recycle_after: workers.recycle_after, ..Isolation::default() };
    let workshop = Workshop::isolated(setup, isolation)?;
    if let Some(enforced) = workshop.enforced() {
        tracing::info!(%enforced, rules = workshop.rules(), "workers are processes of their own");
    }
    Ok(Arc::new(workshop))
}

/// Reads everything again. Takes as long as rules take to compile, and blocks. `in_force` is the setup workers have, if all
/// of them have one.
pub(super) fn prepare(file: &Path, current: &Settings, in_force: Option<&Setup>) -> Result<Prepared, ServeError> {
    let Loaded { mut settings, warnings } = config::load(file)?;
    let later = keep(current, &mut settings);
    let fresh = config::setup(&settings.scan)?;
    let workshop = if in_force == Some(&fresh) { None } else { Some(workshop(&settings, fresh)?) };
    Ok(Prepared { settings, workshop, warnings: warnings.into_iter().map(|warning| warning.text).collect(), later })
}

/// Leaves what takes a restart as it is, and names what was to change.
fn keep(current: &Settings, settings: &mut Settings) -> Vec<&'static str> {
    let mut later = Vec::new();
    if wanted(current) != wanted(settings) {
        later.push("listen");
        // A door that is open stays open as it was; one that is not cannot be opened.
        let (milter, clamd) = (settings.milter.take(), settings.clamd.take());
        let (http, olefy) = (settings.http.take(), settings.olefy.take());
        settings.milter = current.milter.clone().map(|door| match milter {
            Some(fresh) => config::Milter { listen: door.listen, ..fresh },
            None => door,
        });
        settings.clamd = current.clamd.clone().map(|door| match clamd {
            Some(fresh) => config::Clamd { listen: door.listen, ..fresh },
            None => door,
        });
        settings.http = current.http.clone().map(|door| match http {
            Some(fresh) => config::Http { listen: door.listen, ..fresh },
            None => door,
        });
        settings.olefy = current.olefy.clone().map(|door| match olefy {
            Some(fresh) => config::Olefy { listen: door.listen, ..fresh },
            None => door,
        });
    }
    let mut stays = |is_same: bool, name: &'static str| {
        if !is_same {
            later.push(name);
        }
    };
    stays(settings.workers == current.workers, "workers");
    stays(settings.queue == current.queue, "queue");
    stays(settings.store == current.store, "store");
    stays((&settings.user, &settings.group) == (&current.user, &current.group), "daemon.user and daemon.group");
    stays(settings.log_format == current.log_format, "log.format");
    settings.workers = current.workers.clone();
    settings.queue = current.queue.clone();
    settings.store = current.store.clone();
    settings.user = current.user.clone();
    settings.group = current.group.clone();
    settings.log_format = current.log_format;
    later
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        config::read(text, Path::new("/")).0.expect("a good configuration")
    }

    #[test]
    fn what_takes_a_restart_stays_and_is_named() {
        let current =
            settings("[clamd]\nlisten = 'inet:127.0.0.1:1'\ndeadline = '10s'\n[workers]\ncount = 3\nreserved = 1");
        let mut fresh = settings(
            "[clamd]\nlisten = 'inet:127.0.0.1:2'\ndeadline = '20s'\n[olefy]\nlisten = 'inet:127.0.0.1:3'\n[workers]\ncount = \
             4\nreserved = 1\n[daemon]\ngrace = '5s'",
        );
        assert_eq!(keep(&current, &mut fresh), ["listen", "workers"]);
        let clamd = fresh.clamd.expect("open");
        assert_eq!(clamd.listen, current.clamd.expect("open").listen);
        assert_eq!(clamd.deadline.as_secs(), 20);
        assert!(fresh.olefy.is_none());
        assert_eq!(fresh.workers.count, 3);
        assert_eq!(fresh.grace.as_secs(), 5);
    }

    #[test]
    fn what_is_the_same_is_not_named() {
        let current = settings("[clamd]\nlisten = 'inet:127.0.0.1:1'");
        assert!(keep(&current, &mut current.clone()).is_empty());
    }
}
