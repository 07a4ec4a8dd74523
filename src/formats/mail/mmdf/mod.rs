//! MMDF mailboxes: each message stands between two lines of four control-A.

use std::ops::Range;

use bytes::Bytes;

use crate::model::{Artifact, FormatId, Location, ParseError, Problem, ProblemKind, View};
use crate::stage::{Family, FormatSpec, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

use super::mbox;

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("mmdf"),
    title: "Mailbox (MMDF)",
    extensions: &["mmdf", "mbox", "mbx"],
    media_types: &["application/mbox"],
    magic: &[Magic::start(b"\x01\x01\x01\x01\n"), Magic::start(b"\x01\x01\x01\x01\r\n")],
    probe: Probe::Structure(|artifact| artifact.view::<MmdfView>().is_ok()),
    reading: Reading::Full,
    references: &[Reference { title: "mmdf(5), in tin", url: "http://www.tin.org/bin/man.cgi?section=5&topic=mmdf" }],
    unpacker: Some(&MmdfUnpacker),
    ..FormatSpec::of(Family::Mail)
};

const SEPARATOR: &[u8] = b"\x01\x01\x01\x01";
/// Messages of one mailbox.
const MAX_MESSAGES: usize = 20_000;

/// A mailbox.
#[derive(Debug)]
struct MmdfView {
    messages: Vec<Range<usize>>,
    is_cut: bool,
}

impl View for MmdfView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut messages: Vec<Range<usize>> = Vec::new();
        let (mut start, mut at) = (0usize, 0usize);
        let mut is_cut = false;
        let mut keep = |range: Range<usize>, messages: &mut Vec<Range<usize>>| {
            let is_there = !bytes.get(range.clone()).unwrap_or_default().trim_ascii().is_empty();
            if is_there && messages.len() < MAX_MESSAGES {
                messages.push(range);
            } else if is_there {
                is_cut = true;
            }
        };
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let next = at.saturating_add(line.len());
            if line.strip_prefix(SEPARATOR).is_some_and(|rest| rest.trim_ascii().is_empty()) {
                keep(start..at, &mut messages);
                start = next;
            }
            at = next;
        }
        keep(start..bytes.len(), &mut messages);
        if messages.is_empty() || start == 0 {
            return Err(ParseError::new("no line that separates messages", 0));
        }
        Ok(MmdfView { messages, is_cut })
    }
}

struct MmdfUnpacker;

impl Unpacker for MmdfUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<MmdfView>()?;
        if view.is_cut {
            let what = format!("more than {MAX_MESSAGES} messages; the rest was not read");
            out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
        let slice = |range: &Range<usize>| parent.bytes.slice_ref(parent.bytes.get(range.clone()).unwrap_or_default());
        mbox::give_messages(view.messages.iter().map(slice).collect(), "MMDF", out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    #[test]
    fn messages_come_out() {
        let bytes = b"\x01\x01\x01\x01\nSubject: a\n\none\n\x01\x01\x01\x01\n\x01\x01\x01\x01\nSubject: b\n\ntwo\n\x01\x01\x01\x01\n";
        let said = trial::scan(&FORMAT, "box", bytes);
        let found: Vec<&[u8]> = said.children.iter().map(|child| child.bytes.as_ref()).collect();
        assert_eq!(found, [b"Subject: a\n\none\n".as_slice(), b"Subject: b\n\ntwo\n"]);
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", b"\x01\x01\x01\x01 four")));
        for cut in 0..bytes.len() {
            let _ = MmdfView::parse(&Bytes::copy_from_slice(&bytes[..cut]));
        }
    }
}
