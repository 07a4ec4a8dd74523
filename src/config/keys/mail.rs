//! Keys of what happens to mail: actions, texts, quarantine, release.

use super::{Section, key};
use crate::config::settings::{Action, Cause, Store};
use crate::config::value::Kind;

const ACTION: Kind = Kind::Choice(&["accept", "tag", "replace", "quarantine", "defer", "reject"]);
const DAY: u64 = 86_400;

macro_rules! action {
    ($name:literal, $cause:ident, $doc:literal) => {
        key!($name, ACTION, |s| *s.actions.table.entry(Cause::$cause).or_insert(Action::Defer), $doc)
    };
}

pub(super) static ACTIONS: Section = Section {
    name: "actions",
    doc: "What happens to mail, by what came of its scan. Milter and the mail server hook act on it; over the other doors the \
          client decides by the answer.\n\n\
          - `accept`: let it pass, with the headers every mail gets.\n\
          - `tag`: let it pass, with headers that say what was found.\n\
          - `replace`: let it pass without the attachments that were found bad, a notice in their place. Where none can be \
          taken out by itself, the mail is quarantined.\n\
          - `quarantine`: keep it (see `mail.hold`).\n\
          - `defer`: ask the sender's server to try again later.\n\
          - `reject`: refuse it.\n\n\
          From mildest to strictest in this order. A mail can be several things at once, suspicious and encrypted; it gets the \
          strictest of their actions, so that nothing added to a mail has it treated more mildly.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        action!("clean", Clean, "Nothing was found, and everything was read."),
        action!("malicious", Malicious, "Something no one should open."),
        action!("suspicious", Suspicious, "Something a person should look at."),
        action!("encrypted", Encrypted, "Nothing was found, but encrypted content could not be opened."),
        action!("limit", Limit, "Nothing was found, but a limit of `[scan]` was reached."),
        action!("unsupported", Unsupported, "Nothing was found, but there is a format or method that is not read."),
        action!("damaged", Damaged, "Nothing was found, but bytes were broken or missing."),
        action!("failed", Failed, "Nothing was found, but a part of the scan failed."),
        action!("crash", Crash, "The worker died."),
        action!("memory", Memory, "The worker ran out of memory."),
        action!("timeout", Timeout, "The scan was not done at the deadline."),
        action!("overload", Overload, "Too much was waiting."),
        action!("too-large", TooLarge, "The mail is larger than `queue.max-input`, so nothing of it was read."),
        action!(
            "poison",
            Poison,
            "The mail has killed workers again and again; `defer` would have it come back for days."
        ),
        action!("store", Store, "The quarantine could not keep what it must keep (a full disk, for one)."),
    ],
};

pub(super) static MAIL: Section = Section {
    name: "mail",
    doc: "How the actions are carried out.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!(
            "hold",
            Kind::Choice(&["store", "server"]),
            |s| s.actions.hold,
            "Where quarantined mail goes: into Sekisho's own `[store]`, or to the mail server's quarantine (Postfix: the hold \
             queue)."
        ),
        key!(
            "skip-authenticated",
            Kind::Flag,
            |s| s.actions.skip_authenticated,
            "Whether mail of senders who logged in passes unscanned."
        ),
        key!(
            "add-headers",
            Kind::Flag,
            |s| s.actions.add_headers,
            "Whether headers with verdict and report id are added."
        ),
        key!(
            "header-prefix",
            Kind::Text,
            |s| s.actions.header_prefix,
            "What the names of these headers begin with. Those a sender has forged are removed."
        ),
        key!(
            "notice",
            Kind::Text,
            |s| s.actions.notice,
            "The text put in place of an attachment; `{name}`, `{size}` and `{sha256}` stand for the attachment's, \
             `{reason}` and `{id}` for the mail's first reason and the report's id. Empty: a text in the language of \
             `scan.language`."
        ),
        key!(
            "reject-text",
            Kind::Text,
            |s| s.actions.reject_text,
            "The text of rejections, one line of ASCII; `{id}` stands for the report's id, `{reason}` for the first reason. \
             Empty: an English sentence with both."
        ),
    ],
};

fn store(settings: &mut crate::config::Settings) -> &mut Store {
    settings.store.get_or_insert_with(Store::default)
}

pub(super) static STORE: Section = Section {
    name: "store",
    doc: "Quarantine and history. Without this section nothing is kept: no mail can be quarantined here, and nothing is known of \
          earlier mail.",
    open: |s| {
        store(s);
    },
    is_open: |s| s.store.is_some(),
    keys: &[
        key!("path", Kind::Path, |s| store(s).path,
            "Its folder. Needed.",
            example "\"/var/lib/sekisho\""),
        key!("key-file", Kind::Path, |s| store(s).key_file,
            "The file of the key that samples are encrypted with; made at first start. Whoever has it can read the quarantine, \
             and without it nobody can. Default: `key` in the folder; better kept elsewhere than the backups of the folder.",
            example "\"/etc/sekisho/store.key\""),
        key!(
            "keep-quarantine",
            Kind::Time(3_600, 3_650 * DAY),
            |s| store(s).keep_quarantine,
            "How long quarantined mail is kept."
        ),
        key!(
            "keep-history",
            Kind::Time(3_600, 3_650 * DAY),
            |s| store(s).keep_history,
            "How long it is remembered who sent what to whom (as digests)."
        ),
        key!(
            "keep-reports",
            Kind::Time(60, 3_650 * DAY),
            |s| store(s).keep_reports,
            "How long reports can be asked for by id."
        ),
        key!(
            "max-bytes",
            Kind::Size(1 << 20, 1 << 50),
            |s| store(s).max_bytes,
            "What the quarantine may take on disk. Beyond, mail that must be quarantined is treated as cause `store`."
        ),
    ],
};

pub(super) static RELEASE: Section = Section {
    name: "release",
    doc: "Where mail released from the quarantine is handed back, over SMTP.",
    open: |_| {},
    is_open: |_| true,
    keys: &[
        key!("server", Kind::Text, |s| s.release.server, "The server."),
        key!(
            "port",
            Kind::Count(1, 65_535),
            |s| s.release.port,
            "Its port: one whose mail does not come back to this daemon, or released mail is held again."
        ),
        key!("timeout", Kind::Time(1, 3_600), |s| s.release.timeout, "How long handing over may take."),
        key!(
            "opened",
            Kind::Flag,
            |s| s.release.opened,
            "Whether a mail that was quarantined only because it was locked is released by itself, once a password in a later \
             mail opened it and all of it is clean. Otherwise it is only marked."
        ),
    ],
};
