//! The finished tree to a report.

use std::collections::BTreeMap;

use crate::model::report::{
    ArtifactReport, FindingReport, IocReport, OriginReport, ProblemReport, SCHEMA_VERSION, ScannerInfo, Word,
};
use crate::model::{ArtifactTree, Coverage, CoverageReason, Ioc, IocKind, Location, Record, Report};
use crate::report::Language;
use crate::verdict::{Policy, judge};

/// The report of a tree.
pub(super) fn assemble(input: &str, tree: &ArtifactTree, policy: &Policy, rules: &str, language: Language) -> Report {
    let coverage = coverage(tree);
    let verdict = judge(tree, &coverage, policy, language);
    let mut report = Report {
        schema: SCHEMA_VERSION.into(),
        scanner: ScannerInfo {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            rules: rules.to_owned(),
        },
        input: input.to_owned(),
        verdict,
        coverage,
        artifacts: Vec::new(),
        findings: Vec::new(),
        iocs: Vec::new(),
        problems: Vec::new(),
    };
    for record in tree.records() {
        add(&mut report, record, language);
    }
    report
}

fn coverage(tree: &ArtifactTree) -> Coverage {
    let mut reasons: Vec<CoverageReason> = Vec::new();
    for record in tree.records() {
        for problem in &record.problems {
            if let Some(cause) = problem.kind.coverage() {
                let place = problem.at.to_string();
                let text = if place.is_empty() { problem.what.clone() } else { format!("{} ({place})", problem.what) };
                reasons.push(CoverageReason { cause, artifact: record.path.to_string(), text });
            }
        }
    }
    Coverage::of(reasons)
}

fn add(report: &mut Report, record: &Record, language: Language) {
    let artifact = record.path.to_string();
    let mut facts: BTreeMap<Word, Vec<String>> = BTreeMap::new();
    for fact in &record.facts {
        facts.entry(fact.key.into()).or_default().push(fact.value.clone());
    }
    report.findings.extend(record.findings.iter().map(|finding| FindingReport {
        id: finding.kind.id.into(),
        artifact: artifact.clone(),
        severity: finding.severity,
        at: finding.at.to_string(),
        text: language.title(finding.kind).to_owned(),
        observed: finding.observed.clone(),
        decisive: finding.decisive,
        attack: finding.attack.clone(),
    }));
    // The digest of nothing identifies nothing.
    let digest = (record.size > 0).then(|| Ioc::new(IocKind::Sha256, record.digests.sha256.clone(), Location::whole()));
    let name = (record.origin.is_file && !record.name.text.is_empty())
        .then(|| Ioc::new(IocKind::FileName, record.name.file_name(), Location::whole()));
    report.iocs.extend(record.iocs.iter().cloned().chain(name).chain(digest).map(|ioc| IocReport {
        kind: ioc.kind,
        value: ioc.value,
        artifact: artifact.clone(),
        at: ioc.at.to_string(),
        context: ioc.context,
        raw: ioc.raw,
        noise: ioc.noise,
    }));
    report.problems.extend(record.problems.iter().map(|problem| ProblemReport {
        kind: problem.kind.as_str().into(),
        artifact: artifact.clone(),
        at: problem.at.to_string(),
        text: problem.what.clone(),
    }));
    report.artifacts.push(ArtifactReport {
        path: artifact,
        name: record.name.text.clone(),
        other_names: record.name.others.clone(),
        format: record.format.as_str().into(),
        also: record.also.iter().map(|format| format.as_str().into()).collect(),
        size: record.size,
        md5: record.digests.md5.clone(),
        sha1: record.digests.sha1.clone(),
        sha256: record.digests.sha256.clone(),
        origin: OriginReport { kind: record.origin.kind.as_str().into(), detail: record.origin.detail.clone() },
        facts,
    });
}
