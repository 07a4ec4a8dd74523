//! What a compound file shows: packed programs, dangerous classes, macro sheets, damage, and facts about its author.

use super::native::{self, packed};
use super::unpack::name_of;
use super::{OleView, biff, equation, link, summary, word};
use crate::finding_kind;
use crate::formats::office::dde::{self, DdeHost, say_dde};
use crate::formats::office::{classes, remote, xlm};
use crate::knowledge::extensions;
use crate::model::{Artifact, Location, ProblemKind, name::extension};
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
            OLE_EMBEDDED_EXECUTABLE,
            OLE_PACKAGE_LABEL_LIES,
            OLE_PACKAGE_OBJECT,
            equation::EQUATION_EDITOR_OBJECT,
            equation::EQUATION_FONT_OVERFLOW,
            link::OLE_REMOTE_LINK,
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
                say_package(&view, index, out);
            }
        }
        Ok(())
    }
}

fn say_package(view: &OleView, index: usize, out: &mut Outcome<'_>) {
    let at = || Location::part(format!("stream {}", view.path(index)));
    let stream = view.data(index);
    let Some(packed) = packed(&stream) else {
        let data = native::bare(&stream);
        if let Some(what) = launchable_content(&data) {
            out.raise(OLE_EMBEDDED_EXECUTABLE, at(), format!("{what} as native data"));
        }
        return;
    };
    let names = name_of(&packed);
    let launched = names.all().find(|name| is_launchable(name));
    let content = launchable_content(&packed.data);
    if launched.is_none() && content.is_none() {
        out.raise(OLE_PACKAGE_OBJECT, at(), names.text.clone());
        return;
    }
    let what = content.map_or_else(String::new, |content| format!(", {content}"));
    out.raise(OLE_EMBEDDED_EXECUTABLE, at(), format!("{}{what}", launched.unwrap_or(&names.text)));
    let shown = extension(&packed.label);
    let promises = extensions::class(&shown).is_some_and(extensions::ExtensionClass::is_content);
    if promises {
        out.raise(OLE_PACKAGE_LABEL_LIES, at(), format!("label {} for {}", packed.label, names.text));
    }
}

fn is_launchable(name: &str) -> bool {
    extensions::class(&extension(name)).is_some_and(extensions::ExtensionClass::is_launchable)
}

/// Programs and shortcuts by their first bytes, whatever they are called.
fn launchable_content(data: &[u8]) -> Option<&'static str> {
    const SHORTCUT: &[u8] = &[0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xC0];
    if data.starts_with(b"MZ") && data.len() > 64 {
        Some("a Windows program")
    } else if data.starts_with(SHORTCUT) {
        Some("a shortcut")
    } else if data.starts_with(b"\x7FELF") {
        Some("a Linux program")
    } else {
        None
    }
}

pub(super) struct Workbooks;

impl Analyzer for Workbooks {
    fn findings(&self) -> Kinds {
        &[xlm::XLM_MACRO_SHEET, xlm::XLM_HIDDEN_SHEET, xlm::XLM_AUTO_OPEN, dde::DDE_LINK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OleView>()?;
        for (index, entry) in view.streams() {
            if !["workbook", "book"].contains(&entry.name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let stream = view.data(index);
            if !biff::is_workbook(&stream) {
                continue;
            }
            let at = || Location::part(format!("stream {}", view.path(index)));
            let globals = biff::globals(&stream);
            let mut has_macros = false;
            for sheet in globals.sheets.iter().filter(|sheet| sheet.is_macro) {
                has_macros = true;
                xlm::say_macro_sheet(out, &sheet.name, sheet.visibility, at());
            }
            for name in globals.auto_names.iter().filter(|_| has_macros) {
                xlm::say_auto_open(out, name, at());
            }
            for (service, topic) in &globals.links {
                say_supporting_book(out, service, topic, at());
            }
        }
        Ok(())
    }
}

/// A supporting book with two parts is DDE, or a link to an embedded OLE server, whose service is a class name.
fn say_supporting_book(out: &mut Outcome<'_>, service: &str, topic: &str, at: Location) {
    let is_ole_class = service.contains('.') && !topic.is_empty() && !crate::knowledge::dde::is_launcher(service);
    if !is_ole_class {
        say_dde(out, DdeHost::Excel, service, topic, at);
    }
}

pub(super) struct Texts;

impl Analyzer for Texts {
    fn findings(&self) -> Kinds {
        &[dde::DDE_LINK, remote::REMOTE_IMAGE, remote::REMOTE_OBJECT, remote::REMOTE_HOST_UNUSUAL]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OleView>()?;
        word::say_fields(&view, out);
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// A program, script or shortcut packed into a document, to be started by a double click on its icon.
    ///
    /// ## Why it matters
    /// The icon and its label are the sender's choice, so a program looks like an attached PDF, and the document gets
    /// past filters that stop programs.
    ///
    /// ## How we see it
    /// An `Ole10Native` stream whose label, path or temporary path has an extension that Windows launches, or whose
    /// content is a program or shortcut.
    ///
    /// ## When it is innocent
    /// An IT department packs a tool into its manual. Ask it; do not double-click.
    ///
    /// ## References
    /// - MS-OLEDS 2.3.6 OLENativeStream
    /// - ATT&CK T1204.002, User Execution: https://attack.mitre.org/techniques/T1204/002/
    pub(crate) const OLE_EMBEDDED_EXECUTABLE = {
        id: "ole-embedded-executable",
        title: "a program or script is packed into the document",
        ja: "文書の中に実行ファイルやスクリプトが埋め込まれています",
        why_ja: "アイコンをダブルクリックすると埋め込まれたプログラムが起動します。アイコンや表示名は送信者が自由に偽装できます。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1027.009"],
    }
}

finding_kind! {
    /// ## What it is
    /// A packed program whose label under the icon promises a document or picture.
    ///
    /// ## Why it matters
    /// The reader sees `領収書.pdf` and starts `領収書.pdf.exe`. Nobody labels a tool so by mistake.
    ///
    /// ## How we see it
    /// The label of an `Ole10Native` stream has an extension of content, while the file's own name or its first bytes
    /// are those of a program, script or shortcut.
    ///
    /// ## When it is innocent
    /// Hardly ever: a person who renames an icon's label has no reason to add a document's extension.
    ///
    /// ## References
    /// - MS-OLEDS 2.3.6 OLENativeStream
    /// - ATT&CK T1036.007, Double File Extension: https://attack.mitre.org/techniques/T1036/007/
    pub(crate) const OLE_PACKAGE_LABEL_LIES = {
        id: "ole-package-label-lies",
        title: "a packed program is labelled as a document",
        ja: "埋め込まれた実行ファイルが文書のような名前で表示されます",
        why_ja: "アイコンの下に表示される名前と実際に起動するファイルが異なります。利用者を欺くための細工です。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1036.007"],
    }
}

finding_kind! {
    /// ## What it is
    /// A file packed into a document that is no program by name or content.
    ///
    /// ## Why it matters
    /// Opening it leaves the document and starts whatever the file's type starts. The file itself is examined as a part
    /// of its own.
    ///
    /// ## How we see it
    /// An `Ole10Native` stream in the layout of a packed file.
    ///
    /// ## When it is innocent
    /// Common: reports with a text file, PDF or archive inside.
    ///
    /// ## References
    /// - MS-OLEDS 2.3.6 OLENativeStream: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-oleds/
    pub(crate) const OLE_PACKAGE_OBJECT = {
        id: "ole-package-object",
        title: "a file is packed into the document",
        ja: "文書の中にファイルが埋め込まれています",
        why_ja: "埋め込まれたファイルは個別に検査しています。通常の業務文書でも使われます。",
        severity: Low,
        facet: Structure,
        confidence: High,
        attack: ["T1027.009"],
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
