//! Why the daemon does not run.

use crate::config::ConfigError;
use crate::store::StoreError;
use crate::worker::SetupError;

/// Why the daemon does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration, or a file it names, is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Rules or policy are wrong.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Quarantine and history cannot be opened.
    #[error("cannot open the store: {0}")]
    Store(#[from] StoreError),
    /// No door is configured.
    #[error("no door is open: the configuration has no [milter], [clamd], [http] or [olefy]")]
    NoDoor,
    /// A socket cannot be opened.
    #[error("cannot listen on {address} ({door}): {why}")]
    Listen {
        /// The door.
        door: &'static str,
        /// The address as configured.
        address: String,
        /// Why not, and what to do.
        why: String,
    },
    /// Privileges cannot be given up.
    #[error("{0}")]
    Privileges(String),
    /// The log cannot be written.
    #[error("cannot start the log: {0}")]
    Log(String),
    /// The runtime or a signal handler cannot be set up.
    #[error("cannot start: {0}")]
    Runtime(String),
}

impl ServeError {
    /// Whether starting again with the same configuration would fail again.
    pub fn is_about_configuration(&self) -> bool {
        match self {
            ServeError::Config(_) | ServeError::NoDoor => true,
            // That no worker can be started lies in the machine.
            ServeError::Setup(error) => !matches!(error, SetupError::NotStarted(_)),
            _ => false,
        }
    }
}
