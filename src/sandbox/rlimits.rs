//! Resource limits. There is none on processes: `RLIMIT_NPROC` counts all threads of the user, so that a busy account
//! would keep a worker from starting its own; the system call filter forbids processes instead.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::confine::ConfineError;

/// Files a worker holds open at most: standard input, output and error, one input, and what setting the filter up needs.
const FILES: u64 = 8;

fn lower(name: &'static str, resource: Resource, value: u64) -> Result<(), ConfineError> {
    let known = rustix::process::getrlimit(resource);
    // A limit that is lower already stays; nothing may raise it again.
    let value = known.maximum.map_or(value, |maximum| maximum.min(value));
    setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })
        .map_err(|error| ConfineError::new(name, error))
}

/// No core dumps: one would hold the mail.
pub(super) fn no_core() -> Result<(), ConfineError> {
    lower("the limit of core dumps", Resource::Core, 0)
}

/// No file may be written, few may be open.
pub(super) fn no_files() -> Result<(), ConfineError> {
    lower("the limit of file sizes", Resource::Fsize, 0)?;
    lower("the limit of open files", Resource::Nofile, FILES)
}

/// Address space, bytes.
pub(super) fn memory(bytes: u64) -> Result<(), ConfineError> {
    lower("the limit of memory", Resource::As, bytes)
}
