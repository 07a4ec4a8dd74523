use sekisho_samples::office::biff::Workbook;
use sekisho_samples::office::cfb::Cfb;
use sekisho_samples::office::encryption::{Method, agile, presentation, properties, standard, word, workbook};

use super::password::{MAX_ROUNDS, search};
use crate::formats::office::ole::{OleView, kinds};
use crate::formats::trial;
use crate::model::{Artifact, Hints, Limits, Location, PasswordHint, PasswordSource, ProblemKind, View};
use crate::stage::{Outcome, Said, StageError};

const DEFAULT: &str = "VelvetSweatshop";
const FOUND: &str = "archive-opened-with-found-password";
const BY_ITSELF: &str = "document-opens-with-default-password";

fn unlocked_with(bytes: &[u8], passwords: &[(&str, PasswordSource)]) -> Said {
    let artifact = trial::file("表.xlsx", bytes.to_vec());
    let hint = |(text, source): &(&str, PasswordSource)| PasswordHint { text: (*text).to_owned(), source: *source };
    let hints = Hints::new(passwords.iter().map(hint).collect(), None);
    let budget = crate::budget::Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, std::sync::Arc::new(hints), &budget);
    unlock(&artifact, &mut out).unwrap();
    out.into_said()
}

fn unlock(artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
    super::unlock(artifact, &artifact.view::<OleView>().unwrap(), out)
}

fn unlocked(bytes: &[u8], password: &str) -> Said {
    unlocked_with(bytes, &[(password, PasswordSource::Body)])
}

/// The problems in words.
fn problems(said: &Said) -> Vec<&str> {
    said.problems.iter().map(|problem| problem.what.as_str()).collect()
}

fn stream(said: &Said, name: &str) -> Vec<u8> {
    OleView::parse(&said.children[0].bytes).unwrap().stream(name).unwrap().to_vec()
}

fn package() -> Vec<u8> {
    (0..10_000u32).map(|number| (number * 7) as u8).collect()
}

#[test]
fn packages_open_with_the_mails_password() {
    for locked in [agile(&package(), "k7Jq2", 100), standard(&package(), "k7Jq2", 2), standard(&package(), "k7Jq2", 3)]
    {
        let said = unlocked(&locked, "k7Jq2");
        assert_eq!(problems(&said), [""; 0]);
        assert_eq!(trial::findings(&said), [(FOUND, "low")]);
        assert_eq!(said.children.len(), 1);
        assert_eq!(said.children[0].bytes, package());
        assert_eq!(said.children[0].name.text, "表.xlsx");
    }
}

#[test]
fn a_default_password_is_a_finding_and_a_typed_one_is_not() {
    let said = unlocked(&agile(&package(), DEFAULT, 100), "other");
    assert_eq!(trial::observed(&said, BY_ITSELF).as_deref(), Some(DEFAULT));
    assert_eq!(trial::findings(&said), [(BY_ITSELF, "medium")]);
    let said = unlocked(&agile(&package(), "", 100), "other");
    assert_eq!(trial::observed(&said, BY_ITSELF).as_deref(), Some("an empty password"));
    // Near misses: a password somebody types, and one the user gave.
    let said = unlocked(&agile(&package(), "VelvetSweatshop1", 100), "VelvetSweatshop1");
    assert_eq!(trial::findings(&said), [(FOUND, "low")]);
    let said = unlocked_with(&agile(&package(), "own", 100), &[("own", PasswordSource::CommandLine)]);
    assert_eq!(trial::findings(&said), []);
    assert_eq!(said.children[0].bytes, package());
}

#[test]
fn what_no_password_opens_stays_locked() {
    for locked in [agile(&package(), "k7Jq2", 100), standard(&package(), "k7Jq2", 2)] {
        let said = unlocked(&locked, "wrong");
        assert_eq!(said.problems.len(), 1);
        assert_eq!(said.problems[0].kind, ProblemKind::Encrypted);
        assert!(said.problems[0].what.contains("no password at hand opens it"));
        assert!(said.children.is_empty() && said.findings.is_empty());
    }
}

#[test]
fn a_changed_package_is_read_and_said_to_be_damaged() {
    let mut locked = agile(&package(), "k7Jq2", 100);
    let view = OleView::parse(&locked.clone().into()).unwrap();
    let stream = view.stream("EncryptedPackage").unwrap();
    let place = memchr::memmem::find(&locked, &stream[..64]).unwrap();
    locked[place + 40] ^= 1;
    let said = unlocked(&locked, "k7Jq2");
    assert!(problems(&said)[0].contains("HMAC"));
    assert_eq!(said.problems[0].kind, ProblemKind::Damaged);
    assert_eq!(said.children[0].bytes[64..], package()[64..]);
}

#[test]
fn a_stated_size_hides_nothing() {
    let mut locked = agile(&package(), "k7Jq2", 100);
    let place = memchr::memmem::find(&locked, &10_000u64.to_le_bytes()).unwrap();
    locked[place..place + 4].copy_from_slice(&100u32.to_le_bytes());
    let said = unlocked(&locked, "k7Jq2");
    assert_eq!(said.children[0].bytes, package()[..100]);
    assert!(said.children[1].bytes.starts_with(&package()[100..]));
    locked[place..place + 4].copy_from_slice(&20_000u32.to_le_bytes());
    let said = unlocked(&locked, "k7Jq2");
    assert!(problems(&said).iter().any(|what| what.starts_with("20000 bytes of content are stated")));
    assert!(said.children[0].bytes.starts_with(&package()));
}

#[test]
fn hashing_without_end_is_a_limit() {
    let artifact = trial::file("a.xlsx", vec![0; 10]);
    let budget = crate::budget::Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, std::sync::Arc::default(), &budget);
    let mut candidates = super::password::candidates(&artifact, &out);
    let offered = PasswordHint { text: "k7Jq2".to_owned(), source: PasswordSource::Body };
    candidates.push(super::password::Password::new(offered, false));
    let mut tried = 0;
    let mut found = |rounds: u32, out: &mut Outcome<'_>| {
        search(&candidates, rounds, &Location::whole(), out, |_, _| {
            tried += 1;
            Ok(None::<()>)
        })
    };
    assert!(found(MAX_ROUNDS + 1, &mut out).is_none());
    assert!(found(MAX_ROUNDS, &mut out).is_none());
    // None by the first count; what thirty million rounds allow by the second.
    assert_eq!(tried, 3);
    let said = out.into_said();
    assert_eq!(said.problems.len(), 2);
    assert!(said.problems.iter().all(|problem| problem.kind == ProblemKind::Limit));
}

#[test]
fn rights_management_is_named() {
    let managed = Cfb::new()
        .stream("\u{6}DataSpaces/TransformInfo/DRMEncryptedTransform/\u{6}Primary", vec![0; 200])
        .stream("EncryptedPackage", vec![0; 5000])
        .build();
    assert!(problems(&unlocked(&managed, "x"))[0].contains("rights-managed"));
    assert!(trial::is_taken(&kinds::ENCRYPTED_OOXML, &trial::file("a.docx", managed)));
    let binary = Cfb::new().stream("\u{9}DRMContent", vec![0; 5000]).build();
    assert!(problems(&unlocked(&binary, "x"))[0].contains("rights-managed"));
}

#[test]
fn workbooks_open_record_by_record() {
    let clear = Workbook::new().sheet("売上", 0, 0).auto_open().label(&"x".repeat(3000)).build();
    for method in [Method::Rc4, Method::CryptoApi, Method::Xor] {
        let file = Cfb::new().stream("Workbook", workbook(&clear, "abc", method)).stream("other", vec![7; 99]).build();
        let said = unlocked(&file, "abc");
        assert_eq!(problems(&said), [""; 0], "{method:?}");
        assert_eq!(stream(&said, "other"), [7; 99]);
        let opened = stream(&said, "Workbook");
        let first = 4 + usize::from(clear[2]);
        assert_eq!(opened[..first], clear[..first]);
        assert_eq!(opened[first..first + 2], [0xFF, 0x7F], "FilePass is gone");
        let pass = 4 + usize::from(u16::from_le_bytes([opened[first + 2], opened[first + 3]]));
        assert_eq!(opened[first + pass..], clear[first..], "{method:?}");
        assert!(problems(&unlocked(&file, "abd"))[0].contains("no password at hand opens it"));
    }
}

#[test]
fn word_documents_open_in_three_streams() {
    let text: Vec<u8> = (0..6000u32).map(|number| (number / 3) as u8).collect();
    for method in [Method::Rc4, Method::CryptoApi, Method::Xor] {
        let (document, table) = word(&text, b"the table", "abc", method);
        let file = Cfb::new().stream("WordDocument", document).stream("0Table", table).build();
        let said = unlocked(&file, "abc");
        assert_eq!(problems(&said), [""; 0], "{method:?}");
        let opened = stream(&said, "WordDocument");
        assert_eq!(opened[10..12], [0, 0], "the flags are gone");
        assert_eq!(opened[68..], text[68..], "{method:?}");
        assert!(stream(&said, "0Table").ends_with(b"the table"));
    }
}

#[test]
fn presentations_open_object_by_object() {
    let object = |body: &[u8]| [&[0, 0, 0xE8, 3], (body.len() as u32).to_le_bytes().as_slice(), body].concat();
    let (first, second) = (object(&[1; 700]), object(b"a title"));
    let (user, document) = presentation(&[first.clone(), second.clone()], "abc");
    let file = Cfb::new().stream("Current User", user).stream("PowerPoint Document", document).build();
    let said = unlocked(&file, "abc");
    assert_eq!(problems(&said), [""; 0]);
    assert!(stream(&said, "PowerPoint Document").starts_with(&[first, second].concat()));
    assert_eq!(stream(&said, "Current User")[12..16], [0x5F, 0xC0, 0x91, 0xE3]);
}

#[test]
fn properties_encrypted_beside_a_document_come_back() {
    let (user, document) = presentation(&[vec![0; 8]], "abc");
    let parts: [(&str, &[u8]); 2] =
        [("\u{5}SummaryInformation", b"title"), ("\u{5}DocumentSummaryInformation", b"more")];
    let file = Cfb::new()
        .stream("Current User", user)
        .stream("PowerPoint Document", document)
        .stream("EncryptedSummary", properties(&parts, "abc"))
        .build();
    let said = unlocked(&file, "abc");
    assert_eq!(stream(&said, "\u{5}SummaryInformation"), b"title");
    assert_eq!(stream(&said, "\u{5}DocumentSummaryInformation"), b"more");
}

#[test]
fn what_is_cut_or_odd_is_said_and_nothing_breaks() {
    let clear = Workbook::new().sheet("a", 0, 0).build();
    let (document, table) = word(&[0; 2000], &[0; 600], "abc", Method::CryptoApi);
    let files = [
        Cfb::new().stream("Workbook", workbook(&clear, "abc", Method::CryptoApi)).build(),
        Cfb::new().stream("WordDocument", document).stream("0Table", table).build(),
        agile(&package(), "abc", 10),
    ];
    for file in files {
        for step in 0..100 {
            let mut broken = file.clone();
            let place = 512 + (step * 97) % (broken.len() - 512);
            broken[place] = broken[place].wrapping_add(step as u8 | 1);
            broken.truncate(broken.len() - (step * 31) % 600);
            let artifact = trial::file("a", broken);
            if artifact.view::<OleView>().is_ok() {
                unlocked_with(&artifact.bytes, &[("abc", PasswordSource::Body)]);
            }
        }
    }
}
