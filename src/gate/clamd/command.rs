//! Commands: `zCOMMAND\0`, `nCOMMAND\n`, or bare `COMMAND\n` as in the days before framing.

use bytes::Bytes;

/// The longest command read: a path of PATH_MAX bytes and the word before it.
pub(super) const LONGEST: usize = 4_096 + 64;

/// What ends a command, and so the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// `\0`, after the prefix `z`.
    Zero,
    /// `\n`, after the prefix `n` or none.
    Newline,
}

impl Ending {
    /// The byte.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Ending::Zero => 0,
            Ending::Newline => b'\n',
        }
    }
}

/// How files below a path are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Stop at the first that is infected.
    UntilFound,
    /// Go on after one.
    Onward,
    /// Several at once.
    AtOnce,
    /// Every name, not only the first of each file.
    EveryName,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `PING`.
    Pong,
    /// `VERSION`.
    Version,
    /// `VERSIONCOMMANDS`.
    VersionCommands,
    /// `STATS`.
    Stats,
    /// `RELOAD`.
    Reload,
    /// `SHUTDOWN`.
    Shutdown,
    /// `SCAN`, `CONTSCAN`, `MULTISCAN`, `ALLMATCHSCAN` and the path.
    Path(Manner, Bytes),
    /// `INSTREAM`.
    Stream,
    /// `FILDES`.
    File,
    /// `IDSESSION`.
    Session,
    /// `END`, `QUIT`.
    End,
    /// Anything else, or a command that is not known in this framing.
    Unknown,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// What is wanted.
    pub(super) wanted: Wanted,
    /// What ends the reply.
    pub(super) ending: Ending,
}

/// The next command in what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// A whole one, and the bytes it takes.
    Whole(Command, usize),
    /// A bare one without its newline. It is whole if nothing more comes: old clients send one packet and wait.
    Bare(Command, usize),
    /// Not yet.
    Part,
    /// Longer than any command.
    TooLong,
}

/// Finds the next command.
pub(super) fn next(unread: &[u8]) -> Next {
    let Some(first) = unread.first() else { return Next::Part };
    let (ending, prefix) = match first {
        b'z' => (Ending::Zero, 1),
        b'n' => (Ending::Newline, 1),
        _ => (Ending::Newline, 0),
    };
    let body = unread.get(prefix..).unwrap_or_default();
    let within = body.get(..LONGEST.min(body.len())).unwrap_or_default();
    let is_framed = prefix == 1;
    match memchr::memchr(ending.byte(), within) {
        Some(at) => {
            let text = within.get(..at).unwrap_or_default();
            Next::Whole(
                Command { wanted: wanted(text, is_framed), ending },
                prefix.saturating_add(at).saturating_add(1),
            )
        }
        None if body.len() >= LONGEST => Next::TooLong,
        None if is_framed => Next::Part,
        None => Next::Bare(Command { wanted: wanted(body, false), ending }, unread.len()),
    }
}

fn wanted(text: &[u8], is_framed: bool) -> Wanted {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let (word, path) = match text.iter().position(|byte| *byte == b' ') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at.saturating_add(1)..).unwrap_or_default()),
        None => (text, [].as_slice()),
    };
    let manner = match word {
        b"SCAN" => Some(Manner::UntilFound),
        b"CONTSCAN" => Some(Manner::Onward),
        b"MULTISCAN" => Some(Manner::AtOnce),
        b"ALLMATCHSCAN" => Some(Manner::EveryName),
        _ => None,
    };
    if let Some(manner) = manner {
        return if path.is_empty() { Wanted::Unknown } else { Wanted::Path(manner, Bytes::copy_from_slice(path)) };
    }
    match text {
        b"PING" => Wanted::Pong,
        b"VERSION" => Wanted::Version,
        b"RELOAD" => Wanted::Reload,
        b"SHUTDOWN" => Wanted::Shutdown,
        b"QUIT" => Wanted::End,
        b"FILDES" => Wanted::File,
        b"VERSIONCOMMANDS" if is_framed => Wanted::VersionCommands,
        b"STATS" if is_framed => Wanted::Stats,
        b"INSTREAM" if is_framed => Wanted::Stream,
        b"IDSESSION" if is_framed => Wanted::Session,
        b"END" if is_framed => Wanted::End,
        _ => Wanted::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> (Wanted, Ending, usize) {
        match next(bytes) {
            Next::Whole(command, used) => (command.wanted, command.ending, used),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_framing_is_known() {
        assert_eq!(whole(b"zPING\0more"), (Wanted::Pong, Ending::Zero, 6));
        assert_eq!(whole(b"nPING\nmore"), (Wanted::Pong, Ending::Newline, 6));
        assert_eq!(whole(b"PING\nmore"), (Wanted::Pong, Ending::Newline, 5));
        assert_eq!(whole(b"PING\r\n"), (Wanted::Pong, Ending::Newline, 6));
    }

    #[test]
    fn commands_that_came_with_framing_are_not_known_without() {
        for command in ["STATS", "INSTREAM", "IDSESSION", "VERSIONCOMMANDS", "END"] {
            assert_eq!(whole(format!("{command}\n").as_bytes()).0, Wanted::Unknown, "{command}");
            assert_ne!(whole(format!("n{command}\n").as_bytes()).0, Wanted::Unknown, "{command}");
        }
    }

    #[test]
    fn a_path_keeps_its_spaces_and_bytes() {
        let (wanted, ..) = whole(b"zCONTSCAN /a b/\xff\n\0");
        assert_eq!(wanted, Wanted::Path(Manner::Onward, Bytes::from_static(b"/a b/\xff\n")));
        assert_eq!(whole(b"zSCAN\0").0, Wanted::Unknown);
        assert_eq!(whole(b"zSCANNER /a\0").0, Wanted::Unknown);
    }

    #[test]
    fn half_a_command_is_not_taken_and_an_endless_one_is_refused() {
        assert_eq!(next(b""), Next::Part);
        assert_eq!(next(b"zINSTR"), Next::Part);
        assert!(matches!(next(b"PING"), Next::Bare(..)));
        assert_eq!(next(&[b'z'; LONGEST + 1]), Next::TooLong);
    }
}
