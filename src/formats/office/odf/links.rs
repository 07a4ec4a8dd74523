//! Targets outside the document, and links to other programs.

use super::findings::{COMMAND_LINK, MACRO_BOUND, MACRO_ELSEWHERE};
use super::flat::FlatView;
use super::macros::{say_elsewhere, say_event};
use super::parser::OdfView;
use super::reading::{Content, Target, place};
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::formula_text::{Call, calls};
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::target::{self, target};
use crate::knowledge::formulas::Reach;
use crate::knowledge::opendocument::{is_command, use_of};
use crate::knowledge::relationships::{Use, is_decisive_scheme, is_odd_scheme};
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

const KINDS: Kinds =
    &[MACRO_BOUND, MACRO_ELSEWHERE, COMMAND_LINK, REMOTE_OBJECT, REMOTE_IMAGE, REMOTE_HOST_UNUSUAL, DDE_LINK];

/// Looks at packages.
pub(super) struct PackageLinks;

impl Analyzer for PackageLinks {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        say(&artifact.view::<OdfView>()?.content, out);
        Ok(())
    }
}

/// Looks at flat documents.
pub(super) struct FlatLinks;

impl Analyzer for FlatLinks {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        say(&artifact.view::<FlatView>()?.content, out);
        Ok(())
    }
}

fn say(content: &Content, out: &mut Outcome<'_>) {
    // Findings of one kind are capped; the weightiest must not be lost behind the others.
    let mut events: Vec<_> = content.events.iter().collect();
    events.sort_by_key(|event| !super::macros::started(event));
    for event in events {
        say_event(event, out);
    }
    for target in &content.targets {
        say_target(target, out);
    }
    for link in &content.exchanges {
        say_dde(out, DdeHost::Word, &link.service, &link.topic, place(&link.part));
    }
    for (part, formula) in &content.formulas {
        let at = || place(part);
        let start = formula.find('=').unwrap_or(0);
        for call in calls(formula.get(start..).unwrap_or_default()) {
            match call {
                Call::Link { service, topic } => say_dde(out, DdeHost::Excel, &service, &topic, at()),
                Call::Function { name, reach, target: Some(text), .. } => {
                    let to = target(&text);
                    if let Some(ioc) = to.ioc(&format!("formula {name}"), at()) {
                        out.ioc(ioc);
                    }
                    if reach == Reach::Fetches {
                        say_fetched(Use::Content, &to, &format!("formula {name}"), &text, &at, out);
                    }
                }
                Call::Function { .. } => {}
            }
        }
    }
}

fn say_target(found: &Target, out: &mut Outcome<'_>) {
    let at = || place(&found.part);
    let purpose = use_of(&found.element);
    if is_command(&found.href) {
        say_elsewhere(&found.href, &at, out);
        let is_own = found.href.contains("location=document");
        let severity = match (purpose, is_own) {
            (Use::Link, true) => Severity::Low,
            (Use::Link, false) => Severity::Medium,
            (Use::Content | Use::Media | Use::Template | Use::Unknown, _) => COMMAND_LINK.severity,
        };
        out.raise_as(COMMAND_LINK, severity, false, at(), format!("{} {}", found.element, found.href));
        return;
    }
    let to = target(&found.href);
    if let Some(ioc) = to.ioc(&format!("target of {}", found.element), at()) {
        out.ioc(ioc);
    }
    say_fetched(purpose, &to, &found.element, &found.href, &at, out);
}

/// As for the relationships of Office Open XML: what is fetched by itself, and schemes that start a program.
fn say_fetched(
    purpose: Use,
    to: &target::Target,
    what: &str,
    href: &str,
    at: &dyn Fn() -> Location,
    out: &mut Outcome<'_>,
) {
    use target::Reach::{Lan, Named, Odd};
    use target::Target::{Local, Scheme, Share, Web};
    let severity = match (purpose, to) {
        (_, Scheme(scheme)) if is_decisive_scheme(scheme) || is_odd_scheme(scheme) => Severity::High,
        (Use::Link, _) | (_, Local | Scheme(_)) => return,
        (_, Share(_, Lan)) => Severity::Low,
        (_, Share(_, Named)) => Severity::Medium,
        (_, Share(_, Odd)) => Severity::High,
        (Use::Content, Web(_, Lan)) => Severity::Low,
        (Use::Content, Web(_, Named)) => Severity::Medium,
        (Use::Content, Web(_, Odd)) => Severity::High,
        // A template is compared with its copy when the document opens; nothing of it runs.
        (Use::Media | Use::Template | Use::Unknown, Web(..)) => Severity::Low,
    };
    let kind = if purpose == Use::Media { REMOTE_IMAGE } else { REMOTE_OBJECT };
    out.raise_as(kind, severity, false, at(), format!("{what} {href}"));
    let is_of_the_web = purpose != Use::Content && matches!(to, Web(..));
    if to.reach() == Some(Odd) && !is_of_the_web {
        out.raise(REMOTE_HOST_UNUSUAL, at(), href);
    }
}
