//! What a worker must not be able to do, tried from inside. Every attempt is harmless where it succeeds.

use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::errno::Errno;
use rustix::process::{Pid, Resource, Rlimit};
use serde::{Deserialize, Serialize};

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was tried.
    pub what: String,
    /// Whether it was refused for want of permission or by a limit. Failing for another reason proves nothing.
    pub is_refused: bool,
    /// The error, by its name where it has one; empty if there was none.
    pub error: String,
}

/// What an attempt is called, and how it is made.
type Trial = (&'static str, fn() -> io::Result<()>);

/// Every attempt.
const ATTEMPTS: &[Trial] = &[
    ("read a file", || File::open("/proc/self/exe").map(drop)),
    ("list a folder", || fs::read_dir("/").map(drop)),
    ("ask for the properties of a file", || fs::symlink_metadata("/").map(drop)),
    ("create a file", create_file),
    ("create a folder", create_folder),
    ("create a file without a name", || {
        Ok(rustix::fs::memfd_create(c"attempt", rustix::fs::MemfdFlags::CLOEXEC).map(drop)?)
    }),
    ("change folder", || std::env::set_current_dir("/")),
    ("change the root", || std::os::unix::fs::chroot("/")),
    ("connect by TCP", || TcpStream::connect(("127.0.0.1", 9)).map(drop)),
    ("listen on TCP", || TcpListener::bind(("127.0.0.1", 0)).map(drop)),
    ("open a UDP socket", || UdpSocket::bind(("127.0.0.1", 0)).map(drop)),
    ("connect to a UNIX socket", || UnixStream::connect("/dev/log").map(drop)),
    ("open a UNIX datagram socket", || UnixDatagram::unbound().map(drop)),
    ("make a pair of sockets", || UnixStream::pair().map(drop)),
    ("make a pipe", || io::pipe().map(drop)),
    ("start a process", || {
        Command::new("/proc/self/exe").arg("--version").spawn().and_then(|mut child| child.wait()).map(drop)
    }),
    ("become another program", || Err(Command::new("/proc/self/exe").arg("--version").exec())),
    ("send a signal to the parent", || Ok(rustix::process::test_kill_process(parent()?)?)),
    ("trace the parent", || Ok(nix::sys::ptrace::attach(nix::unistd::getppid())?)),
    ("open a handle of the parent", || {
        Ok(rustix::process::pidfd_open(parent()?, rustix::process::PidfdFlags::empty()).map(drop)?)
    }),
    ("make memory executable", executable_memory),
    ("raise a limit of its own", raise_limit),
    ("let others look into its memory", || {
        Ok(rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::Dumpable)?)
    }),
    ("take on capabilities", || {
        let all = rustix::thread::CapabilitySet::NET_ADMIN;
        let sets = rustix::thread::CapabilitySets { effective: all, permitted: all, inheritable: all };
        Ok(rustix::thread::set_capabilities(None, sets)?)
    }),
];

/// Tries everything, and to change the input it was given.
pub fn attempt_everything(input: &File) -> Vec<Attempt> {
    let change = io::Write::write_all(&mut &*input, b"changed");
    let shrink = input.set_len(0);
    let own = [("change its input", change), ("shorten its input", shrink)];
    let others = ATTEMPTS.iter().map(|(what, make)| (*what, make()));
    others.chain(own).map(|(what, result)| attempt(what, result)).collect()
}

fn attempt(what: &str, result: io::Result<()>) -> Attempt {
    let Err(error) = result else {
        return Attempt { what: what.to_owned(), is_refused: false, error: String::new() };
    };
    let errno = error.raw_os_error().map(Errno::from_raw);
    let is_refused = matches!(errno, Some(Errno::EPERM | Errno::EACCES | Errno::EFBIG));
    let error = errno.map_or_else(|| error.to_string(), |errno| format!("{errno:?}"));
    Attempt { what: what.to_owned(), is_refused, error }
}

fn parent() -> io::Result<Pid> {
    rustix::process::getppid().ok_or_else(|| io::Error::other("there is no parent to try it on"))
}

fn create_file() -> io::Result<()> {
    let path = std::path::Path::new("/tmp").join(format!("sekisho-attempt-{}", std::process::id()));
    File::create_new(&path)?;
    fs::remove_file(path)
}

fn create_folder() -> io::Result<()> {
    let path = std::path::Path::new("/tmp").join(format!("sekisho-attempt-{}", std::process::id()));
    fs::create_dir(&path)?;
    fs::remove_dir(path)
}

fn executable_memory() -> io::Result<()> {
    memmap2::MmapMut::map_anon(4096)?.make_exec().map(drop)
}

fn raise_limit() -> io::Result<()> {
    Ok(rustix::process::setrlimit(Resource::Nofile, Rlimit { current: Some(64), maximum: Some(64) })?)
}
