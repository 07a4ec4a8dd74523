//! The shell of the daemon: configuration, sockets, privileges, workers, doors, signals, and the end.
//!
//! The order matters. Sockets are opened with the rights the daemon was started with; those rights are given up before a
//! thread is started (rights belong to threads) and before a byte of anyone else's is read; only then are rules compiled,
//! workers hired and doors opened.

mod accept;
mod doors;
mod error;
mod logging;
mod manager;
mod privileges;
mod reload;
mod running;
mod sockets;

use std::path::PathBuf;
use std::sync::Arc;

pub use error::ServeError;

use crate::config::{self, Loaded};
use crate::gate::desk::{DeathLog, Desk};
use crate::gate::{Checkpoint, Keeper};
use crate::sandbox::Extent;

/// How the daemon is started.
#[derive(Debug, Clone)]
pub struct Start {
    /// Its configuration.
    pub config: PathBuf,
    /// Whether it may go on as root.
    pub allow_root: bool,
}

/// Runs the daemon until it is told to stop.
pub fn run(start: &Start) -> Result<(), ServeError> {
    let Loaded { settings, warnings } = config::load(&start.config)?;
    let logging = logging::begin(&settings)?;
    for warning in &warnings {
        tracing::warn!("{}: {}", start.config.display(), warning.text);
    }
    let identity = privileges::choose(&settings, start.allow_root)?;
    let sockets = sockets::open(&settings, identity.as_ref())?;
    if let Some(identity) = &identity {
        identity.assume()?;
        if std::fs::File::open(&start.config).is_err() {
            tracing::warn!("{} cannot read {}, so a reload will fail", identity.name(), start.config.display());
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("sekisho")
        .build()
        .map_err(|error| ServeError::Runtime(error.to_string()))?;
    let done = runtime.block_on(async {
        let signals = running::Signals::listen()?;
        let workshop = reload::workshop(&settings, config::setup(&settings.scan)?)?;
        match workshop.enforced() {
            Some(enforced) if enforced.landlock == Extent::None => {
                tracing::warn!("workers are shut in, but this kernel has no Landlock: {enforced}");
            }
            Some(enforced) => tracing::info!("workers are shut in: {enforced}"),
            None => tracing::warn!("workers are not isolated: hostile mail is read inside the daemon"),
        }
        let keeper = settings.store.as_ref().map(Keeper::open).transpose()?;
        let deaths = keeper.clone().map(|keeper| keeper as Arc<dyn DeathLog>);
        let desk = Desk::open_remembering(workshop.clone(), &settings.workers, &settings.queue, deaths);
        let checkpoint = Checkpoint::new(desk, settings);
        if let Some(keeper) = keeper {
            checkpoint.keep_in(keeper);
        }
        running::run(start, Arc::clone(&checkpoint), workshop, sockets, logging, signals).await
    });
    // Whatever still blocks a thread (a scan that is not isolated) has had its time.
    runtime.shutdown_background();
    done
}
