//! Content lines, the grammar calendars and contact cards share (RFC 5545 section 3.1, RFC 6350 section 3.2): `NAME;
//! PARAMETER=value:value`, folded with a blank; and what version 2.1 of the cards did instead (soft line breaks of
//! quoted-printable, base64 until an empty line).

use bytes::Bytes;

use crate::formats::document::html::payload::data_url;
use crate::formats::link::Link;
use crate::formats::mail::eml::transfer::{base64, quoted_printable};
use crate::model::{EntryName, Location, Origin, OriginKind};
use crate::stage::{Outcome, StageError};

/// Lines read of one file.
const MAX_LINES: usize = 50_000;

/// One line, unfolded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContentLine {
    /// Its name, upper case, without a group (`item1.URL` is `URL`).
    pub name: String,
    /// Its parameters, names upper case.
    pub params: Vec<(String, String)>,
    /// Its value as written.
    pub value: String,
    /// Offset of its first byte.
    pub offset: usize,
}

impl ContentLine {
    /// The first parameter of this name.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the value is base64: `ENCODING=BASE64`, `ENCODING=b`, or the bare `BASE64` of version 2.1.
    pub(crate) fn is_base64(&self) -> bool {
        self.params.iter().any(|(name, value)| {
            let value = value.to_ascii_uppercase();
            (name == "ENCODING" && matches!(value.as_str(), "BASE64" | "B")) || (name == "BASE64" && value.is_empty())
        })
    }

    fn is_quoted_printable(&self) -> bool {
        self.params.iter().any(|(name, value)| {
            name == "ENCODING" && value.eq_ignore_ascii_case("quoted-printable")
                || name == "QUOTED-PRINTABLE" && value.is_empty()
        })
    }

    /// The bytes of a value in base64.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        base64(self.value.as_bytes()).bytes
    }

    /// The value as text: escapes undone (RFC 5545 section 3.3.11).
    pub(crate) fn text(&self) -> String {
        let value = if self.is_quoted_printable() {
            String::from_utf8_lossy(&quoted_printable(self.value.as_bytes())).into_owned()
        } else {
            self.value.clone()
        };
        let mut out = String::with_capacity(value.len());
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => out.push('\n'),
                    Some(escaped @ (',' | ';' | '\\' | ':' | '"')) => out.push(escaped),
                    Some(other) => out.extend(['\\', other]),
                    None => out.push('\\'),
                },
                c => out.push(c),
            }
        }
        out
    }
}

/// Gives what a line brings: a file written in it becomes a child, an address an indicator. The link it is comes back.
pub(crate) fn give(
    line: &ContentLine,
    fallback: &str,
    is_file: bool,
    out: &mut Outcome<'_>,
) -> Result<Option<Link>, StageError> {
    const NAMES: [&str; 5] = ["FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME", "X-LABEL"];
    let claimed = ["FMTTYPE", "MEDIATYPE"].iter().find_map(|name| line.param(name)).map(str::to_ascii_lowercase);
    let (content, claimed, how) = if line.is_base64() {
        (line.bytes(), claimed, "base64")
    } else {
        let value = line.text();
        match data_url(&value) {
            Some((media_type, content)) => {
                (content, Some(media_type).filter(|text| !text.is_empty()).or(claimed), "data URL")
            }
            None => {
                let link = Link::of(&value);
                if let Some(ioc) = link.ioc(Location::at(line.offset), &line.name) {
                    out.ioc(ioc);
                }
                return Ok(Some(link));
            }
        }
    };
    if content.is_empty() {
        return Ok(None);
    }
    let name = NAMES.iter().find_map(|name| line.param(name)).filter(|name| !name.is_empty()).unwrap_or(fallback);
    let detail = format!("{} in {how}", line.name);
    let origin =
        if is_file { Origin::file(OriginKind::Decoded, detail) } else { Origin::part(OriginKind::Decoded, detail) };
    let origin = match claimed {
        Some(claimed) if claimed.contains('/') => origin.claiming(claimed),
        _ => origin,
    };
    out.child_bytes(EntryName::new(name), origin, Bytes::from(content))?;
    Ok(None)
}

/// The lines of a text, and whether there were more than are read.
pub(crate) fn content_lines(text: &str) -> (Vec<ContentLine>, bool) {
    let mut lines: Vec<ContentLine> = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut at = 0usize;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at = at.saturating_add(raw.len());
        let line = raw.trim_end_matches(['\r', '\n']);
        if let Some(folded) = line.strip_prefix([' ', '\t']) {
            if let Some((content, _)) = &mut open {
                content.push_str(folded);
            }
            continue;
        }
        // A soft line break of quoted-printable.
        if let Some((content, _)) = open.as_mut().filter(|(content, _)| content.ends_with('=') && is_quoted(content)) {
            content.push_str("\r\n");
            content.push_str(line);
            continue;
        }
        lines.extend(open.take().and_then(|(content, offset)| parse(&content, offset)));
        if lines.len() >= MAX_LINES {
            return (lines, true);
        }
        if !line.trim().is_empty() {
            open = Some((line.to_owned(), start));
        }
    }
    lines.extend(open.and_then(|(content, offset)| parse(&content, offset)));
    (lines, false)
}

fn is_quoted(content: &str) -> bool {
    const HEAD: usize = 200;
    let head: String = content.chars().take(HEAD).collect();
    let head = head.to_ascii_uppercase();
    head.split(':').next().is_some_and(|head| head.contains("QUOTED-PRINTABLE"))
}

fn parse(content: &str, offset: usize) -> Option<ContentLine> {
    const MAX_PARAMS: usize = 64;
    let mut is_quoted = false;
    let mut pieces: Vec<&str> = Vec::new();
    let mut from = 0usize;
    let mut value = None;
    for (at, c) in content.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted && pieces.len() < MAX_PARAMS => {
                pieces.push(content.get(from..at).unwrap_or_default());
                from = at.saturating_add(1);
            }
            ':' if !is_quoted => {
                pieces.push(content.get(from..at).unwrap_or_default());
                value = content.get(at.saturating_add(1)..);
                break;
            }
            _ => {}
        }
    }
    let value = value?.to_owned();
    let (name, params) = pieces.split_first()?;
    let name = name.rsplit('.').next().unwrap_or(name).trim().to_ascii_uppercase();
    let params = params
        .iter()
        .map(|param| match param.split_once('=') {
            Some((name, value)) => (name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()),
            None => (param.trim().to_ascii_uppercase(), String::new()),
        })
        .collect();
    (!name.is_empty()).then_some(ContentLine { name, params, value, offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_unfolded_and_parameters_read() {
        let text = "BEGIN:VCALENDAR\r\nATTACH;FMTTYPE=\"a:b\";ENCODING=BASE64:aGVs\r\n bG8=\r\nitem1.URL:http://example.com/\r\nX\r\n";
        let (lines, is_cut) = content_lines(text);
        assert!(!is_cut);
        let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["BEGIN", "ATTACH", "URL"]);
        assert_eq!(lines[1].param("FMTTYPE"), Some("a:b"));
        assert!(lines[1].is_base64());
        assert_eq!(lines[1].bytes(), b"hello");
        assert_eq!(lines[2].offset, text.find("item1").unwrap());
    }

    #[test]
    fn cards_of_version_2_1_are_read() {
        let text =
            "NOTE;ENCODING=QUOTED-PRINTABLE:a=3D=\r\nb\r\nPHOTO;BASE64;JPEG:\r\n aGVs\r\n bG8=\r\n\r\nEND:VCARD\r\n";
        let (lines, _) = content_lines(text);
        assert_eq!(lines[0].text(), "a=b");
        assert!(lines[1].is_base64());
        assert_eq!(lines[1].bytes(), b"hello");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn escapes_are_undone() {
        let (lines, _) = content_lines("DESCRIPTION:a\\nb\\, c\\\\d\n");
        assert_eq!(lines[0].text(), "a\nb, c\\d");
    }
}
