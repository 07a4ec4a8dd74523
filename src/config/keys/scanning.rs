//! Keys of the process, of its log, of scans, of workers and their queues.

use super::{Section, key};
use crate::config::value::Kind;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;
const DAY: u64 = 86_400;

pub(super) static DAEMON: Section = Section {
    name: "daemon",
    doc: "The process itself.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!("user", Kind::Text, |s| s.user,
            "The user to become once sockets are open. Needed when started as root; with systemd, `User=` in the unit does it.",
            example "\"sekisho\""),
        key!("group", Kind::Text, |s| s.group,
            "The group to become, if not the user's own. Socket files belong to it, so that a mail server that is a member can \
             connect.",
            example "\"sekisho\""),
        key!(
            "grace",
            Kind::Time(0, DAY),
            |s| s.grace,
            "How long work in hand may take after the daemon was told to stop. What is not done by then is answered as a \
             failure or cut off, and the mail server tries again later."
        ),
    ],
};

pub(super) static LOG: Section = Section {
    name: "log",
    doc: "What is logged, to standard error. The log never holds content of mails, subjects or file names, and addresses only \
          at level debug.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!(
            "level",
            Kind::Text,
            |s| s.log_level,
            "How much: `error`, `warn`, `info`, `debug` or `trace`, or levels by module, `info,sekisho::gate::milter=debug`."
        ),
        key!("format", Kind::Choice(&["text", "json"]), |s| s.log_format, "Lines of text, or a JSON object per line."),
    ],
};

pub(super) static SCAN: Section = Section {
    name: "scan",
    doc: "What one scan may cost, and which rules it applies. A limit that is reached is said in the report and makes it \
          partial (`[actions]` decides what then happens); it never makes anything clean.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!(
            "language",
            Kind::Choice(&["en", "ja"]),
            |s| s.scan.language,
            "Language of reports and of notices to recipients. Replies to mail servers are always English."
        ),
        key!(
            "rules",
            Kind::Paths,
            |s| s.scan.rules,
            "YARA rule files, or folders of `.yar` files, to apply besides the shipped rules."
        ),
        key!("policy", Kind::Path, |s| s.scan.policy,
            "A policy (how findings become a verdict) instead of the shipped `rules/policy.toml`.",
            example "\"policy.toml\""),
        key!(
            "passwords",
            Kind::Texts,
            |s| s.scan.passwords,
            "Passwords to try first on locked content, such as those your partners always use."
        ),
        key!("wordlist", Kind::Path, |s| s.scan.wordlist,
            "A file with one password per line to try on locked content when nothing else opened it.",
            example "\"words.txt\""),
        key!(
            "max-total",
            Kind::Size(MIB, TIB),
            |s| s.scan.limits.total_bytes,
            "All parts of one input together, unpacked. It bounds the memory of a worker."
        ),
        key!(
            "max-artifact",
            Kind::Size(MIB, TIB),
            |s| s.scan.limits.artifact_bytes,
            "One part, unpacked. Of larger ones the beginning is read."
        ),
        key!(
            "max-ratio",
            Kind::Count(1, 1_000_000),
            |s| s.scan.limits.expansion_ratio,
            "How many times larger than itself a container may become, once it is past `ratio-floor`."
        ),
        key!(
            "ratio-floor",
            Kind::Size(KIB, TIB),
            |s| s.scan.limits.ratio_floor,
            "Unpacked content below this size is never a bomb."
        ),
        key!("max-artifacts", Kind::Count(1, 10_000_000), |s| s.scan.limits.artifacts, "Parts in one input."),
        key!("max-depth", Kind::Count(1, 200), |s| s.scan.limits.depth, "Containers inside containers."),
        key!(
            "max-time",
            Kind::Time(1, DAY),
            |s| s.scan.limits.wall_time,
            "How long one scan may take. The deadline of a door, if it is shorter, comes first."
        ),
    ],
};

pub(super) static SITE: Section = Section {
    name: "site",
    doc: "Who the recipients are, and whom they trust.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!(
            "authserv-ids",
            Kind::Texts,
            |s| s.scan.site.authserv_ids,
            "Servers whose `Authentication-Results` are believed (RFC 8601). Without one the topmost field is taken, which a \
             sender can write where no server of yours does."
        ),
        key!(
            "own-domains",
            Kind::Texts,
            |s| s.scan.site.own_domains,
            "Domains of your organisation, to tell look-alikes from."
        ),
        key!(
            "partner-domains",
            Kind::Texts,
            |s| s.scan.site.partner_domains,
            "Domains of organisations you write to, to tell look-alikes from."
        ),
    ],
};

pub(super) static WORKERS: Section = Section {
    name: "workers",
    doc: "The processes that read hostile bytes. Each is shut in: no network, no files, no other programs.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!(
            "isolation",
            Kind::Flag,
            |s| s.workers.isolation,
            "Whether workers are processes of their own, shut in. Without it a crash stops the daemon, a deadline cannot be \
             enforced, and whoever breaks a parser has what the daemon has."
        ),
        key!(
            "count",
            Kind::Count(1, 1_024),
            |s| s.workers.count,
            "Workers altogether, and so scans at once. Default: one per core, at least two."
        ),
        key!(
            "reserved",
            Kind::Count(0, 1_023),
            |s| s.workers.reserved,
            "Of them, those that take small inputs only, so that small mail never waits behind large mail. Default: a quarter."
        ),
        key!(
            "recycle-after",
            Kind::Count(1, 100_000_000),
            |s| s.workers.recycle_after,
            "Scans after which a worker is replaced by a fresh one."
        ),
        key!(
            "memory",
            Kind::Size(256 * MIB, TIB),
            |s| s.workers.memory,
            "Address space of one worker. Compiled rules count; a worker that asks for more is replaced, and the mail is \
             treated as cause `memory`."
        ),
    ],
};

pub(super) static QUEUE: Section = Section {
    name: "queue",
    doc: "What waits for workers. Beyond these bounds mail is turned away at once (cause `overload`), which mail servers answer \
          by trying again later.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!(
            "small",
            Kind::Size(0, TIB),
            |s| s.queue.small,
            "Inputs up to this size go the small lane, for which workers are reserved."
        ),
        key!(
            "small-waiting",
            Kind::Count(1, 1_000_000),
            |s| s.queue.small_waiting,
            "Inputs that may wait in the small lane."
        ),
        key!(
            "large-waiting",
            Kind::Count(1, 1_000_000),
            |s| s.queue.large_waiting,
            "Inputs that may wait in the large lane."
        ),
        key!(
            "bytes",
            Kind::Size(MIB, TIB),
            |s| s.queue.bytes,
            "All inputs that wait or are in work together. It bounds the memory of the daemon."
        ),
        key!(
            "max-input",
            Kind::Size(KIB, 16 * GIB),
            |s| s.queue.max_input,
            "The largest input taken at all; larger mail is treated as cause `too-large`."
        ),
        key!(
            "cache",
            Kind::Count(0, 100_000_000),
            |s| s.queue.cache,
            "Reports kept to answer the same bytes again; 0 keeps none. Other rules or options make them worthless at once."
        ),
        key!("cache-for", Kind::Time(1, 365 * DAY), |s| s.queue.cache_for, "How long a kept report is good."),
        key!(
            "poison-after",
            Kind::Count(1, 1_000),
            |s| s.queue.poison_after,
            "Times the same bytes may kill a worker before mail with them is treated as cause `poison` instead of being tried \
             again."
        ),
    ],
};
