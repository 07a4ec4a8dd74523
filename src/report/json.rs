//! JSON: one document for one report or an array for several, or one line per report.

use std::io::{self, Write};

use super::Sink;
use crate::model::Report;

/// A JSON document: the report itself if there is one, an array if there are several.
pub struct Json<W> {
    out: W,
    waiting: Option<Report>,
    count: usize,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Json { out, waiting: None, count: 0 }
    }

    fn flush_waiting(&mut self, is_last: bool) -> io::Result<()> {
        let Some(report) = self.waiting.take() else { return Ok(()) };
        self.count = self.count.saturating_add(1);
        if self.count == 1 && !is_last {
            self.out.write_all(b"[\n")?;
        } else if self.count > 1 {
            self.out.write_all(b",\n")?;
        }
        serde_json::to_writer_pretty(&mut self.out, &report)?;
        if is_last && self.count > 1 {
            self.out.write_all(b"\n]")?;
        }
        if is_last {
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }
}

impl<W: Write> Sink for Json<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        self.flush_waiting(false)?;
        self.waiting = Some(report.clone());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.waiting.is_none() && self.count == 0 {
            self.out.write_all(b"[]\n")?;
        }
        self.flush_waiting(true)?;
        self.out.flush()
    }
}

/// JSON Lines: one report a line, written as soon as it is there.
pub struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        JsonLines { out }
    }
}

impl<W: Write> Sink for JsonLines<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, report)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// The JSON schema of a report, as kept in `docs/report.schema.json`.
pub fn schema() -> String {
    // What is written, not what might be read: fields left out when empty are not required.
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Report>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
