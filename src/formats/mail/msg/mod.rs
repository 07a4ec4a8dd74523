//! Outlook messages and templates as files (MS-OXMSG): a compound file whose streams are properties. `parser` reads
//! them, `mapi` says what they mean.

mod parser;

use crate::formats::mail::eml::EmlView;
use crate::formats::mail::mapi;
use crate::formats::office::ole::{OLE, OleView};
use crate::model::{Artifact, Bytes, FormatId, View as _};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// A message of Outlook.
pub const MSG: FormatId = FormatId("msg");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: MSG,
    title: "Outlook message",
    family: Family::Mail,
    extensions: &["msg", "oft"],
    media_types: &["application/vnd.ms-outlook"],
    probe: Probe::Within(OLE, is_message),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "MS-OXMSG, Outlook Item File Format",
            url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxmsg/",
        },
        mapi::PROPERTIES_REFERENCE,
        mapi::RTF_REFERENCE,
        mapi::ENCAPSULATION_REFERENCE,
    ],
    limitations: &[
        "Recipients are not read.",
        "Forms and scripts published with an item are searched in the file's bytes only.",
    ],
    unpacker: Some(&MsgUnpacker),
    ..FormatSpec::of(Family::Mail)
};

fn is_message(artifact: &Artifact) -> bool {
    artifact.view::<OleView>().is_ok_and(|view| view.find(parser::PROPERTIES).is_some())
}

/// What a file holds if it is a message: as mail programs see it.
pub(crate) fn as_mail(file: &Bytes) -> Option<(EmlView, Bytes)> {
    let view = OleView::parse(file).ok()?;
    view.find(parser::PROPERTIES).is_some().then(|| mapi::seen_as_mail(&parser::item(&view)))
}

/// Takes messages apart.
struct MsgUnpacker;

impl Unpacker for MsgUnpacker {
    fn findings(&self) -> Kinds {
        mapi::FINDINGS
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        mapi::give(&parser::item(&view), &|storage| parser::inner(&view, storage), out)
    }
}

#[cfg(test)]
mod tests;
