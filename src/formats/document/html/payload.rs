//! Files written into a page: `data:` URLs (RFC 2397) and long strings of base64 in its code.

use crate::formats::text::base64::{from_base64, from_base64_url};
use crate::formats::text::percent::percent_decoded;

/// Shortest string of base64 that is taken for a payload.
const MIN_PAYLOAD: usize = 100;
/// Payloads taken from one page.
const MAX_PAYLOADS: usize = 200;

/// The content of a `data:` URL, and the media type it claims.
pub(crate) fn data_url(url: &str) -> Option<(String, Vec<u8>)> {
    let rest = url.trim_start();
    let rest = rest.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).and_then(|_| rest.get(5..))?;
    let (head, body) = rest.split_once(',')?;
    let mut parts = head.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_lowercase();
    let body = percent_decoded(body.as_bytes());
    let content = if parts.any(|part| part.eq_ignore_ascii_case("base64")) { base64(&body)? } else { body };
    Some((media_type, content))
}

/// Long runs of base64 in code, decoded: only those inside quotes, joined where code joins them with `+`.
pub(crate) fn strings(code: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut run = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let (between, from) = rest.split_at(at);
        let joins = between.chars().all(|c| c.is_whitespace() || matches!(c, '+' | '\\' | '_'));
        if !joins {
            finish(&mut run, &mut found);
        }
        let mut characters = from.chars();
        let Some(quote) = characters.next() else { break };
        let inner = characters.as_str();
        let Some(end) = inner.find(quote) else { break };
        let (text, after) = inner.split_at(end);
        if text.chars().all(is_base64) {
            run.push_str(text);
        } else {
            finish(&mut run, &mut found);
        }
        rest = after.get(1..).unwrap_or_default();
        if found.len() >= MAX_PAYLOADS {
            return found;
        }
    }
    finish(&mut run, &mut found);
    found
}

fn finish(run: &mut String, found: &mut Vec<Vec<u8>>) {
    if run.len() >= MIN_PAYLOAD
        && let Some(content) = base64(run.as_bytes())
    {
        found.push(content);
    }
    run.clear();
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '\n' | '\r' | ' ' | '\\')
}

/// Base64 in either alphabet, blanks passed over.
pub(crate) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let dense: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'\\').collect();
    from_base64(&dense).or_else(|| from_base64_url(&dense))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    #[test]
    fn reads_data_urls() {
        assert_eq!(data_url("data:text/html;base64,PGI+"), Some(("text/html".to_owned(), b"<b>".to_vec())));
        assert_eq!(data_url("DATA:,a%20b"), Some((String::new(), b"a b".to_vec())));
        assert_eq!(data_url("https://example.com/,"), None);
    }

    #[test]
    fn reads_joined_strings() {
        let payload = vec![7u8; 300];
        let text = base64::engine::general_purpose::STANDARD.encode(&payload);
        let (a, b) = text.split_at(150);
        let code = format!("var x = 'short'; var p = '{a}' +\n \"{b}\"; go(p);");
        assert_eq!(strings(&code), [payload]);
        assert!(strings("var t = 'An ordinary sentence of a page, not base64.';").is_empty());
    }
}
