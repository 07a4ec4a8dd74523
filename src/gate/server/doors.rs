//! Which door speaks what.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::ServeError;
use super::accept::{Open, take};
use super::sockets::Socket;
use crate::gate::{Checkpoint, Door, clamd, http, milter, olefy};

/// Opens the doors behind these sockets; each ends after `stop`, when its connections have.
pub(super) fn open(
    sockets: Vec<Socket>,
    checkpoint: &Arc<Checkpoint>,
    stop: &watch::Receiver<bool>,
    doors: &mut JoinSet<()>,
) -> Result<(), ServeError> {
    let mut counts: BTreeMap<Door, Open> = BTreeMap::new();
    let reception = http::Reception::new(checkpoint.clone());
    for socket in sockets {
        let (door, address) = (socket.door, socket.address.clone());
        let failed = |why: String| ServeError::Listen { door: door.as_str(), address: address.clone(), why };
        let bound = socket.bound().map_err(|error| failed(error.to_string()))?;
        let open = counts.entry(door).or_default().clone();
        let (checkpoint, stop) = (checkpoint.clone(), stop.clone());
        match door {
            Door::Milter => {
                let serve = {
                    let (checkpoint, stop) = (checkpoint.clone(), stop.clone());
                    move |stream, _| milter::serve(stream, checkpoint.clone(), stop.clone())
                };
                doors.spawn(take(door, bound, open, checkpoint, stop, serve));
            }
            // The hook is a path of the HTTP door.
            Door::Http | Door::Hook => {
                let serve = {
                    let (reception, stop) = (reception.clone(), stop.clone());
                    move |stream, _| reception.clone().serve(stream, stop.clone())
                };
                doors.spawn(take(door, bound, open, checkpoint, stop, serve));
            }
            Door::Clamd => {
                let serve = {
                    let (checkpoint, stop) = (checkpoint.clone(), stop.clone());
                    move |stream, _| clamd::serve(stream, checkpoint.clone(), stop.clone())
                };
                doors.spawn(take(door, bound, open, checkpoint, stop, serve));
            }
            Door::Olefy => {
                let serve = {
                    let (checkpoint, stop) = (checkpoint.clone(), stop.clone());
                    move |stream, _| olefy::serve(stream, checkpoint.clone(), stop.clone())
                };
                doors.spawn(take(door, bound, open, checkpoint, stop, serve));
            }
        }
        tracing::info!(door = %door.as_str(), %address, "listening");
    }
    Ok(())
}
