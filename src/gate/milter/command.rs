//! What a mail server sends, by the list of commands in `libmilter/mfdef.h` of Sendmail 8.17.
//!
//! The form is checked strictly: a string without its end is an error. The content is taken as it is, for a message that
//! made the door close its connection would pass unseen where the mail server ignores a milter that fails.

use bytes::Bytes;

use super::frame::Frame;
use super::negotiate::Offer;

/// A command of the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// `O`: what it can, and what it offers to leave out.
    Negotiate(Offer),
    /// `D`: values that belong to the command that follows.
    Macros(Macros),
    /// `C`: a client connected; its address, if it has one.
    Connect(Option<String>),
    /// `H`: the client said who it is.
    Helo,
    /// `M`: the reverse path, without brackets.
    Mail(String),
    /// `R`: a recipient, without brackets.
    Recipient(String),
    /// `T`: the content follows.
    Data,
    /// `L`: a header field.
    Header {
        /// Its name.
        name: Bytes,
        /// What follows the colon.
        value: Bytes,
    },
    /// `N`: no more header fields.
    EndOfHeaders,
    /// `B`: a piece of the body.
    Body(Bytes),
    /// `E`: the message is complete; with a last piece of the body.
    EndOfBody(Bytes),
    /// `A`: the message is given up.
    Abort,
    /// `Q`: the connection ends.
    Quit,
    /// `K`: the client left, and another may come.
    QuitNewConnection,
    /// `U`: the client sent something that is no command of SMTP.
    Unknown,
}

/// The values this door makes use of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Macros {
    /// `i`: the mail server's id of the mail.
    pub(super) queue_id: Option<String>,
    /// `{auth_authen}`: who the client logged in as.
    pub(super) authenticated: Option<String>,
    /// `{rcpt_mailer}`: how the recipient is delivered to; `error` for one that is refused.
    pub(super) recipient_mailer: Option<String>,
}

/// A frame that is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CommandError {
    /// Its first byte is no command.
    #[error("an unknown command 0x{0:02x}")]
    Unknown(u8),
    /// Its payload does not have the command's form.
    #[error("a malformed command 0x{0:02x}")]
    Malformed(u8),
}

/// Longest address, host name or value of a macro that is kept; RFC 5321 4.5.3.1 allows addresses of 256 bytes.
const MAX_WORD: usize = 2_048;

impl Command {
    /// Reads a frame.
    pub(super) fn read(frame: Frame) -> Result<Self, CommandError> {
        let Frame { code, payload } = frame;
        let malformed = CommandError::Malformed(code);
        Ok(match code {
            b'O' => Command::Negotiate(Offer::read(&payload).ok_or(malformed)?),
            b'D' => Command::Macros(macros(&payload).ok_or(malformed)?),
            b'C' => Command::Connect(client(&payload).ok_or(malformed)?),
            b'H' => Command::Helo,
            b'M' => Command::Mail(path(&payload).ok_or(malformed)?),
            b'R' => Command::Recipient(path(&payload).ok_or(malformed)?),
            b'T' => Command::Data,
            b'L' => {
                let end = payload.iter().position(|byte| *byte == 0).ok_or(malformed)?;
                let name = payload.slice(..end);
                let value = payload.slice(end + 1..);
                match value.last() {
                    Some(0) => Command::Header { name, value: value.slice(..value.len() - 1) },
                    _ => return Err(malformed),
                }
            }
            b'N' => Command::EndOfHeaders,
            b'B' => Command::Body(payload),
            b'E' => Command::EndOfBody(payload),
            b'A' => Command::Abort,
            b'Q' => Command::Quit,
            b'K' => Command::QuitNewConnection,
            b'U' => Command::Unknown,
            other => return Err(CommandError::Unknown(other)),
        })
    }
}

/// The strings in a payload, each ended by a zero byte; nothing if the last one is not.
fn strings(payload: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    Some(payload.strip_suffix(&[0])?.split(|byte| *byte == 0))
}

fn word(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..MAX_WORD).unwrap_or(bytes)).into_owned()
}

/// The path of `MAIL` or `RCPT`; the parameters after it are of no interest.
fn path(payload: &[u8]) -> Option<String> {
    let path = strings(payload)?.next()?.trim_ascii();
    let bare = path.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    Some(word(bare.unwrap_or(path)))
}

fn macros(payload: &[u8]) -> Option<Macros> {
    let mut found = Macros::default();
    let (_stage, pairs) = payload.split_first()?;
    if pairs.is_empty() {
        return Some(found);
    }
    let mut strings = strings(pairs)?;
    while let (Some(name), Some(value)) = (strings.next(), strings.next()) {
        if value.is_empty() {
            continue;
        }
        let bare = name.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or(name);
        match bare {
            b"i" => found.queue_id = Some(word(value)),
            b"auth_authen" => found.authenticated = Some(word(value)),
            b"rcpt_mailer" => found.recipient_mailer = Some(word(value)),
            _ => {}
        }
    }
    Some(found)
}

/// The address of the client: host name, kind of address, and for known kinds a port and the address.
fn client(payload: &[u8]) -> Option<Option<String>> {
    let end = payload.iter().position(|byte| *byte == 0)?;
    let (family, rest) = payload.get(end + 1..)?.split_first()?;
    match family {
        b'U' => Some(None),
        b'4' | b'6' | b'L' => {
            let address = rest.get(2..)?;
            let address = strings(address)?.next()?;
            Some((!address.is_empty()).then(|| word(address)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: u8, payload: &'static [u8]) -> Result<Command, CommandError> {
        Command::read(Frame { code, payload: Bytes::from_static(payload) })
    }

    #[test]
    fn paths_lose_their_brackets_and_parameters() {
        assert_eq!(read(b'M', b"<a@example.com>\0SIZE=10\0"), Ok(Command::Mail("a@example.com".to_owned())));
        assert_eq!(read(b'M', b"<>\0"), Ok(Command::Mail(String::new())));
        assert_eq!(read(b'R', b"b@example.com\0"), Ok(Command::Recipient("b@example.com".to_owned())));
    }

    #[test]
    fn a_string_without_end_is_malformed() {
        assert_eq!(read(b'M', b"<a@example.com>"), Err(CommandError::Malformed(b'M')));
        assert_eq!(read(b'R', b""), Err(CommandError::Malformed(b'R')));
        assert_eq!(read(b'L', b"Subject\0hello"), Err(CommandError::Malformed(b'L')));
        assert_eq!(read(b'L', b"Subject\0"), Err(CommandError::Malformed(b'L')));
        assert_eq!(read(b'L', b"Subject"), Err(CommandError::Malformed(b'L')));
    }

    #[test]
    fn a_field_may_hold_anything_and_be_empty() {
        let field =
            |name, value| Ok(Command::Header { name: Bytes::from_static(name), value: Bytes::from_static(value) });
        assert_eq!(read(b'L', b"Subject\0\0"), field(b"Subject", b""));
        assert_eq!(read(b'L', b"\0value\0"), field(b"", b"value"));
        assert_eq!(read(b'L', b"X\0a\0b\0"), field(b"X", b"a\0b"));
        assert_eq!(read(b'L', b"\xff \0 \xfe\n\tx\0"), field(b"\xff ", b" \xfe\n\tx"));
    }

    #[test]
    fn clients_have_addresses_of_four_kinds() {
        assert_eq!(
            read(b'C', b"mx.example.com\x004\x04\x00192.0.2.1\0"),
            Ok(Command::Connect(Some("192.0.2.1".into())))
        );
        assert_eq!(
            read(b'C', b"mx\x006\x04\x00IPv6:2001:db8::1\0"),
            Ok(Command::Connect(Some("IPv6:2001:db8::1".into())))
        );
        assert_eq!(read(b'C', b"localhost\0L\0\0/run/x\0"), Ok(Command::Connect(Some("/run/x".into()))));
        assert_eq!(read(b'C', b"unknown\0U"), Ok(Command::Connect(None)));
        assert_eq!(read(b'C', b"mx\x004\x04"), Err(CommandError::Malformed(b'C')));
        assert_eq!(read(b'C', b"mx\0Z\0\0x\0"), Err(CommandError::Malformed(b'C')));
    }

    #[test]
    fn macros_are_found_with_and_without_braces_and_empty_ones_are_none() {
        let Ok(Command::Macros(found)) = read(b'D', b"Mi\x004F\0{auth_authen}\0alice\0{mail_addr}\0a@example.com\0")
        else {
            panic!("macros")
        };
        assert_eq!(found.queue_id.as_deref(), Some("4F"));
        assert_eq!(found.authenticated.as_deref(), Some("alice"));
        let Ok(Command::Macros(none)) = read(b'D', b"M{auth_authen}\0\0") else { panic!("macros") };
        assert_eq!(none, Macros::default());
        assert_eq!(read(b'D', b"C"), Ok(Command::Macros(Macros::default())));
        assert_eq!(read(b'D', b""), Err(CommandError::Malformed(b'D')));
        assert_eq!(read(b'D', b"Mi\x004F"), Err(CommandError::Malformed(b'D')));
    }

    #[test]
    fn other_bytes_are_no_commands() {
        assert_eq!(read(b'x', b""), Err(CommandError::Unknown(b'x')));
    }
}
