//! A child of this program: started, killed and reaped.

use std::io::{self, PipeReader, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid};

use super::channel::Channel;

/// Bytes kept of what a child says on standard error.
const MAX_SAID: usize = 16 << 10;
/// How long a child whose channel has closed may take to end by itself, so that its own status is seen.
const LAST_MOMENTS: Duration = Duration::from_secs(2);

/// A child process, its channel and its standard error. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Refers to the process and never to another of the same number.
    handle: Killer,
    channel: Channel,
    stderr: PipeReader,
    /// The kernel's count of processes it killed for memory when this one was started.
    killed_for_memory: Option<u64>,
    said: Vec<u8>,
}

/// Kills one process from wherever it is wanted.
#[derive(Debug, Clone, Default)]
pub struct Killer(Option<Arc<OwnedFd>>);

impl Killer {
    /// Kills the process, if it has not ended. Without process handles (Linux before 5.3) it does nothing.
    pub fn kill(&self) {
        if let Some(handle) = &self.0 {
            let _ = pidfd_send_signal(handle, Signal::KILL);
        }
    }
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The signal that killed it.
    pub signal: Option<i32>,
    /// Its exit status, if no signal did.
    pub code: Option<i32>,
    /// It was killed because its channel had closed and it did not end.
    pub lingered: bool,
    /// Since it was started the kernel killed some process because memory had run out.
    pub memory_ran_out: bool,
    /// The last it said on standard error.
    pub said: String,
}

impl Process {
    /// Starts a program: a channel as its standard input, nothing as its standard output, an empty environment, `/` as
    /// its folder.
    pub fn start(program: &std::path::Path, name: &str, arguments: &[&str]) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let (stderr, their_stderr) = io::pipe()?;
        rustix::io::ioctl_fionbio(&stderr, true)?;
        let mut command = Command::new(program);
        command
            .arg0(name)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            // A Ctrl-C is meant for the program, which lets its workers finish what they are at.
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::from(OwnedFd::from(their_stderr)));
        let killed_for_memory = killed_for_memory();
        let child = spawn(command)?;
        let handle = pid(&child).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        let handle = Killer(handle.map(Arc::new));
        Ok(Process { child, handle, channel: Channel::new(ours), stderr, killed_for_memory, said: Vec::new() })
    }

    /// Its channel.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// What kills it while it is waited for.
    pub fn killer(&self) -> Killer {
        self.handle.clone()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub fn is_alive(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        pid(&self.child).is_some_and(|pid| matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
    }

    /// Takes what it has said on standard error, so that it never waits to say more.
    pub fn listen(&mut self) {
        let mut chunk = [0; 4096];
        // A pipe holds 64 KiB; a child that writes faster than it is read is not listened to for ever.
        for _ in 0..32 {
            match self.stderr.read(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(count) => self.said.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            }
            let excess = self.said.len().saturating_sub(MAX_SAID);
            self.said.drain(..excess);
        }
    }

    /// Waits for the end of a process whose channel has closed; one that lingers is killed.
    pub fn wait(mut self) -> Ended {
        let lingered = !self.ends_within(LAST_MOMENTS);
        self.end(lingered)
    }

    /// Kills it.
    pub fn kill(mut self) -> Ended {
        self.end(true)
    }

    fn ends_within(&self, time: Duration) -> bool {
        let Some(handle) = &self.handle.0 else { return false };
        let timeout = rustix::event::Timespec { tv_sec: time.as_secs().cast_signed(), tv_nsec: 0 };
        // A process handle can be read when the process has ended.
        loop {
            match poll(&mut [PollFd::new(handle, PollFlags::IN)], Some(&timeout)) {
                Ok(count) => return count > 0,
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }

    fn end(&mut self, by_us: bool) -> Ended {
        if by_us {
            self.send_kill();
        }
        let status = self.child.wait().unwrap_or_default();
        self.listen();
        let before = self.killed_for_memory;
        Ended {
            signal: status.signal(),
            code: status.code(),
            lingered: by_us,
            memory_ran_out: before.zip(killed_for_memory()).is_some_and(|(before, after)| after > before),
            said: String::from_utf8_lossy(&self.said).into_owned(),
        }
    }

    fn send_kill(&mut self) {
        // Does nothing if it has been reaped.
        let _ = self.child.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.send_kill();
        let _: io::Result<ExitStatus> = self.child.wait();
    }
}

fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(child.id().cast_signed())
}

/// Processes the kernel has killed because memory had run out, since it was booted.
fn killed_for_memory() -> Option<u64> {
    let counts = std::fs::read_to_string("/proc/vmstat").ok()?;
    counts.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

/// A command to start, and who waits for it.
type Order = (Command, std::sync::mpsc::SyncSender<io::Result<Child>>);

/// Starts a command from the one thread that starts all: the kernel kills a child when the thread that started it ends
/// (`PR_SET_PDEATHSIG`, prctl(2)), and this thread ends with the program.
fn spawn(command: Command) -> io::Result<Child> {
    static STARTER: OnceLock<Sender<Order>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, orders) = channel::<Order>();
        // Should it not start, the order is lost and the caller is told.
        let _ = std::thread::Builder::new().name("starter".to_owned()).spawn(move || {
            for (mut command, answer) in orders {
                let _ = answer.send(command.spawn());
            }
        });
        sender
    });
    let lost = || io::Error::other("the thread that starts processes is gone");
    let (answer, started) = sync_channel(1);
    starter.send((command, answer)).map_err(|_| lost())?;
    started.recv().map_err(|_| lost())?
}
