use std::sync::Arc;

use bytes::BytesMut;

use super::command::Command;
use super::frame::{put, take};
use super::mail::Content;
use super::session::{Event, Session, Violation};
use crate::config::Settings;
use crate::gate::intake::Intake;
use crate::gate::milter::mail::Mail;

fn frames(parts: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    parts.iter().for_each(|(code, payload)| put(&mut out, *code, &[payload]));
    out
}

/// What the session says, and the mails that came to their end.
fn play(session: &mut Session, bytes: &[u8]) -> (Vec<u8>, Vec<Mail>) {
    let mut buffer = BytesMut::from(bytes);
    let (mut said, mut mails) = (Vec::new(), Vec::new());
    while let Some(frame) = take(&mut buffer).unwrap() {
        match session.take(Command::read(frame).unwrap(), &Settings::default()).unwrap() {
            Event::Reply(reply) => reply.put(true, &mut said),
            Event::Judge(mail) => mails.push(*mail),
            Event::Nothing | Event::GivenUp | Event::Close => {}
        }
    }
    assert!(buffer.is_empty());
    (said, mails)
}

fn session() -> Session {
    Session::new(Arc::new(Intake::default()))
}

fn violation(parts: &[(u8, &[u8])]) -> Option<Violation> {
    let mut session = session();
    let mut buffer = BytesMut::from(&frames(parts)[..]);
    while let Some(frame) = take(&mut buffer).unwrap() {
        if let Err(violation) = session.take(Command::read(frame).unwrap(), &Settings::default()) {
            return Some(violation);
        }
    }
    None
}

const OFFER_6: &[u8] = &[0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff];
const OFFER_2: &[u8] = &[0, 0, 0, 2, 0, 0, 0, 0x3f, 0, 0, 0, 0x7f];

/// What Postfix 3.7.11 of Debian 12 sent for a mail, after the answer this door gives
/// to its offer. The greeting is left out as agreed, though not its (empty) macros.
const POSTFIX_37: &str = "
    0000000d 4f 00000006 000001ff 001fffff
    00000071 44 43 6a006d782e6578616d706c652e636f6d00 5f006c6f63616c686f7374205b3132372e302e302e315d00
                   7b636c69656e745f616464727d003132372e302e302e3100 7b6461656d6f6e5f6e616d657d006d782e6578616d706c652e636f6d00
                   7600506f737466697820332e372e313100
    00000018 43 6c6f63616c686f7374 00 34 ab7e 3132372e302e302e31 00
    00000002 44 48
    00000020 44 4d 7b6d61696c5f616464727d00616c696365406578616d706c652e6e657400
    00000015 4d 3c616c696365406578616d706c652e6e65743e00
    00000036 44 52 7b726370745f616464727d006361726f6c406578616d706c652e636f6d00
                   7b726370745f6d61696c65727d006469736361726400
    00000015 52 3c6361726f6c406578616d706c652e636f6d3e00
    00000010 44 54 6900394244314439394138433200
    00000001 54
    00000010 44 4c 6900394244314439394138433200
    00000027 4c 4461746500 205475652c203234204e6f7620323032362031353a34303a3034202b3030303000
    00000010 44 4c 6900394244314439394138433200
    0000001b 4c 582d466f6c64656400 206f6e650a2074776f0a09746872656500
    00000010 44 4e 6900394244314439394138433200
    00000001 4e
    00000010 44 42 6900394244314439394138433200
    00000010 42 626f647920746578740d0a0d0a0d0a
    00000010 44 45 6900394244314439394138433200
    00000001 45";

/// What Sendmail 8.17.1.9 sent for a mail, after the same answer. It names its queue id from `MAIL` on.
const SENDMAIL_817: &str = "
    0000000d 4f 00000006 000001ff 001fffff
    00000060 44 43 6a006d782e6578616d706c652e636f6d00 5f006c6f63616c686f7374205b3132372e302e302e315d00
                   7b636c69656e745f616464727d003132372e302e302e3100 7b6461656d6f6e5f6e616d657d004d544100
                   7600382e31372e312e3900
    00000018 43 6c6f63616c686f7374 00 34 aec4 3132372e302e302e3100
    00000002 44 48
    00000031 44 4d 690036414f4678624743303130313032 00 7b6d61696c5f616464727d00 616c696365406578616d706c652e6e657400
    00000015 4d 3c616c696365406578616d706c652e6e65743e00
    0000003a 44 52 690036414f467862474330313031303200 7b726370745f616464727d006e6f626f647900
                   7b726370745f6d61696c65727d006c6f63616c00
    00000019 52 3c6e6f626f6479406d782e6578616d706c652e636f6d3e00
    00000013 44 54 690036414f467862474330313031303200
    00000001 54
    00000010 4c 5375626a65637400 2068656c6c6f00
    0000001b 4c 582d466f6c64656400 206f6e650a2074776f0a09746872656500
    00000013 44 4e 690036414f467862474330313031303200
    00000001 4e
    00000010 42 626f647920746578740d0a0d0a0d0a
    00000013 44 45 690036414f467862474330313031303200
    00000001 45
    00000001 51";

fn hexadecimal(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

#[test]
fn postfix_is_answered_once_and_the_mail_is_what_it_was() {
    let mut session = session();
    let (said, mut mails) = play(&mut session, &hexadecimal(POSTFIX_37));
    let expected = hexadecimal(
        "00000085 4f 00000006 00000133 001df582
         00000000 6a205f207b636c69656e745f616464727d207b6461656d6f6e5f6e616d657d207600
         00000002 69207b617574685f61757468656e7d207b6d61696c5f616464727d00
         00000003 69207b726370745f616464727d207b726370745f6d61696c65727d00
         00000004 6900 00000005 6900 00000006 6900",
    );
    assert_eq!(said, expected, "the answer to the offer, and nothing more");
    let [mail] = mails.as_mut_slice() else { panic!("one mail") };
    assert_eq!(mail.envelope.sender, "alice@example.net");
    assert_eq!(mail.envelope.recipients, ["carol@example.com"]);
    assert_eq!(mail.envelope.client.as_deref(), Some("127.0.0.1"));
    assert_eq!(mail.envelope.queue_id.as_deref(), Some("9BD1D99A8C2"));
    assert!(!mail.authenticated);
    let expected =
        "Date: Tue, 24 Nov 2026 15:40:04 +0000\r\nX-Folded: one\r\n two\r\n\tthree\r\n\r\nbody text\r\n\r\n\r\n";
    assert_eq!(mail.content(), Content::Whole(expected.into()));
}

#[test]
fn sendmail_is_answered_once_too() {
    let (said, mut mails) = play(&mut session(), &hexadecimal(SENDMAIL_817));
    assert_eq!(said.len(), 4 + 0x85, "the answer to the offer, and nothing more");
    let [mail] = mails.as_mut_slice() else { panic!("one mail") };
    assert_eq!(mail.envelope.sender, "alice@example.net");
    assert_eq!(mail.envelope.recipients, ["nobody@mx.example.com"]);
    assert_eq!(mail.envelope.queue_id.as_deref(), Some("6AOFxbGC010102"));
    let expected = "Subject: hello\r\nX-Folded: one\r\n two\r\n\tthree\r\n\r\nbody text\r\n\r\n\r\n";
    assert_eq!(mail.content(), Content::Whole(expected.into()));
}

#[test]
fn an_old_mail_server_gets_a_reply_at_every_step() {
    let steps: &[(u8, &[u8])] = &[
        (b'C', b"mx\x004\0\x19192.0.2.1\0"),
        (b'H', b"mx\0"),
        (b'M', b"<a@example.net>\0"),
        (b'R', b"<b@example.com>\0"),
        (b'L', b"Subject\0hello\0"),
        (b'N', b""),
        (b'B', b"body"),
    ];
    let mut session = session();
    let (_, _) = play(&mut session, &frames(&[(b'O', OFFER_2)]));
    for step in steps {
        let (said, _) = play(&mut session, &frames(&[*step]));
        assert_eq!(said, b"\0\0\0\x01c", "{}", char::from(step.0));
    }
    let (said, mut mails) = play(&mut session, &frames(&[(b'E', b"")]));
    assert_eq!((said.len(), mails.len()), (0, 1), "the last reply is given after judgement");
    assert_eq!(mails[0].content(), Content::Whole("Subject: hello\r\n\r\nbody".into()));
}

#[test]
fn stalwart_is_answered_at_every_step_and_its_body_is_the_whole_message() {
    let offer: &[u8] = &[0, 0, 0, 6, 0, 0, 0, 0xff, 0, 0, 0, 0x42];
    let raw: &[u8] = b"From: Alice <a@example.net>\r\nSubject:\t folded\r\n value\r\n\r\nbody\r\n";
    let (said, mut mails) = play(
        &mut session(),
        &frames(&[
            (b'O', offer),
            (b'D', b"C{daemon_name}\0stalwart\0j\0mx.example.com\0{client_addr}\x00192.0.2.1\0{client_port}\x002525\0"),
            (b'C', b"client\x004\x09\xdd192.0.2.1\0"),
            (b'H', b"client.example.net\0"),
            (b'D', b"M{mail_addr}\0a@example.net\0{auth_authen}\0\0"),
            (b'M', b"<a@example.net>\0"),
            (b'D', b"R{rcpt_addr}\0b@example.com\0"),
            (b'R', b"<b@example.com>\0"),
            (b'T', b""),
            (b'L', b"From\0Alice <a@example.net>\0"),
            (b'L', b"Subject\0folded\r\n value\0"),
            (b'B', raw),
            (b'E', b""),
        ]),
    );
    let negotiated = b"\0\0\0\x0dO\0\0\0\x06\0\0\0\x13\0\0\0\x02";
    assert!(said.starts_with(negotiated));
    // Nothing may be left unanswered, the greeting it sends against the agreement included.
    assert_eq!(said[negotiated.len()..], b"\0\0\0\x01c".repeat(8));
    assert_eq!(mails[0].content(), Content::Whole(raw.into()));
    assert!(!mails[0].authenticated, "an empty login name is none");
    assert_eq!(mails[0].envelope.queue_id, None);
}

#[test]
fn who_logged_in_is_known_for_that_mail_only() {
    let mut session = session();
    let first: &[(u8, &[u8])] = &[
        (b'O', OFFER_6),
        (b'D', b"M{auth_authen}\0alice\0"),
        (b'M', b"<a@example.net>\0"),
        (b'E', b""),
        (b'M', b"<b@example.net>\0"),
        (b'E', b""),
    ];
    let (_, mails) = play(&mut session, &frames(first));
    assert_eq!(mails.iter().map(|mail| mail.authenticated).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_recipient_the_mail_server_refused_does_not_count() {
    let (_, mails) = play(
        &mut session(),
        &frames(&[
            (b'O', OFFER_6),
            (b'M', b"<>\0"),
            (b'D', b"R{rcpt_mailer}\0error\0"),
            (b'R', b"<refused@example.com>\0"),
            (b'D', b"R{rcpt_mailer}\0local\0"),
            (b'R', b"<taken@example.com>\0"),
            (b'R', b"<other@example.com>\0"),
            (b'E', b""),
        ]),
    );
    assert_eq!(mails[0].envelope.recipients, ["taken@example.com", "other@example.com"]);
}

#[test]
fn a_given_up_mail_leaves_nothing_to_the_next() {
    let mut session = session();
    for giving_up in [b'A', b'K'] {
        let _ = play(
            &mut session,
            &frames(&[
                (b'O', OFFER_6),
                (b'C', b"mx\x004\0\x19192.0.2.1\0"),
                (b'D', b"Mi\x00OLD\0"),
                (b'M', b"<old@example.net>\0"),
                (b'R', b"<old@example.com>\0"),
                (b'L', b"X-Old\0 1\0"),
                (b'B', b"old"),
                (giving_up, b""),
            ]),
        );
        assert!(!session.has_mail());
        let (_, mut mails) = play(&mut session, &frames(&[(b'M', b"<new@example.net>\0"), (b'E', b"new")]));
        assert_eq!(mails[0].envelope.sender, "new@example.net");
        assert_eq!(mails[0].envelope.queue_id, None);
        assert_eq!(mails[0].envelope.client.is_some(), giving_up == b'A', "the client stays for the same connection");
        assert!(mails[0].envelope.recipients.is_empty());
        assert_eq!(mails[0].content(), Content::Whole("\r\nnew".into()));
    }
}

#[test]
fn what_is_out_of_order_ends_the_dialogue() {
    assert_eq!(violation(&[(b'M', b"<>\0")]), Some(Violation::NotNegotiated));
    let offered = (b'O', OFFER_6);
    for lone in [(b'R', &b"<a@example.com>\0"[..]), (b'L', b"A\0b\0"), (b'N', b""), (b'B', b"x"), (b'E', b"")] {
        assert_eq!(violation(&[offered, lone]), Some(Violation::OutOfOrder), "{}", char::from(lone.0));
    }
    let mail = (b'M', &b"<>\0"[..]);
    let after = |late| violation(&[offered, mail, (b'B', b"x"), late]);
    assert_eq!(after((b'L', b"A\0b\0")), Some(Violation::OutOfOrder), "a field after the body");
    assert_eq!(after((b'N', b"")), Some(Violation::OutOfOrder));
    assert_eq!(after((b'B', b"y")), None);
}

#[test]
fn a_skipped_body_is_asked_for_only_where_a_reply_is_due() {
    let settings =
        Settings { queue: crate::config::Queue { max_input: 4, ..Default::default() }, ..Default::default() };
    let said = |offer: &[u8]| {
        let mut session = session();
        let mut buffer = BytesMut::from(&frames(&[(b'O', offer), (b'M', b"<>\0"), (b'B', b"larger")])[..]);
        let mut last = None;
        while let Some(frame) = take(&mut buffer).unwrap() {
            last = Some(session.take(Command::read(frame).unwrap(), &settings).unwrap());
        }
        let mut said = Vec::new();
        if let Some(Event::Reply(reply)) = last {
            reply.put(true, &mut said);
        }
        said
    };
    assert_eq!(said(OFFER_6), b"");
    assert_eq!(said(&[0, 0, 0, 6, 0, 0, 0, 0x3f, 0, 0, 4, 0]), b"\0\0\0\x01s");
    assert_eq!(said(OFFER_2), b"\0\0\0\x01c");
}

#[test]
fn a_new_negotiation_starts_anew() {
    let mut session = session();
    let _ = play(&mut session, &frames(&[(b'O', OFFER_6), (b'M', b"<>\0"), (b'B', b"x")]));
    let (said, _) = play(&mut session, &frames(&[(b'O', OFFER_2), (b'M', b"<>\0")]));
    assert!(said.ends_with(b"\0\0\0\x01c"));
}
