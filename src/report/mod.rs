//! Sinks: one file each. They see only [`Report`](crate::model::Report).

mod language;

pub use language::Language;
