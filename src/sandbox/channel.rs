//! Frames over a socket: a head that says what it is, and a tail of raw bytes. Each side states how large a frame it takes;
//! memory is taken as bytes arrive, never as a header says.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};

/// A message: `u32` length of the head, `u64` length of the tail, both little-endian, then head and tail.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub head: Vec<u8>,
    /// Bytes that go with it.
    pub tail: Vec<u8>,
}

/// Bytes before the head.
const HEADER: usize = 12;
/// Bytes asked for at once.
const CHUNK: usize = 256 << 10;

/// Why no frame came.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The other side is gone.
    #[error("the other side closed the channel")]
    Closed,
    /// The deadline passed.
    #[error("nothing came before the deadline")]
    TimedOut,
    /// The frame is larger than what is taken.
    #[error("a frame of {0} bytes")]
    TooLarge(u64),
    /// The socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One end of a socket that carries frames.
#[derive(Debug)]
pub struct Channel {
    stream: UnixStream,
}

impl Channel {
    /// Over this socket.
    pub fn new(stream: UnixStream) -> Self {
        Channel { stream }
    }

    /// Over standard input, which must be a socket.
    pub fn of_stdin() -> io::Result<Self> {
        let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        let _ = stream.peer_addr()?;
        Ok(Channel { stream })
    }

    /// Sends a frame, with an open file where one goes along. Without a deadline it waits as long as it takes.
    pub fn send(&self, frame: &Frame, file: Option<BorrowedFd<'_>>, deadline: Option<Instant>) -> io::Result<()> {
        let too_long = || io::Error::from(io::ErrorKind::InvalidInput);
        let head = u32::try_from(frame.head.len()).map_err(|_| too_long())?;
        let mut first = Vec::with_capacity(HEADER.saturating_add(frame.head.len()));
        first.extend_from_slice(&head.to_le_bytes());
        first.extend_from_slice(&(frame.tail.len() as u64).to_le_bytes());
        first.extend_from_slice(&frame.head);
        self.send_all(&first, file, deadline)?;
        self.send_all(&frame.tail, None, deadline)
    }

    fn send_all(&self, mut bytes: &[u8], file: Option<BorrowedFd<'_>>, deadline: Option<Instant>) -> io::Result<()> {
        let files: Vec<BorrowedFd<'_>> = file.into_iter().collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut is_first = true;
        while !bytes.is_empty() {
            if let Some(deadline) = deadline {
                self.stream.set_write_timeout(Some(left(deadline).ok_or(io::ErrorKind::TimedOut)?))?;
            }
            let mut control = SendAncillaryBuffer::new(&mut space);
            // The file goes along with the first byte.
            if is_first && !files.is_empty() {
                let _ = control.push(SendAncillaryMessage::ScmRights(&files));
            }
            match sendmsg(&self.stream, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL) {
                Ok(sent) => {
                    is_first = false;
                    bytes = bytes.get(sent..).unwrap_or_default();
                }
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Sends bytes that are no frame.
    pub fn send_raw(&self, bytes: &[u8]) -> io::Result<()> {
        self.send_all(bytes, None, None)
    }

    /// Receives a frame of at most `cap` bytes, and the file that came with it. Without a deadline it waits as long as it
    /// takes.
    pub fn receive(&self, cap: u64, deadline: Option<Instant>) -> Result<(Frame, Option<OwnedFd>), ReceiveError> {
        let mut file = None;
        let mut header = Vec::new();
        self.fill(&mut header, HEADER as u64, &mut file, deadline)?;
        let (head, tail) = header.split_at_checked(4).ok_or(ReceiveError::Closed)?;
        let head = u64::from(u32::from_le_bytes(head.try_into().unwrap_or_default()));
        let tail = u64::from_le_bytes(tail.try_into().unwrap_or_default());
        let size = head.saturating_add(tail);
        if size > cap {
            return Err(ReceiveError::TooLarge(size));
        }
        let mut frame = Frame::default();
        self.fill(&mut frame.head, head, &mut file, deadline)?;
        self.fill(&mut frame.tail, tail, &mut file, deadline)?;
        Ok((frame, file))
    }

    /// Reads until `bytes` holds `size` of them.
    fn fill(
        &self,
        bytes: &mut Vec<u8>,
        size: u64,
        file: &mut Option<OwnedFd>,
        deadline: Option<Instant>,
    ) -> Result<(), ReceiveError> {
        while (bytes.len() as u64) < size {
            if let Some(deadline) = deadline {
                self.stream.set_read_timeout(Some(left(deadline).ok_or(ReceiveError::TimedOut)?))?;
            }
            let have = bytes.len();
            let missing = usize::try_from(size).unwrap_or(usize::MAX).saturating_sub(have);
            bytes.resize(have.saturating_add(missing.min(CHUNK)), 0);
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let into = bytes.get_mut(have..).unwrap_or_default();
            let got = recvmsg(&self.stream, &mut [IoSliceMut::new(into)], &mut control, RecvFlags::CMSG_CLOEXEC);
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(files) = message {
                    *file = files.last().or(file.take());
                }
            }
            bytes.truncate(have.saturating_add(got.as_ref().map_or(0, |got| got.bytes)));
            match got {
                Ok(got) if got.bytes == 0 => return Err(ReceiveError::Closed),
                // At the deadline the next round ends it.
                Ok(_) | Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                Err(rustix::io::Errno::CONNRESET) => return Err(ReceiveError::Closed),
                Err(error) => return Err(ReceiveError::Io(error.into())),
            }
        }
        Ok(())
    }

    /// Closes a worker's end, as it was given and as it is used, and lives on. The object must not be used again, nor dropped, so
    /// this does not return.
    pub fn forsake(&self) -> ! {
        for fd in [0, self.stream.as_raw_fd()] {
            let _ = nix::unistd::close(fd);
        }
        loop {
            std::thread::park();
        }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// Time until the deadline, if it is not past.
fn left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| *left > Duration::from_micros(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::memfd;

    fn pair() -> (Channel, Channel) {
        let (a, b) = UnixStream::pair().unwrap();
        (Channel::new(a), Channel::new(b))
    }

    fn soon() -> Option<Instant> {
        Some(Instant::now() + Duration::from_secs(60))
    }

    #[test]
    fn a_frame_and_a_file_arrive_as_they_were_sent() {
        let (a, b) = pair();
        let input = memfd::sealed(b"input").unwrap();
        let frame = Frame { head: b"head".to_vec(), tail: vec![7; 3 * CHUNK] };
        std::thread::scope(|scope| {
            scope.spawn(|| a.send(&frame, Some(input.as_fd()), soon()).unwrap());
            let (got, file) = b.receive(1 << 20, soon()).unwrap();
            assert_eq!(got, frame);
            assert_eq!(memfd::read(file.unwrap(), 5).unwrap(), b"input");
        });
        b.send(&Frame::default(), None, soon()).unwrap();
        let (empty, file) = a.receive(0, soon()).unwrap();
        assert_eq!((empty, file.is_none()), (Frame::default(), true));
    }

    #[test]
    fn a_frame_over_the_cap_is_refused_by_its_header() {
        let (a, b) = pair();
        a.send(&Frame { head: vec![0; 10], tail: vec![0; 11] }, None, soon()).unwrap();
        assert!(matches!(b.receive(20, soon()), Err(ReceiveError::TooLarge(21))));
        let (a, b) = pair();
        rustix::io::write(&a, &[0xff; HEADER]).unwrap();
        assert!(matches!(b.receive(u64::MAX - 1, soon()), Err(ReceiveError::TooLarge(u64::MAX))));
    }

    #[test]
    fn silence_ends_at_the_deadline_and_a_closed_end_at_once() {
        let (a, b) = pair();
        let soon = Some(Instant::now() + Duration::from_millis(20));
        assert!(matches!(a.receive(10, soon), Err(ReceiveError::TimedOut)));
        // Half a header is silence too.
        rustix::io::write(&b, &[0; 5]).unwrap();
        let soon = Some(Instant::now() + Duration::from_millis(20));
        assert!(matches!(a.receive(10, soon), Err(ReceiveError::TimedOut)));
        drop(b);
        assert!(matches!(a.receive(10, None), Err(ReceiveError::Closed)));
    }
}
