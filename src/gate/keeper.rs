//! The daemon's hands on the store: one thread that owns the database, so that no disk is waited for where mail servers
//! are answered.
//!
//! What must be kept waits its turn; what is only worth remembering is dropped, and counted, when the thread is behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot};

use super::checkpoint::NotKept;
use super::desk::DeathLog;
use crate::config;
use crate::store::{Place, Samples, Slip, Store, StoreError};

/// Questions that may wait for the thread.
const WAITING: usize = 256;
/// Of them, places for what a mail's fate hangs on.
const PRESSING: usize = 64;
/// Mails whose files are written at once; each is in memory twice while it is.
const WRITING: usize = 4;

/// Mails for the sake of which quarantined ones are read again at once.
const REREADING: usize = 4;
/// How often expired things are removed.
const UPKEEP: Duration = Duration::from_secs(60 * 60);

type Task = Box<dyn FnOnce(&mut Store) + Send>;

/// The store's thread as seen by those who ask it. It ends when the last of them is gone.
pub struct Keeper {
    tasks: SyncSender<Task>,
    /// Places in the queue for what is only good to know.
    places: Arc<Semaphore>,
    samples: Samples,
    writing: Semaphore,
    rereading: Semaphore,
    counts: Arc<StoreCounts>,
}

/// What is counted of the store since the daemon started.
#[derive(Debug, Default)]
pub struct StoreCounts {
    /// Mails kept.
    pub kept: AtomicU64,
    /// Mails that could not be kept; each was deferred.
    pub not_kept: AtomicU64,
    /// Mails whose history could not be written or asked for.
    pub forgotten: AtomicU64,
    /// Earlier mails judged worse after a bounce.
    pub raised: AtomicU64,
    /// Mails from an address that is new in a known domain.
    pub first_seen: AtomicU64,
    /// Mails read again with passwords of related mails, and opened.
    pub opened: AtomicU64,
}

impl StoreCounts {
    pub(super) fn add(&self, which: impl FnOnce(&Self) -> &AtomicU64, count: u64) {
        which(self).fetch_add(count, Ordering::Relaxed);
    }
}

/// The store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// Too much is waiting for it; it was not begun.
    #[error("too much is waiting for the store")]
    Busy,
    /// It took too long; it may still be done.
    #[error("the store did not answer in time")]
    Late,
    /// Its thread is gone.
    #[error("the store is closed")]
    Closed,
    /// It could not do what it was asked.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

impl Keeper {
    /// Opens the store and starts its thread. Expired things are removed at once and then every hour.
    pub fn open(settings: &config::Store) -> Result<Arc<Self>, StoreError> {
        let store = Store::open(settings)?;
        let samples = store.samples().clone();
        let counts = Arc::new(StoreCounts::default());
        let (tasks, inbox) = sync_channel::<Task>(WAITING);
        let (kept, counted) = (settings.clone(), counts.clone());
        let run = move || work(store, &kept, &inbox, &counted);
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(run)
            .map_err(|source| StoreError::File { path: settings.path.clone(), source })?;
        Ok(Arc::new(Keeper {
            tasks,
            places: Arc::new(Semaphore::new(WAITING.saturating_sub(PRESSING))),
            samples,
            writing: Semaphore::new(WRITING),
            rereading: Semaphore::new(REREADING),
            counts,
        }))
    }

    /// What it counted.
    pub fn counts(&self) -> &StoreCounts {
        &self.counts
    }

    /// Who may read quarantined mails again.
    pub(super) fn rereading(&self) -> &Semaphore {
        &self.rereading
    }

    /// Has the store do something that is good to know. Waits at most this long; what was begun is finished all the same.
    pub async fn ask<T: Send + 'static>(
        &self,
        within: Duration,
        what: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Unanswered::Busy)?;
        let what = move |store: &mut Store| {
            drop(place);
            what(store)
        };
        self.insist(within, what).await
    }

    /// Has the store do something a mail's fate hangs on. For that there is always a place in the queue.
    pub(super) async fn insist<T: Send + 'static>(
        &self,
        within: Duration,
        what: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (reply, answer) = oneshot::channel();
        let deadline = Instant::now() + within;
        let task: Task = Box::new(move |store| {
            // Whoever asked may have left: then it is not worth doing.
            if !reply.is_closed() {
                let _ = reply.send(what(store));
            }
        });
        self.tasks.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => Unanswered::Busy,
            TrySendError::Disconnected(_) => Unanswered::Closed,
        })?;
        match tokio::time::timeout_at(deadline.into(), answer).await {
            Ok(Ok(done)) => Ok(done?),
            Ok(Err(_)) => Err(Unanswered::Closed),
            Err(_) => Err(Unanswered::Late),
        }
    }

    /// Has the store do something nobody waits for. It is dropped, and counted, if the store is behind.
    pub fn tell(&self, what: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static) {
        let counts = self.counts.clone();
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return self.counts.add(|counts| &counts.forgotten, 1);
        };
        let task: Task = Box::new(move |store| {
            drop(place);
            if let Err(error) = what(store) {
                counts.add(|counts| &counts.forgotten, 1);
                tracing::warn!(%error, "the history could not be written");
            }
        });
        if self.tasks.try_send(task).is_err() {
            self.counts.add(|counts| &counts.forgotten, 1);
        }
    }

    /// Keeps a mail. It is safe on disk when this returns its id. Goes on to its end also if whoever asked leaves.
    pub async fn keep(self: &Arc<Self>, slip: Slip, mail: Bytes, within: Duration) -> Result<String, NotKept> {
        let keeper = self.clone();
        // A task of its own: a connection that breaks off must not leave a file without an entry.
        let kept = tokio::spawn(async move { keeper.keep_to_the_end(slip, mail, within).await }).await;
        let kept = kept.unwrap_or_else(|error| Err(NotKept(error.to_string())));
        match &kept {
            Ok(id) => {
                self.counts.add(|counts| &counts.kept, 1);
                tracing::info!(id, "a mail was quarantined");
            }
            Err(NotKept(why)) => {
                self.counts.add(|counts| &counts.not_kept, 1);
                tracing::error!(why, "a mail could not be quarantined; its server is told to try again");
            }
        }
        kept
    }

    async fn keep_to_the_end(&self, slip: Slip, mail: Bytes, within: Duration) -> Result<String, NotKept> {
        let failed = |error: &dyn std::error::Error| NotKept(error.to_string());
        let deadline = Instant::now() + within;
        let left = || deadline.saturating_duration_since(Instant::now());
        let turn = tokio::time::timeout(left(), self.writing.acquire()).await;
        let _turn = turn.map_err(|_| failed(&Unanswered::Busy))?.map_err(|error| failed(&error))?;
        let wanted = slip.clone();
        let place = self.insist(left(), move |store| store.place(&wanted)).await.map_err(|error| failed(&error))?;
        let id = match place {
            Place::Taken(id) => return Ok(id),
            Place::Free(id) => id,
        };
        let (samples, file, words) = (self.samples.clone(), id.clone(), slip.clone());
        let written = tokio::task::spawn_blocking(move || samples.keep(&file, &words, &mail)).await;
        written.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        let wanted = id.clone();
        let entered = self.insist(left(), move |store| store.enter(&wanted, &slip)).await;
        let is_certain = !matches!(entered, Err(Unanswered::Late));
        let entered = entered.map_err(|error| failed(&error));
        // If the answer is only late the entry may stand, and needs its file; one nobody entered is found at the next start.
        if is_certain && entered.as_ref().ok() != Some(&id) {
            let samples = self.samples.clone();
            let _ = tokio::task::spawn_blocking(move || samples.forget(&id)).await;
        }
        entered
    }
}

/// How long deaths of workers are held against what killed them.
const DEATHS_FOR: i64 = 24 * 60 * 60;

impl DeathLog for Keeper {
    fn all(&self) -> Vec<(String, u32)> {
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        self.tell(move |store| {
            let _ = reply.send(store.poison(now().saturating_sub(DEATHS_FOR))?);
            Ok(())
        });
        answer.recv_timeout(Duration::from_secs(10)).unwrap_or_default()
    }

    fn set(&self, sha256: &str, deaths: u32) {
        let sha256 = sha256.to_owned();
        self.tell(move |store| store.keep_poison(&sha256, deaths, now()));
    }
}

/// Does what comes in until nobody is left who could ask, and the upkeep at the start and every hour.
fn work(mut store: Store, kept: &config::Store, inbox: &Receiver<Task>, counts: &StoreCounts) {
    match store.unfinished_releases() {
        Ok(unfinished) if unfinished.is_empty() => {}
        Ok(unfinished) => tracing::warn!(
            entries = unfinished.len(),
            "releases were begun and not ended; `sekisho quarantine list --state releasing` names them"
        ),
        Err(error) => tracing::error!(%error, "the quarantine cannot be read"),
    }
    let mut next = Instant::now();
    loop {
        let left = next.saturating_duration_since(Instant::now());
        if left.is_zero() {
            match store.expire(kept, now()) {
                Ok(gone) => tracing::debug!(?gone, "what had expired was removed"),
                Err(error) => {
                    counts.add(|counts| &counts.forgotten, 1);
                    tracing::warn!(%error, "what had expired could not be removed");
                }
            }
            next = Instant::now() + UPKEEP;
            continue;
        }
        match inbox.recv_timeout(left) {
            Ok(task) => task(&mut store),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
