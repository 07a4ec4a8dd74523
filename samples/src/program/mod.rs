//! Makers of programs, shortcuts and icons. Every program made here does one thing when run: it returns.

pub mod autoit;
pub mod icon;
pub mod lnk;
pub mod msi;
pub mod noise;
pub mod packages;
pub mod pe;
pub mod pyinstaller;
pub mod resource;

pub use icon::Icon;
pub use lnk::Lnk;
pub use noise::noise;
pub use pe::Pe;
