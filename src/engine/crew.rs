//! The threads that help with scans.
//!
//! A scan is worked on by the thread that asked for it. When it has several jobs at hand and a thread of the crew is
//! free, that one helps until none is left. Nobody waits inside somebody else's scan, so a scan's clock measures its own
//! work.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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

    /// Does every job and gives the results in the jobs' order; free threads of the crew help. A job must not panic.
    pub(super) fn share<J, R>(self: &Arc<Self>, jobs: Vec<J>, work: impl Fn(J) -> R + Send + Sync + 'static) -> Vec<R>
    where
        J: Send + 'static,
        R: Send + 'static,
    {
        if self.pool.is_none() || jobs.len() < 2 {
            return jobs.into_iter().map(work).collect();
        }
        let shift = Arc::new(Shift::of(jobs));
        let work = Arc::new(work);
        // Threads that get free later are asked again after each job.
        loop {
            // One job is for the caller.
            for _ in 1..shift.state().queue.len().min(self.size) {
                let (shift, work) = (shift.clone(), work.clone());
                self.recruit(move || while shift.work_one(&*work) {});
            }
            if !shift.work_one(&*work) {
                return shift.results();
            }
        }
    }

    /// Starts `work` on a free thread, if there is one.
    fn recruit(self: &Arc<Self>, work: impl FnOnce() + Send + 'static) {
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

/// Jobs being shared out.
struct Shift<J, R> {
    state: Mutex<State<J, R>>,
    changed: Condvar,
}

struct State<J, R> {
    queue: VecDeque<(usize, J)>,
    running: usize,
    done: Vec<(usize, R)>,
}

impl<J, R> Shift<J, R> {
    fn of(jobs: Vec<J>) -> Self {
        let queue = jobs.into_iter().enumerate().collect();
        Shift { state: Mutex::new(State { queue, running: 0, done: Vec::new() }), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<J, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the next job; whether there was one.
    fn work_one(&self, work: impl Fn(J) -> R) -> bool {
        let mut state = self.state();
        let Some((index, job)) = state.queue.pop_front() else { return false };
        state.running = state.running.saturating_add(1);
        drop(state);
        let result = work(job);
        let mut state = self.state();
        state.done.push((index, result));
        state.running = state.running.saturating_sub(1);
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Waits for those who still work, and gives everything in order.
    fn results(&self) -> Vec<R> {
        let mut state = self.state();
        while state.running > 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let mut done = std::mem::take(&mut state.done);
        drop(state);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        for threads in [1, 2, 5] {
            let crew = Crew::new(threads);
            let _pass = crew.join();
            let doubled = crew.share((0u64..500).collect(), |job| job * 2);
            assert_eq!(doubled, (0u64..500).map(|job| job * 2).collect::<Vec<_>>());
        }
    }
}
