//! What a computer runs or follows when it is opened: Windows programs, programs of other systems, shortcuts.

pub mod autoit;
pub mod entropy;
mod file;
pub mod foreign;
pub mod inno;
pub mod installshield;
pub mod lnk;
pub mod msi;
pub mod nsis;
pub mod packages;
pub mod pe;
pub mod pyinstaller;
mod setup;
pub(crate) mod sfx;
pub mod shortcut;
