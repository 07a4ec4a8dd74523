//! A section to the files on its pages.

use super::parser::{Embedded, OneNoteView};
use crate::finding_kind;
use crate::formats::launch::what_runs;
use crate::knowledge::extensions::class;
use crate::model::name::extension;
use crate::model::{Artifact, EntryName, Ioc, IocKind, Location, Origin, OriginKind, Problem, Severity};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Gives what is on the pages.
pub(super) struct OneNoteUnpacker;

finding_kind! {
    /// ## What it is
    /// A file is embedded in a OneNote page, and opening it runs something: a program, a script, a shortcut, a help
    /// file.
    ///
    /// ## Why it matters
    /// OneNote opens such a file with a double click, and files in it did not carry the mark of the web. In early 2023
    /// QakBot, Emotet (also in mails to Japan) and others sent sections with a button drawn over a script.
    ///
    /// ## How we see it
    /// Embedded files have a header of their own (FileDataStoreObject). Their content is looked at, and the name the
    /// section gives them. Documents and pictures are only mentioned as facts.
    ///
    /// ## When it is innocent
    /// Notes of an administrator may hold a script. Nobody else puts programs on a page.
    ///
    /// ## References
    /// - MS-ONESTORE, FileDataStoreObject: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-onestore/8806fd18-6735-4874-b111-227b83eaac26
    /// - ATT&CK T1204.002, User Execution: Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const EMBEDDED_PROGRAM = {
        id: "onenote-embedded-program",
        title: "a OneNote page holds a file that runs when opened",
        ja: "OneNoteのページに、開くと実行されるファイルが埋め込まれています",
        why_ja: "ボタンの絵の下にスクリプトを隠し、ダブルクリックさせる手口がEmotetなどで使われました。開かないでください。",
        severity: High,
        facet: Execute,
        confidence: High,
        attack: ["T1204.002", "T1027.009"],
    }
}

impl Unpacker for OneNoteUnpacker {
    fn findings(&self) -> Kinds {
        &[EMBEDDED_PROGRAM]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OneNoteView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if view.is_encrypted {
            out.problem(Problem::encrypted("pages of the section are locked with a password", Location::whole()));
        }
        for source in &view.sources {
            let ioc = Ioc::new(IocKind::Path, source.clone(), Location::whole());
            out.ioc(ioc.with_context("path of an embedded file on the author's machine"));
        }
        for name in &view.loose_names {
            let ioc = Ioc::new(IocKind::FileName, name.clone(), Location::whole());
            out.ioc(ioc.with_context("name of an embedded file"));
            if class(&extension(name)).is_some_and(|class| class.is_launchable()) {
                out.raise(EMBEDDED_PROGRAM, Location::whole(), format!("a file named {name}"));
            }
        }
        for (index, file) in view.files.iter().enumerate() {
            let at = || Location::at(file.range.start);
            let bytes = parent.bytes.slice(file.range.clone());
            let (name, is_named) = name_of(file, index);
            if let Some(what) = what_runs(&name, &bytes) {
                out.raise_as(EMBEDDED_PROGRAM, Severity::High, false, at(), format!("{}: {what}", name.file_name()));
            }
            let origin = match is_named {
                true => Origin::file(OriginKind::Embedded, "file on a page"),
                false => Origin::part(OriginKind::Embedded, "object on a page"),
            };
            out.child_bytes(name, origin, bytes)?;
        }
        Ok(())
    }
}

/// The name a file goes by, and whether the section gives it one.
fn name_of(file: &Embedded, index: usize) -> (EntryName, bool) {
    match (&file.name, &file.extension) {
        (Some(name), _) => (EntryName::new(name.clone()), true),
        (None, Some(extension)) => (EntryName::new(format!("object-{index}.{extension}")), false),
        (None, None) => (EntryName::new(format!("object-{index}")), false),
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::onenote::{Section, object};
    use sekisho_samples::program::pe::Pe;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::scan(&super::super::FORMAT, "a.one", &bytes)
    }

    fn names(said: &Said) -> Vec<&str> {
        said.children.iter().map(|child| child.name.text.as_str()).collect()
    }

    #[test]
    fn files_come_out_with_their_names() {
        let picture = sekisho_samples::media::jpeg();
        let section = Section::new()
            .file("見積.hta", b"<hta:application><script language=vbscript>x</script>")
            .picture("jpg", &picture)
            .file("b.exe", &Pe::new().build())
            .build();
        let said = unpack(section);
        assert_eq!(names(&said), ["見積.hta", "object-1.jpg", "b.exe"]);
        assert_eq!(said.children[1].bytes.as_ref(), picture);
        assert_eq!(trial::weight(&said, EMBEDDED_PROGRAM.id), Some(Severity::High));
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }

    #[test]
    fn packages_of_elements_give_their_blobs() {
        let picture = sekisho_samples::media::jpeg();
        let section = Section::new().file("a.hta", b"<hta:application><script>x</script>").picture("jpg", &picture);
        let said = unpack(section.packaged());
        assert_eq!(said.children.len(), 2);
        assert_eq!(said.children[1].bytes.as_ref(), picture);
        assert_eq!(trial::weight(&said, EMBEDDED_PROGRAM.id), Some(Severity::High));
        assert!(said.problems.is_empty(), "{:?}", said.problems);
        let bytes = section.packaged();
        let said = unpack(bytes[..bytes.len() - 40].to_vec());
        assert!(!said.problems.is_empty());
        let plain = unpack(Section::new().picture("jpg", &picture).packaged());
        assert!(plain.findings.is_empty());
    }

    #[test]
    fn pictures_alone_are_nothing_to_say() {
        let said = unpack(Section::new().picture("png", &sekisho_samples::media::jpeg()).build());
        assert_eq!(said.children.len(), 1);
        assert!(said.findings.is_empty());
    }

    #[test]
    fn a_length_that_lies_hides_no_other_file() {
        let mut first = object(b"MZ first");
        first[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
        let bytes = [Section::new().build(), first, object(b"second one")].concat();
        let said = unpack(bytes);
        assert_eq!(said.children.len(), 2);
        assert_eq!(said.children[1].bytes.as_ref(), b"second one");
        assert_eq!(said.problems.len(), 1);
    }

    #[test]
    fn every_cut_is_survived() {
        let section = Section::new().file("a.js", b"x=1").picture("png", b"\x89PNG").build();
        for end in 16..section.len() {
            let _ = unpack(section[..end].to_vec());
        }
    }
}
