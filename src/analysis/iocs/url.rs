//! URLs: candidates cut generously around `://`, then judged by a WHATWG parser.

use url::Url;

use super::findings::HIDES_HOST;
use super::host;
use super::reading::{Finds, MAX_LENGTH, Reading, find};
use super::{rewritten, unc};
use crate::knowledge::iocs::words;
use crate::knowledge::noise;
use crate::model::IocKind;

/// URLs looked for inside one other.
const MAX_INNER: usize = 8;

/// A URL around a `://`. Gives the position up to which the text is part of it.
pub(super) fn at_scheme(reading: &Reading<'_>, anchor: usize, finds: &mut Finds) -> usize {
    let Some(start) = scheme_start(reading, anchor) else { return 0 };
    let end = candidate_end(reading, start, anchor.saturating_add(3));
    let candidate = reading.piece(start, end);
    finds.pay(candidate.len());
    say_readings(reading, candidate, start, finds);

    // Redirectors carry other URLs; the outer one has swallowed them. URL Defense's is unwrapped by its own rule.
    if candidate.contains("/v3/__") {
        return end;
    }
    let mut from = anchor.saturating_add(3);
    for _ in 0..MAX_INNER {
        let Some(next) = reading.piece(from, end).find("://").map(|index| from.saturating_add(index)) else { break };
        if let Some(inner) = scheme_start(reading, next).filter(|inner| *inner >= from) {
            let inner_end = candidate_end(reading, inner, next.saturating_add(3)).min(end);
            finds.pay(inner_end.saturating_sub(inner));
            say_readings(reading, reading.piece(inner, inner_end), inner, finds);
        }
        from = next.saturating_add(3);
    }
    end
}

/// A URL written `http:\\host\path`, which browsers accept.
pub(super) fn at_backslashes(reading: &Reading<'_>, colon: usize, finds: &mut Finds) -> usize {
    let Some(start) = scheme_start(reading, colon) else { return 0 };
    if !reading.piece(start, colon).to_ascii_lowercase().starts_with("http") {
        return 0;
    }
    let end =
        reading.ahead(colon, MAX_LENGTH, |byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\''));
    let candidate = reading.piece(start, end);
    finds.pay(candidate.len());
    say(reading, candidate, start, None, finds);
    end
}

/// Where the longest known scheme that ends at a colon starts.
fn scheme_start(reading: &Reading<'_>, colon: usize) -> Option<usize> {
    const MAX_SCHEME: usize = 16;
    let start =
        reading.back(colon, MAX_SCHEME, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let before = reading.piece(start, colon);
    let ends_with = |scheme: &str| {
        before.len() >= scheme.len()
            && before
                .get(before.len().saturating_sub(scheme.len())..)
                .is_some_and(|end| end.eq_ignore_ascii_case(scheme))
    };
    let longest = words().schemes.iter().filter(|scheme| ends_with(scheme)).map(String::len).max()?;
    Some(colon.saturating_sub(longest))
}

/// Where a candidate ends: at what no URL holds, or at what closes the bracket or quote it stands in.
fn candidate_end(reading: &Reading<'_>, start: usize, body: usize) -> usize {
    let opener = reading.byte_before(start);
    let text = reading.text.get(body..).unwrap_or_default();
    let mut end = body;
    let mut is_host = true;
    for (index, c) in text.char_indices() {
        let here = body.saturating_add(index);
        if here.saturating_sub(start) >= MAX_LENGTH {
            break;
        }
        let stops = match c {
            '"' | '<' | '>' | '`' | '|' | '^' | '\\' => true,
            // A quote that opened before the URL ends it; else one inside a word belongs to it.
            '\'' => opener == b'\'' || !reading.byte(here.saturating_add(1)).is_ascii_alphanumeric(),
            '{' | '}' => true,
            '。' | '｡' => !is_host,
            c if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
            c => ends_text(c),
        };
        if stops {
            break;
        }
        if matches!(c, '/' | '?' | '#') {
            is_host = false;
        }
        end = here.saturating_add(c.len_utf8());
    }
    let kept = trim(reading.piece(start, end)).len();
    start.saturating_add(kept).max(body)
}

/// Characters of running text that end a URL: blanks, invisible characters, quotes and brackets of Japanese.
fn ends_text(c: char) -> bool {
    c.is_whitespace()
        || crate::model::name::is_deceptive(c)
        || matches!(c,
            '\u{3000}'..='\u{3004}' | '\u{3006}' | '\u{3008}'..='\u{3020}' | '\u{2018}'..='\u{201f}' | '\u{2026}'
            | '\u{ff01}'..='\u{ff0d}' | '\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}'
            | '\u{ff5b}'..='\u{ff64}' | '\u{fffd}' | '\u{ab}' | '\u{bb}' | '→' | '⇒' | '※' | '●' | '■')
}

/// Without the punctuation of the sentence around it: closing brackets stay only where they were opened.
fn trim(candidate: &str) -> &str {
    let count = |wanted: char| candidate.chars().filter(|c| *c == wanted).count();
    let (mut round, mut square) = (count(')').saturating_sub(count('(')), count(']').saturating_sub(count('[')));
    let mut kept = candidate;
    while let Some(last) = kept.chars().next_back() {
        let drop = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '。' | '｡' => true,
            ')' if round > 0 => {
                round = round.saturating_sub(1);
                true
            }
            ']' if square > 0 => {
                square = square.saturating_sub(1);
                true
            }
            _ => false,
        };
        if !drop {
            break;
        }
        kept = kept.get(..kept.len().saturating_sub(last.len_utf8())).unwrap_or_default();
    }
    kept
}

/// Says a candidate. Where Japanese follows without a break, the URL may end before it or go on as an IRI: both are
/// said, marked ambiguous.
fn say_readings(reading: &Reading<'_>, candidate: &str, at: usize, finds: &mut Finds) {
    let ascii = candidate.find(|c: char| !c.is_ascii()).map(|end| trim(candidate.get(..end).unwrap_or_default()));
    let Some(ascii) = ascii else {
        say(reading, candidate, at, None, finds);
        return;
    };
    let iri = trim(before_particle(candidate));
    if iri == ascii {
        say(reading, ascii, at, None, finds);
        return;
    }
    let body = candidate.split_once("://").map_or("", |(_, body)| body);
    let is_in_host = body.find(|c: char| !c.is_ascii()) < body.find(['/', '?', '#']).or(Some(body.len()));
    if is_in_host {
        // An international host, or a host right before Japanese text.
        if !say(reading, iri, at, None, finds) {
            say(reading, ascii, at, None, finds);
        }
        return;
    }
    say(reading, ascii, at, Some("ambiguous end"), finds);
    say(reading, iri, at, Some("ambiguous end"), finds);
}

/// A candidate up to the particle that goes on with the sentence (`…/bをご覧`); a path may begin with any kana.
fn before_particle(candidate: &str) -> &str {
    let mut previous = '/';
    for (index, c) in candidate.char_indices() {
        let is_particle = matches!(c, 'を')
            || (matches!(c, 'は' | 'が' | 'に' | 'で' | 'と' | 'へ' | 'の' | 'も' | 'や' | 'か' | 'よ')
                && previous != '/'
                && !is_hiragana(previous));
        if is_particle {
            return candidate.get(..index).unwrap_or(candidate);
        }
        previous = c;
    }
    candidate
}

const fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}')
}

/// Says one reading of a candidate; false if it is no URL.
pub(super) fn say(reading: &Reading<'_>, spelled: &str, at: usize, how: Option<&str>, finds: &mut Finds) -> bool {
    let unescaped = if spelled.contains("&amp;") { spelled.replace("&amp;", "&") } else { spelled.to_owned() };
    let Ok(url) = Url::parse(&unescaped) else { return false };
    let place = format!("host of {}", url.scheme());
    let spelled_host = spelled_host(&unescaped);
    if url.scheme() == "file" {
        return unc::say_file_url(reading, &url, spelled, at, finds);
    }
    if let Some(url::Host::Domain(name)) = url.host()
        && host::is_domain(name)
        && noise::url_reason(url.as_str()).is_some()
    {
        // Kept as what it is; its host is no more of an indicator than itself.
        finds.add(find(reading, IocKind::Url, url.as_str(), at));
        return true;
    }
    let is_host = match (url.host(), url.host_str()) {
        // Schemes the standard does not know keep their host unparsed.
        (Some(url::Host::Domain(_)), Some(name)) if !url.is_special() => match url::Host::parse(name) {
            Ok(parsed) => {
                let parsed = match &parsed {
                    url::Host::Domain(name) => url::Host::Domain(name.as_str()),
                    url::Host::Ipv4(ip) => url::Host::Ipv4(*ip),
                    url::Host::Ipv6(ip) => url::Host::Ipv6(*ip),
                };
                host::say(reading, &parsed, spelled_host, &place, at, finds)
            }
            Err(_) => false,
        },
        (Some(found), _) => host::say(reading, &found, spelled_host, &place, at, finds),
        (None, _) => false,
    };
    if !is_host {
        return false;
    }
    if host::has_known_tld(url.username()) && url.username().contains('.') && !url.username().contains('@') {
        finds.remark(HIDES_HOST, reading.place(at), spelled);
    }
    let value = url.as_str();
    let same = value == spelled || value.strip_suffix('/') == Some(spelled);
    let mut found = find(reading, IocKind::Url, value, at);
    if !same {
        found = found.spelled(spelled);
    }
    if let Some(how) = how {
        found = found.because(how);
    }
    if spelled.len() >= MAX_LENGTH.saturating_sub(4) {
        found = found.because("truncated");
    }
    finds.add(found);
    rewritten::say_inner(reading, &url, at, finds);
    true
}

/// The host as it is written: between the slashes (and any user name) and the port, path or query.
fn spelled_host(url: &str) -> &str {
    let body = url.split_once(':').map_or("", |(_, rest)| rest).trim_start_matches(['/', '\\']);
    let end = body.find(['/', '\\', '?', '#']).unwrap_or(body.len());
    let authority = body.get(..end).unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        return host;
    }
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    }
}
