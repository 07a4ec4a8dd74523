//! Files packed into a document (Packager objects), whichever container holds them: what is said of them, and the files.

use super::native::Packed;
use crate::finding_kind;
use crate::formats::office::target::{Reach, Target, target};
use crate::knowledge::extensions;
use crate::model::name::{extension, file_name};
use crate::model::{EntryName, Ioc, IocKind, Location, Origin, OriginKind, Problem, Severity};
use crate::stage::{Outcome, StageError};

/// Says what a packed file is good for.
pub(crate) fn say_packed(packed: &Packed, at: &Location, out: &mut Outcome<'_>) {
    let names = name_of(packed);
    let launched = names.all().find(|name| is_launchable(name));
    if packed.is_linked && packed.data.is_empty() {
        say_linked(packed, launched.is_some(), at, out);
        return;
    }
    let content = launchable_content(&packed.data);
    if launched.is_none() && content.is_none() {
        out.raise(OLE_PACKAGE_OBJECT, at.clone(), names.text.clone());
        return;
    }
    let what = content.map_or_else(String::new, |content| format!(", {content}"));
    out.raise(OLE_EMBEDDED_EXECUTABLE, at.clone(), format!("{}{what}", launched.unwrap_or(&names.text)));
    let shown = extension(&packed.label);
    let promises = extensions::class(&shown).is_some_and(extensions::ExtensionClass::is_content);
    if promises {
        out.raise(OLE_PACKAGE_LABEL_LIES, at.clone(), format!("label {} for {}", packed.label, names.text));
    }
}

/// A package without content: the icon starts the file where it lies.
fn say_linked(packed: &Packed, is_launched: bool, at: &Location, out: &mut Outcome<'_>) {
    let severity = match target(&packed.path).reach() {
        Some(Reach::Named | Reach::Odd) => Severity::High,
        _ if is_launched => Severity::Medium,
        _ => Severity::Low,
    };
    out.raise_as(OLE_PACKAGE_LINK, severity, false, at.clone(), packed.path.clone());
}

/// Says what native data that is no packed file is good for.
pub(crate) fn say_native(data: &[u8], at: &Location, out: &mut Outcome<'_>) {
    if let Some(what) = launchable_content(data) {
        out.raise(OLE_EMBEDDED_EXECUTABLE, at.clone(), format!("{what} as native data"));
    }
}

/// Gives a packed file. One that is only linked has no content here.
pub(crate) fn give_packed(packed: Packed, at: &Location, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if packed.data.len() < packed.declared {
        let what = format!("packed file ends after {} of {} bytes", packed.data.len(), packed.declared);
        out.problem(Problem::damaged(what, at.clone()));
    }
    for source in [&packed.path, &packed.temporary] {
        match target(source) {
            Target::Local if source.contains('\\') => {
                out.ioc(Ioc::new(IocKind::Path, source.clone(), at.clone()).with_context("path of a packed file"));
            }
            target => {
                if let Some(ioc) = target.ioc("path of a packed file", at.clone()) {
                    out.ioc(ioc);
                }
            }
        }
    }
    if packed.is_linked && packed.data.is_empty() {
        return Ok(());
    }
    let name = name_of(&packed);
    let origin = Origin::file(OriginKind::Embedded, "packed into the document (OLE Package)");
    out.child_bytes(name, origin, packed.data)
}

/// The name the file gets when it is opened first, then whatever else it is called.
pub(crate) fn name_of(packed: &Packed) -> EntryName {
    let mut names = [&packed.path, &packed.temporary, &packed.label]
        .into_iter()
        .chain(&packed.unicode)
        .map(|name| file_name(name))
        .filter(|name| !name.is_empty());
    let first = names.next().unwrap_or("packed file");
    names.fold(EntryName::new(first), EntryName::also)
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

finding_kind! {
    /// ## What it is
    /// A program, script or shortcut packed into a document, to be started by a double click on its icon.
    ///
    /// ## Why it matters
    /// The icon and its label are the sender's choice, so a program looks like an attached PDF, and the document gets
    /// past filters that stop programs.
    ///
    /// ## How we see it
    /// An `Ole10Native` stream or a package in an OLE1 object whose label, path or temporary path has an extension that Windows launches, or whose
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
    /// An icon in the document starts a file that is not in the document but lies elsewhere.
    ///
    /// ## Why it matters
    /// A double click starts a program of the system with the sender's arguments, or fetches one from another machine,
    /// which also tells that machine the user's password hash.
    ///
    /// ## How we see it
    /// An `Ole10Native` stream or a package in an OLE1 object that has a path but no content, marked as linked. Weighted
    /// high if the path leads to another machine, medium if Windows launches such a file, else low.
    ///
    /// ## When it is innocent
    /// Links to files on the author's own machine, which break in the mail.
    ///
    /// ## References
    /// - MS-OLEDS 2.3.6 OLENativeStream: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-oleds/
    /// - ATT&CK T1204.002, User Execution: https://attack.mitre.org/techniques/T1204/002/
    pub(crate) const OLE_PACKAGE_LINK = {
        id: "ole-package-link",
        title: "an icon in the document starts a file that lies elsewhere",
        ja: "文書内のアイコンから、文書の外にあるファイルが起動します",
        why_ja: "ダブルクリックすると、パソコン内のプログラムや外部サーバー上のファイルが起動します。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::ole::native::packed;
    use crate::formats::trial::{scan, weight};
    use sekisho_samples::office::cfb::{Cfb, linked_package};

    #[test]
    fn a_package_that_only_names_a_file_is_a_link() {
        let of = |path: &str| {
            let native = linked_package("a", path);
            assert!(packed(&native.clone().into()).unwrap().is_linked);
            let file = Cfb::new().stream("ObjectPool/_1/\u{1}Ole10Native", native).build();
            let said = scan(&crate::formats::office::ole::FORMAT, "a.doc", &file);
            assert_eq!(weight(&said, "ole-embedded-executable"), None);
            weight(&said, "ole-package-link")
        };
        assert_eq!(of(r"C:\Windows\System32\harmless-none.exe"), Some(Severity::Medium));
        assert_eq!(of(r"\\192.0.2.1\s\harmless-none.exe"), Some(Severity::High));
        assert_eq!(of(r"C:\data\a.txt"), Some(Severity::Low));
    }
}
