//! Mails to the quarantine: what is written down of them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::checkpoint::{Envelope, Examined, NotKept};
use super::keeper::{Keeper, now};
use crate::config::Cause;
use crate::formats::mail::eml::AUTHOR;
use crate::model::Digests;
use crate::store::Slip;

/// How long keeping a mail may take; a mail server waits longer for the answer to a message's end.
const WITHIN: Duration = Duration::from_secs(60);

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
fn slip(envelope: &Envelope, examined: &Examined, cause: Cause, kept: i64) -> Slip {
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
