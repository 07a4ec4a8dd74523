//! Replies, byte for byte as clients compare them.

use bytes::Bytes;

use super::command::Ending;

/// `PING`.
pub(super) const PONG: &str = "PONG";
/// `RELOAD`.
pub(super) const RELOADING: &str = "RELOADING";
/// Not a command.
pub(super) const UNKNOWN: &str = "UNKNOWN COMMAND";
/// A command the configuration does not allow (clamd 1.5 and later).
pub(super) const UNAVAILABLE: &str = "COMMAND UNAVAILABLE";
/// No command came.
pub(super) const READ_TIMED_OUT: &str = "COMMAND READ TIMED OUT";
/// The stream is larger than what is taken. Without `stream: `, and Haraka and Nextcloud look for just this.
pub(super) const STREAM_TOO_LARGE: &str = "INSTREAM size limit exceeded. ERROR";
/// `FILDES` without a file.
pub(super) const NO_FILE: &str = "No file descriptor received. ERROR";
/// `FILDES` over a connection that cannot bring one.
pub(super) const NO_FILE_HERE: &str = "FILDES: didn't receive file descriptor. ERROR";
/// A file without `FILDES`.
pub(super) const UNASKED_FILE: &str = "PROTOCOL ERROR: ancillary data sent without FILDES. ERROR";
/// A command that is not for sessions.
pub(super) const NOT_IN_SESSION: &str = "Command invalid inside IDSESSION. ERROR";

/// The longest name or message in a reply. Exim reads one kilobyte, once.
const LONGEST: usize = 200;

/// What is said of one file or stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// `OK`.
    Clean,
    /// A name and `FOUND`, for each name; at least one.
    Found(Vec<String>),
    /// A message and `ERROR`.
    Failed(String),
    /// A file without content.
    Empty,
}

impl Said {
    /// One name.
    pub(super) fn found(name: impl Into<String>) -> Self {
        Said::Found(vec![name.into()])
    }

    /// A message.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Said::Failed(message.into())
    }

    /// The lines that say it, without ending.
    pub(super) fn lines(&self, about: &[u8]) -> Vec<Vec<u8>> {
        let line = |text: String| {
            let mut line = shown(about);
            line.extend_from_slice(b": ");
            line.extend_from_slice(text.as_bytes());
            line
        };
        match self {
            Said::Clean => vec![line("OK".to_owned())],
            Said::Found(names) => names.iter().map(|name| line(format!("{} FOUND", short(name)))).collect(),
            Said::Failed(message) => vec![line(format!("{} ERROR", short(message)))],
            Said::Empty => vec![line("Empty file".to_owned())],
        }
    }
}

/// A path as it may stand in a reply: a file's name must not be able to write a reply of its own.
fn shown(path: &[u8]) -> Vec<u8> {
    path.iter().map(|byte| if byte.is_ascii_control() { b'?' } else { *byte }).collect()
}

fn short(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(at, _)| text.get(..at).unwrap_or_default())
}

/// A reply as it goes over the wire: the session's number if there is one, each line with its ending.
pub(super) fn wire(id: Option<u64>, lines: &[Vec<u8>], ending: Ending) -> Bytes {
    let mut bytes = Vec::new();
    for line in lines {
        if let Some(id) = id {
            bytes.extend_from_slice(format!("{id}: ").as_bytes());
        }
        bytes.extend_from_slice(line);
        bytes.push(ending.byte());
    }
    bytes.into()
}

/// A reply of one line of text.
pub(super) fn text(id: Option<u64>, text: &str, ending: Ending) -> Bytes {
    wire(id, &[text.as_bytes().to_vec()], ending)
}
