//! Makers of archives and compressed files, each written from its format's specification.

pub mod ace;
mod aes;
pub mod alz;
pub mod ar;
pub mod arj;
pub mod cab;
pub mod cpio;
pub mod gzip;
pub mod lzh;
pub mod quine;
pub mod rar;
pub mod sevenz;
pub mod tar;
pub mod zip;
pub mod zoo;
