//! Every shipped rule passes the linter and matches the sample its meta names.

use sekisho::matching::{lint, shipped_sources};

#[test]
fn every_shipped_rule_is_complete_and_matches_its_sample() {
    let complaints: Vec<String> = shipped_sources()
        .iter()
        .flat_map(|source| lint(source, |id| sekisho_samples::find(id).map(|sample| (sample.make)())))
        .map(|complaint| complaint.to_string())
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
