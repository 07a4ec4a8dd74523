//! Text that is no program and no document: notes, logs, CSV, source; and the readable runs of data that is no text.

pub mod apple_double;
pub mod csv;
pub mod ds_store;
pub mod plain;
pub mod records;
pub mod strings;
pub mod xml;
