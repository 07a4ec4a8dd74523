//! The daemon, started and ended as its administrator would.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

use super::{free_port, wait_until};

/// A daemon with its configuration; ports stay the same when it is started again.
pub(super) struct Daemon {
    pub(super) folder: tempfile::TempDir,
    pub(super) milter: u16,
    pub(super) clamd: u16,
    pub(super) olefy: u16,
    process: Option<Child>,
    log: Arc<Mutex<String>>,
}

impl Daemon {
    /// Starts one with these doors. `actions` are lines of that section, `more` is TOML that follows; `release` is the port
    /// released mail goes to.
    pub(super) fn start(doors: &[&str], release: u16, actions: &str, more: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("sekisho-daemon-").tempdir().expect("a folder");
        let store = folder.path().join("store");
        Daemon::start_in(doors, folder, &store, release, actions, more)
    }

    pub(super) fn start_in(
        doors: &[&str],
        folder: tempfile::TempDir,
        store: &Path,
        release: u16,
        actions: &str,
        more: &str,
    ) -> Self {
        let (milter, clamd, olefy) = (free_port(), free_port(), free_port());
        let shown = store.display();
        let mut config = "[log]\nlevel = \"warn,sekisho=debug\"\n".to_owned();
        for (door, port) in [("milter", milter), ("clamd", clamd), ("olefy", olefy)] {
            if doors.contains(&door) {
                config.push_str(&format!("[{door}]\nlisten = [\"inet:127.0.0.1:{port}\"]\n"));
            }
        }
        config.push_str(&format!(
            "[store]\npath = \"{shown}\"\nkey-file = \"{shown}.key\"\n\
             [release]\nserver = \"127.0.0.1\"\nport = {release}\n\
             [actions]\n{actions}\n{more}\n"
        ));
        std::fs::write(folder.path().join("sekisho.toml"), config).expect("written");
        let mut daemon = Daemon { folder, milter, clamd, olefy, process: None, log: Arc::default() };
        daemon.up();
        daemon
    }

    pub(super) fn config(&self) -> PathBuf {
        self.folder.path().join("sekisho.toml")
    }

    /// Changes its configuration and starts it again.
    pub(super) fn change(&mut self, from: &str, to: &str) {
        let config = std::fs::read_to_string(self.config()).expect("readable");
        assert!(config.contains(from), "{config}");
        std::fs::write(self.config(), config.replacen(from, to, 1)).expect("written");
        self.down();
        self.up();
    }

    /// Starts it, and waits until it says that it is ready. Its ports are open before.
    pub(super) fn up(&mut self) {
        let before = self.log().len();
        let mut process = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .args(["serve", "--allow-root", "--config"])
            .arg(self.config())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let errors = process.stderr.take().expect("piped");
        let log = self.log.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        self.process = Some(process);
        let is_ready = wait_until(|| self.log().get(before..).is_some_and(|log| log.contains("running: ready ")));
        assert!(is_ready, "the daemon is ready\n{}", self.log());
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.process.as_ref()?.id()).ok()?)
    }

    pub(super) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid() {
            let _ = kill_process(pid, signal);
        }
    }

    /// Asks it to reload.
    pub(super) fn reload(&self) {
        self.signal(Signal::HUP);
    }

    /// Ends it as the service manager would, and waits for that.
    pub(super) fn down(&mut self) {
        self.signal(Signal::TERM);
        self.reap();
    }

    /// Ends it without a chance to tidy up.
    pub(super) fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.reap();
    }

    fn reap(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.wait();
        }
    }

    /// Its worker processes.
    pub(super) fn workers(&self) -> Vec<Pid> {
        let Some(parent) = self.pid() else { return Vec::new() };
        let tasks = format!("/proc/{0}/task", parent.as_raw_nonzero());
        let Ok(tasks) = std::fs::read_dir(tasks) else { return Vec::new() };
        // A child belongs to the thread that started it.
        let lists = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
        let lists: Vec<String> = lists.collect();
        let numbers = lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok());
        numbers.filter_map(Pid::from_raw).collect()
    }

    /// Everything it logged.
    pub(super) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a subcommand with its configuration.
    pub(super) fn ask(&self, arguments: &[&str]) -> String {
        super::run(Command::new(env!("CARGO_BIN_EXE_sekisho")).args(arguments).arg("--config").arg(self.config()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}
