//! The kinds of document, by media type (ODF 1.3 part 3, appendix C, and OpenOffice.org 1).

use super::{FORMAT, ODF, OdfView};
use crate::model::{Artifact, FormatId};
use crate::stage::{FormatSpec, Probe};

/// Whether the media type, without what all share, is one of these; a template's ends with `-template`.
fn is(artifact: &Artifact, kinds: &[&str]) -> bool {
    artifact.view::<OdfView>().is_ok_and(|view| {
        let kind = view.media_type.rsplit("opendocument.").next().unwrap_or_default();
        let kind = kind.strip_prefix("application/vnd.sun.xml.").unwrap_or(kind);
        kinds.contains(&kind)
    })
}

/// One kind: constant, id, title, extensions, names of the media type.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $title:literal, [$($extension:literal),+], [$($kind:literal),+];)+) => {
        $($(#[doc = $doc])+ pub const $name: FormatSpec = FormatSpec {
            id: FormatId($id),
            title: $title,
            extensions: &[$($extension),+],
            media_types: &[$(concat!("application/vnd.oasis.opendocument.", $kind)),+],
            probe: Probe::Within(ODF, |artifact| is(artifact, &[$($kind),+])),
            limitations: &[],
            unpacker: None,
            analyzers: &[],
            ..FORMAT
        };)+
    };
}

kinds! {
    /// Text.
    ODT = "odt", "OpenDocument text", ["odt", "odm", "oth", "sxw", "sxg"], ["text", "text-master", "text-web", "writer", "writer.global"];
    /// Spreadsheet.
    ODS = "ods", "OpenDocument spreadsheet", ["ods", "sxc"], ["spreadsheet", "calc"];
    /// Presentation.
    ODP = "odp", "OpenDocument presentation", ["odp", "sxi"], ["presentation", "impress"];
    /// Drawing.
    ODG = "odg", "OpenDocument drawing", ["odg", "sxd"], ["graphics", "draw"];
    /// Formula.
    ODF_FORMULA = "odf-formula", "OpenDocument formula", ["odf", "sxm"], ["formula", "math"];
    /// Database.
    ODB = "odb", "OpenDocument database", ["odb"], ["database", "base"];
    /// Template of a text.
    OTT = "ott", "OpenDocument text template", ["ott", "stw"], ["text-template", "text-master-template", "writer.template"];
    /// Template of a spreadsheet.
    OTS = "ots", "OpenDocument spreadsheet template", ["ots", "stc"], ["spreadsheet-template", "calc.template"];
    /// Template of a presentation.
    OTP = "otp", "OpenDocument presentation template", ["otp", "sti"], ["presentation-template", "impress.template"];
    /// Template of a drawing.
    OTG = "otg", "OpenDocument drawing template", ["otg", "std"], ["graphics-template", "draw.template"];
}

/// A part that LibreOffice keeps for itself: where lines break.
pub const RECORDS: FormatSpec = FormatSpec {
    id: FormatId("opendocument-records"),
    title: "Binary part of an OpenDocument file",
    extensions: &[],
    media_types: &[],
    probe: Probe::Text(is_record_part),
    limitations: &["Searched as bytes."],
    unpacker: None,
    analyzers: &[],
    ..FORMAT
};

/// `layout-cache` of a document; it starts with the version of its records.
fn is_record_part(artifact: &Artifact) -> bool {
    let is_ours = [ODF, ODT.id, OTT.id, ODP.id, ODG.id, ODS.id].contains(&artifact.parent_format);
    is_ours && artifact.name.text == "layout-cache" && artifact.bytes.starts_with(&[1, 0])
}
