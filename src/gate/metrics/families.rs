//! Every metric there is. `docs/gateway.md` shows this list.

use std::fmt::Write as _;

/// How a metric's values are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from the start of the daemon.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in steps, with a sum.
    Histogram,
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it counts.
    pub help: &'static str,
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Family {
    Family { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Family {
    Family { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Family {
    Family { name, kind: Kind::Histogram, labels, help }
}

/// Every metric, in the order they are written.
pub const FAMILIES: &[Family] = &[
    gauge(
        "sekisho_build_info",
        &["version", "rules"],
        "Always 1; the program's version and the digest of the rules in force.",
    ),
    counter("sekisho_examined_total", &["door", "level"], "Inputs examined, by verdict level."),
    counter(
        "sekisho_outcomes_total",
        &["door", "cause"],
        "Inputs by the cause their action is chosen for, those refused included.",
    ),
    counter("sekisho_actions_total", &["door", "action"], "What was done with mails."),
    counter("sekisho_refused_total", &["door", "reason"], "Inputs that were not examined."),
    counter("sekisho_abandoned_total", &["door"], "Inputs whose client left before the answer."),
    counter("sekisho_input_bytes_total", &["door"], "Bytes of inputs."),
    histogram(
        "sekisho_examine_seconds",
        &["door", "lane"],
        "Time from a door's question to its answer, waiting included.",
    ),
    gauge("sekisho_lane_waiting", &["lane"], "Inputs that wait for a worker."),
    gauge("sekisho_lane_in_work", &["lane"], "Inputs workers are at."),
    counter("sekisho_lane_done_total", &["lane"], "Inputs answered by a worker."),
    histogram("sekisho_lane_wait_seconds", &["lane"], "Time inputs waited for a worker."),
    histogram("sekisho_lane_work_seconds", &["lane"], "Time workers took."),
    gauge("sekisho_desk_bytes", &[], "Bytes of all inputs that wait or are in work."),
    gauge("sekisho_workers", &["state"], "Places for workers, by what their worker does."),
    counter("sekisho_workers_started_total", &[], "Workers started."),
    counter("sekisho_workers_not_started_total", &[], "Attempts to start a worker that failed."),
    counter("sekisho_workers_recycled_total", &[], "Workers replaced after as many inputs as one may take."),
    counter("sekisho_workers_lost_total", &["cause"], "Workers that died or were killed."),
    counter("sekisho_workers_replaced_total", &["result"], "Times all workers were replaced by those of other rules."),
    counter("sekisho_cache_lookups_total", &["result"], "Inputs looked up among the reports at hand."),
    gauge("sekisho_cache_entries", &[], "Reports at hand."),
    gauge("sekisho_cache_bytes", &[], "Bytes they take, estimated."),
    counter("sekisho_joined_total", &[], "Inputs that joined the scan of the same bytes."),
    counter("sekisho_given_up_total", &[], "Scans given up because nobody waited any more."),
    counter(
        "sekisho_poisoned_total",
        &[],
        "Inputs not scanned again because their bytes had killed workers too often.",
    ),
    counter("sekisho_handed_over_total", &[], "Small inputs that were much work and went to the large lane."),
    gauge("sekisho_quarantine_bytes", &[], "Bytes of the quarantine."),
    gauge("sekisho_connections_open", &["door"], "Connections that are open."),
    counter("sekisho_connections_total", &["door"], "Connections taken."),
    counter("sekisho_connections_refused_total", &["door"], "Connections refused because as many as may be were open."),
    counter("sekisho_store_total", &["event"], "What was kept, remembered, found out later, or could not be written."),
    counter("sekisho_reloads_total", &["result"], "Times the configuration and rules were read again."),
];

/// The list as a table, for the documentation.
pub fn table() -> String {
    let mut out = String::from("| metric | kind | labels | |\n| --- | --- | --- | --- |\n");
    for family in FAMILIES {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels: Vec<String> = family.labels.iter().map(|label| format!("`{label}`")).collect();
        let _ = writeln!(out, "| `{}` | {kind} | {} | {} |", family.name, labels.join(", "), family.help);
    }
    out
}
