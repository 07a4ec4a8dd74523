//! The verdict in words: reasons, arithmetic, and the counterfactual.

use std::collections::BTreeSet;

use super::policy::Policy;
use super::score::{Branch, worst};
use crate::model::{ArtifactTree, Coverage, CoverageCause, CoverageLevel, Facet, Level, Reason};
use crate::report::Language;

/// Reasons shown.
const MAX_REASONS: usize = 5;
/// Kinds the counterfactual may name before it gives up.
const MAX_WITHOUT: usize = 24;

/// The weightiest reasons of a branch.
pub(super) fn reasons(branch: &Branch<'_>, policy: &Policy, language: Language) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(floor) = branch.floor {
        reasons.push(Reason {
            id: floor.id.clone(),
            artifact: branch.path.to_string(),
            points: floor.score,
            text: language.pick(&floor.title, &floor.ja).to_owned(),
        });
    }
    for item in branch.items.iter().filter(|item| item.points > 0) {
        let points = if item.finding.decisive { item.points.max(policy.thresholds.malicious) } else { item.points };
        let title = language.title(item.finding.kind);
        let text = if item.finding.observed.is_empty() {
            title.to_owned()
        } else {
            format!("{title}: {}", item.finding.observed)
        };
        reasons.push(Reason { id: item.finding.kind.id.to_owned(), artifact: item.artifact.to_string(), points, text });
    }
    // What findings mean together comes before each of them, unless one weighs more.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points));
    reasons.truncate(MAX_REASONS);
    reasons
}

/// `deceive 60 + conceal 25 = 85; disguised-program-in-archive raises it to 100`.
pub(super) fn arithmetic(branch: Option<&Branch<'_>>, language: Language) -> String {
    let Some(branch) = branch.filter(|branch| branch.sum > 0) else {
        return language.pick("no finding brings points", "加点される検出はありません").to_owned();
    };
    let terms: Vec<String> =
        branch.facets.iter().map(|(facet, score)| format!("{} {score}", facet_name(*facet, language))).collect();
    let mut text = format!("{} = {}", terms.join(" + "), branch.sum);
    if let Some(item) = &branch.decisive {
        let id = item.finding.kind.id;
        text.push_str(&match language {
            Language::English => format!("; {id} alone decides"),
            Language::Japanese => format!("；{id} 単独で判定が決まります"),
        });
    } else if let Some(floor) = branch.floor.filter(|floor| floor.score > branch.sum) {
        text.push_str(&match language {
            Language::English => format!("; {} raises it to {}", floor.id, floor.score),
            Language::Japanese => format!("；{} により {} に引き上げ", floor.id, floor.score),
        });
    }
    text
}

/// A set of finding kinds, none of them superfluous, without which the level would have been clean, and what would
/// have had to be read as well.
pub(super) fn without(
    tree: &ArtifactTree,
    coverage: &Coverage,
    policy: &Policy,
    level: Level,
    language: Language,
) -> String {
    let mut parts = Vec::new();
    if level >= Level::Suspicious {
        let kinds = superfluous_free(tree, policy);
        if kinds.is_empty() {
            return String::new();
        }
        let list = kinds.into_iter().collect::<Vec<_>>().join(", ");
        parts.push(match language {
            Language::English => format!("without {list}"),
            Language::Japanese => format!("{list} がなければ"),
        });
    }
    if coverage.level != CoverageLevel::Complete {
        let causes: BTreeSet<CoverageCause> = coverage.reasons.iter().map(|reason| reason.cause).collect();
        let list = causes.into_iter().map(CoverageCause::as_str).collect::<Vec<_>>().join(", ");
        parts.push(match language {
            Language::English => format!("if everything could have been read ({list})"),
            Language::Japanese => format!("すべてを読めていれば（{list}）"),
        });
    }
    if parts.is_empty() {
        return String::new();
    }
    match language {
        Language::English => format!("would be clean {}", parts.join(" and ")),
        Language::Japanese => format!("{}、判定は問題なし（clean）でした", parts.join("、かつ")),
    }
}

/// Takes the weightiest kinds away until the score is below suspicious, then gives back each that was not needed.
fn superfluous_free<'a>(tree: &'a ArtifactTree, policy: &'a Policy) -> BTreeSet<&'a str> {
    let is_clean = |without: &BTreeSet<&str>| {
        worst(tree, policy, without).is_none_or(|branch| branch.score(policy) < policy.thresholds.suspicious)
    };
    let mut taken: Vec<&'a str> = Vec::new();
    let mut set: BTreeSet<&'a str> = BTreeSet::new();
    while taken.len() < MAX_WITHOUT {
        let Some(branch) = worst(tree, policy, &set) else { break };
        if branch.score(policy) < policy.thresholds.suspicious {
            break;
        }
        let Some(next) = branch.items.iter().find(|item| item.points > 0) else { break };
        taken.push(next.finding.kind.id);
        set.insert(next.finding.kind.id);
    }
    for kind in taken {
        set.remove(kind);
        if !is_clean(&set) {
            set.insert(kind);
        }
    }
    set
}

fn facet_name(facet: Facet, language: Language) -> &'static str {
    let japanese = match facet {
        Facet::Identity => "差出人",
        Facet::Deceive => "偽装",
        Facet::Conceal => "隠蔽",
        Facet::Trigger => "自動起動",
        Facet::Execute => "実行",
        Facet::Network => "通信",
        Facet::Exploit => "脆弱性",
        Facet::Reputation => "既知",
        Facet::Structure => "構造",
    };
    language.pick(facet.as_str(), japanese)
}
