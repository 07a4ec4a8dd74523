//! The history beside real scans: what one mail says of another that came before it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sekisho_samples::mail::{Eml, MboxStyle, Part, mbox};

use super::checkpoint::{Checkpoint, Door, Envelope, Examined, Request};
use super::desk::Desk;
use super::keeper::Keeper;
use crate::config::{self, Cause, Queue, Release, Settings, Workers};
use crate::model::{CoverageCause, Level};
use crate::store::{Entry, Filter, State};
use crate::worker::{Setup, Workshop};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Place {
    checkpoint: Arc<Checkpoint>,
    folder: tempfile::TempDir,
}

impl Place {
    fn open(release: Release) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = config::Store {
            path: folder.path().join("store"),
            key_file: folder.path().join("key"),
            ..config::Store::default()
        };
        let keeper = Keeper::open(&store).unwrap();
        let workshop = Arc::new(Workshop::without_isolation(Setup::default()).unwrap());
        let workers = Workers { count: 2, reserved: 1, ..Workers::default() };
        let desk = Desk::open(workshop, &workers, &Queue::default());
        let settings = Settings { store: Some(store), release, ..Settings::default() };
        let checkpoint = Checkpoint::new(desk, settings);
        checkpoint.keep_in(keeper);
        Place { checkpoint, folder }
    }

    async fn examine(&self, sender: &str, mail: &[u8]) -> Examined {
        let request = Request {
            door: Door::Milter,
            name: "message".to_owned(),
            bytes: Bytes::copy_from_slice(mail),
            deadline: Instant::now() + PATIENCE,
            envelope: Some(envelope(sender)),
        };
        self.checkpoint.examine(request).await.unwrap()
    }

    async fn quarantine(&self, sender: &str, mail: &[u8], examined: &Examined, cause: Cause) -> String {
        let mail = Bytes::copy_from_slice(mail);
        self.checkpoint.quarantine(mail, &envelope(sender), examined, cause).await.unwrap()
    }

    async fn entry(&self, id: &str) -> Entry {
        let id = id.to_owned();
        self.checkpoint.keeper().unwrap().ask(PATIENCE, move |store| store.entry(&id)).await.unwrap()
    }

    /// The entry once it is as wanted.
    async fn entry_when(&self, id: &str, wanted: impl Fn(&Entry) -> bool) -> Entry {
        let begun = Instant::now();
        loop {
            let entry = self.entry(id).await;
            if wanted(&entry) {
                return entry;
            }
            assert!(begun.elapsed() < PATIENCE, "{entry:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn envelope(sender: &str) -> Envelope {
    Envelope {
        sender: sender.to_owned(),
        recipients: vec!["info@example.com".to_owned()],
        queue_id: Some("4GXyz".to_owned()),
        client: None,
    }
}

fn ids(examined: &Examined) -> Vec<&str> {
    examined.report.findings.iter().map(|finding| finding.id.as_ref()).collect()
}

fn sample(id: &str) -> Vec<u8> {
    (sekisho_samples::find(id).unwrap().make)()
}

/// The two messages of the sample of the bounced sender, each by itself.
fn bounced_pair() -> (Vec<u8>, Vec<u8>) {
    let whole = sample("t20");
    let text = String::from_utf8(whole).unwrap();
    let (first, second) = text[5..].split_once("\nFrom ").unwrap();
    let message = |text: &str| text.split_once('\n').unwrap().1.as_bytes().to_vec();
    let pair = (message(first), message(second));
    assert!(pair.0.windows(9).any(|window| window == b"E-TKT.zip") && !mbox(MboxStyle::Mboxrd, &[]).contains(&0));
    pair
}

#[tokio::test]
async fn a_bounce_raises_the_verdict_of_the_mail_it_came_for_and_says_so() {
    let place = Place::open(Release::default());
    let (mail, bounce) = bounced_pair();
    let first = place.examine("yamada@air.example.com", &mail).await;
    let was = first.report.verdict.level;
    assert!(was >= Level::Suspicious && first.report.verdict.score >= 25);
    let id = place.quarantine("yamada@air.example.com", &mail, &first, Cause::Suspicious).await;
    let report = place.examine("", &bounce).await;
    assert!(ids(&report).contains(&"bounced-sender-of-attachment"), "{:?}", ids(&report));
    assert!(report.report.verdict.level < Level::Suspicious, "the report itself harms nobody");
    let entry = place.entry(&id).await;
    if was < Level::Malicious {
        assert_eq!(entry.level(), Level::Malicious);
        assert!(entry.notes.events[0].1.contains("yamada@air.example.com"));
        let alerts = place.checkpoint.keeper().unwrap().ask(PATIENCE, |store| store.alerts()).await.unwrap();
        assert_eq!(alerts[0].quarantine.as_deref(), Some(id.as_str()));
    }
    // Without a history it says nothing, and the desk's own copy is as it was.
    let forged = place.examine("x@rental.example.net", &bounce).await;
    assert!(!ids(&forged).contains(&"bounced-sender-of-attachment"));
}

#[tokio::test]
async fn the_first_mail_of_an_address_in_a_known_domain_is_said() {
    let place = Place::open(Release::default());
    let mail = |who: &str| Eml::letter(who).subject("x").text_body("us-ascii", "Good morning.\r\n").build();
    let first = place.examine("sato@air.example.com", &mail("sato@air.example.com")).await;
    assert!(!ids(&first).contains(&"first-seen-sender"));
    let second = place.examine("yamada@air.example.com", &mail("yamada@air.example.com")).await;
    assert!(ids(&second).contains(&"first-seen-sender"));
    assert_eq!(second.report.verdict, first.report.verdict, "it is information only");
}

#[tokio::test]
async fn a_password_that_came_before_opens_the_attachment_at_once() {
    let place = Place::open(Release::default());
    let sender = "yamada@air.example.com";
    place.examine(sender, &sample("t11b")).await;
    let opened = place.examine(sender, &sample("t11a")).await;
    assert_eq!(opened.report.verdict.level, Level::Malicious);
    assert!(opened.report.coverage.reasons.iter().all(|reason| reason.cause != CoverageCause::Encrypted));
}

#[tokio::test]
async fn a_password_that_comes_later_opens_what_is_quarantined() {
    let place = Place::open(Release::default());
    let sender = "yamada@air.example.com";
    let mail = sample("t11a");
    let locked = place.examine(sender, &mail).await;
    assert_eq!(locked.report.verdict.level, Level::Unscannable);
    let id = place.quarantine(sender, &mail, &locked, Cause::Encrypted).await;
    place.examine(sender, &sample("t11b")).await;
    let entry = place.entry_when(&id, |entry| entry.marked.is_some()).await;
    assert_eq!((entry.level(), entry.state), (Level::Malicious, State::Held));
    assert!(entry.notes.events[0].1.contains("password of another message"));
}

#[cfg(feature = "yara")]
/// A mail with a locked archive that holds nothing bad, and the mail with its password.
fn honest_pair() -> (Vec<u8>, Vec<u8>) {
    use sekisho_samples::{archive::zip, document::pdf};
    let locked = zip::encrypted_aes("ticket.pdf", pdf::ticket(), "Gq7w-2016");
    let first = Eml::letter("sato@air.example.com")
        .subject("Ticket")
        .text_body("us-ascii", "Please find your ticket attached to this message.\r\n")
        .attach("ticket.zip", "application/zip", &locked)
        .build();
    let second = Eml::letter("sato@air.example.com")
        .subject("Password")
        .text_body("us-ascii", "The password is: Gq7w-2016\r\n")
        .build();
    (first, second)
}

// Without the rule engine nothing is read completely, so nothing is clean.
#[cfg(feature = "yara")]
#[tokio::test]
async fn what_opened_and_is_clean_stays_unless_the_settings_let_it_go() {
    let (first, second) = honest_pair();
    let sender = "sato@air.example.com";
    let place = Place::open(Release::default());
    let locked = place.examine(sender, &first).await;
    let id = place.quarantine(sender, &first, &locked, Cause::Encrypted).await;
    place.examine(sender, &second).await;
    let entry = place.entry_when(&id, |entry| entry.marked.is_some()).await;
    assert_eq!((entry.level(), entry.state), (Level::Clean, State::Held));

    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut is_data = false;
        let mut content = Vec::new();
        stream.write_all(b"220 mx.example.org\r\n").unwrap();
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
            let reply: &[u8] = match (is_data, line.as_slice()) {
                (true, b".\r\n") => {
                    is_data = false;
                    b"250 ok\r\n"
                }
                (true, _) => {
                    content.extend_from_slice(&line);
                    b""
                }
                (false, b"DATA\r\n") => {
                    is_data = true;
                    b"354 go on\r\n"
                }
                (false, _) => b"250 8BITMIME\r\n",
            };
            stream.write_all(reply).unwrap();
            line.clear();
        }
        String::from_utf8(content).unwrap()
    });
    let release = Release { server: "127.0.0.1".to_owned(), port, opened: true, ..Release::default() };
    let place = Place::open(release);
    let locked = place.examine(sender, &first).await;
    let id = place.quarantine(sender, &first, &locked, Cause::Encrypted).await;
    place.examine(sender, &second).await;
    let entry = place.entry_when(&id, |entry| entry.state == State::Released).await;
    assert_eq!(entry.notes.released_to, ["info@example.com"]);
    let content = server.join().unwrap();
    let mark = content.lines().next().unwrap().strip_prefix("X-Sekisho-Release: ").unwrap();
    // The server took the mail, and with it the mark is void.
    assert!(!place.checkpoint.released(mark).await);
}

#[tokio::test]
async fn a_history_that_cannot_be_written_costs_no_scan_and_no_quarantine_is_claimed() {
    let place = Place::open(Release::default());
    let keeper = place.checkpoint.keeper().unwrap().clone();
    let path = place.folder.path().join("store/store.db");
    // Another process has the database to itself for longer than anyone waits.
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mail = sample("t01");
    let examined = place.examine("yamada@air.example.com", &mail).await;
    assert_eq!(examined.report.verdict.level, Level::Malicious);
    assert!(keeper.counts().forgotten.load(std::sync::atomic::Ordering::Relaxed) > 0);
    other.execute_batch("ROLLBACK").unwrap();
    let id = place.quarantine("yamada@air.example.com", &mail, &examined, Cause::Malicious).await;
    assert_eq!(place.entry(&id).await.slip.size, mail.len() as u64);
    let again = place.quarantine("yamada@air.example.com", &mail, &examined, Cause::Malicious).await;
    assert_eq!(id, again, "tried again, it is the same entry");
}

#[tokio::test]
async fn a_reports_id_gives_the_report_again() {
    let place = Place::open(Release::default());
    let examined = place.examine("yamada@air.example.com", &sample("t01")).await;
    let begun = Instant::now();
    let report = loop {
        if let Some(report) = place.checkpoint.report(&examined.id).await {
            break report;
        }
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(report, examined.report);
    assert!(place.checkpoint.report("unknown").await.is_none());
    let held = place.checkpoint.keeper().unwrap().ask(PATIENCE, |store| store.list(&Filter::default())).await;
    assert!(held.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_that_came_back_is_joined_by_the_mail_it_answered() {
    let place = Place::open(Release::default());
    let (mail, _) = bounced_pair();
    place.examine("yamada@air.example.com", &mail).await;
    let text = String::from_utf8(mail).unwrap();
    let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("letters have an id").to_owned();
    let status = "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; answers@example.net\r\nAction: failed\r\n\
                  Status: 5.1.1\r\n";
    let returned = format!("From: info@example.com\r\nTo: answers@example.net\r\nIn-Reply-To: {id}\r\nSubject: Re\r\n");
    let report = Eml::letter("MAILER-DAEMON@example.org")
        .subject("Undelivered Mail Returned to Sender")
        .content_type("multipart/report; report-type=delivery-status; boundary=\"report\"")
        .boundary("report")
        .text_body("us-ascii", "The mail system could not deliver your message to this address.\r\n")
        .attach_part(Part::new().header("Content-Type", "message/delivery-status").body(status.as_bytes()))
        .attach_part(Part::new().header("Content-Type", "text/rfc822-headers").body(returned.as_bytes()))
        .build();
    let examined = place.examine("", &report).await;
    assert!(ids(&examined).contains(&"bounced-sender-of-attachment"), "{:?}", ids(&examined));
}
