//! What a compound file shows: packed programs, dangerous classes, macro sheets, damage, and facts about its author.

use super::native::{self, packed};
use super::{OleView, equation, link, package, summary, word};
use crate::finding_kind;
use crate::formats::office::equation::{EQUATION_EDITOR_OBJECT, EQUATION_FONT_OVERFLOW, EQUATION_MATRIX_OVERFLOW};
use crate::formats::office::{biff, classes, dde, external, remote, xlm};
use crate::model::{Artifact, Location, ProblemKind};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Structure;

impl Analyzer for Structure {
    fn findings(&self) -> Kinds {
        &[OLE_STRUCTURE_DAMAGED, OLE_TABLES_REPAIRED]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OleView>()?;
        if let Some(first) = view.problems.iter().find(|problem| problem.kind == ProblemKind::Damaged) {
            out.raise(OLE_STRUCTURE_DAMAGED, first.at.clone(), first.what.clone());
        }
        for repair in &view.repairs {
            out.raise(OLE_TABLES_REPAIRED, Location::whole(), repair.clone());
        }
        summary::say_summary(&view, out);
        Ok(())
    }
}

pub(super) struct Objects;

impl Analyzer for Objects {
    fn findings(&self) -> Kinds {
        &[
            package::OLE_EMBEDDED_EXECUTABLE,
            package::OLE_PACKAGE_LABEL_LIES,
            package::OLE_PACKAGE_OBJECT,
            package::OLE_PACKAGE_LINK,
            EQUATION_EDITOR_OBJECT,
            EQUATION_FONT_OVERFLOW,
            EQUATION_MATRIX_OVERFLOW,
            link::OLE_REMOTE_LINK,
            remote::REMOTE_HOST_UNUSUAL,
            classes::DANGEROUS_CLASS,
            classes::RISKY_CLASS,
        ]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OleView>()?;
        for (index, entry) in view.storages().chain(view.root().map(|root| (0, root))) {
            if !entry.clsid.is_none() {
                classes::say_class(out, entry.clsid, Location::part(format!("storage {}", view.path(index))));
            }
        }
        equation::say_equations(&view, out);
        link::say_links(&view, out);
        for (index, entry) in view.streams() {
            if entry.name.eq_ignore_ascii_case(native::STREAM) {
                say_native(&view, index, out);
            }
        }
        Ok(())
    }
}

fn say_native(view: &OleView, index: usize, out: &mut Outcome<'_>) {
    let at = Location::part(format!("stream {}", view.path(index)));
    let stream = view.data(index);
    match packed(&stream) {
        Some(packed) => package::say_packed(&packed, &at, out),
        None => package::say_native(&native::bare(&stream), &at, out),
    }
}

pub(super) struct Workbooks;

impl Analyzer for Workbooks {
    fn findings(&self) -> Kinds {
        static KINDS: std::sync::LazyLock<Vec<&'static crate::model::FindingKind>> =
            std::sync::LazyLock::new(|| xlm::KINDS.iter().copied().chain([dde::DDE_LINK]).collect());
        &KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OleView>()?;
        for (index, entry) in view.streams() {
            if !["workbook", "book"].contains(&entry.name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let place = Location::part(format!("stream {}", view.path(index)));
            biff::say(&view.data(index), &place, out)?;
        }
        Ok(())
    }
}

pub(super) struct Texts;

impl Analyzer for Texts {
    fn findings(&self) -> Kinds {
        &[
            dde::DDE_LINK,
            external::EXPLOIT_TARGET,
            external::REMOTE_TEMPLATE,
            remote::REMOTE_IMAGE,
            remote::REMOTE_OBJECT,
            remote::REMOTE_HOST_UNUSUAL,
        ]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OleView>()?;
        word::say_fields(&view, out);
        word::say_template(&view, out);
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// A compound file whose directory or streams are cut or linked wrongly.
    ///
    /// ## Why it matters
    /// What could not be read was not examined. Office repairs more than scanners do, which some senders rely on.
    ///
    /// ## How we see it
    /// Sector chains that end early, leave the file or run in circles; the first such place is named.
    ///
    /// ## When it is innocent
    /// Downloads that broke off, and files recovered from damaged disks.
    ///
    /// ## References
    /// - MS-CFB 2.3 Compound File FAT Sectors: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb/
    pub(crate) const OLE_STRUCTURE_DAMAGED = {
        id: "ole-structure-damaged",
        title: "the compound file is damaged and was read only in part",
        ja: "ファイル構造が壊れており、一部しか読めませんでした",
        why_ja: "読めなかった部分は検査できていません。Officeは壊れたファイルを修復して開くことがあります。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: [],
    }
}

finding_kind! {
    /// ## What it is
    /// A compound file whose header or tables say something wrong about where its content lies, and whose content was
    /// found all the same.
    ///
    /// ## Why it matters
    /// A scanner that believes the header finds nothing, while a program that repairs documents opens them. What was
    /// found this way is examined like everything else.
    ///
    /// ## How we see it
    /// The root entry stands where another sector size would put it, or the sectors of the directory are found by their
    /// look and not by the chain that the header names.
    ///
    /// ## When it is innocent
    /// Files recovered from damaged disks, and downloads that broke off.
    ///
    /// ## References
    /// - MS-CFB 2.2 Compound File Header: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb/
    /// - ATT&CK T1027, Obfuscated Files or Information: https://attack.mitre.org/techniques/T1027/
    pub(crate) const OLE_TABLES_REPAIRED = {
        id: "ole-tables-repaired",
        title: "the tables of the compound file are wrong; its content was found without them",
        ja: "ファイルの管理情報が誤っていますが、内容は復元して検査しました",
        why_ja: "管理情報を信じる検査ソフトには空に見え、修復機能のあるソフトでは開ける、という回避に使われることがあります。",
        severity: Low,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027"],
    }
}
