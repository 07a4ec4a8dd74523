//! Web queries: kind, version, address, form data and options, a line each; all but the address may be missing.

use super::findings::WEB_QUERY_FILE;
use crate::formats::office::target::{Reach, Target, target};
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at web queries.
pub(super) struct WebQueries;

/// `WEB` and a version in the first lines; or, under the name of a query, an address.
pub(super) fn is_query(artifact: &Artifact) -> bool {
    let Ok(view) = artifact.view::<TextView>() else { return false };
    let head = view.lower_head();
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    if first == "web" {
        return lines.next().is_some_and(|line| line.len() <= 3 || leads_away(line));
    }
    artifact.name.extension() == "iqy" && (leads_away(first) || lines.next().is_some_and(leads_away))
}

fn leads_away(line: &str) -> bool {
    matches!(target(line), Target::Web(..) | Target::Share(..)) || line.starts_with("file:")
}

impl Analyzer for WebQueries {
    fn findings(&self) -> Kinds {
        &[WEB_QUERY_FILE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        /// Lines before options; honest queries have five.
        const MAX_LINES: usize = 200;
        let view = artifact.view::<TextView>()?;
        let lines = view.text.lines().zip(1u64..).map(|(line, number)| (line.trim(), number));
        let body: Vec<(&str, u64)> = lines.filter(|(line, _)| !line.is_empty()).take(MAX_LINES).collect();
        // The address is the first line that is neither kind nor version; what follows it is sent along or sets options.
        let is_head = |line: &str| line.eq_ignore_ascii_case("web") || line.len() <= 3;
        let found = body.iter().position(|(line, _)| !is_head(line));
        let Some((address, number)) = found.and_then(|index| body.get(index)) else { return Ok(()) };
        let sent = found.and_then(|index| body.get(index.saturating_add(1))).map_or("", |(line, _)| *line);
        let to = target(address);
        let at = || Location::line(*number);
        if let Some(ioc) = to.ioc("web query", at()) {
            out.ioc(ioc);
        }
        let is_far = to.reach().is_some_and(|reach| reach != Reach::Lan);
        let severity = match &to {
            Target::Local => Severity::Low,
            Target::Scheme(_) => WEB_QUERY_FILE.severity,
            Target::Web(..) | Target::Share(..) if is_far => WEB_QUERY_FILE.severity,
            Target::Web(..) | Target::Share(..) => Severity::Medium,
        };
        let is_option =
            sent.split_once('=').is_some_and(|(key, _)| OPTIONS.iter().any(|o| o.eq_ignore_ascii_case(key)));
        let observed = match sent {
            "" => (*address).to_owned(),
            _ if is_option => (*address).to_owned(),
            sent => format!("{address}, sends {sent}"),
        };
        out.raise_as(WEB_QUERY_FILE, severity, false, at(), observed);
        Ok(())
    }
}

/// Options behind the address, which send nothing.
const OPTIONS: &[&str] = &[
    "selection",
    "formatting",
    "preformattedtexttocolumns",
    "consecutivedelimitersasone",
    "singleblocktextimport",
    "disabledaterecognition",
    "disableredirections",
    "editwebpage",
];
