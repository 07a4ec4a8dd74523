//! Files named by path: only under the configured roots, never through a symbolic link.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use rustix::fs::{CWD, Dir, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;

/// Folders inside folders (clamd's `MaxDirectoryRecursion`).
const DEPTH: usize = 15;
/// Entries of one walk, files and folders together.
const ENTRIES: usize = 10_000;

/// Why a path cannot be scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Barred {
    /// It is under none of the roots, goes through a link, or may not be read.
    Denied,
    /// It is not there.
    Missing,
    /// It is neither file nor folder.
    NotAFile,
    /// The folder holds more than is walked.
    TooMuch,
}

impl Barred {
    /// As clamd says it.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Barred::Denied => "Access denied.",
            Barred::Missing => "File path check failure: No such file or directory.",
            Barred::NotAFile => "Not supported file type",
            Barred::TooMuch => "Too many files to scan.",
        }
    }
}

impl From<Errno> for Barred {
    fn from(error: Errno) -> Self {
        match error {
            Errno::NOENT | Errno::NOTDIR => Barred::Missing,
            Errno::NXIO | Errno::NODEV => Barred::NotAFile,
            // A symbolic link: O_NOFOLLOW gives ELOOP, with O_DIRECTORY ENOTDIR.
            _ => Barred::Denied,
        }
    }
}

/// What a path names.
#[derive(Debug)]
pub(super) enum Named {
    /// A file, open.
    File(OwnedFd),
    /// A folder, and what is in it and below, in order of names.
    Folder(OwnedFd, Vec<Entry>),
}

/// A file in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path as replies show it: the path asked for and the way from there.
    pub(super) shown: Bytes,
    /// The way from the folder, name by name.
    steps: Vec<Bytes>,
}

/// Opens what a path names.
pub(super) fn open(path: &Bytes, roots: &[PathBuf]) -> Result<Named, Barred> {
    let asked = PathBuf::from(std::ffi::OsString::from_vec(path.to_vec()));
    let (root, rest) = under_root(&asked, roots).ok_or(Barred::Denied)?;
    let steps: Vec<Bytes> = rest
        .components()
        .map(|component| match component {
            Component::Normal(name) => Ok(Bytes::copy_from_slice(name.as_bytes())),
            _ => Err(Barred::Denied),
        })
        .collect::<Result<_, _>>()?;
    let top = openat(CWD, &root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let opened = if steps.is_empty() { reopen(&top)? } else { descend(&top, &steps)? };
    match FileType::from_raw_mode(fstat(&opened)?.st_mode) {
        FileType::RegularFile => Ok(Named::File(opened)),
        FileType::Directory => {
            let entries = walk(&opened, path)?;
            Ok(Named::Folder(opened, entries))
        }
        _ => Err(Barred::NotAFile),
    }
}

/// Opens a file of a folder that was walked.
pub(super) fn open_entry(folder: &OwnedFd, entry: &Entry) -> Result<OwnedFd, Barred> {
    let file = descend(folder, &entry.steps)?;
    match FileType::from_raw_mode(fstat(&file)?.st_mode) {
        FileType::RegularFile => Ok(file),
        _ => Err(Barred::NotAFile),
    }
}

/// The root a path lies under, resolved, and the way from there. A path through a link outside the root (`/var/run` for
/// `/run`) is resolved; whatever it resolves to is opened step by step again, so that nothing can be exchanged meanwhile.
fn under_root(asked: &Path, roots: &[PathBuf]) -> Option<(PathBuf, PathBuf)> {
    if !asked.is_absolute() {
        return None;
    }
    let below = |path: &Path| {
        roots.iter().find_map(|root| {
            let real = root.canonicalize().ok()?;
            let rest = path.strip_prefix(&real).or_else(|_| path.strip_prefix(root)).ok()?;
            Some((real, rest.to_owned()))
        })
    };
    below(asked).or_else(|| below(&asked.canonicalize().ok()?))
}

fn reopen(folder: &OwnedFd) -> Result<OwnedFd, Errno> {
    openat(folder, c".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

fn descend(top: &OwnedFd, steps: &[Bytes]) -> Result<OwnedFd, Barred> {
    let (last, way) = steps.split_last().ok_or(Barred::Denied)?;
    let mut held: Option<OwnedFd> = None;
    for step in way {
        let from = held.as_ref().map_or_else(|| top.as_fd(), |folder| folder.as_fd());
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        held = Some(openat(from, OsStr::from_bytes(step), flags, Mode::empty())?);
    }
    let from = held.as_ref().map_or_else(|| top.as_fd(), |folder| folder.as_fd());
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(from, OsStr::from_bytes(last), flags, Mode::empty())?)
}

fn walk(folder: &OwnedFd, shown: &Bytes) -> Result<Vec<Entry>, Barred> {
    let mut entries = Vec::new();
    let mut seen = 0usize;
    let mut waiting: Vec<Vec<Bytes>> = vec![Vec::new()];
    while let Some(steps) = waiting.pop() {
        let open = if steps.is_empty() { reopen(folder)? } else { descend(folder, &steps)? };
        let mut names: Vec<(Bytes, FileType)> = Vec::new();
        for entry in Dir::new(open)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            seen = seen.saturating_add(1);
            if seen > ENTRIES {
                return Err(Barred::TooMuch);
            }
            names.push((Bytes::copy_from_slice(name), entry.file_type()));
        }
        names.sort_by(|one, other| one.0.cmp(&other.0));
        for (name, kind) in names {
            let mut steps = steps.clone();
            steps.push(name);
            match kind {
                FileType::Symlink => {}
                FileType::Directory if steps.len() > DEPTH => return Err(Barred::TooMuch),
                FileType::Directory => waiting.push(steps),
                // What the folder does not say (`Unknown`) shows when it is opened.
                _ => entries.push(Entry { shown: join(shown, &steps), steps }),
            }
        }
    }
    entries.sort_by(|one, other| one.steps.cmp(&other.steps));
    Ok(entries)
}

fn join(shown: &[u8], steps: &[Bytes]) -> Bytes {
    let mut path = shown.to_vec();
    for step in steps {
        if path.last() != Some(&b'/') {
            path.push(b'/');
        }
        path.extend_from_slice(step);
    }
    path.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn bytes(path: &Path) -> Bytes {
        Bytes::copy_from_slice(path.as_os_str().as_bytes())
    }

    #[test]
    fn nothing_is_open_where_no_root_is_configured() {
        assert_eq!(open(&Bytes::from_static(b"/etc/passwd"), &[]).unwrap_err(), Barred::Denied);
    }

    #[test]
    fn only_what_lies_under_a_root_is_opened_and_nothing_through_links() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("root");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(root.join("sub/a"), b"a").unwrap();
        std::fs::write(place.path().join("secret"), b"s").unwrap();
        symlink(place.path().join("secret"), root.join("link")).unwrap();
        symlink(place.path(), root.join("up")).unwrap();
        symlink(&root, place.path().join("alias")).unwrap();
        let roots = [root.clone()];
        let denied = |path: PathBuf| open(&bytes(&path), &roots).unwrap_err();
        assert!(matches!(open(&bytes(&root.join("sub/a")), &roots), Ok(Named::File(_))));
        assert_eq!(denied(place.path().join("secret")), Barred::Denied);
        assert_eq!(denied(root.join("link")), Barred::Denied);
        assert!(matches!(denied(root.join("up/secret")), Barred::Denied | Barred::Missing));
        assert_eq!(denied(root.join("sub/../../secret")), Barred::Denied);
        assert_eq!(denied(root.join("nothing")), Barred::Missing);
        assert_eq!(denied(PathBuf::from("sub/a")), Barred::Denied);
        assert!(matches!(open(&bytes(&place.path().join("alias/sub/a")), &roots), Ok(Named::File(_))));
    }

    #[test]
    fn a_folder_is_walked_in_order_and_links_in_it_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("b/c")).unwrap();
        for name in ["b/c/2", "a", "b/1"] {
            std::fs::write(root.path().join(name), name).unwrap();
        }
        symlink("/etc/passwd", root.path().join("z")).unwrap();
        let Ok(Named::Folder(folder, entries)) = open(&bytes(root.path()), &[root.path().to_owned()]) else { panic!() };
        let shown: Vec<_> = entries.iter().map(|entry| entry.shown.clone()).collect();
        assert_eq!(shown, ["a", "b/1", "b/c/2"].map(|name| bytes(&root.path().join(name))));
        assert!(entries.iter().all(|entry| open_entry(&folder, entry).is_ok()));
    }
}
