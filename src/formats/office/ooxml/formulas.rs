//! Formulas of worksheets and names as they are written (ECMA-376-1, 18.17): calls of other programs and what fetches from
//! elsewhere. Parts without a sign of either are passed over.

use super::OoxmlView;
use super::parts::parts;
use super::queries::FETCHES_DATA;
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::formula_text::{Call, calls};
use crate::formats::office::target::{Reach as Distance, target};
use crate::formats::office::xml::{Piece, walk};
use crate::knowledge::formulas::Reach;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Formulas;

/// Formulas with a sign looked at in one part, and bytes of one.
const MAX_FORMULAS: usize = 5_000;
const MAX_FORMULA: usize = 8_192;

/// Parts of the names of functions that reach out, and the bar of a call of another program.
const SIGNS: [&[u8]; 9] =
    [b"|", b"WEBSERVICE", b"webservice", b"RTD(", b"rtd(", b"IMAGE(", b"image(", b"DDE(", b"dde("];

impl Analyzer for Formulas {
    fn findings(&self) -> Kinds {
        &[DDE_LINK, FETCHES_DATA]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        if !view.format.is_some_and(|format| format.as_str().starts_with("xl")) {
            return Ok(());
        }
        let is_wanted = |name: &str| {
            let is_sheet =
                name.contains("/worksheets/") || name.contains("/dialogsheets/") || name.contains("/tables/");
            let is_typed = || view.content_type(name).is_some_and(|kind| kind.contains("worksheet+xml"));
            let is_main = || view.main.as_deref().is_some_and(|main| main.eq_ignore_ascii_case(name));
            view.is_xml(name) && (is_sheet || is_main() || is_typed())
        };
        for part in parts(artifact, out, is_wanted)? {
            let is_plain = part.data.first() == Some(&b'<') && part.data.get(1) != Some(&0);
            if is_plain && !has_sign(&part.data) {
                continue;
            }
            let at = || Location::part(format!("part {}", part.name));
            for formula in formulas(&part.data) {
                say(&formula, out, &at);
            }
        }
        Ok(())
    }
}

fn has_sign(text: &[u8]) -> bool {
    SIGNS.iter().any(|sign| memchr::memmem::find(text, sign).is_some())
}

/// Formulas with a sign in them.
fn formulas(data: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    let _ = walk(data, |piece| match piece {
        Piece::Open(tag) => {
            let is_formula = matches!(
                tag.local(),
                "f" | "formula" | "formula1" | "formula2" | "definedName" | "calculatedColumnFormula"
            );
            open = is_formula.then(String::new);
        }
        Piece::Text(text) => {
            if let Some(formula) = open.as_mut().filter(|formula| formula.len() < MAX_FORMULA) {
                formula.push_str(text);
            }
        }
        Piece::Close(_) => {
            let formula = open.take().filter(|formula| has_sign(formula.as_bytes()) && found.len() < MAX_FORMULAS);
            found.extend(formula.map(|formula| format!("={formula}")));
        }
    });
    found
}

fn say(formula: &str, out: &mut Outcome<'_>, at: &dyn Fn() -> Location) {
    for call in calls(formula) {
        match call {
            Call::Link { service, topic } => say_dde(out, DdeHost::Excel, &service, &topic, at()),
            Call::Function { name, reach: Reach::Fetches, target: text, is_joined } => {
                let to = target(text.as_deref().unwrap_or_default());
                if let Some(ioc) = to.ioc(&format!("formula {name}"), at()) {
                    out.ioc(ioc);
                }
                let is_odd = to.reach() == Some(Distance::Odd);
                let severity = if is_odd || is_joined && to.is_elsewhere() { Severity::Medium } else { Severity::Low };
                out.raise_as(FETCHES_DATA, severity, false, at(), formula);
            }
            Call::Function { .. } => {}
        }
    }
}
