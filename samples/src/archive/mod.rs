//! Archives and compressed files.

pub mod zip;
