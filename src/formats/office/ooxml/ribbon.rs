//! The ribbon a document brings (MS-CUSTOMUI, MS-CUSTOMUI2): its callbacks are macros that run by themselves when it is
//! loaded or shown, or on a click.

use std::collections::BTreeSet;

use super::OoxmlView;
use super::kinds::runs_macros;
use super::parts::parts;
use crate::finding_kind;
use crate::formats::office::target::target;
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Ribbon;

/// Callbacks looked at in one part.
const MAX_CALLBACKS: usize = 1_000;

impl Analyzer for Ribbon {
    fn findings(&self) -> Kinds {
        &[CUSTOM_UI_CALLBACK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let is_ours = |kind: &str| matches!(kind, "extensibility" | "usercustomization" | "quickaccesstoolbar");
        let ribbons: BTreeSet<String> = view
            .relations
            .iter()
            .filter(|relation| !relation.is_external && is_ours(&relation.short_kind()))
            .map(|relation| relation.resolve().to_ascii_lowercase())
            .collect();
        if ribbons.is_empty() {
            return Ok(());
        }
        let has_macros = view.has_vba() || view.format.is_some_and(runs_macros);
        for part in parts(artifact, out, |name| ribbons.contains(name))? {
            for (attribute, callback) in callbacks(&part.data) {
                let at = Location::part(format!("part {}", part.name));
                say(out, &attribute, &callback, has_macros, at);
            }
        }
        Ok(())
    }
}

/// Attributes that name a macro, and the macros.
fn callbacks(data: &[u8]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let _ = walk(data, |piece| {
        let Piece::Open(tag) = piece else { return };
        for (name, value) in tag.attributes() {
            let is_callback =
                name.starts_with("get") || matches!(name.as_str(), "onLoad" | "onAction" | "onChange" | "loadImage");
            let is_new = || !found.iter().any(|(_, known)| *known == value);
            if is_callback && !value.is_empty() && found.len() < MAX_CALLBACKS && is_new() {
                found.push((name, value));
            }
        }
    });
    found
}

/// A target with `!` names a macro of another file (CVE-2021-42292).
fn say(out: &mut Outcome<'_>, attribute: &str, callback: &str, has_macros: bool, at: Location) {
    let is_load = attribute == "onLoad";
    let file = callback.rsplit_once('!').map_or(callback, |(file, _)| file).trim_matches('\'');
    let is_elsewhere = target(file).is_elsewhere() || is_load && callback.contains('!');
    let severity = match (is_elsewhere, is_load && has_macros) {
        (true, _) => Severity::High,
        (false, true) => Severity::Medium,
        (false, false) => Severity::Low,
    };
    out.fact("ribbon-callback", format!("{attribute} {callback}"));
    if let Some(ioc) = target(file).ioc("callback of the ribbon", at.clone()) {
        out.ioc(ioc);
    }
    if !is_elsewhere {
        out.offer_event(callback, matches!(attribute, "onAction" | "onChange"));
    }
    // What runs on a click only is no sign of anything, unless it runs from elsewhere.
    let is_clicked = matches!(attribute, "onAction" | "onChange");
    if is_elsewhere || !is_clicked {
        out.raise_as(CUSTOM_UI_CALLBACK, severity, false, at, format!("{attribute} {callback}"));
    }
}

finding_kind! {
    /// ## What it is
    /// The document changes the ribbon and names a macro that runs as soon as it is loaded.
    ///
    /// ## Why it matters
    /// The callback runs without any of the macro names scanners look for. If it names a macro in another file, that
    /// file is opened (CVE-2021-42292).
    ///
    /// ## How we see it
    /// `onLoad` of the `customUI` element and the `get…` callbacks of what it shows, in parts of the relationships
    /// `extensibility` and `userCustomization`. Weighted medium for `onLoad` where the document has macros, low where it
    /// has none and for other callbacks, high where a callback of any sort leads elsewhere.
    ///
    /// ## When it is innocent
    /// Company add-ins and templates with their own ribbon.
    ///
    /// ## References
    /// - MS-CUSTOMUI 2.2.1 and MS-CUSTOMUI2 2.2.1 customUI
    /// - ATT&CK T1137.006, Add-ins: https://attack.mitre.org/techniques/T1137/006/
    pub(crate) const CUSTOM_UI_CALLBACK = {
        id: "custom-ui-callback",
        title: "a macro runs when the document's ribbon is loaded",
        ja: "リボンの読み込み時にマクロが実行されます",
        why_ja: "通常の自動実行マクロの名前を使わずに、文書を開いたときにマクロを動かす方法です。社内アドインでも使われます。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1137.006"],
    }
}
