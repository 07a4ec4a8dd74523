//! Real mail servers and their tools around the real daemon, all on loopback ports chosen at run time. A program that is not
//! installed, or a test that needs root and has not got it, is skipped with a word on standard error.

/// The daemon under test.
mod daemon;
/// Exim asks over the clamd protocol.
mod exim;
/// Mails that can be told apart.
mod mails;
/// A Postfix of its own.
mod postfix;
/// Postfix asks over the milter protocol.
mod postfix_gate;
/// rspamd asks over the clamd and olefy protocols.
mod rspamd;
/// Both ends of SMTP.
mod smtp;
/// Ten thousand mails while everything breaks.
mod storm;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A loopback port nobody uses.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its number").port()
}

/// Waits until something holds; whether it came to that. The time is only how long a broken test takes to say so.
fn wait_until(mut holds: impl FnMut() -> bool) -> bool {
    wait_within(Duration::from_secs(90), &mut holds)
}

fn wait_within(time: Duration, holds: &mut dyn FnMut() -> bool) -> bool {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    holds()
}

/// Whether a program is there; says that a test is skipped if not.
fn is_installed(program: &str) -> bool {
    let found = Path::new(program).exists()
        || std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).exists()));
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// Whether the test may become other users; says that a test is skipped if not.
fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        eprintln!("skipped: needs root");
    }
    is_root
}

/// Runs a program to its end; its output, errors included.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
    text
}
