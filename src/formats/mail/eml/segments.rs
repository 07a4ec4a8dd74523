//! Parameters in pieces (RFC 2231 sections 3 and 4): `name*0*=utf-8''a; name*1=b`. Programs differ in what they make of
//! gaps, repeats and other orders; every value one of them sees is a reading.

use crate::formats::mail::charset::{Place, decode as decode_charset};
use crate::formats::mail::encoded_word;
use crate::formats::text::percent::percent_decoded;

use super::params::{Form, MAX_SEGMENTS, Param, Written};

#[derive(Clone, Copy)]
struct Segment<'a> {
    index: usize,
    is_encoded: bool,
    value: &'a str,
}

/// The readings of `base*`, `base*0`, `base*0*`, `base*1`, …, the one the standard asks for first.
pub(super) fn readings(base: &str, written: &[Written]) -> Vec<Param> {
    let mut whole: Vec<Segment<'_>> = Vec::new();
    let mut pieces: Vec<Segment<'_>> = Vec::new();
    for param in written {
        let Some((name, suffix)) = param.name.split_once('*') else { continue };
        if name != base || pieces.len() >= MAX_SEGMENTS {
            continue;
        }
        let (number, is_encoded) = match suffix.strip_suffix('*') {
            Some(number) => (number, true),
            None => (suffix, suffix.is_empty()),
        };
        if number.is_empty() {
            whole.push(Segment { index: 0, is_encoded: true, value: &param.value });
        } else if let Ok(index) = number.parse() {
            pieces.push(Segment { index, is_encoded, value: &param.value });
        }
    }
    let mut found: Vec<Param> = Vec::new();
    let mut say = |segments: &[Segment<'_>], form: Form| {
        let value = join(segments);
        if !value.is_empty() && !found.iter().any(|known| known.value == value) {
            found.push(Param { name: base.to_owned(), value, form });
        }
    };
    for segment in whole.iter().take(4) {
        say(&[*segment], Form::Extended);
    }
    if pieces.is_empty() {
        return found;
    }
    let mut sorted = pieces.clone();
    sorted.sort_by_key(|segment| segment.index);
    let mut first_wins = sorted.clone();
    first_wins.dedup_by_key(|segment| segment.index);
    say(&first_wins, Form::Extended);
    let until_gap: Vec<Segment<'_>> = first_wins
        .iter()
        .enumerate()
        .take_while(|(at, segment)| *at == segment.index)
        .map(|(_, segment)| *segment)
        .collect();
    say(&until_gap, Form::Extended);
    if first_wins.len() < sorted.len() {
        let mut last_wins: Vec<Segment<'_>> = sorted.iter().rev().copied().collect();
        last_wins.dedup_by_key(|segment| segment.index);
        last_wins.reverse();
        say(&last_wins, Form::Extended);
    }
    say(&pieces, Form::Guessed);
    found
}

fn join(segments: &[Segment<'_>]) -> String {
    let mut charset: Option<String> = None;
    let mut bytes: Vec<u8> = Vec::new();
    let mut any_encoded = false;
    for (position, segment) in segments.iter().enumerate() {
        let mut value = segment.value;
        if position == 0 && segment.is_encoded {
            let mut pieces = value.splitn(3, '\'');
            if let (Some(label), Some(_), Some(text)) = (pieces.next(), pieces.next(), pieces.next()) {
                charset = Some(label.trim().to_owned()).filter(|label| !label.is_empty());
                value = text;
            }
        }
        any_encoded |= segment.is_encoded;
        if segment.is_encoded {
            bytes.extend(percent_decoded(value.as_bytes()));
        } else {
            bytes.extend_from_slice(value.as_bytes());
        }
    }
    let text = decode_charset(charset.as_deref(), &bytes, Place::Header).text;
    if any_encoded { text } else { encoded_word::decode(&text) }
}
