//! What of the confinement the kernel enforces.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much of what was asked for is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// Nothing: the kernel does not know it.
    None,
    /// Everything this kernel knows; newer ones know more.
    Partial,
    /// Everything.
    Full,
}

/// What keeps a worker in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforced {
    /// How much of Landlock: files, TCP, abstract sockets, signals.
    pub landlock: Extent,
    /// The version of the kernel's Landlock interface; 0 if there is none.
    pub landlock_abi: u32,
    /// Whether system calls are filtered. Without that no worker starts.
    pub syscalls: bool,
    /// Whether the process gave up all capabilities.
    pub no_capabilities: bool,
    /// Address space it may use, bytes.
    pub memory: Option<u64>,
}

impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.landlock, self.landlock_abi) {
            (Extent::None, _) => f.write_str("no Landlock")?,
            (_, abi) => write!(f, "Landlock {abi}")?,
        }
        f.write_str(if self.syscalls { ", system calls filtered" } else { ", system calls not filtered" })?;
        f.write_str(if self.no_capabilities { ", no capabilities" } else { ", capabilities kept" })?;
        match self.memory {
            Some(bytes) => write!(f, ", {} MiB of memory", bytes >> 20),
            None => Ok(()),
        }
    }
}
