//! What every door asks: bytes in, a judgement out.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Instant;

use bytes::Bytes;

use super::control::Control;
use super::desk::Desk;
use super::intake::Intake;
use super::keeper::Keeper;
use super::metrics::{Lane, Metrics};
use super::recall::Memory;
use crate::config::{Cause, Settings};
use crate::formats::mail::letter::Letter;
use crate::model::Report;
use crate::worker::{Failure, Replacement, Rewritten, Workshop};

/// Which door something came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Door {
    /// A mail server's milter protocol.
    Milter,
    /// The clamd protocol.
    Clamd,
    /// The HTTP interface.
    Http,
    /// The mail server hook over HTTP.
    Hook,
    /// The olefy protocol.
    Olefy,
}

impl Door {
    /// Every door.
    pub const ALL: [Door; 5] = [Door::Milter, Door::Clamd, Door::Http, Door::Hook, Door::Olefy];

    /// Lower-case name, as in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Door::Milter => "milter",
            Door::Clamd => "clamd",
            Door::Http => "http",
            Door::Hook => "hook",
            Door::Olefy => "olefy",
        }
    }
}

/// Who sent a mail to whom, by the SMTP dialogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The reverse path, without brackets; empty for bounces.
    pub sender: String,
    /// The recipients, without brackets.
    pub recipients: Vec<String>,
    /// The mail server's id of the mail, where it gave one.
    pub queue_id: Option<String>,
    /// Address of the client that brought it.
    pub client: Option<String>,
}

/// Something to examine.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which door it came through.
    pub door: Door,
    /// What it is called in the report. For mails always `message`, so that the same bytes give the same report.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
    /// When the answer must be there. The work is killed then.
    pub deadline: Instant,
    /// For mails: who sent it to whom. History is kept of these only.
    pub envelope: Option<Envelope>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The report, also when the worker failed.
    pub report: Arc<Report>,
    /// Its id: the same for the same bytes, name, rules and options.
    pub id: String,
    /// The messages in the input.
    pub letters: Arc<[Letter]>,
    /// Why the worker gave no answer, if it gave none.
    pub failure: Option<Failure>,
    /// Times these bytes have killed workers, if they did so as often as is borne.
    pub poison: Option<u32>,
    /// The report was at hand.
    pub from_cache: bool,
}

/// Why something was not examined at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too much is waiting.
    #[error("too much is waiting")]
    Overloaded,
    /// It waited until its deadline.
    #[error("its turn did not come before the deadline")]
    Expired,
    /// It is larger than anything that is read.
    #[error("larger than what is read")]
    TooLarge,
    /// The daemon is stopping.
    #[error("the daemon is stopping")]
    Stopping,
}

/// A mail could not be put into the quarantine, so the mail server must keep it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail could not be kept: {0}")]
pub struct NotKept(pub String);

/// What every door asks.
pub struct Checkpoint {
    desk: Desk,
    intake: Arc<Intake>,
    settings: RwLock<Arc<Settings>>,
    control: Control,
    metrics: Arc<Metrics>,
    /// Quarantine and history, if kept.
    keeper: OnceLock<Arc<Keeper>>,
}

impl Checkpoint {
    /// A checkpoint over a desk.
    pub fn new(desk: Desk, settings: Settings) -> Arc<Self> {
        Arc::new(Checkpoint {
            desk,
            intake: Arc::default(),
            settings: RwLock::new(Arc::new(settings)),
            control: Control::default(),
            metrics: Arc::default(),
            keeper: OnceLock::new(),
        })
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other settings in force and, where given, workers of another workshop to work. What is being examined is
    /// finished as it was begun.
    pub fn reload(&self, settings: Settings, workshop: Option<Arc<Workshop>>) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        if let Some(workshop) = workshop {
            self.desk.replace(workshop);
        }
    }

    /// Orders to the daemon itself.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Gives it a store to keep mails and history in. Only the first one given counts.
    pub fn keep_in(&self, keeper: Arc<Keeper>) {
        let _ = self.keeper.set(keeper);
    }

    /// Its store, if it has one.
    pub fn keeper(&self) -> Option<&Arc<Keeper>> {
        self.keeper.get()
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The memory that messages coming in take, counted over all doors.
    pub fn intake(&self) -> &Arc<Intake> {
        &self.intake
    }

    /// Examines something. Dropping the future gives up the wait, and the work if nobody else waits for it.
    pub async fn examine(&self, request: Request) -> Result<Examined, Refused> {
        let (door, size) = (request.door, request.bytes.len());
        let lane = Lane::of(size, self.settings().queue.small);
        let asked = Asked { metrics: &self.metrics, door, is_answered: false };
        let begun = Instant::now();
        let outcome = match self.keeper() {
            Some(keeper) => self.examine_remembering(keeper, request).await,
            None => self.desk.examine(request).await,
        };
        let took = begun.elapsed();
        self.metrics.examined(door, lane, size, took, &outcome);
        super::record::write(door, size, took, &outcome);
        if let (Some(keeper), Ok(examined)) = (self.keeper(), &outcome) {
            super::keeping::remember(keeper, door, examined);
        }
        asked.answered();
        outcome
    }

    /// Keeps a mail in the quarantine and gives the id it has there. It is safe on disk when this returns; until then the
    /// mail server must not be told that it was taken.
    pub async fn quarantine(
        &self,
        message: Bytes,
        envelope: &Envelope,
        examined: &Examined,
        cause: Cause,
    ) -> Result<String, NotKept> {
        let keeper = self.keeper().ok_or_else(|| NotKept("no store is set up".to_owned()))?;
        super::keeping::keep(keeper, message, envelope, examined, cause).await
    }

    /// Examines something, and completes what was found of a mail with what is known of earlier ones.
    async fn examine_remembering(&self, keeper: &Arc<Keeper>, request: Request) -> Result<Examined, Refused> {
        let Some(envelope) = request.envelope.clone() else { return self.desk.examine(request).await };
        let examined = self.desk.examine(request.clone()).await?;
        let memory = Memory { keeper: keeper.clone(), desk: self.desk.clone(), settings: self.settings() };
        Ok(memory.complete(&request, &envelope, examined).await)
    }

    /// A report made before, by its id, if it is still at hand: the desk keeps some for a while, the store those of what was
    /// not clean and of what came over HTTP, where ids are given out.
    pub async fn report(&self, id: &str) -> Option<Arc<Report>> {
        match self.desk.report(id) {
            Some(report) => Some(report),
            None => super::keeping::report(self.keeper()?, id).await,
        }
    }

    /// Whether a release mark is ours: such a mail was quarantined and is on its way back to its recipients, by a person's
    /// decision. A mark is good once.
    pub async fn released(&self, mark: &str) -> bool {
        match self.keeper() {
            Some(keeper) => super::keeping::is_released(keeper, mark).await,
            None => false,
        }
    }

    /// Takes attachments out of a message; nothing if that cannot be done, whatever the reason.
    pub async fn rewrite(&self, message: Bytes, replacement: Replacement, deadline: Instant) -> Option<Rewritten> {
        self.desk.rewrite(message, replacement, deadline).await
    }
}

/// A question that was put to the desk: counted as abandoned if whoever asked leaves before the answer.
struct Asked<'a> {
    metrics: &'a Metrics,
    door: Door,
    is_answered: bool,
}

impl Asked<'_> {
    fn answered(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.metrics.abandoned(self.door);
        }
    }
}
