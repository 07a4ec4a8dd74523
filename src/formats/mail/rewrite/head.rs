//! Header sections as bytes (RFC 5322 section 2.2).

/// The header section of a message, from its first byte to the blank line and with it; nothing if no blank line ends it.
pub(super) fn section(message: &[u8]) -> Option<&[u8]> {
    let mut start = 0usize;
    for end in memchr::memchr_iter(b'\n', message) {
        let next = end.saturating_add(1);
        if matches!(message.get(start..next)?, b"\n" | b"\r\n") {
            return message.get(..next);
        }
        start = next;
    }
    None
}

/// How a message ends its lines, by its first.
pub(super) fn line_end(message: &[u8]) -> &'static str {
    let end = memchr::memchr(b'\n', message).unwrap_or_default();
    let has_cr = end.checked_sub(1).and_then(|before| message.get(before)) == Some(&b'\r');
    if has_cr { "\r\n" } else { "\n" }
}

/// The fields of a header section, each with its folds and line ends.
fn fields(section: &[u8]) -> Vec<&[u8]> {
    let mut fields: Vec<&[u8]> = Vec::new();
    let mut start = 0usize;
    for end in memchr::memchr_iter(b'\n', section) {
        let next = end.saturating_add(1);
        // A line that begins with a blank belongs to the field before it.
        if !matches!(section.get(next), Some(b' ' | b'\t')) {
            fields.extend(section.get(start..next));
            start = next;
        }
    }
    fields
}

fn is_named(field: &[u8], name: &str) -> bool {
    let colon = memchr::memchr(b':', field);
    colon
        .and_then(|colon| field.get(..colon))
        .is_some_and(|bytes| bytes.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes()))
}

/// A header section with changes: each replaces or deletes the first field of its name, or adds one at the end.
pub(super) fn changed(section: &[u8], changes: &[(String, Option<String>)]) -> Vec<u8> {
    let line_end = line_end(section);
    let mut fields: Vec<Vec<u8>> = fields(section).into_iter().map(<[u8]>::to_vec).collect();
    let blank = fields.pop().unwrap_or_default();
    for (name, value) in changes {
        let written = value.as_ref().map(|value| format!("{name}: {value}{line_end}").into_bytes());
        let place = fields.iter().position(|field| is_named(field, name));
        match (place.and_then(|place| fields.get_mut(place)), written) {
            (Some(field), written) => *field = written.unwrap_or_default(),
            (None, Some(written)) => fields.push(written),
            (None, None) => {}
        }
    }
    fields.push(blank);
    fields.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_ends_at_the_first_blank_line() {
        assert_eq!(section(b"A: 1\r\nB: 2\r\n\r\nx\r\n\r\n"), Some(b"A: 1\r\nB: 2\r\n\r\n".as_slice()));
        assert_eq!(section(b"A: 1\n\nx"), Some(b"A: 1\n\n".as_slice()));
        assert_eq!(section(b"A: 1\r\n \r\n\r\n"), Some(b"A: 1\r\n \r\n\r\n".as_slice()));
        assert_eq!(section(b"A: 1\r\n"), None);
        assert_eq!(section(b""), None);
    }

    #[test]
    fn only_the_fields_named_change() {
        let section = b"A: 1\r\nContent-Type: x;\r\n\ty=z\r\ncontent-md5 : q\r\nB: 2\r\n\r\n";
        let changes = [
            ("content-type".to_owned(), Some("text/plain".to_owned())),
            ("Content-MD5".to_owned(), None),
            ("Content-Language".to_owned(), None),
            ("MIME-Version".to_owned(), Some("1.0".to_owned())),
        ];
        let expected = b"A: 1\r\ncontent-type: text/plain\r\nB: 2\r\nMIME-Version: 1.0\r\n\r\n";
        assert_eq!(changed(section, &changes), expected);
        assert_eq!(changed(section, &[]), section);
        assert_eq!(changed(b"A: 1\n\n", &changes[3..]), b"A: 1\nMIME-Version: 1.0\n\n");
    }
}
