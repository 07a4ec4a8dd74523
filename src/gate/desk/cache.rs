//! Finished reports, to answer the same bytes again: the longest unused goes first.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::key::Digest;
use crate::formats::mail::letter::Letter;
use crate::model::Report;

/// Bytes all kept reports may take together.
const MAX_BYTES: usize = 64 << 20;
/// Bytes of one report; a larger one is of something large enough to be read again.
const MAX_ONE: usize = 1 << 20;

/// A kept report.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) report: Arc<Report>,
    pub(super) letters: Arc<[Letter]>,
}

struct Entry {
    kept: Kept,
    size: usize,
    since: Instant,
    used: u64,
}

/// Reports by key.
pub(super) struct Cache {
    entries: HashMap<Digest, Entry>,
    order: BTreeMap<u64, Digest>,
    bytes: usize,
    clock: u64,
    max_entries: usize,
    lifetime: Duration,
}

impl Cache {
    /// A cache of so many reports, each good for so long.
    pub(super) fn new(max_entries: usize, lifetime: Duration) -> Self {
        Cache { entries: HashMap::new(), order: BTreeMap::new(), bytes: 0, clock: 0, max_entries, lifetime }
    }

    /// The report under a key, if it is still good.
    pub(super) fn get(&mut self, key: &Digest, now: Instant) -> Option<Kept> {
        let entry = self.entries.get_mut(key)?;
        if now.saturating_duration_since(entry.since) >= self.lifetime {
            self.remove(key);
            return None;
        }
        self.order.remove(&entry.used);
        self.clock = self.clock.saturating_add(1);
        entry.used = self.clock;
        self.order.insert(self.clock, *key);
        Some(entry.kept.clone())
    }

    /// A report by its id, if it is still good. Being asked for by id does not keep it longer.
    pub(super) fn find(&self, id: &str, now: Instant) -> Option<Arc<Report>> {
        let mut keys = self.entries.iter();
        let (_, entry) = keys.find(|(key, _)| key.has_id(id))?;
        let is_good = now.saturating_duration_since(entry.since) < self.lifetime;
        is_good.then(|| entry.kept.report.clone())
    }

    /// Keeps a report. Gives back what had to go, so that it is dropped where nobody waits for the lock.
    pub(super) fn put(&mut self, key: Digest, kept: Kept, now: Instant) -> Vec<Kept> {
        let size = size_of(&kept.report, &kept.letters);
        if self.max_entries == 0 || size > MAX_ONE {
            return vec![kept];
        }
        let mut gone: Vec<Kept> = self.remove(&key).into_iter().collect();
        while self.entries.len() >= self.max_entries || self.bytes.saturating_add(size) > MAX_BYTES {
            let Some((_, oldest)) = self.order.first_key_value() else { break };
            let oldest = *oldest;
            gone.extend(self.remove(&oldest));
        }
        self.clock = self.clock.saturating_add(1);
        self.order.insert(self.clock, key);
        self.entries.insert(key, Entry { kept, size, since: now, used: self.clock });
        self.bytes = self.bytes.saturating_add(size);
        gone
    }

    /// How many are kept.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes they take, estimated.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn remove(&mut self, key: &Digest) -> Option<Kept> {
        let entry = self.entries.remove(key)?;
        self.order.remove(&entry.used);
        self.bytes = self.bytes.saturating_sub(entry.size);
        Some(entry.kept)
    }
}

/// Bytes a report takes, near enough: its texts, and what holds them.
fn size_of(report: &Report, letters: &[Letter]) -> usize {
    /// A record without its texts, and what the allocator adds.
    const RECORD: usize = 256;
    let artifacts = report.artifacts.iter().map(|artifact| {
        let facts: usize = artifact
            .facts
            .iter()
            .map(|(name, values)| name.len() + values.iter().map(|v| v.len() + 24).sum::<usize>())
            .sum();
        let names: usize = artifact.other_names.iter().map(|name| name.len() + 24).sum();
        2 * RECORD + artifact.name.len() + artifact.origin.detail.len() + facts + names
    });
    let findings = report.findings.iter().map(|finding| {
        RECORD + finding.text.len() + finding.observed.len() + finding.at.len() + 32 * finding.attack.len()
    });
    let iocs = report.iocs.iter().map(|ioc| {
        let more = [&ioc.context, &ioc.raw, &ioc.noise];
        RECORD
            + ioc.value.len()
            + ioc.at.len()
            + more.iter().filter_map(|text| text.as_ref()).map(String::len).sum::<usize>()
    });
    let problems = report.problems.iter().map(|problem| RECORD + problem.text.len() + problem.at.len());
    let gaps = report.coverage.reasons.iter().map(|reason| RECORD + reason.text.len());
    let reasons = report.verdict.reasons.iter().map(|reason| RECORD + reason.text.len());
    let letters = letters.iter().map(|letter| {
        let ids: usize = letter.ids.iter().map(|id| id.len() + 24).sum();
        RECORD + ids + letter.passwords.iter().map(|hint| hint.text.len() + 32).sum::<usize>()
    });
    let all = artifacts.chain(findings).chain(iocs).chain(problems).chain(gaps).chain(reasons).chain(letters);
    all.fold(4 * RECORD + report.input.len(), usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Language;
    use crate::worker::{Failure, failure_report};

    fn kept(name: &str) -> Kept {
        let report = failure_report(name, &bytes::Bytes::new(), &Failure::TimedOut, "", Language::English);
        Kept { report: Arc::new(report), letters: Arc::new([]) }
    }

    fn key(number: u8) -> Digest {
        Digest::of(&[number])
    }

    #[test]
    fn the_longest_unused_goes_first() {
        let now = Instant::now();
        let mut cache = Cache::new(2, Duration::from_secs(60));
        cache.put(key(1), kept("1"), now);
        cache.put(key(2), kept("2"), now);
        assert_eq!(cache.get(&key(1), now).expect("is kept").report.input, "1");
        assert_eq!(cache.put(key(3), kept("3"), now).len(), 1);
        assert!(cache.get(&key(2), now).is_none());
        assert!(cache.get(&key(1), now).is_some());
        assert!(cache.get(&key(3), now).is_some());
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn a_report_grows_old_however_often_it_is_asked_for() {
        let now = Instant::now();
        let mut cache = Cache::new(2, Duration::from_secs(60));
        cache.put(key(1), kept("1"), now);
        assert!(cache.get(&key(1), now + Duration::from_secs(59)).is_some());
        assert!(cache.get(&key(1), now + Duration::from_secs(60)).is_none());
        assert_eq!((cache.len(), cache.bytes()), (0, 0));
    }

    #[test]
    fn memory_is_bounded_by_bytes_too() {
        let now = Instant::now();
        let mut cache = Cache::new(1_000_000, Duration::from_secs(60));
        for number in 0..200u8 {
            cache.put(key(number), kept(&"x".repeat(300_000)), now);
        }
        assert!(cache.bytes() <= MAX_BYTES);
        assert!(cache.len() >= 90, "{}", cache.len());
        assert!(cache.get(&key(199), now).is_some());
        cache.put(key(250), kept(&"x".repeat(MAX_ONE)), now);
        assert!(cache.get(&key(250), now).is_none(), "one report may not push out all others");
    }

    #[test]
    fn putting_again_replaces() {
        let now = Instant::now();
        let mut cache = Cache::new(2, Duration::from_secs(60));
        cache.put(key(1), kept("1"), now);
        let bytes = cache.bytes();
        cache.put(key(1), kept("2"), now);
        assert_eq!((cache.len(), cache.bytes()), (1, bytes));
        assert_eq!(cache.get(&key(1), now).expect("is kept").report.input, "2");
    }

    #[test]
    fn a_cache_of_none_keeps_none() {
        let mut cache = Cache::new(0, Duration::from_secs(60));
        cache.put(key(1), kept("1"), Instant::now());
        assert_eq!(cache.len(), 0);
    }
}
