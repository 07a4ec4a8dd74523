//! Sinks: one file each. They see only [`Report`](crate::model::Report), and escape what came from the mail.

mod json;
mod language;
mod paint;
mod text;

pub use json::{Json, JsonLines, schema};
pub use language::Language;
pub use paint::Paint;
pub use text::Text;

use std::io;

use crate::model::Report;

/// Writes reports somewhere, one after the other.
pub trait Sink {
    /// Writes one report.
    fn write(&mut self, report: &Report) -> io::Result<()>;

    /// Writes what must come after the last report.
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}
