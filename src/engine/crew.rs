//! The threads that help with scans.
//!
//! A scan is worked on by the thread that asked for it. When its queue grows and a thread of the crew is free, that one
//! helps until the queue is empty. Nobody waits inside somebody else's scan, so a scan's clock measures its own work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Helping threads, shared by all scans of a scanner.
pub(super) struct Crew {
    pool: Option<rayon::ThreadPool>,
    /// Threads at work, callers included.
    busy: AtomicUsize,
    size: usize,
}

impl Crew {
    /// A crew that keeps at most this many threads at work; 0 means one per core. If threads cannot be started, scans
    /// go on without help.
    pub(super) fn new(threads: usize) -> Arc<Self> {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = if threads == 0 { cores() } else { threads };
        // The caller is one of them.
        let pool = (size > 1)
            .then(|| rayon::ThreadPoolBuilder::new().num_threads(size.saturating_sub(1)).build().ok())
            .flatten();
        Arc::new(Crew { pool, busy: AtomicUsize::new(0), size })
    }

    /// Counts a caller as at work until the pass is dropped. Callers are never turned away.
    pub(super) fn join(self: &Arc<Self>) -> Pass {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Pass(self.clone())
    }

    /// Starts `work` on a free thread, if there is one.
    pub(super) fn recruit(self: &Arc<Self>, work: impl FnOnce() + Send + 'static) {
        let Some(pool) = &self.pool else { return };
        let admitted = self.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |busy| {
            (busy < self.size).then(|| busy.saturating_add(1))
        });
        if admitted.is_ok() {
            let pass = Pass(self.clone());
            pool.spawn(move || {
                work();
                drop(pass);
            });
        }
    }
}

/// A place at work; given back when dropped.
pub(super) struct Pass(Arc<Crew>);

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}
