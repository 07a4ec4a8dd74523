//! The finished tree: what remains of each artifact when its bytes have been let go.

use super::artifact::{Artifact, ArtifactPath, Origin};
use super::digest::Digests;
use super::fact::Fact;
use super::finding::Finding;
use super::format_id::FormatId;
use super::ioc::Ioc;
use super::name::EntryName;
use super::problem::Problem;

/// Everything said about one artifact.
#[derive(Debug, Clone)]
pub struct Record {
    /// Position in the tree.
    pub path: ArtifactPath,
    /// What it is called.
    pub name: EntryName,
    /// How it came to be.
    pub origin: Origin,
    /// Bytes it held.
    pub size: u64,
    /// What it is.
    pub format: FormatId,
    /// Other formats the same bytes are valid as.
    pub also: Vec<FormatId>,
    /// What its parent is.
    pub parent_format: FormatId,
    /// Its digests.
    pub digests: Digests,
    /// Findings, in the order stages raised them.
    pub findings: Vec<Finding>,
    /// Indicators.
    pub iocs: Vec<Ioc>,
    /// Problems.
    pub problems: Vec<Problem>,
    /// Properties others reason with.
    pub facts: Vec<Fact>,
}

impl Record {
    /// The record of an artifact nothing has been said about.
    pub fn of(artifact: &Artifact) -> Self {
        Record {
            path: artifact.path.clone(),
            name: artifact.name.clone(),
            origin: artifact.origin.clone(),
            size: artifact.bytes.len() as u64,
            format: artifact.format,
            also: artifact.also.clone(),
            parent_format: artifact.parent_format,
            digests: artifact.digests.clone(),
            findings: Vec::new(),
            iocs: Vec::new(),
            problems: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Values of the facts with this key.
    pub fn facts<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.facts.iter().filter(move |fact| fact.key == key).map(|fact| fact.value.as_str())
    }

    /// Whether a finding of this kind was raised here.
    pub fn shows(&self, id: &str) -> bool {
        self.findings.iter().any(|finding| finding.kind.id == id)
    }
}

/// All records of a scan, in path order whatever the thread order was.
#[derive(Debug, Clone, Default)]
pub struct ArtifactTree {
    records: Vec<Record>,
}

impl ArtifactTree {
    /// The tree of these records, in any order.
    pub fn new(mut records: Vec<Record>) -> Self {
        records.sort_by(|a, b| a.path.cmp(&b.path));
        ArtifactTree { records }
    }

    /// Records in path order: a parent before its children, children in their container's order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The record at a path.
    pub fn get(&self, path: &ArtifactPath) -> Option<&Record> {
        let index = self.records.binary_search_by(|record| record.path.cmp(path)).ok()?;
        self.records.get(index)
    }

    /// The record at a path, to add to.
    pub fn get_mut(&mut self, path: &ArtifactPath) -> Option<&mut Record> {
        let index = self.records.binary_search_by(|record| record.path.cmp(path)).ok()?;
        self.records.get_mut(index)
    }

    /// Direct children of an artifact, in their container's order.
    pub fn children<'a>(&'a self, path: &'a ArtifactPath) -> impl Iterator<Item = &'a Record> {
        self.within(path).filter(move |record| record.path.parent().as_ref() == Some(path))
    }

    /// An artifact and everything inside it.
    pub fn within<'a>(&'a self, path: &'a ArtifactPath) -> impl Iterator<Item = &'a Record> {
        let start = self.records.partition_point(|record| record.path < *path);
        self.records.iter().skip(start).take_while(move |record| record.path.is_within(path))
    }
}
