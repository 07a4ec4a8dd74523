//! The dialogue without a network.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::command::Command;
use super::frame::take;
use super::mail::Content;
use super::session::{Event, Session};
use crate::config::Settings;
use crate::gate::intake::Intake;

/// What the door says to a mail server that says these bytes, and the messages it puts together from them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// What is said before each end of a message, and after the last.
    pub said: Vec<u8>,
    /// The messages that came to their end, as they would be scanned; nothing for one that was not kept.
    pub messages: Vec<Option<Bytes>>,
    /// Whether the connection was dropped for what came.
    pub dropped: bool,
}

/// Plays bytes of a mail server that come in pieces of at most `piece` bytes. What is asked of a network and of the
/// checkpoint is left out, so this is what fuzzing drives.
pub fn transcript(bytes: &[u8], piece: usize, settings: &Settings) -> Transcript {
    let mut session = Session::new(Arc::new(Intake::default()));
    let mut transcript = Transcript::default();
    let mut buffer = BytesMut::new();
    for piece in bytes.chunks(piece.max(1)) {
        buffer.extend_from_slice(piece);
        loop {
            let command = match take(&mut buffer) {
                Ok(Some(frame)) => Command::read(frame).map_err(|_| ()),
                Ok(None) => break,
                Err(_) => Err(()),
            };
            let event = command.and_then(|command| session.take(command, settings).map_err(|_| ()));
            match event {
                Ok(Event::Nothing | Event::GivenUp) => {}
                Ok(Event::Reply(reply)) => reply.put(true, &mut transcript.said),
                Ok(Event::Judge(mut mail)) => transcript.messages.push(match mail.content() {
                    Content::Whole(message) => Some(message),
                    Content::Lost(_) => None,
                }),
                Ok(Event::Close) => return transcript,
                Err(()) => {
                    transcript.dropped = true;
                    return transcript;
                }
            }
        }
    }
    transcript
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::milter::frame::put;
    use crate::gate::milter::peer::{OLD, POSTFIX, STALWART};

    fn dialogue(offer: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let steps: &[(u8, &[u8])] = &[
            (b'O', offer),
            (b'D', b"Cj\0mx.example.com\0"),
            (b'C', b"mx\x004\0\x19192.0.2.1\0"),
            (b'M', b"<a@example.net>\0SIZE=3\0"),
            (b'R', b"<b@example.com>\0"),
            (b'L', b"Subject\0 a\n b\0"),
            (b'N', b""),
            (b'B', b"Subject: a\r\n b\r\n\r\nbody"),
            (b'E', b"end"),
            (b'M', b"<c@example.net>\0"),
            (b'A', b""),
            (b'K', b""),
        ];
        steps.iter().for_each(|(code, payload)| put(&mut out, *code, &[payload]));
        out
    }

    #[test]
    fn pieces_do_not_matter_whatever_comes() {
        let settings = Settings::default();
        let mut state = 0x2545_f491_u32;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            usize::try_from(state).unwrap()
        };
        for offer in [POSTFIX, OLD, STALWART] {
            let whole = dialogue(offer);
            for round in 0..2_000 {
                let mut bytes = whole.clone();
                for _ in 0..round % 4 {
                    let at = random() % bytes.len();
                    match random() % 4 {
                        0 => bytes[at] = u8::try_from(random() % 256).unwrap(),
                        1 => bytes.truncate(at.max(1)),
                        2 => bytes.insert(at, 0),
                        _ => drop(bytes.remove(at.min(bytes.len() - 1))),
                    }
                    if bytes.is_empty() {
                        break;
                    }
                }
                let at_once = transcript(&bytes, usize::MAX, &settings);
                assert_eq!(transcript(&bytes, 1, &settings), at_once);
                assert_eq!(transcript(&bytes, 7, &settings), at_once);
            }
        }
    }

    #[test]
    fn a_message_is_never_larger_than_what_is_taken() {
        let mut settings = Settings::default();
        settings.queue.max_input = 20;
        let played = transcript(&dialogue(POSTFIX), usize::MAX, &settings);
        assert_eq!((played.messages, played.dropped), (vec![None], false));
    }
}
