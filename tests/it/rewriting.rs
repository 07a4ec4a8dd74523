//! Attachments taken out of every sample mail, by our own scan and by another reader.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use rayon::prelude::*;
use sekisho::config::{Action, Cause, Settings};
use sekisho::formats::mail::eml::{EmlView, LeafKind};
use sekisho::formats::mail::rewrite::{Replacement, Rewritten, rewrite};
use sekisho::gate::disposition::decide;
use sekisho::gate::{Examined, Refused};
use sekisho::model::digest::Digests;
use sekisho::model::{Level, Limits, Report, View};
use sekisho::worker::{Analyst, Answer, Job, Setup};

use crate::oracles::{READ, WRITE, python};

/// Samples larger than this are made for the limit tests.
const MAX_SAMPLE: usize = 1 << 20;

static ANALYST: LazyLock<Analyst> = LazyLock::new(|| {
    let limits = Limits { wall_time: Duration::from_secs(3_600), ..Limits::default() };
    Analyst::new(&Setup { limits, ..Setup::default() }).expect("the shipped rules compile")
});

fn scan(mail: &Bytes) -> Report {
    let job = Job::Scan { name: "message".to_owned(), is_cut: false, offered: Vec::new(), within: None };
    match ANALYST.answer(job, mail.clone()) {
        Answer::Scanned { report, .. } => *report,
        other => panic!("{other:?}"),
    }
}

fn take_out(mail: &Bytes, replacement: Replacement) -> Option<Rewritten> {
    match ANALYST.answer(Job::Rewrite(replacement), mail.clone()) {
        Answer::Rewritten(rewritten) => rewritten,
        other => panic!("{other:?}"),
    }
}

fn one(sha256: &str) -> Replacement {
    Replacement { artifacts: vec![sha256.to_owned()], also: Vec::new(), notice: "removed: {name}\n".to_owned() }
}

fn mails() -> Vec<(&'static str, Bytes)> {
    let samples = sekisho_samples::all().into_iter().filter(|sample| sample.file_name.ends_with(".eml"));
    let mails = samples.map(|sample| (sample.id, Bytes::from((sample.make)())));
    mails.filter(|(_, mail)| mail.len() <= MAX_SAMPLE).collect()
}

#[test]
fn what_was_taken_out_of_a_mail_is_found_nowhere_in_it() {
    /// Built to be read differently by different programs, or with files written out in their text.
    const AMBIGUOUS: [&str; 6] = ["fe12-blank", "fe12-encoded", "fe12-text", "fm6", "t22", "t23"];
    let mails = mails();
    let counts = mails.par_iter().map(|(id, mail)| {
        let report = scan(mail);
        let parts = report.artifacts.iter().filter(|part| part.path.matches('.').count() == 1);
        let (mut done, mut refused) = (0, 0);
        for part in parts.filter(|part| part.origin.kind == "mime-part") {
            let Some(rewritten) = take_out(mail, one(&part.sha256)) else {
                let is_text = part.name.starts_with("body");
                assert!(is_text || AMBIGUOUS.contains(id), "{id} {} {}", part.path, part.name);
                refused += 1;
                continue;
            };
            done += 1;
            let whole = Bytes::from(rewritten.whole(mail).expect("it was rewritten"));
            let left = scan(&whole);
            assert!(left.artifacts.iter().all(|known| known.sha256 != part.sha256), "{id} {}", part.path);
            assert_eq!(rewritten.left.as_deref(), Some(&left), "{id} {}", part.path);
        }
        (done, refused)
    });
    let (done, refused) = counts.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!(done >= 40, "{done} taken out, {refused} not");
}

/// A fixed sequence (Knuth's MMIX generator): the same mutants in every run.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

/// Every file that a reading of a message gives, in it or in messages attached to it.
fn files(mail: &Bytes, depth: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let Ok(view) = EmlView::parse(mail) else { return all };
    for leaf in &view.leaves {
        for content in leaf.contents(mail).readings {
            if leaf.kind == LeafKind::Message && depth > 0 {
                all.extend(files(&content.bytes, depth - 1));
            }
            all.insert(Digests::of(&content.bytes).sha256);
        }
    }
    all
}

#[test]
fn mutants_of_mails_are_rewritten_rightly_or_not_at_all() {
    let done: usize = mails()
        .par_iter()
        .map(|(id, mail)| {
            let mut sequence = Sequence(id.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte)));
            let mut done = 0;
            for _ in 0..40 {
                let mut mutant = mail.to_vec();
                // Where structure is: line ends, dashes, colons.
                for _ in 0..=sequence.next(3) {
                    let at = sequence.next(mutant.len());
                    let at =
                        mutant[at..].iter().position(|byte| b"\r\n-:;=".contains(byte)).map_or(at, |next| at + next);
                    let byte = *b"\r\n-:;= \tab\0\"".get(sequence.next(12)).unwrap_or(&b' ');
                    match sequence.next(3) {
                        0 => mutant[at] = byte,
                        1 => mutant.insert(at, byte),
                        _ => {
                            mutant.remove(at);
                        }
                    }
                }
                let mutant = Bytes::from(mutant);
                let Ok(view) = EmlView::parse(&mutant) else { continue };
                for leaf in view.leaves.iter().filter(|leaf| leaf.kind == LeafKind::File).take(4) {
                    let Some(content) = leaf.contents(&mutant).readings.first().cloned() else { continue };
                    let digest = Digests::of(&content.bytes).sha256;
                    let Some(rewritten) = rewrite(&mutant, &one(&digest)) else { continue };
                    let whole = Bytes::from(rewritten.whole(&mutant).expect("it was rewritten"));
                    assert!(!files(&whole, 0).contains(&digest), "{id}: {}", String::from_utf8_lossy(&mutant));
                    done += 1;
                }
            }
            done
        })
        .sum();
    assert!(done >= 500, "{done}");
}

#[test]
fn another_reader_sees_the_notice_and_every_other_part_as_it_was() {
    /// Our own readings of these differ from Python's; see `oracles`.
    const SKIPPED: [&str; 6] = ["t22", "t23", "t25", "fm2", "fm3", "fm6"];
    let Some(of_python) = python(WRITE, b"") else {
        eprintln!("skipped: no python3");
        return;
    };
    let mut mails = mails();
    mails.retain(|(id, _)| !SKIPPED.contains(id) && !id.starts_with("fe12"));
    mails.push(("python", of_python.into()));
    let compared: usize = mails.iter().map(|(id, mail)| compare(id, mail)).sum();
    assert!(compared >= 35, "{compared}");
}

/// Takes each attachment out of a mail and has Python read both; gives how many there were.
fn compare(id: &str, mail: &Bytes) -> usize {
    let digest_of = |line: &str| line.rsplit(' ').next().unwrap_or_default().to_owned();
    let listed = |mail: &[u8]| String::from_utf8(python(READ, mail).expect("python reads it")).expect("UTF-8");
    let before = listed(mail);
    let view = EmlView::parse(mail).expect("a message");
    let mut compared = 0;
    for leaf in view.leaves.iter().filter(|leaf| leaf.kind == LeafKind::File) {
        let digest = Digests::of(&leaf.contents(mail).readings[0].bytes).sha256;
        let Some(rewritten) = rewrite(mail, &one(&digest)) else { continue };
        let after = listed(&rewritten.whole(mail).expect("it was rewritten"));
        let mut number = 0;
        let expected: Vec<String> = before
            .lines()
            .map(|line| {
                if digest_of(line) != digest {
                    return line.to_owned();
                }
                let notice = format!("removed: {}\r\n", rewritten.removed[number]);
                number += 1;
                let notice = Digests::of(notice.as_bytes()).sha256;
                if rewritten.headers.is_empty() {
                    format!("removed-{number}.txt {notice}")
                } else {
                    format!(" {notice}")
                }
            })
            .collect();
        assert_eq!(number, rewritten.removed.len(), "{id}");
        assert_eq!(after.lines().collect::<Vec<_>>(), expected, "{id}");
        compared += 1;
    }
    compared
}

#[test]
fn the_mail_of_that_march_arrives_without_its_archive() {
    let mail = Bytes::from((sekisho_samples::find("t01").expect("the sample").make)());
    let report = scan(&mail);
    assert_eq!(report.verdict.level, Level::Malicious);
    let mut settings = Settings::default();
    settings.actions.table.insert(Cause::Malicious, Action::Replace);
    let outcome: Result<Examined, Refused> = Ok(Examined {
        report: Arc::new(report),
        id: "0123abcd".to_owned(),
        letters: Arc::new([]),
        failure: None,
        poison: None,
        from_cache: false,
    });
    let decision = decide(&outcome, &settings, &[], ["From"]);
    let rewritten = take_out(&mail, decision.replace.clone().expect("an attachment is to blame"));
    let decision = decision.confirmed(rewritten.as_ref(), &outcome, &settings, &[]);
    assert_eq!(decision.action, Action::Replace);
    let rewritten = rewritten.expect("it was confirmed");
    assert_eq!(rewritten.removed, ["E-TKT控え.zip"]);
    let whole = Bytes::from(rewritten.whole(&mail).expect("it was rewritten"));
    assert_eq!(scan(&whole).verdict.level, Level::Clean);
    let view = EmlView::parse(&whole).expect("a message");
    let notice = view.leaves.iter().find(|leaf| leaf.kind == LeafKind::File).expect("the notice");
    let text = String::from_utf8(notice.contents(&whole).readings[0].bytes.to_vec()).expect("UTF-8");
    for part in ["E-TKT控え.zip", "0123abcd", "an archive holds nothing but one program, and the program poses as"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_second_dangerous_attachment_goes_with_the_first_or_holds_the_mail() {
    let archive = |name: &str| {
        let bytes = Bytes::from((sekisho_samples::find("t01").expect("the sample").make)());
        let view = EmlView::parse(&bytes).expect("a message");
        let leaf = view.leaves.iter().find(|leaf| leaf.kind == LeafKind::File).expect("the archive");
        let mut content = leaf.contents(&bytes).readings[0].bytes.to_vec();
        // A comment makes it another file of the same content.
        let end = content.len() - 2;
        content[end] = u8::try_from(name.len()).expect("short");
        content.extend_from_slice(name.as_bytes());
        content
    };
    let mail: Bytes = sekisho_samples::mail::Eml::letter("a@example.com")
        .text_body("utf-8", "two")
        .attach("a.zip", "application/zip", &archive("a"))
        .attach("b.zip", "application/zip", &archive("bb"))
        .build()
        .into();
    let report = scan(&mail);
    assert_eq!(report.verdict.level, Level::Malicious);
    let digests: Vec<String> = report
        .artifacts
        .iter()
        .filter(|artifact| artifact.format == "zip" && artifact.path.matches('.').count() == 1)
        .map(|artifact| artifact.sha256.clone())
        .collect();
    assert_eq!(digests.len(), 2);
    let mut settings = Settings::default();
    settings.actions.table.insert(Cause::Malicious, Action::Replace);
    let outcome: Result<Examined, Refused> = Ok(Examined {
        report: Arc::new(report),
        id: "0123abcd".to_owned(),
        letters: Arc::new([]),
        failure: None,
        poison: None,
        from_cache: false,
    });
    let decision = decide(&outcome, &settings, &[], ["From"]);
    let both = decision.replace.clone().expect("attachments are to blame");
    let rewritten = take_out(&mail, both.clone()).expect("both can be taken out");
    assert_eq!(rewritten.removed.len(), 2);
    assert_eq!(decision.clone().confirmed(Some(&rewritten), &outcome, &settings, &[]).action, Action::Replace);
    // Were only one of them taken out, the other would hold the mail.
    let one = take_out(&mail, Replacement { also: Vec::new(), ..both }).expect("one can be taken out");
    assert_eq!(one.removed.len(), 1);
    assert_eq!(decision.confirmed(Some(&one), &outcome, &settings, &[]).action, Action::Quarantine);
}
