//! Text that is no program and no document: notes, logs, CSV, source.

pub mod plain;
