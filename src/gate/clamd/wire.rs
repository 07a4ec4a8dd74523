//! Connections that bring bytes, and over a socket file also open files.

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use bytes::BytesMut;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, Interest};
use tokio::net::UnixStream;

/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// What came with one read.
#[derive(Debug, Default)]
pub(super) struct Got {
    /// Bytes appended; 0 at the end.
    pub(super) bytes: usize,
    /// An open file that came with them. Never more than one is kept.
    pub(super) file: Option<OwnedFd>,
    /// More files came than the protocol knows.
    pub(super) is_excessive: bool,
}

/// A connection.
pub(super) trait Wire: Send + 'static {
    /// Appends what there is, waiting for the first byte. Nothing is lost if the future is dropped.
    fn read(&mut self, into: &mut BytesMut) -> impl Future<Output = io::Result<Got>> + Send;

    /// Writes all of it.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send;

    /// Says that nothing more will be written.
    fn close(&mut self) -> impl Future<Output = ()> + Send;

    /// Whether the other end is on this machine.
    fn is_near(&self) -> bool;

    /// Whether open files can come over it.
    fn brings_files(&self) -> bool;
}

/// A connection of bytes only.
#[derive(Debug)]
pub(super) struct Plain<S> {
    stream: S,
    is_near: bool,
}

impl<S> Plain<S> {
    /// Over this stream.
    pub(super) fn new(stream: S, is_near: bool) -> Self {
        Plain { stream, is_near }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire for Plain<S> {
    async fn read(&mut self, into: &mut BytesMut) -> io::Result<Got> {
        into.reserve(PIECE.min(into.len().max(4_096)));
        let bytes = self.stream.read_buf(into).await?;
        Ok(Got { bytes, ..Got::default() })
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    async fn close(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    fn is_near(&self) -> bool {
        self.is_near
    }

    fn brings_files(&self) -> bool {
        false
    }
}

/// A connection over a socket file.
#[derive(Debug)]
pub(super) struct Local {
    stream: UnixStream,
    piece: Box<[u8]>,
}

impl Local {
    /// Over this stream.
    pub(super) fn new(stream: UnixStream) -> Self {
        Local { stream, piece: vec![0; PIECE].into_boxed_slice() }
    }
}

/// One read with whatever open files come with it. The kernel never joins the bytes of two messages that both bring
/// files (unix(7)), so one read brings the files of one message at most.
fn receive(stream: &UnixStream, piece: &mut [u8]) -> io::Result<Got> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let message = recvmsg(stream, &mut [IoSliceMut::new(piece)], &mut control, flags)?;
    let mut files: Vec<OwnedFd> = Vec::new();
    for received in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = received {
            files.extend(rights);
        }
    }
    let is_excessive = files.len() > 1 || message.flags.contains(ReturnFlags::CTRUNC);
    Ok(Got { bytes: message.bytes, file: files.pop(), is_excessive })
}

impl Wire for Local {
    async fn read(&mut self, into: &mut BytesMut) -> io::Result<Got> {
        let Local { stream, piece } = self;
        loop {
            stream.readable().await?;
            match stream.try_io(Interest::READABLE, || receive(stream, piece)) {
                Ok(got) => {
                    into.extend_from_slice(piece.get(..got.bytes).unwrap_or_default());
                    return Ok(got);
                }
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    async fn close(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    fn is_near(&self) -> bool {
        true
    }

    fn brings_files(&self) -> bool {
        true
    }
}
