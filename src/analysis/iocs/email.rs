//! E-mail addresses (the part of RFC 5321 that is used).

use super::host::{is_domain, say_confusable};
use super::reading::{Finds, Reading, find, is_word};
use crate::knowledge::iocs::words;
use crate::model::IocKind;

/// An address around an at sign. Gives the position up to which the text is part of it.
pub(super) fn at_sign(reading: &Reading<'_>, at: usize, finds: &mut Finds) -> usize {
    let start = reading.back(at, 64, |byte| is_word(byte) || matches!(byte, b'.' | b'-' | b'+' | b'%' | b'='));
    let end =
        reading.ahead(at.saturating_add(1), 253, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    finds.pay(end.saturating_sub(start));
    let local = reading.piece(start, at).trim_start_matches(['.', '-', '=', '%', '+']);
    let start = at.saturating_sub(local.len());
    let domain = reading.piece(at.saturating_add(1), end).trim_end_matches(['.', '-']);
    let domain_end = at.saturating_add(1).saturating_add(domain.len());
    let is_cut = is_word(reading.byte(domain_end)) || reading.byte(domain_end) == b'@';
    if local.is_empty() || local.ends_with('.') || local.contains("..") || is_cut {
        return 0;
    }
    let lower = domain.to_ascii_lowercase();
    let tld = lower.rsplit('.').next().unwrap_or_default();
    // Data has `x@y.zz` by chance; there the whole must look typed.
    let is_typed = reading.is_prose
        || (local.len() >= 3
            && domain.len() >= 6
            && words().common_tlds.contains(tld)
            && !domain.bytes().any(|byte| byte.is_ascii_uppercase()));
    let value = format!("{local}@{lower}");
    if !is_typed || !is_domain(&lower) || finds.knows(IocKind::Email, &value) || is_message_id(reading, start, finds) {
        return end;
    }
    finds.add(find(reading, IocKind::Email, value, start).spelled(reading.piece(start, domain_end)));
    say_confusable(reading, &lower, start, finds);
    end
}

/// `<id@host>` in a header that names messages or parts, not people.
fn is_message_id(reading: &Reading<'_>, start: usize, finds: &mut Finds) -> bool {
    /// How far back the header's name is looked for.
    const MAX_BACK: usize = 400;
    if reading.byte_before(start) == b':' {
        return reading.before(start, 4).eq_ignore_ascii_case("cid:")
            || reading.before(start, 4).eq_ignore_ascii_case("mid:");
    }
    if reading.byte_before(start) != b'<' {
        return false;
    }
    const NAMES: [&str; 6] =
        ["message-id", "references", "in-reply-to", "content-id", "x-message-id", "resent-message-id"];
    // Folded headers go on for several lines; the nearest line that does not begin with a blank names the header.
    let before = reading.before(start, MAX_BACK);
    finds.pay(MAX_BACK / 8);
    let name = before.rsplit('\n').find(|line| !line.starts_with([' ', '\t'])).unwrap_or(before);
    let name = name.split(':').next().unwrap_or_default();
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) || name.to_ascii_lowercase().ends_with("-id")
}
