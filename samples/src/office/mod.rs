//! Makers of office documents: the compound file and the OOXML package around everything else, and VBA projects.

pub mod access;
pub mod activemime;
pub mod biff;
pub mod cfb;
pub mod encryption;
pub mod forms;
pub mod formula;
pub mod hwp;
pub mod macros;
pub mod odf;
pub mod ole1;
pub mod onenote;
pub mod ooxml;
pub mod pcode;
pub mod presentation;
pub mod single_xml;
pub mod vba;
pub mod visio;
pub mod word;
