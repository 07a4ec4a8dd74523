//! Walks of messages that programs read differently.

use super::*;
use sekisho_samples::mail::deep_mime;

fn bodies(bytes: &[u8], reading: Reading) -> Vec<(Role, String)> {
    walk(bytes, reading)
        .segments
        .into_iter()
        .map(|segment| (segment.role, String::from_utf8_lossy(&bytes[segment.body]).into_owned()))
        .collect()
}

fn part(text: &str) -> (Role, String) {
    (Role::Part, text.to_owned())
}

const HEAD: &str = "Subject: x\nContent-Type: multipart/mixed; boundary=B\n\n";

#[test]
fn splits_at_boundaries() {
    let mail = format!("{HEAD}hello\n--B\nContent-Type: text/plain\n\none\n\n--B\n\ntwo\n--B--\nbye\n");
    assert_eq!(
        bodies(mail.as_bytes(), Reading::default()),
        [(Role::Preamble, "hello".to_owned()), part("one\n"), part("two"), (Role::Epilogue, "bye\n".to_owned())]
    );
}

#[test]
fn an_outer_boundary_ends_inner_multiparts() {
    let mail = format!("{HEAD}--B\nContent-Type: multipart/alternative; boundary=C\n\n--C\n\none\n--B\n\ntwo\n");
    assert_eq!(bodies(mail.as_bytes(), Reading::default()), [part("one"), part("two\n")]);
    assert_eq!(walk(mail.as_bytes(), Reading::default()).problems.len(), 2);
}

#[test]
fn parts_after_the_end_boundary_are_parts() {
    let mail = format!("{HEAD}--B\n\none\n--B--\n--B\n\ntwo\n--B--\n");
    let walked = walk(mail.as_bytes(), Reading::default());
    assert_eq!(bodies(mail.as_bytes(), Reading::default()), [part("one"), part("two")]);
    assert!(walked.seen.part_after_end.is_some());
}

#[test]
fn readings_differ_where_programs_do() {
    let two = "Content-Type: multipart/mixed; boundary=A; boundary=B\n\n--A\n\nfirst\n--A--\n--B\n\nsecond\n--B--\n";
    assert!(bodies(two.as_bytes(), Reading::default()).contains(&part("first")));
    let second = Reading { boundary_index: 1, ..Reading::default() };
    assert!(bodies(two.as_bytes(), second).contains(&part("second")));

    let junk = format!("{HEAD}--B\njunk\nContent-Type: text/html\n\none\n--B--\n");
    assert!(walk(junk.as_bytes(), Reading::default()).seen.fields_after_junk);
    assert_eq!(bodies(junk.as_bytes(), Reading { skips_junk: true, ..Reading::default() }), [part("one")]);

    let unnamed = "Content-Type: multipart/mixed\n\n--Q\nContent-Type: text/plain\n\none\n--Q--\n";
    assert!(walk(unnamed.as_bytes(), Reading::default()).seen.unused_boundary);
    assert_eq!(bodies(unnamed.as_bytes(), Reading { guesses_boundary: true, ..Reading::default() }), [part("one")]);
}

#[test]
fn a_missing_blank_line_before_the_first_boundary_is_survived() {
    let mail = "Content-Type: multipart/mixed; boundary=B\n--B\nContent-Type: text/plain\n\none\n--B--\n";
    assert_eq!(bodies(mail.as_bytes(), Reading::default()), [part("one")]);
}

#[test]
fn ten_thousand_levels_end_in_a_limit() {
    let walked = walk(&deep_mime(10_000), Reading::default());
    assert!(walked.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
    assert!(walked.segments.iter().any(|segment| segment.role == Role::TooDeep));
}

#[test]
fn tells_fields_from_text() {
    assert_eq!(field_name(b"Subject: x"), Some(7));
    assert_eq!(field_name(b"Content-Type (c) : x"), Some(12));
    assert_eq!(field_name(b"Dear John: hello"), None);
    assert_eq!(field_name(b"--a:b"), None);
    assert_eq!(field_name("件名: x".as_bytes()), None);
}

#[test]
fn blanks_nul_bytes_and_bare_returns_are_readings() {
    let blank = format!("{HEAD}--B\nContent-Type: text/html\n \nContent-Type: text/css\n\none\n--B--\n");
    assert!(walk(blank.as_bytes(), Reading::default()).seen.blank_line);
    let ends = Reading { ends_at_blanks: true, ..Reading::default() };
    assert_eq!(bodies(blank.as_bytes(), ends), [part("Content-Type: text/css\n\none")]);

    let nul = "Content-Type: multipart/mixed; boundary=B\n\n--B\0\nContent-\0Type: text/html\n\none\n--B--\n";
    assert!(walk(nul.as_bytes(), Reading::default()).seen.nul);
    assert_eq!(bodies(nul.as_bytes(), Reading { drops_nul: true, ..Reading::default() }), [part("one")]);

    let bare = format!("{HEAD}--B\n\none\r--B\r\rtwo\n--B--\n");
    assert!(walk(bare.as_bytes(), Reading::default()).seen.bare_cr);
    let ends = Reading { ends_at_bare_cr: true, ..Reading::default() };
    assert_eq!(bodies(bare.as_bytes(), ends), [part("one"), part("two")]);
}

#[test]
fn boundaries_in_places_where_none_belong() {
    let other = "Content-Type: application/x; boundary=B\n\n--B\n\none\n--B--\n";
    assert!(walk(other.as_bytes(), Reading::default()).seen.boundary_elsewhere);
    assert_eq!(bodies(other.as_bytes(), Reading { splits_any_type: true, ..Reading::default() }), [part("one")]);

    let empty = "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n----\n";
    assert_eq!(bodies(empty.as_bytes(), Reading { guesses_boundary: true, ..Reading::default() }), [part("one")]);

    let cased = "Content-Type: multipart/mixed; boundary=Bound\n\n--BOUND\n\none\n--bound--\n";
    assert!(walk(cased.as_bytes(), Reading::default()).seen.near_boundary);
    assert_eq!(bodies(cased.as_bytes(), Reading { matches_prefix: true, ..Reading::default() }), [part("one")]);
}

#[test]
fn a_multipart_may_be_encoded_as_a_whole() {
    let encoded = "Content-Type: multipart/mixed; boundary=B\nContent-Transfer-Encoding: base64\n\nLS1CCgpvbmUK\n";
    let walked = walk(encoded.as_bytes(), Reading::default());
    assert_eq!(walked.segments.first().map(|segment| segment.role), Some(Role::Encoded));
    let plain = format!("Content-Transfer-Encoding: base64\n{HEAD}--B\n\none\n--B--\n");
    assert_eq!(bodies(plain.as_bytes(), Reading::default()), [part("one")]);
}
