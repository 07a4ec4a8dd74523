//! Every metric there is. `docs/gateway.md` shows this list.

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
    Family {
        name: "sekisho_examine_seconds",
        kind: Kind::Histogram,
        labels: &["door", "lane"],
        help: "Time from a door's question to its answer, waiting included.",
    },
    gauge("sekisho_connections_open", &["door"], "Connections that are open."),
    counter("sekisho_connections_total", &["door"], "Connections taken."),
    counter("sekisho_connections_refused_total", &["door"], "Connections refused because as many as may be were open."),
    counter("sekisho_cache_answers_total", &[], "Inputs answered with a report that was at hand."),
    counter("sekisho_reloads_total", &["result"], "Times the configuration and rules were read again."),
];
