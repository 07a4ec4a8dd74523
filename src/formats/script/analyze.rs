//! What all scripts are looked at for.

use std::sync::LazyLock;

use regex::Regex;

use super::dialect::Dialect;
use super::findings::{KINDS, SCRIPT_CALLS_OUT, SCRIPT_ENCODED, SCRIPT_FILE, SCRIPT_OBFUSCATED};
use super::text;
use crate::formats::document::html::HTML;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::knowledge::names::names;
use crate::knowledge::script::{Effect, capabilities};
use crate::model::{Artifact, Location, OriginKind, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at scripts of one language.
pub(super) struct ScriptAnalyzer {
    /// How it writes comments.
    pub(super) dialect: Dialect,
    /// What a script in this language weighs as a file.
    pub(super) weight: Severity,
    /// What Windows or a reader calls it.
    pub(super) title: &'static str,
    /// Words of starting programs that mean nothing in this language: its own name.
    pub(super) own_words: &'static [&'static str],
}

impl Analyzer for ScriptAnalyzer {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let text = text(artifact);
        let code = self.dialect.code(&text);
        let lower = code.to_lowercase();
        self.file(artifact, &lower, out);
        if let Some(at) = text.find("#@~^") {
            out.raise(SCRIPT_ENCODED, Location::at(at), text.get(at..).unwrap_or_default());
        }
        // What a web page's own script uses to draw itself is no sign of anything.
        if artifact.parent_format == HTML && !artifact.origin.is_file {
            return Ok(());
        }
        let word = |effect: Effect| self.word(&lower, effect);
        if let Some(word) = word(Effect::Download) {
            out.raise(SCRIPT_CALLS_OUT, Location::whole(), around(&lower, word));
        }
        if let (Some(hidden), Some(run)) = (word(Effect::Hide), word(Effect::Run)) {
            out.raise(SCRIPT_OBFUSCATED, Location::whole(), format!("{} with {}", hidden.trim(), run.trim()));
        } else if let Some(shape) = unreadable(&code) {
            out.raise(SCRIPT_OBFUSCATED, Location::whole(), shape);
        }
        Ok(())
    }
}

impl ScriptAnalyzer {
    /// Whether it is a file that runs when opened.
    fn file(&self, artifact: &Artifact, code: &str, out: &mut Outcome<'_>) {
        if !artifact.origin.is_file {
            return;
        }
        let extension = artifact.name.extension();
        let severity = match class(&extension) {
            Some(class) if class.is_launchable() => self.weight,
            // Opens in an editor or viewer, whatever is in it.
            Some(ExtensionClass::Document | ExtensionClass::Image) => return,
            _ => self.weight.min(Severity::Medium),
        };
        // Who names a script to be scanned knows that it is one; nobody brought it in a mail or an archive. Then it has
        // to pose as a document or do what droppers do.
        let is_given = artifact.origin.kind == OriginKind::Input;
        let severity = if is_given && !poses(&artifact.name.text) && !self.acts(code) {
            severity.min(if self.own_words.is_empty() { Severity::Medium } else { Severity::Low })
        } else {
            severity
        };
        let observed = format!("{}: {}", artifact.name.file_name(), self.title);
        out.raise_as(SCRIPT_FILE, severity, false, Location::whole(), observed);
    }

    /// Whether it starts programs. In a shell's own language that is what everything does: there, what it starts has to
    /// be fetched or hidden as well.
    fn acts(&self, code: &str) -> bool {
        let starts = self.word(code, Effect::Run).is_some();
        let more = || [Effect::Download, Effect::Hide].into_iter().any(|effect| self.word(code, effect).is_some());
        starts && (self.own_words.is_empty() || more())
    }

    /// The first word with this effect in code of lower case.
    fn word(&self, code: &str, effect: Effect) -> Option<&'static String> {
        capabilities()
            .iter()
            .filter(|capability| capability.what == effect)
            .flat_map(|capability| &capability.words)
            .filter(|word| !self.own_words.contains(&word.as_str()))
            .find(|word| has_word(code, word))
    }
}

/// Whether the word is there and does not begin within another (`curl` in `parseurl`).
fn has_word(code: &str, word: &str) -> bool {
    let begins_a_name = word.starts_with(|c: char| c.is_ascii_alphanumeric());
    memchr::memmem::find_iter(code.as_bytes(), word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|at| code.as_bytes().get(at));
        !begins_a_name || !before.is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// Whether the name is one of a business document.
fn poses(name: &str) -> bool {
    let name = name.to_lowercase();
    names().lures.iter().any(|word| name.contains(word.as_str()))
}

/// The word with what stands around it, on one line.
fn around(text: &str, word: &str) -> String {
    let at = text.find(word).unwrap_or(0);
    let line_start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end.saturating_add(1));
    text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default().trim().to_owned()
}

/// Ways of writing that serve to be unreadable, with how often each has to occur.
static SHAPES: LazyLock<Vec<(Regex, usize, &str)>> = LazyLock::new(|| {
    [
        (r"%[^%\s:]{1,64}:~-?\d+(?:,-?\d+)?%", 5, "slices of variables"),
        // Not the letters that make it an escape: a line end, a tab.
        (r"[A-Za-z]`[A-Za-z&&[^abefnrtuv]]", 8, "backticks inside words"),
        (r#"["']\{\d+\}(?:\{\d+\})+["']\s*-f"#, 2, "words put together by format"),
        (r"(?i)chrw?\(\s*[\d&hx]+\s*\)\s*[&+]\s*chrw?\(", 5, "characters spelled by number"),
        (r"\^[A-Za-z]\^[A-Za-z]\^", 3, "carets inside words"),
        (r"\\x[0-9a-fA-F]{2}\\x[0-9a-fA-F]{2}\\x[0-9a-fA-F]{2}", 20, "characters spelled in hexadecimal"),
    ]
    .into_iter()
    .filter_map(|(pattern, count, what)| Some((Regex::new(pattern).ok()?, count, what)))
    .collect()
});

fn unreadable(code: &str) -> Option<String> {
    SHAPES.iter().find(|(shape, count, _)| shape.find_iter(code).take(*count).count() == *count).map(
        |(shape, _, what)| {
            let sample =
                shape.find(code).map(|found| found.as_str().chars().take(60).collect::<String>()).unwrap_or_default();
            format!("{what}: {sample}")
        },
    )
}
