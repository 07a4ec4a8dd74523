//! Frames: a length of four bytes, most significant first, that counts what follows: one command byte and its payload.

use bytes::{Buf as _, Bytes, BytesMut};

/// Largest frame read, command byte included. Mail servers send body pieces of up to 65,535 bytes, since larger ones are
/// never asked for, and header fields of up to about 100 KB (`header_size_limit` of Postfix).
pub(super) const MAX_FRAME: usize = (1 << 20) + 1;
/// Largest payload sent: what `libmilter` calls `MILTER_CHUNK_SIZE`.
pub(super) const MAX_CHUNK: usize = 65_535;

const LENGTH: usize = 4;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// The command byte.
    pub(super) code: u8,
    /// What follows it.
    pub(super) payload: Bytes,
}

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    /// Without even a command byte.
    #[error("a frame of no bytes")]
    Empty,
    /// Longer than any mail server sends.
    #[error("a frame of {0} bytes")]
    TooLong(u32),
}

/// Takes the first frame out of the buffer, once it is there completely. A length that no frame has is refused as soon as
/// it is read, before anything is kept for it.
pub(super) fn take(buffer: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
    let Some(head) = buffer.first_chunk::<LENGTH>() else { return Ok(None) };
    let stated = u32::from_be_bytes(*head);
    let length = usize::try_from(stated).unwrap_or(usize::MAX);
    if length == 0 {
        return Err(FrameError::Empty);
    }
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(stated));
    }
    if buffer.len() < LENGTH + length {
        return Ok(None);
    }
    buffer.advance(LENGTH);
    let mut payload = buffer.split_to(length).freeze();
    let code = payload.get_u8();
    Ok(Some(Frame { code, payload }))
}

/// Appends a frame whose payload is these parts one after another.
pub(super) fn put(out: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let length = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    out.push(code);
    for part in parts {
        out.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Frame>, FrameError> {
        let mut buffer = BytesMut::from(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = take(&mut buffer)? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn what_is_put_is_taken_at_every_split() {
        let mut bytes = Vec::new();
        put(&mut bytes, b'L', &[b"Subject", b"\0", b"hello", b"\0"]);
        put(&mut bytes, b'N', &[]);
        put(&mut bytes, b'B', &[&[7; 300]]);
        let whole = all(&bytes).unwrap();
        assert_eq!(whole.iter().map(|frame| frame.code).collect::<Vec<_>>(), b"LNB");
        for split in 0..=bytes.len() {
            let mut buffer = BytesMut::from(&bytes[..split]);
            let mut frames = Vec::new();
            while let Some(frame) = take(&mut buffer).unwrap() {
                frames.push(frame);
            }
            buffer.extend_from_slice(&bytes[split..]);
            while let Some(frame) = take(&mut buffer).unwrap() {
                frames.push(frame);
            }
            assert_eq!(frames, whole, "split at {split}");
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn a_frame_of_no_bytes_is_refused() {
        assert_eq!(all(&[0, 0, 0, 0]), Err(FrameError::Empty));
    }

    #[test]
    fn a_giant_length_is_refused_by_its_length_alone() {
        assert_eq!(all(&[0x7f, 0xff, 0xff, 0xff]), Err(FrameError::TooLong(0x7fff_ffff)));
        assert_eq!(all(b"GET / HTTP/1.1\r\n"), Err(FrameError::TooLong(0x4745_5420)));
    }

    #[test]
    fn the_largest_frame_is_waited_for() {
        let mut bytes = u32::try_from(MAX_FRAME).unwrap().to_be_bytes().to_vec();
        bytes.push(b'B');
        assert_eq!(all(&bytes), Ok(vec![]));
        let over = u32::try_from(MAX_FRAME + 1).unwrap();
        assert_eq!(all(&over.to_be_bytes()), Err(FrameError::TooLong(over)));
    }
}
