//! Queries of databases: a connection string and a command, in lines (`XLODBC`), in settings (`QueryType=OLEDB`) or in
//! elements (`odc:ConnectionString`).

use quick_xml::escape::unescape;

use super::findings::DATA_CONNECTION_FILE;
use crate::formats::office::connection::{Distance, places};
use crate::formats::text::plain::TextView;
use crate::knowledge::dde::is_command;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at connections.
pub(super) struct Connections;

/// Characters read of a connection string or command.
const MAX_TEXT: usize = 64 << 10;
/// Connections of one file.
const MAX_CONNECTIONS: usize = 16;

pub(super) fn is_query(artifact: &Artifact) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| {
        let head = view.lower_head().trim_start();
        head.starts_with("xlodbc") || head.starts_with("querytype=") && head.contains("connection=")
    })
}

/// A connection and what is asked over it.
struct Query {
    connection: String,
    command: String,
}

impl Analyzer for Connections {
    fn findings(&self) -> Kinds {
        &[DATA_CONNECTION_FILE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        for query in queries(&view.text) {
            say(&query, out);
        }
        Ok(())
    }
}

fn queries(text: &str) -> Vec<Query> {
    let trimmed = text.trim_start();
    let starts = |word: &str| trimmed.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if starts("xlodbc") {
        let mut lines = trimmed.lines().map(str::trim).filter(|line| !line.is_empty()).skip(1);
        let mut connection = lines.next().unwrap_or_default();
        if connection.len() <= 3 {
            connection = lines.next().unwrap_or_default();
        }
        return vec![Query { connection: cut(connection), command: cut(lines.next().unwrap_or_default()) }];
    }
    if starts("querytype=") {
        let value = |key: &str| {
            let found =
                text.lines().filter_map(|line| line.split_once('=')).find(|(k, _)| k.trim().eq_ignore_ascii_case(key));
            found.map_or("", |(_, value)| value.trim())
        };
        return vec![Query { connection: cut(value("connection")), command: cut(value("commandtext")) }];
    }
    let mut commands = elements(text, "CommandText").into_iter();
    let connections = elements(text, "ConnectionString").into_iter();
    connections.map(|connection| Query { connection, command: commands.next().unwrap_or_default() }).collect()
}

fn cut(text: &str) -> String {
    text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or(text).to_owned()
}

/// Contents of the elements of a local name, whatever stands around them: the page they are in is not XML.
fn elements(text: &str, name: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let open = format!("{}>", name.to_ascii_lowercase());
    let mut found = Vec::new();
    for (at, _) in lower.match_indices(&open) {
        let before = lower.get(..at).unwrap_or_default();
        let tag = before.rfind('<').and_then(|start| before.get(start..)).unwrap_or_default();
        // `</odc:ConnectionString>` closes; a tag is short.
        if tag.len() > 64 || tag.starts_with("</") || !tag.starts_with('<') {
            continue;
        }
        let start = at.saturating_add(open.len());
        let content = text.get(start..).and_then(|rest| rest.split('<').next()).unwrap_or_default();
        let content = cut(content);
        found.push(unescape(&content).map(|text| text.into_owned()).unwrap_or(content));
        if found.len() >= MAX_CONNECTIONS {
            break;
        }
    }
    found
}

fn say(query: &Query, out: &mut Outcome<'_>) {
    let places = places(&query.connection);
    for place in &places {
        if let Some(ioc) = place.ioc("data connection", Location::whole()) {
            out.ioc(ioc);
        }
    }
    let furthest = places.iter().max_by_key(|place| place.distance);
    let command = query.command.to_ascii_lowercase();
    let runs = ["xp_cmdshell", "sp_oacreate", "shell(", "openrowset"].iter().any(|word| command.contains(word))
        || is_command(&command);
    let severity = match furthest.map_or(Distance::Here, |place| place.distance) {
        _ if runs => Severity::High,
        Distance::Web => Severity::High,
        Distance::Beyond => Severity::Medium,
        Distance::Here | Distance::Inside => Severity::Low,
    };
    let place = furthest.map_or_else(|| query.connection.clone(), |place| format!("{} {}", place.key, place.value));
    let observed = match query.command.trim() {
        "" => place,
        command => format!("{place}, asks {command}"),
    };
    out.raise_as(DATA_CONNECTION_FILE, severity, false, Location::whole(), observed);
}
