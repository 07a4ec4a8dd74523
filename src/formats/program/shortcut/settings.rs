//! Lines of `key=value` under `[section]` heads: the shape of .ini files and their kin. Freedesktop's, Windows' and the
//! remote desktop's `key:type:value` are all read; what is none of these is passed over.

use bytes::Bytes;

use crate::formats::text::plain::TextView;
use crate::model::{ParseError, View};

/// Settings kept; honest files have a few dozen.
const MAX_SETTINGS: usize = 10_000;

/// The settings of a file.
#[derive(Debug, Default)]
pub(crate) struct SettingsView {
    /// Section heads met, lower case.
    pub(crate) sections: Vec<String>,
    /// Settings in the file's order.
    pub(crate) settings: Vec<Setting>,
    /// Lines that are neither.
    pub(crate) others: Vec<String>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Its section, lower case; empty before the first head.
    pub(crate) section: String,
    /// Its key, lower case.
    pub(crate) key: String,
    /// Its value.
    pub(crate) value: String,
    /// Line, from 1.
    pub(crate) line: u64,
}

impl View for SettingsView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let view = TextView::parse(bytes)?;
        let mut found = SettingsView::default();
        let mut section = String::new();
        for (line, number) in view.text.lines().zip(1u64..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with([';', '#']) {
                continue;
            }
            if found.settings.len().saturating_add(found.others.len()) >= MAX_SETTINGS {
                break;
            }
            if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                section = head.trim().to_lowercase();
                if found.sections.len() < 1_000 {
                    found.sections.push(section.clone());
                }
            } else if let Some((key, value)) = split(line) {
                found.settings.push(Setting {
                    section: section.clone(),
                    key: key.trim().to_lowercase(),
                    value: value.trim().trim_matches('"').to_owned(),
                    line: number,
                });
            } else {
                found.others.push(line.to_owned());
            }
        }
        Ok(found)
    }
}

/// `key=value`, or `key:s:value` with a type of one letter.
fn split(line: &str) -> Option<(&str, &str)> {
    if let Some((key, rest)) = line.split_once(':')
        && let Some((kind, value)) = rest.split_once(':')
        && kind.len() == 1
        && !key.contains('=')
    {
        return Some((key, value));
    }
    line.split_once('=')
}

impl SettingsView {
    /// Whether there is a section.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        self.sections.iter().any(|section| section == name)
    }

    /// Values of a key, in whatever section.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Setting> {
        self.settings.iter().filter(move |setting| setting.key == key)
    }

    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|setting| setting.key == key).map(|setting| setting.value.as_str())
    }
}
