//! Contact cards (vCard, RFC 6350 and the older 2.1 and 3.0): pictures, sounds and keys written in them come out, and
//! cards inside cards.

use bytes::Bytes;

use crate::formats::text::plain::TextView;
use crate::formats::text::records::head;
use crate::model::{Artifact, FormatId, Location, ParseError, Problem, ProblemKind, View};
use crate::stage::{Family, FormatSpec, Outcome, Probe, Reading, Reference, StageError, Unpacker};

use super::content_line::{ContentLine, content_lines, give};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("vcard"),
    title: "Contact card (vCard)",
    extensions: &["vcf", "vcard"],
    media_types: &["text/vcard", "text/x-vcard", "text/directory"],
    probe: Probe::Text(|artifact| head(artifact).starts_with("begin:vcard")),
    reading: Reading::Full,
    references: &[
        Reference { title: "RFC 6350, vCard 4.0", url: "https://www.rfc-editor.org/rfc/rfc6350" },
        Reference { title: "RFC 2426, vCard 3.0", url: "https://www.rfc-editor.org/rfc/rfc2426" },
    ],
    limitations: &["Lines beyond the 50,000th are not read."],
    unpacker: Some(&ContactUnpacker),
    ..FormatSpec::of(Family::Text)
};

/// Properties whose value is an address or a file.
const ADDRESSES: [&str; 8] = ["PHOTO", "LOGO", "SOUND", "KEY", "URL", "SOURCE", "FBURL", "CALURI"];

struct ContactView {
    lines: Vec<ContentLine>,
    is_cut: bool,
}

impl View for ContactView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let text = TextView::parse(bytes)?;
        let (lines, is_cut) = content_lines(&text.text);
        Ok(ContactView { lines, is_cut })
    }
}

struct ContactUnpacker;

impl Unpacker for ContactUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<ContactView>()?;
        if view.is_cut {
            out.problem(Problem::new(ProblemKind::Limit, "more lines than are read of a card", Location::whole()));
        }
        let mut count = 0usize;
        for line in &view.lines {
            let is_address = ADDRESSES.contains(&line.name.as_str());
            // Cards have properties of their makers' own that hold files too.
            if is_address || line.is_base64() && line.value.len() > 16 {
                let fallback = format!("{}-{}", line.name.to_ascii_lowercase(), count.saturating_add(1));
                if give(line, &fallback, false, out)?.is_none() {
                    count = count.saturating_add(1);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    #[test]
    fn pictures_and_keys_come_out() {
        let card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b;TYPE=PNG:aGVs\r\n bG8=\r\nKEY:data:application/pgp-keys;base64,aGk=\r\n\
            item1.URL:https://example.com/taro\r\nEND:VCARD\r\n";
        let said = trial::scan(&FORMAT, "taro.vcf", card);
        let found: Vec<(&str, &[u8])> =
            said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        assert_eq!(found, [("photo-1", b"hello".as_slice()), ("key-2", b"hi")]);
        assert_eq!(said.iocs[0].value, "https://example.com/taro");
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", b"BEGIN:VEVENT\r\n")));
    }
}
