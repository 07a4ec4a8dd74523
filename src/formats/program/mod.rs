//! What a computer runs or follows when it is opened: Windows programs, programs of other systems, shortcuts.

pub mod entropy;
mod file;
pub mod foreign;
pub mod lnk;
pub mod msi;
pub mod pe;
pub mod shortcut;
