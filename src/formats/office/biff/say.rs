//! What a BIFF stream shows: macros, DDE links, and that it is encrypted.

use super::globals::globals;
use super::records::records;
use super::version::is_workbook;
use super::workbook::program;
use crate::formats::office::dde::{DdeHost, say_dde};
use crate::formats::office::xlm;
use crate::knowledge::dde::is_launcher;
use crate::model::{Location, Problem};
use crate::stage::{Outcome, StageError};

/// Says what a workbook's stream shows. What is encrypted is said to be so where the container does not know.
pub(crate) fn say(stream: &[u8], place: &Location, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if !is_workbook(stream) {
        return Ok(());
    }
    let globals = globals(stream);
    for sheet in globals.sheets.iter().filter(|sheet| sheet.odd_state != 0) {
        let what = format!("sheet {} has state bits {:#04x} without a meaning", sheet.name, sheet.odd_state);
        out.problem(Problem::odd(what, place.clone()));
    }
    for (service, topic) in globals.services() {
        say_service(out, service, topic, place);
    }
    if globals.is_encrypted {
        // Where Excel looks for it, whoever opens encrypted documents has looked too.
        if !is_locked(stream) {
            out.problem(Problem::encrypted("the workbook is encrypted from some record on", place.clone()));
        }
        return Ok(());
    }
    if !globals.sheets.iter().any(|sheet| sheet.is_macro) {
        return Ok(());
    }
    xlm::say(&program(globals, place), out)
}

/// Whether a workbook's stream is encrypted: FilePass comes among the first records, MS-XLS 2.4.117.
pub(crate) fn is_locked(stream: &[u8]) -> bool {
    const FIRST: usize = 64;
    const FILE_PASS: u16 = 0x002F;
    is_workbook(stream) && records(stream, 0).take(FIRST).any(|record| record.kind == FILE_PASS)
}

/// A book with two parts is DDE, or a link to an embedded OLE server, whose service is a class name.
fn say_service(out: &mut Outcome<'_>, service: &str, topic: &str, place: &Location) {
    let is_ole_class = service.contains('.') && !topic.is_empty() && !is_launcher(service);
    if !is_ole_class {
        say_dde(out, DdeHost::Excel, service, topic, place.clone());
    }
}
