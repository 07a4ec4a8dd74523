//! Disk images. A virtual disk (`vhd`, `vhdx`, …) or the file itself is a [`source::Disk`]; `volumes` finds partitions
//! and file systems on it; each file system gives its files through a [`volume::Volume`], which says of all of them
//! what is said of archive entries.

mod apple_codecs;
mod cache;
mod content;
pub mod dmg;
pub mod ext;
pub mod fat;
pub mod hfsplus;
pub mod iso9660;
mod mapped;
pub mod ntfs;
pub mod partition;
pub mod qcow;
mod source;
mod trees;
pub mod udf;
pub mod vhd;
pub mod vhdx;
pub mod vmdk;
mod volume;
mod volumes;
pub mod wim;
