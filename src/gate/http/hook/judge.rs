//! A mail that was posted: judged, and dealt with.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout_at;
use tracing::{info, warn};

use super::answer::{Answer, Verb};
use super::question::{Hooked, Mail, Stage};
use crate::config::{Action, Hold, Settings};
use crate::gate::checkpoint::{Door, Envelope, Examined, Refused, Request};
use crate::gate::disposition::{Decision, Reply, decide, forged};
use crate::gate::http::hall::Hall;
use crate::worker::Rewritten;

/// How long after its deadline a scan is waited for: the desk answers at the deadline, so this never passes.
const LATE: Duration = Duration::from_secs(5);

/// Judges a mail and says what is to be done with it.
pub(super) async fn judge(hall: &Arc<Hall>, settings: &Settings, hooked: Hooked, deadline: Instant) -> Answer {
    let Hooked { stage, is_authenticated, envelope, mail } = hooked;
    if stage != Stage::Data {
        return Answer::plain(Verb::Accept);
    }
    let Mail { bytes, names, is_damaged } = mail.unwrap_or_default();
    if settings.actions.skip_authenticated && is_authenticated {
        let removed = forged(names.iter().map(String::as_str), &settings.actions);
        return Answer::cleaned(&removed);
    }
    let case = Case { hall, settings, envelope, message: Bytes::from(bytes), is_damaged, deadline };
    let outcome = case.examine().await;
    let names = names.iter().map(String::as_str);
    let decision = decide(&outcome, settings, &case.envelope.recipients, names);
    let (decision, answer) = case.carry_out(&outcome, decision).await;
    hall.checkpoint.metrics().acted(Door::Hook, decision.action);
    info!(
        id = outcome.as_ref().map_or("-", |examined| examined.id.as_str()),
        queue_id = case.envelope.queue_id,
        cause = decision.cause.as_str(),
        action = decision.action.as_str(),
        bytes = case.message.len(),
        "hook: mail"
    );
    answer
}

/// What dealing with a mail needs.
struct Case<'a> {
    hall: &'a Arc<Hall>,
    settings: &'a Settings,
    envelope: Envelope,
    message: Bytes,
    is_damaged: bool,
    deadline: Instant,
}

impl Case<'_> {
    async fn examine(&self) -> Result<Examined, Refused> {
        let most = self.settings.http.as_ref().map_or(u64::MAX, |http| http.body_max);
        // One that was not posted whole has no bytes here at all; an empty mail is one line end.
        if self.message.is_empty() || u64::try_from(self.message.len()).is_ok_and(|size| size > most) {
            return Err(Refused::TooLarge);
        }
        let request = Request {
            door: Door::Hook,
            name: "message".to_owned(),
            bytes: self.message.clone(),
            deadline: self.deadline,
            envelope: Some(self.envelope.clone()),
        };
        let late = self.deadline.checked_add(LATE).unwrap_or(self.deadline);
        timeout_at(late.into(), self.hall.checkpoint.examine(request)).await.unwrap_or(Err(Refused::Expired))
    }

    /// Does what was decided, or the next stricter thing that can be done.
    async fn carry_out(&self, outcome: &Result<Examined, Refused>, decision: Decision) -> (Decision, Answer) {
        let (mut decision, rewritten) = self.take_out(outcome, decision).await;
        if decision.quarantine && self.settings.actions.hold == Hold::Store {
            match self.keep(outcome, &decision).await {
                // The mail is safe: only now may it be forgotten.
                Ok(_) => return (decision, Answer::plain(Verb::Discard)),
                Err(Unkept::Damaged) => {
                    warn!(queue_id = self.envelope.queue_id, "hook: the mail came damaged and cannot be kept; refused");
                    decision = refused(decision);
                }
                Err(Unkept::Failed(why)) => {
                    warn!(queue_id = self.envelope.queue_id, why, "hook: the mail could not be kept");
                    decision = decision.not_kept(outcome, self.settings, &self.envelope.recipients);
                }
            }
        }
        let answer = Answer::of(&decision, rewritten);
        (decision, answer)
    }

    /// Takes attachments out if that was decided. Stalwart takes a body only as text, and no empty one.
    async fn take_out(
        &self,
        outcome: &Result<Examined, Refused>,
        decision: Decision,
    ) -> (Decision, Option<(Rewritten, String)>) {
        let Some(replacement) = decision.replace.clone() else { return (decision, None) };
        let rewritten = if self.is_damaged {
            None
        } else {
            self.hall.checkpoint.rewrite(self.message.clone(), replacement, self.deadline).await
        };
        let text = rewritten.and_then(|rewritten| {
            let body = String::from_utf8(rewritten.body.clone()).ok().filter(|body| !body.is_empty())?;
            Some((rewritten, body))
        });
        let whole = text.as_ref().map(|(rewritten, _)| rewritten);
        let decision = decision.confirmed(whole, outcome, self.settings, &self.envelope.recipients);
        let text = text.filter(|_| decision.action == Action::Replace);
        (decision, text)
    }

    /// Puts the mail into the store. Once begun this goes on even if Stalwart leaves: a mail that is in the store and also
    /// comes again is better than one that is nowhere.
    async fn keep(&self, outcome: &Result<Examined, Refused>, decision: &Decision) -> Result<String, Unkept> {
        if self.is_damaged {
            return Err(Unkept::Damaged);
        }
        let Ok(examined) = outcome.clone() else { return Err(Unkept::Failed("it was not read".to_owned())) };
        let (checkpoint, message) = (self.hall.checkpoint.clone(), self.message.clone());
        let (envelope, cause) = (self.envelope.clone(), decision.cause);
        let work = tokio::spawn(async move { checkpoint.quarantine(message, &envelope, &examined, cause).await });
        match work.await {
            Ok(kept) => kept.map_err(|why| Unkept::Failed(why.to_string())),
            Err(why) => Err(Unkept::Failed(why.to_string())),
        }
    }
}

/// Why a mail is not in the store.
enum Unkept {
    /// Bytes were lost on the way here; whoever released it would get another mail.
    Damaged,
    /// The store failed.
    Failed(String),
}

/// The decision to refuse a mail that can neither pass nor be kept as it is (RFC 3463 section 3.7: conversion required but
/// not supported).
fn refused(decision: Decision) -> Decision {
    let text = "Message refused: it needs to be held, and its 8-bit text cannot be; please send it in UTF-8 or 7 bits";
    let reply = Reply { code: 550, enhanced: "5.6.3", text: text.to_owned() };
    Decision { action: Action::Reject, quarantine: false, replace: None, reply: Some(reply), ..decision }
}
