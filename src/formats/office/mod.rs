//! Documents of office programs, their containers, and the macros inside them.

pub mod activemime;
pub(crate) mod classes;
pub(crate) mod connection;
pub(crate) mod dde;
mod encryption;
pub(crate) mod equation;
pub mod excel_2003;
pub(crate) mod external;
pub(crate) mod field_reader;
pub mod flat_opc;
pub(crate) mod formula_text;
pub(crate) mod inflate;
pub mod odf;
pub mod ole;
pub(crate) mod ole1;
pub mod onenote;
pub mod ooxml;
pub mod query;
pub(crate) mod remote;
pub mod strings;
pub(crate) mod target;
pub mod vba;
pub mod word_2003;
pub(crate) mod word_fields;
pub(crate) mod xlm;
pub(crate) mod xml;
