//! Containers and compressed files.

pub(crate) mod decoy_folder;
pub(crate) mod escape;
pub mod gzip;
pub mod lzh;
pub(crate) mod old_names;
pub(crate) mod password;
pub(crate) mod rare;
pub mod sevenz;
pub mod tar;
#[cfg(test)]
pub(crate) mod trial;
pub mod zip;
