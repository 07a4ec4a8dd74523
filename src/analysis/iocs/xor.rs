//! Content XORed with one byte. XOR of neighbours does not depend on the key, so all 255 keys are tried in one pass:
//! `http` is known by the differences of its letters. Programs are `analysis/carve`'s.

/// URLs given per artifact.
const MAX_HITS: usize = 16;
/// Characters of one URL.
const MAX_URL: usize = 2_048;

/// URLs under a key other than 0 and other than the one that only changes case: offset, key, text up to the first
/// character no URL holds.
pub(super) fn urls(bytes: &[u8]) -> Vec<(usize, u8, String)> {
    let mut found = Vec::new();
    for (offset, key) in hits(bytes, b"http") {
        let text: String = bytes
            .get(offset..)
            .unwrap_or_default()
            .iter()
            .map(|byte| byte ^ key)
            .take(MAX_URL)
            .take_while(u8::is_ascii_graphic)
            .map(char::from)
            .collect();
        let is_url = text
            .strip_prefix("http")
            .map(|rest| rest.strip_prefix('s').unwrap_or(rest))
            .is_some_and(|rest| rest.starts_with("://"));
        if is_url && text.len() >= 10 {
            found.push((offset, key, text));
            if found.len() >= MAX_HITS {
                break;
            }
        }
    }
    found
}

/// Where the differences of a word's letters occur under a key that hides it.
fn hits<'a>(bytes: &'a [u8], word: &'static [u8]) -> impl Iterator<Item = (usize, u8)> + 'a {
    let first = word.first().copied().unwrap_or(0);
    let second = word.get(1).copied().unwrap_or(0);
    let third = word.get(2).copied().unwrap_or(0);
    let (one, two) = (first ^ second, second ^ third);
    let starts = bytes.len().saturating_sub(word.len().saturating_sub(1));
    (0..starts).step_by(BLOCK).filter(move |at| may_hold(bytes, *at, one, two)).flat_map(move |at| {
        let block = bytes.get(at..at.saturating_add(BLOCK + word.len() - 1).min(bytes.len())).unwrap_or_default();
        block.windows(word.len()).enumerate().filter_map(move |(index, window)| {
            let [a, b, c, ..] = window else { return None };
            if a ^ b != one || b ^ c != two {
                return None;
            }
            let key = a ^ first;
            let is_word = window.iter().zip(word).all(|(byte, letter)| byte ^ key == *letter);
            // Key 0x20 turns case; that is no hiding.
            (is_word && key != 0 && key != 0x20).then_some((at.saturating_add(index), key))
        })
    })
}

/// Starts looked at together.
const BLOCK: usize = 128;

/// Whether the first two differences occur together in a block. Without branches, so that the compiler can look at
/// many bytes at a time.
fn may_hold(bytes: &[u8], at: usize, one: u8, two: u8) -> bool {
    let from = |step: usize| bytes.get(at.saturating_add(step)..).unwrap_or_default().iter().take(BLOCK);
    from(0).zip(from(1)).zip(from(2)).fold(0u8, |any, ((a, b), c)| any | u8::from((a ^ b == one) & (b ^ c == two))) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_seen_through() {
        for key in 1..=255u8 {
            if key == 0x20 {
                continue;
            }
            let bytes: Vec<u8> = b"\x01\x02http://example.com/a\x00\x00".iter().map(|byte| byte ^ key).collect();
            assert_eq!(urls(&bytes), [(2, key, "http://example.com/a".to_owned())]);
        }
    }

    #[test]
    fn plain_and_upper_case_are_not_hidden() {
        assert!(urls(b"http://example.com/a").is_empty());
        assert!(urls(b"HTTP\x1a\x0f\x0fEXAMPLE").is_empty());
    }
}
