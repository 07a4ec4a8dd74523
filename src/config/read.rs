//! The text of a configuration to settings, with everything that is wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check;
use super::complaint::{Complaint, Complaints};
use super::keys::{EXCEPTIONS, SECTIONS, Section, section};
use super::nearest::nearest;
use super::settings::{Action, Cause, Exception, Settings};
use super::value::{Kind, Value};

/// Where keys stand in the text, by full name: `milter.listen`; sections by their own, exceptions as `exceptions`.
pub(super) type Places = BTreeMap<String, Range<usize>>;

/// Longest configuration that is read; far beyond what anyone writes.
pub(super) const MAX_BYTES: u64 = 4 << 20;

/// Reads a configuration. Relative paths are taken from `base`. Settings only if nothing is an error.
pub fn read(text: &str, base: &Path) -> (Option<Settings>, Vec<Complaint>) {
    let mut complaints = Complaints::about(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        complaints.error(error.span(), format!("not TOML: {}", error.message()));
    }
    let mut settings = Settings::default();
    let mut places = Places::new();
    // What follows a broken line may have been put elsewhere by the recovery, so only what the parser says is said.
    if !complaints.has_errors() {
        sections(table.get_ref(), base, &mut settings, &mut places, &mut complaints);
        complete(&mut settings);
        check::check(&settings, &places, &mut complaints);
    }
    let is_good = !complaints.has_errors();
    (is_good.then_some(settings), complaints.finish())
}

/// Fills in what follows from other keys.
fn complete(settings: &mut Settings) {
    if let Some(store) = &mut settings.store
        && store.key_file.as_os_str().is_empty()
    {
        store.key_file = store.path.join("key");
    }
}

fn sections(
    table: &DeTable<'_>,
    base: &Path,
    settings: &mut Settings,
    places: &mut Places,
    complaints: &mut Complaints<'_>,
) {
    for (name, value) in table {
        let full: &str = name.get_ref();
        places.insert(full.to_owned(), name.span());
        if full == EXCEPTIONS {
            exceptions(value, settings, complaints);
            continue;
        }
        let Some(section) = section(full) else {
            complaints.error(Some(name.span()), unknown_section(full, value.get_ref()));
            continue;
        };
        let Some(given) = value.get_ref().as_table() else {
            complaints.error(Some(value.span()), format!("{full} must be a table: [{full}]"));
            continue;
        };
        (section.open)(settings);
        keys(section, given, base, settings, places, complaints);
    }
}

fn keys(
    section: &Section,
    given: &DeTable<'_>,
    base: &Path,
    settings: &mut Settings,
    places: &mut Places,
    complaints: &mut Complaints<'_>,
) {
    for (name, value) in given {
        let full = format!("{}.{}", section.name, name.get_ref());
        places.insert(full.clone(), name.span());
        let Some(key) = section.keys.iter().find(|key| key.name == *name.get_ref()) else {
            complaints.error(Some(name.span()), unknown_key(section, name.get_ref()));
            continue;
        };
        match key.kind.read(value.get_ref(), base) {
            Ok(value) => (key.set)(settings, value),
            Err(why) => complaints.error(Some(value.span()), format!("{full} {why}")),
        }
    }
}

fn unknown_section(name: &str, value: &DeValue<'_>) -> String {
    if value.as_table().is_none()
        && let Some(home) = SECTIONS.iter().find(|section| section.keys.iter().any(|key| key.name == name))
    {
        return format!("{name} stands outside of any table; one is in [{}]", home.name);
    }
    let known = SECTIONS.iter().map(|section| section.name).chain([EXCEPTIONS]);
    match nearest(name, known.clone()) {
        Some(near) => format!("unknown table [{name}]; did you mean [{near}]?"),
        None => format!("unknown table [{name}]; there are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

fn unknown_key(section: &Section, name: &str) -> String {
    let full = format!("{}.{name}", section.name);
    if let Some(near) = nearest(name, section.keys.iter().map(|key| key.name)) {
        return format!("unknown key {full}; did you mean {near}?");
    }
    if let Some(home) = SECTIONS.iter().find(|other| other.keys.iter().any(|key| key.name == name)) {
        return format!("unknown key {full}; {name} is in [{}]", home.name);
    }
    let known: Vec<&str> = section.keys.iter().map(|key| key.name).collect();
    format!("unknown key {full}; [{}] has {}", section.name, known.join(", "))
}

fn exceptions(value: &Spanned<DeValue<'_>>, settings: &mut Settings, complaints: &mut Complaints<'_>) {
    let Some(list) = value.get_ref().as_array() else {
        complaints.error(Some(value.span()), "exceptions must be a list of tables: [[exceptions]]".to_owned());
        return;
    };
    for given in list.iter() {
        let Some(table) = given.get_ref().as_table() else {
            complaints.error(Some(given.span()), "an exception must be a table: [[exceptions]]".to_owned());
            continue;
        };
        let exception = exception(table, complaints);
        if exception.recipients.is_empty() {
            complaints.error(Some(given.span()), "an exception needs recipients = [\"jobs@example.com\"]".to_owned());
        } else if exception.actions.is_empty() {
            complaints.error(
                Some(given.span()),
                "an exception changes nothing; name a cause: encrypted = \"accept\"".to_owned(),
            );
        }
        settings.actions.exceptions.push(exception);
    }
}

fn exception(table: &DeTable<'_>, complaints: &mut Complaints<'_>) -> Exception {
    const ACTIONS: [&str; 6] = ["accept", "tag", "replace", "quarantine", "defer", "reject"];
    let mut exception = Exception { recipients: Vec::new(), actions: BTreeMap::new() };
    for (name, value) in table {
        let name_text: &str = name.get_ref();
        if name_text == "recipients" {
            match Kind::Texts.read(value.get_ref(), Path::new("")) {
                Ok(Value::Texts(texts)) => {
                    for text in &texts {
                        match recipient(text) {
                            Some(recipient) => exception.recipients.push(recipient),
                            None => complaints.error(
                                Some(value.span()),
                                format!(
                                    "exceptions.recipients has \"{text}\"; it must be an address, \"jobs@example.com\", or a \
                                     domain, \"@example.com\""
                                ),
                            ),
                        }
                    }
                }
                _ => {
                    complaints.error(Some(value.span()), "exceptions.recipients must be a list of addresses".to_owned())
                }
            }
            continue;
        }
        let Some(cause) = Cause::ALL.into_iter().find(|cause| cause.as_str() == name_text) else {
            let known = Cause::ALL.into_iter().map(Cause::as_str).chain(["recipients"]);
            let hint = nearest(name_text, known)
                .map_or("it is no cause of [actions]".to_owned(), |near| format!("did you mean {near}?"));
            complaints.error(Some(name.span()), format!("unknown key exceptions.{name_text}; {hint}"));
            continue;
        };
        let word = Kind::Choice(&ACTIONS).read(value.get_ref(), Path::new(""));
        match word {
            Ok(Value::Text(Some(word))) => {
                let action = Action::ALL.into_iter().find(|action| action.as_str() == word);
                exception.actions.extend(action.map(|action| (cause, action)));
            }
            Ok(_) => {}
            Err(why) => complaints.error(Some(value.span()), format!("exceptions.{name_text} {why}")),
        }
    }
    exception
}

/// An address, or `@domain`, in lower case.
fn recipient(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let is_text =
        |part: &str| part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ','));
    let is_domain = !domain.is_empty() && domain.split('.').all(|label| !label.is_empty()) && !domain.contains('*');
    (is_text(local) && is_text(domain) && is_domain && !local.contains('*')).then(|| text.to_lowercase())
}
