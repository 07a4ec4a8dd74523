//! Ends a worker's work from outside, while somebody else waits for its answer.

use std::fmt;
use std::sync::Arc;

/// A handle that kills one worker, and only ever that one: whoever makes it must hold the process by something that cannot
/// come to mean another (a pidfd, not a number). Killing a worker that is gone does nothing.
#[derive(Clone, Default)]
pub struct Stopper(Option<Arc<dyn Fn() + Send + Sync>>);

impl Stopper {
    /// A handle that does this. It must return at once.
    pub fn new(stop: impl Fn() + Send + Sync + 'static) -> Self {
        Stopper(Some(Arc::new(stop)))
    }

    /// Kills the worker, if it is a process: whoever waits in [`super::Worker::ask`] gets
    /// [`super::Failure::Crashed`] at once. A worker in this process cannot be stopped and goes on.
    pub fn stop(&self) {
        if let Some(stop) = &self.0 {
            stop();
        }
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Stopper").field(&self.0.is_some()).finish()
    }
}
