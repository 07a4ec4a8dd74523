//! Real clamdscan against the clamd door.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use sekisho::config::{Clamd, Settings};
use sekisho::gate::desk::Desk;
use sekisho::gate::stream::Bound;
use sekisho::gate::{Checkpoint, Order, clamd};
use sekisho::worker::{Setup, Workshop};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;

/// A door on a socket file and a TCP port, with a folder it may read.
struct Served {
    place: tempfile::TempDir,
    config: PathBuf,
    checkpoint: Arc<Checkpoint>,
    runtime: tokio::runtime::Runtime,
    stop: watch::Sender<bool>,
}

impl Served {
    fn over_socket_file() -> Option<Self> {
        Self::open(false)
    }

    fn over_tcp() -> Option<Self> {
        Self::open(true)
    }

    fn open(is_tcp: bool) -> Option<Self> {
        if Command::new("clamdscan").arg("--help").output().is_err() {
            eprintln!("skipped: clamdscan is not installed");
            return None;
        }
        let place = tempfile::tempdir().expect("a folder");
        let files = place.path().join("files");
        std::fs::create_dir(&files).expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let door = Clamd { roots: vec![files], deadline: Duration::from_secs(600), ..Clamd::default() };
        let settings = Settings { clamd: Some(door), ..Settings::default() };
        let workshop = Arc::new(Workshop::without_isolation(Setup::default()).expect("the shipped rules compile"));
        let config = place.path().join("clamd.conf");
        let (sender, stop) = watch::channel(false);
        let checkpoint = {
            let _inside = runtime.enter();
            Checkpoint::new(Desk::open(workshop, &settings.workers, &settings.queue), settings)
        };
        let listens = |text: String| std::fs::write(&config, text).expect("a file");
        let bound = runtime.block_on(async {
            if is_tcp {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let port = listener.local_addr().expect("its address").port();
                listens(format!("TCPSocket {port}\nTCPAddr 127.0.0.1\n"));
                Bound::Tcp(listener)
            } else {
                let path = place.path().join("clamd.ctl");
                listens(format!("LocalSocket {}\n", path.display()));
                Bound::Unix(UnixListener::bind(path).expect("a socket file"))
            }
        });
        let (ours, stop_of_door) = (checkpoint.clone(), stop);
        runtime.spawn(async move {
            while let Ok((stream, _)) = bound.accept().await {
                tokio::spawn(clamd::serve(stream, ours.clone(), stop_of_door.clone()));
            }
        });
        Some(Served { place, config, checkpoint, runtime, stop: sender })
    }

    fn files(&self) -> PathBuf {
        self.place.path().join("files")
    }

    /// Puts a sample into the folder.
    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.files().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    fn clamdscan(&self, arguments: &[&str], path: Option<&Path>) -> (String, Option<i32>) {
        let mut command = Command::new("clamdscan");
        command.arg("--config-file").arg(&self.config).args(arguments).args(path);
        let Output { status, stdout, stderr } = command.output().expect("clamdscan runs");
        (String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr), status.code())
    }

    /// What clamdscan says, and its exit status, of a folder of three clean files and two bad ones.
    fn scan_folder(&self, arguments: &[&str]) -> (String, Option<i32>) {
        for name in ["1.csv", "2/2.csv", "2/3.csv"] {
            self.put(name, "品名,数量\n筆,3\n".as_bytes());
        }
        self.put("2/bad.eml", &sample("t01"));
        self.put("test.txt", &sample("rule-eicar"));
        self.clamdscan(arguments, Some(&self.files()))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

fn sample(id: &str) -> Vec<u8> {
    (sekisho_samples::find(id).unwrap_or_else(|| panic!("no sample {id}")).make)()
}

fn assert_two_found((said, code): &(String, Option<i32>)) {
    assert_eq!(*code, Some(1), "{said}");
    assert!(said.contains("Infected files: 2\n"), "{said}");
    assert!(said.contains("test.txt: Eicar-Test-Signature FOUND\n"), "{said}");
    assert!(said.contains("bad.eml: Sekisho."), "{said}");
    assert!(!said.contains(".csv: ") || said.contains(".csv: OK"), "{said}");
    assert!(!said.contains("ERROR"), "{said}");
}

#[test]
fn clamdscan_finds_the_same_by_path_stream_and_passed_file() {
    let Some(served) = Served::over_socket_file() else { return };
    for arguments in [
        &["--stdout"][..],
        &["--stdout", "--fdpass"],
        &["--stdout", "--stream"],
        &["--stdout", "-m"],
        &["--stdout", "-m", "--fdpass"],
        &["--stdout", "-m", "--stream"],
        &["--stdout", "--allmatch"],
    ] {
        let outcome = served.scan_folder(arguments);
        if arguments.contains(&"--allmatch") {
            assert_eq!(outcome.1, Some(1), "{}", outcome.0);
            continue;
        }
        assert_two_found(&outcome);
    }
}

#[test]
fn clamdscan_finds_the_same_over_tcp() {
    let Some(served) = Served::over_tcp() else { return };
    assert_two_found(&served.scan_folder(&["--stdout"]));
    assert_two_found(&served.scan_folder(&["--stdout", "--stream"]));
    assert_two_found(&served.scan_folder(&["--stdout", "-m", "--stream"]));
}

/// Proxmox Mail Gateway runs the program and reads its summary.
#[test]
fn clamdscan_of_a_clean_file_says_so_in_its_summary() {
    let Some(served) = Served::over_socket_file() else { return };
    let path = served.put("a.csv", "品名,数量\n筆,3\n".as_bytes());
    for arguments in [&["--stdout"][..], &["--stdout", "--fdpass"], &["--stdout", "--stream"]] {
        let (said, code) = served.clamdscan(arguments, Some(&path));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(": OK\n") && said.contains("Infected files: 0\n"), "{said}");
    }
}

#[test]
fn clamdscan_fails_on_what_is_not_read() {
    let Some(served) = Served::over_socket_file() else { return };
    let path = served.put("nested.zip", &sample("fa5-nest"));
    for arguments in [&["--stdout"][..], &["--stdout", "--fdpass"], &["--stdout", "--stream"]] {
        let (said, code) = served.clamdscan(arguments, Some(&path));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("Nested too deeply. ERROR"), "{said}");
    }
    let outside = served.place.path().join("clamd.conf");
    let (said, code) = served.clamdscan(&["--stdout"], Some(&outside));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("Access denied. ERROR"), "{said}");
}

#[test]
fn clamdscan_reaches_the_daemon_itself() {
    let Some(served) = Served::over_socket_file() else { return };
    let (said, code) = served.clamdscan(&["--ping", "3:1"], None);
    assert_eq!(code, Some(0), "{said}");
    let path = served.put("a.csv", "品名,数量\n筆,3\n".as_bytes());
    let (said, code) = served.clamdscan(&["--wait", "--stdout"], Some(&path));
    assert_eq!(code, Some(0), "{said}");
    let (said, code) = served.clamdscan(&["--version"], None);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("ClamAV 1.4.6-sekisho-"), "{said}");
    let (said, code) = served.clamdscan(&["--reload"], None);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(served.runtime.block_on(served.checkpoint.control().next()), Order::Reload);
}
