//! Taking an artifact apart.

use super::{Kinds, Outcome, StageError};
use crate::model::Artifact;

/// Takes a container apart into children. It adds and never aborts: an error ends this container only, and what it
/// gave before stays.
pub trait Unpacker: Send + Sync {
    /// Finding kinds it may raise.
    fn findings(&self) -> Kinds {
        &[]
    }

    /// Gives every child to `out`, in the container's order.
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError>;
}
