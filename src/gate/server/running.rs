//! The daemon at work: doors open, signals heard, reloads made, and the end in order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::logging::Logging;
use super::reload::{self, Prepared};
use super::sockets::{self, Socket};
use super::{ServeError, Start, doors, manager};
use crate::gate::control::Order;
use crate::gate::{Checkpoint, Door, Refused, Request};
use crate::worker::Workshop;

/// What answers may take to go out after the work behind them was cut off.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Opens the doors and runs until told to stop.
pub(super) async fn run(
    start: &Start,
    checkpoint: Arc<Checkpoint>,
    workshop: Arc<Workshop>,
    sockets: Vec<Socket>,
    logging: Logging,
    mut signals: Signals,
) -> Result<(), ServeError> {
    let (stop, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    doors::open(sockets, &checkpoint, &stopped, &mut open)?;
    let mut daemon = Daemon { start, checkpoint, workshop, logging, reloading: JoinSet::new(), again: false };
    manager::ready(&daemon.status());
    tracing::info!(rules = daemon.workshop.rules(), version = env!("CARGO_PKG_VERSION"), "ready");
    daemon.run(&mut signals).await;

    manager::stopping();
    let grace = daemon.checkpoint.settings().grace;
    tracing::info!(grace = grace.as_secs(), "stopping");
    stop.send_replace(true);
    let all_done = async { while open.join_next().await.is_some() {} };
    let is_done = tokio::select! {
        done = tokio::time::timeout(grace, all_done) => done.is_ok(),
        () = signals.end() => false,
    };
    daemon.checkpoint.desk().stop(Duration::ZERO).await;
    if !is_done {
        let rest = async { while open.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_WORDS, rest).await.is_err() {
            tracing::warn!("connections were cut off that were not done in time");
            open.abort_all();
        }
    }
    sockets::remove_files(&daemon.checkpoint.settings());
    tracing::info!("stopped");
    Ok(())
}

struct Daemon<'s> {
    start: &'s Start,
    checkpoint: Arc<Checkpoint>,
    workshop: Arc<Workshop>,
    logging: Logging,
    /// The reload that is being made, if one is.
    reloading: JoinSet<Result<Prepared, ServeError>>,
    /// Another was asked for meanwhile.
    again: bool,
}

impl Daemon<'_> {
    /// Does what signals and doors order, until that is to stop.
    async fn run(&mut self, signals: &mut Signals) {
        let checkpoint = self.checkpoint.clone();
        let watchdog = manager::watchdog();
        // Three chances within the time the manager waits.
        let period = watchdog.map_or(Duration::from_secs(3_600), |every| every / 3);
        let mut ticks = tokio::time::interval(period.max(Duration::from_millis(10)));
        let mut probes: JoinSet<bool> = JoinSet::new();
        let mut probed = 0u64;
        loop {
            tokio::select! {
                heard = signals.next() => match heard {
                    Heard::Stop => return,
                    Heard::Reload => self.reload(),
                    Heard::Report => self.report(),
                },
                order = checkpoint.control().next() => match order {
                    Order::Stop => return,
                    Order::Reload => self.reload(),
                },
                Some(prepared) = self.reloading.join_next(), if !self.reloading.is_empty() => {
                    self.reloaded(prepared.map_err(|error| error.to_string()));
                }
                _ = ticks.tick(), if watchdog.is_some() => {
                    if probes.is_empty() {
                        probed = probed.wrapping_add(1);
                        probes.spawn(probe(self.checkpoint.clone(), probed, period));
                    }
                }
                Some(is_alive) = probes.join_next(), if !probes.is_empty() => match is_alive {
                    Ok(true) => manager::alive(&self.status()),
                    _ => tracing::error!("a scan to see whether scans are answered was not"),
                },
            }
        }
    }

    /// Begins a reload, or notes that another must follow the one under way.
    fn reload(&mut self) {
        if !self.reloading.is_empty() {
            self.again = true;
            return;
        }
        manager::reloading();
        tracing::info!("reading configuration and rules");
        let (file, current) = (self.start.config.clone(), self.checkpoint.settings());
        let workshop = self.workshop.clone();
        // Workers of the last reload may still not be there.
        let is_in_force = self.checkpoint.desk().stats().rules == workshop.rules();
        self.reloading.spawn_blocking(move || reload::prepare(&file, &current, is_in_force.then(|| workshop.setup())));
    }

    /// Puts in force what a reload gave, or says why it stays as it was.
    fn reloaded(&mut self, prepared: Result<Result<Prepared, ServeError>, String>) {
        let prepared = prepared.and_then(|prepared| prepared.map_err(|error| error.to_string()));
        self.checkpoint.metrics().reloaded(prepared.is_ok());
        match prepared {
            Ok(Prepared { settings, workshop, warnings, later }) => {
                for warning in warnings {
                    tracing::warn!("{}: {warning}", self.start.config.display());
                }
                if !later.is_empty() {
                    tracing::warn!("changed, and takes a restart: {}", later.join(", "));
                }
                self.logging.set_level(&settings.log_level);
                if let Some(workshop) = &workshop {
                    self.workshop = workshop.clone();
                }
                self.checkpoint.reload(settings, workshop);
                tracing::info!(rules = self.workshop.rules(), "reloaded");
            }
            Err(error) => {
                for line in error.lines() {
                    tracing::error!("{line}");
                }
                tracing::error!("not reloaded: what was in force stays in force");
            }
        }
        manager::ready(&self.status());
        if std::mem::take(&mut self.again) {
            self.reload();
        }
    }

    fn status(&self) -> String {
        let stats = self.checkpoint.desk().stats();
        let done = stats.small.done.saturating_add(stats.large.done);
        let waiting = stats.small.waiting.saturating_add(stats.large.waiting);
        format!("{done} scanned, {waiting} waiting, rules {}", self.workshop.rules())
    }

    /// Writes what was counted to the log.
    fn report(&self) {
        let stats = self.checkpoint.desk().stats();
        tracing::info!(
            small = stats.small.done,
            large = stats.large.done,
            waiting = stats.small.waiting.saturating_add(stats.large.waiting),
            in_work = stats.small.in_work.saturating_add(stats.large.in_work),
            "counted"
        );
    }
}

/// Whether a scan is answered. Nothing of it is kept or counted as mail; the number makes it a new one each time.
async fn probe(checkpoint: Arc<Checkpoint>, number: u64, within: Duration) -> bool {
    let deadline = Instant::now().checked_add(within).unwrap_or_else(Instant::now);
    let request = Request {
        door: Door::Http,
        name: "watchdog".to_owned(),
        bytes: Bytes::from(format!("watchdog {number}\n")),
        deadline,
        envelope: None,
    };
    match checkpoint.desk().examine(request).await {
        Ok(examined) => examined.failure.is_none(),
        // Much to do is no reason to be killed.
        Err(Refused::Overloaded) => true,
        Err(_) => false,
    }
}

/// What a signal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Stop,
    Reload,
    Report,
}

/// The signals that mean something. Listened to before anything that takes time: one that comes earlier waits, and a request
/// to reload does not end a daemon that is only starting.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    reload: Signal,
    report: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, ServeError> {
        let listen = |kind| signal(kind).map_err(|error| ServeError::Runtime(format!("signals: {error}")));
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            reload: listen(SignalKind::hangup())?,
            report: listen(SignalKind::user_defined1())?,
        })
    }

    /// The next signal.
    async fn next(&mut self) -> Heard {
        tokio::select! {
            _ = self.terminate.recv() => Heard::Stop,
            _ = self.interrupt.recv() => Heard::Stop,
            _ = self.reload.recv() => Heard::Reload,
            _ = self.report.recv() => Heard::Report,
        }
    }

    /// The next signal to stop.
    async fn end(&mut self) {
        while self.next().await != Heard::Stop {}
    }
}
