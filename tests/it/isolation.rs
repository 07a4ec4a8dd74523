//! Workers as processes: what they cannot do, how they fail, and that nothing else changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sekisho::Report;
use sekisho::worker::{Answer, Failure, Isolation, Job, Probe, Setup, SetupError, Worker, Workshop};

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);
const MAIL: &[u8] = b"From: a@example.com\r\nTo: b@example.com\r\nDate: Tue, 15 Mar 2016 10:31:00 +0900\r\n\
    Message-ID: <1@example.com>\r\nSubject: ticket\r\n\r\nThe password is: Tkt#2016\r\nhttps://example.com/x\r\n";

fn isolation() -> Isolation {
    Isolation { program: Some(env!("CARGO_BIN_EXE_sekisho").into()), ready_within: PATIENCE, ..Isolation::default() }
}

fn workshop(isolation: Isolation) -> Arc<Workshop> {
    Arc::new(Workshop::isolated(Setup::default(), isolation).expect("a worker starts"))
}

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

fn scan(name: &str) -> Job {
    Job::Scan { name: name.to_owned(), is_cut: false, offered: Vec::new(), within: None }
}

fn report(worker: &mut Worker, name: &str, bytes: &Bytes) -> Report {
    match worker.ask(scan(name), bytes, soon()) {
        Ok(Answer::Scanned { report, .. }) => *report,
        other => panic!("a report is expected: {other:?}"),
    }
}

/// A worker that fails as asked, and the failure; then a fresh one of the same workshop scans.
fn failure(probe: Probe, isolation: Isolation, deadline: Duration) -> Failure {
    let workshop = workshop(Isolation { probes: true, ..isolation });
    let mut worker = workshop.hire().expect("a worker");
    assert!(worker.is_fit());
    let failure = worker.probe(probe, &Bytes::from_static(MAIL), Instant::now() + deadline).expect_err("it fails");
    assert!(!worker.is_fit(), "{failure}");
    assert!(matches!(worker.ask(Job::Letters, &Bytes::new(), soon()), Err(Failure::NotStarted(_))));
    let mut next = workshop.hire().expect("another worker");
    assert_eq!(report(&mut next, "next", &Bytes::from_static(MAIL)).verdict.level.as_str(), "clean");
    failure
}

#[test]
fn nothing_a_worker_tries_succeeds() {
    let workshop = workshop(Isolation { probes: true, ..isolation() });
    let mut worker = workshop.hire().expect("a worker");
    let tried = worker.probe(Probe::Escape, &Bytes::from_static(MAIL), soon()).expect("an answer").0;
    let expected = [
        ("read a file", "EPERM"),
        ("list a folder", "EPERM"),
        ("ask for the properties of a file", "EPERM"),
        ("create a file", "EPERM"),
        ("create a folder", "EPERM"),
        ("create a file without a name", "EPERM"),
        ("change folder", "EPERM"),
        ("change the root", "EPERM"),
        ("connect by TCP", "EPERM"),
        ("listen on TCP", "EPERM"),
        ("open a UDP socket", "EPERM"),
        ("connect to a UNIX socket", "EPERM"),
        ("open a UNIX datagram socket", "EPERM"),
        ("make a pair of sockets", "EPERM"),
        ("make a pipe", "EPERM"),
        ("start a process", "EPERM"),
        ("become another program", "EPERM"),
        ("send a signal to the parent", "EPERM"),
        ("trace the parent", "EPERM"),
        ("open a handle of the parent", "EPERM"),
        ("make memory executable", "EPERM"),
        ("raise a limit of its own", "EPERM"),
        ("let others look into its memory", "EPERM"),
        ("take on capabilities", "EPERM"),
        ("change its input", "EFBIG"),
        ("shorten its input", "EPERM"),
    ];
    let seen: Vec<(&str, &str)> = tried.iter().map(|one| (one.what.as_str(), one.error.as_str())).collect();
    assert_eq!(seen, expected);
    assert!(tried.iter().all(|one| one.is_refused));
    // And it still scans.
    assert_eq!(report(&mut worker, "mail", &Bytes::from_static(MAIL)).input, "mail");
}

#[test]
fn a_worker_that_scans_tries_nothing() {
    let workshop = workshop(isolation());
    let mut worker = workshop.hire().expect("a worker");
    let failure = worker.probe(Probe::Escape, &Bytes::new(), soon()).expect_err("it ends instead");
    assert!(matches!(failure, Failure::Crashed { .. }), "{failure}");
}

#[test]
fn a_worker_that_stops_on_a_mistake_has_crashed() {
    let Failure::Crashed { how } = failure(Probe::Panic, isolation(), PATIENCE) else { panic!("a crash is expected") };
    assert!(how.starts_with("exit status 101, panic at src/worker/probe.rs:"), "{how}");
}

#[test]
fn a_worker_whose_stack_overflows_has_crashed() {
    let failure = failure(Probe::Overflow, isolation(), PATIENCE);
    assert_eq!(failure, Failure::Crashed { how: "signal 6 (SIGABRT): its stack overflowed".to_owned() });
}

#[test]
fn a_worker_that_takes_too_much_memory_has_run_out_of_it() {
    let isolation = Isolation { memory: 1 << 30, ..isolation() };
    assert_eq!(failure(Probe::Exhaust, isolation, PATIENCE), Failure::OutOfMemory);
}

#[test]
fn a_worker_that_works_without_end_is_stopped_at_the_deadline() {
    assert_eq!(failure(Probe::Spin, isolation(), Duration::from_millis(300)), Failure::TimedOut);
}

#[test]
fn a_worker_that_answers_without_end_has_crashed() {
    let Failure::Crashed { how } = failure(Probe::Flood, isolation(), PATIENCE) else { panic!("a crash is expected") };
    assert!(how.contains("too large"), "{how}");
}

#[test]
fn a_worker_that_answers_nonsense_has_crashed() {
    let how = "an answer that cannot be read".to_owned();
    assert_eq!(failure(Probe::Babble, isolation(), PATIENCE), Failure::Crashed { how });
}

#[test]
fn a_worker_that_closes_its_channel_and_lives_on_is_killed() {
    let how = "it closed its channel".to_owned();
    assert_eq!(failure(Probe::Mute, isolation(), PATIENCE), Failure::Crashed { how });
}

#[test]
fn a_worker_killed_at_work_has_crashed() {
    let workshop = workshop(Isolation { probes: true, ..isolation() });
    let mut worker = workshop.hire().expect("a worker");
    let pid = worker.pid().expect("a process");
    let asked = std::thread::spawn(move || worker.probe(Probe::Spin, &Bytes::new(), soon()));
    // Whether it has begun or is about to is the same to whoever asked; a signal to a process that waits ends it too.
    std::thread::sleep(Duration::from_millis(50));
    let status = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()));
    let failure = asked.join().expect("no panic").expect_err("it was killed");
    assert_eq!(failure, Failure::Crashed { how: "signal 9 (SIGKILL)".to_owned() });
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "it is reaped");
}

#[test]
fn a_worker_can_be_stopped_while_it_is_asked() {
    let workshop = workshop(Isolation { probes: true, ..isolation() });
    let mut worker = workshop.hire().expect("a worker");
    let stopper = worker.stopper();
    let asked = std::thread::spawn(move || worker.probe(Probe::Spin, &Bytes::new(), soon()));
    stopper.stop();
    let answer = asked.join().expect("no panic");
    // Also where it was stopped before it was asked.
    assert!(matches!(answer, Err(Failure::Crashed { .. })), "{answer:?}");
}

#[test]
fn a_worker_killed_at_rest_is_replaced_and_no_mail_is_blamed() {
    let workshop = workshop(isolation());
    let mut worker = workshop.hire().expect("a worker");
    let pid = worker.pid().expect("a process");
    assert!(std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().is_ok());
    let until = soon();
    while worker.is_fit() && Instant::now() < until {
        std::thread::yield_now();
    }
    assert_eq!(report(&mut worker, "mail", &Bytes::from_static(MAIL)).input, "mail");
    assert_ne!(worker.pid(), Some(pid));
}

#[test]
fn a_dropped_worker_leaves_no_process() {
    let workshop = workshop(isolation());
    let worker = workshop.hire().expect("a worker");
    let pid = worker.pid().expect("a process");
    drop(worker);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_worker_lives_as_long_as_it_is_held_not_as_the_thread_that_hired_it() {
    let workshop = workshop(isolation());
    let mut worker = std::thread::spawn(move || workshop.hire()).join().expect("no panic").expect("a worker");
    let pid = worker.pid();
    assert_eq!(report(&mut worker, "mail", &Bytes::from_static(MAIL)).input, "mail");
    assert_eq!(worker.pid(), pid);
}

#[test]
fn a_worker_is_replaced_after_as_many_jobs_as_one_may_do() {
    let workshop = workshop(Isolation { recycle_after: 2, ..isolation() });
    let mut worker = workshop.hire().expect("a worker");
    for is_fit in [true, false] {
        let _ = report(&mut worker, "mail", &Bytes::from_static(MAIL));
        assert_eq!(worker.is_fit(), is_fit);
    }
}

#[test]
fn rules_that_do_not_compile_are_told_by_the_worker() {
    let rule =
        sekisho::matching::RuleSource { name: "mine.yar".to_owned(), text: "rule x { condition: y }".to_owned() };
    let setup = Setup { rules: vec![rule], ..Setup::default() };
    let told = match Workshop::isolated(setup.clone(), isolation()) {
        Err(SetupError::Unusable(why)) => why,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("an error is expected"),
    };
    let known = match Workshop::without_isolation(setup) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("an error is expected"),
    };
    assert_eq!(told, known);
}

#[test]
fn a_program_that_is_no_worker_is_an_error() {
    for program in ["/bin/true", "/nowhere/sekisho"] {
        let isolation = Isolation { program: Some(program.into()), ..isolation() };
        let error = Workshop::isolated(Setup::default(), isolation).err();
        assert!(matches!(error, Some(SetupError::NotStarted(Failure::NotStarted(_)))), "{error:?}");
    }
}

#[test]
fn the_rules_are_those_of_a_scan_without_isolation() {
    let plain = Workshop::without_isolation(Setup::default()).expect("shipped rules compile");
    assert_eq!(workshop(isolation()).rules(), plain.rules());
}

#[test]
fn reports_are_the_same_to_the_byte_with_and_without_isolation() {
    let plain = Arc::new(Workshop::without_isolation(Setup::default()).expect("shipped rules compile"));
    let (mut here, mut there) = (plain.hire().expect("a worker"), workshop(isolation()).hire().expect("a worker"));
    let mut different = Vec::new();
    for sample in sekisho_samples::all() {
        let bytes = Bytes::from((sample.make)());
        let of = |worker: &mut Worker| {
            let answer = worker.ask(scan(sample.file_name), &bytes, soon());
            let Ok(Answer::Scanned { report, letters }) = answer else { panic!("{}: {answer:?}", sample.id) };
            (serde_json::to_string(&report).expect("a report is JSON"), letters)
        };
        if of(&mut here) != of(&mut there) {
            different.push(sample.id);
        }
    }
    assert!(different.is_empty(), "{}", different.join(", "));
}

/// Runs the program on a folder of samples that belong together, and gives what it says.
fn said(arguments: &[&str], folder: &std::path::Path) -> (Option<i32>, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(arguments)
        .arg(folder)
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_folder_is_scanned_the_same_with_and_without_isolation() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for sample in sekisho_samples::all().into_iter().step_by(9) {
        let name = format!("{}-{}", sample.id, sample.file_name);
        std::fs::write(folder.path().join(name), (sample.make)()).expect("samples can be written");
    }
    std::fs::write(folder.path().join("password.eml"), MAIL).expect("a file can be written");
    for command in [&["scan", "--format", "json"][..], &["scan", "-j", "3"], &["macros"], &["macros", "--json"]] {
        let (code, isolated, quiet) = said(command, folder.path());
        let (plain_code, plain, warned) = said(&[command, &["--no-isolation"]].concat(), folder.path());
        assert_eq!(code, plain_code, "{command:?}: {quiet}");
        assert!(isolated == plain, "{command:?} differs");
        assert_eq!(quiet, "", "{command:?}");
        assert!(warned.contains("WARNING: isolation is off"), "{command:?}: {warned}");
    }
    let (_, _, warned) = said(&["scan", "--lang", "ja", "--no-isolation"], folder.path());
    assert!(warned.contains("警告: 隔離を無効"), "{warned}");
}

#[test]
fn what_a_password_mail_offers_opens_another_across_processes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let locked = sekisho_samples::all().into_iter().find(|sample| sample.id == "fa24").expect("a locked sample");
    std::fs::write(folder.path().join(locked.file_name), (locked.make)()).expect("a file can be written");
    std::fs::write(folder.path().join("password.eml"), MAIL).expect("a file can be written");
    let (code, ..) = said(&["scan", "-j", "2"], folder.path());
    let (plain, ..) = said(&["scan", "-j", "2", "--no-isolation"], folder.path());
    assert_eq!(code, plain);
}

#[test]
fn administrators_are_shown_that_every_attempt_is_refused() {
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho")).args(arguments).output();
        output.expect("the program runs")
    };
    let output = run(&["isolation"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let mut lines = text.lines();
    let enforced = lines.next().unwrap_or_default();
    assert!(enforced.contains("system calls filtered, no capabilities, 4096 MiB of memory"), "{enforced}");
    assert_eq!(lines.clone().count(), 26);
    assert!(lines.all(|line| line.ends_with("refused (EPERM)") || line.ends_with("refused (EFBIG)")), "{text}");
    let output = run(&["isolation", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((json["is_shut"].as_bool(), json["attempts"].as_array().map(Vec::len)), (Some(true), Some(26)));
}

#[test]
fn macros_are_read_by_a_process_that_has_shut_itself_in() {
    // Many files, so that there is something to look at while it works.
    let folder = tempfile::tempdir().expect("a temporary folder");
    for sample in sekisho_samples::all() {
        let name = format!("{}-{}", sample.id, sample.file_name);
        std::fs::write(folder.path().join(name), (sample.make)()).expect("samples can be written");
    }
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["macros", "--json"])
        .arg(folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the program runs");
    let status = format!("/proc/{}/status", child.id());
    let mut is_filtered = false;
    while !is_filtered && child.try_wait().is_ok_and(|ended| ended.is_none()) {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        // Seccomp 2: a filter; proc(5).
        is_filtered = text.lines().any(|line| line == "Seccomp:\t2");
    }
    let _ = child.kill();
    let _ = child.wait();
    assert!(is_filtered);
}

#[test]
fn started_by_hand_a_worker_says_what_it_is() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sekisho")).arg("worker").output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(64));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("this is started by sekisho itself"), "{said}");
}
