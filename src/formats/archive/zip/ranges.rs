//! Which bytes of the archive belong to what: what is claimed, what lies between, what is claimed twice. Everything is
//! sorted once; nothing here compares each with each.

use std::ops::Range;

/// Ranges claimed by entries, merged and sorted, for asking whether an offset lies in one.
#[derive(Debug, Default)]
pub(super) struct Claims {
    ranges: Vec<Range<usize>>,
}

impl Claims {
    /// The union of these ranges, in any order.
    pub(super) fn of(mut ranges: Vec<Range<usize>>) -> Self {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        Claims { ranges: merged }
    }

    /// Whether an offset lies in a claimed range.
    pub(super) fn holds(&self, at: usize) -> bool {
        let after = self.ranges.partition_point(|range| range.start <= at);
        after.checked_sub(1).and_then(|index| self.ranges.get(index)).is_some_and(|range| at < range.end)
    }

    /// What lies between the claimed ranges.
    pub(super) fn gaps(&self) -> impl Iterator<Item = Range<usize>> {
        self.ranges.iter().zip(self.ranges.iter().skip(1)).map(|(before, after)| before.end..after.start)
    }

    /// From the first claimed byte to the last.
    pub(super) fn span(&self) -> Option<Range<usize>> {
        Some(self.ranges.first()?.start..self.ranges.last()?.end)
    }
}

/// Two entries that claim the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// Index of the entry that starts first.
    pub first: usize,
    /// Index of the entry that starts inside it.
    pub second: usize,
    /// The shared bytes.
    pub bytes: Range<usize>,
}

/// Entries that start before an earlier one has ended: each is named once, with the earlier entry that reaches
/// furthest.
pub(super) fn overlaps(mut ranges: Vec<(Range<usize>, usize)>) -> Vec<Overlap> {
    ranges.sort_by_key(|(range, index)| (range.start, range.end, *index));
    let mut found = Vec::new();
    let mut furthest: Option<(usize, usize)> = None;
    for (range, index) in ranges {
        if let Some((end, first)) = furthest
            && range.start < end
        {
            found.push(Overlap { first, second: index, bytes: range.start..end.min(range.end) });
        }
        if furthest.is_none_or(|(end, _)| range.end > end) {
            furthest = Some((range.end, index));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_what_no_range_claims() {
        let claims = Claims::of(vec![10..20, 0..5, 4..8, 30..31]);
        assert_eq!(claims.gaps().collect::<Vec<_>>(), [8..10, 20..30]);
        assert!(claims.holds(7) && !claims.holds(8) && claims.holds(30) && !claims.holds(31));
        assert_eq!(claims.span(), Some(0..31));
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert_eq!(overlaps(vec![(0..5, 0), (5..9, 1)]), []);
        let found = overlaps(vec![(0..9, 0), (3..5, 1), (8..12, 2)]);
        assert_eq!(found.len(), 2);
        assert_eq!(found.last().map(|overlap| overlap.bytes.clone()), Some(8..9));
    }
}
