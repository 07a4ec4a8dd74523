//! What Office runs beside macros: add-ins that a document asks for (VSTO and web add-ins), ActiveX controls.

use std::collections::BTreeMap;

use super::OoxmlView;
use super::parts::parts;
use crate::finding_kind;
use crate::formats::office::classes::{DANGEROUS_CLASS, RISKY_CLASS, say_class};
use crate::formats::office::target::{Reach, target};
use crate::formats::office::xml::{Piece, walk};
use crate::knowledge::clsids::Clsid;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct AddIns;

/// What a part is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Properties,
    Controls,
    WebAddIn,
}

/// Parts are found by relationship, and where writers put them: this tells by the name, `bound` by relationship.
fn by_name(name: &str) -> Option<Purpose> {
    if name == "docprops/custom.xml" {
        Some(Purpose::Properties)
    } else if name.contains("/activex/") && name.ends_with(".xml") {
        Some(Purpose::Controls)
    } else if name.contains("webextension") && name.ends_with(".xml") {
        Some(Purpose::WebAddIn)
    } else {
        None
    }
}

/// Parts by their names in lower case.
fn bound(view: &OoxmlView) -> BTreeMap<String, Purpose> {
    let mut parts = BTreeMap::new();
    for relation in view.relations.iter().filter(|relation| !relation.is_external) {
        let purpose = match relation.short_kind().as_str() {
            "custom-properties" => Purpose::Properties,
            "control" => Purpose::Controls,
            "webextension" => Purpose::WebAddIn,
            _ => continue,
        };
        parts.entry(relation.resolve().to_ascii_lowercase()).or_insert(purpose);
    }
    parts
}

impl Analyzer for AddIns {
    fn findings(&self) -> Kinds {
        &[REMOTE_ADD_IN, LOCAL_ADD_IN, WEB_ADD_IN, DANGEROUS_CLASS, RISKY_CLASS]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let bound = bound(&view);
        let purpose = |name: &str| by_name(name).or_else(|| bound.get(name).copied());
        for part in parts(artifact, out, |name| purpose(name).is_some())? {
            let at = || Location::part(format!("part {}", part.name));
            match purpose(&part.name.to_ascii_lowercase()) {
                Some(Purpose::Properties) => {
                    let location = assembly_location(&part.data);
                    if !location.is_empty() {
                        say_add_in(out, &location, at());
                    }
                }
                Some(Purpose::Controls) => say_controls(out, &part.data, &at),
                Some(Purpose::WebAddIn) => say_web_add_in(out, &part.data, &at),
                None => {}
            }
        }
        Ok(())
    }
}

/// `_AssemblyLocation`, the custom property that makes Office install and load a managed add-in. Long ones are cut into
/// `_AssemblyLocation0`, `_AssemblyLocation1` and so on.
fn assembly_location(data: &[u8]) -> String {
    let mut is_ours = false;
    let mut location = String::new();
    let _ = walk(data, |piece| match piece {
        Piece::Open(tag) if tag.is("property") => {
            let name = tag.get("name").unwrap_or_default().to_ascii_lowercase();
            is_ours = name.starts_with("_assemblylocation");
        }
        Piece::Close("property") => is_ours = false,
        Piece::Text(text) if is_ours => location.push_str(text),
        _ => {}
    });
    location.trim().to_owned()
}

fn say_add_in(out: &mut Outcome<'_>, location: &str, at: Location) {
    let manifest = location.split('|').next().unwrap_or(location);
    let target = target(manifest);
    let severity = match target.reach() {
        Some(Reach::Named | Reach::Odd) => Severity::High,
        Some(Reach::Lan) => Severity::Low,
        None => {
            // A bare identifier is a solution that is installed already.
            if manifest.to_ascii_lowercase().ends_with(".vsto") {
                out.raise(LOCAL_ADD_IN, at, manifest);
            }
            return;
        }
    };
    out.raise_as(REMOTE_ADD_IN, severity, false, at.clone(), manifest);
    if let Some(ioc) = target.ioc("add-in of the document", at) {
        out.ioc(ioc);
    }
}

/// `reference` of `webextension`, MS-OWEXML 2.2.4: the store, and of which sort it is.
fn say_web_add_in(out: &mut Outcome<'_>, data: &[u8], at: &dyn Fn() -> Location) {
    let mut stores = Vec::new();
    let mut opens_itself = false;
    let _ = walk(data, |piece| {
        let Piece::Open(tag) = piece else { return };
        if tag.is("reference") {
            stores.push((tag.get("storeType").unwrap_or_default(), tag.get("store").unwrap_or_default()));
        }
        opens_itself |= tag.is("property")
            && tag.get("name").is_some_and(|name| name.contains("AutoShowTaskpaneWithDocument"))
            && tag.get("value").is_some_and(|value| value.contains("true"));
    });
    for (sort, store) in stores {
        let target = target(&store);
        let severity = match target.reach() {
            Some(Reach::Odd) => Severity::High,
            Some(Reach::Named) => Severity::Medium,
            Some(Reach::Lan) | None => Severity::Low,
        };
        let how = if opens_itself { ", opens by itself" } else { "" };
        // What the vendor's store or the organisation's administrator gives out was looked at there.
        if !["omex", "excatalog"].contains(&sort.to_ascii_lowercase().as_str()) {
            out.raise_as(WEB_ADD_IN, severity, false, at(), format!("{sort} {store}{how}"));
        }
        if let Some(ioc) = target.ioc("store of a web add-in", at()) {
            out.ioc(ioc);
        }
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

finding_kind! {
    /// ## What it is
    /// The document loads a managed add-in (VSTO) that lies beside it or on the reader's machine.
    ///
    /// ## Why it matters
    /// Mailed in one archive or disk image, document and add-in need no server, and the document holds no macro (2022).
    ///
    /// ## How we see it
    /// The custom property `_AssemblyLocation` names a `.vsto` file by a path that leads to no other machine.
    ///
    /// ## When it is innocent
    /// Companies whose forms have add-ins installed with them.
    ///
    /// ## References
    /// - ATT&CK T1137.006, Add-ins: https://attack.mitre.org/techniques/T1137/006/
    pub(crate) const LOCAL_ADD_IN = {
        id: "document-loads-add-in",
        title: "the document loads an add-in that lies beside it",
        ja: "文書が同じ場所にあるアドイン（VSTO）を読み込みます",
        why_ja: "文書と一緒に届いたアドインのプログラムがOfficeの中で動くようになります。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1137.006"],
    }
}

finding_kind! {
    /// ## What it is
    /// The document brings a web add-in from another place than Microsoft's store or the organisation's catalogue.
    ///
    /// ## Why it matters
    /// The add-in is a web page of its maker's that runs inside Office, reads the document and can show what it likes.
    ///
    /// ## How we see it
    /// A `reference` in a part of the `webextension` relationship whose `storeType` is neither `OMEX` nor `EXCatalog`.
    /// Weighted medium where the store is a web address or a server path beyond the own network, high for bare
    /// addresses and odd ports.
    ///
    /// ## When it is innocent
    /// Developers' documents, and add-ins that a company keeps on a file server or SharePoint.
    ///
    /// ## References
    /// - MS-OWEXML 2.2.4: https://learn.microsoft.com/en-us/openspecs/office_standards/ms-owexml/
    /// - ATT&CK T1137.006, Add-ins: https://attack.mitre.org/techniques/T1137/006/
    pub(crate) const WEB_ADD_IN = {
        id: "document-web-add-in",
        title: "the document brings a web add-in from a place of its own",
        ja: "ストア以外から入手するWebアドインを含む文書です",
        why_ja: "作成者のWebページがOfficeの中で動き、文書の内容を読み取ることができます。",
        severity: Low,
        facet: Execute,
        confidence: High,
        attack: ["T1137.006"],
    }
}
