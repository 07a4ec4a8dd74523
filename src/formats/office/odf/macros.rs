//! Macros that a document starts, its own and others'.

use super::findings::{MACRO_BOUND, MACRO_ELSEWHERE};
use super::reading::{Event, place};
use crate::formats::text::percent::percent_decoded;
use crate::knowledge::opendocument::{Moment, is_installed_runner, moment_of};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// An event's name without prefix.
fn plain(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether an event comes without a click.
pub(super) fn started(event: &Event) -> bool {
    moment_of(plain(&event.name)) != Moment::Action
}

/// The procedure of `vnd.sun.star.script:Library.Module.Name?language=Basic&location=document` and its older forms.
pub(super) fn target_name(target: &str) -> String {
    let path = target.rsplit(':').next().unwrap_or(target).split('?').next().unwrap_or_default();
    let path = path.split('(').next().unwrap_or_default();
    path.rsplit(['.', '$', '/']).next().unwrap_or_default().to_owned()
}

pub(super) fn say_event(event: &Event, out: &mut Outcome<'_>) {
    let at = || place(&event.part);
    let severity = match moment_of(plain(&event.name)) {
        Moment::Document | Moment::Hover => MACRO_BOUND.severity,
        Moment::Action => Severity::Info,
    };
    out.raise_as(MACRO_BOUND, severity, false, at(), format!("{} starts {}", event.name, event.target));
    say_elsewhere(&event.target, &at, out);
}

/// A script that does not lie in the document.
pub(super) fn say_elsewhere(target: &str, at: &dyn Fn() -> Location, out: &mut Outcome<'_>) {
    let decoded = String::from_utf8_lossy(&percent_decoded(target.as_bytes())).to_lowercase();
    let climbs = decoded.contains("../") || decoded.contains("..\\") || decoded.contains("/..");
    let location = decoded.split("location=").nth(1).unwrap_or_default();
    let location: String = location.chars().take_while(|c| c.is_alphanumeric()).collect();
    let is_outside = matches!(location.as_str(), "user" | "share" | "application" | "bundled");
    let observed = target.to_owned();
    if climbs && (decoded.contains("script") || is_outside) {
        out.raise_as(MACRO_ELSEWHERE, Severity::Critical, true, at(), observed);
    } else if is_installed_runner(&decoded) && location != "document" {
        out.raise_as(MACRO_ELSEWHERE, Severity::Critical, false, at(), observed);
    } else if is_outside {
        out.raise_as(MACRO_ELSEWHERE, Severity::Medium, false, at(), observed);
    }
}
