use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;

/// The series of a page, or what is wrong with it.
fn parse(page: &str) -> Result<BTreeMap<String, f64>, String> {
    let mut series = BTreeMap::new();
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let mut ended = BTreeSet::new();
    let mut family = "";
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').ok_or("HELP without text")?;
            if help.is_empty() || !ended.insert(name) {
                return Err(format!("{name} comes twice or has no help"));
            }
            family = name;
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').ok_or("TYPE without kind")?;
            if name != family || types.insert(name, kind).is_some() {
                return Err(format!("TYPE of {name} out of place"));
            }
        } else {
            let (key, value) = line.rsplit_once(' ').ok_or(format!("no value: {line}"))?;
            let name = key.split('{').next().unwrap_or_default();
            let kind = types.get(family).copied().unwrap_or_default();
            let fits = match kind {
                "histogram" => {
                    name.strip_prefix(family).is_some_and(|end| ["_bucket", "_sum", "_count"].contains(&end))
                }
                "counter" => name == family && name.ends_with("_total"),
                "gauge" => name == family && !name.ends_with("_total"),
                _ => false,
            };
            if !fits {
                return Err(format!("{name} under {family} ({kind})"));
            }
            let value = value.parse::<f64>().map_err(|_| format!("no number: {line}"))?;
            if series.insert(key.to_owned(), value).is_some() {
                return Err(format!("{key} comes twice"));
            }
        }
    }
    Ok(series)
}

fn page(metrics: &Metrics) -> BTreeMap<String, f64> {
    let mut page = Exposition::default();
    metrics.expose(&mut page);
    parse(&page.finish()).unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn every_series_is_there_from_the_start_and_known() {
    let series = page(&Metrics::default());
    assert_eq!(series.get("sekisho_examined_total{door=\"milter\",level=\"clean\"}"), Some(&0.0));
    assert_eq!(series.get("sekisho_examine_seconds_bucket{door=\"http\",lane=\"small\",le=\"+Inf\"}"), Some(&0.0));
    assert!(series.values().all(|value| *value == 0.0));
}

#[test]
fn a_refusal_counts_as_a_cause_and_not_as_examined() {
    let metrics = Metrics::default();
    metrics.examined(Door::Milter, Lane::Small, 10, Duration::from_millis(3), &Err(Refused::Overloaded));
    let series = page(&metrics);
    assert_eq!(series["sekisho_refused_total{door=\"milter\",reason=\"overloaded\"}"], 1.0);
    assert_eq!(series["sekisho_outcomes_total{door=\"milter\",cause=\"overload\"}"], 1.0);
    assert_eq!(series["sekisho_input_bytes_total{door=\"milter\"}"], 10.0);
    let examined = series.iter().filter(|(key, _)| key.starts_with("sekisho_examined_total"));
    assert_eq!(examined.map(|(_, value)| value).sum::<f64>(), 0.0);
}

#[test]
fn a_connection_is_open_while_its_guard_lives() {
    let metrics = Arc::new(Metrics::default());
    let first = metrics.connection(Door::Clamd);
    let second = metrics.connection(Door::Clamd);
    assert_eq!(metrics.open(Door::Clamd), 2);
    drop(first);
    assert_eq!(metrics.open(Door::Clamd), 1);
    drop(second);
    assert_eq!(metrics.open(Door::Clamd), 0);
    assert_eq!(page(&metrics)["sekisho_connections_total{door=\"clamd\"}"], 2.0);
    assert_eq!(metrics.open(Door::Http), 0);
}

#[test]
fn steps_are_cumulative_and_what_is_beyond_counts_too() {
    let histogram = Histogram::default();
    for millis in [1, 2, 700, 500_000] {
        histogram.record(Duration::from_millis(millis));
    }
    let mut page = Exposition::default();
    histogram.expose(&mut page, "sekisho_examine_seconds", &[("door", "http"), ("lane", "large")]);
    let series = parse(&page.finish()).unwrap();
    let at =
        |bound: &str| series[&format!("sekisho_examine_seconds_bucket{{door=\"http\",lane=\"large\",le=\"{bound}\"}}")];
    assert_eq!(
        (at("0.001"), at("0.0025"), at("0.5"), at("1.0"), at("120.0"), at("+Inf")),
        (1.0, 2.0, 2.0, 3.0, 3.0, 4.0)
    );
    assert_eq!(series["sekisho_examine_seconds_sum{door=\"http\",lane=\"large\"}"], 500.703);
    assert_eq!(series["sekisho_examine_seconds_count{door=\"http\",lane=\"large\"}"], 4.0);
}

#[test]
fn bounds_say_in_words_what_they_are() {
    for (text, micros) in BOUNDS {
        assert_eq!((text.parse::<f64>().unwrap() * 1e6).round() as u64, micros, "{text}");
    }
    assert!(BOUNDS.windows(2).all(|pair| pair[0].1 < pair[1].1));
}

#[test]
fn every_family_has_series_with_its_labels() {
    let mut page = Exposition::default();
    Metrics::default().expose(&mut page);
    expose_desk(&crate::gate::desk::Stats::default(), &mut page);
    expose_store(&crate::gate::keeper::StoreCounts::default(), Some(7), &mut page);
    let text = page.finish();
    let series = parse(&text).unwrap();
    for family in FAMILIES {
        let ends: &[&str] = if family.kind == Kind::Histogram { &["_bucket", "_sum", "_count"] } else { &[""] };
        for end in ends {
            let name = format!("{}{end}", family.name);
            let mut own = series.keys().filter(|key| key.split('{').next() == Some(&name)).peekable();
            assert!(own.peek().is_some(), "{name} has no series");
            for key in own {
                let labels: Vec<&str> = key
                    .split_once('{')
                    .map(|(_, rest)| rest.split(',').filter_map(|pair| pair.split('=').next()).collect())
                    .unwrap_or_default();
                let labels: Vec<&str> = labels.into_iter().filter(|label| *label != "le").collect();
                assert_eq!(labels, family.labels, "{key}");
            }
        }
    }
}

#[test]
fn label_values_are_escaped() {
    let mut page = Exposition::default();
    page.add("sekisho_build_info", &[("version", "a\"b\\c\nd"), ("rules", "")], 1);
    assert!(page.finish().ends_with("sekisho_build_info{version=\"a\\\"b\\\\c\\nd\",rules=\"\"} 1\n"));
}

#[test]
fn the_names_are_those_of_the_configuration() {
    for cause in CAUSES {
        assert_eq!(serde_json::to_value(cause).unwrap(), labels::cause(cause));
    }
    for action in ACTIONS {
        assert_eq!(serde_json::to_value(action).unwrap(), labels::action(action));
    }
    let mut names = BTreeSet::new();
    assert!(FAMILIES.iter().all(|family| names.insert(family.name)));
}

#[test]
fn lanes_meet_at_the_limit() {
    assert_eq!(Lane::of(1_024, 1_024), Lane::Small);
    assert_eq!(Lane::of(1_025, 1_024), Lane::Large);
}
