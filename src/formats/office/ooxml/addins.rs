//! What Office runs beside macros: ribbon callbacks, add-ins that a document asks for, ActiveX controls.

use std::collections::BTreeSet;

use super::OoxmlView;
use super::kinds::runs_macros;
use super::parts::parts;
use crate::finding_kind;
use crate::formats::office::classes::{DANGEROUS_CLASS, RISKY_CLASS, say_class};
use crate::formats::office::target::{Reach, target};
use crate::formats::office::xml::{Piece, walk};
use crate::knowledge::clsids::Clsid;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct AddIns;

impl Analyzer for AddIns {
    fn findings(&self) -> Kinds {
        &[CUSTOM_UI_CALLBACK, REMOTE_ADD_IN, DANGEROUS_CLASS, RISKY_CLASS]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let ribbons: BTreeSet<String> = view
            .relations
            .iter()
            .filter(|relation| relation.short_kind() == "extensibility" && !relation.is_external)
            .map(|relation| relation.resolve().to_ascii_lowercase())
            .collect();
        let is_wanted = |name: &str| {
            ribbons.contains(name)
                || name == "docprops/custom.xml"
                || name.contains("/activex/") && name.ends_with(".xml")
        };
        let has_macros = view.has_vba() || artifact_runs_macros(&view);
        for part in parts(artifact, out, is_wanted)? {
            let at = || Location::part(format!("part {}", part.name));
            let name = part.name.to_ascii_lowercase();
            if name == "docprops/custom.xml" {
                if let Some(location) = assembly_location(&part.data) {
                    say_add_in(out, &location, at());
                }
            } else if name.contains("/activex/") {
                say_controls(out, &part.data, &at);
            } else {
                say_ribbon(out, &part.data, has_macros, &at);
            }
        }
        Ok(())
    }
}

fn artifact_runs_macros(view: &OoxmlView) -> bool {
    view.format.is_some_and(runs_macros)
}

/// `onLoad` of `customUI`, MS-CUSTOMUI 2.2.1. A target with `!` names a macro of another file (CVE-2021-42292).
fn say_ribbon(out: &mut Outcome<'_>, data: &[u8], has_macros: bool, at: &dyn Fn() -> Location) {
    let mut callbacks = Vec::new();
    let _ = walk(data, |piece| {
        if let Piece::Open(tag) = piece
            && tag.is("customUI")
        {
            callbacks.extend(tag.get("onLoad"));
        }
    });
    for callback in callbacks {
        let is_elsewhere = callback.contains('!') || target(&callback).is_elsewhere();
        let severity = match (is_elsewhere, has_macros) {
            (true, _) => Severity::High,
            (false, true) => Severity::Medium,
            (false, false) => Severity::Low,
        };
        out.raise_as(CUSTOM_UI_CALLBACK, severity, false, at(), format!("onLoad {callback}"));
    }
}

/// `_AssemblyLocation`, the custom property that makes Office install and load a managed add-in.
fn assembly_location(data: &[u8]) -> Option<String> {
    let mut is_ours = false;
    let mut location = String::new();
    let _ = walk(data, |piece| match piece {
        Piece::Open(tag) if tag.is("property") => {
            is_ours = tag.get("name").is_some_and(|name| name.eq_ignore_ascii_case("_AssemblyLocation"));
        }
        Piece::Close("property") => is_ours = false,
        Piece::Text(text) if is_ours => location.push_str(text),
        _ => {}
    });
    let location = location.trim();
    (!location.is_empty()).then(|| location.to_owned())
}

fn say_add_in(out: &mut Outcome<'_>, location: &str, at: Location) {
    let manifest = location.split('|').next().unwrap_or(location);
    let target = target(manifest);
    let severity = match target.reach() {
        Some(Reach::Named | Reach::Odd) => Severity::High,
        Some(Reach::Lan) => Severity::Low,
        None => return,
    };
    out.raise_as(REMOTE_ADD_IN, severity, false, at.clone(), manifest);
    if let Some(ioc) = target.ioc("add-in of the document", at) {
        out.ioc(ioc);
    }
}

/// `classid` of `ax:ocx`, MS-OAX 2.2.
fn say_controls(out: &mut Outcome<'_>, data: &[u8], at: &dyn Fn() -> Location) {
    let mut classes = Vec::new();
    let _ = walk(data, |piece| {
        if let Piece::Open(tag) = piece {
            classes.extend(tag.get("classid").and_then(|text| Clsid::from_text(&text)));
        }
    });
    for class in classes {
        say_class(out, class, at());
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
    /// `onLoad` of the `customUI` element in a part of the `extensibility` relationship. Weighted medium where the
    /// document has macros, low where it has none, high where the callback leads elsewhere.
    ///
    /// ## When it is innocent
    /// Company add-ins and templates with their own ribbon.
    ///
    /// ## References
    /// - MS-CUSTOMUI 2.2.1 customUI
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

finding_kind! {
    /// ## What it is
    /// The document asks Office to install a managed add-in (VSTO) from another machine.
    ///
    /// ## Why it matters
    /// After one question by the installer, a program of the sender's runs inside Office whenever it starts.
    ///
    /// ## How we see it
    /// The custom property `_AssemblyLocation` is a web address or a server path.
    ///
    /// ## When it is innocent
    /// Companies that publish document-level add-ins on their own servers.
    ///
    /// ## References
    /// - ATT&CK T1137.006, Add-ins: https://attack.mitre.org/techniques/T1137/006/
    pub(crate) const REMOTE_ADD_IN = {
        id: "remote-add-in",
        title: "the document installs an add-in from another machine",
        ja: "文書が外部からアドイン（VSTO）をインストールしようとします",
        why_ja: "確認画面で承認すると、送信者のプログラムがOfficeの中で動くようになります。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1137.006"],
    }
}
