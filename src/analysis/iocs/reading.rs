//! One reading of some text, and what has been found in all of them so far.

use std::collections::HashSet;

use crate::model::{FindingKind, IocKind};

/// A text to look through: the artifact's own, or one derived from a piece of it.
pub(super) struct Reading<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// How the text was derived, if it was: `defanged`, `reversed`.
    pub(super) how: Option<&'a str>,
    /// Where its positions lie in the artifact's text.
    pub(super) origin: Origin<'a>,
    /// Whether the text is the whole artifact, not runs found in data.
    pub(super) is_prose: bool,
    /// Whether a bare domain needs no further sign that it is one.
    pub(super) trusts_domains: bool,
}

/// Where the positions of a reading lie in the artifact's text.
pub(super) enum Origin<'a> {
    /// The same.
    Same,
    /// All at one place.
    Piece(usize),
    /// Each byte where this table says.
    Mapped(&'a [usize]),
}

impl Reading<'_> {
    /// The place in the artifact's text of a position in this one.
    pub(super) fn place(&self, position: usize) -> usize {
        match self.origin {
            Origin::Same => position,
            Origin::Piece(start) => start,
            Origin::Mapped(table) => table.get(position).or(table.last()).copied().unwrap_or(0),
        }
    }

    /// The byte at a position; 0 outside.
    pub(super) fn byte(&self, position: usize) -> u8 {
        self.text.as_bytes().get(position).copied().unwrap_or(0)
    }

    /// The byte before a position; 0 at the start.
    pub(super) fn byte_before(&self, position: usize) -> u8 {
        position.checked_sub(1).map_or(0, |before| self.byte(before))
    }

    /// Where a run of bytes that satisfy a test starts, going back from a position, at most `most` bytes.
    pub(super) fn back(&self, position: usize, most: usize, test: impl Fn(u8) -> bool) -> usize {
        let floor = position.saturating_sub(most);
        let before = self.text.as_bytes().get(floor..position).unwrap_or_default();
        position.saturating_sub(before.iter().rev().take_while(|byte| test(**byte)).count())
    }

    /// Where a run of bytes that satisfy a test ends, going on from a position, at most `most` bytes.
    pub(super) fn ahead(&self, position: usize, most: usize, test: impl Fn(u8) -> bool) -> usize {
        let after = self.text.as_bytes().get(position..).unwrap_or_default();
        position.saturating_add(after.iter().take(most).take_while(|byte| test(**byte)).count())
    }

    /// A piece of the text; empty if it would cut a character.
    pub(super) fn piece(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Up to `most` bytes before a position, from a character's start.
    pub(super) fn before(&self, position: usize, most: usize) -> &str {
        let mut start = position.saturating_sub(most);
        while start < position && !self.text.is_char_boundary(start) {
            start = start.saturating_add(1);
        }
        self.piece(start, position)
    }
}

/// Indicators kept per artifact; what has more is a list, not a lure.
pub(super) const MAX_FINDS: usize = 3_000;
/// Bytes of one indicator kept.
pub(super) const MAX_LENGTH: usize = 4_096;

/// An indicator, placed in the artifact's text.
#[derive(Debug)]
pub(super) struct Find {
    pub(super) kind: IocKind,
    pub(super) value: String,
    pub(super) place: usize,
    pub(super) context: Option<String>,
    pub(super) raw: Option<String>,
}

/// A finding about an indicator.
#[derive(Debug)]
pub(super) struct Remark {
    pub(super) kind: &'static FindingKind,
    pub(super) place: usize,
    pub(super) observed: String,
}

/// What has been found so far, without repeats, and what looking may still cost.
pub(super) struct Finds {
    pub(super) list: Vec<Find>,
    pub(super) remarks: Vec<Remark>,
    known: HashSet<(IocKind, String)>,
    /// Bytes that candidates may still look at; overlapping candidates could otherwise look at the same bytes over
    /// and over.
    fuel: usize,
}

impl Finds {
    /// Nothing yet, for a text of this length.
    pub(super) fn new(length: usize) -> Self {
        const FUEL_FLOOR: usize = 1 << 20;
        const FUEL_FACTOR: usize = 8;
        Finds {
            list: Vec::new(),
            remarks: Vec::new(),
            known: HashSet::new(),
            fuel: length.saturating_mul(FUEL_FACTOR).saturating_add(FUEL_FLOOR),
        }
    }

    /// Whether to stop looking.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MAX_FINDS || self.fuel == 0
    }

    /// Pays for looking at some bytes.
    pub(super) fn pay(&mut self, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(bytes);
    }

    /// Keeps an indicator unless it is known.
    pub(super) fn add(&mut self, find: Find) {
        let mut find = find;
        if find.value.len() > MAX_LENGTH {
            let cut = (0..=MAX_LENGTH).rev().find(|end| find.value.is_char_boundary(*end)).unwrap_or(0);
            find.value.truncate(cut);
            find.context = Some(find.context.map_or("truncated".to_owned(), |how| format!("{how}, truncated")));
        }
        if self.list.len() < MAX_FINDS && self.known.insert((find.kind, find.value.clone())) {
            self.list.push(find);
        }
    }

    /// Whether an indicator is known.
    pub(super) fn knows(&self, kind: IocKind, value: &str) -> bool {
        self.known.contains(&(kind, value.to_owned()))
    }

    /// Keeps a remark.
    pub(super) fn remark(&mut self, kind: &'static FindingKind, place: usize, observed: impl Into<String>) {
        const MAX_REMARKS: usize = 200;
        if self.remarks.len() < MAX_REMARKS {
            self.remarks.push(Remark { kind, place, observed: observed.into() });
        }
    }
}

/// An indicator at a position of a reading.
pub(super) fn find(reading: &Reading<'_>, kind: IocKind, value: impl Into<String>, position: usize) -> Find {
    Find {
        kind,
        value: value.into(),
        place: reading.place(position),
        context: reading.how.map(str::to_owned),
        raw: None,
    }
}

impl Find {
    /// The same, with the spelling found, if it differs.
    pub(super) fn spelled(mut self, raw: &str) -> Self {
        if raw != self.value {
            let cut = (0..=MAX_LENGTH.min(raw.len())).rev().find(|end| raw.is_char_boundary(*end)).unwrap_or(0);
            self.raw = raw.get(..cut).map(str::to_owned);
        }
        self
    }

    /// The same, with one more word on how it was found.
    pub(super) fn because(mut self, how: &str) -> Self {
        self.context = Some(match self.context {
            Some(context) => format!("{context}, {how}"),
            None => how.to_owned(),
        });
        self
    }
}

/// Letters, digits, underscore, and every byte of non-ASCII characters' kin: what continues a word in code.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
