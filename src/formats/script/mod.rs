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

use std::ops::Deref;
use std::sync::Arc;

use crate::formats::text::plain::TextView;
use crate::model::Artifact;

/// Whether an artifact goes by one of these extensions. Asked only where no other format claims the bytes: script hosts
/// run what is named so even where it holds bytes that no text has.
fn is_named(artifact: &Artifact, extensions: &[&str]) -> bool {
    extensions.contains(&artifact.name.extension().as_str()) && !artifact.bytes.is_empty()
}

/// The text as a script host reads it: bytes that no text has are passed over.
fn text(artifact: &Artifact) -> String {
    match artifact.view::<TextView>() {
        Ok(view) => view.text.clone(),
        Err(_) => String::from_utf8_lossy(&artifact.bytes).into_owned(),
    }
}

/// The first characters of a text, lower case.
struct Head(Option<Arc<TextView>>);

impl Deref for Head {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_ref().map_or("", |view| view.lower_head())
    }
}

/// The first characters of an artifact's text, lower case; empty if it is no text.
fn head(artifact: &Artifact) -> Head {
    Head(artifact.view::<TextView>().ok())
}

/// How many lines of the text start with one of these words.
fn lines_starting(text: &str, words: &[&str]) -> usize {
    text.lines().map(str::trim_start).filter(|line| words.iter().any(|word| line.starts_with(word))).count()
}

#[cfg(test)]
mod tests;
