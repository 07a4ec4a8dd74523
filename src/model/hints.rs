//! What a message offers to help open its attachments: passwords, and where each was read; and what a document tells its
//! macro project.

use std::sync::Arc;

use super::site::Site;

/// Where a password came from; the report names it for the one that worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum PasswordSource {
    /// Given on the command line.
    CommandLine,
    /// Read in a message's text.
    Body,
    /// Read in a message's subject.
    Subject,
    /// Read in the name of an attachment or archive entry.
    FileName,
    /// Read in another message: of the same mailbox, of the same sender about that time, of the same thread.
    OtherMessage,
    /// Read in a text that lies in the same mail or archive.
    OtherText,
    /// From the built-in list of common passwords.
    CommonList,
    /// From a list the user gave.
    WordList,
}

impl PasswordSource {
    /// The source as a phrase: `the message body`.
    pub const fn as_str(self) -> &'static str {
        match self {
            PasswordSource::CommandLine => "the command line",
            PasswordSource::Body => "the message body",
            PasswordSource::Subject => "the subject",
            PasswordSource::FileName => "a file name",
            PasswordSource::OtherMessage => "another message",
            PasswordSource::OtherText => "a text beside it",
            PasswordSource::CommonList => "the common list",
            PasswordSource::WordList => "the word list",
        }
    }
}

/// One password to try.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PasswordHint {
    /// The candidate.
    pub text: String,
    /// Where it was read.
    pub source: PasswordSource,
}

/// Hints of a message and of everything it is inside of, nearest first. Fixed when the message is unpacked, before its
/// attachments are queued, so that threads cannot change what is found.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    passwords: Vec<PasswordHint>,
    outer: Option<Arc<Hints>>,
    words: Arc<[String]>,
    site: Arc<Site>,
    document: DocumentContext,
}

/// What a document tells its macro project, which is a part of its own. It concerns the document's own parts and is not
/// handed on to what lies deeper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentContext {
    /// Macros that run when the document is opened or shown, named outside the project.
    pub opened: Vec<String>,
    /// Macros that run by a click.
    pub clicked: Vec<String>,
    /// Texts that macros can reach, by a name that the reader of macros understands.
    pub strings: Arc<Vec<(String, String)>>,
}

impl DocumentContext {
    /// Whether this says anything that the other does not say in the same way.
    pub fn differs_from(&self, other: &DocumentContext) -> bool {
        *self != DocumentContext::default() && self != other
    }
}

/// Candidates tried per locked container; a message can offer many words and each costs a key derivation.
pub const MAX_PASSWORDS: usize = 64;

impl Hints {
    /// Hints that add to those of the enclosing message.
    pub fn new(passwords: Vec<PasswordHint>, outer: Option<Arc<Hints>>) -> Self {
        let words = outer.as_ref().map(|outer| outer.words.clone()).unwrap_or_default();
        let site = outer.as_ref().map(|outer| outer.site.clone()).unwrap_or_default();
        Hints { passwords, outer, words, site, document: DocumentContext::default() }
    }

    /// The same, with a list of words to try when all else has failed.
    pub fn with_words(mut self, words: Arc<[String]>) -> Self {
        self.words = words;
        self
    }

    /// The same, with what is known of the recipients.
    pub fn with_site(mut self, site: Arc<Site>) -> Self {
        self.site = site;
        self
    }

    /// The same, with what the document tells its macro project.
    pub fn with_document(mut self, document: DocumentContext) -> Self {
        self.document = document;
        self
    }

    /// What the document around tells its macro project.
    pub fn document(&self) -> &DocumentContext {
        &self.document
    }

    /// What is known of the recipients.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The list of words to try when all else has failed.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Candidates, nearest message first, without repeats, at most [`MAX_PASSWORDS`].
    pub fn passwords(&self) -> Vec<PasswordHint> {
        let mut all: Vec<PasswordHint> = Vec::new();
        let mut level = Some(self);
        while let Some(hints) = level {
            for hint in &hints.passwords {
                if all.len() < MAX_PASSWORDS && !all.iter().any(|known| known.text == hint.text) {
                    all.push(hint.clone());
                }
            }
            level = hints.outer.as_deref();
        }
        all
    }
}
