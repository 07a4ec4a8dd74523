//! The known word someone may have meant.

/// The nearest of some words, if it is near enough to be meant: at most a third of the letters differ.
pub(super) fn nearest<'w>(given: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let given: Vec<char> =
        given.chars().take(64).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    words
        .into_iter()
        .map(|word| (distance(&given, word), word))
        .filter(|(distance, word)| distance.saturating_mul(3) <= word.len().max(given.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Letters inserted, deleted, replaced, or swapped with their neighbour, to make one of the other (optimal string alignment).
fn distance(given: &[char], word: &str) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=given.len()).collect();
    let mut previous = None;
    for (row, letter) in word.chars().enumerate() {
        let mut current = vec![row.saturating_add(1)];
        for (column, other) in given.iter().enumerate() {
            let at = |line: &[usize], back: usize| {
                column
                    .checked_add(1)
                    .and_then(|c| c.checked_sub(back))
                    .and_then(|c| line.get(c))
                    .copied()
                    .unwrap_or(usize::MAX)
            };
            let replaced = at(&last, 1).saturating_add(usize::from(*other != letter));
            let mut best = replaced.min(at(&last, 0).saturating_add(1)).min(at(&current, 1).saturating_add(1));
            let left = column.checked_sub(1).and_then(|c| given.get(c)).copied();
            if previous == Some(*other) && left == Some(letter) {
                best = best.min(at(&before_last, 2).saturating_add(1));
            }
            current.push(best);
        }
        previous = Some(letter);
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_the_word_that_was_meant() {
        let words = ["listen", "deadline", "progress", "connections", "max-total"];
        for (given, meant) in [
            ("lisetn", Some("listen")),
            ("dead-line", Some("deadline")),
            ("Progres", Some("progress")),
            ("connection", Some("connections")),
            ("max_total", Some("max-total")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, words), meant, "{given}");
        }
    }

    #[test]
    fn distance_counts_a_swap_as_one() {
        let count = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", "abc"), 0);
        assert_eq!(count("acb", "abc"), 1);
        assert_eq!(count("xbc", "abc"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
