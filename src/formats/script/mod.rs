//! Scripts that the recipient's machine runs when they are opened. Recognised by structure first, then, when the content
//! is plain text, by the name's extension: Windows goes by nothing else. Their words are looked at, comments left out;
//! they are not run.
//!
//! One file per language says how it looks; `analyze` is shared.

mod analyze;
pub mod batch;
mod dialect;
pub mod encoded;
mod findings;
pub mod hta;
pub mod jscript;
pub mod powershell;
pub mod python;
pub mod registry;
pub mod shell;
pub mod vbscript;
pub mod wsf;

use crate::formats::text::plain::TextView;
use crate::model::Artifact;

/// Whether an artifact is text under one of these extensions.
fn is_text_named(artifact: &Artifact, extensions: &[&str]) -> bool {
    extensions.contains(&artifact.name.extension().as_str()) && artifact.view::<TextView>().is_ok()
}

/// The first characters of an artifact's text, lower case; empty if it is no text.
fn head(artifact: &Artifact) -> String {
    const HEAD: usize = 4096;
    match artifact.view::<TextView>() {
        Ok(view) => view.text.chars().take(HEAD).collect::<String>().to_lowercase(),
        Err(_) => String::new(),
    }
}

/// How many lines of the text start with one of these words.
fn lines_starting(text: &str, words: &[&str]) -> usize {
    text.lines().map(str::trim_start).filter(|line| words.iter().any(|word| line.starts_with(word))).count()
}

#[cfg(test)]
mod tests;
