//! Makers of archives and compressed files, each written from its format's specification.

pub mod gzip;
pub mod lzh;
pub mod quine;
pub mod sevenz;
pub mod tar;
pub mod zip;
