//! Calendars and invitations (iCalendar, RFC 5545): what they attach comes out, where they lead is said. Mail programs
//! show an invitation before anyone accepts it, and play its alarms.

mod unpack;

use crate::formats::text::plain::TextView;
use crate::formats::text::records::head;
use crate::model::{Artifact, FormatId, Location, ParseError, View};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

use super::content_line::{ContentLine, content_lines};

/// A calendar.
pub const ICALENDAR: FormatId = FormatId("icalendar");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ICALENDAR,
    title: "Calendar (iCalendar)",
    extensions: &["ics", "ifb", "ical", "vcs"],
    media_types: &["text/calendar", "application/ics", "text/x-vcalendar"],
    probe: Probe::Text(is_calendar),
    reading: Reading::Full,
    references: &[
        Reference { title: "RFC 5545, iCalendar", url: "https://www.rfc-editor.org/rfc/rfc5545" },
        Reference { title: "RFC 7986, new properties for iCalendar", url: "https://www.rfc-editor.org/rfc/rfc7986" },
    ],
    limitations: &["Lines beyond the 50,000th are not read."],
    unpacker: Some(&unpack::CalendarUnpacker),
    ..FormatSpec::of(Family::Text)
};

fn is_calendar(artifact: &Artifact) -> bool {
    head(artifact).starts_with("begin:vcalendar")
}

/// The lines of a calendar.
#[derive(Debug)]
pub(super) struct CalendarView {
    lines: Vec<ContentLine>,
    is_cut: bool,
}

impl View for CalendarView {
    fn parse(bytes: &bytes::Bytes) -> Result<Self, ParseError> {
        let text = TextView::parse(bytes)?;
        let (lines, is_cut) = content_lines(&text.text);
        Ok(CalendarView { lines, is_cut })
    }
}

fn at(line: &ContentLine) -> Location {
    Location::at(line.offset)
}
