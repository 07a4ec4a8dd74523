//! A disk image that is no medium but a wrapper: one thing to click on.

use std::collections::BTreeSet;

use super::archives::{files, is_launchable, is_program};
use crate::finding_kind;
use crate::formats::spec;
use crate::knowledge::extensions::{self, ExtensionClass};
use crate::model::{ArtifactPath, ArtifactTree, Finding, FormatId, Location, Record};
use crate::stage::{Correlator, Family, Kinds};

/// Looks for disk images that carry bait.
pub(super) struct DiskImage;

finding_kind! {
    /// ## What it is
    /// A disk image (ISO, VHD, WIM and the like) shows a shortcut, a few files with a script among them, or a single
    /// program and nothing else that can be seen.
    ///
    /// ## Why it matters
    /// Windows opens such images with a double-click. For years files in them did not carry the mark of the web, so
    /// programs and shortcuts started without a warning; groups turned to images in 2021 when macros were blocked. The
    /// usual form shows one shortcut and hides the folder with what it starts.
    ///
    /// ## How we see it
    /// Files of the image are counted as Explorer shows them, without hidden ones and what systems leave behind.
    ///
    /// ## When it is innocent
    /// A driver disc with a single set-up program. Discs of vendors have many files and are not sent by mail.
    ///
    /// ## References
    /// - ATT&CK T1553.005, Mark-of-the-Web Bypass: https://attack.mitre.org/techniques/T1553/005/
    pub(super) const HOLDS_BAIT = {
        id: "disk-image-holds-bait",
        title: "a disk image shows a shortcut, a script or a single program to click on",
        ja: "ディスクイメージに、ショートカットやスクリプト、または単独のプログラムが入っています",
        why_ja: "ディスクイメージの中のファイルには「インターネットから取得」の印が付かないことがあり、警告なしに実行されます。取引先が資料をこの形で送ることはほとんどありません。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1553.005", "T1204.002"],
    }
}

/// Files that an image with a script may have at most: more is a collection.
const FEW: usize = 5;

impl Correlator for DiskImage {
    fn findings(&self) -> Kinds {
        &[HOLDS_BAIT]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        let mut found = Vec::new();
        let is_image = |record: &&Record| spec(record.format).is_some_and(|spec| spec.family == Family::Disk);
        for image in tree.records().iter().filter(is_image) {
            let hidden: BTreeSet<&str> = image.facts("hidden-entry").collect();
            let all = files(tree, &image.path);
            let visible: Vec<&&Record> =
                all.iter().filter(|file| !hidden.contains(file.name.text.as_str()) && !is_autorun(file)).collect();
            let bait = match visible.as_slice() {
                [only] if is_launchable(only) => Some((*only, "nothing else is shown")),
                some => some.iter().find_map(|file| match () {
                    () if is_shortcut(file) => Some((*file, "a shortcut")),
                    () if is_script(file) && some.len() <= FEW => Some((*file, "a script among few files")),
                    () => None,
                }),
            };
            if let Some((file, why)) = bait {
                let at = Location::part(format!("entry {}", file.name.file_name()));
                let unseen = all.len().saturating_sub(visible.len());
                let observed = match unseen {
                    0 => format!("{}: {why}", file.name.text),
                    _ => format!("{}: {why}, {unseen} hidden", file.name.text),
                };
                found.push((image.path.clone(), super::finding(HOLDS_BAIT, at, observed)));
            }
        }
        found
    }
}

fn is_shortcut(record: &Record) -> bool {
    record.format == FormatId("lnk") || record.name.all().any(|name| crate::model::name::extension(name) == "lnk")
}

/// A script by its name; what merely looks like one inside is judged where it lies.
fn is_script(record: &Record) -> bool {
    const SETTINGS: [&str; 2] = ["inf", "reg"];
    let extension = record.name.extension();
    !is_program(record)
        && extensions::class(&extension) == Some(ExtensionClass::Script)
        && !SETTINGS.contains(&extension.as_str())
}

/// What discs have to show an icon.
fn is_autorun(record: &Record) -> bool {
    record.name.file_name().eq_ignore_ascii_case("autorun.inf")
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;
    use crate::model::Fact;

    fn found(names: &[(&str, &'static str)], hidden: &[&str]) -> usize {
        let mut image = record(&[], "a.iso", "iso9660");
        image.facts = hidden.iter().map(|name| Fact { key: "hidden-entry", value: (*name).to_owned() }).collect();
        let mut records = vec![image];
        records.extend(names.iter().enumerate().map(|(index, (name, format))| record(&[index as u32], name, format)));
        DiskImage.correlate(&ArtifactTree::new(records)).len()
    }

    #[test]
    fn a_shortcut_a_script_or_a_lone_program_is_bait() {
        assert_eq!(found(&[("E-TKT.pdf.lnk", "lnk"), ("tvcore/tvcore.dll", "pe")], &["tvcore/tvcore.dll"]), 1);
        assert_eq!(found(&[("a.exe", "pe"), ("b.dll", "pe"), ("autorun.inf", "text")], &["b.dll"]), 1);
        assert_eq!(found(&[("a.js", "text"), ("b.txt", "text")], &[]), 1);
    }

    #[test]
    fn a_vendors_disc_and_documents_are_not() {
        assert_eq!(found(&[("setup.exe", "pe"), ("readme.txt", "text"), ("autorun.inf", "text")], &[]), 0);
        assert_eq!(found(&[("議事録.pdf", "pdf")], &[]), 0);
        let many: Vec<(String, &'static str)> = (0..9).map(|n| (format!("{n}.cmd"), "batch")).collect();
        let many: Vec<(&str, &'static str)> = many.iter().map(|(name, format)| (name.as_str(), *format)).collect();
        assert_eq!(found(&many, &[]), 0);
    }
}
