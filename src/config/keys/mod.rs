//! Every key of the configuration: what it may hold, what it means, where it goes. The one place that knows; reading,
//! writing, the sample file and the documentation all go by it.

mod doors;
mod held;
mod mail;
mod scanning;

use super::nearest::nearest;
use super::settings::Settings;
use super::value::{Kind, Value};

/// A table of the file: `[milter]`.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What it is for. Markdown.
    pub doc: &'static str,
    /// Its keys, in the order in which they are documented.
    pub keys: &'static [Key],
    /// Makes the section exist: some do something by being there.
    pub(super) open: fn(&mut Settings),
    /// Whether it exists. Sections that only adjust what is there anyway always do.
    pub(super) is_open: fn(&Settings) -> bool,
}

/// A key of a section.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// What it means. Markdown.
    pub doc: &'static str,
    /// What it might be set to, where there is no default to show.
    pub example: &'static str,
    pub(super) set: fn(&mut Settings, Value),
    pub(super) get: fn(&Settings) -> Value,
}

impl Key {
    /// What it holds unless set, as TOML; nothing if nothing.
    pub fn default_text(&self) -> Option<String> {
        self.text_in(&Settings::default())
    }

    /// What it holds in these settings, as TOML; nothing if nothing.
    pub(super) fn text_in(&self, settings: &Settings) -> Option<String> {
        self.kind.write(&(self.get)(settings))
    }
}

/// The sections, in the order of the documentation.
pub static SECTIONS: &[&Section] = &[
    &scanning::DAEMON,
    &scanning::LOG,
    &scanning::SCAN,
    &scanning::SITE,
    &scanning::WORKERS,
    &scanning::QUEUE,
    &mail::ACTIONS,
    &mail::MAIL,
    &doors::MILTER,
    &doors::CLAMD,
    &doors::HTTP,
    &doors::OLEFY,
    &mail::STORE,
    &mail::RELEASE,
];

/// Recipients that are treated otherwise; a list of tables, so it is read by itself.
pub const EXCEPTIONS: &str = "exceptions";

/// What an exception is, for the documentation.
pub const EXCEPTIONS_DOC: &str = "\
Other actions for some recipients. Each `[[exceptions]]` names `recipients`, addresses such as `\"jobs@example.com\"` or \
`\"@lab.example.com\"` for all of a domain, and the causes of `[actions]` that are treated otherwise. A domain does \
not stand for its subdomains, and an address counts before its domain. A mail to several recipients gets the strictest of \
their actions, for it is delivered or held as one.";

/// A section by name.
pub fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().copied().find(|section| section.name == name)
}

/// A key by its full name: `milter.deadline`.
pub fn find(full: &str) -> Option<(&'static Section, &'static Key)> {
    let (table, name) = full.split_once('.')?;
    let section = section(table)?;
    Some((section, section.keys.iter().find(|key| key.name == name)?))
}

/// The full name of a key or section that may have been meant.
pub fn suggest(name: &str) -> Option<String> {
    let keys = SECTIONS.iter().flat_map(|section| {
        section.keys.iter().map(|key| format!("{}.{}", section.name, key.name)).chain([section.name.to_owned()])
    });
    let all: Vec<String> = keys.collect();
    let by_last = all.iter().find(|full| full.rsplit('.').next() == Some(name));
    by_last.cloned().or_else(|| nearest(name, all.iter().map(String::as_str)).map(str::to_owned))
}

/// A key whose place in the settings is given once and serves for reading and writing.
macro_rules! key {
    ($name:literal, $kind:expr, |$settings:ident| $place:expr, $doc:literal $(, example $example:literal)?) => {
        $crate::config::keys::Key {
            name: $name,
            kind: $kind,
            doc: $doc,
            example: concat!($($example)?),
            set: |$settings, value| {
                if let Some(held) = $crate::config::keys::held::Held::from_value(value) {
                    $place = held;
                }
            },
            get: |settings| {
                let $settings = &mut settings.clone();
                $crate::config::keys::held::Held::to_value(&$place)
            },
        }
    };
}
pub(super) use key;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_named_once_and_documented_in_a_sentence() {
        let mut seen = std::collections::BTreeSet::new();
        for section in SECTIONS {
            assert!(section.doc.ends_with('.'), "{}", section.name);
            for key in section.keys {
                let full = format!("{}.{}", section.name, key.name);
                assert!(key.doc.ends_with('.'), "{full}");
                assert!(key.default_text().is_some() || !key.example.is_empty(), "{full} shows nothing to set");
                assert!(find(&full).is_some_and(|(_, found)| std::ptr::eq(found, key)), "{full}");
                assert!(seen.insert(full.clone()), "{full} twice");
            }
        }
    }

    #[test]
    fn every_key_reaches_the_settings_and_comes_back() {
        for section in SECTIONS {
            for key in section.keys {
                let value = match key.kind {
                    Kind::Flag => Value::Flag(key.default_text().as_deref() != Some("true")),
                    Kind::Count(least, most) | Kind::Size(least, most) => {
                        let other = most.min(least.saturating_add(1));
                        Value::Number(if key.default_text() == key.kind.write(&Value::Number(other)) {
                            least
                        } else {
                            other
                        })
                    }
                    Kind::Time(least, _) => Value::Time(std::time::Duration::from_secs(least + 1)),
                    Kind::Text => Value::Text(Some("x".to_owned())),
                    Kind::Choice(words) => Value::Text(
                        words
                            .iter()
                            .map(|word| (*word).to_owned())
                            .find(|word| key.default_text() != key.kind.write(&Value::Text(Some(word.clone())))),
                    ),
                    Kind::Texts => Value::Texts(vec!["x".to_owned()]),
                    Kind::Path => Value::Path(Some("/x".into())),
                    Kind::Paths => Value::Paths(vec!["/x".into()]),
                    Kind::Listens => Value::Listens(vec![super::super::settings::Listen::Passed("x".to_owned())]),
                    Kind::Pairs => Value::Pairs(vec![("a".to_owned(), "b".to_owned())]),
                };
                let mut settings = Settings::default();
                (key.set)(&mut settings, value.clone());
                assert_eq!((key.get)(&settings), value, "{}.{}", section.name, key.name);
                assert_ne!(settings, Settings::default(), "{}.{}", section.name, key.name);
            }
        }
    }
}
