//! Containers and compressed files.

pub(crate) mod escape;
