//! How workers fail, and how that is told from the way a process ended.

use nix::sys::signal::Signal;

use crate::sandbox::Ended;

/// Why a worker gave no answer. Each becomes a verdict of its own ([`super::failure_report`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The worker died: `signal 11 (SIGSEGV)`, `exit status 101`, `a reply that cannot be read`.
    #[error("the worker died: {how}")]
    Crashed {
        /// How.
        how: String,
    },
    /// The worker asked for more memory than it may have.
    #[error("the worker ran out of memory")]
    OutOfMemory,
    /// The worker was stopped at the deadline.
    #[error("the worker was stopped at the deadline")]
    TimedOut,
    /// No worker could be started.
    #[error("no worker could be started: {0}")]
    NotStarted(String),
}

/// The failure of a worker whose process ended like this.
pub(super) fn how_it_ended(ended: &Ended) -> Failure {
    if ended.lingered {
        return Failure::Crashed { how: "it closed its channel".to_owned() };
    }
    let signal = ended.signal.map(|number| (number, Signal::try_from(number).ok()));
    let has_aborted = matches!(signal, Some((_, Some(Signal::SIGABRT))));
    // The words of `std::alloc::handle_alloc_error` and of the runtime's handler of stack overflows.
    let says = |start: &str, end: &str| {
        ended.said.lines().any(|line| line.split_once(start).is_some_and(|(_, rest)| rest.contains(end)))
    };
    if has_aborted && says("memory allocation of ", " bytes failed") {
        return Failure::OutOfMemory;
    }
    if matches!(signal, Some((_, Some(Signal::SIGKILL)))) && ended.memory_ran_out {
        return Failure::OutOfMemory;
    }
    let how = match (signal, ended.code) {
        (Some(_), _) if has_aborted && says("has overflowed its stack", "") => {
            "signal 6 (SIGABRT): its stack overflowed".to_owned()
        }
        (Some((number, Some(known))), _) => format!("signal {number} ({})", known.as_str()),
        (Some((number, None)), _) => format!("signal {number}"),
        (None, Some(code)) => match panicked_at(&ended.said) {
            // Only the place: the message may quote the mail.
            Some(place) => format!("exit status {code}, panic at {place}"),
            None => format!("exit status {code}"),
        },
        (None, None) => "it ended".to_owned(),
    };
    Failure::Crashed { how }
}

/// The place a panic names: `src/x.rs:1:2`.
fn panicked_at(said: &str) -> Option<&str> {
    let place = said.lines().find_map(|line| line.split_once(" panicked at ")?.1.strip_suffix(':'))?;
    let is_place = place.len() < 200 && place.chars().all(|c| c.is_ascii_graphic());
    is_place.then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(signal: Option<i32>, code: Option<i32>, memory_ran_out: bool, said: &str) -> Failure {
        how_it_ended(&Ended { signal, code, lingered: false, memory_ran_out, said: said.to_owned() })
    }

    fn crashed(how: &str) -> Failure {
        Failure::Crashed { how: how.to_owned() }
    }

    #[test]
    fn each_end_has_its_own_name() {
        assert_eq!(ended(Some(11), None, false, ""), crashed("signal 11 (SIGSEGV)"));
        assert_eq!(ended(None, Some(101), false, ""), crashed("exit status 101"));
        let panic = "\nthread 'main' (7) panicked at src/x.rs:1:2:\nno char boundary in secret\n";
        assert_eq!(ended(None, Some(101), false, panic), crashed("exit status 101, panic at src/x.rs:1:2"));
        assert_eq!(ended(Some(6), None, false, "memory allocation of 4096 bytes failed\n"), Failure::OutOfMemory);
        assert_eq!(ended(Some(9), None, true, ""), Failure::OutOfMemory);
        let overflow = "\nthread 'main' (7) has overflowed its stack\nfatal runtime error: stack overflow, aborting\n";
        assert_eq!(ended(Some(6), None, false, overflow), crashed("signal 6 (SIGABRT): its stack overflowed"));
    }

    #[test]
    fn words_alone_and_a_kill_alone_are_no_lack_of_memory() {
        assert_eq!(ended(Some(9), None, false, ""), crashed("signal 9 (SIGKILL)"));
        assert_eq!(ended(None, Some(1), true, "memory allocation of 1 bytes failed"), crashed("exit status 1"));
        assert_eq!(ended(Some(6), None, true, "memory allocation of what"), crashed("signal 6 (SIGABRT)"));
    }
}
