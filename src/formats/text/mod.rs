//! Text that is no program and no document: notes, logs, CSV, source; and the readable runs of data that is no text.

pub mod plain;
pub mod strings;
