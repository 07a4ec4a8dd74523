//! The page a Prometheus server reads (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::families::{FAMILIES, Kind};

/// A page under construction. Series are kept with their family, since a family must be written in one piece.
#[derive(Debug, Default)]
pub struct Exposition {
    lines: BTreeMap<&'static str, String>,
}

/// Its media type.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

impl Exposition {
    /// Adds a series.
    pub fn add(&mut self, family: &'static str, labels: &[(&'static str, &str)], value: u64) {
        self.line(family, "", labels, None, &value.to_string());
    }

    /// Adds a step of a histogram.
    pub(super) fn bucket(&mut self, family: &'static str, labels: &[(&'static str, &str)], bound: &str, value: u64) {
        self.line(family, "_bucket", labels, Some(bound), &value.to_string());
    }

    /// Adds what ends a histogram.
    pub(super) fn sum_and_count(
        &mut self,
        family: &'static str,
        labels: &[(&'static str, &str)],
        microseconds: u64,
        count: u64,
    ) {
        let sum = format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000);
        self.line(family, "_sum", labels, None, &sum);
        self.line(family, "_count", labels, None, &count.to_string());
    }

    fn line(
        &mut self,
        family: &'static str,
        suffix: &str,
        labels: &[(&'static str, &str)],
        bound: Option<&str>,
        value: &str,
    ) {
        let text = self.lines.entry(family).or_default();
        text.push_str(family);
        text.push_str(suffix);
        let labels = labels.iter().copied().chain(bound.map(|bound| ("le", bound)));
        let mut open = '{';
        for (name, value) in labels {
            let _ = write!(text, "{open}{name}=\"");
            for c in value.chars() {
                match c {
                    '\\' => text.push_str("\\\\"),
                    '"' => text.push_str("\\\""),
                    '\n' => text.push_str("\\n"),
                    c => text.push(c),
                }
            }
            text.push('"');
            open = ',';
        }
        if open == ',' {
            text.push('}');
        }
        let _ = writeln!(text, " {value}");
    }

    /// The page. Families without a series, and series of no known family, are left out.
    pub fn finish(self) -> String {
        let mut out = String::new();
        for family in FAMILIES {
            let Some(lines) = self.lines.get(family.name) else { continue };
            let kind = match family.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram => "histogram",
            };
            let _ = write!(out, "# HELP {0} {1}\n# TYPE {0} {kind}\n{lines}", family.name, family.help);
        }
        out
    }
}
