//! The one configuration file of the daemon. [`keys`] knows every key; [`read`](read()) turns the TOML into [`Settings`], which
//! everything else reads, and says all that is wrong at once; [`load`](load()) reads the files; [`show`] writes the sample, the
//! documentation and what is effective.

mod check;
mod complaint;
pub mod keys;
mod listen;
mod load;
mod nearest;
mod read;
mod settings;
pub mod show;
#[cfg(test)]
mod tests;
mod value;

pub use complaint::{Complaint, ConfigError, Severity};
pub(crate) use listen::write as write_listen;
pub use load::{Loaded, load, rule_sources, setup, words};
pub use read::read;
pub use settings::*;
pub use value::{Kind, Value};
