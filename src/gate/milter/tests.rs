use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use super::peer::{Asked, Fake, OLD, POSTFIX, Peer, STALWART, codes, text};
use crate::config::{Action, Cause, Exception, Hold, Milter};
use crate::gate::checkpoint::{NotKept, Refused};
use crate::gate::disposition::samples::{examined, failed, found, report};
use crate::model::Level;
use crate::worker::{Failure, Rewritten};

const TO: &[&str] = &["bob@example.com"];
const FIELDS: &[(&str, &str)] = &[("Subject", " hello")];

fn clean() -> Fake {
    Fake::with(Ok(examined(Level::Clean, &[])))
}

fn malicious() -> Fake {
    Fake::with(Ok(found(Level::Malicious, &["program-file"])))
}

fn suspicious() -> Fake {
    Fake::with(Ok(found(Level::Suspicious, &["program-file"])))
}

async fn judged(fake: Fake, offer: &[u8]) -> (Arc<Fake>, Vec<String>) {
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, offer).await;
    peer.mail(TO, FIELDS, b"body\r\n", offer == OLD).await;
    let said = peer.verdict().await;
    (fake, said.iter().map(text).collect())
}

#[tokio::test]
async fn a_clean_mail_passes_with_fields_behind_received() {
    let (fake, said) = judged(clean(), POSTFIX).await;
    // Each is inserted before the last one, so the verdict stands first.
    assert_eq!(
        said,
        [
            "i1 X-Sekisho-Report-Id| 0123abcd|",
            "i1 X-Sekisho-Coverage| complete|",
            "i1 X-Sekisho-Verdict| clean (score 0)|",
            "c "
        ]
    );
    assert_eq!(fake.scanned(), [&b"Subject: hello\r\n\r\nbody\r\n"[..]]);
    assert_eq!(fake.acted(), [Action::Accept]);
    let Some(Asked::Examine(_, envelope)) = fake.asked().first().cloned() else { panic!("a scan") };
    assert_eq!(
        (envelope.sender.as_str(), envelope.recipients),
        ("alice@example.net", vec!["bob@example.com".to_owned()])
    );
}

#[tokio::test]
async fn without_leading_space_values_have_none() {
    let (fake, said) = judged(clean(), OLD).await;
    assert_eq!(said[2], "i1 X-Sekisho-Verdict|clean (score 0)|");
    assert_eq!(fake.scanned(), [&b"Subject:  hello\r\n\r\nbody\r\n"[..]]);
}

#[tokio::test]
async fn a_malicious_mail_is_refused() {
    for offer in [POSTFIX, OLD] {
        let (fake, said) = judged(malicious(), offer).await;
        let [refusal] = said.as_slice() else { panic!("one reply: {said:?}") };
        assert!(refusal.starts_with("y 550 5.7.1 "), "{refusal}");
        assert_eq!(fake.acted(), [Action::Reject]);
    }
}

#[tokio::test]
async fn an_own_text_with_percent_signs_is_not_expanded() {
    let mut fake = malicious();
    fake.settings.actions.reject_text = "100% {reason}\r\nQUIT".to_owned();
    let (_, said) = judged(fake, POSTFIX).await;
    assert!(said[0].starts_with("y 550 5.7.1 100%% "), "{said:?}");
    assert!(!said[0].contains(['\r', '\n']));
}

#[tokio::test]
async fn a_suspicious_mail_is_kept_before_it_is_discarded() {
    let (fake, said) = judged(suspicious(), POSTFIX).await;
    assert_eq!(said, ["d "]);
    let asked = fake.asked();
    let [Asked::Examine(..), Asked::Quarantine(message, envelope, Cause::Suspicious), Asked::Acted(Action::Quarantine)] =
        asked.as_slice()
    else {
        panic!("{asked:?}")
    };
    assert_eq!(message, &b"Subject: hello\r\n\r\nbody\r\n"[..]);
    assert_eq!(envelope.recipients, ["bob@example.com"]);
}

#[tokio::test]
async fn a_mail_the_store_cannot_keep_is_asked_for_again() {
    let mut fake = suspicious();
    fake.kept = Err(NotKept("the disk is full".to_owned()));
    let (fake, said) = judged(fake, POSTFIX).await;
    assert!(said[0].starts_with("y 451 4.7.1 "), "{said:?}");
    assert!(!said[0].contains("disk"), "what is wrong with the disk is nobody's business: {said:?}");
    assert_eq!(fake.acted(), [Action::Defer]);
}

#[tokio::test]
async fn a_mail_may_be_held_by_the_mail_server() {
    let mut fake = suspicious();
    fake.settings.actions.hold = Hold::Server;
    let (fake, said) = judged(fake, POSTFIX).await;
    assert_eq!(said.len(), 7, "{said:?}");
    assert_eq!(said[5..], ["q sekisho: suspicious|", "c "]);
    assert!(said[4].starts_with("i1 X-Sekisho-Verdict|"), "{said:?}");
    assert_eq!(fake.asked().len(), 2, "nothing goes to the store");
}

#[tokio::test]
async fn where_the_mail_server_holds_nothing_the_mail_is_asked_for_again() {
    // Without SMFIF_QUARANTINE, and Stalwart, whose quarantine delivers.
    for offer in [&[0, 0, 0, 6, 0, 0, 1, 0xdf, 0, 0x1f, 0xff, 0xff][..], STALWART] {
        let mut fake = suspicious();
        fake.settings.actions.hold = Hold::Server;
        let fake = Arc::new(fake);
        let mut peer = Peer::offering(&fake, offer).await;
        peer.mail(TO, FIELDS, b"body\r\n", offer == STALWART).await;
        let said = peer.verdict().await;
        assert!(text(&said[0]).starts_with("y 451 4.7.1 "), "{said:?}");
        assert_eq!(fake.acted(), [Action::Defer]);
    }
}

#[tokio::test]
async fn forged_fields_are_deleted_before_ours_are_inserted() {
    let fake = Arc::new(clean());
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    let fields = [
        ("X-Sekisho-Verdict", " clean"),
        ("Subject", " hello"),
        ("x-sekisho-verdict", " clean"),
        ("X-Sekisho-Trusted", " yes"),
        ("X-Sekishophobia", " stays"),
    ];
    peer.mail(TO, &fields, b"body", false).await;
    let said: Vec<String> = peer.verdict().await.iter().map(text).collect();
    assert_eq!(
        said[..4],
        [
            "m1 X-Sekisho-Trusted||",
            "m2 x-sekisho-verdict||",
            "m1 X-Sekisho-Verdict||",
            "i1 X-Sekisho-Report-Id| 0123abcd|"
        ]
    );
}

fn rewritten(level: Level) -> Rewritten {
    let mut left = report();
    left.verdict.level = level;
    Rewritten {
        body: vec![b'n'; 70_000],
        headers: vec![
            ("Content-Type".to_owned(), Some("text/plain;\n charset=utf-8".to_owned())),
            ("Content-MD5".to_owned(), None),
        ],
        removed: vec!["invoice.exe".to_owned()],
        breaks: Vec::new(),
        left: Some(Box::new(left)),
    }
}

fn replacing() -> Fake {
    let mut outcome = found(Level::Malicious, &["program-file"]);
    let mut report = (*outcome.report).clone();
    let root = report.artifacts[0].clone();
    let part = crate::model::report::ArtifactReport {
        path: "0.1".to_owned(),
        name: "invoice.exe".to_owned(),
        origin: crate::model::report::OriginReport { kind: "mime-part".into(), detail: String::new() },
        sha256: "ab".repeat(32),
        ..root
    };
    report.artifacts.push(part);
    outcome.report = Arc::new(report);
    let mut fake = Fake::with(Ok(outcome));
    fake.settings.actions.table.insert(Cause::Malicious, Action::Replace);
    fake
}

#[tokio::test]
async fn an_attachment_is_taken_out() {
    let mut fake = replacing();
    fake.rewritten = Some(rewritten(Level::Clean));
    let (fake, said) = judged(fake, POSTFIX).await;
    assert!(matches!(fake.asked()[1], Asked::Rewrite(_)), "{:?}", fake.asked());
    assert_eq!(fake.acted(), [Action::Replace]);
    assert_eq!(said[..2], ["m1 Content-Type| text/plain;\n charset=utf-8|", "m1 Content-MD5||"]);
    let body: Vec<usize> = said.iter().filter(|frame| frame.starts_with("b ")).map(|frame| frame.len() - 2).collect();
    assert_eq!(body, [65_535, 4_465]);
    assert_eq!(said.last().map(String::as_str), Some("c "));
}

#[tokio::test]
async fn what_cannot_be_taken_out_is_quarantined() {
    for left in [None, Some(rewritten(Level::Malicious)), Some(Rewritten { left: None, ..rewritten(Level::Clean) })] {
        let mut fake = replacing();
        fake.rewritten = left;
        let (fake, said) = judged(fake, POSTFIX).await;
        assert_eq!(said, ["d "]);
        assert_eq!(fake.acted(), [Action::Quarantine]);
    }
}

#[tokio::test]
async fn where_the_body_may_not_be_changed_the_mail_is_quarantined() {
    for without in [0x1fd_u16, 0x1ef] {
        let mut offer = POSTFIX.to_vec();
        offer[6..8].copy_from_slice(&without.to_be_bytes());
        let mut fake = replacing();
        fake.rewritten = Some(rewritten(Level::Clean));
        let (fake, said) = judged(fake, &offer).await;
        assert_eq!(said, ["d "], "{without:x}");
        assert!(!fake.asked().iter().any(|asked| matches!(asked, Asked::Rewrite(_))), "nothing is rewritten in vain");
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_marked_does_not_pass_unmarked() {
    let mut offer = POSTFIX.to_vec();
    offer[6..8].copy_from_slice(&0x1fe_u16.to_be_bytes());
    let tagging = || {
        let mut fake = suspicious();
        fake.settings.actions.table.insert(Cause::Suspicious, Action::Tag);
        fake
    };
    let (fake, said) = judged(tagging(), &offer).await;
    assert_eq!((said, fake.acted()), (vec!["d ".to_owned()], vec![Action::Quarantine]));
    let mut unkept = tagging();
    unkept.kept = Err(NotKept("full".to_owned()));
    unkept.settings.actions.table.insert(Cause::Store, Action::Tag);
    let (fake, said) = judged(unkept, &offer).await;
    assert!(said[0].starts_with("y 451 "), "{said:?}");
    assert_eq!(fake.acted(), [Action::Defer]);
    let (fake, _) = judged(tagging(), POSTFIX).await;
    assert_eq!(fake.acted(), [Action::Tag]);
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_while_a_scan_takes_long() {
    let mut fake = clean();
    fake.takes = Duration::from_secs(65);
    fake.settings.milter = Some(Milter { progress: Duration::from_secs(20), ..Milter::default() });
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    assert_eq!(codes(&peer.verdict().await), "pppiiic");
}

#[tokio::test(start_paused = true)]
async fn a_scan_that_never_ends_is_left_at_its_deadline() {
    let mut fake = clean();
    fake.takes = Duration::from_secs(100_000);
    fake.settings.milter = Some(Milter { deadline: Duration::from_secs(30), ..Milter::default() });
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    let said = peer.verdict().await;
    assert_eq!(codes(&said), "py");
    assert!(text(&said[1]).starts_with("y 451 4.7.1 "));
    assert_eq!(fake.given_up.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_worker_that_failed_and_a_full_queue_ask_for_the_mail_again() {
    let outcomes = [
        Ok(failed(Failure::TimedOut)),
        Ok(failed(Failure::OutOfMemory)),
        Ok(failed(Failure::Crashed { how: "signal 11".to_owned() })),
        Err(Refused::Overloaded),
        Err(Refused::Expired),
        Err(Refused::Stopping),
    ];
    for outcome in outcomes {
        let (fake, said) = judged(Fake::with(outcome), POSTFIX).await;
        assert!(said[0].starts_with("y 451 4.7.1 "), "{said:?}");
        assert_eq!(fake.acted(), [Action::Defer]);
    }
}

#[tokio::test]
async fn a_client_that_logged_in_passes_unscanned_but_forges_nothing() {
    let mut fake = malicious();
    fake.settings.actions.skip_authenticated = true;
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.tell('D', b"M{auth_authen}\0alice\0").await;
    peer.mail(TO, &[("X-Sekisho-Verdict", " clean")], b"body", false).await;
    let said: Vec<String> = peer.verdict().await.iter().map(text).collect();
    assert_eq!(said, ["m1 X-Sekisho-Verdict||", "c "]);
    assert!(fake.scanned().is_empty());
    // The next mail of the connection is not of that client.
    peer.tell('D', b"M{auth_authen}\0\0").await;
    peer.mail(TO, FIELDS, b"body", false).await;
    assert_eq!(codes(&peer.verdict().await), "y");
}

#[tokio::test]
async fn released_mail_passes_once_without_its_mark() {
    for (mark, passes) in [(" 7 abcd", true), (" 7 abce", false), (" 7", false), ("", false)] {
        let fake = Arc::new(malicious());
        let mut peer = Peer::offering(&fake, POSTFIX).await;
        peer.mail(TO, &[("Subject", " hello"), ("x-sekisho-release", mark)], b"body", false).await;
        let said: Vec<String> = peer.verdict().await.iter().map(text).collect();
        if passes {
            assert_eq!(said, ["m1 x-sekisho-release||", "c "]);
        } else {
            assert!(said[0].starts_with("y 550 "), "{mark:?}: {said:?}");
        }
        assert_eq!(fake.scanned().is_empty(), passes);
    }
    // Of two marks the first counts: a server puts its own before what the sender wrote.
    let fake = Arc::new(malicious());
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    let fields =
        [("X-Sekisho-Release", " forged"), ("X-Sekisho-Release", " 7 abcd"), ("X-Sekisho-Released", " 7 abcd")];
    peer.mail(TO, &fields, b"body", false).await;
    assert_eq!(codes(&peer.verdict().await), "y");
}

#[tokio::test]
async fn a_client_that_logged_in_is_scanned_unless_set_otherwise() {
    let fake = Arc::new(malicious());
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.tell('D', b"M{auth_authen}\0alice\0").await;
    peer.mail(TO, FIELDS, b"body", false).await;
    assert_eq!(codes(&peer.verdict().await), "y");
}

#[tokio::test]
async fn the_strictest_recipient_decides() {
    for (recipients, action) in [
        (&["lab@example.com"][..], Action::Tag),
        (&["lab@example.com", "bob@example.com"], Action::Reject),
        (&["bob@example.com", "lab@example.com"], Action::Reject),
    ] {
        let mut fake = malicious();
        fake.settings.actions.exceptions = vec![Exception {
            recipients: vec!["lab@example.com".to_owned()],
            actions: [(Cause::Malicious, Action::Tag)].into(),
        }];
        let fake = Arc::new(fake);
        let mut peer = Peer::offering(&fake, POSTFIX).await;
        peer.mail(recipients, FIELDS, b"body", false).await;
        peer.verdict().await;
        assert_eq!(fake.acted(), [action], "{recipients:?}");
    }
}

#[tokio::test]
async fn a_mail_that_is_too_large_is_not_scanned_and_says_so() {
    let mut fake = clean();
    fake.settings.queue.max_input = 100_000;
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, &[b'x'; 200_000], false).await;
    let said: Vec<String> = peer.verdict().await.iter().map(text).collect();
    assert!(said.contains(&"i1 X-Sekisho-Verdict| error (not examined)|".to_owned()), "{said:?}");
    assert!(fake.scanned().is_empty());
    assert_eq!(fake.intake.used(), 0);
    assert_eq!(fake.acted(), [Action::Tag]);
}

#[tokio::test]
async fn a_mail_too_large_to_be_kept_is_asked_for_again() {
    let mut fake = clean();
    fake.settings.queue.max_input = 10;
    fake.settings.actions.table.insert(Cause::TooLarge, Action::Quarantine);
    let (fake, said) = judged(fake, POSTFIX).await;
    assert!(said[0].starts_with("y 451 "), "{said:?}");
    assert_eq!(fake.acted(), [Action::Defer]);
}

#[tokio::test]
async fn memory_is_given_back_when_a_mail_is_given_up() {
    let fake = Arc::new(clean());
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.tell('M', b"<a@example.net>\0").await;
    peer.tell('B', &[b'x'; 60_000]).await;
    peer.tell('A', b"").await;
    peer.mail(TO, FIELDS, b"body", false).await;
    peer.verdict().await;
    assert_eq!(fake.intake.used(), 0);
    assert_eq!(fake.scanned(), [&b"Subject: hello\r\n\r\nbody"[..]]);
}

#[tokio::test]
async fn two_mails_come_over_one_connection() {
    let fake = Arc::new(clean());
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    for (body, scanned) in [(b"one", 1), (b"two", 2)] {
        peer.mail(TO, FIELDS, body, false).await;
        assert_eq!(codes(&peer.verdict().await), "iiic");
        assert_eq!(fake.scanned().len(), scanned);
    }
    peer.tell('Q', b"").await;
    assert_eq!(peer.try_hear().await, None);
    peer.door.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_mail_server_that_gives_up_ends_the_scan() {
    let slow = || {
        let mut fake = clean();
        fake.takes = Duration::from_secs(1_000_000);
        fake.settings.milter = Some(Milter { deadline: Duration::from_secs(2_000_000), ..Milter::default() });
        Arc::new(fake)
    };
    // It asks for nothing more and closes.
    let fake = slow();
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    assert_eq!(peer.hear().await.0, 'p');
    drop(peer.stream);
    peer.door.await.unwrap();
    assert_eq!(fake.given_up.load(Ordering::SeqCst), 1);
    assert_eq!(fake.intake.used(), 0);
    // It says so, and goes on with the next mail.
    let fake = slow();
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    peer.tell('A', b"").await;
    peer.tell('M', b"<next@example.net>\0").await;
    peer.tell('E', b"").await;
    assert_eq!(peer.hear().await.0, 'p');
    assert_eq!(fake.given_up.load(Ordering::SeqCst), 1);
    assert_eq!(fake.scanned().len(), 2);
    // It quits.
    let fake = slow();
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    peer.tell('Q', b"").await;
    peer.door.await.unwrap();
    assert_eq!(fake.given_up.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn keeping_a_mail_is_seen_through_although_the_mail_server_left() {
    let mut fake = suspicious();
    fake.takes = Duration::from_secs(30);
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    // One while it is scanned, one while it is kept.
    assert_eq!((peer.hear().await.0, peer.hear().await.0), ('p', 'p'));
    drop(peer.stream);
    peer.door.await.unwrap();
    assert_eq!(fake.acted(), [Action::Quarantine]);
}

#[tokio::test(start_paused = true)]
async fn a_command_while_a_reply_is_due_ends_the_connection() {
    let mut fake = clean();
    fake.takes = Duration::from_secs(10);
    let fake = Arc::new(fake);
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.mail(TO, FIELDS, b"body", false).await;
    peer.tell('M', b"<next@example.net>\0").await;
    assert_eq!(peer.try_hear().await, None);
    assert_eq!(fake.given_up.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_not_the_protocol_ends_the_connection() {
    let garbage: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x7f\xff\xff\xffB",
        b"\0\0\0\0",
        b"\0\0\0\x01z",
        b"\0\0\0\x01O",
        b"\0\0\0\x05M<a>x",
        b"\0\0\0\x0dO\0\0\0\x01\0\0\0\0\0\0\0\0",
        b"\0\0\0\x01E",
    ];
    for bytes in garbage {
        let fake = Arc::new(clean());
        let mut peer = Peer::of(&fake);
        peer.stream.write_all(bytes).await.unwrap();
        assert_eq!(peer.try_hear().await, None, "{bytes:?}");
        peer.door.await.unwrap();
        assert!(fake.asked().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_frame_is_not_waited_for_and_silence_not_for_ever() {
    let fake = Arc::new(clean());
    let mut half = Peer::offering(&fake, POSTFIX).await;
    let begun = tokio::time::Instant::now();
    half.stream.write_all(b"\0\0\x10\0B12345").await.unwrap();
    assert_eq!(half.try_hear().await, None);
    let took_half = begun.elapsed();
    let mut silent = Peer::offering(&fake, POSTFIX).await;
    let begun = tokio::time::Instant::now();
    assert_eq!(silent.try_hear().await, None);
    assert!(took_half < begun.elapsed() / 5, "half a frame is worth less than silence");
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_trickles_in_is_not_waited_for_either() {
    let fake = Arc::new(clean());
    let mut peer = Peer::offering(&fake, POSTFIX).await;
    peer.stream.write_all(b"\0\0\x10\0B").await.unwrap();
    let mut sent = 0;
    while peer.stream.write_all(b"x").await.is_ok() && sent < 1_000 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        sent += 1;
    }
    assert!(sent < 100, "{sent}");
}

#[tokio::test]
async fn a_dialogue_split_anywhere_says_the_same() {
    let mut script = Vec::new();
    let mut add = |code: u8, payload: &[u8]| {
        script.extend(u32::try_from(payload.len() + 1).unwrap().to_be_bytes());
        script.push(code);
        script.extend_from_slice(payload);
    };
    add(b'O', OLD);
    add(b'C', b"mx\x004\0\x19192.0.2.1\0");
    add(b'M', b"<a@example.net>\0");
    add(b'R', b"<b@example.com>\0");
    add(b'L', b"Subject\0hello\0");
    add(b'N', b"");
    add(b'B', b"body");
    add(b'E', b"");
    let mut expected: Option<Vec<(char, Vec<u8>)>> = None;
    for split in 0..=script.len() {
        let fake = Arc::new(clean());
        let mut peer = Peer::of(&fake);
        peer.stream.write_all(&script[..split]).await.unwrap();
        tokio::task::yield_now().await;
        peer.stream.write_all(&script[split..]).await.unwrap();
        let mut said = Vec::new();
        for _ in 0..11 {
            said.push(peer.hear().await);
        }
        assert_eq!(codes(&said), "Occcccciiic", "split at {split}");
        assert_eq!(expected.get_or_insert_with(|| said.clone()), &said);
    }
}

#[tokio::test]
async fn a_stop_finishes_the_mail_in_hand() {
    let fake = Arc::new(clean());
    let mut idle = Peer::offering(&fake, POSTFIX).await;
    idle.stop.send(true).unwrap();
    assert_eq!(idle.try_hear().await, None, "nothing is in hand");

    let mut busy = Peer::offering(&fake, POSTFIX).await;
    busy.tell('M', b"<a@example.net>\0").await;
    // An unknown command is always answered: now the mail is known to be in hand.
    busy.tell('U', b"XYZZY\0").await;
    assert_eq!(busy.hear().await.0, 'c');
    busy.stop.send(true).unwrap();
    busy.tell('L', b"Subject\0 hello\0").await;
    busy.tell('E', b"body").await;
    assert_eq!(codes(&busy.verdict().await), "iiic");
    assert_eq!(busy.try_hear().await, None);
}

#[tokio::test]
async fn stalwart_is_served_over_connections_of_one_mail_each() {
    let fake = Arc::new(malicious());
    let mut peer = Peer::offering(&fake, STALWART).await;
    let raw = b"Subject: hello\r\n\r\nbody\r\n";
    peer.step('C', b"client\x004\x09\xdd192.0.2.1\0", true).await;
    peer.step('H', b"client.example.net\0", true).await;
    peer.mail(TO, &[("Subject", "hello")], raw, true).await;
    let said = peer.verdict().await;
    assert!(text(&said[0]).starts_with("y 550 5.7.1 "));
    assert_eq!(fake.scanned(), [&raw[..]]);
}
