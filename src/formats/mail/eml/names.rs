//! The names of a part: every one its headers give, the one Outlook shows first.

use crate::model::EntryName;
use crate::model::name;

use super::header::Headers;
use super::params::{self, Form, Param};

/// Names of one part that are kept.
const MAX_NAMES: usize = 16;

/// What the headers call a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PartNames {
    /// Every name; none if the headers give none.
    pub(super) name: Option<EntryName>,
    /// Two names that would open in different programs, if there are such.
    pub(super) conflict: Option<(String, String)>,
}

/// The names in `Content-Disposition` (RFC 2183), then those in `Content-Type`, then the end of `Content-Location`
/// (MHTML, RFC 2557). In each the extended form of RFC 2231 comes first, second opinions last.
pub(super) fn names(headers: &Headers) -> PartNames {
    let mut found: Vec<Param> = Vec::new();
    for (field, parameter) in [("content-disposition", "filename"), ("content-type", "name")] {
        let mut of_field: Vec<Param> = headers
            .all(field)
            .flat_map(|header| params::parse(&header.value).params)
            .filter(|param| param.name == parameter && !param.value.trim().is_empty())
            .collect();
        of_field.sort_by_key(|param| param.form);
        found.extend(of_field);
    }
    // Second opinions of any field come after what is written plainly in the other.
    found.sort_by_key(|param| param.form == Form::Guessed);
    found.truncate(MAX_NAMES);
    let written: Vec<&str> =
        found.iter().filter(|param| param.form != Form::Guessed).map(|param| param.value.as_str()).collect();
    let conflict = conflict(&written);
    let mut values = found.iter().map(|param| param.value.clone());
    let name = match values.next() {
        Some(first) => Some(values.fold(EntryName::new(first), EntryName::also)),
        None => headers.text("content-location").and_then(|location| last_segment(&location)).map(EntryName::new),
    };
    PartNames { name, conflict }
}

/// Two names whose extensions differ: the program that opens the file depends on which one a mailer takes.
fn conflict(written: &[&str]) -> Option<(String, String)> {
    let (first, rest) = written.split_first()?;
    let extension = name::extension(first);
    let other = rest.iter().find(|other| {
        let theirs = name::extension(other);
        theirs != extension && !theirs.is_empty() && !extension.is_empty()
    })?;
    Some(((*first).to_owned(), (*other).to_owned()))
}

/// The file name at the end of a URL.
fn last_segment(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next().unwrap_or(location);
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let (_, last) = path.rsplit_once(['/', '\\'])?;
    (last.contains('.') && last.len() <= 255).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::mail::eml::header::Header;
    use sekisho_samples::mail::{NameStyle, Part, Transfer};

    fn of(part: &[u8]) -> PartNames {
        let head = part.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let text = &part[..head + 2];
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if line[0] == b' ' {
                ranges.last_mut().unwrap().end = at + line.len();
            } else {
                ranges.push(at..at + line.len());
            }
            at += line.len();
        }
        names(&Headers(ranges.iter().filter_map(|range| Header::parse(part, range)).collect()))
    }

    #[test]
    fn reads_every_style_of_name() {
        for style in [
            NameStyle::Usual,
            NameStyle::Raw("shift_jis"),
            NameStyle::Raw("iso-2022-jp"),
            NameStyle::Raw("utf-8"),
            NameStyle::Raw("euc-jp"),
            NameStyle::Words("iso-2022-jp"),
            NameStyle::Words("shift_jis"),
            NameStyle::QWords("utf-8"),
            NameStyle::Extended("utf-8"),
            NameStyle::Extended("iso-2022-jp"),
            NameStyle::Extended("shift_jis"),
            NameStyle::Continued("utf-8", 20),
            NameStyle::Continued("shift_jis", 7),
        ] {
            let part = Part::file_as(style, "予約確認表 ソ能.pdf", "application/pdf", Transfer::Base64, b"x").bytes();
            let found = of(&part);
            assert_eq!(found.name.map(|name| name.text), Some("予約確認表 ソ能.pdf".to_owned()), "{style:?}");
            assert_eq!(found.conflict, None, "{style:?}");
        }
    }

    #[test]
    fn names_that_open_differently_conflict() {
        let part =
            b"Content-Disposition: attachment; filename=\"t.pdf\"; filename*0*=UTF-8''t.p; filename*1*=df.exe\r\n\r\n";
        let found = of(part);
        assert_eq!(found.name, Some(EntryName::new("t.pdf.exe").also("t.pdf")));
        assert!(found.conflict.is_some());
        let fallback =
            b"Content-Disposition: attachment; filename=\"ticket.pdf\"; filename*=UTF-8''%E8%88%AA.pdf\r\n\r\n";
        assert_eq!(of(fallback).conflict, None);
        let unnamed = b"Content-Location: http://example.com/a/pic.png?x=1\r\n\r\n";
        assert_eq!(of(unnamed).name, Some(EntryName::new("pic.png")));
    }
}
