//! What a client sends: `OLEFY/1.0\n`, fields, an empty line, and the part.

use bytes::Bytes;

/// Asks whether anyone is there.
pub(super) const PING: &[u8] = b"PING\n\n";
/// Someone is.
pub(super) const PONG: &[u8] = b"PONG";
/// The longest header read.
const HEADER: usize = 1_024;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// About this part.
    Part(Bytes),
    /// Not in this protocol.
    Unknown,
}

/// Reads a request. The id that rspamd gives is not kept: ours is the report's.
pub(super) fn parse(bytes: &Bytes) -> Request {
    let head = bytes.get(..HEADER.min(bytes.len())).unwrap_or_default();
    let Some(end) = memchr::memmem::find(head, b"\n\n") else { return Request::Unknown };
    let mut lines = head.get(..end).unwrap_or_default().split(|byte| *byte == b'\n');
    if lines.next() != Some(b"OLEFY/1.0") || !lines.any(|line| line == b"Method: oletools") {
        return Request::Unknown;
    }
    Request::Part(bytes.slice(end.saturating_add(2)..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_header_and_the_part_as_it_is() {
        let asked = Bytes::from_static(b"OLEFY/1.0\nMethod: oletools\nRspamd-ID: 5f1d\n\n\xd0\xcf\n\n\x11");
        assert_eq!(parse(&asked), Request::Part(Bytes::from_static(b"\xd0\xcf\n\n\x11")));
    }

    #[test]
    fn other_protocols_and_methods_are_unknown() {
        for text in ["OLEFY/2.0\nMethod: oletools\n\nx", "OLEFY/1.0\nMethod: other\n\nx", "GET / HTTP/1.0\r\n\r\n", ""]
        {
            assert_eq!(parse(&Bytes::from(text.to_owned())), Request::Unknown, "{text}");
        }
    }
}
