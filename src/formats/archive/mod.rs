//! Containers and compressed files.

pub mod ar;
pub(crate) mod bits;
pub mod cab;
pub mod compressed;
pub mod cpio;
pub(crate) mod decoy_folder;
pub(crate) mod escape;
pub mod gzip;
pub(crate) mod inner_name;
pub mod lzh;
pub(crate) mod member;
pub(crate) mod old_names;
pub(crate) mod password;
pub mod rar;
pub(crate) mod rare;
pub mod recognised;
pub mod rpm;
pub(crate) mod self_extractor;
pub mod sevenz;
pub mod tar;
pub(crate) mod volumes;
pub mod xar;
pub mod zip;
