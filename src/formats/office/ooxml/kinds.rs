//! The kinds of document, by the content type of the main part. Names decide nothing: a `.docx` may be any of these.

use super::{OOXML, OoxmlView};
use crate::formats::archive::zip::ZipView;
use crate::knowledge::streams::is_records;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Content type of the main part to format; ECMA-376-1 sections 11–13, MS-OFFMACRO2, MS-XLSB, MS-VSDX. Lower case.
const TYPES: &[(&str, FormatId)] = &[
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", DOCX.id),
    ("application/vnd.ms-word.document.macroenabled.main+xml", DOCM.id),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", DOTX.id),
    ("application/vnd.ms-word.template.macroenabledtemplate.main+xml", DOTM.id),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", XLSX.id),
    ("application/vnd.ms-excel.sheet.macroenabled.main+xml", XLSM.id),
    ("application/vnd.ms-excel.sheet.binary.macroenabled.main", XLSB.id),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", XLTX.id),
    ("application/vnd.ms-excel.template.macroenabled.main+xml", XLTM.id),
    ("application/vnd.ms-excel.addin.macroenabled.main+xml", XLAM.id),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", PPTX.id),
    ("application/vnd.ms-powerpoint.presentation.macroenabled.main+xml", PPTM.id),
    ("application/vnd.openxmlformats-officedocument.presentationml.template.main+xml", POTX.id),
    ("application/vnd.ms-powerpoint.template.macroenabled.main+xml", POTM.id),
    ("application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml", PPSX.id),
    ("application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml", PPSM.id),
    ("application/vnd.ms-powerpoint.addin.macroenabled.main+xml", PPAM.id),
    ("application/vnd.ms-visio.drawing.main+xml", VSDX.id),
    ("application/vnd.ms-visio.template.main+xml", VSDX.id),
    ("application/vnd.ms-visio.stencil.main+xml", VSDX.id),
    ("application/vnd.ms-visio.drawing.macroenabled.main+xml", VSDM.id),
    ("application/vnd.ms-visio.template.macroenabled.main+xml", VSDM.id),
    ("application/vnd.ms-visio.stencil.macroenabled.main+xml", VSDM.id),
];

/// The format whose main part has this content type.
pub(super) fn of_content_type(content_type: &str) -> Option<FormatId> {
    let plain = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    TYPES.iter().find(|(known, _)| *known == plain).map(|(_, id)| *id)
}

/// Main parts under the names that every writer gives them, for packages whose lists are lost.
const NAMES: [(&str, FormatId); 5] = [
    ("word/document.xml", DOCX.id),
    ("xl/workbook.xml", XLSX.id),
    ("xl/workbook.bin", XLSB.id),
    ("ppt/presentation.xml", PPTX.id),
    ("visio/document.xml", VSDX.id),
];

/// The main part by its name alone, and what it would be.
pub(super) fn by_name(zip: &ZipView) -> Option<(&'static str, FormatId)> {
    NAMES.iter().find(|(name, _)| zip.entry_by_name(name).is_some()).copied()
}

/// Whether a document of this format may hold macros that Office runs.
pub(super) fn runs_macros(format: FormatId) -> bool {
    [DOCM, DOTM, XLSM, XLSB, XLTM, XLAM, PPTM, POTM, PPSM, PPAM, VSDM].iter().any(|spec| spec.id == format)
}

const fn kind(
    id: FormatId,
    title: &'static str,
    extensions: &'static [&'static str],
    media_types: &'static [&'static str],
    check: fn(&Artifact) -> bool,
) -> FormatSpec {
    FormatSpec {
        id,
        title,
        family: Family::Office,
        extensions,
        media_types,
        magic: &[],
        probe: Probe::Within(OOXML, check),
        reading: Reading::Full,
        references: REFERENCES,
        limitations: &[],
        unpacker: None,
        analyzers: &[],
    }
}

const REFERENCES: &[Reference] = &[Reference {
    title: "ECMA-376, Office Open XML",
    url: "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
}];

/// A binary part that Office reads as records of its own (sheets of `xlsb`, printer settings, embedded fonts). What
/// matters in it is read with the document; the part itself is only searched.
pub const RECORDS: FormatSpec = FormatSpec {
    probe: Probe::Text(is_record_part),
    references: &[Reference {
        title: "MS-XLSB, Excel Binary File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-xlsb/",
    }],
    limitations: &["Searched as bytes; macro sheets are decompiled with the workbook, worksheets are not."],
    ..kind(FormatId("ooxml-records"), "Binary part of an Office document", &[], &[], |_| false)
};

fn is_record_part(artifact: &Artifact) -> bool {
    let parent = artifact.parent_format;
    let is_ours = parent == OOXML
        || parent == crate::formats::office::xps::FORMAT.id
        || TYPES.iter().any(|(_, format)| *format == parent);
    is_ours && is_records(&artifact.name.text)
}

fn is(artifact: &Artifact, format: FormatId) -> bool {
    artifact.view::<OoxmlView>().is_ok_and(|view| view.format == Some(format))
}

/// One kind: constant, id, title, extensions, media types.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $title:literal, [$($extension:literal),+], [$($media:literal),*];)+) => {
        $($(#[doc = $doc])+ pub const $name: FormatSpec =
            kind(FormatId($id), $title, &[$($extension),+], &[$($media),*], |artifact| is(artifact, FormatId($id)));)+
    };
}

kinds! {
    /// Word document.
    DOCX = "docx", "Word document", ["docx"], ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"];
    /// Word document with macros.
    DOCM = "docm", "Word document with macros", ["docm"], ["application/vnd.ms-word.document.macroenabled.12"];
    /// Word template.
    DOTX = "dotx", "Word template", ["dotx"], ["application/vnd.openxmlformats-officedocument.wordprocessingml.template"];
    /// Word template with macros.
    DOTM = "dotm", "Word template with macros", ["dotm"], ["application/vnd.ms-word.template.macroenabled.12"];
    /// Excel workbook.
    XLSX = "xlsx", "Excel workbook", ["xlsx"], ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];
    /// Excel workbook with macros.
    XLSM = "xlsm", "Excel workbook with macros", ["xlsm"], ["application/vnd.ms-excel.sheet.macroenabled.12"];
    /// Excel binary workbook.
    XLSB = "xlsb", "Excel binary workbook", ["xlsb"], ["application/vnd.ms-excel.sheet.binary.macroenabled.12"];
    /// Excel template.
    XLTX = "xltx", "Excel template", ["xltx"], ["application/vnd.openxmlformats-officedocument.spreadsheetml.template"];
    /// Excel template with macros.
    XLTM = "xltm", "Excel template with macros", ["xltm"], ["application/vnd.ms-excel.template.macroenabled.12"];
    /// Excel add-in.
    XLAM = "xlam", "Excel add-in", ["xlam"], ["application/vnd.ms-excel.addin.macroenabled.12"];
    /// PowerPoint presentation.
    PPTX = "pptx", "PowerPoint presentation", ["pptx"], ["application/vnd.openxmlformats-officedocument.presentationml.presentation"];
    /// PowerPoint presentation with macros.
    PPTM = "pptm", "PowerPoint presentation with macros", ["pptm"], ["application/vnd.ms-powerpoint.presentation.macroenabled.12"];
    /// PowerPoint template.
    POTX = "potx", "PowerPoint template", ["potx"], ["application/vnd.openxmlformats-officedocument.presentationml.template"];
    /// PowerPoint template with macros.
    POTM = "potm", "PowerPoint template with macros", ["potm"], ["application/vnd.ms-powerpoint.template.macroenabled.12"];
    /// PowerPoint show.
    PPSX = "ppsx", "PowerPoint show", ["ppsx"], ["application/vnd.openxmlformats-officedocument.presentationml.slideshow"];
    /// PowerPoint show with macros.
    PPSM = "ppsm", "PowerPoint show with macros", ["ppsm"], ["application/vnd.ms-powerpoint.slideshow.macroenabled.12"];
    /// PowerPoint add-in.
    PPAM = "ppam", "PowerPoint add-in", ["ppam"], ["application/vnd.ms-powerpoint.addin.macroenabled.12"];
    /// Visio drawing.
    VSDX = "vsdx", "Visio drawing", ["vsdx", "vstx", "vssx"], ["application/vnd.ms-visio.drawing"];
    /// Visio drawing with macros.
    VSDM = "vsdm", "Visio drawing with macros", ["vsdm", "vstm", "vssm"], ["application/vnd.ms-visio.drawing.macroenabled.12"];
}
