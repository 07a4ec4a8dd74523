//! Text that is no program and no document: notes, logs, CSV, source; the readable runs of data that is no
//! text, and the encodings that hold bytes in text.

pub mod apple_double;
pub(crate) mod base64;
pub mod calendar;
pub mod carried;
pub mod contact;
mod content_line;
pub mod csv;
pub mod ds_store;
pub mod mac_binary;
pub(crate) mod percent;
pub mod plain;
pub mod records;
pub mod strings;
pub mod xml;
