//! A package to its streams, under their decoded names, and the scripts that stand in its tables.

use std::fmt::Write as _;

use super::actions::{Deed, actions};
use super::tables::{MsiView, Value};
use crate::formats::office::ole::OleView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError, Unpacker};

/// Gives what a package holds.
pub(super) struct MsiUnpacker;

/// Longest listing given.
const MAX_LISTING: usize = 1 << 20;

impl Unpacker for MsiUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<MsiView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        say_missing_cabinets(&view, out);
        let file = parent.view::<OleView>()?;
        for stream in &view.streams {
            let data = file.data(stream.index);
            if data.is_empty() {
                continue;
            }
            let kind = stream.name.split('.').next().unwrap_or_default();
            // Cabinets and binaries are files the package puts somewhere or runs; icons and the like are parts.
            let origin = match kind {
                "Icon" => Origin::part(OriginKind::Stream, "icon of a shortcut"),
                "Binary" => Origin::part(OriginKind::Stream, "stream of the table Binary"),
                _ => Origin::part(OriginKind::Stream, "stream of the package"),
            };
            out.child_bytes(EntryName::new(stream.name.clone()), origin, data)?;
        }
        for action in actions(&view) {
            if let Deed::InlineScript(extension) = action.deed
                && !action.target.is_empty()
            {
                let name = EntryName::new(format!("CustomAction.{}.{extension}", action.name));
                let origin = Origin::part(OriginKind::Decoded, "script in the table CustomAction");
                out.child_bytes(name, origin, action.target.into_bytes().into())?;
            }
        }
        let text = listing(&view);
        if !text.is_empty() {
            let origin = Origin::part(OriginKind::Decoded, "rows of the package's tables");
            out.child_bytes(EntryName::new("tables.txt"), origin, text.into_bytes().into())?;
        }
        Ok(())
    }
}

/// Media whose cabinet is not in the package.
fn say_missing_cabinets(view: &MsiView, out: &mut Outcome<'_>) {
    let Some(table) = view.table("Media") else { return };
    for row in &table.rows {
        let cabinet = table.text(row, "Cabinet");
        if !cabinet.is_empty() && !cabinet.starts_with('#') {
            let what = format!("the cabinet {cabinet} lies beside the package");
            out.problem(Problem::odd(what, Location::part("table Media")));
        }
    }
}

/// The rows that say what is run and where things are put, as text to be searched.
fn listing(view: &MsiView) -> String {
    let mut text = String::new();
    for name in ["CustomAction", "Property", "Shortcut"] {
        let Some(table) = view.table(name).filter(|table| !table.rows.is_empty()) else { continue };
        let _ = writeln!(text, "[{name}] {}", table.columns.join(" | "));
        for row in &table.rows {
            if text.len() > MAX_LISTING {
                return text;
            }
            let cells: Vec<String> = row
                .iter()
                .map(|value| match value {
                    Value::Text(text) => text.clone(),
                    Value::Number(number) => number.map(|number| number.to_string()).unwrap_or_default(),
                    Value::Stream => "(stream)".to_owned(),
                })
                .collect();
            let _ = writeln!(text, "{}", cells.join(" | "));
        }
    }
    text
}
