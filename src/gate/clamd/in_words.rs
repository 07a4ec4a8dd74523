//! The same words without a connection, for programs that stand in for a scanner of a mail server.

use std::sync::Arc;

use super::judgement::Rules;
use super::reply::Said;
use crate::config::{Actions, Clamd, ErrorStyle};
use crate::gate::Examined;
use crate::model::Report;
use crate::worker::Failure;

/// What the door would say of a report, without `stream: ` before it: `OK`, `<name> FOUND`, or `<message> ERROR`. What was
/// not read is `Heuristics.Limits.Exceeded.… FOUND`.
pub fn in_words(report: Report, failure: Option<Failure>) -> String {
    let door = Clamd { errors: ErrorStyle::Found, ..Clamd::default() };
    let outcome = Ok(Examined {
        report: Arc::new(report),
        id: String::new(),
        letters: Arc::from([]),
        failure,
        poison: None,
        from_cache: false,
    });
    match (Rules { door: &door, actions: &Actions::default(), every_name: false }).judge(&outcome) {
        Said::Clean | Said::Empty => "OK".to_owned(),
        Said::Found(names) => format!("{} FOUND", names.first().map_or("Sekisho.Unnamed", String::as_str)),
        Said::Failed(message) => format!("{message} ERROR"),
    }
}
