//! The sockets of the doors: bound here, or handed over by the service manager.

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use nix::sys::stat::{Mode, umask};

use super::ServeError;
use super::privileges::Identity;
use crate::config::{Listen, Settings};
use crate::gate::Door;
use crate::gate::stream::Bound;

/// A socket that listens, and for whom.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) door: Door,
    /// The address it has, with the port it was given; or the path.
    pub(super) address: String,
    socket: Kind,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Socket {
    /// Hands the socket to the runtime, which must be running.
    pub(super) fn bound(self) -> io::Result<Bound> {
        Ok(match self.socket {
            Kind::Tcp(listener) => Bound::Tcp(tokio::net::TcpListener::from_std(listener)?),
            Kind::Unix(listener) => Bound::Unix(tokio::net::UnixListener::from_std(listener)?),
        })
    }
}

/// Where the doors listen, by these settings.
pub(super) fn wanted(settings: &Settings) -> Vec<(Door, &[Listen])> {
    let mut doors: Vec<(Door, &[Listen])> = Vec::new();
    doors.extend(settings.milter.as_ref().map(|door| (Door::Milter, door.listen.as_slice())));
    doors.extend(settings.clamd.as_ref().map(|door| (Door::Clamd, door.listen.as_slice())));
    doors.extend(settings.http.as_ref().map(|door| (Door::Http, door.listen.as_slice())));
    doors.extend(settings.olefy.as_ref().map(|door| (Door::Olefy, door.listen.as_slice())));
    doors
}

/// Opens all of them. Socket files are given to `owner`.
pub(super) fn open(settings: &Settings, owner: Option<&Identity>) -> Result<Vec<Socket>, ServeError> {
    let mut passed = Passed::take();
    let mut sockets = Vec::new();
    for (door, listens) in wanted(settings) {
        for listen in listens {
            let opened = match listen {
                Listen::Tcp(address) => TcpListener::bind(address).map(|socket| vec![Kind::Tcp(socket)]).map_err(why),
                Listen::Unix(path, mode) => unix(path, *mode, owner).map(|socket| vec![Kind::Unix(socket)]),
                Listen::Passed(name) => passed.by_name(name),
            };
            let opened =
                opened.and_then(|kinds| kinds.into_iter().map(|kind| ready(door, kind)).collect::<Result<Vec<_>, _>>());
            let opened = opened.map_err(|why| ServeError::Listen {
                door: door.as_str(),
                address: crate::config::write_listen(listen),
                why,
            })?;
            sockets.extend(opened);
        }
    }
    passed.warn_of_the_rest();
    if sockets.is_empty() { Err(ServeError::NoDoor) } else { Ok(sockets) }
}

fn why(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!("{error}; another program listens there"),
        io::ErrorKind::PermissionDenied => {
            format!("{error}; ports below 1024 need root, CAP_NET_BIND_SERVICE or a socket unit")
        }
        _ => error.to_string(),
    }
}

fn ready(door: Door, socket: Kind) -> Result<Socket, String> {
    let address = match &socket {
        Kind::Tcp(listener) => {
            listener.set_nonblocking(true).map_err(why)?;
            listener.local_addr().map_err(why)?.to_string()
        }
        Kind::Unix(listener) => {
            listener.set_nonblocking(true).map_err(why)?;
            let address = listener.local_addr().map_err(why)?;
            address.as_pathname().map_or_else(|| "unnamed".to_owned(), |path| path.display().to_string())
        }
    };
    Ok(Socket { door, address, socket })
}

/// Binds a socket file. One that nobody listens on any more is replaced; anything else that is in the way stays.
fn unix(path: &Path, mode: u32, owner: Option<&Identity>) -> Result<UnixListener, String> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.file_type().is_socket() => {
            return Err("there is a file there that is no socket; move it away".to_owned());
        }
        Ok(_) => match UnixStream::connect(path) {
            Ok(_) => return Err("another program listens there".to_owned()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                std::fs::remove_file(path).map_err(why)?
            }
            Err(error) => {
                return Err(format!("there is a socket there, and whether anyone listens cannot be told: {error}"));
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(why(error)),
    }
    // By the mask and not afterwards: nobody may connect between the two.
    let bits = Mode::from_bits_truncate(!mode & 0o777);
    let before = umask(bits);
    let bound = UnixListener::bind(path);
    umask(before);
    let listener = bound.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("{error}; its folder must exist"),
        _ => why(error),
    })?;
    if let Some(owner) = owner {
        owner.own(path).map_err(|error| format!("cannot give the socket to {}: {error}", owner.name()))?;
    }
    Ok(listener)
}

/// Removes the files of the sockets that were bound here, so that clients see at once that nobody is there.
pub(super) fn remove_files(settings: &Settings) {
    for (_, listens) in wanted(settings) {
        for path in listens.iter().filter_map(|listen| match listen {
            Listen::Unix(path, _) => Some(path),
            _ => None,
        }) {
            remove(path);
        }
    }
}

fn remove(path: &PathBuf) {
    if std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
        && let Err(error) = std::fs::remove_file(path)
    {
        tracing::debug!("{} stays behind: {error}", path.display());
    }
}

/// Sockets handed over by the service manager (sd_listen_fds(3)).
struct Passed {
    sockets: ListenFd,
    names: Vec<Option<String>>,
}

impl Passed {
    fn take() -> Self {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let sockets = ListenFd::from_env();
        let mut names: Vec<Option<String>> = names.split(':').map(|name| Some(name.to_owned())).collect();
        names.resize(sockets.len(), None);
        Passed { sockets, names }
    }

    /// All sockets of a name: a socket unit with several addresses hands over as many.
    fn by_name(&mut self, wanted: &str) -> Result<Vec<Kind>, String> {
        let mut found = Vec::new();
        for (index, name) in self.names.iter_mut().enumerate() {
            if name.as_deref() != Some(wanted) {
                continue;
            }
            let tcp = self.sockets.take_tcp_listener(index).ok().flatten().map(Kind::Tcp);
            let kind = match tcp {
                Some(kind) => kind,
                None => match self.sockets.take_unix_listener(index) {
                    Ok(Some(listener)) => Kind::Unix(listener),
                    Ok(None) => continue,
                    Err(error) => return Err(format!("what was handed over is no listening stream socket: {error}")),
                },
            };
            *name = None;
            found.push(kind);
        }
        if found.is_empty() {
            return Err(format!(
                "no socket of that name was handed over; the .socket unit needs FileDescriptorName={wanted} and the service \
                 must be started by systemd"
            ));
        }
        Ok(found)
    }

    fn warn_of_the_rest(&self) {
        for name in self.names.iter().flatten() {
            tracing::warn!(
                name,
                "a socket was handed over that no door is configured for: listen = \"systemd:{name}\""
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_socket_file_has_its_mode_from_the_first_moment_and_replaces_only_a_dead_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sock");
        let first = unix(&path, 0o620, None).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o620);
        assert!(unix(&path, 0o660, None).unwrap_err().contains("another program listens"));
        drop(first);
        let second = unix(&path, 0o600, None).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(second);

        let file = folder.path().join("file");
        std::fs::write(&file, "precious").unwrap();
        assert!(unix(&file, 0o660, None).unwrap_err().contains("no socket"));
        assert_eq!(std::fs::read(&file).unwrap(), b"precious");
        assert!(unix(&folder.path().join("none/x.sock"), 0o660, None).unwrap_err().contains("folder must exist"));
    }
}
