//! What the checkpoint has the store keep: mails and what is written down of them, reports, release marks.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::checkpoint::{Door, Envelope, Examined, NotKept};
use super::keeper::{Keeper, now};
use crate::config::Cause;
use crate::formats::mail::eml::AUTHOR;
use crate::model::{CoverageLevel, Digests, Level, Report};
use crate::store::Slip;

/// How long keeping a mail may take; a mail server waits longer for the answer to a message's end.
const WITHIN: Duration = Duration::from_secs(60);

/// How long a small question may take.
const SOON: Duration = Duration::from_secs(5);

/// Keeps the report of something that was examined, if anybody will ask for it.
pub(super) fn remember(keeper: &Keeper, door: Door, examined: &Examined) {
    let report = &examined.report;
    let is_plain = report.verdict.level == Level::Clean
        && report.coverage.level == CoverageLevel::Complete
        && report.findings.is_empty();
    if is_plain && door != Door::Http {
        return;
    }
    let (id, report) = (examined.id.clone(), report.clone());
    keeper.tell(move |store| store.keep_report(&id, &serde_json::to_vec(&*report)?, now()));
}

/// The report of this id.
pub(super) async fn report(keeper: &Keeper, id: &str) -> Option<Arc<Report>> {
    let wanted = id.to_owned();
    let json = keeper.ask(SOON, move |store| store.report(&wanted)).await;
    let json = json.inspect_err(|error| tracing::warn!(%error, id, "a report could not be read")).ok()??;
    serde_json::from_slice(&json).ok().map(Arc::new)
}

/// Whether a release mark is good.
pub(super) async fn is_released(keeper: &Keeper, mark: &str) -> bool {
    let mark = mark.to_owned();
    match keeper.insist(SOON, move |store| store.is_released(&mark, now())).await {
        Ok(Some(id)) => {
            tracing::info!(id, "a released mail passes");
            true
        }
        Ok(None) => {
            tracing::warn!("a release mark that is not good was ignored");
            false
        }
        Err(error) => {
            tracing::warn!(%error, "a release mark could not be checked");
            false
        }
    }
}

/// Keeps a mail.
pub(super) async fn keep(
    keeper: &Arc<Keeper>,
    message: Bytes,
    envelope: &Envelope,
    examined: &Examined,
    cause: Cause,
) -> Result<String, NotKept> {
    let mut slip = slip(envelope, examined, cause, now());
    slip.size = u64::try_from(message.len()).unwrap_or(u64::MAX);
    // The report may be of other bytes: of a beginning, or with fields the door added.
    let bytes = message.clone();
    let digest = tokio::task::spawn_blocking(move || Digests::of(&bytes).sha256).await;
    slip.sha256 = digest.map_err(|error| NotKept(error.to_string()))?;
    keeper.keep(slip, message, WITHIN).await
}

/// What is written down of a mail, but for its digest and size.
pub(super) fn slip(envelope: &Envelope, examined: &Examined, cause: Cause, kept: i64) -> Slip {
    let report = &examined.report;
    let root = report.artifacts.first();
    let letter = examined.letters.first();
    let author = root.and_then(|root| root.facts.get(AUTHOR)).and_then(|authors| authors.first());
    Slip {
        sender: envelope.sender.clone(),
        recipients: envelope.recipients.clone(),
        queue_id: envelope.queue_id.clone(),
        client: envelope.client.clone(),
        author: author.cloned().or_else(|| letter.and_then(|letter| letter.sender.clone())),
        subject: letter.and_then(|letter| letter.subject.clone()),
        sha256: String::new(),
        size: 0,
        kept,
        level: report.verdict.level,
        score: report.verdict.score,
        cause,
        report: examined.id.clone(),
        reasons: report.verdict.reasons.iter().map(|reason| reason.id.clone()).collect(),
    }
}
