//! Rich Text Format (Microsoft, RTF 1.9.1). Recognised, with its most telling control words; objects in it are not taken
//! out and text is not read, so an RTF is never called complete.

mod analyze;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// RTF.
pub const RTF: FormatId = FormatId("rtf");

/// The format. Word opens anything that starts with these four characters.
pub const FORMAT: FormatSpec = FormatSpec {
    id: RTF,
    title: "Rich Text Format",
    family: Family::Document,
    extensions: &["rtf", "doc", "wbk"],
    media_types: &["application/rtf", "text/rtf"],
    magic: &[Magic::start(b"{\\rt")],
    probe: Probe::MagicOnly,
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Microsoft, Rich Text Format Specification 1.9.1",
        url: "https://www.loc.gov/preservation/digital/formats/fdd/fdd000473.shtml",
    }],
    limitations: &["Embedded objects are not taken out.", "Text is not read from its control words."],
    unpacker: None,
    analyzers: &[&analyze::RtfAnalyzer],
};
