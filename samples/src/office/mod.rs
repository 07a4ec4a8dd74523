//! Documents of office programs.

pub mod vba;
//! Makers of office documents: the compound file and the OOXML package around everything else.

pub mod cfb;
pub mod ooxml;
