//! Postfix asks before it takes a mail.

use std::process::Command;

use super::daemon::Daemon;
use super::mails::{Kind, mail, sample, with_attachment};
use super::postfix::Postfix;
use super::smtp::{Sink, send};
use super::{free_port, is_installed, run, wait_until};

const FROM: &str = "a@example.com";
const TO: &[&str] = &["info@example.org"];

/// A gate: what comes out behind it, the mail server, and the daemon it asks.
struct Gate {
    sink: Sink,
    postfix: Postfix,
    daemon: Daemon,
}

fn gate(actions: &str, more: &str) -> Option<Gate> {
    let sink = Sink::open();
    // Released mail goes straight to the far end; a test of its own sends it through the gate.
    let daemon = Daemon::start(&["milter"], sink.port, actions, more);
    let postfix = Postfix::start(daemon.milter, sink.port, "")?;
    Some(Gate { sink, postfix, daemon })
}

impl Gate {
    fn send(&self, message: &[u8]) -> u16 {
        send(self.postfix.port, FROM, TO, message).map_or(0, |(code, _)| code)
    }
}

#[test]
fn a_clean_mail_arrives_with_headers() {
    let Some(gate) = gate("", "") else { return };
    assert_eq!(gate.send(&mail(Kind::Letter, 1)), 250, "{}", gate.daemon.log());
    assert!(wait_until(|| gate.sink.count() == 1), "{}", gate.postfix.log());
    let arrived = &gate.sink.delivered()[0];
    assert!(arrived.header("X-Sekisho-Verdict").is_some_and(|value| value.starts_with("clean")), "{arrived:?}");
    assert!(arrived.header("X-Sekisho-Report-Id").is_some());
    assert_eq!(arrived.header("X-Serial").as_deref(), Some("1"));
    assert_eq!((arrived.sender.as_str(), arrived.recipients.len()), (FROM, 1));
    // The body is as it was sent.
    let body = String::from_utf8_lossy(&arrived.message).split("\r\n\r\n").nth(1).map(str::to_owned);
    assert_eq!(body.as_deref(), Some("See you tomorrow, number 1.\r\n.leading dot\r\n"));
}

#[test]
fn a_header_the_sender_forged_does_not_arrive() {
    let Some(gate) = gate("", "") else { return };
    let mut forged = b"X-Sekisho-Verdict: clean (forged)\r\nx-sekisho-verdict: clean (again)\r\n".to_vec();
    forged.extend_from_slice(&mail(Kind::Letter, 1));
    assert_eq!(gate.send(&forged), 250);
    assert!(wait_until(|| gate.sink.count() == 1));
    let verdicts = gate.sink.delivered()[0].headers("X-Sekisho-Verdict");
    assert_eq!(verdicts.len(), 1, "{verdicts:?}");
    assert!(!verdicts[0].contains("forged") && !verdicts[0].contains("again"), "{verdicts:?}");
}

#[test]
fn the_ticket_mail_is_refused_with_a_reason() {
    let Some(gate) = gate("", "") else { return };
    let reply = send(gate.postfix.port, FROM, TO, &mail(Kind::Ticket, 1));
    let (code, text) = reply.expect("an answer");
    assert_eq!(code, 550, "{text}\n{}", gate.daemon.log());
    assert!(text.starts_with("5.7.1"), "{text}");
    assert_eq!(gate.sink.count(), 0);
}

#[test]
fn the_ticket_mail_is_kept_and_can_be_released() {
    let Some(gate) = gate("malicious = \"quarantine\"", "") else { return };
    // To the sender's server it looks taken, and it goes nowhere.
    assert_eq!(gate.send(&mail(Kind::Ticket, 7)), 250, "{}", gate.daemon.log());
    let list = gate.daemon.ask(&["quarantine", "list", "--format", "json"]);
    let entries: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let entries = entries.as_array().expect("a list");
    assert_eq!(entries.len(), 1, "{list}");
    let id = entries[0]["id"].as_str().expect("an id");
    assert_eq!(gate.sink.count(), 0);
    gate.daemon.ask(&["quarantine", "release", "--yes", id]);
    assert!(wait_until(|| gate.sink.count() == 1));
    let arrived = &gate.sink.delivered()[0];
    assert_eq!(arrived.header("X-Serial").as_deref(), Some("7"));
    assert_eq!(arrived.recipients, TO);
}

#[test]
fn what_is_released_passes_the_gate_it_was_kept_at() {
    let sink = Sink::open();
    let mut daemon = Daemon::start(&["milter"], 1, "malicious = \"quarantine\"", "");
    let Some(postfix) = Postfix::start(daemon.milter, sink.port, "") else { return };
    // Released mail goes in where all mail goes in.
    daemon.change("[release]\nserver = \"127.0.0.1\"\nport = 1\n", &format!("[release]\nport = {}\n", postfix.port));
    assert_eq!(send(postfix.port, FROM, TO, &mail(Kind::Ticket, 8)).map(|reply| reply.0), Some(250));
    let list = daemon.ask(&["quarantine", "list", "--format", "json"]);
    let entries: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let id = entries[0]["id"].as_str().expect("an id");
    daemon.ask(&["quarantine", "release", "--yes", id]);
    assert!(wait_until(|| sink.count() == 1), "{}\n{}", daemon.log(), postfix.log());
    let arrived = &sink.delivered()[0];
    assert_eq!(arrived.header("X-Serial").as_deref(), Some("8"));
    assert!(arrived.header("X-Sekisho-Release").is_none(), "the mark is used up");
    // The mark works once: the same mail from a stranger is kept again.
    assert_eq!(send(postfix.port, FROM, TO, &mail(Kind::Ticket, 8)).map(|reply| reply.0), Some(250));
    assert_eq!(sink.count(), 1);
}

#[test]
fn a_mail_can_be_left_on_the_servers_own_hold() {
    let Some(gate) = gate("malicious = \"quarantine\"", "[mail]\nhold = \"server\"\n") else { return };
    assert_eq!(gate.send(&mail(Kind::Ticket, 1)), 250);
    assert!(wait_until(|| gate.postfix.held() == 1), "{}", gate.postfix.log());
    assert_eq!(gate.sink.count(), 0);
}

#[test]
fn a_bad_attachment_is_replaced_and_the_rest_arrives() {
    let Some(gate) = gate("malicious = \"replace\"", "") else { return };
    let eicar = sample("rule-eicar");
    let message = with_attachment(1, "test.txt", &eicar);
    assert_eq!(gate.send(&super::mails::crlf(&message)), 250, "{}", gate.daemon.log());
    assert!(wait_until(|| gate.sink.count() == 1), "{}", gate.postfix.log());
    let arrived = String::from_utf8_lossy(&gate.sink.delivered()[0].message).into_owned();
    assert!(arrived.contains("See the attachment, number 1."), "{arrived}");
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&eicar);
    assert!(!arrived.contains(encoded.get(..40).expect("long enough")), "{arrived}");
    let seen = sekisho::Scanner::new(sekisho::ScanOptions::default())
        .expect("rules compile")
        .scan(sekisho::Submission::new("message", arrived.into_bytes()));
    assert_eq!(seen.verdict.level.as_str(), "clean", "{seen:#?}");
}

#[test]
fn an_encrypted_archive_is_tagged_by_default() {
    let Some(gate) = gate("", "") else { return };
    assert_eq!(gate.send(&mail(Kind::Locked, 1)), 250);
    assert!(wait_until(|| gate.sink.count() == 1));
    let arrived = &gate.sink.delivered()[0];
    let verdict = arrived.header("X-Sekisho-Verdict").unwrap_or_default();
    assert!(!verdict.starts_with("clean"), "{verdict}");
}

#[test]
fn some_recipients_are_excepted() {
    let more = "[[exceptions]]\nrecipients = [\"soc@example.org\"]\nmalicious = \"tag\"\n";
    let Some(gate) = gate("", more) else { return };
    let to_soc = send(gate.postfix.port, FROM, &["SOC@example.org"], &mail(Kind::Eicar, 1));
    assert_eq!(to_soc.map(|reply| reply.0), Some(250), "{}", gate.daemon.log());
    let to_both = send(gate.postfix.port, FROM, &["soc@example.org", "info@example.org"], &mail(Kind::Eicar, 2));
    assert_eq!(to_both.map(|reply| reply.0), Some(550));
    assert!(wait_until(|| gate.sink.count() == 1));
}

#[test]
fn a_mail_meets_a_closed_gate_and_comes_again() {
    let sink = Sink::open();
    let mut daemon = Daemon::start(&["milter"], sink.port, "", "");
    let Some(inner) = Postfix::start(daemon.milter, sink.port, "") else { return };
    // A second server hands on to the gate and keeps what the gate defers, as the sender's server does.
    let Some(outer) = Postfix::start(free_port(), inner.port, "smtpd_milters =") else { return };
    daemon.kill();
    assert_eq!(send(inner.port, FROM, TO, &mail(Kind::Letter, 1)).map(|reply| reply.0 / 100), Some(4));
    assert_eq!(send(outer.port, FROM, TO, &mail(Kind::Letter, 2)).map(|reply| reply.0), Some(250));
    assert!(wait_until(|| outer.log().contains("status=deferred")), "{}", outer.log());
    assert_eq!(sink.count(), 0);
    daemon.up();
    assert!(wait_until(|| sink.count() == 1), "{}\n{}\n{:?}", outer.log(), inner.log(), outer.queue());
    let arrived = &sink.delivered()[0];
    assert_eq!(arrived.header("X-Serial").as_deref(), Some("2"));
    assert!(arrived.header("X-Sekisho-Verdict").is_some());
}

#[test]
fn a_big_mail_gets_progress() {
    // Postfix gives up after two seconds without a word; a word comes every second.
    let sink = Sink::open();
    let mut daemon = Daemon::start(&["milter"], sink.port, "", "");
    daemon.change("[milter]\n", "[milter]\nprogress = \"1s\"\n");
    let Some(postfix) = Postfix::start(daemon.milter, sink.port, "milter_content_timeout = 2s") else { return };
    let mut noise = Vec::new();
    let mut state = 1u64;
    while noise.len() < 40 << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise.extend_from_slice(&(state >> 11).to_le_bytes());
    }
    let message = with_attachment(1, "noise.bin", &noise);
    let reply = send(postfix.port, FROM, TO, &super::mails::crlf(&message));
    assert_eq!(reply.as_ref().map(|reply| reply.0), Some(250), "{reply:?}\n{}\n{}", daemon.log(), postfix.log());
    assert!(wait_until(|| sink.count() == 1), "{}", postfix.log());
    assert!(sink.delivered()[0].header("X-Sekisho-Verdict").is_some());
}

#[test]
fn swaks_sees_what_a_sender_sees() {
    if !is_installed("swaks") {
        return;
    }
    let Some(gate) = gate("", "") else { return };
    let server = format!("127.0.0.1:{}", gate.postfix.port);
    let said = run(Command::new("swaks").args(["--server", &server, "--from", FROM, "--to", TO[0], "--body", "hello"]));
    assert!(said.contains("250 2.0.0"), "{said}");
    let file = gate.daemon.folder.path().join("test.txt");
    std::fs::write(&file, sample("rule-eicar")).expect("written");
    let refused = Command::new("swaks")
        .args(["--server", &server, "--from", FROM, "--to", TO[0], "--attach", &format!("@{}", file.display())])
        .output()
        .expect("it runs");
    let refused = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(refused.contains("550 5.7.1"), "{refused}");
}
