//! Containers and compressed files.

pub mod compressed;
pub(crate) mod decoy_folder;
pub(crate) mod escape;
pub mod gzip;
pub(crate) mod inner_name;
pub mod lzh;
pub(crate) mod old_names;
pub(crate) mod password;
pub mod rar;
pub(crate) mod rare;
pub mod recognised;
pub(crate) mod self_extractor;
pub mod sevenz;
pub mod tar;
pub(crate) mod volumes;
pub mod zip;
