//! `sekisho explain`.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;

use super::args::ExplainArgs;
use crate::catalog;
use crate::model::FindingKind;
use crate::report::Language;

/// Prints what a finding means, or the list of all.
pub(super) fn run(options: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let language: Language = options.lang.into();
    let mut out = anstream::stdout().lock();
    let Some(id) = &options.id else {
        for kind in catalog::finding_kinds() {
            writeln!(out, "{:<40} {:<8} {}", kind.id, kind.severity.as_str(), language.title(kind))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    match catalog::finding_kind(id) {
        Some(kind) => {
            out.write_all(page(kind, language).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        None => match nearest(id) {
            Some(near) => bail!("no finding is called {id}; did you mean {near}?"),
            None => bail!("no finding is called {id}; `sekisho explain` lists them"),
        },
    }
}

/// One finding's page.
fn page(kind: &FindingKind, language: Language) -> String {
    let mut text = format!("{}\n{}\n\n", kind.id, language.title(kind));
    let row = |name: &str, value: &str| format!("  {name}: {value}\n");
    let decisive = if kind.decisive { language.pick(", alone decisive", "、単独で判定が決まる") } else { "" };
    let weight = format!("{}{decisive}", kind.severity.as_str());
    text.push_str(&row(language.pick("severity", "重大度"), &weight));
    text.push_str(&row(language.pick("facet", "観点"), kind.facet.as_str()));
    if !kind.attack.is_empty() {
        text.push_str(&row("ATT&CK", &kind.attack.join(", ")));
    }
    if language == Language::Japanese {
        text.push_str(&format!("\nなぜ問題か\n  {}\n", kind.why_ja));
        text.push_str("\n（以下は英語の詳細です）\n");
    }
    for heading in crate::model::finding::DOC_HEADINGS {
        if let Some(section) = kind.section(heading) {
            text.push_str(&format!("\n{heading}\n"));
            for line in section.lines() {
                text.push_str(&format!("  {line}\n").replace("  \n", "\n"));
            }
        }
    }
    text
}

/// The id most like a mistyped one: shares the longest run of words with it.
fn nearest(id: &str) -> Option<&'static str> {
    let words: Vec<&str> = id.split('-').filter(|word| word.len() > 2).collect();
    let score = |kind: &FindingKind| words.iter().filter(|word| kind.id.contains(**word)).count();
    catalog::finding_kinds()
        .into_iter()
        .max_by_key(|kind| score(kind))
        .filter(|kind| score(kind) > 0)
        .map(|kind| kind.id)
}
