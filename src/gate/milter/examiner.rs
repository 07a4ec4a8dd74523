//! What the door needs of the checkpoint; a trait, so that tests can have scans that take long and stores that fail.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::config::{Action, Cause, Settings};
use crate::gate::checkpoint::{Checkpoint, Door, Envelope, Examined, NotKept, Refused, Request};
use crate::gate::intake::Intake;
use crate::worker::{Replacement, Rewritten};

/// Judges, keeps and rewrites mails.
pub(super) trait Examiner: Sync {
    /// See [`Checkpoint::settings`].
    fn settings(&self) -> Arc<Settings>;

    /// See [`Checkpoint::intake`].
    fn intake(&self) -> &Arc<Intake>;

    /// See [`Checkpoint::examine`].
    fn examine(&self, request: Request) -> impl Future<Output = Result<Examined, Refused>> + Send;

    /// See [`Checkpoint::quarantine`].
    fn quarantine(
        &self,
        message: Bytes,
        envelope: &Envelope,
        examined: &Examined,
        cause: Cause,
    ) -> impl Future<Output = Result<String, NotKept>> + Send;

    /// See [`Checkpoint::rewrite`].
    fn rewrite(
        &self,
        message: Bytes,
        replacement: Replacement,
        deadline: Instant,
    ) -> impl Future<Output = Option<Rewritten>> + Send;

    /// See [`Checkpoint::released`].
    fn released(&self, mark: &str) -> impl Future<Output = bool> + Send;

    /// This was done with a mail.
    fn acted(&self, action: Action);
}

impl Examiner for Checkpoint {
    fn settings(&self) -> Arc<Settings> {
        Checkpoint::settings(self)
    }

    fn intake(&self) -> &Arc<Intake> {
        Checkpoint::intake(self)
    }

    async fn examine(&self, request: Request) -> Result<Examined, Refused> {
        Checkpoint::examine(self, request).await
    }

    async fn quarantine(
        &self,
        message: Bytes,
        envelope: &Envelope,
        examined: &Examined,
        cause: Cause,
    ) -> Result<String, NotKept> {
        Checkpoint::quarantine(self, message, envelope, examined, cause).await
    }

    async fn rewrite(&self, message: Bytes, replacement: Replacement, deadline: Instant) -> Option<Rewritten> {
        Checkpoint::rewrite(self, message, replacement, deadline).await
    }

    async fn released(&self, mark: &str) -> bool {
        Checkpoint::released(self, mark).await
    }

    fn acted(&self, action: Action) {
        self.metrics().acted(Door::Milter, action);
    }
}
