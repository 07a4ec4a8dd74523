//! Makers of disk images, each written from its format's specification.

pub mod dmg;
pub mod fat;
pub mod iso;
pub mod udf;
pub mod vhd;

/// A file to be put on a disk.
#[derive(Debug, Clone)]
pub struct File {
    /// Path with `/`.
    pub path: String,
    /// Content.
    pub data: Vec<u8>,
    /// Whether it is marked hidden.
    pub is_hidden: bool,
}

impl File {
    /// A visible file.
    pub fn new(path: &str, data: &[u8]) -> Self {
        File { path: path.to_owned(), data: data.to_vec(), is_hidden: false }
    }

    /// The same, hidden.
    pub fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    /// Folders around it, outermost first.
    fn folders(&self) -> impl Iterator<Item = &str> {
        self.path.match_indices('/').map(|(at, _)| &self.path[..at])
    }

    /// Folder and name.
    fn split(&self) -> (&str, &str) {
        self.path.rsplit_once('/').unwrap_or(("", &self.path))
    }
}

/// Every folder that files lie in, each after the one it lies in; the root, "", first.
fn folders(files: &[File]) -> Vec<&str> {
    let mut all: Vec<&str> = files.iter().flat_map(File::folders).collect();
    all.push("");
    all.sort_by_key(|path| (path.matches('/').count() + usize::from(!path.is_empty()), *path));
    all.dedup();
    all
}
