//! The one configuration file of the daemon: what the TOML says ([`raw`] is its shape), checked and turned into
//! [`Settings`], which everything else reads.

mod settings;

pub use settings::*;
