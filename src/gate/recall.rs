//! What the history adds to a scan: passwords of related mails before the answer, what is known of the sender and what a bounce
//! means after it. A history that fails costs what it would have known and nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::checkpoint::{Door, Envelope, Examined, Request};
use super::desk::Desk;
use super::disposition;
use super::keeper::{Keeper, Unanswered, now};
use super::keeping::slip;
use crate::config::{Cause, Settings};
use crate::formats::mail::eml::{BOUNCED, RETURNED};
use crate::model::report::FindingReport;
use crate::model::{CoverageCause, FindingKind, IocKind, Level, PasswordHint, Report};
use crate::report::Language;
use crate::store::{
    BOUNCED_SENDER_OF_ATTACHMENT, Bounced, Entry, FIRST_SEEN_SENDER, Handed, Mail, Remembered, StoreError, hand,
};

/// How long the history may take; a mail is not kept waiting for what is only good to know.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long reading a quarantined mail again may take.
const AGAIN: Duration = Duration::from_secs(60);
/// Characters of evidence kept with a finding.
const MAX_OBSERVED: usize = 160;

/// Whoever remembers: what a mail is looked up with.
pub(super) struct Memory {
    pub(super) keeper: Arc<Keeper>,
    pub(super) desk: Desk,
    pub(super) settings: Arc<Settings>,
}

impl Memory {
    /// Completes what a scan found of a mail with what the history knows, and remembers the mail.
    pub(super) async fn complete(&self, request: &Request, envelope: &Envelope, examined: Examined) -> Examined {
        let examined = self.open_locked(request, examined).await;
        let cause = disposition::cause(&Ok(examined.clone()));
        let mail = mail(envelope, &examined, cause);
        let remembered = match self.keeper.ask(PATIENCE, move |store| store.remember(&mail)).await {
            Ok(remembered) => remembered,
            Err(error) => {
                self.forgotten(&error);
                return examined;
            }
        };
        self.act_on(&examined, &remembered);
        let findings = findings(&examined.report, &remembered, self.settings.scan.language);
        if findings.is_empty() {
            return examined;
        }
        // The desk's own copy stays as it was: what is known changes from mail to mail.
        let mut report = Report::clone(&examined.report);
        report.findings.extend(findings);
        Examined { report: Arc::new(report), ..examined }
    }

    /// Scans once more with the passwords of related mails, if something stayed locked and there are any.
    async fn open_locked(&self, request: &Request, examined: Examined) -> Examined {
        if !is_locked(&examined.report) || examined.failure.is_some() {
            return examined;
        }
        let letters = examined.letters.clone();
        let offered = match self.keeper.ask(PATIENCE, move |store| store.offered(&letters, now())).await {
            Ok(offered) => offered,
            Err(error) => {
                self.forgotten(&error);
                return examined;
            }
        };
        if offered.is_empty() {
            return examined;
        }
        match self.desk.examine_given(request.clone(), offered).await {
            // A second look that failed says nothing against the first.
            Ok(again) if again.failure.is_none() && again.poison.is_none() => {
                if !is_locked(&again.report) {
                    self.keeper.counts().add(|counts| &counts.opened, 1);
                    tracing::info!(id = again.id, "a locked mail opened with a password of another message");
                }
                again
            }
            _ => examined,
        }
    }

    /// Says in the log what a mail means for earlier ones, and has those read again that it may open.
    fn act_on(&self, examined: &Examined, remembered: &Remembered) {
        let counts = self.keeper.counts();
        counts.add(|counts| &counts.first_seen, u64::from(remembered.is_first_seen));
        for earlier in &remembered.bounced {
            let Some(raised) = earlier.raised else { continue };
            counts.add(|counts| &counts.raised, 1);
            tracing::warn!(
                bounce = examined.id,
                report = earlier.report,
                quarantine = earlier.quarantine,
                was = earlier.was.as_str(),
                level = raised.as_str(),
                "an answer to a sender of an attachment came back; see `sekisho quarantine alerts`"
            );
        }
        if remembered.awaiting.is_empty() {
            return;
        }
        let (keeper, desk, settings) = (self.keeper.clone(), self.desk.clone(), self.settings.clone());
        let awaiting = remembered.awaiting.clone();
        let again = Memory { keeper, desk, settings };
        tokio::spawn(async move {
            let Ok(_turn) = again.keeper.rereading().try_acquire() else {
                tracing::warn!("too many quarantined mails are being read again; some stay as they are");
                return;
            };
            for id in awaiting {
                if let Err(error) = again.read_again(&id).await {
                    tracing::warn!(id, %error, "a quarantined mail could not be read again");
                }
            }
        });
    }

    /// Reads a quarantined mail again with the passwords that are known by now.
    async fn read_again(&self, id: &str) -> Result<(), Unanswered> {
        let wanted = id.to_owned();
        let (entry, content) = self
            .keeper
            .ask(AGAIN, move |store| {
                let entry = store.entry(&wanted)?;
                let content = store.mail(&entry)?;
                Ok((entry, content))
            })
            .await?;
        let request = Request {
            door: Door::Milter,
            name: "message".to_owned(),
            bytes: content.into(),
            deadline: Instant::now() + AGAIN,
            envelope: None,
        };
        let Ok(first) = self.desk.examine(request.clone()).await else { return Ok(()) };
        let letters = first.letters.clone();
        let offered = self.keeper.ask(PATIENCE, move |store| store.offered(&letters, now())).await?;
        self.read_with(&entry, request, offered).await
    }

    async fn read_with(&self, entry: &Entry, request: Request, offered: Vec<PasswordHint>) -> Result<(), Unanswered> {
        if offered.is_empty() {
            return Ok(());
        }
        let Ok(again) = self.desk.examine_given(request, offered).await else { return Ok(()) };
        let (level, is_locked) = (again.report.verdict.level, is_locked(&again.report));
        if again.failure.is_some() || is_locked {
            return Ok(());
        }
        self.keeper.counts().add(|counts| &counts.opened, 1);
        let id = entry.id.clone();
        tracing::info!(id, verdict = level.as_str(), "a quarantined mail opened with a password of another message");
        self.keeper.ask(AGAIN, move |store| store.reread(&id, level, is_locked, now())).await?;
        let may_go = self.settings.release.opened && level == Level::Clean && entry.slip.cause == Cause::Encrypted;
        if may_go { self.release(&entry.id).await } else { Ok(()) }
    }

    /// Hands a mail back that was quarantined for nothing but being locked.
    async fn release(&self, id: &str) -> Result<(), Unanswered> {
        let wanted = id.to_owned();
        let begun = self.keeper.ask(AGAIN, move |store| store.begin_release(&wanted, &[], false, now())).await;
        let leaving = match begun {
            // Somebody was faster.
            Err(Unanswered::Failed(StoreError::State { .. })) => return Ok(()),
            begun => begun?,
        };
        let (release, name) = (self.settings.release.clone(), disposition::release_field(&self.settings.actions));
        let to = leaving.to.clone();
        let handed = tokio::task::spawn_blocking(move || {
            let mark = (name.as_str(), leaving.mark.as_str());
            hand(&release, &leaving.entry.slip.sender, &leaving.to, &leaving.mail, mark)
        })
        .await
        .unwrap_or_else(|error| Handed::Unknown(error.to_string()));
        let is_taken = matches!(handed, Handed::Taken(_));
        let wanted = id.to_owned();
        self.keeper.ask(AGAIN, move |store| store.end_release(&wanted, &to, &handed, now())).await?;
        tracing::info!(id, is_taken, "a quarantined mail that opened and is clean was released");
        Ok(())
    }

    fn forgotten(&self, error: &Unanswered) {
        self.keeper.counts().add(|counts| &counts.forgotten, 1);
        tracing::warn!(%error, "the history was not asked; the mail was judged without it");
    }
}

/// What is remembered of a mail.
fn mail(envelope: &Envelope, examined: &Examined, cause: Cause) -> Mail {
    let report = &examined.report;
    let root = report.artifacts.first();
    let facts = |key| root.and_then(|root| root.facts.get(key)).cloned().unwrap_or_default();
    let mut slip = slip(envelope, examined, cause, now());
    if let Some(root) = root {
        slip.sha256.clone_from(&root.sha256);
        slip.size = root.size;
    }
    Mail {
        slip,
        ids: examined.letters.iter().flat_map(|letter| letter.ids.iter().cloned()).collect(),
        has_files: report.iocs.iter().any(|ioc| ioc.kind == IocKind::FileName && ioc.artifact != "0"),
        is_locked: is_locked(report),
        bounced: facts(BOUNCED),
        returned: facts(RETURNED),
        letters: examined.letters.to_vec(),
    }
}

/// Whether something stayed encrypted.
fn is_locked(report: &Report) -> bool {
    report.coverage.reasons.iter().any(|reason| reason.cause == CoverageCause::Encrypted)
}

/// Findings to add to a report.
fn findings(report: &Report, remembered: &Remembered, language: Language) -> Vec<FindingReport> {
    let mut findings = Vec::new();
    let finding = |kind: &FindingKind, observed: String| FindingReport {
        id: kind.id.into(),
        artifact: report.artifacts.first().map(|root| root.path.clone()).unwrap_or_default(),
        severity: kind.severity,
        at: "header From".to_owned(),
        text: language.title(kind).to_owned(),
        observed: observed.chars().take(MAX_OBSERVED).collect(),
        decisive: false,
        attack: kind.attack.iter().map(|id| (*id).to_owned()).collect(),
    };
    if remembered.is_first_seen {
        findings.push(finding(FIRST_SEEN_SENDER, String::new()));
    }
    for earlier in &remembered.bounced {
        let observed = said(earlier, language);
        findings.push(FindingReport { at: String::new(), ..finding(BOUNCED_SENDER_OF_ATTACHMENT, observed) });
    }
    findings
}

fn said(earlier: &Bounced, language: Language) -> String {
    let Bounced { author, report, was, raised, .. } = earlier;
    match raised {
        Some(raised) => format!(
            "{author}: {} {report}, {} -> {}",
            language.pick("report", "レポート"),
            was.as_str(),
            raised.as_str()
        ),
        None => format!("{author}: {} {report}, {}", language.pick("report", "レポート"), was.as_str()),
    }
}
