//! Many mails through two real mail servers while workers are killed, the daemon is restarted, rules are reloaded and the
//! store's disk is full: every mail must end up in exactly one place, and none may pass unscanned.
//!
//! `SEKISHO_STORM_MAILS` sets how many; the default keeps the suite short.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::daemon::Daemon;
use super::mails::{Kind, mail};
use super::postfix::Postfix;
use super::smtp::{Client, Sink};
use super::{free_port, is_root, wait_within};

const FROM: &str = "a@example.com";
const TO: &[&str] = &["info@example.org"];

/// A disk of its own for the store, small enough to be filled.
struct Disk<'a> {
    path: &'a Path,
    is_mounted: bool,
}

impl<'a> Disk<'a> {
    fn mount(path: &'a Path, size: &str) -> Self {
        let options = format!("size={size},mode=700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path).status();
        let is_mounted = mounted.is_ok_and(|status| status.success());
        if !is_mounted {
            eprintln!("no disk could be mounted; the store's disk will not be filled");
        }
        Disk { path, is_mounted }
    }

    fn fill(&self) {
        if self.is_mounted {
            let zeros = vec![0u8; 1 << 20];
            let mut file = std::fs::File::create(self.path.join("ballast")).expect("created");
            while std::io::Write::write_all(&mut file, &zeros).is_ok() {}
        }
    }

    fn free(&self) {
        let _ = std::fs::remove_file(self.path.join("ballast"));
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg("-l").arg(self.path).status();
        }
    }
}

fn kind(serial: usize) -> Kind {
    match serial % 20 {
        3 | 13 => Kind::Eicar,
        7 => Kind::Remote,
        11 => Kind::Locked,
        _ => Kind::Letter,
    }
}

/// A generator of no quality; the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[derive(Debug, Default)]
struct Done {
    killed_workers: usize,
    reloads: usize,
    restarts: usize,
    crashes: usize,
    full_disks: usize,
}

/// Breaks something every moment until told to stop; leaves everything whole.
fn break_things(daemon: &Mutex<Daemon>, disk: &Disk<'_>, is_over: &AtomicBool) -> Done {
    let (mut dice, mut done) = (Dice(2016), Done::default());
    while !is_over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50 + dice.roll(300)));
        let mut daemon = daemon.lock().expect("whole");
        match dice.roll(20) {
            0 => {
                daemon.down();
                daemon.up();
                done.restarts += 1;
            }
            1 => {
                daemon.kill();
                daemon.up();
                done.crashes += 1;
            }
            2 | 3 => {
                daemon.reload();
                done.reloads += 1;
            }
            4 => {
                disk.fill();
                std::thread::sleep(Duration::from_millis(500 + dice.roll(1_000)));
                disk.free();
                done.full_disks += 1;
            }
            _ => {
                let workers = daemon.workers();
                let chosen = usize::try_from(dice.roll(workers.len().max(1) as u64)).unwrap_or(0);
                if let Some(worker) = workers.get(chosen) {
                    let _ = kill_process(*worker, Signal::KILL);
                    done.killed_workers += 1;
                }
            }
        }
    }
    done
}

#[test]
fn no_mail_is_lost_doubled_or_let_through_while_everything_breaks() {
    let mails = std::env::var("SEKISHO_STORM_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(300usize);
    if !is_root() {
        return;
    }
    let sink = Sink::open();
    let folder = tempfile::Builder::new().prefix("sekisho-storm-").tempdir().expect("a folder");
    let store = folder.path().join("store");
    std::fs::create_dir(&store).expect("a folder");
    let disk = Disk::mount(&store, &format!("{}m", 32 + mails / 50));
    let home = tempfile::Builder::new().prefix("sekisho-daemon-").tempdir().expect("a folder");
    let daemon = Daemon::start_in(&["milter"], home, &store, sink.port, "malicious = \"quarantine\"", "");
    let Some(inner) = Postfix::start(daemon.milter, sink.port, "") else { return };
    let Some(outer) = Postfix::start(free_port(), inner.port, "smtpd_milters =") else { return };
    let daemon = Mutex::new(daemon);

    let (is_over, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let start = Instant::now();
    let done = std::thread::scope(|scope| {
        let breaker = scope.spawn(|| break_things(&daemon, &disk, &is_over));
        let senders: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::connect(outer.port).expect("the outer server is never broken");
                    loop {
                        let serial = next.fetch_add(1, Ordering::Relaxed);
                        if serial >= mails {
                            break;
                        }
                        let reply = client.send(FROM, TO, &mail(kind(serial), serial));
                        assert_eq!(reply.as_ref().map(|reply| reply.0), Some(250), "{reply:?}");
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.join().expect("all were taken");
        }
        // Half of what is left is delivered while things still break.
        let waiting = outer.queue().len();
        wait_within(Duration::from_secs(120), &mut || outer.queue().len() <= waiting / 2);
        is_over.store(true, Ordering::Relaxed);
        breaker.join().expect("it stopped")
    });
    let patience = Duration::from_secs(120 + mails as u64 / 10);
    let is_empty = wait_within(patience, &mut || outer.queue().is_empty() && inner.queue().is_empty());
    eprintln!("{mails} mails in {:.0} s; {done:?}", start.elapsed().as_secs_f64());
    let daemon = daemon.into_inner().expect("whole");
    assert!(is_empty, "still waiting: {} and {}\n{}", outer.queue().len(), inner.queue().len(), daemon.log());

    let mut places: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for arrived in sink.delivered() {
        let serial: usize = arrived.header("X-Serial").and_then(|text| text.parse().ok()).expect("a serial number");
        let verdicts = arrived.headers("X-Sekisho-Verdict");
        assert_eq!(verdicts.len(), 1, "{serial} passed unscanned: {arrived:?}");
        places.entry(serial).or_default().push(format!("delivered as {}", verdicts[0]));
    }
    let list = daemon.ask(&["quarantine", "list", "--format", "json", "--limit", "1000000"]);
    let entries: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    for entry in entries.as_array().expect("a list") {
        let id = entry["id"].as_str().expect("an id");
        let message = daemon.ask(&["quarantine", "export", id]);
        let serial = message.lines().find_map(|line| line.strip_prefix("X-Serial: ")).expect("a serial number");
        let cause = entry["cause"].as_str().unwrap_or("nothing");
        places.entry(serial.trim().parse().expect("a number")).or_default().push(format!("kept for {cause}"));
    }
    let mut wrong = Vec::new();
    for serial in 0..mails {
        let found = places.get(&serial).cloned().unwrap_or_default();
        let is_right = match (found.as_slice(), kind(serial)) {
            ([place], Kind::Letter) => place.starts_with("delivered as clean") || place == "kept for poison",
            ([place], Kind::Locked) => place.starts_with("delivered as unscannable") || place == "kept for poison",
            ([place], _) => place.starts_with("kept for"),
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{serial} ({:?}): {found:?}", kind(serial)));
        }
    }
    assert!(wrong.is_empty(), "{} of {mails} mails:\n{}", wrong.len(), wrong.join("\n"));
}
