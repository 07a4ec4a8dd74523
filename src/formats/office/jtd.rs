//! Documents of Ichitaro: compound files whose streams JustSystems never described. Their text is UTF-16 with the high
//! byte first between records, so that its runs can be told; the rest is recognised.

use bytes::Bytes;

use crate::formats::office::ole::{OLE, OleKind, OleView};
use crate::model::{Artifact, EntryName, FormatId, Origin, OriginKind};
use crate::stage::{Family, FormatSpec, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("jtd"),
    title: "Ichitaro document",
    extensions: &["jtd", "jtdc", "jtt", "jttc"],
    media_types: &["application/x-js-taro"],
    probe: Probe::Within(OLE, |artifact| artifact.view::<OleView>().is_ok_and(|view| is_ichitaro(&view))),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "JustSystems, Ichitaro",
        url: "https://www.justsystems.com/jp/products/ichitaro/",
    }],
    limitations: &["Only runs of text and embedded objects are read; macros and compressed documents (jtdc) are not."],
    unpacker: Some(&TextUnpacker),
    ..FormatSpec::of(Family::Office)
};

/// Streams that only Ichitaro writes.
fn is_ichitaro(view: &OleView) -> bool {
    let has = |name: &str| {
        let found = view.find(name).and_then(|index| view.entries.get(index));
        found.is_some_and(|entry| entry.kind == OleKind::Stream)
    };
    has("DocumentText") || has("JSCompDocument")
}

/// Gives the text in one piece.
struct TextUnpacker;

/// Characters a run has at least.
const MIN_RUN: usize = 2;
/// Bytes of the stream read.
const MAX_STREAM: usize = 16 << 20;

impl Unpacker for TextUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        let Some(stream) = view.stream("DocumentText") else { return Ok(()) };
        let text = runs(stream.get(..MAX_STREAM).unwrap_or(&stream));
        if text.is_empty() {
            return Ok(());
        }
        let origin = Origin::part(OriginKind::Decoded, "text of the document");
        out.child_bytes(EntryName::new("text"), origin, Bytes::from(text.into_bytes()))
    }
}

/// Runs of characters that Japanese text is made of.
fn runs(stream: &[u8]) -> String {
    let mut text = String::new();
    let mut run = String::new();
    for unit in stream.as_chunks::<2>().0 {
        let c = char::from_u32(u32::from(u16::from_be_bytes(*unit))).filter(|c| is_written(*c));
        match c {
            Some(c) => run.push(c),
            None => {
                if run.chars().count() >= MIN_RUN {
                    text.push_str(&run);
                    text.push('\n');
                }
                run.clear();
            }
        }
    }
    if run.chars().count() >= MIN_RUN {
        text.push_str(&run);
    }
    text
}

fn is_written(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::cfb::Cfb;

    use super::*;
    use crate::formats::trial::scan;

    #[test]
    fn text_comes_out_between_records() {
        let mut stream = b"SsmgV.01\0\0\0\x01".to_vec();
        stream.extend("御見積書 https://example.com/".encode_utf16().flat_map(u16::to_be_bytes));
        stream.extend([0, 0x1f, 0, 1]);
        let file = Cfb::new().stream("DocumentText", stream).build();
        let said = scan(&FORMAT, "a.jtd", &file);
        assert!(String::from_utf8_lossy(&said.children[0].bytes).contains("御見積書 https://example.com/"));
        let bare = Cfb::new().stream("DocumentText", vec![0; 64]).build();
        assert!(scan(&FORMAT, "a.jtd", &bare).children.is_empty());
    }
}
