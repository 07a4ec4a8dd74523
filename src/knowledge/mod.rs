//! Tables of words, names and extensions: data under `rules/indicators/`, read once. Logic stays with its stage.

pub mod autostart;
pub mod clsids;
pub mod dde;
pub mod document_strings;
pub mod extensions;
pub mod formulas;
pub mod help;
pub mod html;
pub mod icons;
pub mod interpreters;
pub mod iocs;
pub mod launchers;
pub mod manuals;
pub mod names;
pub mod noise;
pub mod opendocument;
pub mod ordinals;
pub mod passwords;
pub mod pdf;
pub mod power_query;
pub mod programs;
pub mod relationships;
pub mod rtf;
pub mod script;
pub mod senders;
pub mod streams;
pub mod vba;
pub mod xlm;

/// Reads a table that is part of the program.
#[expect(clippy::panic, reason = "a shipped table that does not parse is a build error; a test reads every table")]
pub(crate) fn shipped<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => panic!("rules/indicators/{name}: {error}"),
    }
}
