//! Bytes to the view of a message: its head, its leaves, and where programs would read it differently. The tree is
//! walked once, and again for each reading that something in the message gives reason for; the leaves of all readings
//! are kept (RFC 2045, 2046, 2183; draft-chen-email-mime-ambiguity-defense).

use std::collections::HashSet;
use std::ops::Range;

use bytes::Bytes;

use crate::model::{EntryName, Location, ParseError, Problem, View};

use super::header::Headers;
use super::leaf::{Leaf, LeafKind, Transfer};
use super::names::names;
use super::params;
use super::reading::{Reading, Role, Segment, Walk};
use super::structure::walk;

/// Readings walked at most.
const MAX_READINGS: usize = 12;
/// Text around the parts of a multipart that is worth keeping as content; mailers write a sentence there.
const MIN_LOOSE: usize = 400;
/// Conflicts of single parts that are named.
const MAX_AMBIGUITIES: usize = 50;

/// Parts of delivery reports (RFC 3464, 8098, 5965): text for machines, which mailers show with the message.
const REPORTS: [&str; 3] = ["message/delivery-status", "message/disposition-notification", "message/feedback-report"];

/// A place where programs read the message differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// What differs.
    pub what: String,
    /// Where.
    pub at: Location,
}

/// A message.
#[derive(Debug)]
pub struct EmlView {
    /// The message's own fields.
    pub headers: Headers,
    /// Everything in it that holds content, in order, of all readings.
    pub leaves: Vec<Leaf>,
    /// Where programs would read it differently.
    pub ambiguities: Vec<Ambiguity>,
    /// What was odd.
    pub problems: Vec<Problem>,
}

impl View for EmlView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let base = Reading { ends_at_bare_cr: memchr::memchr(b'\n', bytes).is_none(), ..Reading::default() };
        let first = walk(bytes, base);
        if first.top.0.is_empty() && first.segments.is_empty() {
            return Err(ParseError::new("no header field and no content", 0));
        }
        let mut known: HashSet<(usize, usize)> = HashSet::new();
        let mut ambiguities = Vec::new();
        let mut leaves: Vec<Leaf> = Vec::new();
        for segment in &first.segments {
            let _ = known.insert((segment.body.start, segment.body.end));
            leaves.extend(leaf(bytes, segment));
        }
        if let Some(at) = first.seen.part_after_end {
            ambiguities
                .push(Ambiguity { what: "a part after its multipart's end boundary".into(), at: Location::at(at) });
        }
        let of_first = leaves.len();
        for (reading, why) in other_readings(base, &first) {
            let other = walk(bytes, reading);
            let mut differs = None;
            for segment in &other.segments {
                if segment.body.is_empty() || !known.insert((segment.body.start, segment.body.end)) {
                    continue;
                }
                if let Some(leaf) = leaf(bytes, segment) {
                    if leaf.kind != LeafKind::Loose {
                        differs.get_or_insert(segment.head_start);
                    }
                    leaves.push(leaf);
                }
            }
            if let Some(at) = differs {
                ambiguities.push(Ambiguity { what: why.into(), at: Location::at(at) });
            }
        }
        if leaves.len() > of_first {
            drop_overlapped(&mut leaves);
        }
        for leaf in &leaves {
            if ambiguities.len() < MAX_AMBIGUITIES {
                ambiguities.extend(
                    leaf.conflicts
                        .iter()
                        .map(|what| Ambiguity { what: what.clone(), at: Location::at(leaf.head_start) }),
                );
            }
        }
        Ok(EmlView { headers: first.top, leaves, ambiguities, problems: first.problems })
    }
}

/// Text around the parts of one reading that another reading takes apart is not given twice.
fn drop_overlapped(leaves: &mut Vec<Leaf>) {
    let mut parts: Vec<Range<usize>> =
        leaves.iter().filter(|leaf| leaf.kind != LeafKind::Loose).map(|leaf| leaf.head_start..leaf.body.end).collect();
    parts.sort_by_key(|range| range.start);
    leaves.retain(|leaf| {
        if leaf.kind != LeafKind::Loose {
            return true;
        }
        let from = parts.partition_point(|range| range.start < leaf.body.start);
        let mut covered = 0usize;
        let mut reached = leaf.body.start;
        for range in parts.iter().skip(from).take_while(|range| range.end <= leaf.body.end) {
            let start = range.start.max(reached);
            covered = covered.saturating_add(range.end.saturating_sub(start));
            reached = reached.max(range.end);
        }
        covered == 0 || leaf.body.len().saturating_sub(covered) >= MIN_LOOSE
    });
}

/// The readings beside the first that something in the message gives reason for.
fn other_readings(base: Reading, first: &Walk) -> Vec<(Reading, &'static str)> {
    const CHOICES: usize = 4;
    let seen = &first.seen;
    let mut readings = Vec::new();
    if seen.unused_boundary {
        readings.push((Reading { guesses_boundary: true, ..base }, "a boundary other than the declared one"));
    }
    for type_index in 0..seen.content_types.clamp(1, CHOICES) {
        for boundary_index in 0..seen.boundaries.clamp(1, CHOICES) {
            let why = if type_index > 0 { "several Content-Type fields" } else { "several boundary parameters" };
            readings.push((Reading { type_index, boundary_index, ..base }, why));
        }
    }
    if seen.fields_after_junk {
        readings.push((Reading { skips_junk: true, ..base }, "header fields after a line that is none"));
    }
    if seen.near_boundary {
        readings.push((Reading { matches_prefix: true, ..base }, "a line that only begins like the boundary"));
    }
    if seen.bare_cr && !base.ends_at_bare_cr {
        readings.push((Reading { ends_at_bare_cr: true, ..base }, "a carriage return alone inside the header"));
    }
    if seen.blank_line {
        readings.push((Reading { ends_at_blanks: true, ..base }, "a line of blanks inside the header"));
    }
    if seen.nul {
        readings.push((Reading { drops_nul: true, ..base }, "NUL bytes in header fields or boundary lines"));
    }
    if seen.boundary_elsewhere {
        readings.push((Reading { splits_any_type: true, ..base }, "a boundary on a type that is not multipart"));
    }
    readings.retain(|(reading, _)| *reading != base);
    readings.truncate(MAX_READINGS);
    readings
}

/// The leaf in a segment; none if it holds nothing anyone would look at.
fn leaf(bytes: &Bytes, segment: &Segment) -> Option<Leaf> {
    let content = bytes.get(segment.body.clone()).unwrap_or_default();
    if matches!(segment.role, Role::Preamble | Role::Epilogue) {
        return is_worth_keeping(content).then(|| loose(segment, segment.body.clone()));
    }
    if segment.role == Role::Undivided {
        return (!content.trim_ascii().is_empty()).then(|| loose(segment, segment.body.clone()));
    }
    let headers = &segment.headers;
    let part_names = names(headers);
    if content.trim_ascii().is_empty() && part_names.name.is_none() {
        return None;
    }
    let mut conflicts = Vec::new();
    if let Some((a, b)) = &part_names.conflict {
        conflicts.push(format!("names that open differently: {a} and {b}"));
    }
    let types: Vec<params::Structured> =
        headers.all("content-type").map(|header| params::parse(&header.value)).collect();
    let default_type = if segment.is_digest_member { "message/rfc822" } else { "text/plain" };
    let chosen = types.get(segment.type_index.min(types.len().saturating_sub(1)));
    let media_type = chosen.map(|value| value.head.clone()).filter(|head| head.contains('/'));
    let media_type = media_type.unwrap_or_else(|| default_type.to_owned());
    if let Some(other) = types.iter().find(|value| value.head != media_type && value.head.contains('/')) {
        conflicts.push(format!("declared as {media_type} and as {}", other.head));
    }
    let charset = chosen.and_then(|value| value.first("charset")).map(str::to_owned);
    let transfers = transfers(headers);
    if transfers.len() > 1 {
        let list: Vec<String> = transfers.iter().map(Transfer::to_string).collect();
        conflicts.push(format!("several transfer encodings: {}", list.join(", ")));
    }
    let disposition =
        headers.first("content-disposition").map(|header| params::parse(&header.value).head).unwrap_or_default();
    let is_plain_text = types.iter().all(|value| value.head.starts_with("text/") || !value.head.contains('/'))
        && media_type.starts_with("text/")
        && disposition != "attachment";
    let kind = if segment.role == Role::TooDeep {
        LeafKind::TooDeep
    } else if segment.role == Role::Encoded {
        LeafKind::Encoded
    } else if media_type == "message/rfc822" || media_type == "message/global" {
        LeafKind::Message
    } else if part_names.name.is_none() && (is_plain_text || REPORTS.contains(&media_type.as_str())) {
        LeafKind::Body
    } else {
        LeafKind::File
    };
    Some(Leaf {
        kind,
        head_start: segment.head_start,
        body: segment.body.clone(),
        media_type,
        charset,
        name: part_names.name,
        transfers,
        disposition,
        conflicts,
        type_value: headers.all("content-type").nth(segment.type_index).map(|header| header.value.clone()),
    })
}

fn loose(segment: &Segment, body: Range<usize>) -> Leaf {
    Leaf {
        kind: LeafKind::Loose,
        head_start: segment.head_start,
        body,
        media_type: "text/plain".to_owned(),
        charset: None,
        name: Some(EntryName::new(match segment.role {
            Role::Preamble => "preamble.txt",
            Role::Undivided => "undivided.txt",
            _ => "epilogue.txt",
        })),
        transfers: vec![Transfer::Identity("7bit".to_owned())],
        disposition: String::new(),
        conflicts: Vec::new(),
        type_value: None,
    }
}

/// Text around the parts: a sentence for old mailers is no content, anything long or encoded is.
fn is_worth_keeping(content: &[u8]) -> bool {
    let content = content.trim_ascii();
    content.len() >= MIN_LOOSE
        || memchr::memchr2(0, b'<', content).is_some()
        || content.windows(8).any(|window| window.eq_ignore_ascii_case(b"content-"))
        || memchr::memmem::find(content, b"begin ").is_some()
        || memchr::memmem::find(content, b"://").is_some()
}

/// Every transfer encoding the part declares, without repeats; identity if it declares none.
fn transfers(headers: &Headers) -> Vec<Transfer> {
    let mut found: Vec<Transfer> = Vec::new();
    for header in headers.all("content-transfer-encoding") {
        let transfer = Transfer::of(&header.value);
        if !found.iter().any(|known| known.is_same_coding(&transfer)) {
            found.push(transfer);
        }
    }
    if found.is_empty() {
        found.push(Transfer::Identity("7bit".to_owned()));
    }
    found
}
