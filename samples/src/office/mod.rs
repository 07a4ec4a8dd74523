//! Documents of office programs.

pub mod vba;
