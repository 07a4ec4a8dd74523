//! Names of OpenDocument: `rules/indicators/opendocument.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::relationships::Use;

#[derive(Deserialize)]
struct Table {
    opening: Vec<String>,
    leaving: Vec<String>,
    hovering: Vec<String>,
    content: Vec<String>,
    media: Vec<String>,
    template: Vec<String>,
    commands: Vec<String>,
    installed_runners: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("opendocument.toml", include_str!("../../rules/indicators/opendocument.toml")));

fn holds(list: &[String], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// When an event comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// When the document is opened or closed.
    Document,
    /// When the pointer passes over something.
    Hover,
    /// When somebody clicks, types or chooses.
    Action,
}

/// When an event of this name (without prefix) comes.
pub fn moment_of(event: &str) -> Moment {
    if holds(&TABLE.opening, event) || holds(&TABLE.leaving, event) {
        Moment::Document
    } else if holds(&TABLE.hovering, event) {
        Moment::Hover
    } else {
        Moment::Action
    }
}

/// What becomes of the target of an element, by its local name.
pub fn use_of(element: &str) -> Use {
    if holds(&TABLE.template, element) {
        Use::Template
    } else if holds(&TABLE.content, element) {
        Use::Content
    } else if holds(&TABLE.media, element) {
        Use::Media
    } else {
        Use::Link
    }
}

/// Whether a target runs a command or macro of the office program.
pub fn is_command(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| holds(&TABLE.commands, scheme.trim()))
}

/// Whether a script is one that comes with the program and runs what it is given.
pub fn is_installed_runner(target: &str) -> bool {
    let target = target.to_lowercase();
    TABLE.installed_runners.iter().any(|name| target.contains(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_meaning() {
        assert_eq!(moment_of("load"), Moment::Document);
        assert_eq!(moment_of("mouseover"), Moment::Hover);
        assert_eq!(moment_of("click"), Moment::Action);
        assert_eq!(use_of("section-source"), Use::Content);
        assert_eq!(use_of("a"), Use::Link);
        assert!(is_command("vnd.libreoffice.command:x"));
        assert!(!is_command("https://example.com/"));
    }
}
