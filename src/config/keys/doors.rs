//! Keys of the doors.

use super::{Section, key};
use crate::config::settings::{Clamd, Http, Milter, Olefy, Settings};
use crate::config::value::Kind;

const KIB: u64 = 1 << 10;
const GIB: u64 = 1 << 30;
const CONNECTIONS: Kind = Kind::Count(1, 100_000);

fn milter(settings: &mut Settings) -> &mut Milter {
    settings.milter.get_or_insert_with(Milter::default)
}

fn clamd(settings: &mut Settings) -> &mut Clamd {
    settings.clamd.get_or_insert_with(Clamd::default)
}

fn http(settings: &mut Settings) -> &mut Http {
    settings.http.get_or_insert_with(Http::default)
}

fn olefy(settings: &mut Settings) -> &mut Olefy {
    settings.olefy.get_or_insert_with(Olefy::default)
}

pub(super) static MILTER: Section = Section {
    name: "milter",
    doc: "The milter door, for Postfix, Sendmail and Stalwart (protocol version 6).\n\n\
          Addresses of all doors are written as Postfix writes them: `inet:127.0.0.1:8893`, `inet:[::1]:8893`, `inet:*:8893` \
          (all IPv4 addresses of the machine), `unix:/run/sekisho/milter.sock` with, if need be, `,mode=0666`, and \
          `systemd:name` for a socket handed over by systemd, by its `FileDescriptorName=`. Host names are not taken.",
    open: |s| {
        milter(s);
    },
    is_open: |s| s.milter.is_some(),
    keys: &[
        key!("listen", Kind::Listens, |s| milter(s).listen, "Where it listens. Needed.",
            example "\"inet:127.0.0.1:8893\""),
        key!(
            "deadline",
            Kind::Time(1, 3_600),
            |s| milter(s).deadline,
            "How long a scan may take. Then it is stopped, and the mail is treated as cause `timeout`."
        ),
        key!(
            "progress",
            Kind::Time(1, 3_600),
            |s| milter(s).progress,
            "How often the mail server is told that work goes on. Shorter than its patience after the end of a message (Postfix: \
             `milter_content_timeout`, 300 s)."
        ),
        key!(
            "connections",
            CONNECTIONS,
            |s| milter(s).connections,
            "Connections at once; more are closed at once. The mail server keeps one per SMTP session."
        ),
    ],
};

pub(super) static CLAMD: Section = Section {
    name: "clamd",
    doc: "The clamd door, for everything that can ask an antivirus daemon: rspamd, amavis, Exim, MailScanner, Haraka, clamdscan, \
          Nextcloud. The protocol knows no authentication.",
    open: |s| {
        clamd(s);
    },
    is_open: |s| s.clamd.is_some(),
    keys: &[
        key!("listen", Kind::Listens, |s| clamd(s).listen, "Where it listens. Needed.",
            example "[\"unix:/run/sekisho/clamd.sock\", \"inet:127.0.0.1:3310\"]"),
        key!(
            "stream-max",
            Kind::Size(KIB, 4 * GIB - 1),
            |s| clamd(s).stream_max,
            "The largest stream taken; beyond, the answer is `INSTREAM size limit exceeded. ERROR`."
        ),
        key!(
            "deadline",
            Kind::Time(1, 3_600),
            |s| clamd(s).deadline,
            "How long a scan may take. Clients give up by themselves: rspamd after 5 s, Haraka after 30 s, Exim after 120 s."
        ),
        key!(
            "errors",
            Kind::Choice(&["error", "found"]),
            |s| clamd(s).errors,
            "How a failed scan is answered. `error`: `… ERROR`, which Exim, amavis and clamdscan turn into \"try again later\". \
             `found`: `Heuristics.Limits.Exceeded.… FOUND`, for rspamd, which lets mail pass after an error."
        ),
        key!(
            "roots",
            Kind::Paths,
            |s| clamd(s).roots,
            "Folders whose files may be scanned by path (`SCAN`, `CONTSCAN`, …). None: only streams and passed descriptors."
        ),
        key!("connections", CONNECTIONS, |s| clamd(s).connections, "Connections at once; more are closed at once."),
        key!(
            "suspicious-found",
            Kind::Flag,
            |s| clamd(s).suspicious_found,
            "Whether a suspicious verdict is answered `FOUND`."
        ),
        key!(
            "encrypted-found",
            Kind::Flag,
            |s| clamd(s).encrypted_found,
            "Whether content that stayed encrypted is answered `Heuristics.Encrypted.… FOUND`."
        ),
        key!(
            "control",
            Kind::Flag,
            |s| clamd(s).control,
            "Whether a client may have the rules reloaded (`RELOAD`) or stop the daemon (`SHUTDOWN`)."
        ),
    ],
};

pub(super) static HTTP: Section = Section {
    name: "http",
    doc: "The HTTP door: scans, reports by id, health, metrics, and the hook of the Stalwart mail server. It speaks plain HTTP; \
          put a proxy with TLS before it where it leaves the machine.",
    open: |s| {
        http(s);
    },
    is_open: |s| s.http.is_some(),
    keys: &[
        key!("listen", Kind::Listens, |s| http(s).listen, "Where it listens. Needed.",
            example "\"inet:127.0.0.1:8894\""),
        key!("body-max", Kind::Size(KIB, 4 * GIB), |s| http(s).body_max, "The largest body taken."),
        key!("deadline", Kind::Time(1, 3_600), |s| http(s).deadline, "How long a scan may take."),
        key!(
            "keys",
            Kind::Pairs,
            |s| http(s).keys,
            "Who may ask: a name for the log, and the SHA-256 of the key they show, in hexadecimal: \
             `{ portal = \"9f86d0…\" }`. `sekisho key new` makes one."
        ),
        key!("open-metrics", Kind::Flag, |s| http(s).open_metrics, "Whether metrics are open without a key."),
        key!("requests", CONNECTIONS, |s| http(s).requests, "Requests at once."),
    ],
};

pub(super) static OLEFY: Section = Section {
    name: "olefy",
    doc: "The olefy door, for rspamd's `external_services` module (`oletools`).",
    open: |s| {
        olefy(s);
    },
    is_open: |s| s.olefy.is_some(),
    keys: &[
        key!("listen", Kind::Listens, |s| olefy(s).listen, "Where it listens. Needed.",
            example "\"inet:127.0.0.1:10050\""),
        key!("body-max", Kind::Size(KIB, 4 * GIB), |s| olefy(s).body_max, "The largest part taken."),
        key!("deadline", Kind::Time(1, 3_600), |s| olefy(s).deadline, "How long a scan may take; rspamd waits 15 s."),
        key!("connections", CONNECTIONS, |s| olefy(s).connections, "Connections at once; more are closed at once."),
    ],
};
