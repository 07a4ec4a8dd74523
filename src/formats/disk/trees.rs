//! Discs carry several trees of names over the same content: ISO 9660, Joliet, UDF. Each system shows one of them, so
//! all are walked, and put together: content once, with every name; what only one tree shows is said.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use super::content::Runs;
use super::volume::{Entry, Volume};
use crate::finding_kind;
use crate::knowledge::extensions::{self, ExtensionClass};
use crate::knowledge::manuals;
use crate::model::name::extension;
use crate::model::{EntryName, Location, Severity};
use crate::stage::{Outcome, StageError};

/// A file of a tree.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// Path, and the other names of the same tree.
    pub(crate) name: EntryName,
    /// Where content lies.
    pub(crate) runs: Runs,
    /// Content that lies in the entry itself.
    pub(crate) inline: Option<Vec<u8>>,
    /// Bytes.
    pub(crate) size: u64,
    /// Whether the entry or a folder around it is marked hidden.
    pub(crate) is_hidden: bool,
    /// What is special, in words.
    pub(crate) detail: &'static str,
}

/// A tree of names.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// `Joliet`, `UDF`.
    pub(crate) title: String,
    /// Its files.
    pub(crate) nodes: Vec<Node>,
    /// Links: path and target.
    pub(crate) links: Vec<(EntryName, String)>,
    /// Folders that are marked hidden.
    pub(crate) hidden_folders: Vec<String>,
    /// Whether a part of it could not be read, so that what it lacks means nothing.
    pub(crate) is_broken: bool,
}

/// One content under its names.
struct Merged {
    node: Node,
    trees: Vec<usize>,
}

finding_kind! {
    /// ## What it is
    /// A disc image shows different files to different systems: an entry is in one of its trees of names (ISO 9660,
    /// Joliet, UDF) and not in another.
    ///
    /// ## Why it matters
    /// Windows shows the UDF tree if there is one, then the Joliet tree; unpackers and scanners often read another. What
    /// only one tree names can be shown to the victim and kept from the scanner.
    ///
    /// ## How we see it
    /// All trees are walked and compared by where content lies; a file that runs weighs more. A UDF disc whose ISO 9660 tree holds only the customary
    /// read-me file is left out.
    ///
    /// ## When it is innocent
    /// Discs for several systems that hide the programs of one from the others, and catalogues of bootable discs.
    ///
    /// ## References
    /// - ECMA-119, Volume and File Structure of CDROM: https://ecma-international.org/publications-and-standards/standards/ecma-119/
    /// - ATT&CK T1553.005, Mark-of-the-Web Bypass: https://attack.mitre.org/techniques/T1553/005/
    pub(crate) const TREES_DIFFER = {
        id: "disc-trees-differ",
        title: "a disc image shows different files to different systems",
        ja: "ディスクイメージが、読み取るシステムによって異なるファイルを見せます",
        why_ja: "検査ソフトには見えず、受信者のWindowsにだけ見えるファイルを置くことができます。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1564"],
    }
}

/// Gives the files of all trees, the one a system prefers first.
pub(crate) fn give(volume: &Volume<'_>, trees: &[Tree], out: &mut Outcome<'_>) -> Result<(), StageError> {
    let merged = merge(trees);
    say_differences(trees, &merged, out);
    for tree in trees {
        for (name, target) in &tree.links {
            volume.link(name, target, out);
        }
        for folder in &tree.hidden_folders {
            volume.hidden_folder(folder, out);
        }
    }
    for Merged { node, trees: within } in &merged {
        let titles: Vec<&str> =
            within.iter().filter_map(|index| trees.get(*index)).map(|tree| tree.title.as_str()).collect();
        let detail = match node.detail {
            "" => titles.join(", "),
            detail => format!("{}, {detail}", titles.join(", ")),
        };
        let mut entry = Entry::new(node.name.clone(), detail);
        entry.is_hidden = node.is_hidden;
        match &node.inline {
            Some(bytes) => volume.give(&entry, bytes.as_slice().take(node.size), out)?,
            None => volume.give(&entry, node.runs.reader(volume.disk, node.size, node.size), out)?,
        }
    }
    Ok(())
}

/// What tells whether two entries are one content. Empty files have no place.
fn key(node: &Node) -> (Option<u64>, u64) {
    (node.runs.start().filter(|_| node.size > 0), node.size)
}

fn merge(trees: &[Tree]) -> Vec<Merged> {
    let mut merged: Vec<Merged> = Vec::new();
    let mut known: HashMap<(Option<u64>, u64), Vec<usize>> = HashMap::new();
    for (index, tree) in trees.iter().enumerate() {
        // Two entries of one tree are two files, even with one content: each is matched to another of the other tree.
        let mut used: HashMap<(Option<u64>, u64), usize> = HashMap::new();
        for node in &tree.nodes {
            let key = key(node);
            let next = used.entry(key).or_default();
            let places = known.entry(key).or_default();
            let is_inline = node.inline.is_some() && node.size > 0;
            match places.get(*next).and_then(|place| merged.get_mut(*place)).filter(|_| !is_inline) {
                Some(same) => {
                    for name in node.name.all() {
                        if is_news(name, &same.node.name) {
                            same.node.name = std::mem::take(&mut same.node.name).also(name);
                        }
                    }
                    same.node.is_hidden |= node.is_hidden;
                    if !same.trees.contains(&index) {
                        same.trees.push(index);
                    }
                }
                None => {
                    places.push(merged.len());
                    merged.push(Merged { node: node.clone(), trees: vec![index] });
                }
            }
            *next = next.saturating_add(1);
        }
    }
    merged
}

/// Whether a name says something that those known do not. The short names of ISO 9660 are what is left of the others.
pub(crate) fn is_news(name: &str, known: &EntryName) -> bool {
    let cut = |text: &str| extension(text).chars().take(3).collect::<String>();
    known.all().all(|other| !other.eq_ignore_ascii_case(name) && (!name.is_ascii() || cut(other) != cut(name)))
}

fn say_differences(trees: &[Tree], merged: &[Merged], out: &mut Outcome<'_>) {
    if trees.len() < 2 || trees.iter().any(|tree| tree.is_broken) {
        return;
    }
    // A tree of nothing but the customary note says that the disc is to be read by the other.
    let is_note = |tree: &Tree| tree.nodes.iter().all(|node| manuals::is_manual(node.name.file_name()));
    let counted: HashSet<usize> =
        trees.iter().enumerate().filter(|(_, tree)| !is_note(tree)).map(|(index, _)| index).collect();
    for Merged { node, trees: within } in merged {
        let missing: Vec<&str> = counted
            .iter()
            .filter(|index| !within.contains(index))
            .filter_map(|index| trees.get(*index))
            .map(|tree| tree.title.as_str())
            .collect();
        let is_counted = within.iter().any(|index| counted.contains(index));
        if !missing.is_empty() && is_counted && node.size > 0 && !is_catalogue(node) {
            let at = Location::part(format!("entry {}", node.name.file_name()));
            let mut missing = missing;
            missing.sort_unstable();
            let observed = format!("{} is not in {}", node.name.text, missing.join(", "));
            let class = extensions::class(&node.name.extension());
            let severity = match class.is_some_and(ExtensionClass::is_launchable) {
                true => Severity::High,
                false => TREES_DIFFER.severity,
            };
            out.raise_as(TREES_DIFFER, severity, false, at, observed);
        }
    }
}

/// What makers of bootable discs put into one tree only.
fn is_catalogue(node: &Node) -> bool {
    let name = node.name.file_name().to_lowercase();
    name.starts_with("boot.cat") || name == "boot.catalog" || name == "trans.tbl"
}
