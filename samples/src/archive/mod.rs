//! Makers of archives and compressed files, each written from its format's specification.

mod aes;
pub mod ar;
pub mod cab;
pub mod cpio;
pub mod gzip;
pub mod lzh;
pub mod quine;
pub mod rar;
pub mod sevenz;
pub mod tar;
pub mod zip;
