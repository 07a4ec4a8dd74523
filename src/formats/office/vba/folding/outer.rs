//! What is known from outside a procedure: constants, functions that may be run, and texts of the document.

use std::collections::BTreeMap;

use super::super::running::Functions;
use super::super::value::Value;
use crate::formats::office::strings::key_in_code;

/// Known values by lower-case name.
pub(in super::super) type Known = BTreeMap<String, Value>;

/// Values known from outside a procedure: its module's, then the project's.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Outer<'a> {
    pub(in super::super) module: &'a Known,
    pub(in super::super) project: &'a Known,
    /// Functions that may be run for their value.
    pub(in super::super) functions: Option<&'a Functions<'a>>,
    /// What the document keeps outside its code.
    pub(in super::super) strings: &'a Strings,
    /// The module's name in lower case: in a form, its controls go without it.
    pub(in super::super) form: &'a str,
}

/// Texts by the names code reaches them by, lower case: `userform1.label1.caption`.
pub(in super::super) type Strings = BTreeMap<String, String>;

static NO_STRINGS: Strings = Strings::new();
static NOTHING: Known = Known::new();

impl Default for Outer<'_> {
    fn default() -> Self {
        Outer { module: &NOTHING, project: &NOTHING, functions: None, strings: &NO_STRINGS, form: "" }
    }
}

impl<'a> Outer<'a> {
    pub(in super::super) fn get(self, name: &str) -> Option<&'a Value> {
        self.module.get(name).or_else(|| self.project.get(name))
    }

    /// The text that the document keeps under this name. The default property of a control may be left out.
    pub(super) fn string(self, name: &str) -> Option<&'a String> {
        if self.strings.is_empty() {
            return None;
        }
        let name = name.to_lowercase().replace('!', ".");
        let bare = name.strip_prefix("me.").unwrap_or(&name);
        let bare = bare.strip_suffix(".text").unwrap_or(bare);
        let of = |name: &str| {
            let suffixes = ["", ".value", ".caption", ".text"].iter();
            suffixes.clone().find_map(|suffix| self.strings.get(&format!("{name}{suffix}")))
        };
        of(bare).or_else(|| of(&format!("{}.{bare}", self.form))).or_else(|| self.strings.get(&key_in_code(&name)?))
    }
}
