//! Which attachments to take out of a mail.

use std::collections::BTreeSet;

use super::notice;
use super::reason::reason;
use crate::config::{Cause, Settings};
use crate::formats::mail::rewrite::{Replacement, fill};
use crate::gate::checkpoint::{Examined, Refused};
use crate::model::report::ArtifactReport;
use crate::model::{CoverageCause, Report, Severity};

/// Path of the message itself.
const MESSAGE: &str = "0";

/// What to take out for these causes; nothing if there is no attachment to blame, or the mail as a whole is to blame.
///
/// What the verdict's reasons lie in must go, and what was not read, where that is what the mail is treated for. What
/// carries findings that are unusual in honest mail goes with it if it can: only one branch's reasons are in the report,
/// and a mail that brings one dangerous file may bring two. Whether what is left may pass is decided by scanning it again
/// ([`super::Decision::confirmed`]), so this choice need not be exact.
pub(super) fn replacement(
    outcome: &Result<Examined, Refused>,
    causes: &[Cause],
    cause: Cause,
    settings: &Settings,
) -> Option<Replacement> {
    let Ok(examined) = outcome else { return None };
    let report = &*examined.report;
    let mut must: BTreeSet<&str> = BTreeSet::new();
    let mut may: BTreeSet<&str> = BTreeSet::new();
    for cause in causes {
        match cause {
            Cause::Malicious | Cause::Suspicious => {
                // The sender and the head are reasons too; whether they suffice alone is seen afterwards.
                let reasons = report.verdict.reasons.iter().map(|reason| reason.artifact.as_str());
                must.extend(reasons.filter(|path| *path != MESSAGE));
                let weighty = report.findings.iter().filter(|f| f.decisive || f.severity >= Severity::Medium);
                may.extend(weighty.map(|finding| finding.artifact.as_str()).filter(|path| *path != MESSAGE));
            }
            Cause::Encrypted | Cause::Limit | Cause::Unsupported | Cause::Damaged | Cause::Failed => {
                let gaps = report.coverage.reasons.iter().filter(|gap| Some(gap.cause) == gap_of(*cause));
                must.extend(gaps.map(|gap| gap.artifact.as_str()));
            }
            // These are of the whole mail.
            _ => return None,
        }
    }
    let artifacts = parts(report, &must)?;
    if artifacts.is_empty() {
        return None;
    }
    let also = may.iter().filter_map(|path| part(report, path)).map(|part| part.sha256.clone());
    let also: BTreeSet<String> = also.filter(|digest| !artifacts.contains(digest)).collect();
    let language = settings.scan.language;
    let own = Some(settings.actions.notice.as_str()).filter(|text| !text.trim().is_empty());
    let why = reason(outcome, cause, language);
    let text = fill(own.unwrap_or(notice::shipped(language)), |key| match key {
        "reason" => Some(why.clone()),
        "id" => Some(examined.id.clone()),
        _ => None,
    });
    Some(Replacement { artifacts: artifacts.into_iter().collect(), also: also.into_iter().collect(), notice: text })
}

fn gap_of(cause: Cause) -> Option<CoverageCause> {
    Some(match cause {
        Cause::Encrypted => CoverageCause::Encrypted,
        Cause::Limit => CoverageCause::Limit,
        Cause::Unsupported => CoverageCause::Unsupported,
        Cause::Damaged => CoverageCause::Damaged,
        Cause::Failed => CoverageCause::Failed,
        _ => return None,
    })
}

/// The digests of the parts these lie in; nothing if one lies in none.
fn parts(report: &Report, paths: &BTreeSet<&str>) -> Option<BTreeSet<String>> {
    paths.iter().map(|path| part(report, path).map(|part| part.sha256.clone())).collect()
}

/// The part of the message an artifact is or lies in. Of an attached message the whole is meant: the notice then stands
/// where the reader looks for it, and signatures inside stay whole or go.
fn part<'a>(report: &'a Report, path: &str) -> Option<&'a ArtifactReport> {
    let (message, inner) = path.split_once('.')?;
    if message != MESSAGE {
        return None;
    }
    let number = inner.split('.').next()?;
    let mut artifacts = report.artifacts.iter();
    artifacts
        .find(|artifact| artifact.path.strip_prefix("0.") == Some(number))
        .filter(|artifact| artifact.origin.kind == "mime-part")
}
