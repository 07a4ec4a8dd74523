//! Bytes that kill workers again and again are not given to any more of them: a mail server would bring such a mail back
//! until it bounces, days later, killing a worker each time (MailScanner's `Processing.db` counts for the same reason).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::key::Digest;

/// Keeps the counts where they survive the daemon. Without one they are lost at the end.
pub trait DeathLog: Send + Sync {
    /// What was kept of the last day: the bytes' SHA-256 in hexadecimal, and how many workers died on them.
    fn all(&self) -> Vec<(String, u32)>;
    /// Keeps that so many workers died on these bytes; 0 forgets them. Called by a worker's place, where it may block.
    fn set(&self, sha256: &str, deaths: u32);
}

/// How long deaths are held against bytes. After that they are tried again: the program may be another by then.
const MEMORY: Duration = Duration::from_secs(86_400);
/// Byte strings whose deaths are remembered. Beyond, the ones longest ago are forgotten: a flood of killers would first have
/// to kill this many workers.
const MAX_REMEMBERED: usize = 10_000;

struct Death {
    count: u32,
    last: Instant,
}

/// Deaths by content.
pub(super) struct Poison {
    after: u32,
    deaths: Mutex<HashMap<Digest, Death>>,
    log: Option<Arc<dyn DeathLog>>,
}

impl Poison {
    /// So many deaths are borne.
    pub(super) fn new(after: u32, log: Option<Arc<dyn DeathLog>>) -> Self {
        let last = Instant::now();
        let known = log.iter().flat_map(|log| log.all());
        let deaths = known
            .filter_map(|(sha256, count)| Some((Digest::from_hex(&sha256)?, Death { count, last })))
            .take(MAX_REMEMBERED)
            .collect();
        Poison { after: after.max(1), deaths: Mutex::new(deaths), log }
    }

    /// How many workers died on these bytes, if that is as many as is borne.
    pub(super) fn is_poison(&self, content: &Digest) -> Option<u32> {
        let mut deaths = self.lock();
        let death = deaths.get(content)?;
        if death.last.elapsed() >= MEMORY {
            deaths.remove(content);
            return None;
        }
        Some(death.count).filter(|count| *count >= self.after)
    }

    /// One more died.
    pub(super) fn add(&self, content: &Digest) {
        let now = Instant::now();
        let count = {
            let mut deaths = self.lock();
            if deaths.len() >= MAX_REMEMBERED && !deaths.contains_key(content) {
                let oldest = deaths.iter().min_by_key(|(_, death)| death.last).map(|(content, _)| *content);
                oldest.and_then(|oldest| deaths.remove(&oldest));
            }
            let death = deaths.entry(*content).or_insert(Death { count: 0, last: now });
            let is_old = now.saturating_duration_since(death.last) >= MEMORY;
            death.count = if is_old { 1 } else { death.count.saturating_add(1) };
            death.last = now;
            death.count
        };
        if let Some(log) = &self.log {
            log.set(&content.to_hex(), count);
        }
    }

    /// One came through: it was not the bytes.
    pub(super) fn clear(&self, content: &Digest) {
        let was_known = self.lock().remove(content).is_some();
        if let (true, Some(log)) = (was_known, &self.log) {
            log.set(&content.to_hex(), 0);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Death>> {
        self.deaths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Log(Mutex<Vec<(String, u32)>>);

    impl DeathLog for Log {
        fn all(&self) -> Vec<(String, u32)> {
            self.0.lock().expect("not poisoned").clone()
        }

        fn set(&self, sha256: &str, deaths: u32) {
            let mut all = self.0.lock().expect("not poisoned");
            all.retain(|(known, _)| known != sha256);
            if deaths > 0 {
                all.push((sha256.to_owned(), deaths));
            }
        }
    }

    #[test]
    fn counts_survive_in_the_log() {
        let log: Arc<Log> = Arc::default();
        let content = Digest::of(b"killer");
        let first = Poison::new(2, Some(log.clone()));
        first.add(&content);
        assert_eq!(first.is_poison(&content), None);
        drop(first);
        let second = Poison::new(2, Some(log.clone()));
        second.add(&content);
        assert_eq!(second.is_poison(&content), Some(2));
        assert_eq!(second.is_poison(&Digest::of(b"other")), None);
        second.clear(&content);
        assert_eq!(second.is_poison(&content), None);
        assert!(log.all().is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let poison = Poison::new(1, None);
        for number in 0..=MAX_REMEMBERED {
            poison.add(&Digest::of(&number.to_le_bytes()));
        }
        assert_eq!(poison.lock().len(), MAX_REMEMBERED);
    }

    #[test]
    fn bytes_are_tried_at_least_once() {
        let poison = Poison::new(0, None);
        assert_eq!(poison.is_poison(&Digest::of(b"any")), None);
    }
}
