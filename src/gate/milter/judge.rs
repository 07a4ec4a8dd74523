//! A complete mail: judged, and dealt with.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tracing::{info, warn};

use super::action::{cleaned, deferred, hold, may_hold, may_mark, may_replace, passage, quarantined, refusal};
use super::connection::{Connection, Ended};
use super::examiner::Examiner;
use super::mail::{Content, Lost, Mail};
use super::reply::Reply;
use super::waiting::{Waited, see_through, wait};
use crate::config::{Action, Hold, Milter, Settings};
use crate::gate::checkpoint::{Door, Examined, Refused, Request};
use crate::gate::disposition::{Decision, decide, forged};
use crate::worker::Rewritten;

/// How long after its deadline a scan is waited for: the desk answers at the deadline, so this never passes.
const LATE: Duration = Duration::from_secs(5);

/// Judges a mail and answers for it.
pub(super) async fn judge<S, E>(connection: &mut Connection<S>, examiner: &E, mut mail: Mail) -> Result<(), Ended>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    E: Examiner,
{
    let begun = Instant::now();
    let settings = examiner.settings();
    if settings.actions.skip_authenticated && mail.authenticated {
        return pass_unscanned(connection, &settings, &mail, "the client had logged in").await;
    }
    let progress = settings.milter.as_ref().map_or_else(|| Milter::default().progress, |door| door.progress);
    if let Some(mark) = &mail.mark
        // A mark is good once, so that it is looked at is seen through.
        && see_through(connection, progress, examiner.released(mark)).await
    {
        return pass_unscanned(connection, &settings, &mail, "it was released from the quarantine").await;
    }
    let case = Case { examiner, settings: &settings, door: settings.milter.clone().unwrap_or_default() };
    let content = mail.content();
    let Waited::Done(outcome) = case.examine(connection, &mail, &content).await? else {
        info!(queue_id = mail.queue_id(), bytes = mail.size, "milter: given up by the mail server");
        return Ok(());
    };
    let names = mail.forged.iter().map(String::as_str);
    let decision = decide(&outcome, &settings, &mail.envelope.recipients, names);
    let Waited::Done((decision, replies)) = case.carry_out(connection, &mail, &content, &outcome, decision).await?
    else {
        info!(queue_id = mail.queue_id(), bytes = mail.size, "milter: given up by the mail server");
        return Ok(());
    };
    examiner.acted(decision.action);
    let told = connection.say(&replies).await;
    info!(
        id = outcome.as_ref().map_or("-", |examined| examined.id.as_str()),
        queue_id = mail.queue_id(),
        verdict = outcome.as_ref().map_or("error", |examined| examined.report.verdict.level.as_str()),
        cause = decision.cause.as_str(),
        action = decision.action.as_str(),
        bytes = mail.size,
        ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        told = told.is_ok(),
        "milter: mail"
    );
    told
}

/// Lets a mail pass without looking at it, but not with fields that only this program may write.
async fn pass_unscanned<S>(
    connection: &mut Connection<S>,
    settings: &Settings,
    mail: &Mail,
    why: &'static str,
) -> Result<(), Ended>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let names = mail.forged.iter().map(String::as_str);
    let mut replies = cleaned(&forged(names, &settings.actions), mail.agreed());
    replies.push(Reply::Continue);
    info!(queue_id = mail.queue_id(), bytes = mail.size, why, "milter: passed unscanned");
    connection.say(&replies).await
}

/// What dealing with a mail needs.
struct Case<'a, E> {
    examiner: &'a E,
    settings: &'a Settings,
    door: Milter,
}

impl<E: Examiner> Case<'_, E> {
    async fn examine<S>(
        &self,
        connection: &mut Connection<S>,
        mail: &Mail,
        content: &Content,
    ) -> Result<Waited<Result<Examined, Refused>>, Ended>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let message = match content {
            Content::Lost(Lost::TooLarge) => return Ok(Waited::Done(Err(Refused::TooLarge))),
            Content::Lost(Lost::NoRoom) => return Ok(Waited::Done(Err(Refused::Overloaded))),
            Content::Whole(message) => message.clone(),
        };
        let request = Request {
            door: Door::Milter,
            name: "message".to_owned(),
            bytes: message,
            deadline: Instant::now() + self.door.deadline,
            envelope: Some(mail.envelope.clone()),
        };
        let work = timeout(self.door.deadline + LATE, self.examiner.examine(request));
        Ok(match wait(connection, self.door.progress, work).await? {
            Waited::Done(Ok(outcome)) => Waited::Done(outcome),
            Waited::Done(Err(_)) => Waited::Done(Err(Refused::Expired)),
            Waited::GivenUp => Waited::GivenUp,
        })
    }

    /// Does what was decided, or the next stricter thing that can be done, and gives what was done and how it is said.
    async fn carry_out<S>(
        &self,
        connection: &mut Connection<S>,
        mail: &Mail,
        content: &Content,
        outcome: &Result<Examined, Refused>,
        decision: Decision,
    ) -> Result<Waited<(Decision, Vec<Reply>)>, Ended>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let agreed = mail.agreed();
        let Waited::Done((mut decision, rewritten)) =
            self.take_out(connection, mail, content, outcome, decision).await?
        else {
            return Ok(Waited::GivenUp);
        };
        if matches!(decision.action, Action::Tag | Action::Replace) && !may_mark(agreed, self.settings) {
            warn!(queue_id = mail.queue_id(), "milter: the mail server lets no fields be added; quarantined instead");
            decision = quarantined(decision);
        }
        if decision.quarantine {
            match self.settings.actions.hold {
                Hold::Server if may_hold(agreed) => {
                    let said = hold(&decision, agreed);
                    return Ok(Waited::Done((decision, said)));
                }
                Hold::Server => {
                    warn!(queue_id = mail.queue_id(), "milter: the mail server has no quarantine; deferred instead");
                    decision = deferred(decision);
                }
                Hold::Store => match self.keep(connection, mail, content, outcome, &decision).await {
                    // The mail is safe: only now may the mail server drop it.
                    Ok(_) => return Ok(Waited::Done((decision, vec![Reply::Discard]))),
                    Err(why) => {
                        warn!(queue_id = mail.queue_id(), why, "milter: the mail could not be kept");
                        decision = decision.not_kept(outcome, self.settings, &mail.envelope.recipients);
                    }
                },
            }
        }
        if matches!(decision.action, Action::Tag) && !may_mark(agreed, self.settings) {
            decision = deferred(decision);
        }
        let said = match refusal(&decision) {
            Some(refusal) => vec![refusal],
            None => passage(&decision, rewritten, agreed),
        };
        Ok(Waited::Done((decision, said)))
    }

    /// Takes attachments out if that was decided.
    async fn take_out<S>(
        &self,
        connection: &mut Connection<S>,
        mail: &Mail,
        content: &Content,
        outcome: &Result<Examined, Refused>,
        decision: Decision,
    ) -> Result<Waited<(Decision, Option<Rewritten>)>, Ended>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let Some(replacement) = decision.replace.clone() else { return Ok(Waited::Done((decision, None))) };
        let rewritten = match content {
            Content::Whole(message) if may_replace(mail.agreed()) => {
                let deadline = Instant::now() + self.door.deadline;
                let rewriting = self.examiner.rewrite(message.clone(), replacement, deadline);
                let work = timeout(self.door.deadline + LATE, rewriting);
                match wait(connection, self.door.progress, work).await? {
                    Waited::Done(rewritten) => rewritten.ok().flatten(),
                    Waited::GivenUp => return Ok(Waited::GivenUp),
                }
            }
            _ => {
                warn!(queue_id = mail.queue_id(), "milter: the mail server lets no body be changed");
                None
            }
        };
        let decision = decision.confirmed(rewritten.as_ref(), outcome, self.settings, &mail.envelope.recipients);
        let rewritten = rewritten.filter(|_| decision.action == Action::Replace);
        Ok(Waited::Done((decision, rewritten)))
    }

    /// Puts the mail into the store. This is seen through even if the mail server leaves: a mail that is in the store and
    /// also comes again is better than one that is nowhere.
    async fn keep<S>(
        &self,
        connection: &mut Connection<S>,
        mail: &Mail,
        content: &Content,
        outcome: &Result<Examined, Refused>,
        decision: &Decision,
    ) -> Result<String, String>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let (Content::Whole(message), Ok(examined)) = (content, outcome) else {
            return Err("it was not read".to_owned());
        };
        let message: Bytes = message.clone();
        let work = self.examiner.quarantine(message, &mail.envelope, examined, decision.cause);
        see_through(connection, self.door.progress, work).await.map_err(|why| why.to_string())
    }
}
