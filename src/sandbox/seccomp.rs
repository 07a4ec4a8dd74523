//! The system calls a scan needs, and no others.
//!
//! What is not on the list fails with `EPERM` instead of ending the process: a refused call never reaches the kernel's code
//! behind it, so nothing is gained by a kill, while a library that merely asks (how many cores are there, may this thread
//! have a name) goes on with its fallback, and no honest mail gets an error for it. `clone3` fails with `ENOSYS`, because
//! the C library then starts threads by `clone`, whose flags a filter can see.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter_all_threads,
};

use super::confine::ConfineError;

/// Calls allowed whatever their arguments.
const ALLOWED: &[libc::c_long] = &[
    // On what is open already.
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_close,
    libc::SYS_recvmsg,
    libc::SYS_sendmsg,
    // Memory; mapping and protecting are looked at below.
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Threads and their waiting.
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Time; mostly answered without a call.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    // Signals of its own: traps of compiled rules, overflow of the stack.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // Seeds of hash tables.
    libc::SYS_getrandom,
];

/// Flags of `clone` that make anything but a thread.
const NOT_A_THREAD: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_PTRACE
    | libc::CLONE_VFORK
    | libc::CLONE_PIDFD) as u32 as u64;
/// Flags that every thread has.
const A_THREAD: u64 = (libc::CLONE_THREAD | libc::CLONE_VM | libc::CLONE_FILES | libc::CLONE_SIGHAND) as u32 as u64;

fn failed(error: impl std::fmt::Display) -> ConfineError {
    ConfineError::new("the filter of system calls", error)
}

/// A rule: this argument under this mask has this value.
fn masked(argument: u8, mask: u64, value: u64) -> Result<Vec<SeccompRule>, ConfineError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(mask), value)
        .map_err(failed)?;
    Ok(vec![SeccompRule::new(vec![condition]).map_err(failed)?])
}

/// A rule: this argument is this value.
fn equal(argument: u8, value: u64) -> Result<Vec<SeccompRule>, ConfineError> {
    masked(argument, u64::from(u32::MAX), value)
}

/// Refuses every call that is not needed, to all threads there are and will be. `pid` is this process, which may send
/// signals to itself: that is how a program aborts.
pub(super) fn refuse_others(pid: u32) -> Result<(), ConfineError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    let executable = u64::from(libc::PROT_EXEC.cast_unsigned());
    rules.insert(libc::SYS_mmap, masked(2, executable, 0)?);
    rules.insert(libc::SYS_mprotect, masked(2, executable, 0)?);
    rules.insert(libc::SYS_clone, masked(0, A_THREAD | NOT_A_THREAD, A_THREAD)?);
    rules.insert(libc::SYS_clone3, Vec::new());
    rules.insert(libc::SYS_tgkill, equal(0, u64::from(pid))?);
    // Threads name themselves.
    rules.insert(libc::SYS_prctl, equal(0, u64::from(libc::PR_SET_NAME.cast_unsigned()))?);
    let eperm = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let others: BpfProgram = filter(rules, eperm, SeccompAction::Allow)?;
    // Of two filters the stricter answer counts.
    let absent = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let absent = filter(absent, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS.cast_unsigned()))?;
    apply_filter_all_threads(&absent).map_err(failed)?;
    // Last: it refuses further filters as well.
    apply_filter_all_threads(&others).map_err(failed)
}

fn filter(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> Result<BpfProgram, ConfineError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(failed)?;
    SeccompFilter::new(rules, otherwise, matched, arch).and_then(BpfProgram::try_from).map_err(failed)
}
