//! What correlators mean by an archive and by the files in it.

use crate::formats::spec;
use crate::knowledge::extensions;
use crate::model::{ArtifactPath, ArtifactTree, FormatId, Record};
use crate::stage::Family;

/// Compressed single files; around a tar they are one archive with it.
const WRAPPERS: [&str; 11] =
    ["gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "lzop", "brotli", "compress", "pack"];

/// Whether a record is an archive people open to see files in it. Packages and documents that happen to be zip files
/// have their own formats.
pub(super) fn is_archive(record: &Record) -> bool {
    spec(record.format).is_some_and(|spec| matches!(spec.family, Family::Archive | Family::Disk))
}

/// Whether a record is a compressed file around a tar.
pub(super) fn is_wrapper(tree: &ArtifactTree, record: &Record) -> bool {
    WRAPPERS.contains(&record.format.as_str())
        && tree.children(&record.path).any(|child| child.format == FormatId("tar"))
}

/// Files in an archive as a person sees them: no bookkeeping of operating systems, and each once, however many ways
/// there were to read it.
pub(super) fn files<'a>(tree: &'a ArtifactTree, path: &'a ArtifactPath) -> Vec<&'a Record> {
    let mut files: Vec<&Record> = Vec::new();
    for child in tree.children(path).filter(|child| child.origin.is_file && !is_bookkeeping(&child.name.text)) {
        let is_same = |known: &&Record| {
            known.name.text == child.name.text || (known.size > 0 && known.digests.sha256 == child.digests.sha256)
        };
        // Only neighbours can be two readings of one entry; comparing all with all would be quadratic.
        if !files.last().is_some_and(is_same) {
            files.push(child);
        }
    }
    files
}

/// Files that file managers leave behind.
fn is_bookkeeping(path: &str) -> bool {
    let name = crate::model::name::file_name(path);
    path.split(['/', '\\']).any(|step| step == "__MACOSX")
        || name.starts_with("._")
        || path.split(['/', '\\']).any(|step| {
            ["system volume information", "$recycle.bin", ".fseventsd"].contains(&step.to_lowercase().as_str())
        })
        || ["thumbs.db", "desktop.ini", ".ds_store"].contains(&name.to_lowercase().as_str())
}

/// Whether opening the file starts code, by what it is or by what it is called.
pub(super) fn is_launchable(record: &Record) -> bool {
    record.name.all().any(|name| {
        extensions::class(&crate::model::name::extension(name)).is_some_and(extensions::ExtensionClass::is_launchable)
    }) || is_program(record)
}

/// Whether the content is a program, or a shortcut to one.
pub(super) fn is_program(record: &Record) -> bool {
    std::iter::once(&record.format)
        .chain(&record.also)
        .any(|format| spec(*format).is_some_and(|spec| spec.family == Family::Program))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Artifact, EntryName, Origin, OriginKind};

    /// A record for tests: steps of the path below the input, name, format.
    pub(in crate::correlate) fn record(steps: &[u32], name: &str, format: &'static str) -> Record {
        let path = steps.iter().fold(ArtifactPath::root(), |path, step| path.child(*step));
        let content = format!("{steps:?} {name}");
        let mut artifact = Artifact::new(
            path,
            EntryName::new(name),
            Origin::file(OriginKind::Entry, ""),
            content.into_bytes().into(),
            FormatId::UNKNOWN,
        );
        artifact.format = FormatId(format);
        Record::of(&artifact)
    }

    #[test]
    fn bookkeeping_is_no_file() {
        let tree = ArtifactTree::new(vec![
            record(&[], "a.zip", "zip"),
            record(&[0], "a.txt", "text"),
            record(&[1], "__MACOSX/._a.txt", "unknown"),
            record(&[2], "Thumbs.db", "ole"),
        ]);
        assert_eq!(files(&tree, &ArtifactPath::root()).len(), 1);
    }
}
