//! What only several keys together make wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use super::complaint::Complaints;
use super::listen::{is_open_to_the_network, write};
use super::read::Places;
use super::settings::{Action, Cause, Hold, Listen, Settings};

/// How long Postfix waits for a milter after the end of a message unless told otherwise (`milter_content_timeout`).
const POSTFIX_PATIENCE: Duration = Duration::from_secs(300);

/// Longest rejection text: a reply line may have 512 bytes (RFC 5321, section 4.5.3.1.5), and ids are filled in.
const MAX_REJECT_TEXT: usize = 400;

/// Checks settings as a whole.
pub(super) fn check(settings: &Settings, places: &Places, complaints: &mut Complaints<'_>) {
    let checker = &mut Checker { settings, places, complaints };
    checker.doors();
    checker.workers();
    checker.actions();
    checker.texts();
    checker.places_of_files();
}

struct Checker<'c, 't> {
    settings: &'c Settings,
    places: &'c Places,
    complaints: &'c mut Complaints<'t>,
}

impl Checker<'_, '_> {
    /// Says that a key is wrong, where it stands or where its section does.
    fn error(&mut self, key: &str, text: String) {
        let at = self.place(key);
        self.complaints.error(at, text);
    }

    fn warning(&mut self, key: &str, text: String) {
        let at = self.place(key);
        self.complaints.warning(at, text);
    }

    /// Whether a key that looks unset was given, and its value complained of.
    fn is_said(&self, key: &str) -> bool {
        self.places.contains_key(key) && self.complaints.has_errors()
    }

    fn place(&self, key: &str) -> Option<std::ops::Range<usize>> {
        let section = key.split('.').next().unwrap_or(key);
        self.places.get(key).or_else(|| self.places.get(section)).cloned()
    }

    fn doors(&mut self) {
        let settings = self.settings;
        let doors = [
            ("milter", settings.milter.as_ref().map(|door| &door.listen)),
            ("clamd", settings.clamd.as_ref().map(|door| &door.listen)),
            ("http", settings.http.as_ref().map(|door| &door.listen)),
            ("olefy", settings.olefy.as_ref().map(|door| &door.listen)),
        ];
        if doors.iter().all(|(_, listen)| listen.is_none()) {
            let text = "no door is open; add [milter], [clamd], [http] or [olefy] with listen = \"inet:127.0.0.1:…\"";
            self.complaints.warning(None, text.to_owned());
        }
        let mut taken: BTreeMap<&Listen, &str> = BTreeMap::new();
        for (door, listen) in doors {
            let Some(listen) = listen else { continue };
            let key = format!("{door}.listen");
            if listen.is_empty() && !self.is_said(&key) {
                self.error(&key, format!("[{door}] listens nowhere; give {key} an address or take the table out"));
            }
            for address in listen {
                let is_any_port = matches!(address, Listen::Tcp(address) if address.port() == 0);
                if let Some(other) = taken.insert(address, door)
                    && !is_any_port
                {
                    self.error(&key, format!("{key} has {}, which [{other}] has already", write(address)));
                }
            }
            let is_open = listen.iter().any(|address| is_open_to_the_network(address) == Some(true));
            if is_open && door != "http" {
                self.warning(
                    &key,
                    format!("{key} can be reached by other machines, and the protocol knows no authentication; let a firewall see to it"),
                );
            }
        }
        if let Some(http) = &settings.http {
            if http.keys.is_empty() && http.listen.iter().any(|address| is_open_to_the_network(address) == Some(true)) {
                self.error(
                    "http.listen",
                    "http.listen can be reached by other machines, and there are no http.keys; give keys or listen on 127.0.0.1"
                        .to_owned(),
                );
            }
            for (name, digest) in &http.keys {
                if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    self.error(
                        "http.keys",
                        format!(
                            "http.keys.{name} must be the SHA-256 of the key, 64 hexadecimal digits: printf %s KEY | sha256sum"
                        ),
                    );
                }
            }
            if http.body_max > settings.queue.max_input {
                self.warning(
                    "http.body-max",
                    "http.body-max is more than queue.max-input, so bodies between are taken in vain".to_owned(),
                );
            }
        }
        if let Some(clamd) = &settings.clamd
            && clamd.stream_max > settings.queue.max_input
        {
            self.warning(
                "clamd.stream-max",
                "clamd.stream-max is more than queue.max-input, so streams between are taken in vain".to_owned(),
            );
        }
        if let Some(milter) = &settings.milter {
            if milter.progress >= POSTFIX_PATIENCE {
                self.warning(
                    "milter.progress",
                    "milter.progress is longer than Postfix waits (milter_content_timeout, 300 s); long scans will be cut off"
                        .to_owned(),
                );
            } else if milter.progress >= milter.deadline {
                self.warning(
                    "milter.progress",
                    "milter.progress is not shorter than milter.deadline, so the mail server is never told that work goes on"
                        .to_owned(),
                );
            }
        }
    }

    fn workers(&mut self) {
        let Settings { workers, queue, scan, .. } = self.settings;
        if !workers.isolation {
            self.warning(
                "workers.isolation",
                "workers.isolation is off: hostile mail is read inside the daemon, a crash stops it, and no deadline is enforced"
                    .to_owned(),
            );
        }
        if workers.reserved >= workers.count {
            self.error(
                if self.places.contains_key("workers.reserved") { "workers.reserved" } else { "workers.count" },
                format!(
                    "workers.reserved ({}) must be less than workers.count ({}), or nobody reads large mail",
                    workers.reserved, workers.count
                ),
            );
        } else if workers.reserved == 0 && workers.count > 1 {
            self.warning("workers.reserved", "workers.reserved is 0: small mail waits behind large mail".to_owned());
        }
        if queue.bytes < queue.max_input {
            self.error(
                if self.places.contains_key("queue.bytes") { "queue.bytes" } else { "queue.max-input" },
                "queue.bytes is less than queue.max-input, so the largest mail would never be taken".to_owned(),
            );
        }
        if queue.small >= queue.max_input {
            self.warning("queue.small", "queue.small is not less than queue.max-input, so no mail is large".to_owned());
        }
        if workers.memory < scan.limits.total_bytes {
            self.warning(
                "workers.memory",
                "workers.memory is less than scan.max-total, so workers run out of memory before they reach the limit"
                    .to_owned(),
            );
        }
        if scan.limits.artifact_bytes > scan.limits.total_bytes {
            self.warning(
                "scan.max-artifact",
                "scan.max-artifact is more than scan.max-total, which is reached first".to_owned(),
            );
        }
    }

    fn actions(&mut self) {
        let actions = &self.settings.actions;
        let everywhere = actions.table.iter().map(|(cause, action)| ("actions", *cause, *action));
        let some = actions
            .exceptions
            .iter()
            .flat_map(|exception| exception.actions.iter().map(|(cause, action)| ("exceptions", *cause, *action)));
        let needs_store = actions.hold == Hold::Store && self.settings.store.is_none();
        let mut held = None;
        for (table, cause, action) in everywhere.chain(some) {
            let key = format!("{table}.{}", cause.as_str());
            if matches!(action, Action::Quarantine | Action::Replace) && needs_store {
                held.get_or_insert((key.clone(), action));
            }
            if let Some(why) = lets_through(cause, action) {
                self.warning(&key, format!("{key} = \"{}\": {why}", action.as_str()));
            }
        }
        let Some((key, action)) = held else { return };
        let advice = format!(
            "{key} is \"{}\", and there is no place to keep mail; add [store] with path, or set mail.hold = \"server\", or choose \
             another action",
            action.as_str()
        );
        if self.settings.milter.is_some() {
            let key = if self.places.contains_key(&key) { key.as_str() } else { "milter" };
            self.error(key, advice);
        } else if self.places.contains_key(&key) {
            self.warning(&key, advice);
        }
    }

    fn texts(&mut self) {
        let settings = self.settings;
        let prefix = &settings.actions.header_prefix;
        // RFC 5322, section 2.2: printable ASCII without the colon.
        if prefix.is_empty() || prefix.len() > 60 || !prefix.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
        {
            self.error(
                "mail.header-prefix",
                "mail.header-prefix must be 1 to 60 letters, digits and dashes: \"X-Sekisho\"".to_owned(),
            );
        }
        let reject = &settings.actions.reject_text;
        if reject.len() > MAX_REJECT_TEXT || !reject.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.error(
                "mail.reject-text",
                format!("mail.reject-text must be one line of at most {MAX_REJECT_TEXT} ASCII characters (SMTP allows no more)"),
            );
        }
        for (key, text, known) in [
            ("mail.reject-text", reject, &["id", "reason"][..]),
            ("mail.notice", &settings.actions.notice, &["name", "size", "sha256", "reason", "id"]),
        ] {
            for stranger in placeholders(text).filter(|name| !known.contains(name)) {
                self.warning(key, format!("{key} has {{{stranger}}}, which stands for nothing and stays as it is"));
            }
        }
        for directive in settings.log_level.split(',') {
            let level = directive.rsplit('=').next().unwrap_or(directive).trim();
            if !["off", "error", "warn", "info", "debug", "trace"].contains(&level.to_ascii_lowercase().as_str()) {
                self.error(
                    "log.level",
                    format!("log.level has \"{directive}\"; it must be off, error, warn, info, debug or trace, or module=level"),
                );
            }
        }
        if settings.release.server.is_empty() || settings.release.server.contains(char::is_whitespace) {
            self.error("release.server", "release.server must be a host name or an address".to_owned());
        }
        for (key, name) in [("daemon.user", &settings.user), ("daemon.group", &settings.group)] {
            if name.as_deref().is_some_and(|name| name.is_empty() || name.contains(['\0', ':', '/'])) {
                self.error(key, format!("{key} must be a name"));
            }
        }
    }

    fn places_of_files(&mut self) {
        if self.settings.store.as_ref().is_some_and(|store| store.path.as_os_str().is_empty())
            && !self.is_said("store.path")
        {
            self.error("store", "[store] needs a path: path = \"/var/lib/sekisho\"".to_owned());
        }
        let gives_all = self.settings.clamd.iter().flat_map(|clamd| &clamd.roots).any(|root| root.parent().is_none());
        if gives_all {
            self.warning(
                "clamd.roots",
                "clamd.roots has /: every file the daemon can read may be asked for".to_owned(),
            );
        }
    }
}

/// Names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).filter(|name| {
        !name.is_empty()
            && name.len() <= 20
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

/// Why an action lets mail through that should not pass, or should not pass unmarked.
fn lets_through(cause: Cause, action: Action) -> Option<&'static str> {
    let passes = matches!(action, Action::Accept | Action::Tag);
    match cause {
        Cause::Malicious if passes => Some("malicious mail is delivered"),
        Cause::Suspicious if action == Action::Accept => Some("suspicious mail is delivered unmarked"),
        Cause::Crash | Cause::Memory | Cause::Timeout | Cause::Overload | Cause::Poison if passes => {
            Some("mail passes unscanned (fail open), and whoever can bring this about gets anything through")
        }
        Cause::Store if passes => Some("mail that should be held passes when the store is full (fail open)"),
        Cause::Encrypted | Cause::Limit | Cause::Unsupported | Cause::Damaged | Cause::Failed | Cause::TooLarge
            if action == Action::Accept =>
        {
            Some("mail that was not read completely passes unmarked (fail open)")
        }
        _ => None,
    }
}
