//! Pieces of one file that lie side by side, or in several messages of one mailbox, put together.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::scheduler::Task;
use crate::budget::Budget;
use crate::formats::archive::cab;
use crate::formats::archive::volumes::sets;
use crate::formats::mail::partial;
use crate::formats::{recognised, starts_archive};
use crate::model::{ArtifactPath, EntryName, Fact, FormatId, Origin, OriginKind, ProblemKind, Record};
use crate::stage::Child;

/// The fact that says what a piece is part of.
const PART_OF: &str = "part-of";

/// Wholes made of one level; an attacker chooses names.
const MAX_WHOLES: usize = 64;

/// Adds to a level what its pieces make when put together. First those in the same container, then those in the whole
/// level: a large file is sent in several mails.
pub(super) fn join_pieces(level: &mut Vec<Task>, records: &[Record], budget: &Budget) -> Vec<Joined> {
    if level.len() < 2 {
        return Vec::new();
    }
    let mut by_parent: BTreeMap<Option<ArtifactPath>, Vec<usize>> = BTreeMap::new();
    for (index, task) in level.iter().enumerate() {
        by_parent.entry(task.path.parent()).or_default().push(index);
    }
    let mut wholes: Vec<Whole> = Vec::new();
    let mut taken = vec![false; level.len()];
    let groups = by_parent.values().cloned().chain((by_parent.len() > 1).then(|| (0..level.len()).collect()));
    for group in groups {
        let free: Vec<usize> = group.into_iter().filter(|index| !taken.get(*index).copied().unwrap_or(true)).collect();
        for whole in find(level, &free) {
            for member in &whole.members {
                if let Some(taken) = taken.get_mut(*member) {
                    *taken = true;
                }
            }
            wholes.push(whole);
        }
    }
    wholes.iter().take(MAX_WHOLES).filter_map(|whole| add(level, whole, records, budget)).collect()
}

/// A whole that became an artifact.
pub(super) struct Joined {
    whole: ArtifactPath,
    pieces: Vec<ArtifactPath>,
}

/// A file to be put together.
struct Whole {
    name: String,
    members: Vec<usize>,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Concatenated,
    Cabinets,
    Fragments,
}

fn find(level: &[Task], among: &[usize]) -> Vec<Whole> {
    let task = |index: &usize| level.get(*index);
    let names = among.iter().filter_map(task).map(|task| task.child.name.text.as_str());
    let at = |members: Vec<usize>| members.iter().filter_map(|member| among.get(*member).copied()).collect();
    let mut found: Vec<Whole> = sets(names)
        .into_iter()
        .map(|set| Whole { name: set.name, members: at(set.members), how: How::Concatenated })
        .collect();
    found.retain(|whole| !are_strangers(level, &whole.members));
    let contents = || among.iter().filter_map(task).map(|task| &task.child.bytes);
    found.extend(cab::sets(contents()).into_iter().map(|members| Whole {
        name: "joined.cab".to_owned(),
        members: at(members),
        how: How::Cabinets,
    }));
    found.extend(partial::sets(contents()).into_iter().map(|members| Whole {
        name: "message-joined.eml".to_owned(),
        members: at(members),
        how: How::Fragments,
    }));
    found
}

/// Whether files named like pieces are plainly files of their own: `scan.001` and `scan.002` are two pictures. Archives
/// are put together all the same, since one can be cut between two entries.
fn are_strangers(level: &[Task], members: &[usize]) -> bool {
    let mut contents = members.iter().filter_map(|index| level.get(*index)).map(|task| &task.child.bytes);
    let Some(first) = contents.next() else { return true };
    recognised(first) && !starts_archive(first) && contents.all(|content| recognised(content))
}

/// Puts a whole together as one more artifact of what its pieces have in common.
fn add(level: &mut Vec<Task>, whole: &Whole, records: &[Record], budget: &Budget) -> Option<Joined> {
    let members: Vec<&Task> = whole.members.iter().filter_map(|index| level.get(*index)).collect();
    let (first, parent) = (members.first()?, common_parent(&members)?);
    let pieces: Vec<Bytes> = members.iter().map(|task| task.child.bytes.clone()).collect();
    let bytes = match whole.how {
        How::Fragments => partial::join(&pieces),
        How::Cabinets => cab::join(&pieces)?.to_vec(),
        How::Concatenated => {
            let size: usize = pieces.iter().map(Bytes::len).sum();
            if size as u64 > budget.limits().artifact_bytes {
                return None;
            }
            pieces.concat()
        }
    };
    budget.charge_bytes(bytes.len() as u64).and_then(|()| budget.charge_artifact()).ok()?;
    let from: Vec<String> = members.iter().map(|task| task.path.to_string()).collect();
    let origin = Origin::file(OriginKind::Joined, format!("from {}", from.join(", ")));
    let child = Child::new(EntryName::new(whole.name.clone()), origin, bytes.into());
    let paths = level.iter().map(|task| &task.path).chain(records.iter().map(|record| &record.path));
    let siblings = paths.filter(|path| path.parent().as_ref() == Some(&parent));
    let index = siblings.map(ArtifactPath::last).max().map_or(0, |last| last.saturating_add(1));
    let joined = Joined { whole: parent.child(index), pieces: members.iter().map(|task| task.path.clone()).collect() };
    let task = Task::joined(joined.whole.clone(), child, first);
    level.push(task);
    Some(joined)
}

/// Says which artifacts were pieces, once all are read. What a piece alone could not give is no gap if the whole was
/// read without a single complaint, from its first byte to its last: its problems are then oddities. Anything odd about
/// the whole, such as data before or behind it, leaves them as they are: two files named like pieces are not one.
pub(super) fn settle(records: &mut [Record], joined: &[Joined]) {
    for Joined { whole, pieces } in joined {
        let is_whole = records.iter().find(|record| record.path == *whole).is_some_and(|record| {
            record.format != FormatId::UNKNOWN && record.also.is_empty() && record.problems.is_empty()
        });
        let has_rest = records.iter().any(|record| {
            let is_rest = matches!(record.origin.kind, OriginKind::Overlay | OriginKind::Embedded);
            is_rest && record.path.parent().as_ref() == Some(whole)
        });
        for record in records.iter_mut() {
            if pieces.contains(&record.path) {
                record.facts.push(Fact { key: PART_OF, value: whole.to_string() });
            }
            if is_whole && !has_rest && pieces.iter().any(|piece| record.path.is_within(piece)) {
                for problem in &mut record.problems {
                    if matches!(problem.kind, ProblemKind::Damaged | ProblemKind::Unsupported | ProblemKind::Encrypted)
                    {
                        problem.kind = ProblemKind::Odd;
                    }
                }
            }
        }
    }
}

fn common_parent(members: &[&Task]) -> Option<ArtifactPath> {
    let mut common = members.first()?.path.parent()?;
    while !members.iter().all(|task| task.path.is_within(&common)) {
        common = common.parent()?;
    }
    Some(common)
}
