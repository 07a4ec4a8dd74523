//! What can be read in an artifact, whatever it is: the decoded text of a text format, the readable runs of anything
//! else. One reading for every stage that looks at words, with positions that lead back to the bytes.

use std::sync::Arc;

use crate::formats::text::plain::TextView;
use crate::formats::text::strings::{RunEncoding, StringsView};
use crate::model::{Artifact, Location};

/// The readable content of an artifact.
pub enum Readable {
    /// Text, decoded.
    Text(Arc<TextView>),
    /// Runs found in data, a line each.
    Strings(Arc<StringsView>),
}

impl Readable {
    /// What can be read in an artifact; none in an empty one.
    pub fn of(artifact: &Artifact) -> Option<Self> {
        if artifact.bytes.is_empty() {
            return None;
        }
        match artifact.view::<TextView>() {
            Ok(text) => Some(Readable::Text(text)),
            Err(_) => artifact.view::<StringsView>().ok().map(Readable::Strings),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        match self {
            Readable::Text(view) => &view.text,
            Readable::Strings(view) => &view.text,
        }
    }

    /// Whether this is the whole artifact as text, not runs found in data.
    pub const fn is_text(&self) -> bool {
        matches!(self, Readable::Text(_))
    }

    /// Whether the text at a position is stored as UTF-16 inside data.
    pub fn is_wide_at(&self, position: usize) -> bool {
        match self {
            Readable::Text(_) => false,
            Readable::Strings(view) => view.run_at(position).is_some_and(|run| run.encoding == RunEncoding::Utf16),
        }
    }
}

/// Bytes of a text between two counts of lines kept.
const STRIDE: usize = 4_096;

/// Leads from positions in a [`Readable`]'s text to places in the artifact: lines of a text, offsets in data.
pub struct Places<'a> {
    readable: &'a Readable,
    /// Line ends before each [`STRIDE`] of a text.
    counts: Vec<usize>,
}

impl<'a> Places<'a> {
    /// Prepares to locate positions; costs one pass over a text for its lines.
    pub fn of(readable: &'a Readable) -> Self {
        let mut counts = Vec::new();
        if let Readable::Text(view) = readable {
            let mut count = 0usize;
            for stretch in view.text.as_bytes().chunks(STRIDE) {
                counts.push(count);
                count = count.saturating_add(memchr::memchr_iter(b'\n', stretch).count());
            }
        }
        Places { readable, counts }
    }

    /// The place of a position.
    pub fn at(&self, position: usize) -> Location {
        match self.readable {
            Readable::Text(view) => {
                let stretch = position / STRIDE;
                let counted = self.counts.get(stretch).or(self.counts.last()).copied().unwrap_or(0);
                let rest = view.text.as_bytes().get(stretch.saturating_mul(STRIDE)..position).unwrap_or_default();
                let line = counted.saturating_add(memchr::memchr_iter(b'\n', rest).count()).saturating_add(1);
                Location::line(line as u64)
            }
            Readable::Strings(view) => view.offset_of(position).map_or_else(Location::whole, Location::offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArtifactPath, EntryName, FormatId, Origin, OriginKind};

    fn artifact(bytes: &[u8]) -> Artifact {
        let origin = Origin::file(OriginKind::Input, "");
        Artifact::new(ArtifactPath::root(), EntryName::new("a"), origin, bytes.to_vec().into(), FormatId::UNKNOWN)
    }

    #[test]
    fn text_is_located_by_line_and_data_by_offset() {
        let text = artifact("一行目\nhttp://example.com/\n".as_bytes());
        let readable = Readable::of(&text).unwrap();
        let position = readable.text().find("http").unwrap();
        assert_eq!(Places::of(&readable).at(position), Location::line(2));

        let long = artifact(format!("{}http://example.com/", "ab\n".repeat(5_000)).as_bytes());
        let readable = Readable::of(&long).unwrap();
        assert_eq!(Places::of(&readable).at(15_000), Location::line(5_001));

        let data = artifact(b"\x00\x01\x02\x03http://example.com/\x00\x01");
        let readable = Readable::of(&data).unwrap();
        assert!(!readable.is_text());
        assert_eq!(Places::of(&readable).at(0), Location::offset(4));
    }

    #[test]
    fn an_empty_artifact_has_nothing_to_read() {
        assert!(Readable::of(&artifact(b"")).is_none());
    }
}
