//! Data that a workbook fetches: connections and web queries (ECMA-376-1, 18.13), and Power Query, whose formulas lie in a
//! package inside a part (MS-QDEFF).

use super::OoxmlView;
use super::parts::parts;
use crate::finding_kind;
use crate::formats::fields::{range_in, u32_at};
use crate::formats::office::connection::{Distance, places};
use crate::formats::office::target::{Reach, target};
use crate::formats::office::xml::{Piece, walk};
use crate::formats::text::base64::from_loose_base64;
use crate::knowledge::dde::is_command;
use crate::knowledge::power_query::{Power, functions};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError, Unpacker};

/// Gives the packages of Power Query.
pub(super) struct Mashups;

impl Unpacker for Mashups {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        for part in parts(parent, out, |name| name.starts_with("customxml/item") && name.ends_with(".xml"))? {
            let is_wide =
                part.data.get(1) == Some(&0) || matches!(part.data.get(..2), Some([0xFF, 0xFE] | [0xFE, 0xFF]));
            if !is_wide && memchr::memmem::find(&part.data, b"DataMashup").is_none() {
                continue;
            }
            let mut text = String::new();
            let mut is_ours = false;
            let _ = walk(&part.data, |piece| match piece {
                Piece::Open(tag) => is_ours |= tag.is("DataMashup"),
                Piece::Text(more) if is_ours => text.push_str(more),
                Piece::Close("DataMashup") => is_ours = false,
                Piece::Text(_) | Piece::Close(_) => {}
            });
            if text.is_empty() {
                continue;
            }
            // MS-QDEFF 2.2: version, size of the package, the package; permissions and metadata follow.
            let bytes = from_loose_base64(&text);
            let size = u32_at(&bytes, 4).unwrap_or_default();
            let package = bytes.get(range_in(&bytes, 8, size)).unwrap_or_default();
            if package.is_empty() {
                let at = Location::part(format!("part {}", part.name));
                out.problem(Problem::damaged("a Power Query package that cannot be read", at));
                continue;
            }
            let origin = Origin::part(OriginKind::Decoded, format!("Power Query of {}", part.name));
            out.child_bytes(EntryName::new("Power Query"), origin, package.to_vec().into())?;
        }
        Ok(())
    }
}

/// Says connections and formulas.
pub(super) struct Queries;

/// Connections said of one workbook.
const MAX_QUERIES: usize = 500;

impl Analyzer for Queries {
    fn findings(&self) -> Kinds {
        &[FETCHES_DATA]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let is_wanted = |name: &str| {
            let file = name.rsplit('/').next().unwrap_or(name);
            file.ends_with(".xml") && (file.starts_with("connections") || file.starts_with("querytable"))
                || name.starts_with("formulas/") && file.ends_with(".m")
                || view.content_type(name).is_some_and(|kind| kind.ends_with("connections+xml"))
        };
        for part in parts(artifact, out, is_wanted)? {
            let at = || Location::part(format!("part {}", part.name));
            if part.name.to_ascii_lowercase().ends_with(".m") {
                say_formulas(&String::from_utf8_lossy(&part.data), out, &at);
                continue;
            }
            let mut is_refreshed = false;
            let mut found = Vec::new();
            let _ = walk(&part.data, |piece| {
                let Piece::Open(tag) = piece else { return };
                let get = |name: &str| tag.get(name).unwrap_or_default();
                match tag.local() {
                    "connection" => is_refreshed = matches!(get("refreshOnLoad").as_str(), "1" | "true"),
                    "dbPr" => found.push((get("connection"), get("command"), is_refreshed)),
                    "webPr" => found.push((get("url"), get("post"), is_refreshed)),
                    "textPr" => found.push((get("sourceFile"), String::new(), is_refreshed)),
                    _ => {}
                }
                found.truncate(MAX_QUERIES);
            });
            for (connection, command, is_refreshed) in found {
                say(&connection, &command, is_refreshed, out, &at);
            }
        }
        Ok(())
    }
}

fn say(connection: &str, command: &str, is_refreshed: bool, out: &mut Outcome<'_>, at: &dyn Fn() -> Location) {
    let places = places(connection);
    for place in &places {
        if let Some(ioc) = place.ioc("data connection", at()) {
            out.ioc(ioc);
        }
    }
    let to = target(connection);
    if let Some(ioc) = to.ioc("data connection", at()) {
        out.ioc(ioc);
    }
    let furthest = places.iter().map(|place| place.distance).max().unwrap_or(Distance::Here);
    let lower = command.to_ascii_lowercase();
    let runs = ["xp_cmdshell", "sp_oacreate", "shell("].iter().any(|word| lower.contains(word)) || is_command(&lower);
    let severity = match (to.reach(), furthest) {
        _ if runs => Severity::High,
        (Some(Reach::Odd), _) | (_, Distance::Web) if is_refreshed => Severity::Medium,
        (Some(_), _) | (_, Distance::Web | Distance::Beyond) => Severity::Low,
        (None, Distance::Here | Distance::Inside) => return,
    };
    let when = if is_refreshed { ", when opened" } else { "" };
    let asks = if command.is_empty() { String::new() } else { format!(", asks {command}") };
    out.raise_as(FETCHES_DATA, severity, false, at(), format!("{connection}{asks}{when}"));
}

/// Functions of the formula language that reach out or run something.
fn say_formulas(text: &str, out: &mut Outcome<'_>, at: &dyn Fn() -> Location) {
    for (name, power, argument) in functions(text) {
        let to = target(argument);
        let severity = match (power, to.reach()) {
            (Power::Runs, _) => Severity::Medium,
            (Power::Fetches, Some(Reach::Odd)) => Severity::Medium,
            (Power::Fetches, _) => Severity::Low,
        };
        out.raise_as(FETCHES_DATA, severity, false, at(), format!("{name} {argument}").trim_end());
        if let Some(ioc) = to.ioc("Power Query", at()) {
            out.ioc(ioc);
        }
    }
}

finding_kind! {
    /// ## What it is
    /// The workbook fetches data from somewhere else: a database, a web page, a file of another machine, or by a program
    /// of the formula language of Power Query.
    ///
    /// ## Why it matters
    /// What comes back fills cells, formulas included, and may be another thing tomorrow; asking gives away who opened
    /// the workbook, and sometimes a hash of the password. Commands can run programs on a database server.
    ///
    /// ## How we see it
    /// `connections.xml` and query tables; the package of Power Query in a custom XML part. Weighted high for commands
    /// that run programs, medium for bare addresses and odd ports fetched when the workbook opens, and for functions that
    /// run scripts; otherwise low. Sources on the same machine or network are not said.
    ///
    /// ## When it is innocent
    /// Reports of every company that keeps its figures in a database or on the web.
    ///
    /// ## References
    /// - MS-QDEFF, Query Definition File Format: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-qdeff/
    /// - ATT&CK T1221, Template Injection: https://attack.mitre.org/techniques/T1221/
    pub(crate) const FETCHES_DATA = {
        id: "workbook-fetches-data",
        title: "the workbook fetches data from somewhere else",
        ja: "ブックが外部からデータを取得します",
        why_ja: "取得先の内容は後から変えられ、開いたことや認証情報が外部に伝わる場合もあります。業務の集計表でも使われます。",
        severity: Low,
        facet: Network,
        confidence: High,
        attack: ["T1221"],
    }
}
