//! Documents of office programs, their containers, and the macros inside them.

pub mod ole;
pub mod vba;
