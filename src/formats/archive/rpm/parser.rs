//! Lead and headers of an RPM package.

use bytes::Bytes;

use crate::formats::fields::{u32_at, until_nul};
use crate::model::{Location, ParseError, Problem, View};

/// Bytes of the lead, RPM V4 "Lead".
const LEAD: usize = 96;
const HEADER_MAGIC: &[u8] = b"\x8e\xad\xe8\x01";
/// Values looked at in a header.
const MAX_TAGS: usize = 4096;
/// Longest script taken.
const MAX_TEXT: usize = 1 << 20;

/// Scripts, by their tags.
const SCRIPTS: [(u32, &str); 10] = [
    (1023, "prein"),
    (1024, "postin"),
    (1025, "preun"),
    (1026, "postun"),
    (1079, "verifyscript"),
    (1065, "triggerscripts"),
    (1151, "pretrans"),
    (1152, "posttrans"),
    (5104, "preuntrans"),
    (5105, "postuntrans"),
];

/// What a package says of itself.
#[derive(Debug, Default)]
pub struct RpmView {
    /// `name-version-release.arch`.
    pub name: String,
    /// Format and compressor of the payload, as stated.
    pub payload_kind: (Option<String>, Option<String>),
    /// Scripts that run when the package is installed or removed: which, and text.
    pub scripts: Vec<(&'static str, String)>,
    /// Where the payload begins.
    pub payload: usize,
    /// What was damaged.
    pub problems: Vec<Problem>,
}

impl View for RpmView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if !bytes.starts_with(b"\xed\xab\xee\xdb") {
            return Err(ParseError::new("no RPM lead", 0));
        }
        let mut view = RpmView::default();
        // The signature is a header too, padded to eight bytes.
        let signature = Header::read(bytes, LEAD);
        let at = match &signature {
            Some(header) => header.end.checked_next_multiple_of(8).unwrap_or(header.end),
            None => {
                view.problems.push(Problem::damaged("the signature header is damaged", Location::at(LEAD)));
                LEAD
            }
        };
        let main = Header::read(bytes, at).or_else(|| {
            // Looked for where a damaged signature leaves open where it ends.
            let rest = bytes.get(at.saturating_add(1)..)?;
            let index = memchr::memmem::find(rest, HEADER_MAGIC)?;
            Header::read(bytes, at.checked_add(1)?.checked_add(index)?)
        });
        let Some(main) = main else {
            view.problems.push(Problem::damaged("the header is damaged", Location::at(at)));
            view.payload = at;
            return Ok(view);
        };
        let text = |tag: u32| main.text(tag).map(|text| String::from_utf8_lossy(text).into_owned());
        let part = |tag: u32| text(tag).unwrap_or_default();
        view.name = format!("{}-{}-{}.{}", part(1000), part(1001), part(1002), part(1022));
        view.payload_kind = (text(1124), text(1125));
        for (tag, kind) in SCRIPTS {
            if let Some(script) = text(tag).filter(|script| !script.is_empty()) {
                view.scripts.push((kind, script));
            }
        }
        view.payload = main.end;
        Ok(view)
    }
}

/// A header: an index of tags, and a store the index points into, RPM V4 "Header".
struct Header<'a> {
    index: &'a [u8],
    store: &'a [u8],
    end: usize,
}

impl<'a> Header<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        if !rest.starts_with(HEADER_MAGIC) {
            return None;
        }
        let count = usize::try_from(big(rest, 8)?).ok()?;
        let size = usize::try_from(big(rest, 12)?).ok()?;
        let store_at = count.checked_mul(16)?.checked_add(16)?;
        let end = store_at.checked_add(size)?;
        Some(Header { index: rest.get(16..store_at)?, store: rest.get(store_at..end)?, end: at.checked_add(end)? })
    }

    /// The first string of a tag: types 6 (string), 8 (array) and 9 (translated).
    fn text(&self, tag: u32) -> Option<&'a [u8]> {
        let mut rows = self.index.chunks_exact(16).take(MAX_TAGS);
        let row = rows.find(|row| big(row, 0) == Some(tag))?;
        if !matches!(big(row, 4)?, 6 | 8 | 9) {
            return None;
        }
        until_nul(self.store, usize::try_from(big(row, 8)?).ok()?, MAX_TEXT)
    }
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    u32_at(bytes, at).map(u32::swap_bytes)
}
