//! Open files from elsewhere: passed with FILDES, or opened under a configured root. Nothing about them is believed.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use bytes::Bytes;

use super::share::Share;

/// Bytes read at once.
const PIECE: usize = 256 << 10;
/// How long reading may take: a file may lie on a file system that another program serves, or does not.
const READ_TIME: Duration = Duration::from_secs(60);

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    /// A device, a pipe, a folder.
    #[error("not a regular file")]
    NotRegular,
    /// Larger than what is taken.
    #[error("larger than what is taken")]
    TooLarge,
    /// Too much is being received from others at the moment.
    #[error("no room")]
    NoRoom,
    /// It did not come in time.
    #[error("reading took too long")]
    Slow,
    /// The system said no.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

/// Reads a regular file of at most `most` bytes from its beginning, wherever the descriptor stands.
pub(super) async fn read(file: OwnedFd, most: u64, share: Share) -> Result<Bytes, Unread> {
    let reading = tokio::task::spawn_blocking(move || read_now(&File::from(file), most, share));
    match tokio::time::timeout(READ_TIME, reading).await {
        Ok(Ok(read)) => read,
        Ok(Err(_)) => Err(io::Error::other("reading was given up").into()),
        Err(_) => Err(Unread::Slow),
    }
}

fn read_now(file: &File, most: u64, mut share: Share) -> Result<Bytes, Unread> {
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(Unread::NotRegular);
    }
    if about.len() > most {
        return Err(Unread::TooLarge);
    }
    if !share.grow_to(about.len()) {
        return Err(Unread::NoRoom);
    }
    let mut bytes: Vec<u8> = Vec::new();
    let mut piece = vec![0; PIECE];
    loop {
        let count = match file.read_at(&mut piece, bytes.len() as u64) {
            Ok(0) => return Ok(bytes.into()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let whole = (bytes.len() as u64).saturating_add(count as u64);
        // It may grow while it is read.
        if whole > most {
            return Err(Unread::TooLarge);
        }
        if !share.grow_to(whole) {
            return Err(Unread::NoRoom);
        }
        bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Queue, Settings};

    fn share(bytes: u64) -> Share {
        let settings = Settings { queue: Queue { bytes, ..Queue::default() }, ..Settings::default() };
        Share::of(&Default::default(), settings.into())
    }

    #[tokio::test]
    async fn a_file_is_read_from_its_beginning_up_to_the_limit() {
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), b"content").unwrap();
        let open = || {
            let mut file = File::open(path.path()).unwrap();
            std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).unwrap();
            OwnedFd::from(file)
        };
        assert_eq!(read(open(), 7, share(1 << 20)).await.unwrap(), "content");
        assert!(matches!(read(open(), 6, share(1 << 20)).await, Err(Unread::TooLarge)));
        assert!(matches!(read(open(), 7, share(6)).await, Err(Unread::NoRoom)));
    }

    #[tokio::test]
    async fn what_is_no_regular_file_is_not_read() {
        for path in ["/dev/zero", "/tmp"] {
            let file = OwnedFd::from(File::open(path).unwrap());
            assert!(matches!(read(file, 1 << 20, share(1 << 20)).await, Err(Unread::NotRegular)), "{path}");
        }
        let (reader, _writer) = std::io::pipe().unwrap();
        assert!(matches!(read(reader.into(), 1 << 20, share(1 << 20)).await, Err(Unread::NotRegular)));
    }
}
