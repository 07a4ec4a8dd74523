//! All trees of a disc, put together.

use super::boot;
use super::descriptors::{self, Descriptor, Names, SECTOR};
use super::tree;
use crate::formats::disk::content::Runs;
use crate::formats::disk::trees::{self, Tree};
use crate::formats::disk::udf;
use crate::formats::disk::volume::{Entry, Volume};
use crate::model::{EntryName, Problem};
use crate::stage::{Outcome, StageError};

/// Gives every file of a disc.
pub(super) fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let first = descriptors::read_first(volume.disk);
    if !first.is_ended {
        out.problem(Problem::odd("the list of volume descriptors has no end", volume.place("descriptors")));
    }
    let mut found = first.volumes.clone();
    let mut catalogues = first.catalogues.clone();
    say_labels(&found, out);
    let mut trees = read_trees(volume, &found, out)?;
    trees.extend(udf::tree(volume, out)?);
    for session in descriptors::later_sessions(volume.disk, first.end) {
        // An image kept on the disc as a file has descriptors as well.
        let at = session.saturating_mul(SECTOR);
        let is_in_file = trees.iter().flat_map(|tree: &Tree| &tree.nodes).any(|node| {
            node.runs
                .iter()
                .any(|run| run.at.is_some_and(|start| (start..start.saturating_add(run.length)).contains(&at)))
        });
        if !is_in_file {
            let later = descriptors::read_from(volume.disk, session);
            out.problem(Problem::odd("the disc has another session", volume.place("session").with_offset(at)));
            trees.extend(read_trees(volume, &later.volumes, out)?);
            found.extend(later.volumes);
            catalogues.extend(later.catalogues);
        }
    }
    if found.is_empty() {
        volume.damaged("no volume descriptor can be read", "descriptors", out);
    }
    // What Windows shows comes first.
    trees.sort_by_key(|tree| match tree.title.as_str() {
        "UDF" => 0,
        title if title.starts_with("Joliet") => 1,
        _ => 2,
    });
    trees::give(volume, &trees, out)?;
    catalogues.dedup();
    for catalogue in catalogues {
        boot::give(volume, catalogue, &trees, out)?;
    }
    give_rest(volume, &found, &trees, out)
}

fn read_trees(volume: &Volume<'_>, found: &[Descriptor], out: &mut Outcome<'_>) -> Result<Vec<Tree>, StageError> {
    let mut trees = Vec::new();
    let mut roots = Vec::new();
    for descriptor in found {
        // The enhanced descriptor shares the primary one's folders as a rule.
        let root = descriptor.root.get(2..6).unwrap_or_default().to_vec();
        if roots.contains(&root) {
            continue;
        }
        roots.push(root);
        let name = match descriptor.names {
            Names::Primary => "ISO 9660",
            Names::Joliet => "Joliet",
            Names::Enhanced => "ISO 9660:1999",
        };
        let title = match descriptor.session {
            16 => name.to_owned(),
            session => format!("{name} of sector {session}"),
        };
        trees.push(tree::read(volume, descriptor, title, out)?);
    }
    Ok(trees)
}

fn say_labels(found: &[Descriptor], out: &mut Outcome<'_>) {
    for descriptor in found {
        let said = [
            ("volume-label", &descriptor.label),
            ("iso-system", &descriptor.system),
            ("iso-application", &descriptor.application),
        ];
        for (key, text) in said.into_iter().filter(|(_, text)| !text.is_empty()) {
            out.fact(key, text.clone());
        }
    }
}

/// What follows the volume: by its stated size, or behind the last file if that is further.
fn give_rest(
    volume: &Volume<'_>,
    found: &[Descriptor],
    trees: &[Tree],
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let stated = found.iter().map(|one| one.blocks.saturating_mul(one.block)).max().unwrap_or_default();
    let ends = trees.iter().flat_map(|tree| &tree.nodes).flat_map(|node| {
        node.runs.iter().filter_map(|run| Some(run.at?.saturating_add(run.length).next_multiple_of(SECTOR)))
    });
    let end = ends.max().unwrap_or_default().max(stated);
    let size = volume.disk.size();
    if stated > size {
        out.problem(Problem::odd("the volume says it is larger than the image", volume.place("descriptors")));
    }
    let left = size.saturating_sub(end);
    if left == 0
        || end == 0
        || volume.read(end, usize::try_from(left).unwrap_or(usize::MAX)).iter().all(|byte| *byte == 0)
    {
        return Ok(());
    }
    out.problem(Problem::odd("data follows the volume", volume.place("end").with_offset(end)));
    let mut said = Entry::new(EntryName::new("after the volume"), format!("after offset {end:#x}"));
    said.is_part = true;
    let runs = Runs::one(end, left);
    volume.give(&said, runs.reader(volume.disk, left, left), out)
}
