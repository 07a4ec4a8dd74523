//! How the package is put together: what Office would repair, and macro projects that are not called so.

use std::collections::HashMap;

use super::OoxmlView;
use super::kinds::runs_macros;
use super::parser::{VBA_PROJECT, part_name};
use crate::finding_kind;
use crate::formats::archive::zip::ZipView;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Structure;

impl Analyzer for Structure {
    fn findings(&self) -> Kinds {
        &[NEEDS_REPAIR, PART_TWICE, PROJECT_DISGUISED]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let Some(format) = view.format else { return Ok(()) };
        if view.is_guessed {
            out.raise(NEEDS_REPAIR, Location::whole(), "the main part is known by its name only");
        } else if !artifact.view::<ZipView>()?.has_directory() {
            out.raise(NEEDS_REPAIR, Location::whole(), "the zip has no readable directory");
        }
        if let Some((first, second)) = twins(&*artifact.view::<ZipView>()?) {
            out.raise(PART_TWICE, Location::part(format!("part {second}")), format!("{first} and {second}"));
        }
        let mut is_bound = false;
        for relation in view.relations.iter().filter(|relation| !relation.is_external) {
            if relation.short_kind() != "vbaproject" {
                continue;
            }
            is_bound = true;
            let part = relation.resolve();
            let kind = view.content_type(&part).unwrap_or("no type");
            let file = part.rsplit('/').next().unwrap_or(&part).to_ascii_lowercase();
            let is_named = file.starts_with("vbaproject") && file.ends_with(".bin");
            if !is_named || !kind.trim().eq_ignore_ascii_case(VBA_PROJECT) {
                let at = Location::part(format!("part {}", relation.part));
                out.raise(PROJECT_DISGUISED, at, format!("macro project {part} of type {kind}"));
            }
        }
        if is_bound && !view.is_guessed && !runs_macros(format) {
            out.raise(
                PROJECT_DISGUISED,
                Location::whole(),
                format!("macro project in a {format}, which is said to have none"),
            );
        }
        Ok(())
    }
}

/// Two entries of one directory that are one part (names compare without case, ECMA-376-2, 8.2.2) with different content.
fn twins(zip: &ZipView) -> Option<(String, String)> {
    let mut known = HashMap::new();
    for entry in zip.entries.iter().filter(|entry| !entry.is_folder()) {
        let crc = entry.header()?.crc;
        let key = (entry.directory, part_name(&entry.name.text).to_ascii_lowercase());
        match known.insert(key, (crc, &entry.name.text)) {
            Some((before, name)) if before != crc => return Some((name.clone(), entry.name.text.clone())),
            Some(_) | None => {}
        }
    }
    None
}

finding_kind! {
    /// ## What it is
    /// The package holds two parts of one name with different content.
    ///
    /// ## Why it matters
    /// Programs differ in which of the two they take, so a scanner may look at one and Office open the other.
    ///
    /// ## How we see it
    /// One directory of the zip lists two entries whose names are equal but for case and the sort of slash, and whose
    /// checksums differ. Both are read here.
    ///
    /// ## When it is innocent
    /// Faults of programs that generate documents.
    ///
    /// ## References
    /// - ECMA-376-2, 8.2.2 Part naming: https://ecma-international.org/publications-and-standards/standards/ecma-376/
    /// - ATT&CK T1036, Masquerading: https://attack.mitre.org/techniques/T1036/
    pub(crate) const PART_TWICE = {
        id: "package-part-twice",
        title: "the document holds two parts of one name with different content",
        ja: "同じ名前で内容の異なる部品が文書内に2つあります",
        why_ja: "検査ソフトとOfficeに別々の内容を見せる細工に使われることがあります。",
        severity: Low,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1036"],
    }
}

finding_kind! {
    /// ## What it is
    /// An office document that is damaged, but only so far that Office offers to repair it and then opens it.
    ///
    /// ## Why it matters
    /// Mails with documents broken on purpose have been seen since August 2024: scanners give up, the reader clicks "Yes",
    /// and the repaired document shows its link or QR code. What lies in it is read here, too.
    ///
    /// ## How we see it
    /// The zip has no readable directory, or nothing but the usual name tells which part is the document. It brings no
    /// points itself.
    ///
    /// ## When it is innocent
    /// A transfer was cut off. The same mail sent again would be whole.
    ///
    /// ## References
    /// - ECMA-376-2, 9 and 10: https://ecma-international.org/publications-and-standards/standards/ecma-376/
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(crate) const NEEDS_REPAIR = {
        id: "document-needs-repair",
        title: "Office would have to repair the document before opening it",
        ja: "開くには修復が必要な壊れた文書です",
        why_ja: "わざと壊した文書を利用者に「修復」させ、検査をすり抜ける手口があります。中身はここでも読み取っています。",
        severity: Info,
        facet: Conceal,
        confidence: High,
        attack: ["T1027"],
    }
}

finding_kind! {
    /// ## What it is
    /// The document's macro project lies under another name or type than macro projects have, or in a document that says
    /// it has no macros.
    ///
    /// ## Why it matters
    /// Office follows the relationship, scanners often look for `vbaProject.bin`. Nobody renames the part by accident.
    ///
    /// ## How we see it
    /// The target of a relationship `vbaProject` is not named `vbaProject*.bin` or not of its content type; or the main
    /// part's type is one without macros.
    ///
    /// ## When it is innocent
    /// Hardly ever; programs that generate documents keep the usual name.
    ///
    /// ## References
    /// - MS-OFFMACRO2 2.2: https://learn.microsoft.com/en-us/openspecs/office_standards/ms-offmacro2/
    /// - ATT&CK T1036, Masquerading: https://attack.mitre.org/techniques/T1036/
    pub(crate) const PROJECT_DISGUISED = {
        id: "macro-project-disguised",
        title: "the document's macros lie under a name or type of something else",
        ja: "マクロが別の名前や種類の部品として隠されています",
        why_ja: "検査ソフトがマクロを見落とすように、部品の名前や種類を偽っています。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1036"],
    }
}
