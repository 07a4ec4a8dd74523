//! The sample file, the documentation, and what is effective: all written from [`keys`](super::keys).

use std::fmt::Write as _;

use super::keys::{EXCEPTIONS, EXCEPTIONS_DOC, Key, SECTIONS, Section};
use super::settings::Settings;
use super::value::{Kind, Value};

/// Width of comments in the sample.
const WIDTH: usize = 100;

/// The settings as a configuration that gives them again, with defaults written out. Sections that are not there are left out.
pub fn effective(settings: &Settings) -> String {
    let mut out = String::new();
    for section in SECTIONS.iter().filter(|section| (section.is_open)(settings)) {
        let _ = writeln!(out, "[{}]", section.name);
        for key in section.keys {
            if let Some(text) = key.text_in(settings) {
                let _ = writeln!(out, "{} = {text}", key.name);
            }
        }
        out.push('\n');
    }
    for exception in &settings.actions.exceptions {
        let recipients = Kind::Texts.write(&Value::Texts(exception.recipients.clone())).unwrap_or_default();
        let _ = writeln!(out, "[[{EXCEPTIONS}]]\nrecipients = {recipients}");
        for (cause, action) in &exception.actions {
            let _ = writeln!(out, "{} = \"{}\"", cause.as_str(), action.as_str());
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A commented file with every key at its default, all commented out.
pub fn sample() -> String {
    let mut out = String::from(
        "# Configuration of sekisho serve. Every key with its default; take away the # to change one.\n\
         # `sekisho config check` says what is wrong with a file, `sekisho config show` what is in force.\n\
         # Sizes: \"64M\". Durations: \"30s\", \"5m\", \"14d\". Paths are relative to this file.\n",
    );
    for section in SECTIONS {
        out.push('\n');
        comment(&mut out, &plain(section.doc));
        let _ = writeln!(out, "{}[{}]", if (section.is_open)(&Settings::default()) { "" } else { "#" }, section.name);
        for key in section.keys {
            out.push('\n');
            comment(&mut out, &plain(key.doc));
            let _ = writeln!(out, "#{} = {}", key.name, default_or_example(key));
        }
    }
    out.push('\n');
    comment(&mut out, &plain(EXCEPTIONS_DOC));
    let _ = write!(out, "#[[{EXCEPTIONS}]]\n#recipients = [\"jobs@example.com\"]\n#encrypted = \"accept\"\n");
    out
}

/// The documentation of all keys, as Markdown.
pub fn documentation() -> String {
    let mut out = String::from(
        "# Configuration\n\nGenerated from the declarations in the source. `sekisho config explain <key>` prints the same.\n\n\
         `sekisho serve` reads one TOML file, `/etc/sekisho/sekisho.toml` unless `--config` names another. Every key has a \
         default but `listen` of the doors and `path` of the store: an empty file is a valid configuration that opens no door. \
         Unknown keys are errors. Sizes are written `\"64M\"` (K, M, G, T, powers of 1024), durations `\"30s\"` (ms, s, m, h, d, \
         w, also `\"1h30m\"`). Relative paths are taken from the folder of the file.\n\n\
         `sekisho config check FILE` says everything that is wrong, with line, column and what to do, and exits with 64 if the \
         daemon would not start; `sekisho config show FILE` prints what is in force. On SIGHUP the daemon reads the file and the \
         rules again; if anything is wrong with them it says so and goes on with what it had. Addresses, numbers of workers and \
         queues, the store's place, user and group take a restart.\n",
    );
    for section in SECTIONS {
        let _ = write!(out, "\n## [{}]\n\n{}\n", section.name, section.doc);
        for key in section.keys {
            let _ = write!(out, "\n### {}.{}\n\n{}", section.name, key.name, explanation(key));
        }
    }
    let _ = write!(
        out,
        "\n## [[{EXCEPTIONS}]]\n\n{EXCEPTIONS_DOC}\n\n```toml\n[[{EXCEPTIONS}]]\nrecipients = [\"jobs@example.com\", \
         \"@lab.example.com\"]\nencrypted = \"accept\"\nsuspicious = \"tag\"\n```\n"
    );
    out
}

/// What a key means, may hold, and holds unless set.
pub fn explanation(key: &Key) -> String {
    let mut out = format!("{}\n\nMust be {}.", key.doc, key.kind.describe());
    // The default of the number of workers depends on the machine; its text says how.
    let depends = key.doc.contains("Default:");
    match key.default_text() {
        Some(_) if depends => {}
        Some(text) => {
            let _ = write!(out, " Default: `{text}`.");
        }
        None => {
            let _ = write!(out, " Not set by default; for example `{}`.", key.example);
        }
    }
    out.push('\n');
    out
}

/// What a section is for and which keys it has.
pub fn section_explanation(section: &Section) -> String {
    let mut out = format!("[{}]\n\n{}\n", section.name, section.doc);
    for key in section.keys {
        let _ = write!(out, "\n{}.{}\n", section.name, key.name);
        for line in explanation(key).lines().filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

fn default_or_example(key: &Key) -> String {
    let text = if key.example.is_empty() || !matches!(key.kind, Kind::Listens) { key.default_text() } else { None };
    // How many workers there are depends on the machine; the sample must not.
    match (key.name, key.doc.contains("Default:")) {
        ("count", true) => "8".to_owned(),
        ("reserved", true) => "2".to_owned(),
        _ => text.unwrap_or_else(|| key.example.to_owned()),
    }
}

/// Markdown as plain text.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

fn comment(out: &mut String, text: &str) {
    for paragraph in text.lines() {
        let mut line = String::from("#");
        for word in paragraph.split(' ') {
            if line.chars().count().saturating_add(word.chars().count()) >= WIDTH {
                let _ = writeln!(out, "{line}");
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}
