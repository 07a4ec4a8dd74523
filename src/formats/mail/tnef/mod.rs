//! TNEF, the `winmail.dat` that Outlook wraps a message's own form in when it sends it over the internet (MS-OXTNEF).
//! `attributes` walks the stream, `properties` reads the MAPI properties in it, `parser` makes the message; `mapi` says
//! what it means.

mod attributes;
mod parser;
mod properties;

pub(crate) use parser::TnefView;

use crate::formats::mail::mapi;
use crate::model::{Artifact, EntryName, FormatId, Origin, OriginKind};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// A TNEF stream.
pub const TNEF: FormatId = FormatId("tnef");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: TNEF,
    title: "Outlook message in transport form (TNEF)",
    extensions: &["dat", "tnef", "tnf"],
    media_types: &["application/ms-tnef", "application/vnd.ms-tnef"],
    magic: &[Magic::start(&attributes::SIGNATURE)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[
        Reference {
            title: "MS-OXTNEF, Transport Neutral Encapsulation Format (TNEF) Data Algorithm",
            url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxtnef/",
        },
        mapi::PROPERTIES_REFERENCE,
        mapi::RTF_REFERENCE,
        mapi::ENCAPSULATION_REFERENCE,
    ],
    limitations: &["Recipients are not read.", "Pictures of attachments (metafiles) are not given out."],
    unpacker: Some(&TnefUnpacker),
    ..FormatSpec::of(Family::Mail)
};

/// Takes TNEF streams apart.
struct TnefUnpacker;

impl Unpacker for TnefUnpacker {
    fn findings(&self) -> Kinds {
        mapi::FINDINGS
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<TnefView>()?;
        mapi::give(&view.item, &|_| None, out)?;
        let rest = parent.bytes.slice(view.end.min(parent.bytes.len())..);
        if rest.is_empty() {
            return Ok(());
        }
        let origin = Origin::part(OriginKind::Overlay, "after the end of a TNEF stream");
        out.child_bytes(EntryName::new("after the message"), origin, rest)
    }
}

#[cfg(test)]
mod tests;
