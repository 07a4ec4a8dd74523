//! Makers of inert samples: mails, archives, documents, programs. Everything is built here from specifications, runs
//! nothing when opened, and names only hosts under example.com/.net/.org and the documentation address ranges.
//!
//! Builders live in one module per family; [`all`] lists the finished samples by id, each made on demand from a fixed
//! seed, so that the same version of this crate always makes the same bytes.

pub mod archive;
pub mod cases;
pub mod disk;
pub mod document;
pub mod mail;
pub mod media;
pub mod office;
pub mod program;

/// A finished sample.
pub struct Sample {
    /// Short id, lower case: `t01`, `fa2`, `b06`.
    pub id: &'static str,
    /// The name the file goes by.
    pub file_name: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// Makes its bytes.
    pub make: fn() -> Vec<u8>,
}

/// Every sample, by id.
pub fn all() -> Vec<Sample> {
    let mut all = cases::all();
    all.sort_by_key(|sample| sample.id);
    all
}

/// The sample with this id.
pub fn find(id: &str) -> Option<Sample> {
    all().into_iter().find(|sample| sample.id == id)
}

/// The marker text that stands in for a payload; a rule of the project matches it.
pub fn mark(id: &str) -> String {
    format!("HARMLESS-SAMPLE/1 {id}")
}
