//! Custom actions: what a package runs beside copying files.

use super::tables::{MsiView, Table, Value};
use crate::knowledge::interpreters::is_interpreter;

/// What a custom action does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// Runs a program that the package brings as a stream.
    BroughtProgram,
    /// Runs a script that the package brings as a stream.
    BroughtScript,
    /// Runs a script that stands in the table: its extension.
    InlineScript(&'static str),
    /// Starts a program of the machine, or one that was installed.
    Command,
    /// Calls a library, sets a property or a folder.
    Other,
}

/// A custom action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) name: String,
    pub(super) deed: Deed,
    pub(super) kind: i32,
    pub(super) source: String,
    pub(super) target: String,
    /// Whether a sequence runs it.
    pub(super) is_sequenced: bool,
}

impl Action {
    /// "Summary List of All Custom Action Types": the lower six bits.
    fn read(table: &Table, row: &[Value], is_sequenced: bool) -> Self {
        let kind = table.number(row, "Type").unwrap_or(0);
        let deed = match kind & 0x3f {
            2 => Deed::BroughtProgram,
            5 | 6 => Deed::BroughtScript,
            37 | 53 => Deed::InlineScript("js"),
            38 | 54 => Deed::InlineScript("vbs"),
            18 | 21 | 22 | 34 | 50 => Deed::Command,
            _ => Deed::Other,
        };
        Action {
            name: table.text(row, "Action").to_owned(),
            deed,
            kind,
            source: table.text(row, "Source").to_owned(),
            target: table.text(row, "Target").to_owned(),
            is_sequenced,
        }
    }

    /// What runs, on one line.
    pub(super) fn command(&self) -> String {
        let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.deed {
            Deed::InlineScript(_) => format!("{} (script, type {}): {}", self.name, self.kind, one(&self.target)),
            _ => format!("{} (type {}): {} {}", self.name, self.kind, self.source, one(&self.target)),
        }
    }

    /// The interpreter its command line starts.
    pub(super) fn interpreter(&self) -> Option<String> {
        let words = self.source.split(SEPARATORS).chain(self.target.split(SEPARATORS));
        words.filter(|word| is_interpreter(word)).map(str::to_owned).next()
    }
}

const SEPARATORS: [char; 9] = [' ', '\t', '\\', '/', '"', '\'', '[', ']', ','];

/// Every custom action, in the order of the table.
pub(super) fn actions(view: &MsiView) -> Vec<Action> {
    let Some(table) = view.table("CustomAction") else { return Vec::new() };
    let sequenced: std::collections::HashSet<&str> = ["InstallExecuteSequence", "InstallUISequence"]
        .iter()
        .filter_map(|name| view.table(name))
        .flat_map(|table| table.rows.iter().map(|row| table.text(row, "Action")))
        .collect();
    table
        .rows
        .iter()
        .map(|row| {
            let mut action = Action::read(table, row, sequenced.contains(table.text(row, "Action")));
            // Types 50, 53 and 54 name a property that holds the path or the script.
            if matches!(action.kind & 0x3f, 50 | 53 | 54)
                && let Some(value) = view.property(&action.source)
            {
                match action.deed {
                    Deed::InlineScript(_) => action.target = value.to_owned(),
                    _ => action.source = value.to_owned(),
                }
            }
            action
        })
        .collect()
}
