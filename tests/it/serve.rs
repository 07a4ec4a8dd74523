//! The daemon from the outside: sockets, signals, the service manager, the end.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on the slowest machine that is still worth a test.
const PATIENCE: Duration = Duration::from_secs(120);

/// What every configuration here holds: two workers start faster than one per core.
const COMMON: &str = "[workers]\ncount = 2\nreserved = 1\n[mail]\nhold = 'server'\n";

/// A daemon under test. It is killed when the test ends, whichever way.
pub(crate) struct Daemon {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
    folder: tempfile::TempDir,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// Starts the daemon. `{folder}` in the configuration stands for a folder of the test's own.
    pub(crate) fn start(config: &str) -> Self {
        Self::start_with(config, |_, _| {})
    }

    /// As [`Daemon::start`], after something was changed about the command.
    fn start_with(config: &str, change: impl FnOnce(&mut Command, &Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        command.args(["serve", "--allow-root", "--config"]).arg(folder.path().join("sekisho.toml"));
        change(&mut command, folder.path());
        Self::spawn(command, folder, config)
    }

    fn spawn(mut command: Command, folder: tempfile::TempDir, config: &str) -> Self {
        std::fs::write(folder.path().join("sekisho.toml"), filled(config, folder.path())).expect("writable");
        // A group of its own, as a shell gives it.
        let mut child =
            command.process_group(0).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let stderr = child.stderr.take().expect("a pipe");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Daemon { child, lines, said: Vec::new(), folder }
    }

    /// Writes another configuration.
    fn configure(&self, config: &str) {
        std::fs::write(self.path("sekisho.toml"), filled(config, self.folder.path())).expect("writable");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The next line of the log with this in it.
    pub(crate) fn line(&mut self, part: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(part) {
                        return line;
                    }
                }
                Err(why) => {
                    let why = if why == RecvTimeoutError::Timeout { "not in time" } else { "it ended" };
                    panic!("no line with {part:?}: {why}\n{}", self.said.join("\n"));
                }
            }
        }
    }

    /// The address a door says it listens on; the daemon is ready afterwards if that was the last one.
    pub(crate) fn address(&mut self, door: &str) -> String {
        let line = self.line(&format!("listening door={door} "));
        let (_, address) = line.split_once("address=").expect("an address");
        address.to_owned()
    }

    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(done.expect("sh runs").success());
    }

    /// Waits for the end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("a child") {
                self.said.extend(self.lines.iter());
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end\n{}", self.said.join("\n"));
    }
}

fn filled(config: &str, folder: &Path) -> String {
    config.replace("{folder}", &folder.display().to_string())
}

fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).expect("settable");
    stream
}

/// A frame of the milter protocol.
fn frame(command: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len() + 1).expect("short");
    [&length.to_be_bytes()[..], &[command], payload].concat()
}

fn read_frame(stream: &mut impl Read) -> (u8, Vec<u8>) {
    let mut length = [0; 4];
    stream.read_exact(&mut length).expect("a frame");
    let mut payload = vec![0; usize::try_from(u32::from_be_bytes(length)).expect("fits")];
    stream.read_exact(&mut payload).expect("a whole frame");
    (payload.remove(0), payload)
}

/// Agrees on what is spoken, as Postfix does.
fn negotiate(stream: &mut (impl Read + Write)) {
    let offer = [6u32.to_be_bytes(), 0x1ffu32.to_be_bytes(), 0x001f_ffffu32.to_be_bytes()].concat();
    stream.write_all(&frame(b'O', &offer)).expect("open");
    assert_eq!(read_frame(stream).0, b'O');
}

/// Everything of a mail up to its end.
fn begin_mail(stream: &mut impl Write) {
    for (command, payload) in [
        (b'M', &b"<a@example.com>\0"[..]),
        (b'R', b"<b@example.com>\0"),
        (b'L', b"Subject\0 greetings\0"),
        (b'N', b""),
        (b'B', b"Hello.\r\n"),
    ] {
        stream.write_all(&frame(command, payload)).expect("open");
    }
}

/// Ends the mail, and gives what is done with it.
fn finish_mail(stream: &mut (impl Read + Write)) -> u8 {
    stream.write_all(&frame(b'E', b"")).expect("open");
    loop {
        let (command, _) = read_frame(stream);
        if b"adrtcy".contains(&command) {
            return command;
        }
    }
}

fn milter(listen: &str) -> String {
    format!("{COMMON}[milter]\nlisten = '{listen}'\n")
}

#[test]
fn a_mail_passes_through_a_door_that_said_where_it_is() {
    let mut daemon = Daemon::start(&format!("{}[store]\npath = 'store'\n", milter("inet:127.0.0.1:0")));
    daemon.line("workers are shut in");
    let address = daemon.address("milter");
    daemon.line("ready");
    assert!(daemon.path("store/key").exists());
    let mut stream = patient(TcpStream::connect(address).expect("open"));
    negotiate(&mut stream);
    begin_mail(&mut stream);
    assert!(b"ca".contains(&finish_mail(&mut stream)));
    let line = daemon.line("milter: mail");
    assert!(line.contains("verdict=\"clean\""), "{line}");
    daemon.signal("TERM");
    assert_eq!(daemon.end().code(), Some(0));
}

#[test]
fn a_mail_in_hand_is_finished_before_the_daemon_stops() {
    let mut daemon = Daemon::start(&milter("inet:127.0.0.1:0"));
    let address = daemon.address("milter");
    daemon.line("ready");
    let mut idle = patient(TcpStream::connect(&address).expect("open"));
    negotiate(&mut idle);
    let mut stream = patient(TcpStream::connect(&address).expect("open"));
    negotiate(&mut stream);
    begin_mail(&mut stream);
    // Ctrl-C in a terminal goes to the whole group; workers are not in it.
    let done = Command::new("sh").args(["-c", &format!("kill -INT -{}", daemon.child.id())]).status();
    assert!(done.expect("sh runs").success());
    daemon.line("stopping");
    // Who is at nothing is let go.
    assert_eq!(idle.read(&mut [0; 16]).expect("closed in order"), 0);
    assert!(b"ca".contains(&finish_mail(&mut stream)));
    assert_eq!(daemon.end().code(), Some(0));
    assert!(TcpStream::connect(address).is_err());
    assert!(daemon.said.iter().any(|line| line.contains("stopped")), "{:#?}", daemon.said);
}

#[test]
fn a_second_signal_does_not_wait_for_a_mail() {
    let mut daemon = Daemon::start(&format!("{}[daemon]\ngrace = '1h'\n", milter("inet:127.0.0.1:0")));
    let address = daemon.address("milter");
    daemon.line("ready");
    let mut stream = patient(TcpStream::connect(address).expect("open"));
    negotiate(&mut stream);
    begin_mail(&mut stream);
    daemon.signal("TERM");
    daemon.line("stopping");
    daemon.signal("INT");
    assert_eq!(daemon.end().code(), Some(0));
}

#[test]
fn a_reload_puts_good_settings_in_force_and_leaves_broken_ones() {
    let config = milter("inet:127.0.0.1:0");
    let mut daemon = Daemon::start(&config);
    let address = daemon.address("milter");
    daemon.line("ready");

    daemon.configure(&format!("{config}[scan]\nmax-depht = 3\n"));
    daemon.signal("HUP");
    let line = daemon.line("unknown key");
    assert!(line.contains("sekisho.toml:9:1: error: unknown key scan.max-depht; did you mean max-depth?"), "{line}");
    daemon.line("not reloaded");

    std::fs::write(daemon.path("broken.yar"), "rule broken {").expect("writable");
    daemon.configure(&format!("{config}[scan]\nrules = ['broken.yar']\n"));
    daemon.signal("HUP");
    assert!(daemon.line("broken.yar").contains("ERROR"));
    daemon.line("not reloaded");

    let rule = "rule sekisho_test_greeting { meta: description = \"t\" strings: $a = \"Hello.\" condition: $a }";
    std::fs::write(daemon.path("good.yar"), rule).expect("writable");
    daemon.configure(&format!("{config}connections = 7\n[scan]\nrules = ['good.yar']\nmax-depth = 3\n"));
    daemon.signal("HUP");
    daemon.line("INFO sekisho::gate::server::running: reloaded");

    daemon.configure(&format!("{}[queue]\ncache = 7\n", milter("inet:127.0.0.1:1")));
    daemon.signal("HUP");
    assert!(daemon.line("takes a restart").contains("listen, queue"));

    let mut stream = patient(TcpStream::connect(address).expect("still open"));
    negotiate(&mut stream);
    begin_mail(&mut stream);
    finish_mail(&mut stream);
}

#[test]
fn a_client_of_the_clamd_door_may_have_rules_reloaded_and_the_daemon_stopped() {
    let mut daemon = Daemon::start(&format!("{COMMON}[clamd]\nlisten = 'inet:127.0.0.1:0'\n"));
    let address = daemon.address("clamd");
    daemon.line("ready");
    let ask = |command: &[u8]| {
        let mut stream = patient(TcpStream::connect(&address).expect("open"));
        stream.write_all(command).expect("open");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("UTF-8");
        answer
    };
    assert_eq!(ask(b"zPING\0"), "PONG\0");
    assert_eq!(ask(b"zINSTREAM\0\0\0\0\x05hello\0\0\0\0"), "stream: OK\0");
    let line = daemon.line("clamd: examined");
    assert!(line.contains("verdict=\"clean\" cause=\"clean\" bytes=5"), "{line}");
    assert!(!line.contains("hello"));
    assert_eq!(ask(b"nRELOAD\n"), "RELOADING\n");
    daemon.line("reloaded");
    ask(b"nSHUTDOWN\n");
    assert_eq!(daemon.end().code(), Some(0));
}

#[test]
fn as_many_connections_as_may_be_are_taken() {
    let mut daemon = Daemon::start(&format!("{}connections = 1\n", milter("inet:127.0.0.1:0")));
    let address = daemon.address("milter");
    daemon.line("ready");
    let mut first = patient(TcpStream::connect(&address).expect("open"));
    negotiate(&mut first);
    let mut second = patient(TcpStream::connect(&address).expect("open"));
    assert_eq!(second.read(&mut [0; 1]).unwrap_or(0), 0, "turned away");
    begin_mail(&mut first);
    finish_mail(&mut first);
}

#[test]
fn without_descriptors_connections_wait_and_are_taken_later() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new("sh");
    let serve = format!("ulimit -n 64; exec {} serve --allow-root --config", env!("CARGO_BIN_EXE_sekisho"));
    command.arg("-c").arg(format!("{serve} '{}'", folder.path().join("sekisho.toml").display()));
    let mut daemon = Daemon::spawn(command, folder, &milter("inet:127.0.0.1:0"));
    let address = daemon.address("milter");
    daemon.line("ready");
    let crowd: Vec<TcpStream> = (0..80).map(|_| TcpStream::connect(&address).expect("the backlog takes it")).collect();
    daemon.line("connections cannot be taken");
    drop(crowd);
    let mut stream = patient(TcpStream::connect(&address).expect("open"));
    negotiate(&mut stream);
    begin_mail(&mut stream);
    finish_mail(&mut stream);
}

#[test]
fn a_socket_file_has_its_mode_replaces_a_dead_one_and_is_taken_away() {
    let mut daemon = Daemon::start(&milter("unix:milter.sock,mode=0620"));
    let path = PathBuf::from(daemon.address("milter"));
    daemon.line("ready");
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o620);
    let mut stream = UnixStream::connect(&path).expect("open");
    negotiate(&mut stream);

    // Another daemon does not take it away.
    let config = filled(&milter("unix:{folder}/milter.sock"), daemon.folder.path());
    let mut other = Daemon::start(&config);
    other.line("another program listens there");
    assert_eq!(other.end().code(), Some(1));

    // A daemon that was killed leaves it behind; the next one takes its place.
    daemon.signal("KILL");
    daemon.end();
    assert!(path.exists());
    let mut next = Daemon::start(&config);
    next.address("milter");
    next.line("ready");
    negotiate(&mut UnixStream::connect(&path).expect("open"));
    next.signal("TERM");
    assert_eq!(next.end().code(), Some(0));
    assert!(!path.exists());
}

/// Reads messages to the service manager until one holds this, and gives it.
fn told(manager: &UnixDatagram, part: &str) -> String {
    let end = Instant::now() + PATIENCE;
    let mut heard = Vec::new();
    while Instant::now() < end {
        let mut buffer = [0; 4096];
        let length = manager.recv(&mut buffer).unwrap_or_else(|error| panic!("no {part}: {error}; {heard:#?}"));
        let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if message.contains(part) {
            return message;
        }
        heard.push(message);
    }
    panic!("no {part}: {heard:#?}");
}

#[test]
fn the_service_manager_is_told_of_readiness_reloads_life_and_the_end() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manager = UnixDatagram::bind(folder.path().join("notify")).expect("bound");
    manager.set_read_timeout(Some(PATIENCE)).expect("settable");
    let daemon = Daemon::start_with(&milter("inet:127.0.0.1:0"), |command, _| {
        command
            .env("NOTIFY_SOCKET", folder.path().join("notify"))
            .env("WATCHDOG_USEC", "30000000")
            .env_remove("WATCHDOG_PID");
    });
    assert!(told(&manager, "READY=1").contains("STATUS="));
    assert!(told(&manager, "WATCHDOG=1").contains("scanned"));
    daemon.signal("HUP");
    assert!(told(&manager, "RELOADING=1").contains("MONOTONIC_USEC="));
    told(&manager, "READY=1");
    daemon.configure("[nothing]\n");
    daemon.signal("HUP");
    told(&manager, "RELOADING=1");
    // The daemon serves as before, so the manager must not think that it still reloads.
    told(&manager, "READY=1");
    daemon.signal("TERM");
    told(&manager, "STOPPING=1");
}

#[test]
fn a_socket_handed_over_by_systemd_is_served() {
    if Command::new("systemd-socket-activate").arg("--version").output().is_err() {
        eprintln!("skipped: no systemd-socket-activate");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("door.sock");
    let mut command = Command::new("systemd-socket-activate");
    command.arg("-l").arg(&socket).args([
        "--fdname=mail",
        env!("CARGO_BIN_EXE_sekisho"),
        "serve",
        "--allow-root",
        "--config",
    ]);
    command.arg(folder.path().join("sekisho.toml"));
    let mut daemon = Daemon::spawn(command, folder, &milter("systemd:mail"));
    daemon.line("Listening on");
    // The first connection starts the daemon, and is served by it.
    let mut stream = UnixStream::connect(&socket).expect("open");
    stream.set_read_timeout(Some(PATIENCE)).expect("settable");
    negotiate(&mut stream);
    assert!(daemon.said.iter().all(|line| !line.contains("no socket of that name")));
    daemon.signal("TERM");
    daemon.end();
}

#[test]
fn what_keeps_it_from_running_is_said_with_a_status_for_scripts() {
    let mut daemon = Daemon::start("[milter]\nlisten = 'inet:127.0.0.1'\nprogres = '5s'\n");
    let status = daemon.end();
    assert_eq!(status.code(), Some(64));
    let said = daemon.said.join("\n");
    assert!(said.contains("2:10: error: milter.listen has the address"), "{said}");
    assert!(said.contains("3:1: error: unknown key milter.progres; did you mean progress?"), "{said}");

    let mut nothing = Daemon::start("");
    assert_eq!(nothing.end().code(), Some(64));
    assert!(nothing.said.iter().any(|line| line.contains("no door is open")), "{:#?}", nothing.said);

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut daemon = Daemon::start(&milter(&format!("inet:{}", taken.local_addr().expect("bound"))));
    assert_eq!(daemon.end().code(), Some(1));
    assert!(daemon.said.iter().any(|line| line.contains("another program listens there")), "{:#?}", daemon.said);

    let mut stranger = Daemon::start(&format!("{}[daemon]\nuser = 'no-such-user'\n", milter("inet:127.0.0.1:0")));
    assert_eq!(stranger.end().code(), Some(1));
    assert!(stranger.said.iter().any(|line| line.contains("no-such-user does not exist")), "{:#?}", stranger.said);
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

#[test]
fn root_is_left_for_good_before_the_first_thread() {
    if !is_root() {
        eprintln!("skipped: not root");
        return;
    }
    let mut daemon = Daemon::start_with(
        &format!("{}[daemon]\nuser = 'nobody'\n", milter("unix:{folder}/milter.sock")),
        |_, folder| {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("settable");
        },
    );
    daemon.line("privileges given up");
    let path = daemon.address("milter");
    daemon.line("ready");
    let tasks = std::fs::read_dir(format!("/proc/{}/task", daemon.child.id())).expect("it runs");
    let mut threads = 0;
    for task in tasks {
        let status = std::fs::read_to_string(task.expect("a thread").path().join("status")).expect("readable");
        let ids = |name: &str| -> Vec<String> {
            let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
            line.split_whitespace().skip(1).map(str::to_owned).collect()
        };
        assert!(ids("Uid:").iter().all(|id| id != "0"), "{status}");
        assert!(ids("Gid:").iter().all(|id| id != "0"), "{status}");
        assert!(ids("Groups:").iter().all(|id| id != "0"), "{status}");
        assert_eq!(ids("CapEff:"), ["0000000000000000"]);
        assert_eq!(ids("CapPrm:"), ["0000000000000000"]);
        threads += 1;
    }
    assert!(threads > 1);
    use std::os::unix::fs::MetadataExt as _;
    assert_ne!(std::fs::metadata(path).expect("there").uid(), 0, "the socket belongs to the user");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.args(["serve", "--config"]).arg(folder.path().join("sekisho.toml"));
    let mut refused = Daemon::spawn(command, folder, &milter("inet:127.0.0.1:0"));
    assert_eq!(refused.end().code(), Some(1));
    assert!(
        refused.said.iter().any(|line| line.contains("started as root without daemon.user")),
        "{:#?}",
        refused.said
    );
}
