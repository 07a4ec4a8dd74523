//! Shortcuts that are text: Internet shortcuts, library and search connectors, folder commands, themes, desktop entries,
//! remote desktop files. What matters in each is where it points and what it starts; the binary shortcut is
//! `program/lnk`.
//!
//! `settings` reads the lines all of them are made of, `kinds` declares the formats, `analyze` judges targets.

mod analyze;
mod findings;
pub mod kinds;
mod settings;

pub(crate) use settings::SettingsView;

#[cfg(test)]
mod tests;
