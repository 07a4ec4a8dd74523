//! The ways to read a message, and what one of them gives.

use std::ops::Range;

use crate::model::Problem;

use super::header::Headers;

/// One way of reading a message where programs differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Which of several `Content-Type` fields counts; the last if there are fewer.
    pub(super) type_index: usize,
    /// Which of several `boundary` parameters counts.
    pub(super) boundary_index: usize,
    /// A line that is no field is skipped, instead of starting the body.
    pub(super) skips_junk: bool,
    /// A bare CR ends a line.
    pub(super) ends_at_bare_cr: bool,
    /// A line that only begins like the innermost boundary is one.
    pub(super) matches_prefix: bool,
    /// A multipart without (or not using) its boundary is split at what looks like one.
    pub(super) guesses_boundary: bool,
    /// A line of nothing but blanks ends a header block, instead of continuing its last field.
    pub(super) ends_at_blanks: bool,
    /// NUL bytes in field names and boundary lines do not count.
    pub(super) drops_nul: bool,
    /// A part with a boundary is split at it whatever its type says.
    pub(super) splits_any_type: bool,
}

/// What a stretch of the message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A part that is not a multipart.
    Part,
    /// Text before a multipart's first boundary.
    Preamble,
    /// Text after its last.
    Epilogue,
    /// The body of a multipart that is never divided; mailers show it as text.
    Undivided,
    /// A multipart below [`MAX_NESTING`], not taken apart.
    TooDeep,
    /// A multipart whose body is encoded as a whole, against RFC 2045 section 6.4; some programs decode it.
    Encoded,
}

/// A stretch of the message.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// What it is.
    pub(super) role: Role,
    /// Its `Content-` fields.
    pub(super) headers: Headers,
    /// Where its fields begin.
    pub(super) head_start: usize,
    /// Its body, still encoded.
    pub(super) body: Range<usize>,
    /// Whether it is a message unless its type says otherwise (`multipart/digest`).
    pub(super) is_digest_member: bool,
    /// Which of several types counts here.
    pub(super) type_index: usize,
}

/// What makes other readings worth a walk.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) content_types: usize,
    pub(super) boundaries: usize,
    pub(super) fields_after_junk: bool,
    pub(super) bare_cr: bool,
    pub(super) near_boundary: bool,
    pub(super) unused_boundary: bool,
    pub(super) blank_line: bool,
    pub(super) nul: bool,
    pub(super) boundary_elsewhere: bool,
    /// Offset of a part that begins after its multipart's end boundary.
    pub(super) part_after_end: Option<usize>,
}

/// One walk.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) top: Headers,
    pub(super) segments: Vec<Segment>,
    pub(super) seen: Seen,
    pub(super) problems: Vec<Problem>,
}
