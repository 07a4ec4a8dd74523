//! The steps into confinement, in the one order that works: files and network first, while there is one thread; then
//! memory; then, when everything is prepared that needs executable memory, the system calls.

use std::os::fd::RawFd;

use rustix::process::{DumpableBehavior, Signal, set_dumpable_behavior, set_parent_process_death_signal};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};

use super::enforced::{Enforced, Extent};
use super::{landlock, rlimits, seccomp};

/// A step that failed; the process must not go on to read anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot confine this process: {step}: {why}")]
pub struct ConfineError {
    step: &'static str,
    why: String,
}

impl ConfineError {
    pub(super) fn new(step: &'static str, why: impl std::fmt::Display) -> Self {
        ConfineError { step, why: why.to_string() }
    }
}

/// A process on its way into confinement: it can open no file and no connection any more.
#[derive(Debug)]
#[must_use = "confinement is complete when system calls are filtered"]
pub struct Confinement {
    landlock: Extent,
    landlock_abi: u32,
    no_capabilities: bool,
    memory: Option<u64>,
}

impl Confinement {
    /// Shuts a worker off: it dies with the process that started it, stops for no signal meant for that one, loses every
    /// open file but standard input, output and error, and every right to files, network and other processes. Must be
    /// called before a second thread exists.
    pub fn of_worker() -> Result<Self, ConfineError> {
        // A terminal or service manager tells the whole group to stop; when work in hand ends is for the supervisor to
        // say.
        let block = nix::sys::signal::SigSet::from_iter([
            nix::sys::signal::Signal::SIGHUP,
            nix::sys::signal::Signal::SIGINT,
            nix::sys::signal::Signal::SIGQUIT,
            nix::sys::signal::Signal::SIGTERM,
            nix::sys::signal::Signal::SIGTSTP,
            // Then a write beyond the limit of file sizes is an error and no death.
            nix::sys::signal::Signal::SIGXFSZ,
        ]);
        block.thread_block().map_err(|error| ConfineError::new("signals", error))?;
        // When memory runs out the kernel should take a worker, not the supervisor. Not being able to say so is no harm.
        let _ = std::fs::write("/proc/self/oom_score_adj", "500");
        close_inherited();
        let confinement = Confinement::of_this_process()?;
        rlimits::no_files()?;
        // After the capabilities: a change of credentials takes the signal back.
        set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| ConfineError::new("parent", error))?;
        Ok(confinement)
    }

    /// Shuts a command off that has read its input and is about to parse it; its open files stay. Must be called before a
    /// second thread exists.
    pub fn of_this_process() -> Result<Self, ConfineError> {
        rlimits::no_core()?;
        // Without this right a filter of system calls is refused, so a failure shows there.
        let nothing = CapabilitySet::empty();
        let no_capabilities =
            set_capabilities(None, CapabilitySets { effective: nothing, permitted: nothing, inheritable: nothing })
                .is_ok();
        set_no_new_privs(true).map_err(|error| ConfineError::new("privileges", error))?;
        let (landlock, landlock_abi) = landlock::deny_all()?;
        // Nobody of the same user may look into its memory.
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|error| ConfineError::new("dumpable", error))?;
        Ok(Confinement { landlock, landlock_abi, no_capabilities, memory: None })
    }

    /// Limits address space to this many bytes.
    pub fn limit_memory(&mut self, bytes: u64) -> Result<(), ConfineError> {
        rlimits::memory(bytes)?;
        self.memory = Some(bytes);
        Ok(())
    }

    /// Closes the door: from here on only what [`super::seccomp`] lists can be done, by any thread.
    pub fn close(self) -> Result<Enforced, ConfineError> {
        seccomp::refuse_others(std::process::id())?;
        Ok(Enforced {
            landlock: self.landlock,
            landlock_abi: self.landlock_abi,
            syscalls: true,
            no_capabilities: self.no_capabilities,
            memory: self.memory,
        })
    }
}

/// Closes every open file but standard input, output and error.
fn close_inherited() {
    let listed = std::fs::read_dir("/proc/self/fd").ok().map(|entries| {
        let names = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<RawFd>().ok());
        names.collect::<Vec<_>>()
    });
    // Without /proc: as many as a service usually has.
    for fd in listed.unwrap_or_else(|| (0..1024).collect()) {
        if fd > 2 {
            // The folder's own is closed already.
            let _ = nix::unistd::close(fd);
        }
    }
}
